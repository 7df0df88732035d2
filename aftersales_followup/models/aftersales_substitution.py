from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date, ormcache

from .locking import lock_until_done
from .sane_values import check_sane_values


class AftersalesSubstitution(models.Model):
    """A stand-in (代理): who does an officer's work while the officer is away (四).

    From the first day to the last the officer's open work is the stand-in's, also
    what is planned meanwhile; then it returns. Past periods stay as they were.
    """

    _name = "aftersales.substitution"
    _description = "Stand-In"
    _inherit = ["mail.thread", "aftersales.sane.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Officer Away",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
        domain=lambda self: self.env["res.users"]._aftersales_officer_domain(),
        ondelete="restrict",
    )
    substitute_id = fields.Many2one(
        "res.users",
        string="Stand-In",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
        domain=lambda self: self.env["res.users"]._aftersales_officer_domain(),
        ondelete="restrict",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env.company._aftersales_date(),
        tracking=True,
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: self.env.company._aftersales_date(),
        tracking=True,
        help="The last day of the stand-in, included.",
    )
    reason = fields.Char(help="Why the officer is away, such as leave or training.")
    active = fields.Boolean(default=True, copy=False)
    state = fields.Selection(
        [("future", "To Come"), ("current", "Running"), ("over", "Over")],
        compute="_compute_state",
        search="_search_state",
    )
    followup_count = fields.Integer(
        string="Follow-ups", compute="_compute_followup_count"
    )

    _dates = models.Constraint(
        "CHECK (date_from <= date_to)", "A stand-in cannot end before it begins."
    )
    _other = models.Constraint(
        "CHECK (user_id != substitute_id)", "Nobody stands in for himself."
    )

    @api.depends("user_id", "substitute_id", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for substitution in self:
            if not (substitution.user_id and substitution.substitute_id):
                substitution.display_name = False
                continue
            substitution.display_name = self.env._(
                "%(substitute)s for %(officer)s, %(first)s – %(last)s",
                substitute=substitution.substitute_id.name or "",
                officer=substitution.user_id.name or "",
                first=format_date(self.env, substitution.date_from),
                last=format_date(self.env, substitution.date_to),
            )

    @api.depends("date_from", "date_to", "active")
    def _compute_state(self):
        """Whether the period is to come, runs or is over; called off is over."""
        for substitution in self:
            today = (substitution.company_id or self.env.company)._aftersales_date()
            last = substitution.date_to
            if not substitution.active or (last and last < today):
                substitution.state = "over"
            elif not substitution.date_from or substitution.date_from > today:
                substitution.state = "future"
            else:
                substitution.state = "current"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._aftersales_date()
        active = Domain("active", "=", True)
        domains = {
            "future": active & Domain("date_from", ">", today),
            "over": ~active | Domain("date_to", "<", today),
            "current": active
            & Domain("date_from", "<=", today)
            & Domain("date_to", ">=", today),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    def _compute_followup_count(self):
        counts = dict(
            self.env["aftersales.followup"]._read_group(
                [("substitution_id", "in", self.ids)],
                ["substitution_id"],
                ["__count"],
            )
        )
        for substitution in self:
            substitution.followup_count = counts.get(substitution, 0)

    @api.constrains("user_id", "substitute_id", "company_id")
    def _check_officers(self):
        for substitution in self:
            people = substitution.user_id | substitution.substitute_id
            people._aftersales_check_officers(substitution.company_id)

    @api.constrains("user_id", "substitute_id", "date_from", "date_to", "active")
    def _check_overlap(self):
        """No two periods of one officer overlap, and no stand-in is away too (四)."""
        lock_until_done(self.company_id.sudo())
        for substitution in self.filtered("active"):
            both = (substitution.user_id | substitution.substitute_id).ids
            other = self.sudo().search(
                Domain("id", "!=", substitution.id)
                & Domain("company_id", "=", substitution.company_id.id)
                & Domain("date_from", "<=", substitution.date_to)
                & Domain("date_to", ">=", substitution.date_from)
                & (
                    Domain("user_id", "in", both)
                    | Domain("substitute_id", "=", substitution.user_id.id)
                ),
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "This overlaps with another stand-in: %(other)s. Nobody is "
                        "away twice at a time, and a stand-in cannot be away too. "
                        "Change the dates or name somebody else.",
                        other=other.display_name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        substitutions = super().create(vals_list)
        self.env.registry.clear_cache()
        substitutions._notify_stand_ins()
        self._switch(substitutions.company_id)
        return substitutions

    def write(self, vals):
        """Change periods to come; of one that runs only its end, of one over none."""
        check_sane_values(self, [vals])
        if not self.env.su:
            self._check_begun(vals)
        result = super().write(vals)
        self.env.registry.clear_cache()
        self._switch(self.company_id)
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        for substitution in self:
            if substitution.state != "future":
                raise UserError(
                    self.env._(
                        "%(stand_in)s has begun and stays in the history. End it "
                        "instead of deleting it.",
                        stand_in=substitution.display_name,
                    )
                )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_end(self):
        """The officer is back: the open work returns today."""
        self.check_access("write")
        for substitution in self:
            today = substitution.company_id._aftersales_date()
            yesterday = fields.Date.subtract(today, days=1)
            if substitution.date_from > yesterday:
                substitution.sudo().active = False
            elif substitution.date_to > yesterday:
                substitution.sudo().date_to = yesterday
        return True

    def action_open_followups(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_followup_action"
        )
        action["domain"] = [("substitution_id", "=", self.id)]
        action["context"] = {}
        return action

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_running(self, company):
        """Return the stand-ins of today in a company."""
        today = company._aftersales_date()
        return self.sudo().browse(self._get_running_ids(company.id, today)).exists()

    @api.model
    @ormcache("company_id", "today")
    def _get_running_ids(self, company_id, today):
        """Keep them: each follow-up that is planned asks, and they rarely change."""
        running = [
            ("company_id", "=", company_id),
            ("date_from", "<=", today),
            ("date_to", ">=", today),
        ]
        return self.sudo().search(running)._ids

    @api.model
    def _get_current(self, company):
        """Return who stands in today: {id of who is away: substitution}.

        A stand-in who left, or may no longer work there, stands in for nobody.
        """
        running = company and self._get_running(company)
        if not running:
            return {}
        allowed = self.env["res.users"]._aftersales_possible_officers(company)
        return {
            substitution.user_id.id: substitution
            for substitution in running
            if substitution.substitute_id in allowed
        }

    @api.model
    def _switch(self, companies):
        """Give open work to the stand-ins of today, and back where they are over.

        Running it twice, or days late, changes nothing more.

        :return: the stand-ins whose work changed hands
        """
        switched = self.browse()
        for company in companies:
            current = self._get_current(company)
            for model in self.env["aftersales.acting.mixin"]._get_acting_models():
                records = self.env[model].sudo()
                switched |= self._give_back(records, company)
                switched |= self._give(records, company, current)
        return switched

    def _give_back(self, records, company):
        """Return open work whose stand-in is over to the officer who is back.

        What was handed to a third person by hand stays there.
        """
        running = self._get_running(company)
        allowed = self.env["res.users"]._aftersales_possible_officers(company)
        returning = records.search(
            Domain(records._get_open_domain())
            & Domain("company_id", "=", company.id)
            & Domain("substitution_id", "!=", False)
            & Domain("substitution_id", "not in", running.ids)
        )
        for substitution, work in returning.grouped("substitution_id").items():
            theirs = work.filtered(
                lambda record, substitute=substitution.substitute_id: (
                    record.acting_user_id == substitute
                )
            )
            # Who left does not come back: the work goes to somebody else then.
            if substitution.user_id in allowed:
                self._hand_over(theirs, substitution.user_id, substitution)
            work.write({"substitution_id": False})
        return returning.substitution_id

    def _give(self, records, company, current):
        """Give the open work of officers who are away to their stand-ins."""
        given = self.browse()
        for user_id, substitution in current.items():
            work = records.search(
                Domain(records._get_open_domain())
                & Domain("company_id", "=", company.id)
                & Domain("acting_user_id", "=", user_id)
            )
            if work:
                self._hand_over(work, substitution.substitute_id, substitution)
                work.write({"substitution_id": substitution.id})
                given |= substitution
        return given

    def _hand_over(self, work, officer, substitution):
        """Let ``officer`` act for the work, and note how much it was.

        It is thousands of records at a time, which name their stand-in period: the
        history of that tells it once.
        """
        if not work:
            return
        work.with_context(tracking_disable=True).write({"acting_user_id": officer.id})
        told = substitution.sudo().with_context(lang=officer.lang)
        told._message_log(
            body=told.env._(
                "%(officer)s acts now: %(kind)s (%(count)s)",
                officer=officer.name,
                kind=told.env["ir.model"]._get(work._name).name,
                count=len(work),
            )
        )

    def _check_begun(self, vals):
        """Refuse to rewrite what was: a period that began keeps its people."""
        for substitution in self:
            fixed = set()
            if substitution.state != "future":
                fixed |= {"user_id", "substitute_id", "date_from", "company_id"}
            if substitution.state == "over":
                fixed |= {"date_to", "active"}
            if fixed & vals.keys():
                raise UserError(
                    self.env._(
                        "%(stand_in)s has begun, so only its end can still change, "
                        "and nothing once it is over. End it and name a new one.",
                        stand_in=substitution.display_name,
                    )
                )

    def _notify_stand_ins(self):
        """Tell each stand-in for whom, and how long."""
        for substitution in self:
            user = substitution.substitute_id
            told = substitution.with_context(lang=user.lang)
            told.message_notify(
                partner_ids=user.partner_id.ids,
                subject=told.display_name,
                body=told.env._(
                    "You stand in for %(officer)s from %(first)s to %(last)s.",
                    officer=told.user_id.name,
                    first=format_date(told.env, told.date_from),
                    last=format_date(told.env, told.date_to),
                ),
            )
