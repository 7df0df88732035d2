"""What a call tells of its customer, or of a caller nobody knows."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .personal_words import ADDRESS, HIDDEN, PHONE, PLATE, TEXT

LAST_DIGITS = 4


class AftersalesCall(models.Model):
    _name = "aftersales.call"
    _inherit = ["aftersales.call", "aftersales.personal.mixin"]
    _personal_dates = ("date",)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_personal_fields(self):
        return {
            "phone": PHONE,
            "right_number": PHONE,
            "address": ADDRESS,
            "plate": PLATE,
            "caller_name": HIDDEN,
            "content": TEXT,
            "optout_reason": TEXT,
        }

    @api.model
    def _find_mentions(self, customer, words):
        """Who called from the customer's number without being known by it."""
        calls = self.search(
            Domain("partner_id", "=", False)
            & Domain("phone", "!=", False)
            & Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "RIGHT(REGEXP_REPLACE(%s, '\\D', '', 'g'), %s) = ANY(%s)",
                    SQL.identifier(alias, "phone"),
                    LAST_DIGITS,
                    [key[-LAST_DIGITS:] for key in words.keys],
                )
            )
        )
        return calls.filtered(lambda call: words.are_in(call.phone))
