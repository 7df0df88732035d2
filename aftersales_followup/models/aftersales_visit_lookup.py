from odoo import api, models
from odoo.fields import Domain
from odoo.tools.sql import escape_psql

# A shorter beginning is that of a whole year's visits.
PART_OF_NUMBER = 6


class AftersalesVisit(models.Model):
    """A visit is found by its number, and by who brought the car."""

    _inherit = "aftersales.visit"
    _lookup_people = ("partner_id", "contact_id")

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_lookup_arms(self, text):
        arms = super()._get_lookup_arms(text)
        number = Domain("name", "=", text)
        if len(text) >= PART_OF_NUMBER:
            number |= Domain("name", "=like", f"{escape_psql(text)}%")
        own = Domain("company_id", "in", self.env.companies.ids)
        return [*arms, self._select_lookup_found(own & number)]
