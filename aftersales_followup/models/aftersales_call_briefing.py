"""What an officer should have in view before and during a call."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import formatLang

PREVIOUS_CALLS = 3
NEAR_DAYS = 7
# What a dealership knows of its customer.
CUSTOMER_FACTS = ("segment_id", "wish", "optout_text", "call_from", "call_to")


class AftersalesCall(models.Model):
    _inherit = "aftersales.call"

    near_ids = fields.Many2many(
        "aftersales.followup",
        string="Also Due",
        compute="_compute_near_ids",
        help="What else is open with the customer now or within a week.",
    )
    script = fields.Text(compute="_compute_script")
    tip_ids = fields.Many2many(
        "aftersales.tip", string="Knowledge Tips", compute="_compute_tip_ids"
    )
    tip_text = fields.Text(string="Knowledge Tip", compute="_compute_tip_text")
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
    last_visit_date = fields.Datetime(compute="_compute_known_before")
    last_service = fields.Char(compute="_compute_known_before")
    partner_segment_id = fields.Many2one(
        "aftersales.segment",
        string="Customer Level",
        compute="_compute_customer_facts",
        compute_sudo=True,
    )
    partner_wish = fields.Text(
        string="Service Wished for",
        compute="_compute_customer_facts",
        compute_sudo=True,
        help="The service that the customer hopes to get.",
    )
    partner_optout_text = fields.Char(
        string="Does Not Want", compute="_compute_customer_facts", compute_sudo=True
    )
    partner_call_from = fields.Float(
        string="Call from",
        compute="_compute_customer_facts",
        compute_sudo=True,
        help="Preferred hour to be called",
    )
    partner_call_to = fields.Float(
        string="Call until",
        compute="_compute_customer_facts",
        compute_sudo=True,
        help="Preferred hour, at latest",
    )
    next_maintenance_date = fields.Date(
        related="vehicle_id.aftersales_next_maintenance_date"
    )
    followup_deadline = fields.Date(related="followup_id.date_deadline")
    followup_occasion = fields.Char(string="Occasion", related="followup_id.occasion")
    car_facts = fields.Char(compute="_compute_car_facts")
    remaining_count = fields.Integer(
        string="Calls Left Today", compute="_compute_remaining_count"
    )
    progress = fields.Char(
        compute="_compute_progress", help="How far you have come with today's calls."
    )

    @api.depends(
        "company_id",
        *(f"partner_id.aftersales_{name}" for name in CUSTOMER_FACTS),
    )
    @api.depends_context("lang")
    def _compute_customer_facts(self):
        """What the dealership of the call knows of the customer, whichever is open."""
        for call in self:
            customer = call.partner_id.with_company(call.company_id)
            for name in CUSTOMER_FACTS:
                call[f"partner_{name}"] = customer[f"aftersales_{name}"]

    @api.depends("followup_id", "partner_id", "together_ids")
    def _compute_near_ids(self):
        """One customer gets one call: show what else is due with him."""
        for call in self:
            near = call._find_near_followups(NEAR_DAYS)
            call.near_ids = near - call.together_ids._origin

    @api.depends(
        *("followup_id", "together_ids", "topic_ids"),
        *("partner_id", "vehicle_id", "user_id"),
    )
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
            texts = [followup._get_script(call.user_id) for followup in followups]
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

    @api.depends("tip_ids")
    def _compute_tip_text(self):
        for call in self:
            call.tip_text = "\n".join(f"{tip.name}: {tip.text}" for tip in call.tip_ids)

    @api.depends("vehicle_id")
    def _compute_car_facts(self):
        """Tell the car's year and odometer, beside its name."""
        for call in self:
            vehicle = call.vehicle_id.sudo()
            odometer = vehicle.odometer and self.env._(
                "%(distance)s km",
                distance=formatLang(self.env, vehicle.odometer, digits=0),
            )
            facts = filter(None, (vehicle.model_year, odometer))
            call.car_facts = " · ".join(facts)

    @api.depends("partner_id", "vehicle_id")
    def _compute_known_before(self):
        """What the officer should have in view: last visit, earlier calls, topics."""
        for call in self:
            partner, vehicle = call.partner_id, call.vehicle_id
            call.last_visit_id = self._get_last_visit(partner, vehicle, call.company_id)
            call.last_visit_date = call.last_visit_id.date_arrival
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

    @api.depends_context("uid", "company", "lang")
    def _compute_progress(self):
        self.progress = self.env["aftersales.followup"]._get_progress_text()

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _find_near_followups(self, days):
        """Return what else is open with the customer of this draft and near.

        Who calls in may be told whatever is open with him, whosever it is to do.

        :param int days: until how many days from today its window has begun
        """
        followup, partner = self.followup_id, self.partner_id
        inbound = self.direction == "inbound"
        if self.state != "draft" or not partner or not (followup or inbound):
            return followup.browse()
        company = self.company_id or self.env.company
        until = company._aftersales_date() + timedelta(days=days)
        domain = (
            Domain("partner_id", "=", partner._origin.id)
            & Domain("company_id", "=", company.id)
            & Domain("state", "=", "planned")
            & Domain("channel", "!=", "letter")
            & Domain("date_earliest", "<=", until)
            & Domain("id", "!=", followup._origin.id)
        )
        if not inbound:
            domain &= Domain("acting_user_id", "=", followup.acting_user_id.id)
            domain &= Domain("channel", "=", followup.channel)
        return followup.search(domain)

    @api.model
    def _get_last_visit(self, partner, vehicle, company=None):
        """Return the last visit of the car, or of the customer if no car is named.

        :param company: where; default the current one: another's are its own business
        """
        if not partner:
            return self.env["aftersales.visit"]
        domain = [
            ("partner_id", "=", partner._origin.id),
            ("company_id", "=", (company or self.env.company).id),
            ("state", "!=", "cancelled"),
        ]
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
