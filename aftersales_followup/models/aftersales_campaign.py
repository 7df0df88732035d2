import ast
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, format_date

from .aftersales_followup_plan import NO_LEVEL, PLAN_BATCH

_logger = logging.getLogger(__name__)

NOTICE = Domain("previous_id", "=", False)
# The follow-ups that a figure counts; the button of the figure lists the same ones.
FIGURES = {
    "planned_count": NOTICE & Domain("origin_key", "!=", False),
    "called_count": NOTICE & Domain("attempts", ">", 0),
    "reached_count": NOTICE & Domain("state", "=", "done"),
    "coming_count": NOTICE & Domain("campaign_reply", "=", "coming"),
    "came_count": NOTICE & Domain("came", "=", True),
}
# Whom a new campaign is for until other conditions are chosen.
CUSTOMERS_WITH_ARCHIVE = (
    "['|', ('aftersales_archive_number', '!=', False), "
    "('aftersales_vehicle_ids', '!=', False)]"
)
SENT = Domain("number", "!=", False)


class AftersalesCampaign(models.Model):
    """A club event, offer or free service that customers are told of (规定 6).

    Two weeks ahead by phone, then within two days by letter where one is needed.
    Confirming freezes the audience and plans a notice call for each customer of it.
    """

    _name = "aftersales.campaign"
    _description = "Campaign"
    _inherit = ["mail.thread", "aftersales.guarded.mixin"]
    _order = "date_begin desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    kind = fields.Selection(
        [
            ("club", "Club Event"),
            ("offer", "Offer"),
            ("free_service", "Free Service"),
        ],
        required=True,
        default="club",
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain=lambda self: self.env["res.partner"]._aftersales_officer_domain(),
        ondelete="restrict",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("confirmed", "Confirmed"),
            ("done", "Over"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )

    # what, when and where
    date_begin = fields.Date(
        string="First Day", required=True, index=True, tracking=True
    )
    date_end = fields.Date(string="Last Day", required=True, tracking=True)
    venue = fields.Char(tracking=True, help="Where it takes place.")
    description = fields.Text(
        string="Content", help="What it is about, as the customers are told."
    )
    letter_template_id = fields.Many2one(
        "aftersales.letter.template",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="Offered when a customer of this campaign needs a letter.",
    )

    # who is told
    segment_ids = fields.Many2many(
        "aftersales.segment", string="Customer Levels", check_company=True
    )
    model_ids = fields.Many2many("fleet.vehicle.model", string="Models")
    last_visit_from = fields.Date(string="Last Visit from")
    last_visit_to = fields.Date(string="Last Visit until")
    audience_domain = fields.Char(
        string="More Conditions",
        default=CUSTOMERS_WITH_ARCHIVE,
        help="Customers have to meet these as well as what is chosen above.",
    )
    audience_ids = fields.Many2many(
        "res.partner",
        "aftersales_campaign_audience_rel",
        "campaign_id",
        "partner_id",
        string="Customers to Tell",
        readonly=True,
        copy=False,
        help="As they were when the campaign was confirmed.",
    )
    confirmed_optout_count = fields.Integer(readonly=True, copy=False)
    audience_count = fields.Integer(
        string="Customers", compute="_compute_audience_counts"
    )
    optout_count = fields.Integer(
        string="Taken out",
        compute="_compute_audience_counts",
        help="Customers who must not be called.",
    )
    contact_count = fields.Integer(string="To Tell", compute="_compute_audience_counts")

    # the notice
    notice_deadline = fields.Date(
        string="Tell until",
        compute="_compute_notice_deadline",
        store=True,
        precompute=True,
        tracking=True,
        help="Customers are to be told by phone two weeks ahead.",
    )
    is_late = fields.Boolean(compute="_compute_is_late")
    is_over = fields.Boolean(compute="_compute_is_over")
    date_confirmed = fields.Date(string="Confirmed on", readonly=True, copy=False)
    is_planned = fields.Boolean(
        string="Planning Finished",
        readonly=True,
        copy=False,
        help="Each customer of the campaign has a notice call.",
    )

    # results
    followup_ids = fields.One2many(
        "aftersales.followup", "campaign_id", string="Follow-ups"
    )
    planned_count = fields.Integer(string="Planned", compute="_compute_figures")
    called_count = fields.Integer(string="Called", compute="_compute_figures")
    reached_count = fields.Integer(string="Reached", compute="_compute_figures")
    coming_count = fields.Integer(string="Coming", compute="_compute_figures")
    letter_count = fields.Integer(string="Letters Sent", compute="_compute_figures")
    came_count = fields.Integer(string="Came", compute="_compute_figures")

    _dates = models.Constraint(
        "CHECK (date_begin <= date_end)", "A campaign cannot end before it begins."
    )
    _unplanned = models.Index("(company_id) WHERE state = 'confirmed'")

    @api.depends(
        "state",
        "company_id",
        "segment_ids",
        "model_ids",
        "last_visit_from",
        "last_visit_to",
        "audience_domain",
    )
    def _compute_audience_counts(self):
        """Count whom it is for, whom nobody may call, and who is told."""
        drafts = self.filtered(lambda campaign: campaign.state == "draft")
        contacts = (self - drafts)._count_frozen_audience()
        for campaign in self - drafts:
            campaign.contact_count = contacts.get(campaign._origin.id, 0)
            campaign.optout_count = campaign.confirmed_optout_count
            campaign.audience_count = campaign.contact_count + campaign.optout_count
        Partner = self.env["res.partner"]
        for campaign in drafts:
            domain = campaign._get_audience_domain()
            campaign.audience_count = Partner.search_count(domain)
            campaign.optout_count = Partner.search_count(
                domain & campaign._get_uncontactable_domain()
            )
            campaign.contact_count = campaign.audience_count - campaign.optout_count

    @api.depends("date_begin", "company_id")
    def _compute_notice_deadline(self):
        """The rule counts back from the first day; a confirmed campaign keeps it."""
        for campaign in self:
            if campaign.state == "draft":
                campaign.notice_deadline = campaign._count_notice_deadline()
            else:
                campaign.notice_deadline = campaign.notice_deadline

    @api.depends("state", "date_begin", "notice_deadline", "company_id")
    def _compute_is_late(self):
        for campaign in self:
            today = (campaign.company_id or self.env.company)._aftersales_date()
            first, deadline = campaign.date_begin, campaign.notice_deadline
            campaign.is_late = bool(
                campaign.state == "draft"
                and first
                and deadline
                and deadline < today < first
            )

    @api.depends("date_end", "company_id")
    def _compute_is_over(self):
        for campaign in self:
            today = (campaign.company_id or self.env.company)._aftersales_date()
            campaign.is_over = bool(campaign.date_end and campaign.date_end < today)

    def _compute_figures(self):
        """Count all results of all campaigns by one query."""
        figures = self._count_figures() if self.ids else {}
        for campaign in self:
            counted = figures.get(campaign._origin.id, {})
            for name in (*FIGURES, "letter_count"):
                campaign[name] = counted.get(name, 0)

    @api.constrains("audience_domain")
    def _check_audience_domain(self):
        for campaign in self:
            campaign._get_audience_domain()

    @api.constrains("last_visit_from", "last_visit_to")
    def _check_last_visit(self):
        for campaign in self:
            first, last = campaign.last_visit_from, campaign.last_visit_to
            if first and last and last < first:
                raise ValidationError(
                    self.env._(
                        "%(campaign)s: the last visit cannot be until a day before it "
                        "begins to count.",
                        campaign=campaign.name,
                    )
                )

    @api.onchange("date_begin")
    def _onchange_date_begin(self):
        """Offer one day."""
        if self.date_begin and (not self.date_end or self.date_end < self.date_begin):
            self.date_end = self.date_begin

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Name campaigns after what they are, where another program gives no name."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        default = self.default_get(["name", "kind"])
        for vals in vals_list:
            if not vals.get("name") and not default.get("name"):
                kind = kinds[vals.get("kind") or default["kind"]]
                vals["name"] = f"{kind} {vals.get('date_begin') or ''}".strip()
        return super().create(vals_list)

    def copy_data(self, default=None):
        """Tell the copy from what was copied."""
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for campaign, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(campaign)s (copy)", campaign=campaign.name)
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_worked_on(self):
        for campaign in self:
            if campaign.state != "draft" or campaign.sudo().followup_ids:
                raise UserError(
                    self.env._(
                        "%(campaign)s was confirmed before: cancel it instead of "
                        "deleting.",
                        campaign=campaign.name,
                    )
                )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_confirm(self):
        """Confirm campaigns and plan the notice calls of all their customers.

        :raise UserError: if a campaign is confirmed already, has begun, or is for
            nobody
        """
        self._confirm()
        for campaign in self:
            while campaign._plan_next():
                pass
        return True

    def action_confirm_stepwise(self):
        """Confirm a campaign; the browser then asks for its calls batch by batch."""
        self.ensure_one()
        self._confirm()
        return True

    def plan_batch(self):
        """Plan the next notice calls, as a request of its own in the browser.

        :return: dict of ``done`` and ``total`` numbers of customers
        """
        self.ensure_one()
        self.check_access("write")
        self._check_notice_rule()
        has_more = self._plan_next()
        total = self.contact_count
        return {"done": self.planned_count if has_more else total, "total": total}

    def action_cancel(self):
        """Call campaigns off: nobody is told any more; what was done stays."""
        self.check_access("write")
        for campaign in self:
            if campaign.state not in ("draft", "confirmed"):
                raise UserError(
                    self.env._(
                        "%(campaign)s is over or cancelled already.",
                        campaign=campaign.name,
                    )
                )
        self.sudo().state = "cancelled"
        self._cancel_followups(self.env._("The campaign was cancelled."), True)
        self.env["aftersales.letter"].sudo().search(
            [("campaign_id", "in", self.ids), ("state", "=", "draft")]
        ).unlink()
        return True

    def action_done(self):
        """End campaigns whose last day is over."""
        self.check_access("write")
        for campaign in self:
            if campaign.state != "confirmed" or not campaign.is_over:
                raise UserError(
                    self.env._(
                        "%(campaign)s is not confirmed, or its last day is not over.",
                        campaign=campaign.name,
                    )
                )
        self._end()
        return True

    def action_draft(self):
        """Take cancelled campaigns up again, to change and to confirm them anew.

        Customers who were called already know other dates: they are told of a new
        campaign, and what was done for the old one stays.
        """
        self.check_access("write")
        for campaign in self:
            if campaign.state != "cancelled":
                raise UserError(
                    self.env._("%(campaign)s is not cancelled.", campaign=campaign.name)
                )
            if campaign.called_count or campaign.letter_count:
                raise UserError(
                    self.env._(
                        "Customers were told of %(campaign)s already. Duplicate it "
                        "instead, so that they are told anew.",
                        campaign=campaign.name,
                    )
                )
        self.sudo().write(
            {
                "state": "draft",
                "audience_ids": [Command.clear()],
                "confirmed_optout_count": 0,
                "date_confirmed": False,
                "is_planned": False,
            }
        )
        self.sudo()._compute_notice_deadline()
        return True

    def action_open_audience(self):
        """Open the customers whom the campaign is for."""
        self.ensure_one()
        if self.state == "draft":
            domain = self._get_audience_domain()
        else:
            domain = Domain("id", "in", self.audience_ids.ids)
        return self._open_archive(domain)

    def action_open_optouts(self):
        """Open the customers who were taken out because nobody may call them."""
        self.ensure_one()
        return self._open_archive(Domain("id", "in", self._find_optouts().ids))

    def action_open_customers(self):
        """Open each customer's call with reply and whether he or she came."""
        return self._open_followups("planned_count", self.env._("Customers"))

    def action_open_called(self):
        return self._open_followups("called_count", self.env._("Called"))

    def action_open_reached(self):
        return self._open_followups("reached_count", self.env._("Reached"))

    def action_open_coming(self):
        return self._open_followups("coming_count", self.env._("Coming"))

    def action_open_came(self):
        return self._open_followups("came_count", self.env._("Came"))

    def action_open_letters(self):
        """Open the letters that were sent."""
        self.ensure_one()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_letter_action"
        ) | {
            "domain": [("campaign_id", "=", self.id), *SENT],
            "context": {"create": False},
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_settled_fields(self):
        return {
            "kind",
            "company_id",
            "date_begin",
            "segment_ids",
            "model_ids",
            "last_visit_from",
            "last_visit_to",
            "audience_domain",
        }

    def _is_settled(self):
        return self.state != "draft"

    # audience

    def _get_audience_domain(self):
        """Return the domain of the customers whom this is for, no colleagues.

        Whoever evaluates it does so with his or her own rights.

        :raise ValidationError: if the conditions make no sense
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        domain = (
            Domain("company_id", "in", [company.id, False])
            & Domain("active", "=", True)
            & Domain("user_ids", "=", False)
            & Domain("id", "!=", company.sudo().partner_id.id)
        )
        if self.segment_ids:
            domain &= Domain("aftersales_segment_id", "in", self.segment_ids.ids)
        if self.model_ids:
            domain &= Domain(
                "aftersales_vehicle_ids.model_id", "in", self.model_ids.ids
            )
        if self.last_visit_from:
            domain &= Domain("aftersales_last_visit_date", ">=", self.last_visit_from)
        if self.last_visit_to:
            domain &= Domain("aftersales_last_visit_date", "<=", self.last_visit_to)
        return domain & self._parse_audience_domain()

    def _parse_audience_domain(self):
        """Return what was typed in or clicked together as more conditions."""
        text = (self.audience_domain or "").strip() or "[]"
        try:
            domain = Domain(ast.literal_eval(text))
            domain.validate(self.env["res.partner"])
        except (ValueError, TypeError, SyntaxError, KeyError, RecursionError) as error:
            raise ValidationError(
                self.env._(
                    "The conditions for the customers of %(campaign)s cannot be "
                    "understood: %(domain)s",
                    campaign=self.name or self.env._("the campaign"),
                    domain=text,
                )
            ) from error
        return domain

    def _get_uncontactable_domain(self):
        """Return the domain of the customers whom nobody may call."""
        return self.env["res.partner"]._aftersales_get_uncontactable_domain(
            "call", self.company_id or self.env.company
        )

    def _find_optouts(self):
        """Return the customers of the audience whom nobody may call."""
        return self.env["res.partner"].search(
            self._get_audience_domain() & self._get_uncontactable_domain()
        )

    def _count_frozen_audience(self):
        """Return {campaign id: number of customers} of confirmed campaigns."""
        field = self._fields["audience_ids"]
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT %(own)s, count(*) FROM %(table)s
                    WHERE %(own)s = ANY(%(ids)s) GROUP BY %(own)s""",
                    own=SQL.identifier(field.column1),
                    table=SQL.identifier(field.relation),
                    ids=self.ids,
                )
            )
        )

    # confirming

    def _get_notice_rule(self):
        """Return the rule that tells when customers are called, or none."""
        return self.env["aftersales.followup.rule"]._get_rules(
            "campaign_start", self.company_id or self.env.company
        )[:1]

    def _count_notice_deadline(self):
        """Return until when customers are to be told, or ``False``."""
        rule = self._get_notice_rule()
        company = self.company_id or self.env.company
        if not rule or not self.date_begin:
            return False
        days = company._aftersales_add_days([self.date_begin], rule.latest_days)
        return days[self.date_begin]

    def _confirm(self):
        """Freeze the audience, and designate officers for those who have none.

        The campaign is touched first: of two supervisors who confirm it at the same
        moment, the second waits, begins anew and finds it confirmed.
        """
        self.check_access("write")
        self.write({})
        self.flush_recordset()
        for campaign in self:
            campaign._check_confirmable()
            optouts = campaign._find_optouts()
            everybody = self.env["res.partner"].search(campaign._get_audience_domain())
            contacts = everybody - optouts
            if not contacts:
                raise UserError(
                    self.env._(
                        "%(campaign)s is for nobody: no customer meets its "
                        "conditions and may be called.",
                        campaign=campaign.name,
                    )
                )
            campaign.sudo().write(
                {
                    "state": "confirmed",
                    "date_confirmed": campaign.company_id._aftersales_date(),
                    "notice_deadline": campaign._count_notice_deadline(),
                    "audience_ids": [Command.set(contacts.ids)],
                    "confirmed_optout_count": len(optouts),
                }
            )
            contacts.with_context(tracking_disable=True)._aftersales_get_officers(
                campaign.company_id
            )
        self.env.flush_all()
        self.env.invalidate_all()

    def _check_confirmable(self):
        self.ensure_one()
        if self.state != "draft":
            raise UserError(
                self.env._("%(campaign)s is confirmed already.", campaign=self.name)
            )
        if self.date_begin <= self.company_id._aftersales_date():
            raise UserError(
                self.env._(
                    "%(campaign)s has begun already: it is too late to tell the "
                    "customers.",
                    campaign=self.name,
                )
            )
        self._check_notice_rule()

    def _check_notice_rule(self):
        if not self._get_notice_rule():
            raise UserError(
                self.env._(
                    "No follow-up rule tells when customers are called before a "
                    "campaign. Switch one on under Configuration > Follow-up Rules."
                )
            )

    # planning

    def _plan_next(self):
        """Plan the notice calls of the next batch of customers.

        Planning goes on from where it was interrupted. Who opted out meanwhile is
        taken out of the audience.

        :return: whether there may be more to plan
        """
        self.ensure_one()
        campaign = self.sudo()
        campaign.write({})
        campaign.flush_recordset()
        rule = campaign._get_notice_rule()
        if campaign.state != "confirmed" or campaign.is_planned or not rule:
            return False
        rows = campaign._prepare_notice_rows(rule)
        rule._fill_in_officers(rows, campaign.company_id)
        planned = campaign.env["aftersales.followup"]._plan(rows)
        if len(planned) < len(rows):
            campaign._take_out_unplanned(rows)
        campaign.is_planned = len(rows) < PLAN_BATCH
        # Nothing of one batch stays in memory during the next.
        self.env.flush_all()
        self.env.invalidate_all()
        return not campaign.is_planned

    def _prepare_notice_rows(self, rule):
        """Return the rows of the next calls to plan, as ``_plan`` takes them."""
        schedule = self._find_unplanned(rule)
        vehicles = self._find_vehicles(
            [partner_id for partner_id, _at, _of in schedule]
        )
        days, deadline = self._get_calling_days(rule), self._get_last_calling_day()
        return [
            {
                "origin_key": f"{self._get_key_prefix(rule)}{partner_id}",
                "company_id": self.company_id.id,
                "campaign_id": self.id,
                "partner_id": partner_id,
                "vehicle_id": vehicles.get(partner_id),
                "rule_id": rule.id,
                "channel": rule.channel,
                "date_anchor": self.date_begin,
                "date_earliest": days[place * len(days) // size],
                "date_deadline": deadline,
            }
            for partner_id, place, size in schedule
        ]

    def _get_key_prefix(self, rule):
        """Return the origin key of this campaign's calls up to the customer's id."""
        return f"{rule.code}:campaign:{self.id}:"

    def _find_unplanned(self, rule):
        """Return the next customers without a notice call, and when it is their turn.

        An officer's customers queue up by their level. The place in the whole queue
        counts, so that the days come out the same in whatever batches they are
        planned.

        :return: list of (customer id, place from 0, number of the officer's customers)
        """
        field = self._fields["audience_ids"]
        self.env["res.partner"].flush_model(
            ["aftersales_officer_id", "aftersales_segment_id"]
        )
        self.env["aftersales.followup"].flush_model(["origin_key"])
        return self.env.execute_query(
            SQL(
                """
                SELECT queued.partner_id, queued.place, queued.size
                  FROM (SELECT partner.id AS partner_id,
                               row_number() OVER queue - 1 AS place,
                               count(*) OVER (
                                   PARTITION BY partner.aftersales_officer_id
                               ) AS size
                          FROM %(audience)s audience
                          JOIN res_partner partner
                            ON partner.id = audience.%(partner)s
                     LEFT JOIN aftersales_segment segment
                            ON segment.id = partner.aftersales_segment_id
                         WHERE audience.%(campaign)s = %(id)s
                        WINDOW queue AS (
                               PARTITION BY partner.aftersales_officer_id
                               ORDER BY COALESCE(segment.sequence, %(no_level)s),
                                        partner.id)
                       ) queued
                 WHERE NOT EXISTS (
                       SELECT FROM aftersales_followup planned
                        WHERE planned.origin_key
                              = %(prefix)s || queued.partner_id::text)
                 ORDER BY queued.place, queued.partner_id
                 LIMIT %(limit)s
                """,
                audience=SQL.identifier(field.relation),
                campaign=SQL.identifier(field.column1),
                partner=SQL.identifier(field.column2),
                id=self.id,
                no_level=NO_LEVEL,
                prefix=self._get_key_prefix(rule),
                limit=PLAN_BATCH,
            )
        )

    def _find_vehicles(self, partner_ids):
        """Return {customer id: id of the only car, or the only one of the models}."""
        domain = Domain("aftersales_owner_id", "in", partner_ids) & Domain(
            "company_id", "in", [self.company_id.id, False]
        )
        if self.model_ids:
            domain &= Domain("model_id", "in", self.model_ids.ids)
        owned = self.env["fleet.vehicle"]._read_group(
            domain, ["aftersales_owner_id"], ["id:array_agg"]
        )
        return {
            owner.id: vehicle_ids[0]
            for owner, vehicle_ids in owned
            if len(vehicle_ids) == 1
        }

    def _get_last_calling_day(self):
        """Return until when calls are planned: two weeks ahead, or what is left."""
        if self.date_confirmed <= self.notice_deadline:
            return self.notice_deadline
        before = self.company_id._aftersales_add_days([self.date_begin], -1)
        return max(before[self.date_begin], self.date_confirmed)

    def _get_calling_days(self, rule):
        """Return the days over which the calls are spread, as the company counts."""
        company, last = self.company_id, self._get_last_calling_day()
        opened = company._aftersales_add_days([self.date_begin], rule.earliest_days)
        first = min(max(self.date_confirmed, opened[self.date_begin]), last)
        if company.aftersales_use_working_days:
            days = sorted(company._aftersales_working_days(first, last))
        else:
            days = [first + timedelta(n) for n in range((last - first).days + 1)]
        return days or [last]

    def _take_out_unplanned(self, rows):
        """Take out of the audience who was to be planned and may not be called."""
        keys = [row["origin_key"] for row in rows]
        Followup = self.env["aftersales.followup"]
        planned = Followup.search([("origin_key", "in", keys)]).partner_id
        out = {row["partner_id"] for row in rows} - set(planned.ids)
        if out:
            self.write(
                {
                    "audience_ids": [Command.unlink(partner_id) for partner_id in out],
                    "confirmed_optout_count": self.confirmed_optout_count + len(out),
                }
            )

    # ending

    def _end(self):
        """End campaigns: it is too late to tell anybody of them."""
        self.sudo().state = "done"
        self._cancel_followups(self.env._("The campaign is over."))

    def _cancel_followups(self, reason, withdrawn=False):
        """Cancel what is still to be done for these campaigns, batch by batch.

        The follow-ups tell the reason; no message repeats it a thousand times.
        """
        Followup = (
            self.env["aftersales.followup"].sudo().with_context(tracking_disable=True)
        )
        domain = [("campaign_id", "in", self.ids), ("state", "=", "planned")]
        while followups := Followup.search(domain, limit=PLAN_BATCH, order="id"):
            followups._cancel(reason, withdrawn)
            self.env.flush_all()
            self.env.invalidate_all()

    # telling

    def _prepare_placeholder_values(self):
        """Return what scripts and letters can name in braces; empty for no campaign."""
        days = [self.date_begin, self.date_end]
        days = [format_date(self.env, day) for day in dict.fromkeys(days) if day]
        return {
            "campaign": self.name or "",
            "campaign_dates": " – ".join(days),
            "campaign_venue": self.venue or "",
            "campaign_content": self.description or "",
        }

    # results

    def _count_figures(self):
        """Return {campaign id: {figure: number}}.

        The condition of each figure is that of the list behind its button.
        """
        Followup = self.env["aftersales.followup"].sudo()
        self.env["aftersales.letter"].flush_model(["campaign_id", "number"])
        query = Followup._search(Domain("campaign_id", "in", self.ids))
        own = SQL.identifier(query.table, "campaign_id")
        query.groupby = own
        counted = [
            SQL(
                "count(*) FILTER (WHERE %s)",
                domain.optimize_full(Followup)._to_sql(Followup, query.table, query),
            )
            for domain in FIGURES.values()
        ]
        letters = SQL(
            """(SELECT count(*) FROM aftersales_letter letter
                WHERE letter.campaign_id = %s AND letter.number IS NOT NULL)""",
            own,
        )
        rows = self.env.execute_query(query.select(own, letters, *counted))
        return {
            campaign_id: {
                "letter_count": sent,
                **dict(zip(FIGURES, numbers, strict=True)),
            }
            for campaign_id, sent, *numbers in rows
        }

    def _open_followups(self, figure, name):
        """Return the action that lists the customers whom a figure counts."""
        self.ensure_one()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_followup_action_campaign"
        ) | {
            "display_name": f"{self.name} · {name}",
            "domain": [("campaign_id", "=", self.id), *FIGURES[figure]],
        }

    def _open_archive(self, domain):
        """Return the action that lists customers of the archive."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.res_partner_action_archive"
        ) | {"domain": list(domain)}

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_keep_up(self):
        """Finish planning that was interrupted, and end campaigns that are over.

        :return: whether there is time left
        """
        commit_step = self.env["aftersales.followup"]._commit_step
        failed = set()
        for step in (self._resume_planning, self._end_one_over):
            while True:
                campaign, left = commit_step(step, failed)
                if not left:
                    return False
                if not campaign:
                    break
        return True

    @api.model
    def _resume_planning(self, failed):
        """Plan the next batch of a campaign whose planning was interrupted."""
        waiting = self.sudo().search(
            [
                ("state", "=", "confirmed"),
                ("is_planned", "=", False),
                ("id", "not in", list(failed)),
            ],
            limit=1,
        )
        waiting._try_step("_plan_next", failed)
        return waiting

    @api.model
    def _end_one_over(self, failed):
        """End a campaign whose last day is over where it took place."""
        confirmed = self.sudo().search(
            [("state", "=", "confirmed"), ("id", "not in", list(failed))]
        )
        over = confirmed.filtered("is_over")[:1]
        over._try_step("_end", failed)
        return over

    def _try_step(self, method, failed):
        """Do something with a campaign; one that fails does not stop the others."""
        for campaign in self:
            try:
                with self.env.cr.savepoint():
                    go_on = getattr(campaign, method)()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception:
                _logger.exception("Could not see to campaign %s", campaign.id)
                go_on = False
            if not go_on:
                failed.add(campaign.id)
