"""The cars of a customer who asked to be forgotten: see ``aftersales.restriction``."""

from odoo import api, models
from odoo.exceptions import UserError

from .personal_words import PLATE, TEXT


class FleetVehicle(models.Model):
    _name = "fleet.vehicle"
    _inherit = ["fleet.vehicle", "aftersales.personal.mixin"]
    _personal_owner = "aftersales_owner_id"

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """Refuse to write a plate where a mask stands; unmask a car that was sold."""
        Restriction = self.env["aftersales.restriction"]
        restricted = Restriction._get_restricted_ids()
        if not restricted:
            return super().write(vals)
        masked = self.sudo().filtered(
            lambda car: car.aftersales_owner_id.id in restricted
        )
        if "aftersales_owner_id" not in vals:
            if masked and {"license_plate", "vin_sn"} & vals.keys():
                raise UserError(
                    self.env._(
                        "%(vehicle)s belongs to a customer who asked to be forgotten: "
                        "its plate and VIN are not written any more. Enter the new "
                        "owner, or ask a supervisor to lift the restriction.",
                        vehicle=masked[0].display_name,
                    )
                )
            return super().write(vals)
        owners = {car: car.aftersales_owner_id for car in masked}
        result = super().write(vals)
        for car, owner in owners.items():
            if car.aftersales_owner_id != owner:
                Restriction._get_in_force(owner)._restore_car(car)
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_personal_fields(self):
        return {
            "license_plate": PLATE,
            "vin_sn": PLATE,
            "description": TEXT,
            "location": TEXT,
        }
