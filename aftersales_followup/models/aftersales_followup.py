from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .aftersales_clock_mixin import Clock, result_field
from .aftersales_followup_rule import CHANNELS, PURPOSES
from .none_labels import NO_LEVEL as UNLEVELLED
from .none_labels import NO_RULE
from .notify import say
from .sane_values import check_sane_values

NO_LEVEL = 1000  # customers without a level come after all levels


class AftersalesFollowup(models.Model):
    """A contact that is due: whom to call, by when, about what (跟踪服务).

    Its parts stand in files of their own beside this one: how it is planned, what calls
    do to it, what to say, whom it reminds, and its part in a campaign.
    """

    _name = "aftersales.followup"
    _description = "Follow-up"
    _inherit = [
        "aftersales.acting.mixin",
        "aftersales.change.mixin",
        "aftersales.clock.mixin",
        "aftersales.event.mixin",
        "aftersales.large.mixin",
        "aftersales.lookup.mixin",
    ]
    _order = "date_deadline, id"
    _rec_names_search = ["partner_id", "vehicle_id"]
    _check_company_auto = True
    _reminder_type = "aftersales_followup.mail_activity_type_followup"
    _aftersales_origin_kind = "followup"
    _few_on_other_side = ("topic_ids",)
    _clocks = {
        "followup": Clock("date_deadline", "date_done", "result", "date_earliest")
    }

    # whom
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,  # index: ``_due``
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
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
    segment_id = fields.Many2one(
        "aftersales.segment",
        string="Customer Level",
        compute="_compute_segment_id",
        compute_sudo=True,
        falsy_value_label=UNLEVELLED,
    )
    segment_sequence = fields.Integer(
        compute="_compute_segment_id",
        compute_sudo=True,
        aggregator=None,
        help="Of customers due alike, the best are called first.",
    )

    # why
    rule_id = fields.Many2one(
        "aftersales.followup.rule",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        readonly=True,
        falsy_value_label=NO_RULE,
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
    purpose = fields.Selection(
        PURPOSES,
        required=True,
        default="care",
        help="What the customer may have refused to be contacted for.",
    )
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
        domain=lambda self: self.env["res.users"]._aftersales_officer_domain(),
        ondelete="restrict",
    )

    # when
    date_anchor = fields.Date(readonly=True, copy=False)
    acting_user_id = fields.Many2one(index=False)  # index: ``_acting_due``
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
    result = result_field(default="running")
    planning_note = fields.Char(
        string="Why Later",
        readonly=True,
        copy=False,
        help="Why this is due later than its rule says: the contact ceiling.",
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
    attempts = fields.Integer(readonly=True, copy=False, aggregator=None)
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

    _origin_key_unique = models.UniqueIndex(
        "(origin_key) WHERE origin_key IS NOT NULL",
        "This follow-up is planned already.",
    )
    _planned = models.Index(
        "(company_id, acting_user_id, date_earliest) WHERE state = 'planned'"
    )
    _open_with = models.Index("(partner_id) WHERE state = 'planned'")
    _acting_due = models.Index("(acting_user_id, date_deadline)")
    _stood_in = models.Index(
        "(substitution_id) WHERE state = 'planned' AND substitution_id IS NOT NULL"
    )
    # What is overdue in a dealership.
    _open = models.Index(
        "(company_id, date_deadline) INCLUDE (acting_user_id) WHERE state = 'planned'"
    )
    # What was done with a customer, and what of it by a rule.
    _of_customer = models.Index("(partner_id, rule_id)")
    # Lists, which stand in the order of deadlines.
    _due = models.Index("(company_id, date_deadline)")
    # What figures count: all that was done, or due, in a month by some rules.
    _done_by_rule = models.Index(
        "(company_id, rule_id, date_done) WHERE state = 'done'"
    )
    _due_by_rule = models.Index(
        "(company_id, rule_id, date_deadline) INCLUDE (result, acting_user_id)"
    )

    @api.depends("rule_id", "visit_id", "case_id", "campaign_id", "channel")
    @api.depends_context("lang")
    def _compute_occasion(self):
        for followup in self:
            if followup.case_id:
                occasion = self.env._("Inform the Customer")
            elif followup.campaign_id:
                campaign = followup.campaign_id.sudo().name
                occasion = f"{followup.rule_id.name} · {campaign}"
            elif followup.rule_id:
                occasion = followup.rule_id.name
            elif followup.visit_id:
                occasion = self.env._("Next Service")
            else:
                occasion = followup._get_channel_label()
            followup.occasion = occasion

    @api.depends("partner_id", "vehicle_id", "occasion")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for followup in self:
            who = followup.partner_id._aftersales_label(followup.vehicle_id)
            followup.display_name = who and f"{followup.occasion}: {who}"

    @api.depends("partner_id.aftersales_archive_ids.segment_id", "company_id")
    def _compute_segment_id(self):
        """The level that the customer has in the company of the follow-up, today."""
        for followup in self:
            archive = followup.partner_id.aftersales_archive_ids.filtered(
                lambda archive, own=followup.company_id: archive.company_id == own
            )
            followup.segment_id = archive.segment_id
            followup.segment_sequence = (
                archive.segment_id.sequence if archive.segment_id else NO_LEVEL
            )

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
        """Sort by what is known only while sorting: today, now, today's levels."""
        if field_name == "is_overdue":
            return SQL(
                "(%s = 'planned' AND %s < %s) %s",
                SQL.identifier(alias, "state"),
                SQL.identifier(alias, "date_deadline"),
                self.env.company._aftersales_date(),
                direction,
            )
        if field_name == "segment_sequence":
            return SQL("%s %s", self._get_segment_sql(alias), direction)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    @api.model
    def _get_segment_sql(self, alias):
        """Return the SQL of the sequence of the customer's level in the company."""
        self.env["aftersales.archive"].flush_model(["segment_id"])
        self.env["aftersales.segment"].flush_model(["sequence"])
        return SQL(
            """COALESCE((
                SELECT segment.sequence FROM aftersales_archive archive
                  JOIN aftersales_segment segment ON segment.id = archive.segment_id
                 WHERE archive.partner_id = %s AND archive.company_id = %s), %s)""",
            SQL.identifier(alias, "partner_id"),
            SQL.identifier(alias, "company_id"),
            NO_LEVEL,
        )

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
        partner = self.partner_id.with_company(self.company_id)
        self.user_id = partner.aftersales_officer_id or self.env.user
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
        check_sane_values(self, [vals])
        self._check_window_change(vals)
        result = super().write(vals)
        moved = {"date_deadline", "date_next"} & vals.keys()
        changed = moved or {"acting_user_id", "user_id", "state"} & vals.keys()
        # A step that sees to many follow-ups sees to their reminders in one go.
        if changed and not self.env.context.get("aftersales_reminders_settled"):
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
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_call_action_workbench"
        )
        action["res_id"] = self._open_draft().id
        return action

    def action_reopen(self):
        """Plan cancelled follow-ups again: their clocks run on."""
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
        self._resume_clock("followup")
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
        return say(
            self.env._("No more calls today. Well done!"),
            {
                "type": "ir.actions.act_window",
                **self.env["ir.actions.act_window"]._for_xml_id(
                    "aftersales_followup.aftersales_followup_action_today"
                ),
            },
        )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_channel_label(self):
        return dict(self._fields["channel"]._description_selection(self.env)).get(
            self.channel, ""
        )
