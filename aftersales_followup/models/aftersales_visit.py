from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from .aftersales_clock_mixin import Clock, result_field
from .import_templates import get_import_template
from .sane_values import check_sane_values

OVER = ("delivered", "closed")
# The clock of whoever types may be ahead a little.
CLOCK_DRIFT = timedelta(minutes=10)


class AftersalesVisit(models.Model):
    """A car in the workshop or a customer who came for advice (进厂送修、来访咨询).

    The visit starts the clock of the archive (规定 2, ``aftersales_visit_archive``),
    and its end plans the follow-ups (规定 4, 5, ``aftersales_visit_plan``).
    """

    _name = "aftersales.visit"
    _description = "Visit"
    _inherit = [
        "aftersales.acting.mixin",
        "aftersales.change.mixin",
        "aftersales.clock.mixin",
        "aftersales.event.mixin",
        "aftersales.large.mixin",
        "aftersales.lookup.mixin",
    ]
    _order = "date_arrival desc, id desc"
    _rec_names_search = ["name", "plate", "partner_id"]
    _check_company_auto = True
    _designated_field = "officer_id"
    _reminder_type = "aftersales_followup.mail_activity_type_archive"
    _aftersales_origin_kind = "visit"
    _clocks = {"archive": Clock("archive_deadline", "archive_date", "archive_result")}

    # what came in
    name = fields.Char(string="Visit Number", required=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,  # index: ``_name_unique``
    )
    visit_type = fields.Selection(
        [("workshop", "Workshop"), ("consultation", "Consultation")],
        string="Type",
        required=True,
        default="workshop",
        tracking=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Brought by",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="The person who brings the car, if it is not the customer.",
    )
    vehicle_id = fields.Many2one(
        "fleet.vehicle",
        string="Car",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    date_arrival = fields.Datetime(
        string="Arrival",
        required=True,
        default=fields.Datetime.now,
        index=True,
        tracking=True,
    )
    date_delivery = fields.Datetime(
        string="Delivery",
        copy=False,
        tracking=True,
        help="When the customer took the car, or the consultation ended.",
    )
    odometer = fields.Float(string="Odometer (km)", digits=(10, 0), aggregator=None)
    wish = fields.Text(
        string="Service Wished for", help="The service that the customer hopes to get."
    )
    note = fields.Text(string="Remarks")
    line_ids = fields.One2many(
        "aftersales.visit.line", "visit_id", string="Lines", copy=True
    )
    rework_of_id = fields.Many2one(
        "aftersales.visit",
        string="Rework of",
        index="btree_not_null",
        check_company=True,
        domain="[('vehicle_id', '=', vehicle_id), ('id', '!=', id)]",
        copy=False,
    )
    rework_reference = fields.Char(
        index="btree_not_null",
        help="Number of the reworked order as written elsewhere, if it is not here.",
        copy=False,
    )

    # as it was then
    plate = fields.Char(
        compute="_compute_plate", store=True, precompute=True, readonly=False
    )
    phone = fields.Char(
        compute="_compute_contact_data", store=True, precompute=True, readonly=False
    )
    address = fields.Char(
        compute="_compute_contact_data", store=True, precompute=True, readonly=False
    )

    # who sees to it
    advisor_id = fields.Many2one(
        "res.users",
        string="Service Advisor",
        index="btree_not_null",
        check_company=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    advisor_name = fields.Char(
        compute="_compute_advisor_name", store=True, precompute=True, readonly=False
    )
    officer_id = fields.Many2one(
        "res.users",
        string="Follow-up Officer",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        copy=False,
        domain=lambda self: self.env["res.users"]._aftersales_officer_domain(),
        ondelete="restrict",
    )

    # archive clock
    state = fields.Selection(
        [
            ("open", "In Progress"),
            ("delivered", "Delivered"),
            ("closed", "Ended"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    is_history = fields.Boolean(
        string="History",
        readonly=True,
        copy=False,
        help="Came in after its follow-ups would have been over: no archive clock and "
        "no follow-ups.",
    )
    archive_deadline = fields.Date(
        string="Archive Due",
        readonly=True,
        copy=False,
        help="Two days after arrival, or as the settings say.",
    )
    archive_date = fields.Date(
        string="Archive Filed on", readonly=True, copy=False, tracking=True
    )
    archive_result = result_field("Archive Result")
    next_service_content = fields.Text(
        string="Next Service",
        copy=False,
        tracking=True,
        help="What to talk about the next time.",
    )
    next_contact_date = fields.Date(
        string="Date to Contact",
        copy=False,
        tracking=True,
        help="When to talk about it.",
    )

    # what became of it
    followup_ids = fields.One2many(
        "aftersales.followup", "visit_id", string="Follow-ups"
    )
    case_ids = fields.One2many("aftersales.case", "visit_id", string="Cases")
    followup_count = fields.Integer(compute="_compute_counts")
    call_count = fields.Integer(compute="_compute_counts")
    case_count = fields.Integer(compute="_compute_case_count")

    _name_unique = models.UniqueIndex(
        "(company_id, name)", "There is a visit with this number already."
    )
    _archive_open = models.Index(
        "(company_id, acting_user_id, archive_deadline) "
        "WHERE archive_result = 'running'"
    )
    _check_odometer = models.Constraint(
        "CHECK (odometer >= 0)", "An odometer reading cannot be negative."
    )

    @api.depends("name")
    def _compute_display_name(self):
        """A visit has its number when it is saved; before, it is called new."""
        for visit in self:
            visit.display_name = visit.name != "/" and visit.name

    @api.depends("vehicle_id")
    def _compute_plate(self):
        """Keep the plate of that day: a later change leaves it."""
        for visit in self:
            visit.plate = visit.vehicle_id.license_plate

    @api.depends("partner_id", "contact_id")
    def _compute_contact_data(self):
        """Keep phone and address of that day: a later change leaves them."""
        for visit in self:
            visit.phone = visit.contact_id.phone or visit.partner_id.phone
            visit.address = visit.partner_id._aftersales_address()

    @api.depends("advisor_id")
    def _compute_advisor_name(self):
        for visit in self:
            visit.advisor_name = visit.advisor_id.name or visit.advisor_name

    def _compute_counts(self):
        followups = dict(
            self.env["aftersales.followup"]._read_group(
                [("visit_id", "in", self.ids)], ["visit_id"], ["__count"]
            )
        )
        calls = dict(
            self.env["aftersales.call"]._read_group(
                [("visit_id", "in", self.ids)], ["visit_id"], ["__count"]
            )
        )
        for visit in self:
            visit.followup_count = followups.get(visit, 0)
            visit.call_count = calls.get(visit, 0)

    def _compute_case_count(self):
        cases = dict(
            self.env["aftersales.case"]._read_group(
                [("visit_id", "in", self.ids)], ["visit_id"], ["__count"]
            )
        )
        for visit in self:
            visit.case_count = cases.get(visit, 0)

    @api.constrains("visit_type", "vehicle_id", "state")
    def _check_vehicle(self):
        for visit in self:
            if visit.visit_type == "workshop" and not visit.vehicle_id:
                raise ValidationError(
                    self.env._(
                        "Visit %(visit)s to the workshop needs a car.", visit=visit.name
                    )
                )

    @api.constrains("date_arrival", "date_delivery", "state")
    def _check_dates(self):
        """What happened, happened in the past, and in its order."""
        now = fields.Datetime.now() + CLOCK_DRIFT
        for visit in self:
            ended = visit.state in OVER and visit.date_delivery
            if visit.date_arrival > now or (ended and visit.date_delivery > now):
                raise ValidationError(
                    self.env._(
                        "Visit %(visit)s cannot begin or end in the future.",
                        visit=visit.name,
                    )
                )
            if visit.date_delivery and visit.date_delivery < visit.date_arrival:
                raise ValidationError(
                    self.env._(
                        "Visit %(visit)s cannot end before it began.", visit=visit.name
                    )
                )

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Offer the customer's only car and last wish."""
        if not self.vehicle_id:
            self.vehicle_id = self.partner_id._aftersales_get_only_vehicle()
        customer = self.partner_id.with_company(self.company_id)
        self.wish = self.wish or customer.aftersales_wish
        return self._warn_of_other_owner()

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Open the archive of each customer who came in, and start its clock."""
        check_sane_values(self, vals_list)
        for vals in vals_list:
            if vals.get("name", "/") == "/":
                company_id = vals.get("company_id") or self.env.company.id
                vals["name"] = (
                    self.env["ir.sequence"]
                    .sudo()
                    .with_company(company_id)
                    .next_by_code("aftersales.visit")
                )
        visits = super().create(vals_list)
        if self.env.context.get("import_file"):
            visits._end_imported()
        visits._date_end()
        visits._place_among_visits()
        visits._mark_history()
        visits._start_archive_clock()
        visits._designate_officers()
        visits._open_archives()
        visits._take_ownerless_cars()
        visits._log_odometer()
        visits._sync_reminders()
        visits.filtered(lambda visit: visit.state in OVER)._plan_followups()
        return visits

    def write(self, vals):
        """Keep clock, reminder, odometer log and planning in step with the visit."""
        check_sane_values(self, [vals])
        if vals.get("state") in OVER:
            vals = {"to_plan_since": self.env.cr.now(), **vals}
        self._check_arrival_change(vals)
        before = self._get_places_to_leave(vals)
        result = super().write(vals)
        if vals.get("state") in OVER:
            self._date_end()
        self._place_among_visits(before, vals)
        if "date_arrival" in vals:
            self._move_archive_deadline()
        if {"partner_id", "company_id"} & vals.keys():
            self._open_archives()
        if {"odometer", "vehicle_id", "date_arrival"} & vals.keys():
            self._log_odometer()
        moved = {"officer_id", "acting_user_id", "date_arrival", "state"}
        changed = (moved | {"archive_date", "archive_deadline"}) & vals.keys()
        if changed and not self.env.context.get("aftersales_reminders_settled"):
            self._sync_reminders()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        for visit in self:
            history = visit.followup_ids or visit.sudo().case_ids
            if visit.state in OVER or visit.archive_date or history:
                raise UserError(
                    self.env._(
                        "Visit %(visit)s is part of the archive. Cancel it instead of "
                        "deleting it.",
                        visit=visit.name,
                    )
                )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_followups(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_followup_action"
        )
        action["domain"] = [("visit_id", "=", self.id)]
        action["context"] = {
            "default_visit_id": self.id,
            "default_partner_id": self.partner_id.id,
            "default_vehicle_id": self.vehicle_id.id,
        }
        return action

    def action_open_calls(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_call_action"
        )
        action["domain"] = [("visit_id", "=", self.id)]
        return action

    def action_open_cases(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_case_action"
        )
        action["domain"] = [("visit_id", "=", self.id)]
        action["context"] = {
            "default_visit_id": self.id,
            "default_partner_id": self.partner_id.id,
            "default_vehicle_id": self.vehicle_id.id,
        }
        return action

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def get_import_templates(self):
        return get_import_template(
            self.env, "visits", self.env._("Import Template for Visits")
        )

    def _get_label(self, name):
        return dict(self._fields[name]._description_selection(self.env))[self[name]]

    def _designate_officers(self):
        """Give each visit the customer's officer, who may be designated only now."""
        without = self.filtered(lambda visit: not visit.officer_id).with_context(
            aftersales_reminders_settled=True
        )
        for company, visits in without.grouped("company_id").items():
            officers = self.env["aftersales.archive"]._get_officers(
                visits.partner_id.ids, company
            )
            for officer_id, officer_visits in visits.grouped(
                lambda visit, officers=officers: officers[visit.partner_id.id]
            ).items():
                officer_visits.officer_id = officer_id

    @api.model
    def _get_last_visits(self, keys):
        """Return the last visit behind each key, in one query for all.

        :param list keys: (company id, customer id, car id; ``False``: whatever car)
        :return: {key: visit, empty if there was none}
        """
        keys = list(dict.fromkeys(keys))
        self.flush_model(
            ["company_id", "partner_id", "vehicle_id", "state", "date_arrival"]
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT asked.n, last.id
                  FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[])
                       asked(n, company_id, partner_id, vehicle_id),
               LATERAL (SELECT visit.id FROM aftersales_visit visit
                         WHERE visit.partner_id = asked.partner_id
                           AND visit.company_id = asked.company_id
                           AND visit.state != 'cancelled'
                           AND (asked.vehicle_id IS NULL
                                OR visit.vehicle_id = asked.vehicle_id)
                         ORDER BY visit.date_arrival DESC, visit.id DESC
                         LIMIT 1) last
                """,
                list(range(len(keys))),
                [key[0] for key in keys],
                [key[1] or None for key in keys],
                [key[2] or None for key in keys],
            )
        )
        found = {keys[number]: visit_id for number, visit_id in rows}
        prefetch = tuple(found.values())
        return {
            key: self.browse(found.get(key)).with_prefetch(prefetch) for key in keys
        }

    def _last_service_text(self):
        """Return what was done, in the words of the lines, for scripts and forms."""
        return "、".join(self.line_ids.mapped("name")[:5])
