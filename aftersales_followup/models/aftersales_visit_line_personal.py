"""What a line of a visit tells of its customer: what was done stays."""

from odoo import api, models

from .personal_words import NOTE


class AftersalesVisitLine(models.Model):
    _name = "aftersales.visit.line"
    _inherit = ["aftersales.visit.line", "aftersales.personal.mixin"]
    _personal_owner = "visit_id.partner_id"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_personal_fields(self):
        return {"name": NOTE}
