"""Periods of figures: days and calendar months of a dealership, ends included."""

from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

DAY = timedelta(days=1)


def month_start(day):
    """Return the first day of the month of ``day``."""
    return day.replace(day=1)


def month_end(day):
    """Return the last day of the month of ``day``."""
    return month_start(day) + relativedelta(months=1) - DAY


def add_months(day, months):
    """Count calendar months on; the end of a month stays one where it has to."""
    return day + relativedelta(months=months)


def last_day_that_reaches(day, months):
    """Return the last day from which ``months`` have passed on ``day``.

    Months differ in length: from 28 to 31 August six months all end on 28 February.
    """
    last = add_months(day, -months)
    while add_months(last + DAY, months) <= day:
        last += DAY
    return last


class Period(NamedTuple):
    """Days of a dealership, both ends included."""

    first: date
    last: date

    @classmethod
    def of_month(cls, day):
        return cls(month_start(day), month_end(day))

    @property
    def is_month(self):
        return self == Period.of_month(self.first)

    def until(self, day):
        """Return the period cut off after ``day``."""
        return Period(self.first, min(self.last, day))

    def get_months(self):
        """Return the months that lie in it, parts of months as well."""
        months, first = [], self.first
        while first <= self.last:
            last = min(month_end(first), self.last)
            months.append(Period(first, last))
            first = last + DAY
        return months

    def shift(self, months):
        """Return the same period some months later; the end of a month stays one."""
        last = add_months(self.last, months)
        if self.last == month_end(self.last):
            last = month_end(last)
        return Period(add_months(self.first, months), last)

    def before(self):
        """Return the period of the same length before this one.

        From the first of a month on, months count: the same days of those before.
        """
        if self.first.day != 1:
            days = self.last - self.first + DAY
            return Period(self.first - days, self.last - days)
        return self.shift(-len(self.get_months()))


def join(periods):
    """Join periods that follow on each other; they come in their order."""
    joined = []
    for period in periods:
        if joined and joined[-1].last + DAY == period.first:
            joined[-1] = Period(joined[-1].first, period.last)
        else:
            joined.append(period)
    return joined
