"""The figures of the house, each declared once, in the order of the definition."""

from odoo.fields import Domain

from .formula import PERCENT, Formula
from .part import (
    Part,
    WorkingDays,
    lost_in,
    not_lost_yet,
    period_before,
    year_before,
    year_ended_a_year_ago,
)
from .period import add_months
from .source import Source

# ------------------------------------------------------------
# Sources
# ------------------------------------------------------------

LINES = Source(
    "lines",
    "aftersales.visit.line",
    "visit_id.date_end",
    domain=Domain("visit_id.visit_type", "=", "workshop")
    & Domain("visit_id.state", "=", "delivered"),
    companies=("company_id", "visit_id.company_id"),
    changed=("write_date", "visit_id.write_date"),
)
ARRIVALS = Source(
    "arrivals",
    "aftersales.visit",
    "date_arrival",
    is_datetime=True,
    domain=Domain("state", "!=", "cancelled"),
)
ENDED = Source("ended", "aftersales.visit", "date_end")
CALLS = Source(
    "calls",
    "aftersales.call",
    "date",
    is_datetime=True,
    officer=("user_id",),
    domain=Domain("state", "=", "registered"),
)
LETTERS = Source(
    "letters",
    "aftersales.letter",
    "date_sent",
    officer=("user_id",),
    domain=Domain("state", "!=", "draft"),
)
COMPLAINTS = Source(
    "complaints",
    "aftersales.case",
    "date_raised",
    is_datetime=True,
    domain=Domain("case_type", "=", "complaint"),
)


def _contacted(scope, period):
    """Contacts that were made, or due, on these days: both have an index."""
    start, stop = scope.company._aftersales_bounds(*period)
    made = Domain("state", "=", "done") & Domain("date_done", ">=", start)
    due = Domain("date_deadline", ">=", period.first)
    return (made & Domain("date_done", "<", stop)) | (
        due & Domain("date_deadline", "<=", period.last)
    )


RESPONSES = Source(
    "responses",
    "aftersales.response",
    "date",
    officer=("user_id",),
    changed=("followup_id.write_date", "visit_id.write_date"),
    hint=_contacted,
)

# ------------------------------------------------------------
# Clocks: what was due, and what was kept
# ------------------------------------------------------------


def _clock(model, deadline, result, officer=(), domain=Domain.TRUE):
    """Return the source of a clock: all that was due, by the day of its deadline.

    What was called off in time, or through nobody's fault, is due no more. What still
    runs is due once its deadline has passed, and counts as missed until it is done.
    """

    def due(scope):
        stopped = Domain(result, "in", ["on_time", "early", "late", "missed"])
        overdue = Domain(result, "=", "running") & Domain(deadline, "<", scope.today)
        return (stopped | overdue) & (domain(scope) if callable(domain) else domain)

    return Source(f"{model} {result}", model, deadline, officer=officer, domain=due)


def _kept(code, source, result, domain=Domain.TRUE):
    """Return the figure of what was kept of a clock."""
    kept = Domain(result, "=", "on_time")

    def numerator(scope, period):
        return kept & (domain(scope, period) if callable(domain) else domain)

    return Formula(
        code,
        "ratio",
        Part(source, numerator),
        Part(source, domain),
        factor=PERCENT,
    )


def _of_rule(*codes):
    """Return the domain of the follow-ups that rules of these codes planned."""
    return lambda scope, period: Domain("rule_id", "in", scope.get_rules(*codes))


ARCHIVES = _clock(
    "aftersales.visit", "archive_deadline", "archive_result", ("acting_user_id",)
)
FOLLOWUPS = _clock(
    "aftersales.followup",
    "date_deadline",
    "result",
    ("acting_user_id",),
    lambda scope: Domain(
        "rule_id",
        "in",
        scope.get_rules("first", "second", "campaign_call", "campaign_letter"),
    ),
)
REPORTS = _clock(
    "aftersales.case.round",
    "escalate_deadline",
    "escalation_result",
    ("escalate_user_id", "case_id.acting_user_id"),
)
TOLD = _clock(
    "aftersales.case.round",
    "inform_deadline",
    "inform_result",
    ("inform_user_id", "case_id.acting_user_id"),
)
ANSWERS = _clock("aftersales.case.round", "answer_deadline", "answer_result")

