"""A car is known once in a company, whoever enters it."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .groups import ADVISOR


class FleetVehicle(models.Model):
    _name = "fleet.vehicle"
    _inherit = ["fleet.vehicle", "aftersales.typed.mixin"]

    aftersales_twin_id = fields.Many2one(
        "fleet.vehicle",
        string="Car That Is Known Already",
        compute="_compute_aftersales_twin_id",
        groups=ADVISOR,
        help="Another car of the company with this plate or VIN.",
    )

    @api.depends("license_plate", "vin_sn", "company_id")
    def _compute_aftersales_twin_id(self):
        """Whoever enters a car sees at once that it is there, and opens it."""
        for vehicle in self:
            vehicle.aftersales_twin_id = vehicle._aftersales_find_twins(
                "aftersales_plate_key", "aftersales_vin_key"
            )[:1]

    @api.onchange("odometer")
    def _onchange_aftersales_odometer(self):
        """Ask back where a car is said to have been driven backwards."""
        last = self._origin.odometer
        if not self.odometer or not last or self.odometer >= last:
            return None
        return self._aftersales_warn_of_odometer(last, self.odometer)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _check_typed(self, names):
        super()._check_typed(names)
        where = {"license_plate", "company_id", "active"}
        if where & set(names) and self.env["res.partner"]._aftersales_is_for_staff():
            self._check_aftersales_plate()

    def _check_aftersales_plate(self):
        """Two cars with one plate in a company would share one customer's calls.

        Whoever keeps the plate for a new car first takes it off the old one.
        """
        plated = self.filtered(lambda vehicle: vehicle.active and vehicle.company_id)
        twins = plated._aftersales_find_twins("aftersales_plate_key")
        for vehicle in plated:
            same = (twins | plated).filtered(
                lambda other, vehicle=vehicle: (
                    other != vehicle
                    and other.company_id == vehicle.company_id
                    and other.sudo().aftersales_plate_key
                    and other.sudo().aftersales_plate_key
                    == vehicle.sudo().aftersales_plate_key
                )
            )[:1]
            if same:
                raise ValidationError(
                    self.env._(
                        "%(plate)s is the plate of another car already: %(car)s, "
                        "%(owner)s. Open that car; or, if the plate was given to a new "
                        "car, change it there or archive the old car first.",
                        plate=vehicle.license_plate,
                        car=same.sudo().display_name,
                        owner=same.sudo().aftersales_owner_id.name
                        or self.env._("without an owner"),
                    )
                )

    def _aftersales_find_twins(self, *keys):
        """Return the other cars in use of these companies that share one of the keys.

        :param keys: names of the fields that tell which car it is
        """
        same = []
        for name in keys:
            values = {self._aftersales_get_key(vehicle, name) for vehicle in self}
            values.discard(False)
            if values:
                same.append(Domain(name, "in", list(values)))
        if not same:
            return self.browse()
        companies = self.company_id or self.env.company
        return self.search(
            Domain.OR(same)
            & Domain("company_id", "in", companies.ids)
            & Domain("id", "not in", self._origin.ids)
        )

    @api.model
    def _aftersales_get_key(self, vehicle, name):
        """Return a key of a car that may not be saved yet."""
        written = {
            "aftersales_plate_key": "license_plate",
            "aftersales_vin_key": "vin_sn",
        }
        return self._aftersales_key(vehicle[written[name]])

    @api.model
    def _aftersales_warn_of_odometer(self, last, now):
        """Return the warning that asks whether a lower reading is right."""
        return {
            "warning": {
                "title": self.env._("Odometer"),
                "message": self.env._(
                    "The last reading of this car was %(last)s km. Is %(now)s km "
                    "right?",
                    last=round(last),
                    now=round(now),
                ),
            }
        }
