from odoo import api, models


class ReportCallRegister(models.AbstractModel):
    """Call register of chosen calls."""

    _name = "report.aftersales_followup.report_call_register"
    _description = "Call Register of the Selection"
    _inherit = ["aftersales.form"]
    _doc_model = "aftersales.call"

    @api.model
    def _prepare_values(self, docs):
        return {"sheets": self.env["aftersales.register.call"]._prepare_sheets(docs)}
