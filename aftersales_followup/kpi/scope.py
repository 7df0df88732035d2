"""What the domain of a figure may ask of the dealership that it is about."""

from functools import cached_property

from odoo.fields import Domain

from .period import Period


class Scope:
    """A dealership on a day: its settings, its rules, its working days.

    One scope serves a whole run, so that nothing is asked twice.
    """

    def __init__(self, company):
        self.company = company.sudo().with_context(active_test=False)
        self.env = self.company.env
        self.today = company._aftersales_date()
        self._rules = {}
        self._days = {}
        self._cost_months = {}

    @property
    def lost_months(self):
        return self.company.aftersales_lost_months

    def get_rules(self, *codes):
        """Return the ids of the follow-up rules with these codes."""
        if codes not in self._rules:
            rules = self.env["aftersales.followup.rule"].search(
                Domain("code", "in", codes)
                & Domain("company_id", "in", [self.company.id, False])
            )
            self._rules[codes] = rules.ids
        return self._rules[codes]

    @cached_property
    def reached(self):
        """The ids of the outcomes that say somebody was reached."""
        outcomes = self.env["aftersales.call.outcome"].search(
            [("effect", "=", "complete")]
        )
        return outcomes.ids

    def count_working_days(self, period):
        """Return how many days the dealership works in a period, up to today."""
        period = period.until(self.today)
        count = 0
        for year in range(period.first.year, period.last.year + 1):
            if year not in self._days:
                first = period.first.replace(year=year, month=1, day=1)
                self._days[year] = self.company._aftersales_working_days(
                    first, first.replace(month=12, day=31)
                )
            count += sum(period.first <= day <= period.last for day in self._days[year])
        return count

    def get_cost_periods(self, period):
        """Return the months of a period, or parts, with a fixed cost typed in."""
        if period not in self._cost_months:
            entries = self.env["aftersales.kpi.entry"]._read_group(
                Domain("kpi_id.code", "=", "fixed_cost")
                & Domain("active", "=", True)
                & Domain("company_id", "=", self.company.id)
                & Domain("date", ">=", period.first)
                & Domain("date", "<=", period.last),
                ["date:month"],
            )
            months = {month for (month,) in entries}
            self._cost_months[period] = [
                part
                for part in period.get_months()
                if Period.of_month(part.first).first in months
            ]
        return self._cost_months[period]

    @cached_property
    def first_day(self):
        """The day from which there are records of the dealership; ``None``: none."""
        return self.env["aftersales.kpi"]._find_first_day(self.company)
