"""A part of a figure, numerator or denominator: which records, and what of them."""

from dataclasses import dataclass, field

from odoo.fields import Domain
from odoo.tools import SQL

from .period import Period, add_months, last_day_that_reaches
from .source import Source

# ------------------------------------------------------------
# Days that a part looks at, for a figure of a period
# ------------------------------------------------------------


def same_period(scope, period):
    return period


def year_before(scope, period):
    """The same period last year; of what still runs, up to the same day."""
    return period.until(scope.today).shift(-12)


def period_before(scope, period):
    """The period of the same length before; of what still runs, up to the same day."""
    return period.until(scope.today).before()


def up_to_the_end(scope, period):
    """Everything up to the last day, or today."""
    return Period(None, min(period.last, scope.today))


def not_lost_yet(scope, period):
    """Last visits so late that who made them is not lost on the last day."""
    last = min(period.last, scope.today)
    lost = last_day_that_reaches(last, scope.lost_months)
    return Period(add_days(lost, 1), last)


def lost_in(scope, period):
    """Last visits after which a customer became lost in the period."""
    period = period.until(scope.today)
    before = last_day_that_reaches(add_days(period.first, -1), scope.lost_months)
    return Period(
        add_days(before, 1), last_day_that_reaches(period.last, scope.lost_months)
    )


def year_ended_a_year_ago(scope, period):
    """The twelve months that ended a year before the last day."""
    last = min(period.last, scope.today)
    return Period(add_days(add_months(last, -24), 1), add_months(last, -12))


def add_days(day, days):
    return Period(day, day).first.fromordinal(day.toordinal() + days)


# ------------------------------------------------------------
# Parts
# ------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """What one side of a figure counts.

    The domain is the definition: the figure is counted by it, and it is what opens
    when somebody asks for the records behind the figure.
    """

    source: Source
    # A domain, or a function of scope and period that returns it.
    domain: object = field(default=Domain.TRUE)
    # What is added up: names of number fields, with a minus where they are taken off.
    # Empty: the records are counted.
    total: tuple = ()
    # Counted once each: a field with the record that is told apart, and the field of
    # that record which leads back.
    distinct: str = None
    inverse: str = None
    # The last one alone, as of a stock.
    is_last: bool = False
    weight: int = 1
    window: object = same_period

    def get_window(self, scope, period):
        return self.window(scope, period)

    def get_domain(self, scope, period):
        """Return the domain of what is counted among the records of the source."""
        if callable(self.domain):
            return Domain(self.domain(scope, period))
        return Domain(self.domain)

    def get_records_domain(self, scope, period, user=None):
        """Return the domain of the records behind the part."""
        domain = self.source.get_domain(scope, self.get_window(scope, period))
        domain &= self.get_domain(scope, period)
        if user:
            domain &= self.source.get_officer_domain(user)
        return domain

    # as SQL

    def get_sql(self, model, query, domain):
        """Return the SQL that counts the part in a query of its source."""
        condition = domain.optimize_full(model)
        where = SQL()
        if not condition.is_true():
            where = SQL(
                " FILTER (WHERE %s)", condition._to_sql(model, model._table, query)
            )
        return (
            SQL("%s%s", self._get_aggregate(model, query), where)
            if (not self.is_last)
            else SQL("(%s%s)[1]", self._get_aggregate(model, query), where)
        )

    def _get_aggregate(self, model, query):
        if self.distinct:
            return SQL("COUNT(DISTINCT %s)", self._get_column(model, self.distinct))
        if not self.total:
            return SQL("COUNT(*)")
        terms = [
            SQL(
                "%s COALESCE(%s, 0)",
                SQL("-") if name.startswith("-") else SQL("+"),
                self._get_column(model, name.removeprefix("-")),
            )
            for name in self.total
        ]
        total = SQL(" ").join(terms)
        if self.is_last:
            return SQL(
                "array_agg(%s ORDER BY %s DESC, %s DESC)",
                total,
                self._get_column(model, self.source.date),
                self._get_column(model, "id"),
            )
        return SQL("SUM(%s)", total)

    @staticmethod
    def _get_column(model, name):
        return model._field_to_sql(model._table, name)


@dataclass(frozen=True)
class WorkingDays:
    """The days on which the dealership works: a denominator of the whole house."""

    def count(self, scope, period):
        return scope.count_working_days(period)
