import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from .groups import ADVISOR, OFFICER
from .import_templates import get_import_template
from .several_companies import check_known_here_alone


class ResPartner(models.Model):
    """A customer: cars and history; for the archive see ``res_partner_archive``."""

    _name = "res.partner"
    _inherit = ["res.partner", "aftersales.guarded.mixin"]

    aftersales_phone_digits = fields.Char(
        string="Phone Digits",
        compute="_compute_aftersales_phone_digits",
        store=True,
        index="btree_not_null",
        groups=ADVISOR,
    )

    # who may be contacted
    aftersales_wrong_number = fields.Boolean(
        string="Wrong Number",
        readonly=True,
        copy=False,
        groups=ADVISOR,
        help="Somebody else answered. No calls are planned until the number is "
        "corrected.",
    )
    aftersales_optout_ids = fields.One2many(
        "aftersales.optout", "partner_id", string="Opt-Outs", groups=ADVISOR
    )
    aftersales_optout_text = fields.Char(
        string="Does Not Want",
        compute="_compute_aftersales_optout_text",
        groups=ADVISOR,
    )

    # history
    aftersales_vehicle_ids = fields.One2many(
        "fleet.vehicle", "aftersales_owner_id", string="Cars", groups=ADVISOR
    )
    aftersales_visit_ids = fields.One2many(
        "aftersales.visit", "partner_id", string="Visits", groups=ADVISOR
    )
    aftersales_followup_ids = fields.One2many(
        "aftersales.followup", "partner_id", string="Follow-ups", groups=ADVISOR
    )
    aftersales_call_ids = fields.One2many(
        "aftersales.call", "partner_id", string="Follow-up Calls", groups=ADVISOR
    )
    aftersales_letter_ids = fields.One2many(
        "aftersales.letter", "partner_id", string="Letters", groups=OFFICER
    )
    aftersales_case_ids = fields.One2many(
        "aftersales.case", "partner_id", string="Cases", groups=ADVISOR
    )
    aftersales_vehicle_count = fields.Integer(
        string="Number of Cars", compute="_compute_aftersales_counts", groups=ADVISOR
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
    aftersales_letter_count = fields.Integer(
        string="Number of Letters",
        compute="_compute_aftersales_letter_count",
        groups=OFFICER,
    )

    # Whoever must not be called is found by these, few among many.
    _aftersales_wrong_numbers = models.Index("(id) WHERE aftersales_wrong_number")
    _aftersales_phone_sanitized = models.Index(
        "(phone_sanitized) WHERE phone_sanitized IS NOT NULL"
    )

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
    @api.depends_context("company", "lang")
    def _compute_aftersales_optout_text(self):
        """What the customer does not want of the current company, in one line."""
        for partner in self:
            in_force = partner.aftersales_optout_ids.filtered(
                lambda optout: (
                    not optout.date_withdrawn and optout.company_id == self.env.company
                )
            )
            partner.aftersales_optout_text = format_list(
                self.env,
                [
                    f"{optout._get_scope_label()} ({optout.reason})"
                    for optout in in_force
                ],
            )

    def _search_phone_mobile_search(self, operator, value):
        """Find a number however it is written: blanks, dashes and +86 do not count."""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = f"{value:.0f}"
        domain = super()._search_phone_mobile_search(operator, value)
        digits = isinstance(value, str) and self._aftersales_phone_digits(value)
        if operator not in ("=", "like", "ilike") or not digits:
            return domain
        if not self._aftersales_is_for_staff():
            return domain
        pattern = digits if operator == "=" else f"%{digits}%"
        return Domain(domain) | Domain("aftersales_phone_digits", "=like", pattern)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """A number that is typed in anew is taken for right."""
        self._aftersales_check_company(vals.get("company_id"))
        if "phone" not in vals:
            return super().write(vals)
        listed = self.sudo().filtered("phone_sanitized_blacklisted")
        result = super().write(vals)
        self._aftersales_correct_number()
        listed.filtered(
            lambda partner: not partner.phone_sanitized_blacklisted
        )._aftersales_allow_contact()
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
        if not self._aftersales_is_for_staff():
            raise AccessError(
                self.env._("Only people of the after-sales department can say so.")
            )
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

    @api.model
    def _get_guarded_fields(self):
        return {"aftersales_phone_digits", "aftersales_wrong_number"}

    @api.model
    def _aftersales_is_for_staff(self):
        """Return whether the user may know of the archives, superuser's step or not.

        Core computes the names that a search proposes as superuser.
        """
        return self.env.user.has_group(ADVISOR)

    @api.model
    def _aftersales_phone_digits(self, number):
        """Return the digits of a number without +86 or 0086, or ``False``.

        A remark such as （手机） and any blank or dash goes as well, so that two ways
        to write one number compare equal.
        """
        digits = re.sub(r"\D", "", number or "", flags=re.ASCII)
        return re.sub(r"^(?:0086|86(?=\d{10}))", "", digits) or False

    def _aftersales_fetch(self):
        """Read what calls, scripts and reminders tell of customers, in one go.

        Odoo would read all columns instead, ten times as many.
        """
        self.sudo().fetch(
            [
                "name",
                "is_company",
                "aftersales_salutation",
                "phone",
                "street",
                "street2",
                "zip",
                "city",
                "state_id",
                "company_id",
            ]
        )

    def _aftersales_label(self, vehicle):
        """Return the customer's name, with the plate of the car it is about."""
        plate = vehicle.sudo().license_plate
        return f"{self.name or ''} ({plate})" if plate else self.name or ""

    def _aftersales_get_only_vehicle(self):
        """Return the customer's car if there is but one: of several none is meant."""
        vehicles = self.aftersales_vehicle_ids
        return vehicles if len(vehicles) == 1 else vehicles.browse()

    @api.model
    def _aftersales_get_uncontactable_domain(self, channel, purpose, company):
        """Return the domain of customers whom a company must not contact that way.

        :param str channel: the channel of a follow-up
        :param str purpose: what the contact is for
        """
        Optout = self.env["aftersales.optout"]

        def to_sql(_model, alias, _query):
            partner = SQL.identifier(alias, "id")
            # Few among many: only they are looked at.
            return SQL(
                "(%s IN %s AND %s)",
                partner,
                Optout._get_uncontactable_partners_sql(),
                Optout._get_uncontactable_sql(
                    SQL("%s", company.id),
                    partner,
                    SQL("NULL::int"),
                    SQL("%s", channel),
                    SQL("%s", purpose),
                ),
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
            ("aftersales.restriction", "partner_id"),
        ]

    def _aftersales_check_company(self, company_id):
        """Refuse to give customers whom others know to one company."""
        check_known_here_alone(self, company_id, self._aftersales_history_fields())

    @api.model
    def _aftersales_flag_numbers(self, numbers):
        """Note which numbers are wrong, unless they were corrected meanwhile.

        Until then only letters can reach these customers.

        :param dict numbers: customer -> number that was dialled
        """
        wrong = self.sudo().browse(
            partner.id
            for partner, number in numbers.items()
            if self._aftersales_phone_digits(number)
            == partner.sudo().aftersales_phone_digits
        )
        wrong.aftersales_wrong_number = True
        wrong._aftersales_get_open_calls().letter_suggested = True

    def _aftersales_correct_number(self):
        """Take customers whose number was wrong back into the calls."""
        wrong = self.sudo().filtered("aftersales_wrong_number")
        wrong.aftersales_wrong_number = False
        wrong._aftersales_allow_contact()
        wrong._aftersales_get_open_calls().letter_suggested = False

    def _aftersales_allow_contact(self, companies=None):
        """Remember since when customers can be contacted again, and plan anew.

        :param companies: where; default everywhere
        """
        archives = self.sudo().aftersales_archive_ids
        if companies:
            archives = archives.filtered(lambda own: own.company_id in companies)
            customers = dict.fromkeys(companies, self)
        else:
            cars = self.sudo().aftersales_vehicle_ids.filtered("company_id")
            customers = {
                company: theirs.aftersales_owner_id
                for company, theirs in cars.grouped("company_id").items()
            }
        for company, theirs in customers.items():
            archives |= archives._get_archives(theirs, company)
        for company, theirs in archives.grouped("company_id").items():
            theirs.contact_since = company._aftersales_date()
        (self | archives.partner_id)._aftersales_look_at_again(
            archives.company_id if companies else None
        )

    def _aftersales_look_at_again(self, companies=None):
        """Let the nightly scheduler look at what these customers have.

        :param companies: where; default everywhere
        """
        for name in self.env["aftersales.origin.mixin"]._aftersales_origin_models():
            self.env[name]._mark_customers_to_plan(self, companies)

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
