from datetime import date

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_datetime, format_list

from .aftersales_followup_plan import NO_LEVEL
from .aftersales_followup_rule import CHANNELS

SUPERVISOR = "aftersales_followup.aftersales_followup_group_supervisor"


class AftersalesFollowup(models.Model):
    """A contact that is due: whom to call, by when, about what (跟踪服务)."""

    _name = "aftersales.followup"
    _description = "Follow-up"
    _inherit = [
        "aftersales.followup.plan",
        "aftersales.followup.outcome",
        "aftersales.followup.campaign",
        "aftersales.acting.mixin",
    ]
    _order = "is_call_back desc, is_overdue desc, segment_sequence, date_deadline, id"
    _rec_names_search = ["partner_id", "vehicle_id"]
    _check_company_auto = True

    # whom
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    vehicle_id = fields.Many2one(
        "fleet.vehicle",
        string="Car",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    segment_sequence = fields.Integer(
        compute="_compute_segment_sequence",
        compute_sudo=True,
        store=True,
        precompute=True,
        aggregator=None,
    )

    # why
    rule_id = fields.Many2one(
        "aftersales.followup.rule",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        readonly=True,
    )
    visit_id = fields.Many2one(
        "aftersales.visit",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    previous_id = fields.Many2one(
        "aftersales.followup",
        string="Previous Follow-up",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        readonly=True,
    )
    case_id = fields.Many2one(
        "aftersales.case",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        readonly=True,
        help="The wish, request or complaint whose solution the customer is told.",
    )
    origin_key = fields.Char(
        readonly=True,
        copy=False,
        help="What this follow-up was planned for; the same is never planned twice. "
        "Empty if it was planned by hand or its origin was withdrawn.",
    )

    occasion = fields.Char(
        compute="_compute_occasion", help="Why the customer is contacted."
    )

    # what about
    channel = fields.Selection(CHANNELS, required=True, default="call", tracking=True)
    topic_ids = fields.Many2many(
        "aftersales.topic",
        string="Topics",
        ondelete="restrict",
        context={"active_test": False},
        domain="[('active', '=', True)]",
    )
    content = fields.Text(string="Planned Content")

    # who
    user_id = fields.Many2one(
        "res.users",
        string="Designated Officer",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain=lambda self: self.env["res.partner"]._aftersales_officer_domain(),
        ondelete="restrict",
    )

    # when
    date_anchor = fields.Date(readonly=True, copy=False)
    date_earliest = fields.Date(
        string="From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_deadline = fields.Date(
        string="Deadline",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
    )
    date_done = fields.Datetime(string="Done on", readonly=True, copy=False)
    on_time = fields.Boolean(
        compute="_compute_on_time",
        store=True,
        help="Done within the window, neither too early nor too late.",
    )
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )

    # what became of it
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Done"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        default="planned",
        copy=False,
        tracking=True,
    )
    attempts = fields.Integer(readonly=True, copy=False, aggregator="sum")
    cancel_reason = fields.Char(readonly=True, copy=False, tracking=True)
    call_ids = fields.One2many("aftersales.call", "followup_id", string="Calls")
    together_call_ids = fields.Many2many(
        "aftersales.call",
        string="Seen to Together",
        readonly=True,
        help="Calls about another follow-up that saw to this one as well.",
    )
    letter_ids = fields.One2many("aftersales.letter", "followup_id", string="Letters")

    # what to know before calling
    phone = fields.Char(related="partner_id.phone")
    plate = fields.Char(related="vehicle_id.license_plate", compute_sudo=True)
    segment_id = fields.Many2one(related="partner_id.aftersales_segment_id")

    _origin_key_unique = models.UniqueIndex(
        "(origin_key) WHERE origin_key IS NOT NULL",
        "This follow-up is planned already.",
    )
    _planned = models.Index("(acting_user_id, date_earliest) WHERE state = 'planned'")
    _done = models.Index("(company_id, date_done) WHERE state = 'done'")

    @api.depends("rule_id", "visit_id", "case_id", "campaign_id", "channel")
    @api.depends_context("lang")
    def _compute_occasion(self):
        for followup in self:
            followup.occasion = followup._get_occasion()

    @api.depends("partner_id", "vehicle_id", "rule_id", "campaign_id")
    def _compute_display_name(self):
        for followup in self:
            occasion = followup._get_occasion()
            who = followup.partner_id._aftersales_label(followup.vehicle_id)
            followup.display_name = who and f"{occasion}: {who}"

    @api.depends("partner_id.aftersales_segment_id.sequence")
    def _compute_segment_sequence(self):
        for followup in self:
            segment = followup.partner_id.aftersales_segment_id
            followup.segment_sequence = segment.sequence if segment else NO_LEVEL

    @api.depends("state", "date_done", "date_earliest", "date_deadline")
    def _compute_on_time(self):
        """Within the window of the rule (规定 4, 5), in the company's own days."""
        for followup in self:
            done = followup.state == "done" and followup.date_done
            day = done and followup.company_id._aftersales_date(done)
            earliest, latest = followup._get_window()
            followup.on_time = bool(day and earliest <= day <= latest)

    @api.depends("state", "date_deadline")
    def _compute_is_overdue(self):
        today = self.env.company._aftersales_date()
        for followup in self:
            followup.is_overdue = (
                followup.state == "planned" and followup.date_deadline < today
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("state", "=", "planned") & Domain(
            "date_deadline", "<", self.env.company._aftersales_date()
        )
        return Domain.OR(overdue if flag else ~overdue for flag in value)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name == "is_overdue":
            return SQL(
                "(%s = 'planned' AND %s < %s) %s",
                SQL.identifier(alias, "state"),
                SQL.identifier(alias, "date_deadline"),
                self.env.company._aftersales_date(),
                direction,
            )
        if field_name == "is_call_back":
            # Who named a time to be called back is called then, before all others.
            return SQL(
                "(%s AND %s <= %s) %s %s",
                SQL.identifier(alias, "is_call_back"),
                SQL.identifier(alias, "date_next"),
                fields.Datetime.now(),
                direction,
                SQL("NULLS LAST"),
            )
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    @api.constrains("date_earliest", "date_deadline")
    def _check_window(self):
        for followup in self:
            if followup.date_earliest > followup.date_deadline:
                raise ValidationError(
                    self.env._("A follow-up cannot be due before it may begin.")
                )

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Offer the customer's officer and only car."""
        self.user_id = self.partner_id.aftersales_officer_id or self.env.user
        self.vehicle_id = self.partner_id._aftersales_get_only_vehicle()

    @api.onchange("topic_ids")
    def _onchange_topic_ids(self):
        """Fill the scripts of the chosen topics in, and warn of repeated ones."""
        if not self.content:
            topics = self.topic_ids or self.rule_id.topic_ids
            self.content = topics._origin._get_content(self._get_placeholder_values())
        repeated = self.topic_ids._origin & self._get_discussed_topics()
        if repeated:
            return {"warning": self._get_repetition_warning(repeated)}
        return None

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        followups = super().create(vals_list)
        planned = followups.filtered(lambda followup: followup.state == "planned")
        planned._check_contact_allowed()
        followups._sync_reminders()
        return followups

    def write(self, vals):
        """Keep the reminders in step; only supervisors open a rule's window wider."""
        self._check_window_change(vals)
        result = super().write(vals)
        moved = {"date_deadline", "date_next"} & vals.keys()
        if moved or {"acting_user_id", "user_id", "state"} & vals.keys():
            self.with_context(aftersales_move_reminder=bool(moved))._sync_reminders()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Follow-ups are never deleted. Cancel them and say why.")
        )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_call(self):
        """Open the call of this follow-up, the one begun earlier if there is one."""
        self.ensure_one()
        if self.state != "planned":
            raise UserError(
                self.env._(
                    "%(followup)s is not open any more.", followup=self.display_name
                )
            )
        if self.channel == "letter":
            return self.action_write_letter()
        draft = self.call_ids.filtered(
            lambda call: call.state == "draft" and call.user_id == self.env.user
        )[:1]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_call_action_workbench"
        )
        action["context"] = {"default_followup_id": self.id}
        action["res_id"] = draft.id
        return action

    def action_reopen(self):
        """Plan cancelled follow-ups again."""
        self.check_access("write")
        self._check_not_promised()
        for followup in self:
            if followup.state != "cancelled":
                raise UserError(
                    self.env._(
                        "%(followup)s is not cancelled.", followup=followup.display_name
                    )
                )
        self._check_contact_allowed()
        self.sudo().write({"state": "planned", "cancel_reason": False})

    def action_write_letter(self):
        """Open the letter of this follow-up, the one begun earlier if there is one."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_letter_action_new"
        )
        action["context"] = {
            f"default_{name}": value
            for name, value in self._prepare_letter_vals().items()
        }
        action["res_id"] = self._get_draft_letters()[:1].id
        return action

    def action_write_letters(self):
        """Write a draft from the template for each follow-up, to check and send."""
        self.check_access("write")
        without = self.filtered(
            lambda followup: (
                followup.state == "planned" and not followup._get_draft_letters()
            )
        )
        self.env["aftersales.letter"].create(
            [followup._prepare_letter_vals() for followup in without]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_letter_action"
        )
        action["domain"] = [("followup_id", "in", self.ids), ("state", "=", "draft")]
        action["context"] = {}
        return action

    def action_start_calling(self):
        """Open the call that is due first of all, whatever is selected."""
        followup = self._get_next_due()
        if followup:
            return followup.action_call()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("No more calls today. Well done!"),
                "next": {
                    "type": "ir.actions.act_window",
                    **self.env["ir.actions.act_window"]._for_xml_id(
                        "aftersales_followup.aftersales_followup_action_today"
                    ),
                },
            },
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    # doing

    def _done(self, moment, record=None):
        """Complete follow-ups, and plan those that follow.

        :param moment: naive UTC
        :param record: the registered call or letter that did it
        """
        # The registered call or letter is the record: no message repeats it.
        done = (
            self.filtered(lambda followup: followup.state == "planned")
            .sudo()
            .with_context(tracking_disable=True)
        )
        done._finish_reminders()
        done.write({"state": "done", "date_done": moment})
        done.case_id._inform(moment, record)
        done._plan_following()

    def _plan_following(self, channel=None):
        """Plan what follows upon done follow-ups.

        :param str channel: only what is done this way; default any
        """
        for company, followups in self.grouped("company_id").items():
            for rule in self.env["aftersales.followup.rule"]._get_rules(
                "previous_done", company
            ):
                if channel in (None, rule.channel):
                    rule._plan(
                        followups.filtered_domain(rule._get_following_domain(company)),
                        company,
                    )

    def _cancel(self, reason, withdrawn=False):
        """Cancel open follow-ups for a reason that everybody can read.

        What the customer of a case was promised to be told stays planned, whatever
        else ends: only the case takes it back.

        :param bool withdrawn: the origin itself was taken back, so that it may plan
            anew when it comes again
        """
        vals = {"state": "cancelled", "cancel_reason": reason}
        if withdrawn:
            vals["origin_key"] = False
        self.check_access("write")
        self.sudo().filtered(
            lambda followup: (
                followup.state == "planned" and (withdrawn or not followup.case_id)
            )
        ).write(vals)

    def _prepare_letter_vals(self):
        """Return the vals of a letter that does what this follow-up is for."""
        template = self._get_letter_template()
        return {
            "followup_id": self.id,
            "partner_id": self.partner_id.id,
            "vehicle_id": self.vehicle_id.id,
            "date_due": self.date_deadline,
            "kind": template.kind or "notification",
            "template_id": template.id,
            "send_by": template.send_by or "post",
        }

    def _get_letter_template(self):
        """Return the template of the campaign, of the rule, or else a common one."""
        kind = "notification"
        if self.case_id:
            kind = "reply"
        elif self.campaign_id:
            kind = "invitation"
        return (
            self.campaign_id.letter_template_id
            or self.rule_id.letter_template_id
            or self.env["aftersales.letter.template"].search(
                [("kind", "=", kind)], limit=1
            )
        )

    def _get_draft_letters(self):
        return self.letter_ids.filtered(lambda letter: letter.state == "draft")

    # guard

    def _check_not_promised(self):
        """Refuse to call off, or on again, by hand what a case promises a customer."""
        for followup in self.filtered("case_id"):
            raise UserError(
                self.env._(
                    "%(followup)s is promised: the customer is to be told the solution "
                    "of %(case)s. Register the call or letter that does it, or reopen "
                    "the case.",
                    followup=followup.display_name,
                    case=followup.case_id.display_name,
                )
            )

    def _get_settled_fields(self):
        return {
            "partner_id",
            "vehicle_id",
            "visit_id",
            "channel",
            "topic_ids",
            "content",
            "user_id",
            "acting_user_id",
            "date_earliest",
            "date_deadline",
        }

    def _is_settled(self):
        return self.state != "planned"

    def _get_window(self):
        """Return the first and the last day on which the follow-up is on time.

        A campaign's notice is on time until two weeks ahead, whatever day it was
        spread to. Where it was confirmed too late for that, nobody is told in time.
        """
        if self.campaign_id and not self.previous_id:
            return date.min, self.campaign_id.sudo().notice_deadline
        return self.date_earliest, self.date_deadline

    def _check_window_change(self, vals):
        """Refuse to open a rule's window wider: it is the house's, not theirs."""
        names = {"date_earliest", "date_deadline"} & vals.keys()
        if not names or self.env.su or self.env.user.has_group(SUPERVISOR):
            return
        dates = {name: fields.Date.to_date(vals[name]) for name in names if vals[name]}
        for followup in self.filtered(lambda record: record.rule_id or record.case_id):
            earliest, deadline = followup.date_earliest, followup.date_deadline
            if (
                dates.get("date_earliest", earliest) < earliest
                or dates.get("date_deadline", deadline) > deadline
            ):
                raise UserError(
                    self.env._(
                        "%(followup)s is due from %(earliest)s until %(deadline)s. "
                        "Only a supervisor can begin earlier or put the deadline off.",
                        followup=followup.display_name,
                        earliest=format_date(self.env, earliest),
                        deadline=format_date(self.env, deadline),
                    )
                )

    def _check_contact_allowed(self):
        """Refuse to plan what the customer opted out of."""
        for followup in self.filtered(lambda followup: not followup.case_id):
            reason = self.env["aftersales.optout"]._find_refusal(
                followup.partner_id,
                followup.vehicle_id,
                followup.channel,
                followup.company_id,
            )
            if reason:
                raise UserError(
                    self.env._(
                        "%(customer)s does not want this contact (%(reason)s). "
                        "Withdraw the opt-out first if the customer changed his mind.",
                        customer=followup.partner_id.display_name,
                        reason=reason,
                    )
                )

    @api.model
    def _get_refused_domain(self):
        """Return the domain of open follow-ups that the customer opted out of."""
        unpromised = Domain("state", "=", "planned") & Domain("case_id", "=", False)
        return unpromised & Domain.custom(
            to_sql=lambda model, alias, query: self.env[
                "aftersales.optout"
            ]._get_refused_sql(
                *(
                    SQL.identifier(alias, name)
                    for name in ("company_id", "partner_id", "vehicle_id", "channel")
                )
            )
        )

    # knowing what to say

    def _get_placeholder_values(self):
        return self._prepare_placeholder_values(
            self.partner_id,
            self.vehicle_id.sudo(),
            self.visit_id,
            self.acting_user_id or self.env.user,
            self.company_id or self.env.company,
            self.campaign_id,
        )

    @api.model
    def _prepare_placeholder_values(
        self, partner, vehicle, visit, user, company, campaign=None
    ):
        """Return what scripts and letters can name in braces, see ``fill``."""
        campaign = campaign or self.env["aftersales.campaign"]
        return {
            **self._prepare_customer_values(partner, vehicle, visit, user, company),
            **campaign.with_env(self.env).sudo()._prepare_placeholder_values(),
        }

    @api.model
    def _prepare_customer_values(self, partner, vehicle, visit, user, company):
        """Return what differs from one customer to the next, looked up if named."""
        return {
            "customer": lambda: partner.name or "",
            "vehicle": lambda: vehicle._aftersales_label() if vehicle else "",
            "plate": lambda: vehicle.license_plate or "",
            "last_service": lambda: visit._last_service_text() if visit else "",
            "next_maintenance": lambda: format_date(
                self.env, vehicle.aftersales_next_maintenance_date
            ),
            "officer": lambda: user.name or "",
            "company": lambda: company.name or "",
        }

    def _get_discussed_topics(self):
        """Return the topics talked about with the customer since the last visit."""
        self.ensure_one()
        return self.env["aftersales.call"]._get_discussed_topics(
            self.partner_id, self.vehicle_id
        )

    @api.model
    def _get_repetition_warning(self, topics):
        return {
            "title": self.env._("Topic repeated"),
            "message": self.env._(
                "Already talked about since the last visit: %(topics)s. The next "
                "contact should not repeat the one before.",
                topics=format_list(self.env, topics.mapped("name")),
            ),
        }

    @api.model
    def _get_due_domain(self):
        """Return the domain of the calls the user has to make today."""
        return [
            ("acting_user_id", "=", self.env.uid),
            ("state", "=", "planned"),
            ("channel", "!=", "letter"),
            ("letter_suggested", "=", False),
            ("date_earliest", "<=", self.env.company._aftersales_date()),
            "|",
            ("date_next", "=", False),
            ("date_next", "<=", fields.Datetime.now()),
        ]

    @api.model
    def _get_next_due(self, after=None):
        """Return the follow-up to see to next, apart from ``after``."""
        domain = self._get_due_domain()
        if after:
            domain = [*domain, ("id", "not in", after.ids)]
        return self.search(domain, limit=1)

    def _get_occasion(self):
        """Return why the customer is contacted, in a few words."""
        if self.case_id:
            return self.env._("Inform the Customer")
        if self.campaign_id:
            return f"{self.rule_id.name} · {self.campaign_id.sudo().name}"
        if self.rule_id:
            return self.rule_id.name
        if self.visit_id:
            return self.env._("Next Service")
        return self._get_channel_label()

    def _get_channel_label(self):
        return dict(self._fields["channel"]._description_selection(self.env)).get(
            self.channel, ""
        )

    # reminder

    def _get_reminder_type(self):
        return self.env.ref("aftersales_followup.mail_activity_type_followup")

    def _get_reminder_domain(self):
        return [("state", "=", "planned")]

    def _prepare_reminder_vals(self):
        call_back = self.is_call_back and self.date_next
        return {
            "user_id": self.acting_user_id.id,
            "date_deadline": (
                self.company_id._aftersales_date(call_back)
                if call_back
                else self.date_deadline
            ),
            "summary": self._get_occasion(),
            "note": call_back and self._get_call_back_note(),
        }

    def _get_call_back_note(self):
        moment = format_datetime(
            self.env, self.date_next, tz=self.company_id._aftersales_tz().zone
        )
        return Markup("<p>%s</p>") % self.env._("Call back at %s", moment)

    def _get_reminder_changes(self, activity, vals):
        """Leave a reminder that its user put to an earlier day where it is."""
        earlier = activity.date_deadline < vals["date_deadline"]
        if earlier and not self.env.context.get("aftersales_move_reminder"):
            vals.pop("date_deadline")
        return super()._get_reminder_changes(activity, vals)

    def _complete_from_reminder(self, feedback):
        """Register the call with the feedback as what was said (规定 7)."""
        self.ensure_one()
        if not feedback or self.channel == "letter":
            raise UserError(
                self.env._(
                    "%(followup)s is done by a registered call or letter. Write what "
                    "was said as feedback, or open the follow-up and record it.",
                    followup=self.display_name,
                )
            )
        self.env["aftersales.call"].create(
            self._prepare_call_vals() | {"content": feedback}
        ).action_register()

    def _prepare_call_vals(self):
        """Return the vals of a call that reached the customer of this follow-up."""
        return {
            "followup_id": self.id,
            "mode": "in_person" if self.channel == "meeting" else "phone",
            "outcome_id": self.env.ref("aftersales_followup.outcome_reached").id,
        }

    def _on_reminder_changed(self, activity):
        """Hand the follow-up over, or put its deadline off, with its reminder."""
        if activity.user_id and activity.user_id != self.acting_user_id:
            self.acting_user_id = activity.user_id
        if activity.date_deadline > self.date_deadline:
            self.date_deadline = activity.date_deadline
