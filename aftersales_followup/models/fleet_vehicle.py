import re

from odoo import api, fields, models
from odoo.exceptions import UserError

from .groups import ADVISOR
from .import_templates import get_import_template
from .reading import fetch_joined
from .several_companies import check_known_here_alone

NEW_FORM = "aftersales_followup.fleet_vehicle_view_form_new"


class FleetVehicle(models.Model):
    """A customer's car: owner and history; ``fleet_vehicle_dates`` has what is due."""

    _inherit = "fleet.vehicle"

    aftersales_owner_id = fields.Many2one(
        "res.partner",
        string="Owner",
        index="btree_not_null",
        tracking=True,
        copy=False,
        ondelete="restrict",
        groups=ADVISOR,
    )
    aftersales_plate_key = fields.Char(
        string="Plate without Blanks",
        compute="_compute_aftersales_keys",
        store=True,
        index="btree_not_null",
        groups=ADVISOR,
    )
    aftersales_vin_key = fields.Char(
        string="VIN without Blanks",
        compute="_compute_aftersales_keys",
        store=True,
        index="btree_not_null",
        groups=ADVISOR,
    )

    # history
    aftersales_odometer_ids = fields.One2many(
        "fleet.vehicle.odometer",
        "vehicle_id",
        string="Odometer Readings",
        groups=ADVISOR,
    )
    aftersales_visit_ids = fields.One2many(
        "aftersales.visit", "vehicle_id", string="Visits", groups=ADVISOR
    )
    aftersales_followup_ids = fields.One2many(
        "aftersales.followup", "vehicle_id", string="Follow-ups", groups=ADVISOR
    )
    aftersales_call_ids = fields.One2many(
        "aftersales.call", "vehicle_id", string="Follow-up Calls", groups=ADVISOR
    )
    aftersales_case_ids = fields.One2many(
        "aftersales.case", "vehicle_id", string="Cases", groups=ADVISOR
    )
    aftersales_visit_count = fields.Integer(
        string="Number of Visits", compute="_compute_aftersales_counts", groups=ADVISOR
    )
    aftersales_followup_count = fields.Integer(
        string="Open Follow-ups", compute="_compute_aftersales_counts", groups=ADVISOR
    )
    aftersales_call_count = fields.Integer(
        string="Number of Calls", compute="_compute_aftersales_counts", groups=ADVISOR
    )
    aftersales_case_count = fields.Integer(
        string="Number of Cases", compute="_compute_aftersales_counts", groups=ADVISOR
    )

    @api.depends("name", "license_plate", "model_id")
    def _compute_display_name(self):
        """A car that is only being entered is called new, not by what is missing."""
        super()._compute_display_name()
        for vehicle in self:
            if not (vehicle._origin or vehicle.license_plate or vehicle.model_id):
                vehicle.display_name = False

    @api.depends("license_plate", "vin_sn")
    def _compute_aftersales_keys(self):
        for vehicle in self:
            vehicle.aftersales_plate_key = self._aftersales_key(vehicle.license_plate)
            vehicle.aftersales_vin_key = self._aftersales_key(vehicle.vin_sn)

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

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """Cancel the old owner's open follow-ups about a car that changed hands."""
        history = [(name, "vehicle_id") for name in self._aftersales_history_models()]
        check_known_here_alone(self, vals.get("company_id"), history)
        old_owners = {}
        if "aftersales_owner_id" in vals:
            old_owners = {
                vehicle: vehicle.aftersales_owner_id
                for vehicle in self.sudo()
                if vehicle.aftersales_owner_id.id != vals["aftersales_owner_id"]
            }
        result = super().write(vals)
        self._aftersales_date_owners(old_owners)
        self._aftersales_cancel_followups_of_old_owners(old_owners)
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

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_archive(self):
        """Let after-sales put away a car: Fleet would ask for rights to contracts."""
        cars = self
        if self._aftersales_lacks_fleet():
            self.check_access("write")
            cars = self.sudo()
        return super(FleetVehicle, cars).action_archive()

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
        return user.has_group(ADVISOR) and not user.has_group("fleet.fleet_group_user")

    def _aftersales_fetch(self):
        """Read what calls, scripts and reminders tell of cars, in one go.

        Odoo would read all columns instead, twenty times as many.
        """
        names = ["license_plate", "aftersales_next_maintenance_date", "company_id"]
        fetch_joined(self.sudo(), names, "model_id", ["name"])

    def _aftersales_label(self):
        """Return model and plate, as the car is called on the phone and on paper."""
        model = self.model_id.name or ""
        return " ".join(part for part in (model, self.license_plate) if part)

    @api.model
    def _aftersales_cancel_followups_of_old_owners(self, old_owners):
        """Cancel the open follow-ups about sold cars with those who sold them.

        :param dict old_owners: vehicle -> partner, before the change
        """
        sold = self.browse(vehicle.id for vehicle, owner in old_owners.items() if owner)
        followups = (
            self.env["aftersales.followup"]
            .sudo()
            .search(
                [
                    ("vehicle_id", "in", sold.ids),
                    ("state", "=", "planned"),
                    # What he was promised to be told he is told all the same.
                    ("case_id", "=", False),
                ]
            )
        )
        followups.filtered(
            lambda followup: followup.partner_id == old_owners[followup.vehicle_id]
        )._cancel(
            lambda env: env._("The car has a new owner."),
            withdrawn=True,
            blameless=True,
        )
