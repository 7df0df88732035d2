"""When a car is due: by its maintenance cycle, its mileage, its expiry dates."""

import math
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .aftersales_origin_mixin import OriginColumns
from .groups import ADVISOR
from .sane_values import check_sane_values

LONG = 36500  # days
READINGS = 6  # odometer readings that tell how much a car is driven
MAX_MONTHS = 240
MAX_KM = 1_000_000
# Each anchor of a rule: the date it counts from, and what tells its rounds apart.
# Maintenance comes round with the last maintenance, not with its forecast date, which
# moves with each reading of the odometer.
ANCHORS = {
    "next_maintenance": (
        "aftersales_next_maintenance_date",
        "aftersales_last_maintenance_date",
    ),
    "first_maintenance": ("aftersales_first_maintenance_date", "aftersales_sale_date"),
    "insurance_expiry": ("aftersales_insurance_date", "aftersales_insurance_date"),
    "inspection_expiry": ("aftersales_inspection_date", "aftersales_inspection_date"),
    "warranty_expiry": ("aftersales_warranty_expiry_date", "aftersales_warranty_date"),
}


class FleetVehicle(models.Model):
    """The dates of a car, each of which plans a contact by its rule (规定 3)."""

    _name = "fleet.vehicle"
    _inherit = ["fleet.vehicle", "aftersales.dated.mixin"]
    _aftersales_origin_kind = "vehicle"
    _to_plan_field = "aftersales_to_plan_since"
    _customer_field = "aftersales_owner_id"

    aftersales_sale_date = fields.Date(
        string="Sold on",
        copy=False,
        tracking=True,
        groups=ADVISOR,
        help="When the car was sold new. The first maintenance counts from that day.",
    )
    aftersales_interval_months = fields.Integer(
        string="Maintenance Cycle (months)",
        compute="_compute_aftersales_intervals",
        store=True,
        readonly=False,
        copy=False,
        groups=ADVISOR,
    )
    aftersales_interval_km = fields.Integer(
        string="Maintenance Cycle (km)",
        compute="_compute_aftersales_intervals",
        store=True,
        readonly=False,
        copy=False,
        groups=ADVISOR,
    )
    aftersales_last_maintenance_date = fields.Date(
        string="Last Maintenance",
        compute="_compute_aftersales_last_maintenance",
        compute_sudo=True,
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
        groups=ADVISOR,
        help="Taken from the last visit with maintenance work, or else from the last "
        "visit to the workshop. Can be set when a car was maintained elsewhere.",
    )
    aftersales_last_maintenance_km = fields.Float(
        string="Odometer at Last Maintenance",
        compute="_compute_aftersales_last_maintenance",
        compute_sudo=True,
        store=True,
        readonly=False,
        copy=False,
        aggregator=None,
        groups=ADVISOR,
    )
    aftersales_km_per_day = fields.Float(
        string="Driven per Day (km)",
        compute="_compute_aftersales_due_dates",
        compute_sudo=True,
        store=True,
        aggregator="avg",
        groups=ADVISOR,
        help="Estimated from the last odometer readings.",
    )
    aftersales_next_maintenance_date = fields.Date(
        string="Next Maintenance",
        compute="_compute_aftersales_due_dates",
        compute_sudo=True,
        store=True,
        index="btree_not_null",
        groups=ADVISOR,
        help="The earlier of the cycle in months and the forecast of the mileage.",
    )
    aftersales_first_maintenance_date = fields.Date(
        string="First Maintenance",
        compute="_compute_aftersales_due_dates",
        compute_sudo=True,
        store=True,
        index="btree_not_null",
        groups=ADVISOR,
        help="Of a car that was sold new and not maintained yet: the earlier of its "
        "first months and the forecast of its first km.",
    )
    aftersales_warranty_date = fields.Date(
        string="Warranty until", copy=False, groups=ADVISOR
    )
    aftersales_warranty_km = fields.Integer(
        string="Warranty until (km)",
        copy=False,
        aggregator=None,
        groups=ADVISOR,
        help="Odometer at which the warranty ends, if that comes first. 0: no limit.",
    )
    aftersales_warranty_expiry_date = fields.Date(
        string="Warranty Ends",
        compute="_compute_aftersales_due_dates",
        compute_sudo=True,
        store=True,
        index="btree_not_null",
        groups=ADVISOR,
        help="The earlier of the date and the forecast of the mileage.",
    )
    aftersales_insurance_date = fields.Date(
        string="Insurance until", copy=False, index="btree_not_null", groups=ADVISOR
    )
    aftersales_inspection_date = fields.Date(
        string="Annual Inspection until",
        copy=False,
        index="btree_not_null",
        groups=ADVISOR,
    )

    aftersales_to_plan_since = fields.Datetime(
        string="Waits for Planning since",
        compute="_compute_to_plan_since",
        compute_sudo=True,
        store=True,
        copy=False,
        index="btree_not_null",
        groups=ADVISOR,
    )

    @api.depends("model_id")
    def _compute_aftersales_intervals(self):
        for vehicle in self:
            company = vehicle.company_id or self.env.company
            for unit in ("months", "km"):
                name = f"aftersales_interval_{unit}"
                vehicle[name] = vehicle.model_id[name] or company[name]

    @api.depends(
        "aftersales_sale_date",
        "aftersales_visit_ids.state",
        "aftersales_visit_ids.date_delivery",
        "aftersales_visit_ids.odometer",
        "aftersales_visit_ids.line_ids.trade",
    )
    def _compute_aftersales_last_maintenance(self):
        """Take the last maintenance from the visits, if there are any.

        A car that was never maintained here counts from its last visit to the
        workshop, but a new one waits for its first maintenance; what was typed in
        stays until the next visit.
        """
        visits = self._aftersales_get_last_maintenance_visits()
        for vehicle in self:
            day = vehicle.aftersales_last_maintenance_date
            km = vehicle.aftersales_last_maintenance_km
            visit = visits.get(vehicle._origin.id)
            if visit:
                waits = not visit["is_maintenance"] and vehicle._aftersales_was_new(
                    visit
                )
                if not waits:
                    day, km = visit["date"], visit["odometer"]
                elif day == visit["date"]:
                    # It counted before it was known that the car was sold new.
                    day, km = False, 0
            vehicle.aftersales_last_maintenance_date = day
            vehicle.aftersales_last_maintenance_km = km

    @api.depends(
        "model_id.aftersales_first_interval_months",
        "model_id.aftersales_first_interval_km",
        "company_id.aftersales_first_interval_months",
        "company_id.aftersales_first_interval_km",
        "aftersales_sale_date",
        "aftersales_warranty_date",
        "aftersales_warranty_km",
        "aftersales_interval_months",
        "aftersales_interval_km",
        "aftersales_last_maintenance_date",
        "aftersales_last_maintenance_km",
        "aftersales_odometer_ids.value",
        "aftersales_odometer_ids.date",
    )
    def _compute_aftersales_due_dates(self):
        """Each date is the earlier of a day and of when the mileage will be reached."""
        all_readings = self._aftersales_get_last_readings()
        for vehicle in self:
            readings = all_readings.get(vehicle._origin.id, [])
            sold = vehicle.aftersales_sale_date
            if len(readings) == 1 and sold and sold < readings[0][0]:
                # A car that is sold new has not been driven.
                readings = [(sold, 0.0), *readings]
            vehicle.aftersales_km_per_day = self._aftersales_estimate_km_per_day(
                readings
            )
            vehicle.aftersales_next_maintenance_date = (
                vehicle._aftersales_get_next_maintenance(readings)
            )
            vehicle.aftersales_first_maintenance_date = (
                vehicle._aftersales_get_first_maintenance(readings)
            )
            vehicle.aftersales_warranty_expiry_date = (
                vehicle._aftersales_get_warranty_expiry(readings)
            )

    @api.depends(
        "active",
        "company_id",
        "aftersales_owner_id.active",
        "aftersales_owner_id.aftersales_archive_ids.number",
        *(name for anchor in ANCHORS.values() for name in anchor),
    )
    def _compute_to_plan_since(self):
        super()._compute_to_plan_since()

    @api.constrains(
        "aftersales_interval_months", "aftersales_interval_km", "aftersales_warranty_km"
    )
    def _check_aftersales_intervals(self):
        for vehicle in self.sudo():
            months, km = (
                vehicle.aftersales_interval_months,
                vehicle.aftersales_interval_km,
            )
            within = 0 <= months <= MAX_MONTHS and 0 <= km <= MAX_KM
            if not within or not 0 <= vehicle.aftersales_warranty_km <= MAX_KM:
                raise ValidationError(
                    self.env._(
                        "Maintenance cycle and warranty of %(vehicle)s must lie "
                        "between 0 and %(months)s months, and 0 and %(km)s km.",
                        vehicle=vehicle.display_name,
                        months=MAX_MONTHS,
                        km=MAX_KM,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        check_sane_values(self, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """Drop what is planned for a round that a new date ends."""
        check_sane_values(self, [vals])
        result = super().write(vals)
        rounds = {name for anchor in ANCHORS.values() for name in anchor}
        if rounds & vals.keys():
            self._aftersales_cancel_superseded()
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    # what the visits and the odometer tell

    def _aftersales_get_last_maintenance_visits(self):
        """Return {vehicle id: dict} of the visit that the cycle starts at.

        One query: per car the last delivered visit with maintenance work, else the
        last delivered one. ``date`` is the company's own day of the delivery.
        """
        visits = self.env["aftersales.visit"]
        visits.flush_model(
            ["vehicle_id", "state", "visit_type", "date_delivery", "odometer"]
        )
        self.env["aftersales.visit.line"].flush_model(["visit_id", "trade"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT vehicle.id, last.date_delivery, last.odometer, last.company_id,
                       last.is_maintenance
                  FROM unnest(%s::int[]) vehicle(id),
               LATERAL (SELECT visit.date_delivery, visit.odometer, visit.company_id,
                               work.is_maintenance
                          FROM aftersales_visit visit
                     LEFT JOIN LATERAL (
                               SELECT TRUE AS is_maintenance
                                 FROM aftersales_visit_line line
                                WHERE line.visit_id = visit.id
                                  AND line.trade = 'maintenance'
                                LIMIT 1) work ON TRUE
                         WHERE visit.vehicle_id = vehicle.id
                           AND visit.state = 'delivered'
                           AND visit.visit_type = 'workshop'
                           AND visit.date_delivery IS NOT NULL
                      ORDER BY work.is_maintenance NULLS LAST,
                               visit.date_delivery DESC, visit.id DESC
                         LIMIT 1) last
                """,
                self._origin.ids,
            )
        )
        company = self.env["res.company"]
        return {
            vehicle_id: {
                "date": company.browse(company_id)._aftersales_date(date_delivery),
                "odometer": odometer,
                "is_maintenance": is_maintenance,
            }
            for vehicle_id, date_delivery, odometer, company_id, is_maintenance in rows
        }

    def _aftersales_get_last_readings(self):
        """Return ``{vehicle id: [(date, km), …]}``, the last readings, oldest first."""
        self.env["fleet.vehicle.odometer"].flush_model(["vehicle_id", "date", "value"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT vehicle.id, reading.date, reading.value
                  FROM unnest(%s::int[]) vehicle(id),
               LATERAL (SELECT date, max(value) AS value FROM fleet_vehicle_odometer
                         WHERE vehicle_id = vehicle.id AND value > 0
                           AND date IS NOT NULL
                         GROUP BY date ORDER BY date DESC LIMIT %s) reading
                 ORDER BY vehicle.id, reading.date
                """,
                self._origin.ids,
                READINGS,
            )
        )
        readings = {}
        for vehicle_id, date, km in rows:
            readings.setdefault(vehicle_id, []).append((date, km))
        return readings

    @api.model
    def _aftersales_estimate_km_per_day(self, readings):
        """Return the km a day between the first and the last of ``readings``, or 0."""
        if len(readings) < 2:
            return 0.0
        (first_date, first_km), (last_date, last_km) = readings[0], readings[-1]
        return max(last_km - first_km, 0.0) / (last_date - first_date).days

    def _aftersales_forecast(self, km, readings):
        """Return when the odometer will show ``km``, by the km a day, or ``None``."""
        per_day = self.aftersales_km_per_day
        if not (km and per_day and readings):
            return None
        reading_date, reading_km = readings[-1]
        # A car that hardly moves is not due in a thousand years: months decide.
        days = min(math.ceil((km - reading_km) / per_day), LONG)
        return reading_date + timedelta(days=max(days, -LONG))

    def _aftersales_get_next_maintenance(self, readings):
        """Return when the next maintenance is due; month ends stay month ends."""
        last = self.aftersales_last_maintenance_date
        if not last:
            return False
        months, km = self.aftersales_interval_months, self.aftersales_interval_km
        forecast = km and self._aftersales_forecast(
            self.aftersales_last_maintenance_km + km, readings
        )
        dates = (
            _later(last, months),
            forecast and max(forecast, last),
        )
        return min(filter(None, dates), default=False)

    def _aftersales_get_first_maintenance(self, readings):
        """Return when a new car is due for the first time (首保)."""
        sold = self.aftersales_sale_date
        if not sold or self.aftersales_last_maintenance_date:
            return False
        months, km = self._aftersales_get_first_interval()
        forecast = self._aftersales_forecast(km, readings)
        dates = (
            _later(sold, months),
            forecast and max(forecast, sold),
        )
        return min(filter(None, dates), default=False)

    def _aftersales_was_new(self, visit):
        """Return whether a car still waited for its first maintenance at a visit.

        When even the one after it would have been due, it was maintained elsewhere.

        :param dict visit: as ``_aftersales_get_last_maintenance_visits`` gives it
        """
        sold = self.aftersales_sale_date
        if not sold:
            return False
        months, km = self._aftersales_get_first_interval()
        second = _later(sold, months + self.aftersales_interval_months)
        second_km = km + self.aftersales_interval_km
        return not (
            (second and visit["date"] >= second)
            or (second_km and (visit["odometer"] or 0) >= second_km)
        )

    def _aftersales_get_first_interval(self):
        """Return the months and km after which a new car is due for the first time."""
        company = self.company_id or self.env.company
        return tuple(
            self.model_id[f"aftersales_first_interval_{unit}"]
            or company[f"aftersales_first_interval_{unit}"]
            for unit in ("months", "km")
        )

    def _aftersales_get_warranty_expiry(self, readings):
        """Return when the warranty ends: on its day, or at its odometer (出保)."""
        until = self.aftersales_warranty_date
        forecast = self._aftersales_forecast(self.aftersales_warranty_km, readings)
        return min(filter(None, (until, forecast)), default=False)

    # origin of follow-ups

    @api.model
    def _aftersales_origin_anchors(self):
        return {
            "next_maintenance": self.env._("Next maintenance date"),
            "first_maintenance": self.env._("First maintenance of a new car"),
            "insurance_expiry": self.env._("Insurance expiry"),
            "inspection_expiry": self.env._("Annual inspection expiry"),
            "warranty_expiry": self.env._("End of the warranty"),
        }

    @api.model
    def _aftersales_origin_columns(self, rule):
        date, cycle = ANCHORS[rule.anchor]
        return OriginColumns("aftersales_owner_id", "id", date, cycle)

    @api.model
    def _aftersales_due_domain(self, rule, company):
        """Cars of the company's own, and shared ones whose owners come to it."""
        shared = Domain("company_id", "=", False) & Domain(
            "aftersales_owner_id.aftersales_archive_ids",
            "any",
            [("company_id", "=", company.id), ("number", "!=", False)],
        )
        return (
            Domain("aftersales_owner_id", "!=", False)
            & Domain("aftersales_owner_id.active", "=", True)
            & (Domain("company_id", "=", company.id) | shared)
            & self._aftersales_date_due_domain(rule, company)
        )

    def _aftersales_recurring_followups(self):
        followups = self.env["aftersales.followup"].sudo()
        by_vehicle = followups.search_fetch(
            [
                ("vehicle_id", "in", self.ids),
                ("state", "=", "planned"),
                ("rule_id.anchor", "in", list(ANCHORS)),
            ],
            ["company_id", "origin_key", "partner_id", "rule_id", "vehicle_id"],
        ).grouped("vehicle_id")
        return {vehicle.sudo(): theirs for vehicle, theirs in by_vehicle.items()}


def _later(day, months):
    """Return the day so many months later, or ``False`` if there is none.

    What nobody means is refused when it is saved, not while it is typed.
    """
    try:
        return months > 0 and day + relativedelta(months=months)
    except (OverflowError, ValueError):
        return False
