"""Figures of any period: what is filed as it was filed, the rest as it is now."""

from datetime import date

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..kpi.period import Period, join, month_end
from ..kpi.run import Run


class AftersalesKpi(models.Model):
    _inherit = "aftersales.kpi"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_figure(self, date_from, date_to, company, user=None):
        """Return the figure of a period, of a company or one of its officers.

        :param date date_from: first day, in the company's own days
        :param date date_to: last day, included
        :return: (value, numerator, denominator); ``None`` where there is no figure, or
            no such part
        """
        self.ensure_one()
        figures = self._get_figures(self, date_from, date_to, company, bool(user))
        return figures[self].get(user or False, (None, None, None))

    @api.model
    def _get_figures(
        self, kpis, date_from, date_to, company, by_officer=False, as_now=False
    ):
        """Return the figures of a period, counted in one statement a source.

        Months that a summary filed have the figures that were filed.

        :param kpis: figures
        :param bool by_officer: also those of each officer
        :param bool as_now: count also what was filed anew, as the records are today
        :return: {kpi: {officer, or ``False`` for the company: (value, numerator,
            denominator)}}
        """
        period = Period(date_from, date_to)
        figures, _run = kpis._count_figures(period, company, by_officer, as_now)
        return figures

    def _count_figures(self, period, company, by_officer=False, as_now=False):
        """Return what ``_get_figures`` does, and the run with what went wrong."""
        filed = {} if as_now else self._get_filed(period, company)
        run = Run(company, by_officer)
        formulas, asked = {}, []
        for kpi in self.sudo():
            try:
                formulas[kpi] = kpi._get_formula()
            except Exception as error:
                run._fail(kpi, error)
                continue
            asked += [
                (kpi, formulas[kpi], part)
                for part in kpi._get_open_periods(
                    formulas[kpi], period, filed.get(kpi, {})
                )
            ]
        counted = run.count(asked)
        parts = {}
        for (kpi, _part), found in counted.items():
            parts.setdefault(kpi, []).append(found)
        for kpi, formula in formulas.items():
            months = filed.get(kpi, {})
            used = kpi._get_filed_months(formula, period, months)
            parts.setdefault(kpi, []).extend(months[month] for month in used)
        figures = {
            kpi: self._add_up(formulas.get(kpi.sudo()), parts.get(kpi.sudo(), []))
            for kpi in self
        }
        return figures, run

    @api.model
    def _add_up(self, formula, found):
        """Add the parts of periods up and divide once."""
        if not found:
            return {False: (None, None, None)}
        users = {user_id for one in found for user_id in one} | {False}
        figures = {}
        for user_id in users:
            sides = [one[user_id] for one in found if user_id in one]
            numerator, denominator = (
                self._sum_known(side[n] for side in sides) for n in (0, 1)
            )
            user = self.env["res.users"].browse(user_id) if user_id else False
            value = formula.get_value(numerator, denominator)
            figures[user] = (value, numerator, denominator)
        return figures

    @staticmethod
    def _sum_known(numbers):
        known = [number for number in numbers if number is not None]
        return sum(known) if known else None

    # what is filed

    def _get_filed(self, period, company):
        """Return what was filed: {kpi: {month: {user id or False: (n, d)}}}."""
        values = self.env["aftersales.kpi.value"].sudo()
        filed = {}
        for kpi_id, day, user_id, numerator, denominator in values._read_filed(
            self, period, company
        ):
            months = filed.setdefault(self.sudo().browse(kpi_id), {})
            months.setdefault(day, {})[user_id or False] = (numerator, denominator)
        return filed

    def _get_open_periods(self, formula, period, filed):
        """Return the parts of a period that are to be counted."""
        if formula.kind == "stock":
            return [] if self._get_filed_months(formula, period, filed) else [period]
        if formula.is_counted:
            return [] if self._get_filed_months(formula, period, filed) else [period]
        left = [
            part
            for part in period.get_months()
            if not (part.is_month and part.first in filed)
        ]
        return left if formula.is_rolling else join(left)

    def _get_filed_months(self, formula, period, filed):
        """Return the filed months whose figures make up that of a period."""
        months = [part.first for part in period.get_months() if part.is_month]
        if formula.kind == "stock":
            last = months[-1:] if period.last == month_end(period.last) else []
            return [month for month in last if month in filed]
        if formula.is_counted and not period.is_month:
            return []
        return [month for month in months if month in filed]

    # what could not be counted

    def _note_errors(self, run):
        """Show on a figure why it could not be counted, as long as that is so."""
        for kpi in self.sudo():
            error = run.errors.get(kpi)
            text = str(error).strip().splitlines()[0][:200] if error else False
            if error and not text:
                text = type(error).__name__
            if (kpi.last_error or False) != text:
                kpi.with_context(tracking_disable=True).last_error = text

    @api.model
    def _find_first_day(self, company):
        """Return the first day with a record of a company; ``None``: there is none."""
        own = Domain("company_id", "=", company.id)
        sources = (
            ("aftersales.visit", "date_arrival", own),
            # Those have an index by their date.
            ("aftersales.call", "date", own & Domain("state", "=", "registered")),
            ("aftersales.case", "date_raised", own),
        )
        firsts = []
        for model, name, domain in sources:
            query = self.env[model].sudo()._search(domain, active_test=False)
            day = self.env[model]._field_to_sql(query.table, name, query)
            firsts.append(query.subselect(SQL("min(%s)", day)))
        [(first,)] = self.env.execute_query(
            SQL("SELECT LEAST(%s)", SQL(", ").join(firsts))
        )
        return company._aftersales_date(first) if first else None

    # the year ahead

    def _forecast(self, company, year):
        """Return what the year will come to, if it goes on as it went up to today.

        A sum grows by the share of the year's working days that have passed; a ratio
        and a level stay as they stand. ``None`` where there is no figure yet.
        """
        self.ensure_one()
        first, last = date(year, 1, 1), date(year, 12, 31)
        today = company._aftersales_date()
        value = self._get_figure(first, last, company)[0]
        if value is None or self.kind != "flow" or today >= last:
            return value
        days = company._aftersales_working_days(first, last)
        passed = sum(day <= today for day in days)
        return value * len(days) / passed if passed else None

    # why there is none

    def _get_why_empty(self, company, date_from, date_to):
        """Return in plain words why there is no figure of a period; "" if there is."""
        self.ensure_one()
        if self._get_figure(date_from, date_to, company)[0] is not None:
            return ""
        return self._tell_why_empty(company, date_from, date_to)

    def _tell_why_empty(self, company, date_from, date_to):
        """Return in plain words why there is no figure of a period that has none."""
        self.ensure_one()
        if self.last_error:
            return self.env._("It could not be counted: %s", self.last_error)
        if date_from > company._aftersales_date():
            return self.env._("The time has not come yet.")
        if self.is_typed:
            return self.env._("Nothing was typed in for this period.")
        first_day = self._find_first_day(company)
        if not first_day or first_day > date_to:
            return self.env._("There are no records of this time.")
        if self.code == "absorption":
            return self.env._("No fixed cost was typed in for this period.")
        if self.group == "compliance":
            return self.env._(
                "Nothing was due. What was brought in from another program has no "
                "deadlines."
            )
        return self.env._("There is nothing to compare with in this period.")
