from odoo import fields, models


class FleetVehicleModel(models.Model):
    _inherit = "fleet.vehicle.model"

    aftersales_interval_months = fields.Integer(
        string="Maintenance Cycle (months)",
        help="Default for the cars of this model. 0: the company's cycle.",
    )
    aftersales_interval_km = fields.Integer(
        string="Maintenance Cycle (km)",
        help="Default for the cars of this model. 0: the company's cycle.",
    )
