"""A car is found by plate or VIN, blanks and dots or not, or by its owner."""

from odoo import api, models
from odoo.fields import Domain

from .aftersales_lookup_mixin import any_of, end_index, part_index

PART_OF_PLATE = 3
PART_OF_VIN = 4


class FleetVehicle(models.Model):
    _name = "fleet.vehicle"
    _inherit = ["fleet.vehicle", "aftersales.lookup.mixin"]
    _lookup_people = ("aftersales_owner_id",)

    _aftersales_plate_part = part_index("aftersales_plate_key")
    _aftersales_vin_end = end_index(
        "aftersales_vin_key", "aftersales_vin_key IS NOT NULL"
    )

    @api.model
    def _search_display_name(self, operator, value):
        """Where a car is chosen it is found by its model as well."""
        domain = super()._search_display_name(operator, value)
        if self._is_lookup(operator, value):
            car_models = self.env["fleet.vehicle.model"]._search(
                Domain("name", operator, value.strip()), limit=100
            )
            if car_models:
                domain |= Domain("model_id", "in", list(car_models))
        return domain

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _is_lookup(self, operator, value):
        """In Fleet's own screens cars are searched as ever."""
        return bool(self.env.context.get("aftersales_lookup")) and super()._is_lookup(
            operator, value
        )

    @api.model
    def _get_lookup_arms(self, text):
        people = self.env["res.partner"]._get_lookup_people(text)
        owned = any_of(self._lookup_column("aftersales_owner_id"), people)
        return [*self._get_lookup_cars(text), self._select_lookup(owned)]

    @api.model
    def _get_lookup_cars(self, text):
        """Return the SELECTs of the cars that a plate or VIN points at.

        A plate is known by any part of it, a VIN by its beginning and its end.
        """
        key = self._aftersales_key(text) or ""
        domains = []
        if len(key) >= PART_OF_PLATE:
            domains.append(Domain("aftersales_plate_key", "=like", f"%{key}%"))
        if len(key) >= PART_OF_VIN:
            domains.append(Domain("aftersales_vin_key", "=like", f"{key}%"))
            domains.append(self._get_lookup_end("aftersales_vin_key", key))
        return [self._select_lookup_found(domain) for domain in domains]

    @api.model
    def _select_lookup_owners(self, cars):
        """Return the SELECT of the owners of the cars that some arms find."""
        return self._select_lookup(
            any_of(self._lookup_column("id"), cars), "aftersales_owner_id"
        )
