from odoo import fields, models

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
