from odoo import api, models
from odoo.tools import groupby

from ..models.aftersales_case_waiting import DAYS
from ..models.aftersales_satisfaction_mixin import NOT_ASKED


class ReportCallRecord(models.AbstractModel):
    """Call record form (跟踪服务电话记录表)."""

    _name = "report.aftersales_followup.report_call_record"
    _description = "Call Record Form"
    _inherit = ["aftersales.form"]
    _doc_model = "aftersales.call"

    @api.model
    def _prepare_values(self, docs):
        return {
            "NOT_ASKED": NOT_ASKED,
            "get_corrections": self._get_corrections,
            "draft": self.env._("Draft"),
            "get_kind": self._get_kind,
            "get_cases": self._get_cases,
            "get_label": self._get_label,
            "get_result": self._get_result,
            "get_days": self._get_days,
        }

    @api.model
    def _get_cases(self, call):
        """Return what the customer asked for in the call, and what it answered."""
        return call.case_ids.sorted("id") | call.followup_id.case_id

    @api.model
    def _get_label(self, record, name):
        """Return the word for the value of a selection."""
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(record[name], "")

    @api.model
    def _get_result(self, case_round, code):
        """Return what came of a clock; while it runs, only that it is overdue."""
        clock = case_round._clocks[code]
        if case_round[clock.result] != "running":
            return self._get_label(case_round, clock.result)
        today = case_round.company_id._aftersales_date()
        overdue = case_round[clock.deadline] < today
        return self.env._("Overdue") if overdue else ""

    @api.model
    def _get_days(self, case, what):
        """Return for how many days a case waited, or has waited yet, for ``what``."""
        waits = case.waiting_for == what
        return case[DAYS[what]] + (case._count_waiting_days() if waits else 0)

    @api.model
    def _get_corrections(self, call):
        """Return the call's corrections, in lists of those made at the same time."""
        occasions = groupby(
            call.correction_ids, key=lambda line: (line.date, line.user_id, line.reason)
        )
        return [lines for _occasion, lines in occasions]

    @api.model
    def _get_kind(self, call):
        """Return how the talk came about; a visit to the customer is named as one."""
        labels = {
            name: dict(call._fields[name]._description_selection(self.env))
            for name in ("mode", "direction", "inbound_kind")
        }
        parts = [
            labels["mode"][call.mode],
            labels["direction"][call.direction],
            labels["inbound_kind"].get(call.inbound_kind),
        ]
        return " · ".join(filter(None, parts))
