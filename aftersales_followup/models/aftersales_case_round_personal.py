"""What a round of a case tells of its customer."""

from odoo import api, models

from .personal_words import TEXT


class AftersalesCaseRound(models.Model):
    _name = "aftersales.case.round"
    _inherit = ["aftersales.case.round", "aftersales.personal.mixin"]
    _personal_owner = "case_id.partner_id"
    _personal_dates = ("date_informed", "date_closed")

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_personal_fields(self):
        return {"solution": TEXT}
