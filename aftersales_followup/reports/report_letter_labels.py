from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import split_every

LABELS_ACROSS, LABELS = 3, 24  # of 70 × 37 mm on A4


class ReportLetterLabels(models.AbstractModel):
    """Address labels for letters that go by post."""

    _name = "report.aftersales_followup.report_letter_labels"
    _description = "Address Labels"
    _inherit = ["aftersales.form"]
    _doc_model = "aftersales.letter"

    @api.model
    def _prepare_values(self, docs):
        """Return the letters of each sheet of labels.

        :raise UserError: if none of the letters goes by post
        """
        posted = docs.filtered(
            lambda letter: letter.send_by == "post" and letter.address
        )
        if not posted:
            raise UserError(
                self.env._("None of these letters goes by post to an address.")
            )
        return {"sheets": list(split_every(LABELS, posted)), "across": LABELS_ACROSS}
