"""Figures of a month, levels and retention, beside one hand-written query each.

The query is the other side. Ours is what the screens and reports call; a row stands
here as soon as the module has it.
"""

from measuring import Row, Side

from odoo.fields import Date
from odoo.tools import SQL

MONTH = Date.subtract(Date.today().replace(day=1), months=1)


def sum_month_by_sql(env):
    """First follow-ups on time by officer, calls, spend: all companies, one go."""
    return lambda: env.execute_query(
        SQL(
            """
            SELECT 'on_time', company_id, user_id, rule_id,
                   count(*) FILTER (WHERE result = 'on_time'), count(*)
              FROM aftersales_followup
             WHERE state != 'cancelled'
               AND date_deadline >= %(month)s
               AND date_deadline < %(month)s + interval '1 month'
             GROUP BY company_id, user_id, rule_id
             UNION ALL
            SELECT 'calls', company_id, user_id, NULL, count(*), sum(duration)
              FROM aftersales_call
             WHERE state = 'registered'
               AND date >= %(month)s AND date < %(month)s + interval '1 month'
             GROUP BY company_id, user_id
             UNION ALL
            SELECT 'spend', company_id, NULL, NULL, count(*), sum(amount_total)
              FROM aftersales_visit
             WHERE date_delivery >= %(month)s
               AND date_delivery < %(month)s + interval '1 month'
             GROUP BY company_id
            """,
            month=MONTH,
        )
    )


def sum_levels_by_sql(env):
    """What each customer spent in twelve months, and when he came last."""
    return lambda: env.execute_query(
        SQL(
            """
            SELECT level, retention, count(*)
              FROM (SELECT archive.company_id,
                           width_bucket(COALESCE(sum(visit.amount_total), 0),
                                        0, 10000, 4) AS level,
                           archive.last_visit_date < now() - interval '12 months'
                               AS retention
                      FROM aftersales_archive archive
                 LEFT JOIN aftersales_visit visit
                        ON visit.partner_id = archive.partner_id
                       AND visit.company_id = archive.company_id
                       AND visit.date_delivery >= now() - interval '12 months'
                     GROUP BY archive.id) customer
             GROUP BY level, retention
            """
        )
    )


# What sums a month by the module, and what gives all customers their levels:
# ``Row(what, "one hand-written query", Side(ours), BY_SQL[...], at_most=1.5)``, with
# ``database="big"`` on both sides for the million.
BY_SQL = {
    "month": Side(sum_month_by_sql),
    "month, big": Side(sum_month_by_sql, database="big"),
    "levels": Side(sum_levels_by_sql),
    "levels, big": Side(sum_levels_by_sql, database="big"),
}
ROWS: list[Row] = []
