"""What a correction of a register entry tells of its customer."""

from odoo import api, models
from odoo.fields import Domain

from .personal_words import TEXT, WORDS_KNOWN_BY


class AftersalesCorrection(models.Model):
    _name = "aftersales.correction"
    _inherit = ["aftersales.correction", "aftersales.personal.mixin"]

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_personal_fields(self):
        return {"reason": TEXT, "before": TEXT, "after": TEXT}

    @api.model
    def _get_personal_domain(self, customer):
        return Domain("call_id.partner_id", "=", customer.id) | Domain(
            "letter_id.partner_id", "=", customer.id
        )

    def _get_known_words(self):
        """A number or address that was corrected is the customer's as well."""
        for correction in self:
            entry = correction.call_id or correction.letter_id
            kind = entry._get_personal_fields().get(correction.field_name)
            if kind in WORDS_KNOWN_BY:
                yield kind, correction.before
                yield kind, correction.after

    def _get_personal_owner(self):
        return self.call_id.partner_id | self.letter_id.partner_id
