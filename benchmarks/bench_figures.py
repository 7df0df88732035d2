"""Figures of a month, and levels, each beside hand-written queries for the same.

Both sides are asked for the same numbers before they are timed: a query that counts
something else proves nothing.
"""

from figures_by_hand import LEVELS, MONTH
from measuring import Row, Side, grows

from odoo.fields import Date
from odoo.tools import SQL

# The last whole month.
FIRST = Date.subtract(Date.today().replace(day=1), months=1)
LAST = Date.end_of(FIRST, "month")
YEAR_AGO = Date.subtract(LAST, years=1)


def count_month(env):
    """All figures of all companies and their officers, as screens ask for them."""
    # Modules of ours are found once Odoo has read its configuration.
    from odoo.addons.aftersales_followup.kpi.period import Period

    env = env(su=True)
    kpis = env["aftersales.kpi"].search([("company_id", "=", False)])
    companies = env["res.company"].search([])

    def count():
        return {
            company: kpis._count_figures(
                Period.of_month(FIRST), company, by_officer=True, as_now=True
            )[0]
            for company in companies
        }

    return count


def count_month_by_hand(env):
    """The same by one statement for each kind of record, all companies in one go."""
    env = env(su=True)
    company = env.company
    start, stop = company._aftersales_bounds(FIRST, LAST)
    lost = company.aftersales_lost_months
    values = {
        "tz": company._aftersales_tz().zone,
        "first": FIRST,
        "last": LAST,
        "start": start,
        "stop": stop,
        "before": Date.subtract(FIRST, months=1),
        "last_year_first": Date.subtract(FIRST, years=1),
        "last_year_last": YEAR_AGO,
        "not_lost_since": Date.subtract(LAST, months=lost),
        "lost_since": Date.subtract(FIRST, months=lost),
        "year_ago": YEAR_AGO,
        "two_years_ago": Date.subtract(YEAR_AGO, years=1),
        "rules": env["aftersales.followup.rule"]
        .search(
            [
                (
                    "code",
                    "in",
                    ("maintenance", "lost", "insurance", "inspection", "campaign_call"),
                )
            ]
        )
        .ids,
        "kept_rules": env["aftersales.followup.rule"]
        .search(
            [("code", "in", ("first", "second", "campaign_call", "campaign_letter"))]
        )
        .ids,
        "reached": env["aftersales.call.outcome"]
        .search([("effect", "=", "complete")])
        .ids,
    }
    statements = {name: SQL(text, **values) for name, text in MONTH.items()}

    def count():
        return {name: env.execute_query(text) for name, text in statements.items()}

    check_month(count_month(env)(), count())
    return count


def check_month(ours, by_hand):
    """Raise unless both sides count the same for each company."""
    for company, figures in ours.items():
        told = {kpi.code: found[False] for kpi, found in figures.items()}
        own = {
            name: [row for row in rows if row[0] == company.id]
            for name, rows in by_hand.items()
        }
        pairs = {
            "revenue": (told["revenue"], sum(row[1] or 0 for row in own["lines"])),
            "intake": (told["intake"], sum(row[1] for row in own["arrivals"])),
            "new": (told["customers_new"], sum(row[1] for row in own["ended"])),
            "base": (told["customer_base"], sum(row[1] for row in own["base"])),
            "calls": (told["calls"], sum(row[2] for row in own["calls"])),
            "came": (
                told["response"][1:],
                sum(row[4] for row in own["response"] if row[2]),
            ),
        }
        for name, (figure, their) in pairs.items():
            our = figure[0]
            if round(float(our or 0), 2) != round(float(their or 0), 2):
                raise ValueError(f"{company.name}, {name}: {our} and by hand {their}")


def give_levels(env):
    """All customers' levels, as in the first night of a month."""
    segments = env["aftersales.segment"].sudo()
    companies = env["res.company"].sudo().search([])

    def give():
        for company in companies:
            segments._recalculate_all(company)

    give()  # what the last night left
    return give


def give_levels_by_hand(env):
    """What each customer spent and how often he came, and the level that it makes."""
    company = env.company.sudo()
    today = company._aftersales_date()
    begin, end = company._aftersales_bounds(
        Date.add(Date.subtract(today, months=12), days=1), today
    )
    give_levels(env)
    text = SQL(LEVELS, begin=begin, end=end)
    return lambda: env.execute_query(text)


def open_dashboard(env):
    return env["aftersales.dashboard"].get_data


AGAINST = "the same by hand-written SQL"
ROWS = [
    Row(
        "all figures of a month, all companies and their officers",
        AGAINST,
        Side(count_month, database=database),
        Side(count_month_by_hand, database=database),
        # Of few records, what is asked of each dealership is all there is.
        at_most=1.5 if database == "big" else 0.0,
    )
    for database in ("small", "big")
] + [
    Row(
        "levels of all customers",
        AGAINST,
        Side(give_levels, database=database, rounds=2),
        Side(give_levels_by_hand, database=database, rounds=2),
        at_most=1.5,
    )
    for database in ("small", "big")
]
ROWS += [grows("dashboard", open_dashboard, 1.3, 0.3)]
