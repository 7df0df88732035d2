from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from .aftersales_followup_rule import PURPOSES
from .none_labels import NO_OUTCOME
from .notify import get_link, say


class AftersalesCall(models.Model):
    """A call, or a talk in person, with a customer (跟踪服务电话记录, 规定 4–7)."""

    _name = "aftersales.call"
    _description = "Follow-up Call"
    _inherit = [
        "aftersales.register.mixin",
        "aftersales.change.mixin",
        "aftersales.satisfaction.mixin",
    ]
    _order = "date desc, id desc"
    _rec_name = "number"
    _rec_names_search = ["number", "partner_id", "phone", "plate"]
    _check_company_auto = True
    _few_on_other_side = ("topic_ids",)

    # who with
    direction = fields.Selection(
        [("outbound", "Outbound"), ("inbound", "Inbound")],
        required=True,
        default="outbound",
    )
    mode = fields.Selection(
        [("phone", "Phone"), ("in_person", "In Person")],
        required=True,
        default="phone",
    )
    inbound_kind = fields.Selection(
        [
            ("consultation", "Consultation"),
            ("complaint", "Complaint"),
            ("other", "Other"),
        ],
        string="Caller's Concern",
    )
    followup_id = fields.Many2one(
        "aftersales.followup",
        string="Follow-up",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        domain="[('partner_id', '=', partner_id), ('state', '=', 'planned')]",
    )
    together_ids = fields.Many2many(
        "aftersales.followup",
        string="Together with",
        check_company=True,
        domain="[('partner_id', '=', partner_id), ('state', '=', 'planned'), "
        "('channel', '!=', 'letter'), ('id', '!=', followup_id)]",
        help="Other open follow-ups of the customer that this one call sees to. Choose "
        "those that you really talked about.",
    )
    visit_id = fields.Many2one(
        related="followup_id.visit_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        string="Visit",
        compute_sudo=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_from_followup",
        store=True,
        precompute=True,
        readonly=False,
        check_company=True,
        ondelete="restrict",
    )
    vehicle_id = fields.Many2one(
        "fleet.vehicle",
        string="Car",
        compute="_compute_from_followup",
        store=True,
        precompute=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    caller_name = fields.Char(
        help="Name of a caller who is not known as a customer yet."
    )

    party = fields.Char(
        string="Customer or Caller",
        compute="_compute_party",
        help="Who was on the other end, as far as known.",
    )

    # as it was then
    phone = fields.Char(
        compute="_compute_contact_data", store=True, precompute=True, readonly=False
    )
    address = fields.Char(compute="_compute_contact_data", store=True, precompute=True)
    plate = fields.Char(compute="_compute_plate", store=True, precompute=True)

    # who called
    user_id = fields.Many2one(
        "res.users",
        string="Called by",
        required=True,
        index=True,
        domain="[('company_ids', 'in', company_id)]",
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
    date = fields.Datetime(
        required=True, index=True, default=fields.Datetime.now, copy=False
    )
    duration = fields.Integer(string="Duration (min)")

    # what was said
    topic_ids = fields.Many2many(
        "aftersales.topic",
        string="Topics",
        compute="_compute_topic_ids",
        store=True,
        precompute=True,
        readonly=False,
        ondelete="restrict",
        context={"active_test": False},
        domain="[('active', '=', True)]",
    )
    content = fields.Text(string="What Was Said")
    outcome_id = fields.Many2one(
        "aftersales.call.outcome",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        domain="[('direction', 'in', [direction, False])]",
        falsy_value_label=NO_OUTCOME,
    )
    effect = fields.Selection(related="outcome_id.effect")
    date_call_back = fields.Datetime(
        string="Call Back at",
        compute="_compute_date_call_back",
        store=True,
        precompute=True,
        readonly=False,
        copy=False,
        help="When the customer wants to be called.",
    )
    right_number = fields.Char(
        copy=False,
        help="The customer's right number, if whoever answered knew it. It replaces "
        "the wrong one.",
    )
    optout_scope = fields.Selection(
        [
            ("once", "This follow-up only"),
            ("channel", "Any contact of this kind"),
            ("purpose", "Any contact for this purpose"),
            ("vehicle", "Any contact about this car"),
            ("contact", "Any contact at all"),
        ],
        string="Customer Refuses",
        default="once",
        required=True,
        copy=False,
    )
    optout_purpose = fields.Selection(
        PURPOSES,
        string="Refused Purpose",
        compute="_compute_optout_purpose",
        store=True,
        precompute=True,
        readonly=False,
        copy=False,
        help="What the customer does not want to hear of any more.",
    )
    optout_reason_id = fields.Many2one(
        "aftersales.optout.reason",
        string="Reason of Refusal",
        index="btree_not_null",
        check_company=True,
        copy=False,
        ondelete="restrict",
    )
    optout_reason = fields.Char(
        string="Note on Refusal",
        copy=False,
        help="What the customer said, beside the reason from the list.",
    )
    letter_needed = fields.Boolean()
    letter_ids = fields.One2many("aftersales.letter", "call_id", string="Letters")
    case_ids = fields.One2many(
        "aftersales.case",
        "call_id",
        string="Cases",
        help="Wishes, requests and complaints that the customer told.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("registered", "Registered")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )

    _register_unique = models.UniqueIndex(
        "(company_id, register_year, register_sequence) WHERE number IS NOT NULL",
        "This register number is taken.",
    )
    _counted = models.Index(
        "(company_id, date) INCLUDE (user_id, direction, outcome_id, satisfaction, "
        "partner_id) WHERE state = 'registered'"
    )
    _partner_date = models.Index("(partner_id, date DESC)")
    _check_satisfaction = models.Constraint(
        "CHECK (satisfaction BETWEEN -1 AND 10)",
        "Satisfaction goes from 0 to 10 (-1: not asked).",
    )
    _check_duration = models.Constraint(
        "CHECK (duration >= 0)", "A call cannot last less than no time."
    )

    @api.depends("number", "partner_id.name", "plate", "caller_name", "phone")
    def _compute_display_name(self):
        for call in self:
            number = call.number or self.env._("Draft")
            who = call._get_party_label()
            call.display_name = f"{number} {who}" if who else number

    @api.depends("partner_id.name", "caller_name", "phone")
    def _compute_party(self):
        for call in self:
            call.party = call._get_party_name()

    @api.depends("followup_id")
    def _compute_from_followup(self):
        for call in self:
            call.partner_id = call.followup_id.partner_id or call.partner_id
            call.vehicle_id = call.followup_id.vehicle_id or call.vehicle_id

    @api.depends("partner_id")
    def _compute_contact_data(self):
        """Keep number and address of that day: a later change leaves them."""
        self.partner_id._aftersales_fetch()
        for call in self:
            call.phone = call.partner_id.phone or call.phone
            call.address = call.partner_id._aftersales_address()

    @api.depends("vehicle_id")
    def _compute_plate(self):
        self.vehicle_id._aftersales_fetch()
        for call in self:
            call.plate = call.vehicle_id.sudo().license_plate

    @api.depends("followup_id", "partner_id")
    def _compute_designated_user_id(self):
        for call in self:
            partner = call.partner_id.with_company(call.company_id)
            call.designated_user_id = (
                call.followup_id.user_id or partner.aftersales_officer_id
            )

    @api.depends("outcome_id")
    def _compute_date_call_back(self):
        """Propose a time in the customer's and the company's hours.

        Who likes to be called at certain hours may be so today, an hour later or more;
        for others it is the same time on the next working day.
        """
        for call in self:
            if call.outcome_id.effect != "call_back":
                call.date_call_back = False
            elif not call.date_call_back:
                partner = call.partner_id.with_company(call.company_id)
                hours = partner.aftersales_call_from, partner.aftersales_call_to
                wait = timedelta(hours=1) if hours[1] else timedelta(days=1)
                call.date_call_back = call.company_id._aftersales_next_call_moment(
                    call.date + wait, *hours
                )

    @api.depends("followup_id")
    def _compute_optout_purpose(self):
        """Propose what the call was for."""
        for call in self:
            call.optout_purpose = call.followup_id.purpose or call.optout_purpose

    @api.depends("followup_id", "together_ids")
    def _compute_topic_ids(self):
        for call in self:
            planned = (call.followup_id | call.together_ids).topic_ids
            call.topic_ids = planned or call.topic_ids

    @api.constrains("direction", "partner_id", "phone", "caller_name")
    def _check_caller(self):
        for call in self:
            known = call.partner_id or (
                call.direction == "inbound" and (call.phone or call.caller_name)
            )
            if not known:
                raise ValidationError(
                    self.env._(
                        "Choose the customer, or note number or name of an unknown "
                        "caller."
                    )
                )

    @api.constrains("user_id", "company_id")
    def _check_user_company(self):
        """As ``check_company``, but from memory: it is asked with each call."""
        for call in self:
            if call.company_id.id not in call.user_id._get_company_ids():
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work for %(company)s and cannot have made "
                        "a call for it.",
                        user=call.user_id.name,
                        company=call.company_id.name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_cases(self):
        """What a customer asked for is a promise, and never lost with its call."""
        for call in self:
            if call.case_ids:
                raise UserError(
                    self.env._(
                        "%(call)s holds what the customer asked for and cannot be "
                        "deleted: %(case)s. Register the call.",
                        call=call.display_name,
                        case=call.case_ids[0].display_name,
                    )
                )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_register_and_next(self):
        """Register the call and bring the next customer of today."""
        self.ensure_one()
        self.action_register()
        return self._get_registered_notification(self.action_next())

    def action_next(self):
        """Bring the next customer of today, as after a call that is registered."""
        self.ensure_one()
        Followup = self.env["aftersales.followup"]
        following = Followup._get_next_due(after=self.followup_id)
        if not following:
            return Followup.action_start_calling()
        return {
            "type": "ir.actions.client",
            "tag": "aftersales_followup.replace_action",
            "params": {"action": following.action_call()},
        }

    def action_correct(self):
        """Open the supervisor's correction of a registered call."""
        self.ensure_one()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_call_correct_action"
        ) | {"context": {"default_call_id": self.id}}

    def action_write_letter(self):
        """Open a new letter to the customer of this call."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_letter_action_new"
        )
        action["context"] = {
            "default_call_id": self.id,
            "default_partner_id": self.partner_id.id,
            "default_vehicle_id": self.vehicle_id.id,
        }
        return action

    def action_open_cases(self):
        """Show the cases of this call, where more can be recorded."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_case_action"
        )
        action["domain"] = [("call_id", "=", self.id)]
        action["context"] = {"default_call_id": self.id}
        return action

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {"address", "visit_id"}

    def _get_locked_fields(self):
        return {
            "direction",
            "mode",
            "inbound_kind",
            "followup_id",
            "partner_id",
            "vehicle_id",
            "caller_name",
            "phone",
            "address",
            "plate",
            "user_id",
            "designated_user_id",
            "date",
            "duration",
            "topic_ids",
            "content",
            "satisfaction",
            "outcome_id",
            "date_call_back",
            "right_number",
            "optout_scope",
            "optout_purpose",
            "optout_reason_id",
            "optout_reason",
            "together_ids",
            "state",
            "company_id",
        }

    def _get_register_date(self):
        return self.company_id._aftersales_date(self.date)

    def _get_party_name(self):
        """Return who is on the other end, as far as known."""
        return self.partner_id.name or self.caller_name or self.phone

    def _get_party_label(self):
        """Return who is on the other end, with the plate that the car had then."""
        who = self._get_party_name()
        return f"{who} ({self.plate})" if self.partner_id and self.plate else who

    def _get_registered_notification(self, following):
        """Return the action that shows the register numbers in passing.

        :param dict following: the action to go on with
        """
        calls = self.sorted("id")
        # The browser fills the links in, where a single % is.
        numbers = format_list(self.env, ["%s"] * len(calls))
        return say(
            self.env._("Registered: %(numbers)s", numbers=numbers),
            following,
            links=[
                {**get_link(call, "aftersales-calls"), "label": call.number}
                for call in calls
            ],
        )
