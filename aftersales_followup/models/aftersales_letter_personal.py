"""What a letter tells of its customer."""

from odoo import api, models

from .personal_words import ADDRESS, EMAIL, HIDDEN, PHONE, PLATE, TEXT


class AftersalesLetter(models.Model):
    _name = "aftersales.letter"
    _inherit = ["aftersales.letter", "aftersales.personal.mixin"]
    _personal_dates = ("date_sent",)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_personal_fields(self):
        return {
            "address": ADDRESS,
            "zip": HIDDEN,
            "phone": PHONE,
            "email": EMAIL,
            "plate": PLATE,
            "subject": TEXT,
            "body": TEXT,
        }
