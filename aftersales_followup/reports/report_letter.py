from odoo import api, models


class ReportLetter(models.AbstractModel):
    """A letter on the dealership's letterhead (信函)."""

    _name = "report.aftersales_followup.report_letter"
    _description = "Letter"
    _inherit = ["aftersales.form"]
    _doc_model = "aftersales.letter"

    @api.model
    def _prepare_values(self, docs):
        """Pictures in a letter's text are the one thing to come from the server."""
        return {
            "base_url": self.env["ir.actions.report"]._get_report_url(),
            "today": lambda company: company._aftersales_date(),
        }
