from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .aftersales_followup_rule import CHANNELS, PURPOSES


class AftersalesOptout(models.Model):
    """A customer's wish not to be contacted (拒绝联系): at all, one way, about one car.

    It holds at once, for what is planned and for what would be. It is never changed
    or deleted: who wants to ask again withdraws it, with the reason.
    """

    _name = "aftersales.optout"
    _description = "Opt-Out"
    _inherit = [
        "mail.thread",
        "aftersales.guarded.mixin",
        "aftersales.lookup.mixin",
    ]
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
    purpose = fields.Selection(
        PURPOSES, tracking=True, help="Empty: whatever the contact is for."
    )
    scope = fields.Char(
        string="Does Not Want",
        compute="_compute_scope",
        help="What the customer does not want, in words.",
    )
    reason_id = fields.Many2one(
        "aftersales.optout.reason",
        string="Reason from the List",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    note = fields.Char(help="What the customer said, beside the reason from the list.")
    reason = fields.Char(
        compute="_compute_reason",
        store=True,
        precompute=True,
        readonly=False,
        tracking=True,
        help="The reason from the list, and the note.",
    )
    is_lost = fields.Boolean(
        string="Business Lost",
        compute="_compute_is_lost",
        store=True,
        precompute=True,
        help="Counted so with the reason that was given. What the list says later "
        "changes nothing.",
    )
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

    @api.depends("partner_id", "vehicle_id", "channel", "purpose")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for optout in self:
            customer = optout.partner_id.name
            optout.display_name = customer and self.env._(
                "%(customer)s: %(what)s",
                customer=customer,
                what=optout._get_scope_label(),
            )

    @api.depends("vehicle_id", "channel", "purpose")
    @api.depends_context("lang")
    def _compute_scope(self):
        for optout in self:
            optout.scope = optout._get_scope_label()

    @api.depends("reason_id", "note")
    def _compute_reason(self):
        """Keep the words of that day: what the list is renamed to leaves them."""
        for optout in self:
            said = " · ".join(filter(None, (optout.reason_id.name, optout.note)))
            optout.reason = said or optout.reason

    @api.depends("reason_id")
    def _compute_is_lost(self):
        for optout in self:
            optout.is_lost = optout.reason_id.is_lost

    @api.constrains("reason")
    def _check_reason(self):
        for optout in self:
            if not optout.reason:
                raise ValidationError(
                    self.env._(
                        "Choose or write down the reason why %(customer)s does not "
                        "want to be contacted.",
                        customer=optout.partner_id.display_name,
                    )
                )

    @api.constrains("partner_id", "vehicle_id", "channel", "purpose", "date_withdrawn")
    def _check_repeated(self):
        in_force = self.filtered(lambda optout: not optout.date_withdrawn)
        known = {}
        for optout in self.search(
            [
                ("partner_id", "in", in_force.partner_id.ids),
                ("date_withdrawn", "=", False),
            ],
            order="id",
        ):
            first = known.setdefault(optout._get_scope_key(), optout)
            if first != optout and optout in in_force:
                raise ValidationError(
                    self.env._(
                        "%(optout)s was noted already, on %(date)s.",
                        optout=optout.display_name,
                        date=format_date(self.env, first.date),
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        optouts = super().create(vals_list)
        self.env["aftersales.followup"]._cancel_refused(
            Domain("partner_id", "in", optouts.partner_id.ids)
            & Domain("company_id", "in", optouts.company_id.ids)
        )
        return optouts

    def write(self, vals):
        fixed = {
            "company_id",
            "partner_id",
            "vehicle_id",
            "channel",
            "purpose",
            "reason",
            "reason_id",
            "note",
            "date",
        }
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

    def _get_guarded_fields(self):
        return {"user_id", "call_id", "is_lost", "date_withdrawn", "withdraw_reason"}

    def _withdraw(self, reason):
        """Let the customers be contacted again; what was withheld is planned anew.

        :param str reason: such as that the customer asked for it
        """
        self.check_access("write")
        in_force = self.filtered(lambda optout: not optout.date_withdrawn)
        for company, optouts in in_force.grouped("company_id").items():
            optouts.sudo().write(
                {
                    "date_withdrawn": company._aftersales_date(),
                    "withdraw_reason": reason,
                }
            )
            optouts.partner_id._aftersales_allow_contact(company)

    def _get_scope_key(self):
        """Return what tells two opt-outs apart."""
        return (
            self.company_id.id,
            self.partner_id._origin.id,
            self.vehicle_id._origin.id,
            self.channel,
            self.purpose,
        )

    def _get_scope_label(self):
        """Return what the customer does not want, in words."""
        purposes = dict(self._fields["purpose"]._description_selection(self.env))
        channels = dict(self._fields["channel"]._description_selection(self.env))
        channel = channels.get(self.channel) or self.env._("Any contact")
        plate = self.vehicle_id.sudo().license_plate or self.vehicle_id.sudo().name
        about = [purposes.get(self.purpose), self.vehicle_id and plate]
        about = " · ".join(filter(None, about))
        return f"{channel} ({about})" if about else channel

    # the one decision

    @api.model
    def _get_refusal_sql(
        self, company, partner, vehicle, channel, purpose, number=None, email=None
    ):
        """Return the SQL of why a contact is refused, NULL if it is not.

        The one place that decides: Odoo's own blacklist of the number or address that
        would be used (``phone``, ``email``), or else an opt-out in force (``optout:``
        and its id). The blacklists come first, as they bind whatever is written.

        :param SQL company: and the others: SQL of the contact's columns
        :param SQL channel: of a follow-up, or ``post``, ``sms``, ``email`` of a letter
        :param SQL number: sanitized; default the customer's own
        :param SQL email: normalized; default the customer's own
        """
        self.flush_model()
        self.env["phone.blacklist"].flush_model(["number", "active"])
        self.env["mail.blacklist"].flush_model(["email", "active"])
        self.env["res.partner"].flush_model(["phone_sanitized", "email_normalized"])
        own = "(SELECT %s FROM res_partner own WHERE own.id = %s)"
        return SQL(
            """COALESCE(CASE WHEN %(channel)s IN ('call', 'sms') THEN (
                SELECT 'phone' FROM phone_blacklist blacklist
                 WHERE blacklist.number = %(number)s AND blacklist.active LIMIT 1
            ) END, CASE WHEN %(channel)s = 'email' THEN (
                SELECT 'email' FROM mail_blacklist blacklist
                 WHERE blacklist.email = %(email)s AND blacklist.active LIMIT 1
            ) END, (
                SELECT 'optout:' || optout.id FROM aftersales_optout optout
                 WHERE optout.partner_id = %(partner)s
                   AND optout.company_id = %(company)s
                   AND optout.date_withdrawn IS NULL
                   AND (optout.vehicle_id IS NULL OR optout.vehicle_id = %(vehicle)s)
                   AND (optout.purpose IS NULL OR optout.purpose = %(purpose)s)
                   AND (optout.channel IS NULL OR optout.channel = %(channel)s
                        OR (optout.channel = 'letter'
                            AND %(channel)s IN ('post', 'sms', 'email')))
                 ORDER BY optout.id LIMIT 1
            ))""",
            company=company,
            partner=partner,
            vehicle=vehicle,
            channel=channel,
            purpose=purpose,
            number=number or SQL(own, SQL("own.phone_sanitized"), partner),
            email=email or SQL(own, SQL("own.email_normalized"), partner),
        )

    @api.model
    def _get_refused_sql(self, company, partner, vehicle, channel, purpose):
        """Return the SQL of whether a contact is refused."""
        return SQL(
            "(%s IS NOT NULL)",
            self._get_refusal_sql(company, partner, vehicle, channel, purpose),
        )

    @api.model
    def _get_refusing_partners_sql(self):
        """Return the SQL of the ids of all who may have refused a follow-up.

        No follow-up goes by e-mail as such: its letter can go by post.
        """
        self.env["res.partner"].flush_model(["phone_sanitized"])
        return SQL(
            """(SELECT partner_id FROM aftersales_optout WHERE date_withdrawn IS NULL
                 UNION
                SELECT partner.id FROM res_partner partner
                  JOIN phone_blacklist blacklist
                    ON blacklist.number = partner.phone_sanitized AND blacklist.active)
            """
        )

    @api.model
    def _get_uncontactable_sql(self, company, partner, vehicle, channel, purpose):
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
            refused=self._get_refused_sql(company, partner, vehicle, channel, purpose),
            partner=partner,
            channel=channel,
        )

    @api.model
    def _get_uncontactable_partners_sql(self):
        """Return the SQL of the ids of all who may have to be left alone."""
        self.env["res.partner"].flush_model(["aftersales_wrong_number"])
        return SQL(
            "(SELECT id FROM res_partner WHERE aftersales_wrong_number UNION %s)",
            self._get_refusing_partners_sql(),
        )

    @api.model
    def _find_refusals(self, contacts, channel, purpose, used=None):
        """Return why contacts must not be made: {record: refusal}.

        A refusal is what ``_get_refusal_sql`` gives; see ``_get_refusal_text``.

        :param contacts: saved records with ``company_id, partner_id, vehicle_id``
        :param str channel: name of the field with the channel
        :param str purpose: name of the field with the purpose
        :param list used: (record id, sanitized number, normalized e-mail) that would
            be used, several of a record if need be; default the customer's own
        """
        if not contacts:
            return {}
        contacts.flush_recordset()
        refusal = self._get_refusal_sql(
            SQL("contact.company_id"),
            SQL("contact.partner_id"),
            SQL("contact.vehicle_id"),
            SQL("contact.%s", SQL.identifier(channel)),
            SQL("contact.%s", SQL.identifier(purpose)),
            SQL("used.number") if used else None,
            SQL("used.email") if used else None,
        )
        used = used or [(record_id, None, None) for record_id in contacts.ids]
        rows = self.env.execute_query(
            SQL(
                """SELECT contact.id, %s AS reason FROM %s contact
                     JOIN unnest(%s::int[], %s::varchar[], %s::varchar[])
                          used(id, number, email) ON used.id = contact.id""",
                refusal,
                SQL.identifier(contacts._table),
                *(list(column) for column in zip(*used, strict=True)),
            )
        )
        refused = [(record_id, refusal) for record_id, refusal in rows if refusal]
        # A blacklist goes before an opt-out, also for the second of two addresses.
        refused.sort(key=lambda row: not row[1].startswith("optout"))
        return {contacts.browse(record_id): refusal for record_id, refusal in refused}

    @api.model
    def _get_refusal_text(self, refusal):
        """Return in words what ``_get_refusal_sql`` decided."""
        if refusal == "phone":
            return self.env._("The number is on the phone blacklist.")
        if refusal == "email":
            return self.env._("The address is on the e-mail blacklist.")
        return self.env._("Opted out: %s", self._get_refusing_optout(refusal).reason)

    @api.model
    def _get_refusing_optout(self, refusal):
        return self.sudo().browse(int(refusal.removeprefix("optout:")))

    @api.model
    def _raise_refusal(self, customer, refusal):
        """Raise UserError telling why a contact is refused, and what to do."""
        customer = customer.display_name
        if refusal == "phone":
            raise UserError(
                self.env._(
                    "The number of %(customer)s is on the phone blacklist. Choose "
                    "another way, such as a letter by post.",
                    customer=customer,
                )
            )
        if refusal == "email":
            raise UserError(
                self.env._(
                    "The e-mail address of %(customer)s is on the e-mail blacklist. "
                    "Choose another way, such as a letter by post.",
                    customer=customer,
                )
            )
        raise UserError(
            self.env._(
                "%(customer)s does not want this (%(reason)s). Choose another way, or "
                "withdraw the opt-out first if the customer changed his mind.",
                customer=customer,
                reason=self._get_refusing_optout(refusal).reason,
            )
        )
