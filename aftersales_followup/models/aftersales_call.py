from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

PREVIOUS_CALLS = 5
NEAR_DAYS = 7


class AftersalesCall(models.Model):
    """A call, or a talk in person, with a customer (跟踪服务电话记录, 规定 4–7)."""

    _name = "aftersales.call"
    _description = "Follow-up Call"
    _inherit = ["aftersales.register.mixin", "aftersales.satisfaction.mixin"]
    _order = "date desc, id desc"
    _rec_name = "number"
    _rec_names_search = ["number", "partner_id", "phone", "plate"]
    _check_company_auto = True

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
        compute="_compute_together_ids",
        store=True,
        precompute=True,
        readonly=False,
        check_company=True,
        domain="[('partner_id', '=', partner_id), ('state', '=', 'planned'), "
        "('channel', '!=', 'letter'), ('id', '!=', followup_id)]",
        help="Other open follow-ups of the customer that this one call sees to.",
    )
    soon_ids = fields.Many2many(
        "aftersales.followup",
        string="Soon Due as Well",
        compute="_compute_soon_ids",
        help="Their windows begin within a week: add one above if it fits into this "
        "call, though it is early then.",
    )
    visit_id = fields.Many2one(
        related="followup_id.visit_id",
        store=True,
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
        index=True,
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
    optout_scope = fields.Selection(
        [
            ("once", "This follow-up only"),
            ("channel", "Any contact of this kind"),
            ("vehicle", "Any contact about this car"),
            ("contact", "Any contact at all"),
        ],
        string="Customer Refuses",
        default="once",
        required=True,
        copy=False,
    )
    optout_reason = fields.Char(string="Reason of Refusal", copy=False)
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

    # what to know before and during the call
    script = fields.Text(compute="_compute_script")
    tip_ids = fields.Many2many(
        "aftersales.tip", string="Knowledge Tips", compute="_compute_tip_ids"
    )
    discussed_topic_ids = fields.Many2many(
        "aftersales.topic",
        string="Talked about since the Last Visit",
        compute="_compute_known_before",
    )
    repeated_topic_ids = fields.Many2many(
        "aftersales.topic", compute="_compute_repeated_topic_ids"
    )
    previous_call_ids = fields.Many2many(
        "aftersales.call", string="Previous Calls", compute="_compute_known_before"
    )
    open_case_ids = fields.Many2many(
        "aftersales.case",
        string="Open Cases",
        compute="_compute_open_case_ids",
        help="What the customer told before and is not closed yet.",
    )
    last_visit_id = fields.Many2one("aftersales.visit", compute="_compute_known_before")
    last_service = fields.Char(compute="_compute_known_before")
    partner_segment_id = fields.Many2one(related="partner_id.aftersales_segment_id")
    partner_wish = fields.Text(
        related="partner_id.aftersales_wish",
    )
    partner_optout_text = fields.Char(related="partner_id.aftersales_optout_text")
    partner_call_from = fields.Float(related="partner_id.aftersales_call_from")
    partner_call_to = fields.Float(related="partner_id.aftersales_call_to")
    next_maintenance_date = fields.Date(
        related="vehicle_id.aftersales_next_maintenance_date"
    )
    followup_deadline = fields.Date(related="followup_id.date_deadline")
    remaining_count = fields.Integer(
        string="Calls Left Today", compute="_compute_remaining_count"
    )

    _register_unique = models.UniqueIndex(
        "(company_id, register_year, register_sequence) WHERE number IS NOT NULL",
        "This register number is taken.",
    )
    _partner_date = models.Index("(partner_id, date DESC)")
    _check_satisfaction = models.Constraint(
        "CHECK (satisfaction BETWEEN -1 AND 10)",
        "Satisfaction goes from 0 to 10 (-1: not asked).",
    )
    _check_duration = models.Constraint(
        "CHECK (duration >= 0)", "A call cannot last less than no time."
    )

    @api.depends("number", "partner_id", "date")
    def _compute_display_name(self):
        for call in self:
            number = call.number or self.env._("Draft")
            who = call._get_party_name()
            call.display_name = f"{number} {who}" if who else number

    @api.depends("followup_id")
    def _compute_from_followup(self):
        for call in self:
            call.partner_id = call.followup_id.partner_id or call.partner_id
            call.vehicle_id = call.followup_id.vehicle_id or call.vehicle_id

    @api.depends("followup_id")
    def _compute_together_ids(self):
        """One customer gets one call: offer what else is due with him by now."""
        for call in self:
            call.together_ids = call._find_near_followups(0)

    @api.depends("followup_id", "together_ids")
    def _compute_soon_ids(self):
        for call in self:
            near = call._find_near_followups(NEAR_DAYS)
            call.soon_ids = near - call.together_ids._origin

    @api.depends("partner_id")
    def _compute_contact_data(self):
        """Keep number and address of that day: a later change leaves them."""
        for call in self:
            call.phone = call.partner_id.phone or call.phone
            call.address = call.partner_id._aftersales_address()

    @api.depends("vehicle_id")
    def _compute_plate(self):
        for call in self:
            call.plate = call.vehicle_id.sudo().license_plate

    @api.depends("followup_id", "partner_id")
    def _compute_designated_user_id(self):
        for call in self:
            call.designated_user_id = (
                call.followup_id.user_id or call.partner_id.aftersales_officer_id
            )

    @api.depends("outcome_id")
    def _compute_date_call_back(self):
        """Propose the same time on the next day."""
        for call in self:
            if call.outcome_id.effect != "call_back":
                call.date_call_back = False
            elif not call.date_call_back:
                call.date_call_back = call.date + timedelta(days=1)

    @api.depends("followup_id", "together_ids")
    def _compute_topic_ids(self):
        for call in self:
            planned = (call.followup_id | call.together_ids).topic_ids
            call.topic_ids = planned or call.topic_ids

    @api.depends("followup_id", "together_ids", "topic_ids", "partner_id", "vehicle_id")
    def _compute_script(self):
        """Show the planned content, and the scripts of topics that were added."""
        Followup = self.env["aftersales.followup"]
        for call in self:
            followups = call.followup_id | call.together_ids
            added = call.topic_ids._origin - followups.topic_ids._origin
            values = Followup._prepare_placeholder_values(
                call.partner_id,
                call.vehicle_id.sudo(),
                call.last_visit_id,
                call.user_id,
                call.company_id,
                followups.campaign_id[:1],
            )
            texts = followups.mapped("content")
            texts.append(added._get_content(values))
            call.script = "\n".join(dict.fromkeys(filter(None, texts))) or False

    @api.depends("topic_ids.offers_tips", "vehicle_id", "date")
    def _compute_tip_ids(self):
        Tip = self.env["aftersales.tip"]
        for call in self:
            offered = any(call.topic_ids.mapped("offers_tips"))
            day = call.company_id._aftersales_date(call.date or None)
            domain = Tip._get_tips_domain(call.vehicle_id.sudo(), day)
            call.tip_ids = Tip.search(domain, limit=5) if offered else False

    @api.depends("partner_id", "vehicle_id")
    def _compute_known_before(self):
        """What the officer should have in view: last visit, earlier calls, topics."""
        for call in self:
            partner, vehicle = call.partner_id, call.vehicle_id
            call.last_visit_id = self._get_last_visit(partner, vehicle)
            call.last_service = call.last_visit_id._last_service_text()
            call.discussed_topic_ids = self._get_discussed_topics(
                partner, vehicle, but=call._origin
            )
            call.previous_call_ids = self._get_previous_calls(partner, call._origin)

    @api.depends("partner_id")
    def _compute_open_case_ids(self):
        Case = self.env["aftersales.case"]
        for call in self:
            call.open_case_ids = Case._get_unclosed(call.partner_id, call._origin)

    @api.depends("topic_ids", "discussed_topic_ids")
    def _compute_repeated_topic_ids(self):
        """The second contact must not repeat the first (规定 5)."""
        for call in self:
            discussed = call.discussed_topic_ids._origin
            call.repeated_topic_ids = call.topic_ids._origin & discussed

    @api.depends_context("uid")
    def _compute_remaining_count(self):
        Followup = self.env["aftersales.followup"]
        self.remaining_count = Followup.search_count(Followup._get_due_domain())

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

    def action_register(self):
        """Give calls their register numbers, lock them, and see to their follow-ups.

        :raise UserError: if a call has no outcome or was registered before
        """
        self.check_access("write")
        for call in self:
            call._check_registrable()
        calls = self.sorted("date")
        calls.sudo().write(
            {"state": "registered", "date_registered": fields.Datetime.now()}
        )
        for company_calls in calls.grouped("company_id").values():
            company_calls._assign_register_numbers()
        calls._update_followups()
        calls._answer_cases()
        return True

    def action_register_and_next(self):
        """Register the call and bring the next customer of today."""
        self.ensure_one()
        followup = self.followup_id
        self.action_register()
        Followup = self.env["aftersales.followup"]
        following = Followup._get_next_due(after=followup)
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
            "optout_scope",
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

    def _check_registrable(self):
        if self.state != "draft":
            raise UserError(
                self.env._("%(call)s is registered already.", call=self.display_name)
            )
        if not self.outcome_id:
            raise UserError(
                self.env._(
                    "Choose how the call with %(customer)s ended before registering "
                    "it.",
                    customer=self._get_party_name(),
                )
            )
        self._check_effect()

    def _find_near_followups(self, days):
        """Return what else is open with the customer of this draft and near.

        :param int days: until how many days from today its window has begun
        """
        followup = self.followup_id
        if not followup or self.state != "draft":
            return followup.browse()
        today = followup.company_id._aftersales_date()
        return followup.search(
            [
                ("partner_id", "=", followup.partner_id.id),
                ("company_id", "=", followup.company_id.id),
                ("acting_user_id", "=", followup.acting_user_id.id),
                ("channel", "=", followup.channel),
                ("state", "=", "planned"),
                ("date_earliest", "<=", today + timedelta(days=days)),
                ("id", "!=", followup._origin.id),
            ]
        )

    def _update_followups(self):
        """Let the outcome take effect on what the calls were about."""
        for call in self:
            call._note_refusal()
            (call.followup_id | call.together_ids)._apply_outcome(call)

    def _check_effect(self):
        """Ask for what the effect of the outcome needs to be known."""
        if self.effect == "call_back" and not (
            self.date_call_back and self.date_call_back > self.date
        ):
            raise UserError(
                self.env._(
                    "When is %(customer)s to be called back? Choose a time after this "
                    "call.",
                    customer=self._get_party_name(),
                )
            )
        opts_out = self.effect == "refuse" and self.optout_scope != "once"
        if opts_out and self.optout_scope == "vehicle" and not self.vehicle_id:
            raise UserError(
                self.env._(
                    "This call with %(customer)s is about no car. Choose what else is "
                    "refused.",
                    customer=self._get_party_name(),
                )
            )
        if opts_out and not self.optout_reason:
            raise UserError(
                self.env._("Note why the customer does not want to be contacted.")
            )

    def _note_refusal(self):
        """Opt the customer out of what was refused on the phone."""
        if self.effect != "refuse" or self.optout_scope == "once":
            return
        if not self.partner_id:
            return
        channel = "meeting" if self.mode == "in_person" else "call"
        vals = {
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "reason": self.optout_reason,
            "date": self.company_id._aftersales_date(self.date),
            "channel": channel if self.optout_scope == "channel" else False,
            "vehicle_id": (
                self.vehicle_id.id if self.optout_scope == "vehicle" else False
            ),
        }
        Optout = self.env["aftersales.optout"].sudo()
        known = [
            (name, "=", value)
            for name, value in vals.items()
            if name not in ("reason", "date")
        ]
        if not Optout.search([*known, ("date_withdrawn", "=", False)], limit=1):
            Optout.create({**vals, "call_id": self.id})

    def _answer_cases(self):
        """Close what was answered during the talk (规定 4: 当时答复)."""
        for call in self.filtered("case_ids"):
            call.case_ids._sync_reminders()
            call.case_ids.filtered(
                lambda case: case.answered_on_spot and case.state == "open"
            )._answer_on_spot(call.date)

    @api.model
    def _get_last_visit(self, partner, vehicle):
        """Return the last visit of the car, or of the customer if no car is named."""
        if not partner:
            return self.env["aftersales.visit"]
        domain = [("partner_id", "=", partner._origin.id), ("state", "!=", "cancelled")]
        if vehicle:
            domain.append(("vehicle_id", "=", vehicle._origin.id))
        return self.env["aftersales.visit"].search(
            domain, order="date_arrival desc, id desc", limit=1
        )

    @api.model
    def _get_previous_calls(self, partner, but):
        """Return the customer's last registered calls, apart from ``but``."""
        if not partner:
            return self.browse()
        return self.search(
            [
                ("partner_id", "=", partner._origin.id),
                ("state", "=", "registered"),
                ("id", "not in", but.ids),
            ],
            limit=PREVIOUS_CALLS,
        )

    @api.model
    def _get_discussed_topics(self, partner, vehicle, but=None):
        """Return the topics talked about since the last visit, that may not repeat.

        :param but: calls to leave out
        """
        if not partner:
            return self.env["aftersales.topic"]
        domain = [
            ("partner_id", "=", partner._origin.id),
            ("state", "=", "registered"),
            ("effect", "=", "complete"),
            ("id", "not in", but.ids if but else []),
        ]
        visit = self._get_last_visit(partner, vehicle)
        if visit:
            domain.append(("date", ">=", visit.date_delivery or visit.date_arrival))
        return self.search(domain).topic_ids.filtered(
            lambda topic: not topic.may_repeat
        )