# ------------------------------------------------------------
# Domains
# ------------------------------------------------------------


def _trade(*trades):
    return Domain("trade", "in", list(trades))


# What the house does for itself is no revenue.
PAID = Domain("payer", "!=", "internal")
INSURANCE = Domain("payer", "=", "insurance")
WORKSHOP = Domain("payer", "in", ["customer", "warranty"])
IN_WORKSHOP = Domain("visit_type", "=", "workshop")
REWORK = Domain("rework_of_id", "!=", False) | Domain("rework_reference", "!=", False)
INBOUND = Domain("direction", "=", "inbound")
OUTBOUND = Domain("direction", "=", "outbound")
ANSWERED = Domain("satisfaction", ">=", 0)
ENDED_VISITS = Domain("state", "in", ["delivered", "closed"])


def _reached(scope, period):
    return OUTBOUND & Domain("outcome_id", "in", scope.reached)


def _with_fixed_cost(scope, period):
    """The days of the months for which a fixed cost was typed in."""
    months = scope.get_cost_periods(period)
    if months == period.get_months():
        return Domain.TRUE
    return Domain("visit_id.company_id", "=", scope.company.id) & Domain.OR(
        Domain("visit_id.date_end", ">=", month.first)
        & Domain("visit_id.date_end", "<=", month.last)
        for month in months
    )


def _not_back(scope, period):
    """The customer has not come again up to the last day."""
    last = min(period.last, scope.today)
    return Domain("next_end", "=", False) | Domain("next_end", ">", last)


def _last_of_that_year(scope, period):
    """The last visit in the twelve months that ended a year ago."""
    ended = year_ended_a_year_ago(scope, period).last
    return Domain("next_end", "=", False) | Domain("next_end", ">", ended)


def _came_again(scope, period):
    last = min(period.last, scope.today)
    return Domain("next_end", ">", add_months(last, -12)) & Domain(
        "next_end", "<=", last
    )


# ------------------------------------------------------------
# The figures
# ------------------------------------------------------------


def _revenue(domain=Domain.TRUE):
    return _total(domain, "amount")


def _profit(domain=Domain.TRUE):
    return _total(domain, "amount", "-cost")


def _total(domain, *fields, **options):
    """Return a sum over the lines that somebody pays."""
    if callable(domain):
        return Part(
            LINES, lambda scope, period: PAID & domain(scope, period), total=fields
        )
    return Part(LINES, PAID & domain, total=fields, **options)


def _visits_with(domain):
    """Return how many visits have such a line."""
    return Part(LINES, domain, distinct="visit_id", inverse="line_ids")


def _flow(code, numerator, **options):
    return Formula(code, "flow", numerator, **options)


def _ratio(code, numerator, denominator, **options):
    return Formula(code, "ratio", numerator, denominator, **options)


def _percent(code, numerator, denominator, **options):
    return Formula(code, "ratio", numerator, denominator, factor=PERCENT, **options)


def get_typed(kpi_id, total=("amount",)):
    """Return the part of a figure that is typed in."""
    return Part(ENTRIES, Domain("kpi_id", "=", kpi_id), total=total)


ENTRIES = Source(
    "entries", "aftersales.kpi.entry", "date", domain=Domain("active", "=", True)
)
FIXED_COST = Part(ENTRIES, Domain("kpi_id.code", "=", "fixed_cost"), total=("amount",))
REACHED_CUSTOMERS = Domain("reached", "=", True)

