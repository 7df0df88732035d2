from datetime import datetime
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

RESULTS = [
    ("running", "Running"),
    ("on_time", "On Time"),
    ("early", "Too Early"),
    ("late", "Late"),
    ("missed", "Missed"),
    ("void", "Called off"),
]
RESULT_HELP = (
    "Written when the clock stops, and never computed again. Missed: called off after "
    "the deadline. Called off: before it, or through nobody's fault."
)


class Clock(NamedTuple):
    """The fields that make up one clock of a model."""

    deadline: str  # date: the last day on time
    stopped: str  # date or datetime: when it was done
    result: str  # one of RESULTS; empty where no clock ever ran
    earliest: str = None  # date: the first day on time, where there is one


def result_field(string="Result", **attributes):
    """Return the field that keeps the result of a clock."""
    return fields.Selection(
        RESULTS,
        string=string,
        readonly=True,
        copy=False,
        help=RESULT_HELP,
        **attributes,
    )


class AftersalesClockMixin(models.AbstractModel):
    """A record with deadlines: each a clock that stops once, with a result that stands.

    The result is written down when the clock stops and never computed again: a later
    change of a setting, a state or a date in another record leaves it. An open record
    past its deadline is ``running`` and shown overdue; figures count it as missed
    until it is done, late. History that came by import has no clock.
    """

    _name = "aftersales.clock.mixin"
    _description = "Record with Clocks"
    # Clocks of the model by their codes.
    _clocks = {}

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _start_clock(self, code):
        """Let the clock run on records that have a deadline and no result yet."""
        clock = self._clocks[code]
        starting = self.filtered(
            lambda record: record[clock.deadline] and not record[clock.result]
        )
        starting.sudo().write({clock.result: "running"})

    def _stop_clock(self, code, when, vals=None, stamp=True):
        """Stop a clock that runs: write down when, and what came of it.

        :param when: date, or naive UTC datetime; the company's own day counts
        :param dict vals: what is to be written together with it
        :param bool stamp: whether to note when, also where no clock runs
        """
        clock = self._clocks[code]
        is_day = self._fields[clock.stopped].type == "date"
        for company, records in self.grouped("company_id").items():
            is_moment = isinstance(when, datetime)
            day = company._aftersales_date(when) if is_moment else when
            common = dict(vals or {})
            if stamp:
                common[clock.stopped] = day if is_day else when
            for result, theirs in records.grouped(
                lambda record, day=day: record._get_clock_result(code, day)
            ).items():
                written = {**common, clock.result: result} if result else common
                if written:
                    theirs.sudo().write(written)

    def _call_off_clock(self, code, blameless=False):
        """Stop clocks without the thing being done.

        :param bool blameless: through nobody's fault, whatever the deadline
        """
        clock = self._clocks[code]
        running = self.filtered(lambda record: record[clock.result] == "running")
        for company, records in running.grouped("company_id").items():
            today = company._aftersales_date()
            missed = records.filtered(
                lambda record, today=today: (
                    not blameless and record[clock.deadline] < today
                )
            )
            missed.sudo().write({clock.result: "missed"})
            (records - missed).sudo().write({clock.result: "void"})

    def _resume_clock(self, code):
        """Let clocks run on that were called off in time; what was missed stays so."""
        result = self._clocks[code].result
        self.filtered(lambda record: record[result] == "void").sudo().write(
            {result: "running"}
        )

    def _get_clock_result(self, code, day):
        """Return what stopping the clock on ``day`` means, ``None`` if none runs."""
        clock = self._clocks[code]
        if self[clock.result] != "running":
            return None
        earliest, deadline = self._get_clock_window(code)
        if earliest and day < earliest:
            return "early"
        return "on_time" if day <= deadline else "late"

    def _get_clock_window(self, code):
        """Return the first day on time (``False``: any) and the last one."""
        clock = self._clocks[code]
        return clock.earliest and self[clock.earliest], self[clock.deadline]

    # reporting

    @api.model
    def _get_clock_columns(self, code):
        """Return the SQL of the columns of ``aftersales.clock`` for one clock.

        The table of the model is ``record`` in it. Other modules add their own here.
        """
        clock = self._clocks[code]
        column = self._get_clock_column(clock.stopped)
        if self._fields[clock.stopped].type == "datetime":
            column = self.env["res.company"]._aftersales_date_sql(
                column, SQL("record.company_id")
            )
        return {
            "kind": SQL("%s", code),
            "company_id": self._get_clock_column("company_id"),
            "date_due": self._get_clock_column(clock.deadline),
            "date_stopped": column,
            "result": self._get_clock_column(clock.result),
            "res_model": SQL("%s", self._name),
            "res_id": SQL("record.id"),
        }

    @api.model
    def _get_clock_source(self, code):
        """Return the SQL of the rows of one clock: the table of the model and joins."""
        return SQL("%s record", SQL.identifier(self._table))

    @api.model
    def _get_clock_column(self, name):
        """Return the SQL of a column of the model, flushed before it is read."""
        return SQL.identifier("record", name, to_flush=self._fields[name])
