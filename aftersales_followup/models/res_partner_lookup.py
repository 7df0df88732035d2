"""A customer is found by name, phone, archive number, or by the car's keys."""

import logging

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import escape_psql

from .aftersales_lookup_mixin import end_index, part_index
from .res_partner_newcomer import NUMBER

_logger = logging.getLogger(__name__)

# Fewer digits are in every other number.
DIGITS = 4
# A shorter part of a name is looked for at its beginning and end only: most Chinese
# names have two or three characters.
PART_OF_NAME = 3


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "aftersales.lookup.mixin"]

    _aftersales_name_part = part_index("name", folded=True)
    _aftersales_phone_end = end_index(
        "aftersales_phone_digits", "aftersales_phone_digits IS NOT NULL"
    )

    @api.depends("phone", "aftersales_vehicle_ids.license_plate")
    @api.depends_context("aftersales_details", "uid")
    def _compute_display_name(self):
        """Tell customers of one name apart by plate and phone where one is chosen."""
        super()._compute_display_name()
        detailed = self.env.context.get("aftersales_details")
        if not detailed or not self._aftersales_is_for_staff():
            return
        # Plates alone: Odoo would read all columns of each customer and car.
        vehicles = (
            self.sudo(False)
            .env["fleet.vehicle"]
            .search_fetch(
                [("aftersales_owner_id", "in", self._origin.ids)],
                ["aftersales_owner_id", "license_plate"],
            )
        )
        vehicles = vehicles.grouped("aftersales_owner_id")
        for partner in self:
            plates = [car.license_plate for car in vehicles.get(partner._origin, ())]
            details = [text for text in (*plates[:2], partner.phone) if text]
            if details and partner.display_name:
                partner.display_name = f"{partner.display_name} · {' · '.join(details)}"

    def init(self):
        result = super().init()
        if not self.pool.has_trigram:
            _logger.warning(
                "PostgreSQL's extension pg_trgm is missing: who looks for a part of a "
                "name or plate reads all customers. Create the extension, then update "
                "the module."
            )
        return result

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Offer customers with plate and phone in a look-up."""
        partners = self
        if self.env.context.get("aftersales_lookup"):
            partners = self.with_context(aftersales_details=True)
        return super(ResPartner, partners).name_search(name, domain, operator, limit)

    @api.model
    def web_name_search(
        self, name, specification, domain=None, operator="ilike", limit=100
    ):
        """Show plate and phone in the list that drops down, not in the field itself.

        The customer who was chosen has one car on the form, and the others are none of
        its business.
        """
        found = super().web_name_search(name, specification, domain, operator, limit)
        if self.env.context.get("aftersales_lookup"):
            partners = self.browse([offer["id"] for offer in found])
            for offer, partner in zip(found, partners, strict=True):
                if "__formatted_display_name" in offer:
                    offer["__formatted_display_name"] = offer["display_name"]
                    offer["display_name"] = partner.display_name
        return found

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _is_lookup(self, operator, value):
        """Elsewhere, and for e-mail addresses, contacts are searched as ever."""
        return (
            bool(self.env.context.get("aftersales_lookup"))
            and super()._is_lookup(operator, value)
            and "@" not in value
        )

    @api.model
    def _get_lookup_arms(self, text):
        arms = self._get_lookup_people(text)
        cars = self.env["fleet.vehicle"]._get_lookup_cars(text)
        if cars:
            arms.append(self.env["fleet.vehicle"]._select_lookup_owners(cars))
        return arms

    @api.model
    def _get_lookup_people(self, text):
        """Return the SELECTs of the people whom a name, phone or number points at."""
        domains = [
            Domain("name", "=ilike", pattern) for pattern in self._get_patterns(text)
        ]
        digits = self._get_lookup_digits(text)
        if digits:
            domains.append(Domain("aftersales_phone_digits", "=like", f"{digits}%"))
            domains.append(self._get_lookup_end("aftersales_phone_digits", digits))
        arms = [self._select_lookup_found(domain) for domain in domains]
        Archive = self.env["aftersales.archive"]
        numbered = Archive._search(Domain("number", "=", text))
        arms.append(numbered.select(SQL.identifier(Archive._table, "partner_id")))
        return arms

    @api.model
    def _get_lookup_digits(self, text):
        """Return the digits of what is typed as a phone number, "" if it is none."""
        digits = NUMBER.fullmatch(text) and self._aftersales_phone_digits(text)
        return digits if digits and len(digits) >= DIGITS else ""

    @api.model
    def _get_patterns(self, text):
        """Return the patterns by which a part of a name is looked for."""
        part = escape_psql(text)
        if len(text) >= PART_OF_NAME:
            return [f"%{part}%"]
        return [f"{part}%", f"%{part}"] if len(text) > 1 else [f"{part}%"]
