from odoo import fields, models

from .groups import ADVISOR


class FleetVehicleOdometer(models.Model):
    _inherit = "fleet.vehicle.odometer"

    vehicle_id = fields.Many2one(index=True)
    aftersales_visit_id = fields.Many2one(
        "aftersales.visit",
        string="Read at Visit",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
        groups=ADVISOR,
    )
