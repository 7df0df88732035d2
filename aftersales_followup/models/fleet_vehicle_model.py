from odoo import api, fields, models
from odoo.fields import Domain

from .fleet_vehicle import STAFF


class FleetVehicleModel(models.Model):
    _inherit = "fleet.vehicle.model"

    aftersales_interval_months = fields.Integer(
        string="Maintenance Cycle (months)",
        groups=STAFF,
        help="Default for the cars of this model. 0: the company's cycle.",
    )
    aftersales_interval_km = fields.Integer(
        string="Maintenance Cycle (km)",
        groups=STAFF,
        help="Default for the cars of this model. 0: the company's cycle.",
    )

    @api.model
    def _search_display_name(self, operator, value):
        """Find a model by brand and name, as Fleet shows it: an import names it so."""
        domain = super()._search_display_name(operator, value)
        if operator not in ("=", "in"):
            return domain
        names = [value] if isinstance(value, str) else value
        return Domain(domain) | Domain.OR(
            Domain("brand_id.name", "=", brand) & Domain("name", "=", model)
            for brand, separator, model in (str(name).partition("/") for name in names)
            if separator
        )

    @api.model
    def name_create(self, name):
        """Create a model named by brand and name, and its brand if that is new."""
        brand_name, separator, model_name = name.partition("/")
        if not separator:
            return super().name_create(name)
        brands = self.env["fleet.vehicle.model.brand"]
        brand = brands.search([("name", "=", brand_name)], limit=1)
        brand = brand or brands.create({"name": brand_name})
        model = self.create({"brand_id": brand.id, "name": model_name})
        return model.id, model.display_name
