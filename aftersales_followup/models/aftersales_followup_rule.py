from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, ormcache

CHANNELS = [("call", "Call"), ("letter", "Letter"), ("meeting", "Visit to Customer")]
PURPOSES = [
    ("care", "Care"),
    ("maintenance", "Maintenance"),
    ("events", "Events and Offers"),
    ("survey", "Survey"),
]
# A window further away than this is a slip.
MAX_DAYS = 3660
MAX_MONTHS = 120
# What decides whether something is due by a rule, and who may be contacted for it.
DECIDING = {
    "code",
    "anchor",
    "previous_rule_id",
    "earliest_months",
    "earliest_days",
    "latest_months",
    "latest_days",
    "catch_up_days",
    "channel",
    "purpose",
    "active",
    "date_active",
}
# Of these, those by which something that happened once becomes due.
BEGINNING = {"date_active", "anchor", "previous_rule_id"}


class AftersalesFollowupRule(models.Model):
    """When a customer is to be contacted, about what, and how (规定 3–6)."""

    _name = "aftersales.followup.rule"
    _description = "Follow-up Rule"
    _inherit = [
        "mail.thread",
        "aftersales.configuration.mixin",
        "aftersales.guarded.mixin",
    ]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False)
    sequence = fields.Integer(default=10)
    anchor = fields.Selection(
        selection="_get_anchor_selection",
        required=True,
        default="delivery",
        tracking=True,
    )
    previous_rule_id = fields.Many2one(
        "aftersales.followup.rule",
        check_company=True,
        index="btree_not_null",
        help="The rule whose follow-up has to be done first.",
    )
    earliest_months = fields.Integer(
        string="From (months)",
        tracking=True,
        help="Calendar months, counted before the days. Negative: before the anchor.",
    )
    latest_months = fields.Integer(
        string="Until (months)",
        tracking=True,
        help="Calendar months, counted before the days. Negative: before the anchor.",
    )
    earliest_days = fields.Integer(
        string="From (days)", tracking=True, help="Negative: before the anchor."
    )
    latest_days = fields.Integer(
        string="Until (days)", tracking=True, help="Negative: before the anchor."
    )
    window = fields.Char(
        compute="_compute_window",
        help="From when until when, counted from the anchor. Negative: before it.",
    )
    channel = fields.Selection(CHANNELS, required=True, default="call", tracking=True)
    purpose = fields.Selection(
        PURPOSES,
        required=True,
        default="care",
        tracking=True,
        help="Customers can refuse a purpose and still hear of the others.",
    )
    topic_ids = fields.Many2many("aftersales.topic", string="Topics")
    letter_template_id = fields.Many2one(
        "aftersales.letter.template",
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
        help="Text of the letter, also of one that takes the place of a call.",
    )
    active = fields.Boolean(string="Switched On", default=True, tracking=True)
    date_active = fields.Date(
        string="Switched On since",
        readonly=True,
        copy=False,
        default=fields.Date.context_today,
        help="What was over long before plans nothing.",
    )
    catch_up_days = fields.Integer(
        string="Catch up (days)",
        default=30,
        help="A window that closed up to this many days before the rule or the car "
        "was known is still worth a contact.",
    )
    planned_until = fields.Json(
        readonly=True,
        copy=False,
        help="Until which date the scheduler has seen to each company's dates.",
    )
    company_id = fields.Many2one(
        "res.company",
        help="Empty: for every company without a rule of its own of this code.",
    )
    followup_count = fields.Integer(
        string="Open Follow-ups", compute="_compute_followup_count"
    )

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "There is a rule with this code already."
    )

    @api.depends("earliest_months", "earliest_days", "latest_months", "latest_days")
    @api.depends_context("lang")
    def _compute_window(self):
        for rule in self:
            rule.window = self.env._(
                "%(earliest)s to %(latest)s",
                earliest=rule._get_step_text(rule.earliest_months, rule.earliest_days),
                latest=rule._get_step_text(rule.latest_months, rule.latest_days),
            )

    def _get_step_text(self, months, days):
        """Return how far something is from the anchor, such as *12 months, -3 days*."""
        texts = []
        if months:
            texts.append(self.env._("%s months", months))
        if days or not months:
            texts.append(self.env._("%s days", days))
        return ", ".join(texts)

    def _compute_followup_count(self):
        counts = dict(
            self.env["aftersales.followup"]._read_group(
                [("rule_id", "in", self.ids), ("state", "=", "planned")],
                ["rule_id"],
                ["__count"],
            )
        )
        for rule in self:
            rule.followup_count = counts.get(rule, 0)

    @api.model
    def _get_anchor_selection(self):
        """Return the anchors of all origins: other modules bring their own."""
        return [
            anchor
            for model in self.env["aftersales.origin.mixin"]._aftersales_origin_models()
            for anchor in self.env[model]._aftersales_origin_anchors().items()
        ]

    @api.constrains(
        "earliest_days",
        "latest_days",
        "earliest_months",
        "latest_months",
        "catch_up_days",
    )
    def _check_window(self):
        """Refuse slips, which would block every delivery, and windows turned round.

        Months differ in length: the window must be one from whatever day it counts.
        """
        # Four years, with a leap day.
        days = [date(2027, 1, 1) + timedelta(days=n) for n in range(1461)]
        for rule in self:
            rule._check_window_limits()
            earliest, latest = rule._get_window_steps()
            if any(day + earliest > day + latest for day in days):
                raise ValidationError(
                    self.env._(
                        "The window of %(rule)s cannot end before it begins.",
                        rule=rule.name,
                    )
                )

    def _check_window_limits(self):
        days = (self.earliest_days, self.latest_days, self.catch_up_days)
        months = (self.earliest_months, self.latest_months)
        if max(map(abs, days)) > MAX_DAYS or max(map(abs, months)) > MAX_MONTHS:
            raise ValidationError(
                self.env._(
                    "The window of %(rule)s is too far away: at most %(days)s days "
                    "and %(months)s months.",
                    rule=self.name,
                    days=MAX_DAYS,
                    months=MAX_MONTHS,
                )
            )
        if self.catch_up_days < 0:
            raise ValidationError(
                self.env._(
                    "%(rule)s: the days to catch up cannot be negative.",
                    rule=self.name,
                )
            )

    @api.constrains("anchor", "previous_rule_id")
    def _check_previous_rule(self):
        for rule in self:
            if (rule.anchor == "previous_done") != bool(rule.previous_rule_id):
                raise ValidationError(
                    self.env._(
                        "%(rule)s: name the previous rule if, and only if, the anchor "
                        "is the day a follow-up was done.",
                        rule=rule.name,
                    )
                )
            if rule._has_cycle("previous_rule_id"):
                raise ValidationError(
                    self.env._("%(rule)s would follow upon itself.", rule=rule.name)
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._tell_origins()
        return rules

    def write(self, vals):
        """A rule that is switched on plans from now on, not for years gone by."""
        switched_on = (
            self.filtered(lambda rule: not rule.active)
            if vals.get("active")
            else self.browse()
        )
        result = super().write(vals)
        if switched_on and "date_active" not in vals:
            switched_on.sudo().date_active = fields.Date.context_today(self)
        elif DECIDING & vals.keys():
            self._tell_origins(vals.keys())
        return result

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_followups(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_followup_action"
        )
        action["domain"] = [("rule_id", "=", self.id)]
        action["context"] = {"search_default_planned": 1}
        return action

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_rules(self, anchor, company):
        """Return the rules of an anchor for a company.

        A company's own rule takes the place of the common one with the same code,
        also when it is switched off.
        """
        ids, known = self._get_rule_ids(anchor, company.id)
        rules = self.sudo().with_context(active_test=False)
        return rules.browse(ids).with_prefetch(known)

    @api.model
    @ormcache("anchor", "company_id")
    def _get_rule_ids(self, anchor, company_id):
        """Return the ids of these rules, and all ids with those they follow upon.

        Kept in memory: after each contact it is asked what follows.
        """
        rules = (
            self.sudo()
            .with_context(active_test=False)
            .search_fetch([("company_id", "in", [company_id, False])])
            .filtered(lambda rule: rule.anchor == anchor)
        )
        own = set(rules.filtered("company_id").mapped("code"))
        rules = rules.filtered(
            lambda rule: rule.active and (rule.company_id or rule.code not in own)
        )
        return rules._ids, (rules | rules.previous_rule_id)._ids

    def _get_topics(self, company_id):
        """Return the topics that this rule offers in a company."""
        return self.env["aftersales.topic"].browse(self._get_topic_ids(company_id))

    @ormcache("self.id", "company_id")
    def _get_topic_ids(self, company_id):
        """Keep them: each follow-up is planned with some, and they rarely change."""
        company = self.env["res.company"].browse(company_id)
        return self.sudo().topic_ids._for_company(company)._ids

    @api.model
    def _get_scheduled_rules(self, company):
        """Return the rules that the nightly scheduler sees to: [(origin, rules)]."""
        scheduled = []
        for name in self.env["aftersales.origin.mixin"]._aftersales_origin_models():
            origin = self.env[name].sudo()
            if origin._aftersales_origin_scheduled:
                rules = self.browse()
                for anchor in origin._aftersales_origin_anchors():
                    rules |= self._get_rules(anchor, company)
                scheduled.append((origin, rules))
        return scheduled

    def _get_origin(self):
        """Return the (empty) model that this rule plans for."""
        for name in self.env["aftersales.origin.mixin"]._aftersales_origin_models():
            if self.anchor in self.env[name]._aftersales_origin_anchors():
                return self.env[name]
        raise ValidationError(
            self.env._(
                "Nothing has the date that %(rule)s counts from.", rule=self.name
            )
        )

    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {"planned_until"}

    def _tell_origins(self, changed=None):
        """Let the scheduler look at what these rules may be about now.

        :param set changed: names of the fields that changed; default all that decide
        """
        changed = DECIDING if changed is None else changed
        for rule in self.sudo().filtered("active"):
            rule._get_origin()._aftersales_rule_changed(rule, changed)

    # until when dates were seen to

    def _get_planned_until(self, company):
        """Return the last date that was seen to in a company, or ``None``."""
        return fields.Date.to_date((self.planned_until or {}).get(str(company.id)))

    def _note_nothing_planned(self, company):
        """Let whoever comes to make calls in a company look at all its dates."""
        for rule in self:
            rule._note_planned_until(company, None)

    def _note_planned_until(self, company, day):
        """Note that the dates of a company until ``day`` were seen to.

        Nothing is noted on a rule that somebody changed meanwhile.
        """
        if day == self._get_planned_until(company):
            return
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """UPDATE aftersales_followup_rule
                      SET planned_until = jsonb_set(
                          COALESCE(NULLIF(planned_until, 'null'), '{}'),
                          ARRAY[%(company)s], COALESCE(to_jsonb(%(day)s::text), 'null'))
                    WHERE id = %(id)s AND write_date IS NOT DISTINCT FROM %(read)s""",
                company=str(company.id),
                day=day and fields.Date.to_string(day),
                id=self.id,
                read=self.write_date or None,
            )
        )
        self.invalidate_recordset(["planned_until"], flush=False)

    # windows

    def _get_window_steps(self):
        """Return how far the window begins and ends from its anchor, in calendar."""
        return (
            relativedelta(months=self.earliest_months, days=self.earliest_days),
            relativedelta(months=self.latest_months, days=self.latest_days),
        )

    def _counts_months(self):
        """Return whether the window is in months: then its days are calendar days."""
        return bool(self.earliest_months or self.latest_months)

    def _get_windows(self, anchors, company):
        """Return {anchor: (first day, last day)}, as the company counts days."""
        anchors = set(anchors)
        if self._counts_months():
            earliest, latest = self._get_window_steps()
            return {anchor: (anchor + earliest, anchor + latest) for anchor in anchors}
        earliest = company._aftersales_add_days(anchors, self.earliest_days)
        latest = company._aftersales_add_days(anchors, self.latest_days)
        return {anchor: (earliest[anchor], latest[anchor]) for anchor in anchors}

    def _get_latest_anchor(self, company):
        """Return the last anchor whose window has begun by today.

        Whoever looks ahead puts another day into the context.
        """
        today = self.env.context.get("aftersales_ahead") or company._aftersales_date()
        if not self._counts_months():
            return company._aftersales_add_days([today], -self.earliest_days)[today]
        earliest, _latest = self._get_window_steps()
        anchor = today - earliest
        # After a short month several days share the day on which they begin.
        while anchor + timedelta(days=1) + earliest <= today:
            anchor += timedelta(days=1)
        return anchor

    def _get_closing_sql(self, anchor):
        """Return the SQL of the calendar day on which the window of a date closes."""
        return SQL(
            "(%s::date + make_interval(months => %s, days => %s))::date",
            anchor,
            self.latest_months,
            self.latest_days,
        )

    # planning

    def _plan(self, records, company):
        """Plan the follow-up of this rule for each of ``records`` in a company.

        Planning twice plans once: see ``aftersales.followup._plan``.

        :param records: origins of this rule
        :return: the new follow-ups
        """
        self.ensure_one()
        company = company.sudo()
        rows = [
            record._aftersales_prepare_followup_vals(self, company)
            for record in records.sudo()
        ]
        self._fill_in_officers(rows, company)
        windows = self._get_windows({row["date_anchor"] for row in rows}, company)
        for row in rows:
            earliest, latest = windows[row["date_anchor"]]
            row |= {
                "company_id": company.id,
                "rule_id": self.id,
                "channel": self.channel,
                "purpose": self.purpose,
                "date_earliest": earliest,
                "date_deadline": latest,
            }
        self._catch_up(rows, company)
        return self.env["aftersales.followup"]._plan(rows)

    @api.model
    def _fill_in_officers(self, rows, company):
        """Designate the customer's officer where the origin does not name one."""
        without = [row for row in rows if not row.get("user_id")]
        if without:
            partner_ids = {row["partner_id"] for row in without}
            archives = self.env["aftersales.archive"]
            officers = archives._get_officers(partner_ids, company)
            for row in without:
                row["user_id"] = officers[row["partner_id"]]

    def _find_due(self, company, ids=None, limit=None):
        """Return records whose window has begun but whose follow-up is not planned.

        :param ids: of the records to look at; default all
        :param int limit: how many at most; default all
        """
        self.ensure_one()
        origin = self._get_origin().sudo()
        domain = (
            origin._aftersales_due_domain(self, company)
            & origin._aftersales_unplanned_domain(self, company)
            & origin._aftersales_contactable_domain(self, company)
        )
        if ids is not None:
            domain &= Domain("id", "in", ids)
        return origin.search(domain, limit=limit, order="id")

    def _waits_for_need(self):
        """Return whether this is about letters, which a call says are needed."""
        return self.channel == "letter" and self.previous_rule_id.channel != "letter"
