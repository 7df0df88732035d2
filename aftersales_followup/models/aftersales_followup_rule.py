from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

CHANNELS = [("call", "Call"), ("letter", "Letter"), ("meeting", "Visit to Customer")]

# Anchors that are a stored date of a record; the scheduler looks for those due.
DATE_ANCHORS = {
    "next_maintenance": ("fleet.vehicle", "aftersales_next_maintenance_date"),
    "insurance_expiry": ("fleet.vehicle", "aftersales_insurance_date"),
    "inspection_expiry": ("fleet.vehicle", "aftersales_inspection_date"),
    "last_visit": ("res.partner", "aftersales_last_visit_date"),
}


# How the model of an origin is called in the origin key.
ORIGIN_KINDS = {
    "aftersales.visit": "visit",
    "aftersales.followup": "followup",
    "fleet.vehicle": "vehicle",
    "res.partner": "partner",
}

# Columns of an origin: its customer, its car, and the date its window counts from
# (``None``: the anchor's own field).
ORIGIN_COLUMNS = {
    "aftersales.visit": ("partner_id", "vehicle_id", "date_delivery"),
    "aftersales.followup": ("partner_id", "vehicle_id", "date_done"),
    "fleet.vehicle": ("aftersales_owner_id", "id", None),
    "res.partner": ("id", None, None),
}


