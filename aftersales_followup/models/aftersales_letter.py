from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, is_html_empty

from .aftersales_clock_mixin import Clock, result_field
from .aftersales_followup_rule import PURPOSES
from .aftersales_letter_template import LETTER_KINDS, SEND_BY
from .placeholders import fill, fill_html
from .sane_values import check_sane_values


class AftersalesLetter(models.Model):
    """A letter to a customer: notification, invitation or reply (规定 6, 8)."""

    _name = "aftersales.letter"
    _description = "Follow-up Letter"
    _inherit = [
        "aftersales.register.mixin",
        "aftersales.change.mixin",
        "aftersales.clock.mixin",
    ]
    _order = "date_sent desc, id desc"
    _rec_name = "subject"
    _rec_names_search = ["number", "subject", "partner_id"]
    _lookup_words = ("subject",)
    _check_company_auto = True
    _clocks = {"letter": Clock("date_due", "date_sent", "result")}

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

    purpose = fields.Selection(
        PURPOSES,
        required=True,
        compute="_compute_purpose",
        store=True,
        precompute=True,
        readonly=False,
        help="What the customer may have refused to be contacted for.",
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
    result = result_field()
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

    _sent_on = models.Index("(company_id, date_sent) WHERE date_sent IS NOT NULL")
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

    @api.depends("followup_id", "kind")
    def _compute_purpose(self):
        for letter in self:
            default = "events" if letter.kind == "invitation" else "care"
            letter.purpose = letter.followup_id.purpose or default

    @api.depends("followup_id", "partner_id")
    def _compute_designated_user_id(self):
        for letter in self:
            partner = letter.partner_id.with_company(letter.company_id)
            letter.designated_user_id = (
                letter.followup_id.user_id or partner.aftersales_officer_id
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

    @api.constrains("followup_id", "partner_id")
    def _check_followup(self):
        """A letter is for its follow-up's customer, or it completes nothing."""
        for letter in self.filtered("followup_id"):
            followup = letter.followup_id.sudo()
            if followup.partner_id != letter.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(followup)s is not with %(customer)s, so this letter cannot "
                        "see to it.",
                        followup=followup.display_name,
                        customer=letter.partner_id.display_name,
                    )
                )

    @api.constrains("date_sent")
    def _check_date_sent(self):
        """Nothing that happened is dated in the future."""
        for letter in self.filtered("date_sent"):
            if letter.date_sent > letter.company_id._aftersales_date():
                raise ValidationError(
                    self.env._(
                        "%(letter)s cannot have been sent in the future.",
                        letter=letter.display_name,
                    )
                )

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
        key = self._get_visit_key()
        visit = self.env["aftersales.visit"]._get_last_visits([key])[key]
        self.subject, self.body = self._fill_template(template, visit)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Fill the template in where a letter comes without subject or text."""
        check_sane_values(self, vals_list)
        letters = super().create(self._fill_in_vals(vals_list))
        letters._check_dates_given()
        letters._start_clock("letter")
        return letters

    def write(self, vals):
        """Let only a supervisor win time, by a later due date or an earlier sending."""
        check_sane_values(self, [vals])
        due = fields.Date.to_date(vals.get("date_due"))
        if "date_due" in vals and not self._may_win_time():
            for letter in self.filtered("date_due"):
                if not due or due > letter.date_due:
                    raise UserError(
                        self.env._(
                            "%(letter)s is to be sent by %(date)s. Only a supervisor "
                            "can put that off.",
                            letter=letter.display_name,
                            date=format_date(self.env, letter.date_due),
                        )
                    )
        result = super().write(vals)
        if "date_sent" in vals:
            self._check_dates_given()
        if "date_due" in vals:
            self.filtered(lambda letter: letter.state == "draft")._start_clock("letter")
        return result

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

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

    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {
            "campaign_id",
            "date_returned",
            "result",
        }

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

    # writing

    @api.model
    def _fill_in_vals(self, vals_list):
        """Return the vals of letters with subject and text of their templates."""
        filled, empty = [], []
        # Read together what each letter would read alone.
        customers = {vals.get("partner_id") for vals in vals_list} - {None, False}
        self.env["res.partner"].browse(customers).mapped("name")
        for vals in vals_list:
            lacking = not vals.get("subject") or is_html_empty(vals.get("body"))
            if vals.get("template_id") and lacking:
                empty.append((len(filled), self.new(vals)))
            filled.append(vals)
        visits = self.env["aftersales.visit"]._get_last_visits(
            [letter._get_visit_key() for _n, letter in empty]
        )
        for number, letter in empty:
            vals = filled[number]
            subject, body = letter._fill_template(
                letter.template_id, visits[letter._get_visit_key()]
            )
            filled[number] = {
                **vals,
                "subject": vals.get("subject") or subject,
                "body": body if is_html_empty(vals.get("body")) else vals["body"],
            }
        return filled

    def _get_visit_key(self):
        """Return whose last visit, with which car, where, the letter may name."""
        return (
            (self.company_id or self.env.company).id,
            self.partner_id._origin.id,
            self.vehicle_id._origin.id,
        )

    def _fill_template(self, template, visit):
        """Return subject and body of a template with the customer's data.

        :param visit: the last visit
        """
        lang = self.partner_id.lang or self.env.lang
        Followup = self.env["aftersales.followup"].with_context(lang=lang)
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

    # reporting

    @api.model
    def _get_clock_columns(self, code):
        return super()._get_clock_columns(code) | {
            "user_id": self._get_clock_column("user_id"),
            "partner_id": self._get_clock_column("partner_id"),
            "vehicle_id": self._get_clock_column("vehicle_id"),
        }
