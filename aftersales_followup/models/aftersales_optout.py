from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .aftersales_followup_rule import CHANNELS


class AftersalesOptout(models.Model):
    """A customer's wish not to be contacted (拒绝联系): at all, one way, about one car.

    It holds at once, for what is planned and for what would be. It is never changed
    or deleted: who wants to ask again withdraws it, with the reason.
    """

    _name = "aftersales.optout"
    _description = "Opt-Out"
    _inherit = ["mail.thread", "aftersales.guarded.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
        ondelete="restrict",
    )
    vehicle_id = fields.Many2one(
        "fleet.vehicle",
        string="Car",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        ondelete="restrict",
        help="Empty: whatever the contact is about.",
    )
    channel = fields.Selection(
        CHANNELS, tracking=True, help="Empty: whatever way the contact is made."
    )
    scope = fields.Char(
        string="Does Not Want",
        compute="_compute_scope",
        help="What the customer does not want, in words.",
    )
    reason = fields.Char(required=True, tracking=True)
    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._aftersales_date(),
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Noted by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        index=True,
        ondelete="restrict",
    )
    call_id = fields.Many2one(
        "aftersales.call",
        string="Said in Call",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    date_withdrawn = fields.Date(
        string="Withdrawn on", readonly=True, copy=False, tracking=True
    )
    withdraw_reason = fields.Char(
        string="Why Withdrawn", readonly=True, copy=False, tracking=True
    )

    _in_force = models.Index("(partner_id) WHERE date_withdrawn IS NULL")

    @api.depends("partner_id", "vehicle_id", "channel")
    def _compute_display_name(self):
        for optout in self:
            customer = optout.partner_id.name
            optout.display_name = customer and self.env._(
                "%(customer)s: %(what)s",
                customer=customer,
                what=optout._get_scope_label(),
            )

    @api.depends("vehicle_id", "channel")
    @api.depends_context("lang")
    def _compute_scope(self):
        for optout in self:
            optout.scope = optout._get_scope_label()

    @api.constrains("partner_id", "vehicle_id", "channel", "date_withdrawn")
    def _check_repeated(self):
        for optout in self.filtered(lambda optout: not optout.date_withdrawn):
            same = self.search(
                [
                    ("id", "!=", optout.id),
                    ("company_id", "=", optout.company_id.id),
                    ("partner_id", "=", optout.partner_id.id),
                    ("vehicle_id", "=", optout.vehicle_id.id),
                    ("channel", "=", optout.channel),
                    ("date_withdrawn", "=", False),
                ],
                limit=1,
            )
            if same:
                raise ValidationError(
                    self.env._(
                        "%(optout)s was noted already, on %(date)s.",
                        optout=optout.display_name,
                        date=format_date(self.env, same.date),
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        optouts = super().create(vals_list)
        for optout in optouts:
            note = self.env._(
                "Opted out: %(what)s – %(reason)s",
                what=optout._get_scope_label(),
                reason=optout.reason,
            )
            optout.partner_id.sudo().message_post(body=note)
        optouts._cancel_refused()
        return optouts

    def write(self, vals):
        fixed = {"company_id", "partner_id", "vehicle_id", "channel", "reason", "date"}
        if fixed & vals.keys() and not self.env.su:
            raise UserError(
                self.env._(
                    "What a customer said is not changed. Withdraw the opt-out and "
                    "note a new one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Opt-outs are never deleted. Withdraw them and say why.")
        )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_withdraw(self):
        """Ask for the reason before the customer is contacted again."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_optout_withdraw_action"
        )
        action["context"] = {"default_optout_ids": self.ids}
        return action

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _withdraw(self, reason):
        """Let the customers be contacted again; what was withheld is planned anew.

        :param str reason: such as that the customer asked for it
        """
        self.check_access("write")
        for optout in self.filtered(lambda optout: not optout.date_withdrawn):
            today = optout.company_id._aftersales_date()
            optout.sudo().write({"date_withdrawn": today, "withdraw_reason": reason})
            optout.partner_id.sudo().aftersales_contact_since = today
            note = self.env._(
                "Opt-out withdrawn: %(what)s – %(reason)s",
                what=optout._get_scope_label(),
                reason=reason,
            )
            optout.partner_id.sudo().message_post(body=note)

    def _get_scope_label(self):
        """Return what the customer does not want, in words."""
        channels = dict(self._fields["channel"]._description_selection(self.env))
        channel = channels.get(self.channel) or self.env._("Any contact")
        plate = self.vehicle_id.sudo().license_plate or self.vehicle_id.sudo().name
        return f"{channel} ({plate})" if self.vehicle_id else channel

    def _cancel_refused(self):
        """Cancel the open follow-ups that these customers do not want."""
        followups = self.env["aftersales.followup"].sudo()
        for optout in self:
            unwanted = followups.search(
                Domain("partner_id", "=", optout.partner_id.id)
                & Domain("company_id", "=", optout.company_id.id)
                & followups._get_refused_domain()
            )
            unwanted._cancel(self.env._("Opted out: %s", optout.reason))

    @api.model
    def _get_refused_sql(self, company, partner, vehicle, channel):
        """Return the SQL of whether a customer refused a contact.

        The one place that decides: an opt-out in force, or for calls a number on
        Odoo's own phone blacklist.

        :param SQL company: and the others: SQL of the contact's columns
        """
        self.flush_model()
        self.env["phone.blacklist"].flush_model(["number", "active"])
        self.env["res.partner"].flush_model(["phone_sanitized"])
        return SQL(
            """(EXISTS (
                SELECT FROM aftersales_optout optout
                 WHERE optout.partner_id = %(partner)s
                   AND optout.company_id = %(company)s
                   AND optout.date_withdrawn IS NULL
                   AND (optout.vehicle_id IS NULL OR optout.vehicle_id = %(vehicle)s)
                   AND (optout.channel IS NULL OR optout.channel = %(channel)s)
            ) OR (%(channel)s = 'call' AND EXISTS (
                SELECT FROM res_partner refusing
                  JOIN phone_blacklist blacklist
                    ON blacklist.number = refusing.phone_sanitized
                   AND blacklist.active
                 WHERE refusing.id = %(partner)s
            )))""",
            company=company,
            partner=partner,
            vehicle=vehicle,
            channel=channel,
        )

    @api.model
    def _get_uncontactable_sql(self, company, partner, vehicle, channel):
        """Return the SQL of whether a contact is not planned because of the customer.

        That is one who refused it, or for calls whose number is known to be wrong.
        """
        self.env["res.partner"].flush_model(["aftersales_wrong_number"])
        return SQL(
            """(%(refused)s OR (%(channel)s = 'call' AND EXISTS (
                SELECT FROM res_partner unreachable
                 WHERE unreachable.id = %(partner)s
                   AND unreachable.aftersales_wrong_number
            )))""",
            refused=self._get_refused_sql(company, partner, vehicle, channel),
            partner=partner,
            channel=channel,
        )

    @api.model
    def _find_refusal(self, partner, vehicle, channel, company):
        """Return why a customer must not be contacted, or ``False``."""
        partner = partner.sudo()
        optout = self.sudo().search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("date_withdrawn", "=", False),
                ("vehicle_id", "in", [False, vehicle.id]),
                ("channel", "in", [False, channel]),
            ],
            limit=1,
        )
        if optout:
            return optout.reason
        if channel == "call" and partner.phone_sanitized_blacklisted:
            return self.env._("the number is on the phone blacklist")
        return False
