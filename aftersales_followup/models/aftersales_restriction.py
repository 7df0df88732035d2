from datetime import datetime

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, ormcache

from .locking import lock_until_done
from .personal_words import NOTE
from .scheduler import commit_step, do_or_skip

# How long an archive is kept after the last thing that happened with the customer.
KEPT_YEARS = 10


class AftersalesRestriction(models.Model):
    """A customer who asked to be forgotten, and whose archive must be kept (限制处理).

    The law wants archives kept for ten years. Until then the customer is restricted:
    name, numbers, addresses and plates are masked wherever they stand, and no contact
    is planned. What they were lies in a vault (``aftersales.restriction.value``) that
    nobody reads but a supervisor who gives a reason. When the ten years are over the
    nightly job empties the vault and all free text: then the customer is anonymised.

    Numbers, days, officers, outcomes and figures stay as they are, so that registers
    keep no gap. Odoo's own blacklists of numbers and addresses stay, too: they are what
    keeps others from contacting them.
    """

    _name = "aftersales.restriction"
    _description = "Restriction of a Customer's Data"
    _inherit = ["aftersales.personal.mixin"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company",
        readonly=True,
        index="btree_not_null",
        help="Empty: a customer of several companies.",
    )
    state = fields.Selection(
        [
            ("restricted", "Restricted"),
            ("anonymised", "Anonymised"),
            ("lifted", "Lifted"),
        ],
        required=True,
        readonly=True,
        default="restricted",
    )
    requested_on = fields.Date(
        string="Asked for on",
        required=True,
        readonly=True,
        default=lambda self: self.env.company._aftersales_date(),
    )
    reason = fields.Char(
        string="How It Was Asked for",
        required=True,
        readonly=True,
        help="Such as: by letter, in person, by whom on whose behalf.",
    )
    date = fields.Datetime(
        string="Restricted on",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Restricted by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        index=True,
        ondelete="restrict",
    )
    date_anonymise = fields.Date(
        string="To Anonymise on",
        readonly=True,
        help="Ten years after the last visit, call, letter or case.",
    )
    is_swept = fields.Boolean(
        readonly=True,
        help="The night after, what others wrote at the same moment was masked, too.",
    )
    date_ended = fields.Datetime(
        string="Ended on", readonly=True, help="When it was lifted or anonymised."
    )
    lifted_by_id = fields.Many2one(
        "res.users",
        string="Lifted by",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    lift_reason = fields.Char(string="Why Lifted", readonly=True)
    look_ids = fields.One2many(
        "aftersales.restriction.look", "restriction_id", string="Looked at"
    )

    _in_force = models.UniqueIndex(
        "(partner_id) WHERE state <> 'lifted'", "The customer is restricted already."
    )
    _due = models.Index("(date_anonymise) WHERE state = 'restricted'")
    _to_sweep = models.Index("(id) WHERE state = 'restricted' AND is_swept IS NOT TRUE")

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        restrictions = super().create(vals_list)
        restrictions._forget_who_is_restricted()
        return restrictions

    def write(self, vals):
        result = super().write(vals)
        if {"state", "partner_id"} & vals.keys():
            self._forget_who_is_restricted()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Restrictions are never deleted. Lift them and say why.")
        )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_show(self):
        """Ask for the reason before showing who it is."""
        self.ensure_one()
        return self._open_dialog("show", default_restriction_id=self.id)

    def action_lift(self):
        """Ask for the reason before taking the data out of the vault."""
        return self._open_dialog("lift", default_restriction_ids=self.ids)

    def _open_dialog(self, name, **context):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"aftersales_followup.aftersales_restriction_{name}_action"
        )
        return {**action, "context": context}

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_personal_fields(self):
        return {"reason": NOTE, "lift_reason": NOTE}

    # who is restricted

    @api.model
    @ormcache()
    def _get_restricted_ids(self):
        """Return the ids of all restricted and anonymised customers, from memory.

        They are few, and each record that is written asks for them.
        """
        rows = self.env.execute_query(
            SQL("SELECT partner_id FROM aftersales_restriction WHERE state <> 'lifted'")
        )
        return frozenset(partner_id for (partner_id,) in rows)

    def _forget_who_is_restricted(self):
        self.flush_model(["partner_id", "state"])
        self.env.registry.clear_cache()
        self.env["res.partner"].invalidate_model(["aftersales_is_restricted"])

    @api.model
    def _get_in_force(self, customers):
        """Return the restrictions of these customers that were not lifted."""
        return self.sudo().search(
            [("partner_id", "in", customers.ids), ("state", "!=", "lifted")]
        )

    @api.model
    def _get_restricted_sql(self, partner):
        """Return the SQL of whether a customer must not be contacted at all.

        :param SQL partner: of the customer's id
        """
        self.flush_model(["partner_id", "state"])
        return SQL(
            """EXISTS (SELECT FROM aftersales_restriction restriction
                WHERE restriction.partner_id = %s AND restriction.state <> 'lifted')""",
            partner,
        )

    # guard

    @api.model
    def _check_may_see_to(self, companies):
        """Raise unless the user may see to a customer of these companies.

        A restriction masks what all of them know: so it is for whoever supervises all
        of them, or for the administrator who answers data subjects' requests.
        """
        if self.env.su or self.env.user.has_group("base.group_system"):
            return
        if not self.env["res.users"]._aftersales_is_supervisor():
            raise AccessError(
                self.env._("Only a supervisor restricts customers, or lifts that.")
            )
        if companies - self.env.user.company_ids:
            raise UserError(
                self.env._(
                    "The customer has after-sales records in a company that is not "
                    "yours. Ask the administrator: Privacy Lookup can restrict a "
                    "customer of several companies."
                )
            )

    @api.model
    def _check_restrictable(self, customer, companies):
        """Raise with what stands against it, and what to do first."""
        values = {"customer": customer.display_name}
        if self._get_in_force(customer):
            raise UserError(self.env._("%(customer)s is restricted already.", **values))
        if not companies:
            raise UserError(
                self.env._(
                    "%(customer)s has no after-sales records that must be kept. "
                    "Delete the contact instead.",
                    **values,
                )
            )
        internal = customer.with_context(active_test=False).user_ids.filtered(
            lambda user: not user.share
        )
        companies = self.env["res.company"].sudo()
        if internal or companies.search([("partner_id", "=", customer.id)], limit=1):
            raise UserError(
                self.env._(
                    "%(customer)s works with this database, so that the name is needed "
                    "elsewhere. Note down the customer as a contact of its own.",
                    **values,
                )
            )
        Case = self.env["aftersales.case"].sudo()
        case = Case.search(
            [("partner_id", "=", customer.id), *Case._get_open_domain()], limit=1
        )
        if case:
            raise UserError(
                self.env._(
                    "%(customer)s still waits for an answer (%(case)s), and nobody "
                    "could give it any more. Tell the customer and close it first.",
                    case=case.display_name,
                    **values,
                )
            )

    @api.model
    def _get_companies(self, customer):
        """Return the companies that have after-sales records of a customer."""
        companies = self.env["res.company"]
        for model in self._get_personal_models():
            if model._original_module == self._original_module:
                domain = model._get_personal_domain(customer)
                if "company_id" in model._fields:
                    for (company,) in model._read_group(domain, ["company_id"]):
                        companies |= company
        return companies

    # restricting

    @api.model
    def _restrict(self, customers, reason, requested_on=None):
        """Mask customers everywhere, and contact them no more.

        :param customers: ``res.partner``
        :param str reason: how it was asked for
        :param date requested_on: when; default today
        :raise AccessError, UserError: if the user may not, or something stands against
            it
        :return: the restrictions
        """
        customers.check_access("read")
        today = self.env.company._aftersales_date()
        requested_on = requested_on or today
        if requested_on > today:
            raise UserError(
                self.env._("Nobody can have asked to be forgotten in the future.")
            )
        customers = lock_until_done(customers.sudo())
        vals_list = []
        for customer in customers:
            companies = self._get_companies(customer)
            self._check_may_see_to(companies | customer.company_id)
            self._check_restrictable(customer, companies)
            company = customer.company_id or companies
            vals_list.append(
                {
                    "partner_id": customer.id,
                    "company_id": company.id if len(company) == 1 else False,
                    "reason": reason,
                    "requested_on": requested_on,
                    "date_anonymise": self._get_day_to_anonymise(customer),
                }
            )
        restrictions = self.sudo().create(vals_list)
        for restriction in restrictions:
            restriction._leave_alone()
            restriction._mask()
        return restrictions.sudo(self.env.su)

    def _leave_alone(self):
        """Cancel what is planned with the customer, also what was promised."""
        planned = (
            self.env["aftersales.followup"]
            .sudo()
            .search(
                [("partner_id", "in", self.partner_id.ids), ("state", "=", "planned")]
            )
        )
        promised = planned.filtered("case_id")
        for followups, withdrawn in ((promised, True), (planned - promised, False)):
            followups._cancel(
                lambda env: env._("The customer asked to be forgotten."),
                withdrawn=withdrawn,
                blameless=True,
            )

    # lifting

    def _lift(self, reason):
        """Take everything out of the vault: it was a mistake, or he came again.

        :param str reason: why
        """
        self.check_access("read")
        for restriction in self:
            customer = restriction.sudo().partner_id
            self._check_may_see_to(self._get_companies(customer) | customer.company_id)
        restrictions = lock_until_done(self.sudo())
        restrictions.invalidate_recordset(["state"])
        for restriction in restrictions:
            restriction._check_in_vault()
            restriction.write(
                {
                    "state": "lifted",
                    "date_ended": fields.Datetime.now(),
                    "lifted_by_id": self.env.uid,
                    "lift_reason": reason,
                }
            )
            restriction._restore()
        restrictions.partner_id._aftersales_allow_contact()

    def _check_in_vault(self):
        """Raise unless the vault still holds the customer's data."""
        self.ensure_one()
        if self.state == "lifted":
            raise UserError(
                self.env._(
                    "The restriction of %(customer)s is lifted already.",
                    customer=self.display_name,
                )
            )
        if self.state == "anonymised":
            raise UserError(
                self.env._(
                    "%(customer)s was anonymised: the data is gone for good.",
                    customer=self.display_name,
                )
            )

    # anonymising

    @api.model
    def _get_day_to_anonymise(self, customer):
        """Return when the archive need not be kept any more: ten years after its end.

        The end is the last visit, call, letter or case, in whichever company.
        """
        days = [
            value.date() if isinstance(value, datetime) else value
            for model in self._get_personal_models()
            for name in model._personal_dates
            for (value,) in model._read_group(
                model._get_personal_domain(customer), [], [f"{name}:max"]
            )
            if value
        ]
        last = max(days, default=self.env.company._aftersales_date())
        return last + relativedelta(years=KEPT_YEARS)

    def _anonymise(self):
        """Empty the vault and all free text, unless the customer was here since."""
        for restriction in lock_until_done(self):
            day = self._get_day_to_anonymise(restriction.partner_id)
            if day > self.env.company._aftersales_date():
                restriction.date_anonymise = day
                continue
            restriction._leave_alone()
            restriction._mask()
            restriction._empty()
            restriction.write(
                {"state": "anonymised", "date_ended": fields.Datetime.now()}
            )

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_keep_up(self):
        """Anonymise whose ten years are over; mask what slipped in while restricting.

        One customer a step; one whose data is wrong stops no other.

        :return: whether there is time left
        """
        for step in (self._sweep_next, self._anonymise_next):
            failed = set()
            while True:
                done, left = commit_step(self.env, step, failed)
                if not left:
                    return False
                if not done:
                    break
        return True

    @api.model
    def _sweep_next(self, failed):
        """Mask anew who was restricted since the last night, once each.

        An officer may have been writing a call in the very moment.
        """
        restriction = self.sudo().search(
            [
                ("state", "=", "restricted"),
                ("is_swept", "=", False),
                ("id", "not in", list(failed)),
            ],
            order="id",
            limit=1,
        )

        def sweep(restriction):
            lock_until_done(restriction)
            restriction._leave_alone()
            restriction._mask()
            restriction.is_swept = True

        do_or_skip(restriction, sweep, failed)
        return restriction

    @api.model
    def _anonymise_next(self, failed):
        restriction = self.sudo().search(
            [
                ("state", "=", "restricted"),
                ("date_anonymise", "<=", self.env.company._aftersales_date()),
                ("id", "not in", list(failed)),
            ],
            order="date_anonymise, id",
            limit=1,
        )
        do_or_skip(restriction, lambda due: due._anonymise(), failed)
        return restriction
