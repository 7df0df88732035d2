"""What a visit tells of its customer."""

from odoo import api, models
from odoo.fields import Domain

from .personal_words import ADDRESS, PHONE, PLATE, TEXT


class AftersalesVisit(models.Model):
    _name = "aftersales.visit"
    _inherit = ["aftersales.visit", "aftersales.personal.mixin"]
    _personal_dates = ("date_arrival", "date_delivery")

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_personal_fields(self):
        return {
            "plate": PLATE,
            "phone": PHONE,
            "address": ADDRESS,
            "wish": TEXT,
            "note": TEXT,
            "next_service_content": TEXT,
        }

    @api.model
    def _find_mentions(self, customer, words):
        """Who brings another's car leaves his own number."""
        return self.search(
            Domain("contact_id", "=", customer.id)
            & Domain("partner_id", "!=", customer.id)
        )