FORMULAS = {
    formula.code: formula
    for formula in (
        # revenue
        _flow("revenue", _revenue()),
        _flow("revenue_insurance", _revenue(INSURANCE)),
        _flow("revenue_workshop", _revenue(WORKSHOP)),
        _flow("labour_mechanical", _revenue(_trade("maintenance", "mechanical"))),
        _flow("labour_sheet_metal", _revenue(_trade("sheet_metal"))),
        _flow("labour_paint", _revenue(_trade("paint"))),
        _flow("parts_sales", _revenue(_trade("parts"))),
        _flow("parts_cost", _total(_trade("parts"), "cost")),
        _flow("parts_profit", _profit(_trade("parts"))),
        _percent("parts_margin", _profit(_trade("parts")), _revenue(_trade("parts"))),
        _flow("accessories_sales", _revenue(_trade("accessories"))),
        _flow("gross_profit", _profit()),
        _percent("absorption", _profit(_with_fixed_cost), FIXED_COST),
        # cars in the workshop
        _flow("intake", Part(ARRIVALS, IN_WORKSHOP)),
        _ratio("intake_day", Part(ARRIVALS, IN_WORKSHOP), WorkingDays()),
        _flow("visitors", Part(ARRIVALS)),
        _ratio("ticket_workshop", _revenue(WORKSHOP), _visits_with(WORKSHOP)),
        _ratio("ticket_insurance", _revenue(INSURANCE), _visits_with(INSURANCE)),
        # quality
        _percent(
            "csi",
            Part(CALLS, ANSWERED, total=("satisfaction",)),
            Part(CALLS, ANSWERED, weight=10),
        ),
        _percent(
            "rework", Part(ARRIVALS, IN_WORKSHOP & REWORK), Part(ARRIVALS, IN_WORKSHOP)
        ),
        _percent(
            "claims_passed",
            Part(LINES, Domain("claim_state", "=", "approved")),
            Part(LINES, Domain("claim_state", "in", ["approved", "rejected"])),
        ),
        # customers
        Formula("customer_base", "stock", Part(ENDED, _not_back, window=not_lost_yet)),
        _flow("customers_new", Part(ENDED, Domain("previous_end", "=", False))),
        _flow(
            "customers_lost",
            Part(ENDED, Domain("is_lost_after", "=", True), window=lost_in),
        ),
        _flow("customers_won_back", Part(ENDED, Domain("is_won_back", "=", True))),
        _percent(
            "retention",
            Part(
                ENDED,
                lambda scope, period: (
                    _last_of_that_year(scope, period) & _came_again(scope, period)
                ),
                window=year_ended_a_year_ago,
            ),
            Part(ENDED, _last_of_that_year, window=year_ended_a_year_ago),
            is_rolling=True,
        ),
        _percent(
            "growth",
            _revenue(),
            _total(Domain.TRUE, "amount", window=year_before),
            is_change=True,
            is_counted=True,
        ),
        # calls and letters
        _flow("calls", Part(CALLS)),
        _flow("calls_in", Part(CALLS, INBOUND)),
        _ratio("calls_day", Part(CALLS), WorkingDays()),
        _ratio("calls_in_day", Part(CALLS, INBOUND), WorkingDays()),
        _flow(
            "customers_called",
            Part(CALLS, _reached, distinct="partner_id", inverse="aftersales_call_ids"),
            is_counted=True,
        ),
        _percent("reached", Part(CALLS, _reached), Part(CALLS, OUTBOUND)),
        _flow("letters", Part(LETTERS)),
        # complaints
        _flow("complaints", Part(COMPLAINTS)),
        _percent("complaint_rate", Part(COMPLAINTS), Part(ENDED, ENDED_VISITS)),
        _percent(
            "complaint_change",
            Part(COMPLAINTS),
            Part(COMPLAINTS, window=period_before),
            is_change=True,
            is_counted=True,
        ),
        # what was kept
        _kept("archive_on_time", ARCHIVES, "archive_result"),
        _kept("first_on_time", FOLLOWUPS, "result", _of_rule("first")),
        _kept("second_on_time", FOLLOWUPS, "result", _of_rule("second")),
        _kept("escalated_on_time", REPORTS, "escalation_result"),
        _kept("informed_on_time", TOLD, "inform_result"),
        _kept("complaint_answered", ANSWERS, "answer_result"),
        _kept(
            "campaign_called_on_time", FOLLOWUPS, "result", _of_rule("campaign_call")
        ),
        _kept("letter_on_time", FOLLOWUPS, "result", _of_rule("campaign_letter")),
        # what calls bring
        _percent(
            "response",
            Part(RESPONSES, REACHED_CUSTOMERS & Domain("visit_id", "!=", False)),
            Part(RESPONSES, REACHED_CUSTOMERS),
        ),
        _flow(
            "response_revenue", Part(RESPONSES, REACHED_CUSTOMERS, total=("revenue",))
        ),
        _percent(
            "response_unreached",
            Part(RESPONSES, ~REACHED_CUSTOMERS & Domain("visit_id", "!=", False)),
            Part(RESPONSES, ~REACHED_CUSTOMERS),
        ),
    )
}
