from datetime import datetime, time

from pytz import UTC

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, is_html_empty

from .aftersales_letter_template import LETTER_KINDS, SEND_BY
from .placeholders import fill, fill_html


class AftersalesLetter(models.Model):
    """A letter to a customer: notification, invitation or reply (规定 6, 8)."""

    _name = "aftersales.letter"
    _description = "Follow-up Letter"
    _inherit = ["aftersales.register.mixin"]
    _order = "date_sent desc, id desc"
    _rec_name = "subject"
    _rec_names_search = ["number", "subject", "partner_id"]
    _check_company_auto = True

    kind = fields.Selection(LETTER_KINDS, required=True, default="notification")
    template_id = fields.Many2one(
        "aftersales.letter.template",
        domain="[('kind', '=', kind)]",
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    vehicle_id = fields.Many2one(
        "fleet.vehicle",
        string="Car",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    followup_id = fields.Many2one(
        "aftersales.followup",
        string="Follow-up",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        domain="[('partner_id', '=', partner_id), ('state', '=', 'planned')]",
    )
    call_id = fields.Many2one(
        "aftersales.call",
        string="After Call",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    campaign_id = fields.Many2one(
        "aftersales.campaign",
        compute="_compute_campaign_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Written by",
        required=True,
        index=True,
        check_company=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    designated_user_id = fields.Many2one(
        "res.users",
        string="Designated Officer",
        compute="_compute_designated_user_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    # as it was then
    send_by = fields.Selection(SEND_BY, required=True, default="post")
    address = fields.Char(
        compute="_compute_contact_data", store=True, precompute=True, readonly=False
    )
    zip = fields.Char(
        string="Postcode",
        compute="_compute_contact_data",
        store=True,
        precompute=True,
        readonly=False,
    )
    phone = fields.Char(
        compute="_compute_contact_data", store=True, precompute=True, readonly=False
    )
    email = fields.Char(
        string="E-mail",
        compute="_compute_contact_data",
        store=True,
        precompute=True,
        readonly=False,
    )
    plate = fields.Char(compute="_compute_plate", store=True, precompute=True)

    subject = fields.Char(required=True)
    body = fields.Html(sanitize_overridable=False)
    date_due = fields.Date(string="To Send by", index="btree_not_null")
    date_sent = fields.Date(string="Sent on", copy=False, index="btree_not_null")
    on_time = fields.Boolean(compute="_compute_on_time", store=True)
    date_returned = fields.Date(string="Returned on", readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("registered", "Registered"), ("returned", "Returned")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    correction_ids = fields.One2many(
        "aftersales.correction", "letter_id", string="Corrections", readonly=True
    )

    _register_unique = models.UniqueIndex(
        "(company_id, register_year, register_sequence) WHERE number IS NOT NULL",
        "This register number is taken.",
    )

    @api.depends("number", "subject")
    def _compute_display_name(self):
        for letter in self:
            number = letter.number or self.env._("Draft")
            letter.display_name = f"{number} {letter.subject or ''}".strip()

    @api.depends("followup_id", "call_id")
    def _compute_campaign_id(self):
        for letter in self:
            followup = letter.followup_id or letter.call_id.followup_id
            letter.campaign_id = followup.sudo().campaign_id

    @api.depends("followup_id", "partner_id")
    def _compute_designated_user_id(self):
        for letter in self:
            letter.designated_user_id = (
                letter.followup_id.user_id or letter.partner_id.aftersales_officer_id
            )

    @api.depends("partner_id")
    def _compute_contact_data(self):
        """Keep the address of that day: a later change leaves it."""
        for letter in self:
            partner = letter.partner_id
            letter.address = partner._aftersales_address()
            letter.zip = partner.zip
            letter.phone = partner.phone
            letter.email = partner.email

    @api.depends("vehicle_id")
    def _compute_plate(self):
        for letter in self:
            letter.plate = letter.vehicle_id.sudo().license_plate

    @api.depends("date_due", "date_sent")
    def _compute_on_time(self):
        for letter in self:
            due, sent = letter.date_due, letter.date_sent
            letter.on_time = bool(due and sent and sent <= due)

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Offer the customer's only car."""
        if self.vehicle_id not in self.partner_id.aftersales_vehicle_ids:
            self.vehicle_id = self.partner_id._aftersales_get_only_vehicle()

    @api.onchange("template_id", "partner_id", "vehicle_id")
    def _onchange_template_id(self):
        """Fill the template in; what is written already stays."""
        template = self.template_id
        if not template:
            return
        self.send_by = template.send_by
        self.subject, self.body = self._fill_template(template)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Fill the template in where a letter comes without subject or text."""
        filled = []
        for vals in vals_list:
            template_id = vals.get("template_id")
            empty = not vals.get("subject") or is_html_empty(vals.get("body"))
            if template_id and empty:
                letter = self.new(vals)
                subject, body = letter._fill_template(letter.template_id)
                vals = {
                    **vals,
                    "subject": vals.get("subject") or subject,
                    "body": (body if is_html_empty(vals.get("body")) else vals["body"]),
                }
            filled.append(vals)
        return super().create(filled)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_register(self):
        """Number and lock letters, and send those that go by e-mail or SMS.

        :raise UserError: if a letter was registered before or cannot reach anybody
        """
        self.check_access("write")
        for letter in self:
            letter._check_registrable()
        for company, letters in self.grouped("company_id").items():
            today = company._aftersales_date()
            letters.filtered(lambda letter: not letter.date_sent).date_sent = today
            letters.sudo().write(
                {"state": "registered", "date_registered": fields.Datetime.now()}
            )
            letters.sorted("date_sent")._assign_register_numbers()
        for letter in self:
            letter._send()
            letter.followup_id.sudo()._done(letter._get_moment_sent(), letter)
        return True

    def action_return(self):
        """Note that the mail came back: the address is wrong (规定 8)."""
        self.check_access("write")
        for letter in self:
            if letter.state != "registered":
                raise UserError(
                    self.env._(
                        "%(letter)s was not sent, so it cannot have come back.",
                        letter=letter.display_name,
                    )
                )
            letter.sudo().write(
                {
                    "state": "returned",
                    "date_returned": letter.company_id._aftersales_date(),
                }
            )
            letter.partner_id.sudo().message_post(
                body=self.env._(
                    "Letter %(number)s came back. Check the address: %(address)s",
                    number=letter.number,
                    address=letter._get_destination() or "",
                )
            )

    def action_correct(self):
        """Open the supervisor's correction of a registered letter."""
        self.ensure_one()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_letter_correct_action"
        ) | {"context": {"default_letter_id": self.id}}

    def action_print(self):
        return self.env.ref(
            "aftersales_followup.aftersales_letter_report"
        ).report_action(self, config=False)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_locked_fields(self):
        return {
            "kind",
            "template_id",
            "partner_id",
            "vehicle_id",
            "followup_id",
            "call_id",
            "campaign_id",
            "user_id",
            "designated_user_id",
            "send_by",
            "address",
            "zip",
            "phone",
            "email",
            "plate",
            "subject",
            "body",
            "date_due",
            "date_sent",
            "company_id",
        }

    def _get_register_date(self):
        return self.date_sent

    def _get_moment_sent(self):
        """Return when it was sent (naive UTC): now, or noon of an earlier day."""
        tz = self.company_id._aftersales_tz()
        noon = tz.localize(datetime.combine(self.date_sent, time(12)))
        return min(fields.Datetime.now(), noon.astimezone(UTC).replace(tzinfo=None))

    def _fill_template(self, template):
        """Return subject and body of a template with the customer's data."""
        lang = self.partner_id.lang or self.env.lang
        Followup = self.env["aftersales.followup"].with_context(lang=lang)
        visit = self.env["aftersales.call"]._get_last_visit(
            self.partner_id, self.vehicle_id
        )
        values = Followup._prepare_placeholder_values(
            self.partner_id,
            self.vehicle_id.sudo(),
            visit,
            self.user_id,
            self.company_id,
            self.campaign_id,
        )
        template = template.with_context(lang=lang)
        return fill(template.subject, values), fill_html(template.body, values)

    def _get_destination(self):
        """Return where the letter goes, by the way it is sent."""
        self.ensure_one()
        return {"post": self.address, "email": self.email, "sms": self.phone}[
            self.send_by
        ]

    def _check_registrable(self):
        if self.state != "draft":
            raise UserError(
                self.env._(
                    "%(letter)s is registered already.", letter=self.display_name
                )
            )
        if is_html_empty(self.body):
            raise UserError(
                self.env._("Letter “%(subject)s” has no text.", subject=self.subject)
            )
        self._check_contact_allowed()
        if not self._get_destination():
            raise UserError(
                self.env._(
                    "%(customer)s has nothing to send “%(subject)s” to: fill in the "
                    "address, e-mail or phone of the letter, or choose another way.",
                    customer=self.partner_id.display_name,
                    subject=self.subject,
                )
            )

    def _check_contact_allowed(self):
        """Refuse to send what the customer opted out of; who asked gets a reply."""
        reason = self.kind != "reply" and self.env["aftersales.optout"]._find_refusal(
            self.partner_id, self.vehicle_id, "letter", self.company_id
        )
        if reason:
            raise UserError(
                self.env._(
                    "%(customer)s does not want letters (%(reason)s). Withdraw the "
                    "opt-out first if the customer changed his mind.",
                    customer=self.partner_id.display_name,
                    reason=reason,
                )
            )

    def _send(self):
        """Hand a letter by e-mail or SMS to Odoo's own queues; post is printed."""
        if self.send_by == "email":
            self.env["mail.mail"].sudo().create(
                {
                    "subject": self.subject,
                    "body_html": self.body,
                    "email_to": self.email,
                    "email_from": self.company_id.email_formatted
                    or self.user_id.email_formatted,
                    "model": self._name,
                    "res_id": self.id,
                }
            )
        elif self.send_by == "sms":
            self.env["sms.sms"].sudo().create(
                {
                    "number": self.phone,
                    "partner_id": self.partner_id.id,
                    "body": html2plaintext(self.body),
                }
            )
