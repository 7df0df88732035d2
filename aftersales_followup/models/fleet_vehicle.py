import math
import re
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .aftersales_followup_rule import DATE_ANCHORS
from .import_templates import get_import_template

STAFF = "aftersales_followup.aftersales_followup_group_advisor"
NEW_FORM = "aftersales_followup.fleet_vehicle_view_form_new"
READINGS = 6  # odometer readings that tell how much a car is driven


class FleetVehicle(models.Model):
    """A customer's car: owner, maintenance cycle, and when it is due next."""

    _inherit = "fleet.vehicle"

    aftersales_owner_id = fields.Many2one(
        "res.partner",
        string="Owner",
        index="btree_not_null",
        tracking=True,
        copy=False,
        ondelete="restrict",
        groups=STAFF,
    )
    aftersales_plate_key = fields.Char(
        string="Plate without Blanks",
        compute="_compute_aftersales_keys",
        store=True,
        index="btree_not_null",
        groups=STAFF,
    )
    aftersales_vin_key = fields.Char(
        string="VIN without Blanks",
        compute="_compute_aftersales_keys",
        store=True,
        index="btree_not_null",
        groups=STAFF,
    )

    # maintenance
    aftersales_interval_months = fields.Integer(
        string="Maintenance Cycle (months)",
        compute="_compute_aftersales_intervals",
        store=True,
        readonly=False,
        copy=False,
        groups=STAFF,
    )
    aftersales_interval_km = fields.Integer(
        string="Maintenance Cycle (km)",
        compute="_compute_aftersales_intervals",
        store=True,
        readonly=False,
        copy=False,
        groups=STAFF,
    )
    aftersales_last_maintenance_date = fields.Date(
        string="Last Maintenance",
        compute="_compute_aftersales_last_maintenance",
        compute_sudo=True,
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
        groups=STAFF,
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
        groups=STAFF,
    )
    aftersales_km_per_day = fields.Float(
        string="Driven per Day (km)",
        compute="_compute_aftersales_next_maintenance",
        compute_sudo=True,
        store=True,
        aggregator="avg",
        groups=STAFF,
        help="Estimated from the last odometer readings.",
    )
    aftersales_next_maintenance_date = fields.Date(
        string="Next Maintenance",
        compute="_compute_aftersales_next_maintenance",
        compute_sudo=True,
        store=True,
        index="btree_not_null",
        groups=STAFF,
        help="The earlier of the cycle in months and the forecast of the mileage.",
    )
    aftersales_warranty_date = fields.Date(
        string="Warranty until", copy=False, groups=STAFF
    )
    aftersales_insurance_date = fields.Date(
        string="Insurance until", copy=False, index="btree_not_null", groups=STAFF
    )
    aftersales_inspection_date = fields.Date(
        string="Annual Inspection until",
        copy=False,
        index="btree_not_null",
        groups=STAFF,
    )

    # history
    aftersales_odometer_ids = fields.One2many(
        "fleet.vehicle.odometer", "vehicle_id", string="Odometer Readings", groups=STAFF
    )
    aftersales_visit_ids = fields.One2many(
        "aftersales.visit", "vehicle_id", string="Visits", groups=STAFF
    )
    aftersales_followup_ids = fields.One2many(
        "aftersales.followup", "vehicle_id", string="Follow-ups", groups=STAFF
    )
    aftersales_call_ids = fields.One2many(
        "aftersales.call", "vehicle_id", string="Follow-up Calls", groups=STAFF
    )
    aftersales_case_ids = fields.One2many(
        "aftersales.case", "vehicle_id", string="Cases", groups=STAFF
    )
    aftersales_visit_count = fields.Integer(
        string="Number of Visits", compute="_compute_aftersales_counts", groups=STAFF
    )
    aftersales_followup_count = fields.Integer(
        string="Open Follow-ups", compute="_compute_aftersales_counts", groups=STAFF
    )
    aftersales_call_count = fields.Integer(
        string="Number of Calls", compute="_compute_aftersales_counts", groups=STAFF
    )
    aftersales_case_count = fields.Integer(
        string="Number of Cases", compute="_compute_aftersales_counts", groups=STAFF
    )

    @api.depends("license_plate", "vin_sn")
    def _compute_aftersales_keys(self):
        for vehicle in self:
            vehicle.aftersales_plate_key = self._aftersales_key(vehicle.license_plate)
            vehicle.aftersales_vin_key = self._aftersales_key(vehicle.vin_sn)

    @api.depends("model_id")
    def _compute_aftersales_intervals(self):
        for vehicle in self:
            company = vehicle.company_id or self.env.company
            for unit in ("months", "km"):
                name = f"aftersales_interval_{unit}"
                vehicle[name] = vehicle.model_id[name] or company[name]

    @api.depends(
        "aftersales_visit_ids.state",
        "aftersales_visit_ids.date_delivery",
        "aftersales_visit_ids.odometer",
        "aftersales_visit_ids.line_ids.trade",
    )
    def _compute_aftersales_last_maintenance(self):
        """Take the last maintenance from the visits, if there are any.

        A car that was never maintained here counts from its last visit to the
        workshop; what was typed in stays until the next visit.
        """
        visits = self._get_last_maintenance_visits()
        for vehicle in self:
            visit = visits.get(vehicle._origin.id)
            if visit:
                vehicle.aftersales_last_maintenance_date = visit["date"]
                vehicle.aftersales_last_maintenance_km = visit["odometer"]
            else:
                vehicle.aftersales_last_maintenance_date = (
                    vehicle.aftersales_last_maintenance_date
                )
                vehicle.aftersales_last_maintenance_km = (
                    vehicle.aftersales_last_maintenance_km
                )

    @api.depends(
        "aftersales_interval_months",
        "aftersales_interval_km",
        "aftersales_last_maintenance_date",
        "aftersales_last_maintenance_km",
        "aftersales_odometer_ids.value",
        "aftersales_odometer_ids.date",
    )
    def _compute_aftersales_next_maintenance(self):
        readings = self._get_last_readings()
        for vehicle in self:
            vehicle_readings = readings.get(vehicle._origin.id, [])
            vehicle.aftersales_km_per_day = self._estimate_km_per_day(vehicle_readings)
            dates = (
                vehicle._get_month_cycle_date(),
                vehicle._get_mileage_forecast_date(vehicle_readings),
            )
            vehicle.aftersales_next_maintenance_date = min(
                filter(None, dates), default=False
            )

    def _compute_aftersales_counts(self):
        for model, field, domain in (
            ("aftersales.visit", "visit", []),
            ("aftersales.followup", "followup", [("state", "=", "planned")]),
            ("aftersales.call", "call", []),
            ("aftersales.case", "case", []),
        ):
            counts = dict(
                self.env[model]._read_group(
                    [("vehicle_id", "in", self.ids), *domain],
                    ["vehicle_id"],
                    ["__count"],
                )
            )
            for vehicle in self:
                vehicle[f"aftersales_{field}_count"] = counts.get(vehicle, 0)

    @api.constrains("aftersales_interval_months", "aftersales_interval_km")
    def _check_aftersales_intervals(self):
        for vehicle in self.sudo():
            if (
                min(vehicle.aftersales_interval_months, vehicle.aftersales_interval_km)
                < 0
            ):
                raise ValidationError(
                    self.env._(
                        "The maintenance cycle of %(vehicle)s cannot be negative.",
                        vehicle=vehicle.display_name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """Cancel the old owner's open follow-ups about a car that changed hands."""
        old_owners = {}
        if "aftersales_owner_id" in vals:
            old_owners = {
                vehicle: vehicle.aftersales_owner_id
                for vehicle in self.sudo()
                if vehicle.aftersales_owner_id.id != vals["aftersales_owner_id"]
            }
        result = super().write(vals)
        self._cancel_followups_of_old_owners(old_owners)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_aftersales_history(self):
        """Nothing in an archive can be lost, so a car with a history stays."""
        for model in self._aftersales_history_models():
            record = (
                self.env[model].sudo().search([("vehicle_id", "in", self.ids)], limit=1)
            )
            if record:
                raise UserError(
                    self.env._(
                        "%(vehicle)s has after-sales records (%(record)s). Archive the "
                        "car instead of deleting.",
                        vehicle=record.vehicle_id.display_name,
                        record=record.display_name,
                    )
                )

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        """Where no view is named, show ours to staff without Fleet's rights.

        Fleet's screens read contracts and services, which need those rights, wherever
        a car is opened, searched or entered.
        """
        named = view_id or self.env.context.get(f"{view_type}_view_ref")
        if not named and self._aftersales_lacks_fleet():
            xmlid = f"aftersales_followup.fleet_vehicle_view_{view_type}"
            view = self.env.ref(xmlid, raise_if_not_found=False)
            view_id = view.id if view else view_id
        return super().get_view(view_id, view_type, **options)

    @api.readonly
    def get_formview_id(self, access_uid=None):
        """Open a car that exists with all that is known of it.

        The short form, which a field may name in its context, only enters new cars.
        """
        if self.env.context.get("form_view_ref") == NEW_FORM:
            return self.env.ref("aftersales_followup.fleet_vehicle_view_form").id
        return super().get_formview_id(access_uid)

    @api.model
    def _search_display_name(self, operator, value):
        """In after-sales screens find a car by plate or VIN, blanks or not."""
        domain = super()._search_display_name(operator, value)
        key = isinstance(value, str) and self._aftersales_key(value)
        if (
            self.env.context.get("aftersales_lookup")
            and self.env["res.partner"]._aftersales_is_for_staff()
            and key
            and operator in ("ilike", "like", "=", "=ilike")
        ):
            domain = (
                Domain(domain)
                | Domain("aftersales_plate_key", "=like", f"%{key}%")
                | Domain("aftersales_vin_key", "=like", f"%{key}%")
            )
        return domain

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def _aftersales_open(self, xmlid, **context):
        """Return the action ``xmlid`` of this module for this car's records."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"aftersales_followup.{xmlid}"
        )
        action["domain"] = [("vehicle_id", "=", self.id)]
        action["context"] = {
            "default_vehicle_id": self.id,
            "default_partner_id": self.aftersales_owner_id.id,
            **context,
        }
        return action

    def action_aftersales_open_visits(self):
        return self._aftersales_open("aftersales_visit_action")

    def action_aftersales_open_followups(self):
        return self._aftersales_open(
            "aftersales_followup_action", search_default_planned=1
        )

    def action_aftersales_open_calls(self):
        return self._aftersales_open("aftersales_call_action")

    def action_aftersales_open_cases(self):
        return self._aftersales_open("aftersales_case_action")

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def get_import_templates(self):
        return get_import_template(
            self.env, "vehicles", self.env._("Import Template for Cars")
        )

    @api.model
    def _aftersales_key(self, text):
        """Return a plate or VIN in capitals without dots and blanks, or ``False``."""
        return re.sub(r"[\W_]", "", text or "").upper() or False

    @api.model
    def _aftersales_history_models(self):
        """Return the models that make up a car's history."""
        return [
            "aftersales.visit",
            "aftersales.followup",
            "aftersales.call",
            "aftersales.case",
        ]

    @api.model
    def _aftersales_lacks_fleet(self):
        """Return whether the user works in after-sales, but not with Fleet."""
        user = self.env.user
        return user.has_group(STAFF) and not user.has_group("fleet.fleet_group_user")

    def _aftersales_label(self):
        """Return model and plate, as the car is called on the phone and on paper."""
        model = self.model_id.name or ""
        return " ".join(part for part in (model, self.license_plate) if part)

    def _get_last_maintenance_visits(self):
        """Return ``{vehicle id: {date, odometer}}`` of the visit the cycle starts at.

        One query: per car the last delivered visit with maintenance work, else the
        last delivered one. Dates are days in UTC of the delivery.
        """
        visits = self.env["aftersales.visit"]
        visits.flush_model(
            ["vehicle_id", "state", "visit_type", "date_delivery", "odometer"]
        )
        self.env["aftersales.visit.line"].flush_model(["visit_id", "trade"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT vehicle.id, last.date_delivery, last.odometer, last.company_id
                  FROM unnest(%s::int[]) vehicle(id),
               LATERAL (SELECT visit.date_delivery, visit.odometer, visit.company_id
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
            }
            for vehicle_id, date_delivery, odometer, company_id in rows
        }

    def _get_last_readings(self):
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
    def _estimate_km_per_day(self, readings):
        """Return the km a day between the first and the last of ``readings``, or 0."""
        if len(readings) < 2:
            return 0.0
        (first_date, first_km), (last_date, last_km) = readings[0], readings[-1]
        return max(last_km - first_km, 0.0) / (last_date - first_date).days

    def _get_month_cycle_date(self):
        """Return when the cycle in months is over; month ends stay month ends."""
        last, months = (
            self.aftersales_last_maintenance_date,
            self.aftersales_interval_months,
        )
        return last + relativedelta(months=months) if last and months else None

    def _get_mileage_forecast_date(self, readings):
        """Return when the car will have driven its cycle in km, by its km a day."""
        last = self.aftersales_last_maintenance_date
        interval, per_day = self.aftersales_interval_km, self.aftersales_km_per_day
        if not (last and interval and per_day and readings):
            return None
        reading_date, reading_km = readings[-1]
        left = self.aftersales_last_maintenance_km + interval - reading_km
        # A car that hardly moves is not due in a thousand years: months decide.
        days = min(math.ceil(left / per_day), 36500)
        return max(reading_date + timedelta(days=days), last)

    @api.model
    def _cancel_followups_of_old_owners(self, old_owners):
        """Cancel the open follow-ups about sold cars with those who sold them.

        :param dict old_owners: vehicle -> partner, before the change
        """
        sold = self.browse(vehicle.id for vehicle, owner in old_owners.items() if owner)
        followups = (
            self.env["aftersales.followup"]
            .sudo()
            .search([("vehicle_id", "in", sold.ids), ("state", "=", "planned")])
        )
        followups.filtered(
            lambda followup: followup.partner_id == old_owners[followup.vehicle_id]
        )._cancel(self.env._("The car has a new owner."))

    def _cancel_superseded_reminders(self):
        """Cancel open maintenance reminders of cycles that a visit ended meanwhile."""
        followups = (
            self.env["aftersales.followup"]
            .sudo()
            .search(
                [
                    ("vehicle_id", "in", self.ids),
                    ("state", "=", "planned"),
                    ("rule_id.anchor", "=", "next_maintenance"),
                ]
            )
        )
        followups.filtered(
            lambda followup: (
                followup.origin_key
                != followup.rule_id._get_origin_key(followup.vehicle_id)
            )
        )._cancel(self.env._("The car was maintained meanwhile."))

    @api.model
    def _get_followup_domain(self):
        """Return the domain of cars that somebody can be called about."""
        return [("aftersales_owner_id", "!=", False)]

    def _prepare_followup_origin_vals(self, rule):
        """Return what a follow-up planned by ``rule`` takes from the car."""
        date_field = DATE_ANCHORS[rule.anchor][1]
        return {
            "origin_key": rule._get_origin_key(self),
            "date_anchor": self[date_field],
            "partner_id": self.aftersales_owner_id.id,
            "vehicle_id": self.id,
        }