class AftersalesFollowupRule(models.Model):
    """When a customer is to be contacted, about what, and how (规定 3–6)."""

    _name = "aftersales.followup.rule"
    _description = "Follow-up Rule"
    _inherit = ["mail.thread", "aftersales.configuration.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False)
    sequence = fields.Integer(default=10)
    anchor = fields.Selection(
        [
            ("delivery", "Delivery, or end of a consultation"),
            ("previous_done", "Day the previous follow-up was done"),
            ("next_maintenance", "Next maintenance date"),
            ("insurance_expiry", "Insurance expiry"),
            ("inspection_expiry", "Annual inspection expiry"),
            ("last_visit", "Last visit"),
            ("campaign_start", "First day of a campaign"),
        ],
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
    earliest_days = fields.Integer(
        string="From (days)", tracking=True, help="Negative: before the anchor."
    )
    latest_days = fields.Integer(
        string="Until (days)", tracking=True, help="Negative: before the anchor."
    )
    channel = fields.Selection(CHANNELS, required=True, default="call", tracking=True)
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

    @api.constrains("earliest_days", "latest_days")
    def _check_window(self):
        for rule in self:
            if rule.earliest_days > rule.latest_days:
                raise ValidationError(
                    self.env._(
                        "The window of %(rule)s cannot end before it begins.",
                        rule=rule.name,
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

    def write(self, vals):
        """A rule that is switched on plans from now on, not for years gone by."""
        switched_on = (
            self.filtered(lambda rule: not rule.active)
            if vals.get("active")
            else self.browse()
        )
        result = super().write(vals)
        if switched_on:
            switched_on.date_active = fields.Date.context_today(self)
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
        rules = (
            self.sudo()
            .with_context(active_test=False)
            .search(
                [("anchor", "=", anchor), ("company_id", "in", [company.id, False])]
            )
        )
        own = set(rules.filtered("company_id").mapped("code"))
        return rules.filtered(
            lambda rule: rule.active and (rule.company_id or rule.code not in own)
        )

    def _plan(self, records, company):
        """Plan the follow-up of this rule for each of ``records`` in a company.

        Planning twice plans once: see ``aftersales.followup._plan``.

        :param records: what the anchor is a date of
        :return: the new follow-ups
        """
        self.ensure_one()
        rows = [record._prepare_followup_origin_vals(self) for record in records.sudo()]
        self._fill_in_officers(rows, company)
        anchors = {row["date_anchor"] for row in rows}
        earliest = company._aftersales_add_days(anchors, self.earliest_days)
        latest = company._aftersales_add_days(anchors, self.latest_days)
        for row in rows:
            anchor = row["date_anchor"]
            row |= {
                "company_id": company.id,
                "rule_id": self.id,
                "channel": self.channel,
                "date_earliest": earliest[anchor],
                "date_deadline": latest[anchor],
            }
        return self.env["aftersales.followup"]._plan(rows)

    @api.model
    def _fill_in_officers(self, rows, company):
        """Designate the customer's officer where the origin does not name one."""
        without = [row for row in rows if not row.get("user_id")]
        if without:
            partner_ids = {row["partner_id"] for row in without}
            partners = self.env["res.partner"].browse(partner_ids)
            officers = partners._aftersales_get_officers(company)
            for row in without:
                row["user_id"] = officers[row["partner_id"]]

    def _find_due(self, company, limit, skip=()):
        """Return records whose window has begun but whose follow-up is not planned.

        It looks for what began on *or before* today, so a day when the scheduler did
        not run loses nothing.

        :param int limit: how many at most
        :param skip: ids of records to leave out
        """
        self.ensure_one()
        if self.anchor == "delivery":
            model, domain = "aftersales.visit", self._get_due_visits_domain(company)
        elif self.anchor == "previous_done":
            model = "aftersales.followup"
            domain = self._get_due_followups_domain(company)
        else:
            model, domain = self._get_due_dates_domain(company)
        return (
            self.env[model]
            .sudo()
            .search(
                domain
                & self._get_unplanned_domain(ORIGIN_KINDS[model])
                & self._get_contactable_domain(model, company)
                & Domain("id", "not in", list(skip)),
                limit=limit,
                order="id",
            )
        )

    def _get_due_visits_domain(self, company):
        """Return the domain of visits that ended since the rule is active."""
        return Domain(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("delivered", "closed")),
                ("is_history", "=", False),
                ("date_delivery", ">=", self.date_active),
            ]
        )

    def _get_due_followups_domain(self, company):
        """Return the domain of follow-ups done since the rule is active."""
        return Domain(
            [
                ("company_id", "=", company.id),
                ("state", "=", "done"),
                ("date_done", ">=", self.date_active),
            ]
        ) & self._get_following_domain(company)

    def _get_following_domain(self, company):
        """Return the domain of the done follow-ups that this rule follows upon.

        A letter goes out after a call only where the call says that one is needed
        (规定 6), while there is a campaign to invite to, and not when its window and
        the days to catch up are over.
        """
        domain = Domain("rule_id.code", "=", self.previous_rule_id.code)
        if self._waits_for_need():
            today = company._aftersales_date()
            opened = company._aftersales_add_days([today], -self.latest_days)[today]
            domain &= (
                Domain(
                    "call_ids",
                    "any",
                    [("state", "=", "registered"), ("letter_needed", "=", True)],
                )
                & Domain("date_done", ">=", opened - timedelta(self.catch_up_days))
                & (
                    Domain("campaign_id", "=", False)
                    | Domain("campaign_id.state", "=", "confirmed")
                )
            )
        return domain

    def _waits_for_need(self):
        """Return whether this is about letters, which a call says are needed."""
        return self.channel == "letter" and self.previous_rule_id.channel != "letter"

    def _get_due_dates_domain(self, company):
        """Return the model and domain of cars or customers whose date is near enough.

        Windows that were over long before the rule or the record was known are
        history; those a pausing scheduler missed are not.
        """
        model, field = DATE_ANCHORS[self.anchor]
        today = company._aftersales_date()
        until = company._aftersales_add_days([today], -self.earliest_days)[today]
        domain = Domain(
            [
                (field, "<=", until),
                ("company_id", "in", [company.id, False]),
                *self.env[model]._get_followup_domain(),
            ]
        )
        return model, domain & self._get_known_domain(field)

    def _get_known_domain(self, field):
        """Return the domain of records whose window was open once they were known."""
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s + %s >= GREATEST(%s, %s::date) - %s",
                SQL.identifier(alias, field),
                self.latest_days,
                self.date_active,
                SQL.identifier(alias, "create_date"),
                self.catch_up_days,
            )
        )

    def _get_contactable_domain(self, model, company):
        """Return the domain of records whose customer may be contacted by this rule."""
        Optout = self.env["aftersales.optout"]
        partner_field, vehicle_field, date_field = ORIGIN_COLUMNS[model]

        def to_sql(_model, alias, _query):
            partner = SQL.identifier(alias, partner_field)
            vehicle = (
                SQL.identifier(alias, vehicle_field)
                if vehicle_field
                else SQL("NULL::int")
            )
            date = SQL.identifier(alias, date_field or DATE_ANCHORS[self.anchor][1])
            return SQL(
                """NOT %(uncontactable)s AND NOT EXISTS (
                    SELECT FROM res_partner again WHERE again.id = %(partner)s
                       AND %(date)s::date + %(latest)s
                           < again.aftersales_contact_since - %(catch_up)s)""",
                uncontactable=Optout._get_uncontactable_sql(
                    SQL("%s", company.id), partner, vehicle, SQL("%s", self.channel)
                ),
                partner=partner,
                date=date,
                latest=self.latest_days,
                catch_up=self.catch_up_days,
            )

        return Domain.custom(to_sql=to_sql)

    def _get_unplanned_domain(self, kind):
        """Return the domain of records without a follow-up by this rule.

        :param str kind: one of ``ORIGIN_KINDS``; the SQL gives what
            ``_get_origin_key`` gives
        """
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                """NOT EXISTS (SELECT FROM aftersales_followup planned
                    WHERE planned.origin_key = %s || %s::text || %s)""",
                f"{self.code}:{kind}:",
                SQL.identifier(alias, "id"),
                self._get_cycle_sql(kind, alias),
            )
        )

    def _get_origin_key(self, record):
        """Return what a follow-up of this rule for ``record`` is planned for."""
        kind = ORIGIN_KINDS[record._name]
        cycle = "" if kind in ("visit", "followup") else self._get_cycle(record)
        return f"{self.code}:{kind}:{record.id}{cycle}"

    def _get_cycle_sql(self, kind, alias):
        """Return the SQL of what ``_get_cycle`` gives."""
        if kind in ("visit", "followup"):
            return SQL("''")
        return SQL(
            "':' || COALESCE(%s::text, '')",
            SQL.identifier(alias, self._get_cycle_field()),
        )

    def _get_cycle(self, record):
        """Return what tells one round of a recurring date from the next.

        Maintenance comes round with the last maintenance, not with its forecast date,
        which moves with each reading of the odometer.
        """
        date = record[self._get_cycle_field()]
        return f":{date or ''}"

    def _get_cycle_field(self):
        if self.anchor == "next_maintenance":
            return "aftersales_last_maintenance_date"
        return DATE_ANCHORS[self.anchor][1]
