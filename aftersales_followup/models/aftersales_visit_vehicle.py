"""The car of a visit: whose it is, and what its odometer shows."""

from odoo import api, models


class AftersalesVisit(models.Model):
    _inherit = "aftersales.visit"

    @api.onchange("vehicle_id")
    def _onchange_vehicle_id(self):
        """Offer the owner as the customer, or say that somebody else owns the car."""
        owner = self.vehicle_id.aftersales_owner_id
        if owner and not self.partner_id:
            self.partner_id = owner
        return self._warn_of_other_owner()

    @api.onchange("odometer")
    def _onchange_odometer(self):
        last = self.vehicle_id.odometer
        if not self.odometer or not last or self.odometer >= last:
            return None
        return self.vehicle_id._aftersales_warn_of_odometer(last, self.odometer)

    def _warn_of_other_owner(self):
        owner = self.vehicle_id.aftersales_owner_id
        if not owner or not self.partner_id or owner == self.partner_id:
            return None
        return {
            "warning": {
                "title": self.env._("Owner"),
                "message": self.env._(
                    "%(car)s belongs to %(owner)s. If it was sold, change the owner on "
                    "the car; if somebody else brings it, use Brought by.",
                    car=self.vehicle_id._aftersales_label(),
                    owner=owner.display_name,
                ),
            }
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _take_ownerless_cars(self):
        """A car that nobody owned so far belongs to the customer of the visit."""
        for visit in self:
            vehicle = visit.vehicle_id.sudo()
            if vehicle and not vehicle.aftersales_owner_id:
                vehicle.aftersales_owner_id = visit.partner_id

    def _log_odometer(self):
        """Keep one reading a visit in Fleet's odometer log, none once cancelled."""
        Odometer = self.env["fleet.vehicle.odometer"].sudo()
        logs = Odometer.search([("aftersales_visit_id", "in", self.ids)])
        by_visit = {log.aftersales_visit_id.id: log for log in logs}
        vals_list, kept = [], Odometer
        for visit in self:
            if not (visit.vehicle_id and visit.odometer) or visit.state == "cancelled":
                continue
            vals = visit._prepare_odometer_vals()
            log = by_visit.get(visit.id)
            if log:
                log.write(vals)
                kept |= log
            else:
                vals_list.append(vals)
        (logs - kept).unlink()
        Odometer.create(vals_list)

    def _prepare_odometer_vals(self):
        return {
            "aftersales_visit_id": self.id,
            "vehicle_id": self.vehicle_id.id,
            "date": self.company_id._aftersales_date(self.date_arrival),
            "value": self.odometer,
        }
