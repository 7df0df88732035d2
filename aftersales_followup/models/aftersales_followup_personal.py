"""What a follow-up tells of its customer."""

from odoo import api, models

from .personal_words import NOTE, TEXT


class AftersalesFollowup(models.Model):
    _name = "aftersales.followup"
    _inherit = ["aftersales.followup", "aftersales.personal.mixin"]

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_personal_fields(self):
        return {"content": TEXT, "cancel_reason": TEXT, "planning_note": NOTE}
