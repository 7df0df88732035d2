from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .groups import ADVISOR


class FleetVehicleModel(models.Model):
    _inherit = "fleet.vehicle.model"

    aftersales_interval_months = fields.Integer(
        string="Maintenance Cycle (months)",
        groups=ADVISOR,
        help="Default for the cars of this model. 0: the company's cycle.",
    )
    aftersales_interval_km = fields.Integer(
        string="Maintenance Cycle (km)",
        groups=ADVISOR,
        help="Default for the cars of this model. 0: the company's cycle.",
    )

    aftersales_first_interval_months = fields.Integer(
        string="First Maintenance (months)",
        groups=ADVISOR,
        help="When a new car of this model is due first. 0: the company's months.",
    )
    aftersales_first_interval_km = fields.Integer(
        string="First Maintenance (km)",
        groups=ADVISOR,
        help="When a new car of this model is due first. 0: the company's km.",
    )

    @api.constrains(
        "aftersales_interval_months",
        "aftersales_interval_km",
        "aftersales_first_interval_months",
        "aftersales_first_interval_km",
    )
    def _check_aftersales_intervals(self):
        for model in self.sudo():
            for unit, highest in (("months", 240), ("km", 1_000_000)):
                for name in (f"interval_{unit}", f"first_interval_{unit}"):
                    if not 0 <= model[f"aftersales_{name}"] <= highest:
                        raise ValidationError(
                            self.env._(
                                "The maintenance cycle of %(model)s must lie between "
                                "0 and 240 months, and 0 and 1 000 000 km.",
                                model=model.display_name,
                            )
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
        brand_name, separator, model_name = str(name).partition("/")
        if not separator:
            return super().name_create(name)
        brands = self.env["fleet.vehicle.model.brand"]
        brand = brands.search([("name", "=", brand_name)], limit=1)
        brand = brand or brands.create({"name": brand_name})
        model = self.create({"brand_id": brand.id, "name": model_name})
        return model.id, model.display_name
