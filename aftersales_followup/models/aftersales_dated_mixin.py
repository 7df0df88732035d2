from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column, table_exists


class AftersalesDatedMixin(models.AbstractModel):
    """An origin with dates that come round, such as when a car's insurance ends.

    Time makes it due, and nobody writes anything then. So each rule keeps until which
    date it was seen to in a company (``planned_until``), and the scheduler looks at the
    dates since. A record whose dates, owner or company change is marked and looked at
    whatever its date, as is one that could not be planned.

    The model has the mark as a stored field that ``_compute_to_plan_since`` computes
    from all that planning reads.
    """

    _name = "aftersales.dated.mixin"
    _description = "Origin with Dates That Come Round"
    _inherit = ["aftersales.waiting.mixin"]

    def _auto_init(self):
        """Mark nothing when the field is new: each rule looks at all dates once."""
        cr, table, mark = self.env.cr, self._table, self._to_plan_field
        if table_exists(cr, table) and not column_exists(cr, table, mark):
            create_column(cr, table, mark, "timestamp")
        return super()._auto_init()

    # ------------------------------------------------------------
    # TO DEFINE
    # ------------------------------------------------------------

    def _aftersales_recurring_followups(self):
        """Return the open follow-ups by recurring dates: {record: follow-ups}."""
        raise NotImplementedError

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _compute_to_plan_since(self):
        """What changed may be due at once, whatever its date."""
        self[self._to_plan_field] = self.env.cr.now()

    @api.model
    def _aftersales_date_due_domain(self, rule, company):
        """Return the domain of records whose stored date is near enough."""
        field = self._aftersales_origin_columns(rule).date
        return Domain(
            field, "<=", rule._get_latest_anchor(company)
        ) & self._aftersales_known_domain(rule)

    @api.model
    def _aftersales_known_domain(self, rule):
        """Return the domain of records that were known before their window was over.

        Windows that were over long before the rule or the record was known are
        history; those that a pausing scheduler missed are not.
        """
        field = self._aftersales_origin_columns(rule).date
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s >= GREATEST(%s, %s::date) - %s",
                rule._get_closing_sql(SQL.identifier(alias, field)),
                rule.date_active,
                SQL.identifier(alias, "create_date"),
                rule.catch_up_days,
            )
        )

    @api.model
    def _aftersales_to_look_at(self, rule, company, waiting):
        """What is marked, and the dates since those that the rule was seen to until.

        In the order of the dates: wherever a run is stopped, the next one goes on.
        """
        field = self._aftersales_origin_columns(rule).date
        since = rule._get_planned_until(company)
        dates = Domain(field, "<=", rule._get_latest_anchor(company))
        if since:
            dates &= Domain(field, ">", since)
        query = self._search(
            Domain("company_id", "in", [company.id, False])
            & dates
            & self._aftersales_known_domain(rule),
            order=f"{field}, id",
        )
        column = SQL.identifier(query.table, field, to_flush=self._fields[field])
        dated = self.env.execute_query(
            query.select(SQL.identifier(query.table, "id"), column)
        )
        return super()._aftersales_to_look_at(rule, company, waiting) + dated

    @api.model
    def _aftersales_seen_until(self, rule, company, date=None):
        rule._note_planned_until(company, date or rule._get_latest_anchor(company))

    @api.model
    def _aftersales_rule_changed(self, rule, changed):
        """Let the scheduler look at all dates that the rule may be about."""
        rule.planned_until = False

    # rounds that are over

    def _aftersales_cancel_superseded(self):
        """Cancel open follow-ups about a round of a recurring date that is over.

        Either the next round has begun, or there is no date any more, as after the
        first maintenance of a new car.
        """
        over = self.env["aftersales.followup"].sudo()
        for origin, followups in self._aftersales_recurring_followups().items():
            over |= followups.filtered(
                lambda followup, origin=origin: origin._aftersales_is_over(followup)
            )
        over._cancel(lambda env: env._("It was seen to meanwhile."))

    def _aftersales_is_over(self, followup):
        """Return whether a follow-up of this record is about a round that is over."""
        rule, key = followup.rule_id, followup.origin_key
        columns = self._aftersales_origin_columns(rule)
        return bool(key) and (
            not self[columns.date]
            or key != self._aftersales_origin_key(rule, followup.company_id)
        )
