"""What an archive tells of its customer."""

from odoo import api, models

from .personal_words import TEXT


class AftersalesArchive(models.Model):
    _name = "aftersales.archive"
    _inherit = ["aftersales.archive", "aftersales.personal.mixin"]

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_personal_fields(self):
        return {"wish": TEXT}
