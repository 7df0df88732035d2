from odoo import api, models


class ReportRegister(models.AbstractModel):
    """The registers that a user asked for by period and officers."""

    _name = "report.aftersales_followup.report_register"
    _description = "Register of a Period"
    _inherit = ["aftersales.form"]
    _doc_model = "aftersales.register.print"

    @api.model
    def _prepare_values(self, docs):
        return {"sheets": [sheet for doc in docs for sheet in doc._prepare_sheets()]}
