from odoo import api, fields, models


class AftersalesLetterCorrect(models.TransientModel):
    """A supervisor's correction of a registered letter: with a reason, and visible."""

    _name = "aftersales.letter.correct"
    _description = "Correct a Registered Letter"
    _inherit = ["aftersales.correct.mixin"]
    _entry_field = "letter_id"

    letter_id = fields.Many2one("aftersales.letter", required=True, readonly=True)
    address = fields.Char()
    date_sent = fields.Date(required=True)
    subject = fields.Char(required=True)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _prepare_vals(self, record):
        return {name: record[name] for name in ("address", "date_sent", "subject")}
