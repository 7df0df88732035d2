from odoo import api, models


class ReportLetterRegister(models.AbstractModel):
    """Letter register of chosen letters."""

    _name = "report.aftersales_followup.report_letter_register"
    _description = "Letter Register of the Selection"
    _inherit = ["aftersales.form"]
    _doc_model = "aftersales.letter"

    @api.model
    def _prepare_values(self, docs):
        return {"sheets": self.env["aftersales.register.letter"]._prepare_sheets(docs)}
