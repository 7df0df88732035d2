from odoo import api, models
from odoo.tools import SQL

from .aftersales_lookup_mixin import end_index, ends_with, part_index

UNKNOWN = "partner_id IS NULL"


class AftersalesCall(models.Model):
    """A call of somebody unknown is found by the number or name that was noted."""

    _inherit = "aftersales.call"

    _unknown_phone = end_index("regexp_replace(phone, '[^0-9]', '', 'g')", UNKNOWN)
    _unknown_name = part_index("caller_name", f"WHERE {UNKNOWN}")

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_lookup_arms(self, text):
        arms = super()._get_lookup_arms(text)
        partners = self.env["res.partner"]
        name = self._lookup_column("caller_name")
        conditions = [
            SQL("%s ILIKE %s", name, pattern)
            for pattern in partners._get_patterns(text)
        ]
        digits = partners._get_lookup_digits(text)
        if digits:
            phone = SQL(
                "regexp_replace(%s, '[^0-9]', '', 'g')", self._lookup_column("phone")
            )
            conditions.append(ends_with(phone, digits))
        unknown = SQL("%s IS NULL", self._lookup_column("partner_id"))
        return arms + [
            self._select_lookup(SQL("%s AND %s", unknown, condition))
            for condition in conditions
        ]
