from odoo import api, models
from odoo.tools import groupby

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
        }

    @api.model
    def _get_cases(self, call):
        """Return what the customer asked for in the call, and what it answered."""
        return call.case_ids.sorted("id") | call.followup_id.case_id

    @api.model
    def _get_label(self, record, name):
        """Return the word for the value of a selection; none for a running clock."""
        value = record[name]
        labels = dict(record._fields[name]._description_selection(self.env))
        return "" if value == "running" else labels.get(value, "")

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
