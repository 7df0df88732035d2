import re

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from .import_templates import get_import_template

STAFF = "aftersales_followup.aftersales_followup_group_advisor"
OFFICER = "aftersales_followup.aftersales_followup_group_officer"
SUPERVISOR = "aftersales_followup.aftersales_followup_group_supervisor"


class ResPartner(models.Model):
    """Customer archive (客户档案): what the department knows of a customer."""

    _name = "res.partner"
    _inherit = ["res.partner", "aftersales.guarded.mixin"]

    # archive
    aftersales_archive_number = fields.Char(
        string="Archive Number",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=STAFF,
    )
    aftersales_archive_state = fields.Selection(
        [("none", "No Archive"), ("open", "To File"), ("complete", "Filed")],
        string="Archive",
        default="none",
        readonly=True,
        copy=False,
        index=True,
        groups=STAFF,
    )
    aftersales_archive_date = fields.Date(
        string="Archive Filed on", readonly=True, copy=False, groups=STAFF
    )
    aftersales_officer_id = fields.Many2one(
        "res.users",
        string="Follow-up Officer",
        index="btree_not_null",
        tracking=True,
        copy=False,
        domain=lambda self: self._aftersales_officer_domain(),
        groups=STAFF,
        help="Whom the supervisor designated to look after this customer.",
    )
    aftersales_segment_id = fields.Many2one(
        "aftersales.segment",
        string="Customer Level",
        index="btree_not_null",
        tracking=True,
        copy=False,
        groups=STAFF,
    )
    aftersales_wish = fields.Text(
        string="Service Wished for",
        copy=False,
        groups=STAFF,
        help="The service that the customer hopes to get.",
    )
    aftersales_call_from = fields.Float(
        string="Call from", copy=False, groups=STAFF, help="Preferred hour to be called"
    )
    aftersales_call_to = fields.Float(
        string="Call until", copy=False, groups=STAFF, help="Preferred hour, at latest"
    )
    aftersales_phone_digits = fields.Char(
        string="Phone Digits",
        compute="_compute_aftersales_phone_digits",
        store=True,
        index="btree_not_null",
        groups=STAFF,
    )

    # who may be contacted
    aftersales_wrong_number = fields.Boolean(
        string="Wrong Number",
        readonly=True,
        copy=False,
        tracking=True,
        groups=STAFF,
        help="Somebody else answered. No calls are planned until the number is "
        "corrected.",
    )
    aftersales_contact_since = fields.Date(
        readonly=True,
        copy=False,
        groups=STAFF,
        help="When an opt-out was withdrawn or a number corrected: what was over long "
        "before is not planned any more.",
    )
    aftersales_optout_ids = fields.One2many(
        "aftersales.optout", "partner_id", string="Opt-Outs", groups=STAFF
    )
    aftersales_optout_text = fields.Char(
        string="Does Not Want",
        compute="_compute_aftersales_optout_text",
        groups=STAFF,
    )

    # history
    aftersales_vehicle_ids = fields.One2many(
        "fleet.vehicle", "aftersales_owner_id", string="Cars", groups=STAFF
    )
    aftersales_visit_ids = fields.One2many(
        "aftersales.visit", "partner_id", string="Visits", groups=STAFF
    )
    aftersales_followup_ids = fields.One2many(
        "aftersales.followup", "partner_id", string="Follow-ups", groups=STAFF
    )
    aftersales_call_ids = fields.One2many(
        "aftersales.call", "partner_id", string="Follow-up Calls", groups=STAFF
    )
    aftersales_letter_ids = fields.One2many(
        "aftersales.letter", "partner_id", string="Letters", groups=OFFICER
    )
    aftersales_case_ids = fields.One2many(
        "aftersales.case", "partner_id", string="Cases", groups=STAFF
    )
    aftersales_vehicle_count = fields.Integer(
        string="Number of Cars", compute="_compute_aftersales_counts", groups=STAFF
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
    aftersales_letter_count = fields.Integer(
        string="Number of Letters",
        compute="_compute_aftersales_letter_count",
        groups=OFFICER,
    )
    aftersales_last_visit_date = fields.Date(
        string="Last Visit",
        compute="_compute_aftersales_last_visit_date",
        compute_sudo=True,
        store=True,
        index="btree_not_null",
        groups=STAFF,
    )
    aftersales_retention = fields.Selection(
        [("active", "Active"), ("at_risk", "At Risk"), ("lost", "Lost")],
        string="Retention",
        compute="_compute_aftersales_retention",
        search="_search_aftersales_retention",
        groups=STAFF,
    )

    @api.model
    def _aftersales_officer_domain(self):
        officer = self.env.ref(
            "aftersales_followup.aftersales_followup_group_officer", False
        )
        return [
            ("share", "=", False),
            ("all_group_ids", "in", officer.ids if officer else []),
        ]

    @api.depends("phone")
    def _compute_aftersales_phone_digits(self):
        for partner in self:
            partner.aftersales_phone_digits = self._aftersales_phone_digits(
                partner.phone
            )

    def _compute_aftersales_counts(self):
        for model, inverse, field, domain in (
            ("fleet.vehicle", "aftersales_owner_id", "vehicle", []),
            ("aftersales.visit", "partner_id", "visit", []),
            (
                "aftersales.followup",
                "partner_id",
                "followup",
                [("state", "=", "planned")],
            ),
            ("aftersales.call", "partner_id", "call", []),
            ("aftersales.case", "partner_id", "case", []),
        ):
            counts = dict(
                self.env[model]._read_group(
                    [(inverse, "in", self.ids), *domain], [inverse], ["__count"]
                )
            )
            for partner in self:
                partner[f"aftersales_{field}_count"] = counts.get(partner, 0)

    def _compute_aftersales_letter_count(self):
        counts = dict(
            self.env["aftersales.letter"]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
        )
        for partner in self:
            partner.aftersales_letter_count = counts.get(partner, 0)

    @api.depends("aftersales_optout_ids.date_withdrawn")
    @api.depends_context("lang")
    def _compute_aftersales_optout_text(self):
        """What the customer does not want, in one line."""
        for partner in self:
            in_force = partner.aftersales_optout_ids.filtered(
                lambda optout: not optout.date_withdrawn
            )
            partner.aftersales_optout_text = format_list(
                self.env,
                [
                    f"{optout._get_scope_label()} ({optout.reason})"
                    for optout in in_force
                ],
            )

    @api.depends("aftersales_visit_ids.date_arrival", "aftersales_visit_ids.state")
    def _compute_aftersales_last_visit_date(self):
        latest = dict(
            self.env["aftersales.visit"]._read_group(
                [("partner_id", "in", self.ids), ("state", "!=", "cancelled")],
                ["partner_id"],
                ["date_arrival:max"],
            )
        )
        for partner in self:
            arrival = latest.get(partner._origin)
            company = partner.company_id or self.env.company
            partner.aftersales_last_visit_date = arrival and company._aftersales_date(
                arrival
            )

    @api.depends("aftersales_last_visit_date")
    def _compute_aftersales_retention(self):
        limits = self._aftersales_retention_limits()
        for partner in self:
            last = partner.aftersales_last_visit_date
            if not last:
                partner.aftersales_retention = False
            elif last <= limits["lost"]:
                partner.aftersales_retention = "lost"
            elif last <= limits["at_risk"]:
                partner.aftersales_retention = "at_risk"
            else:
                partner.aftersales_retention = "active"

    def _search_aftersales_retention(self, operator, value):
        if operator != "in":
            return NotImplemented
        limits = self._aftersales_retention_limits()
        last = "aftersales_last_visit_date"
        domains = {
            False: Domain(last, "=", False),
            "lost": Domain(last, "<=", limits["lost"]),
            "at_risk": Domain(last, "<=", limits["at_risk"])
            & Domain(last, ">", limits["lost"]),
            "active": Domain(last, ">", limits["at_risk"]),
        }
        return Domain.OR(domains[status] for status in value if status in domains)

    def _search_phone_mobile_search(self, operator, value):
        """Find a number however it is written: blanks, dashes and +86 do not count."""
        domain = super()._search_phone_mobile_search(operator, value)
        digits = isinstance(value, str) and self._aftersales_phone_digits(value)
        if operator not in ("=", "like", "ilike") or not digits:
            return domain
        if not self._aftersales_is_for_staff():
            return domain
        pattern = digits if operator == "=" else f"%{digits}%"
        return Domain(domain) | Domain("aftersales_phone_digits", "=like", pattern)

    @api.constrains("aftersales_call_from", "aftersales_call_to")
    def _check_aftersales_call_hours(self):
        for partner in self:
            start, stop = partner.aftersales_call_from, partner.aftersales_call_to
            if not (0 <= start <= 24 and 0 <= stop <= 24) or (stop and stop < start):
                raise ValidationError(
                    self.env._(
                        "The hours to call %(customer)s must lie between 0:00 and "
                        "24:00, the first before the last.",
                        customer=partner.display_name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("default_aftersales_officer_id") or any(
            vals.get("aftersales_officer_id") for vals in vals_list
        ):
            self._check_aftersales_designation()
        return super().create(vals_list)

    def write(self, vals):
        """Hand the open work over together with the customer."""
        if "aftersales_officer_id" in vals:
            self._check_aftersales_designation()
        result = super().write(vals)
        if "phone" in vals:
            self._aftersales_correct_number()
        if vals.get("aftersales_officer_id"):
            self._aftersales_hand_over(vals["aftersales_officer_id"])
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_aftersales_history(self):
        """Nothing in an archive can be lost, so a customer with a history stays."""
        for model, field in self._aftersales_history_fields():
            record = (
                self.env[model]
                .sudo()
                .with_context(active_test=False)
                .search([(field, "in", self.ids)], limit=1)
            )
            if record:
                raise UserError(
                    self.env._(
                        "%(customer)s has after-sales records (%(record)s). Archive "
                        "the contact instead of deleting.",
                        customer=record[field].display_name,
                        record=record.display_name,
                    )
                )

    @api.model
    def _search_display_name(self, operator, value):
        """In after-sales screens find a customer by phone, plate or VIN as well."""
        domain = super()._search_display_name(operator, value)
        if (
            self.env.context.get("aftersales_lookup")
            and self._aftersales_is_for_staff()
            and operator in ("ilike", "like", "=", "=ilike")
            and isinstance(value, str)
        ):
            domain = Domain(domain) | self._get_aftersales_lookup_domain(value)
        return domain

    @api.depends("phone", "aftersales_vehicle_ids.license_plate")
    @api.depends_context("aftersales_lookup", "uid")
    def _compute_display_name(self):
        """Tell customers of the same name apart by plate and phone in a look-up."""
        super()._compute_display_name()
        lookup = self.env.context.get("aftersales_lookup")
        if not lookup or not self._aftersales_is_for_staff():
            return
        for partner in self:
            vehicles = partner.sudo(False).aftersales_vehicle_ids
            plates = vehicles[:2].mapped("license_plate")
            details = [text for text in (*plates, partner.phone) if text]
            if details and partner.display_name:
                partner.display_name = f"{partner.display_name} · {' · '.join(details)}"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def _aftersales_open(self, xmlid, **context):
        """Return the action ``xmlid`` of this module for this customer's records."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"aftersales_followup.{xmlid}"
        )
        inverse = (
            "aftersales_owner_id"
            if action["res_model"] == "fleet.vehicle"
            else "partner_id"
        )
        action["domain"] = [(inverse, "=", self.id)]
        action["context"] = {f"default_{inverse}": self.id, **context}
        return action

    def action_aftersales_open_vehicles(self):
        return self._aftersales_open("fleet_vehicle_action")

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

    def action_aftersales_open_letters(self):
        return self._aftersales_open("aftersales_letter_action")

    def action_aftersales_call(self):
        """Open a new call to this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_call_action_new"
        )
        action["context"] = {"default_partner_id": self.id}
        return action

    def action_aftersales_number_is_right(self):
        """The number was right after all: call the customers again."""
        self.check_access("write")
        self._aftersales_correct_number()

    def action_aftersales_optout(self):
        """Note that the customer does not want to be contacted."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_optout_action_new"
        )
        action["context"] = {"default_partner_id": self.id}
        return action

    def action_aftersales_open_optouts(self):
        return self._aftersales_open("aftersales_optout_action")

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def get_import_templates(self):
        """Offer the template of the customer archive where customers are imported."""
        if not self.env.context.get("aftersales_archive"):
            return super().get_import_templates()
        return get_import_template(
            self.env, "customers", self.env._("Import Template for Customers")
        )

    def _may_write_guarded(self):
        """Supervisors import and merge archives, numbers and all."""
        return super()._may_write_guarded() or self.env.user.has_group(SUPERVISOR)

    def _check_aftersales_designation(self):
        """The supervisor designates who looks after a customer (规定 1)."""
        if not self.env.su and not self.env.user.has_group(SUPERVISOR):
            raise AccessError(
                self.env._("Only a supervisor designates a customer's officer.")
            )

    @api.model
    def _aftersales_is_for_staff(self):
        """Return whether the user may know of the archives, superuser's step or not.

        Core computes the names that a search proposes as superuser.
        """
        return self.env.user.has_group(STAFF)

    @api.model
    def _aftersales_phone_digits(self, number):
        """Return the digits of a number without +86 or 0086, or ``False``.

        A remark such as （手机） and any blank or dash goes as well, so that two ways
        to write one number compare equal.
        """
        digits = re.sub(r"\D", "", number or "", flags=re.ASCII)
        return re.sub(r"^(?:0086|86(?=\d{10}))", "", digits) or False

    @api.model
    def _get_aftersales_lookup_domain(self, text):
        """Return the domain of the customers that a phone, plate or VIN points at."""
        domains = []
        digits = self._aftersales_phone_digits(text)
        if digits and len(digits) >= 4:
            domains.append(Domain("aftersales_phone_digits", "=like", f"{digits}%"))
        key = self.env["fleet.vehicle"]._aftersales_key(text)
        if key and len(key) >= 3:
            vehicle = Domain("aftersales_plate_key", "=like", f"%{key}%") | Domain(
                "aftersales_vin_key", "=like", f"%{key}%"
            )
            domains.append(Domain("aftersales_vehicle_ids", "any", vehicle))
        return Domain.OR(domains)

    def _aftersales_label(self, vehicle):
        """Return the customer's name, with the plate of the car it is about."""
        plate = vehicle.sudo().license_plate
        return f"{self.name or ''} ({plate})" if plate else self.name or ""

    def _aftersales_get_only_vehicle(self):
        """Return the customer's car if there is but one: of several none is meant."""
        vehicles = self.aftersales_vehicle_ids
        return vehicles if len(vehicles) == 1 else vehicles.browse()

    @api.model
    def _aftersales_get_uncontactable_domain(self, channel, company):
        """Return the domain of customers whom a company must not contact that way.

        :param str channel: the channel of a follow-up
        """
        Optout = self.env["aftersales.optout"]

        def to_sql(_model, alias, _query):
            return Optout._get_uncontactable_sql(
                SQL("%s", company.id),
                SQL.identifier(alias, "id"),
                SQL("NULL::int"),
                SQL("%s", channel),
            )

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _aftersales_history_fields(self):
        """Return the (model, field) pairs that make up a customer's history."""
        return [
            ("fleet.vehicle", "aftersales_owner_id"),
            ("aftersales.visit", "partner_id"),
            ("aftersales.visit", "contact_id"),
            ("aftersales.followup", "partner_id"),
            ("aftersales.call", "partner_id"),
            ("aftersales.letter", "partner_id"),
            ("aftersales.optout", "partner_id"),
            ("aftersales.case", "partner_id"),
        ]

    def _aftersales_retention_limits(self):
        """Return until which last visit a customer is lost, or at risk."""
        company = self.env.company
        today = company._aftersales_date()
        return {
            "lost": today - relativedelta(months=company.aftersales_lost_months),
            "at_risk": today - relativedelta(months=company.aftersales_at_risk_months),
        }

    def _aftersales_hand_over(self, officer_id):
        """Give the customers' open visits, follow-ups and cases to their new officer.

        What another company has open with them is not for him to see to.
        """
        officer = self.env["res.users"].sudo().browse(officer_id)
        theirs = [
            ("partner_id", "in", self.ids),
            ("company_id", "in", officer.company_ids.ids),
        ]
        followups = self.env["aftersales.followup"].sudo()
        followups.search([*theirs, ("state", "=", "planned")]).write(
            {"user_id": officer_id}
        )
        visits = self.env["aftersales.visit"].sudo()
        visits.search([*theirs, *visits._get_reminder_domain()]).write(
            {"officer_id": officer_id}
        )
        cases = self.env["aftersales.case"].sudo()
        cases.search([*theirs, *cases._get_open_domain()]).write(
            {"user_id": officer_id}
        )

    def _aftersales_get_officers(self, company):
        """Return the officer of each customer in ``company`` (partner -> user id).

        A customer without one, or whose officer left, gets and keeps the officer with
        the least open work. A customer of two dealerships keeps the officer of the
        one, and in the other each time gets the one with the least open work.
        """
        partners = self.sudo()
        officers = {partner.id: partner.aftersales_officer_id for partner in partners}
        allowed = self._aftersales_possible_officers(company)
        without = partners.filtered(lambda partner: officers[partner.id] not in allowed)
        if without:
            Users = self.env["res.users"]
            shares = Users._aftersales_share_out(len(without), company)
            by_officer = {}
            for partner, officer_id in zip(without, shares, strict=True):
                if not officers[partner.id]._aftersales_is_officer():
                    by_officer.setdefault(officer_id, []).append(partner.id)
                officers[partner.id] = Users.browse(officer_id)
            for officer_id, partner_ids in by_officer.items():
                partners.browse(partner_ids).aftersales_officer_id = officer_id
        return {partner_id: officer.id for partner_id, officer in officers.items()}

    @api.model
    def _aftersales_possible_officers(self, company):
        """Return the users who may look after a customer in ``company``."""
        supervisors = self.env.ref(SUPERVISOR).sudo().all_user_ids
        return self.env["res.users"]._aftersales_officers(
            company
        ) | supervisors.filtered(lambda user: company in user.company_ids)

    def _aftersales_flag_number(self, number):
        """Note that ``number`` is wrong, unless it was corrected meanwhile.

        Until then only letters can reach the customer.
        """
        for partner in self.sudo():
            if self._aftersales_phone_digits(number) == partner.aftersales_phone_digits:
                partner.aftersales_wrong_number = True
                partner._aftersales_get_open_calls().letter_suggested = True

    def _aftersales_correct_number(self):
        """Take customers whose number was wrong back into the calls."""
        wrong = self.sudo().filtered("aftersales_wrong_number")
        wrong.aftersales_wrong_number = False
        wrong._aftersales_allow_contact()
        wrong._aftersales_get_open_calls().letter_suggested = False

    def _aftersales_allow_contact(self):
        """Remember since when customers can be contacted again."""
        for partner in self.sudo():
            company = partner.company_id or self.env.company
            partner.aftersales_contact_since = company._aftersales_date()

    def _aftersales_get_open_calls(self):
        """Return the calls that are planned with these customers."""
        return (
            self.env["aftersales.followup"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", self.ids),
                    ("state", "=", "planned"),
                    ("channel", "=", "call"),
                ]
            )
        )

    def _aftersales_number_archive(self):
        """Give customers who never came in before the number of their archive."""
        partners = self.sudo().with_context(tracking_disable=True)
        new = partners.filtered(lambda partner: not partner.aftersales_archive_number)
        numbers = (
            self.env["ir.sequence"]
            .sudo()
            ._aftersales_next_by_code("aftersales.archive", len(new))
        )
        for partner, number in zip(new, numbers, strict=True):
            partner.aftersales_archive_number = number

    def _aftersales_open_archive(self):
        """Open the archive of customers who came in: new, or to be brought up to date.

        What came in as history only is no work for anybody.
        """
        partners = self.sudo().with_context(tracking_disable=True)
        partners.filtered(
            lambda partner: partner.aftersales_archive_state != "open"
        ).aftersales_archive_state = "open"

    def _aftersales_address(self):
        """Return the address on one line, as on an envelope; "" for nobody."""
        parts = (
            self.state_id.name,
            self.city,
            self.street,
            self.street2,
            self.zip,
        )
        return " ".join(part for part in parts if part)

    @api.model
    def _get_followup_domain(self):
        """Return the domain of customers that can be called."""
        return [("aftersales_last_visit_date", "!=", False)]

    def _prepare_followup_origin_vals(self, rule):
        """Return what a follow-up planned by ``rule`` takes from the customer."""
        return {
            "origin_key": rule._get_origin_key(self),
            "date_anchor": self.aftersales_last_visit_date,
            "partner_id": self.id,
        }
