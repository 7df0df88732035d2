"""Counting figures: asked for together, counted source by source."""

import logging

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .formulas import ENTRIES
from .part import WorkingDays
from .scope import Scope
from .statement import count_parts

_logger = logging.getLogger(__name__)


class Run:
    """Counts figures of one dealership; a figure that fails stops no other."""

    def __init__(self, company, by_officer=False):
        self.scope = Scope(company)
        self.by_officer = by_officer
        self.errors = {}  # figure -> what went wrong

    def count(self, asked):
        """Count figures over periods.

        :param list asked: [(KPI, its formula, period)]
        :return: {(KPI, period): {user id or ``False``: (numerator, denominator)}};
            what failed is missing
        """
        groups = {}
        for kpi, formula, period in asked:
            try:
                prepared = [
                    self._prepare(kpi, period, side, part)
                    for side, part in enumerate(
                        (formula.numerator, formula.denominator)
                    )
                    if part and not isinstance(part, WorkingDays)
                ]
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception as error:
                self._fail(kpi, error)
                continue
            for group, *task in prepared:
                groups.setdefault(group, []).append(task)
        counted = {}
        for (source, window), tasks in groups.items():
            self._count_group(source, window, tasks, counted)
        return {
            (kpi, period): self._finish(formula, period, counted[kpi, period])
            for kpi, formula, period in asked
            if kpi not in self.errors and (kpi, period) in counted
        }

    def _prepare(self, kpi, period, side, part):
        """Return (source, days) of a part, the figure it is for, its domain."""
        window = part.get_window(self.scope, period)
        domain = part.get_domain(self.scope, period)
        return (part.source, window), kpi, period, side, part, domain

    def _count_group(self, source, window, tasks, counted):
        """Count all parts of a source at once; if that fails, figure by figure."""
        try:
            self._count_tasks(source, window, tasks, counted)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            kpis = list(dict.fromkeys(task[0] for task in tasks))
            if len(kpis) == 1:
                self._fail(kpis[0], error)
                return
            for kpi in kpis:
                own = [task for task in tasks if task[0] == kpi]
                self._count_group(source, window, own, counted)

    def _count_tasks(self, source, window, tasks, counted):
        parts = [(part, domain) for *_figure, part, domain in tasks]
        with self.scope.env.cr.savepoint():
            rows = count_parts(self.scope, source, window, parts, self.by_officer)
        for user_id, counts in rows.items():
            for (kpi, period, side, _part, _domain), count in zip(
                tasks, counts, strict=True
            ):
                sides = counted.setdefault((kpi, period), {})
                sides.setdefault(user_id, [None, None])[side] = count

    def _finish(self, formula, period, counted):
        """Return the parts of a figure, for all and for each officer."""
        is_per_day = isinstance(formula.denominator, WorkingDays)
        days = is_per_day and formula.denominator.count(self.scope, period)
        finished = {}
        for user_id, (numerator, denominator) in counted.items():
            if user_id is None or (user_id and not (formula.has_officers)):
                continue
            if user_id and not numerator and not denominator:
                continue
            if not formula.is_typed:
                numerator = numerator or 0.0
            if user_id is False and not self._is_known(formula, period):
                numerator = None
            if formula.denominator:
                denominator = float(days) if is_per_day else denominator or 0.0
            finished[user_id] = (numerator, denominator)
        return finished

    def _is_known(self, formula, period):
        """Return whether there can be a figure: there were records by then.

        A ratio to records needs no answer: it has no denominator then.
        """
        if period.first > self.scope.today:
            return False
        below = formula.denominator
        of_records = below and not isinstance(below, WorkingDays)
        if formula.is_typed or (of_records and below.source is not ENTRIES):
            return True
        first_day = self.scope.first_day
        return bool(first_day) and first_day <= period.last

    def _fail(self, kpi, error):
        _logger.error("Could not count the figure %s", kpi, exc_info=error)
        self.errors[kpi] = error
