"""What an opt-out tells of its customer."""

from odoo import api, models

from .personal_words import TEXT


class AftersalesOptout(models.Model):
    _name = "aftersales.optout"
    _inherit = ["aftersales.optout", "aftersales.personal.mixin"]

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_personal_fields(self):
        return {"reason": TEXT, "withdraw_reason": TEXT}
