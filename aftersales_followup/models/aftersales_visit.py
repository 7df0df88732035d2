from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from .import_templates import get_import_template

OVER = ("delivered", "closed")
SUPERVISOR = "aftersales_followup.aftersales_followup_group_supervisor"


class AftersalesVisit(models.Model):
    """A car in the workshop or a customer who came for advice (进厂送修、来访咨询).

    The visit starts the clock of the archive (规定 2), and its end plans the
    follow-ups (规定 4, 5).
    """

    _name = "aftersales.visit"
    _description = "Visit"
    _inherit = ["aftersales.acting.mixin"]
    _order = "date_arrival desc, id desc"
    _rec_names_search = ["name", "plate", "partner_id"]
    _check_company_auto = True
    _designated_field = "officer_id"

    # what came in
    name = fields.Char(string="Visit Number", required=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
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
        index=True,
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
        string="Arrival", required=True, default=fields.Datetime.now, index=True
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
        domain=lambda self: self.env["res.partner"]._aftersales_officer_domain(),
        ondelete="restrict",
    )

    # money
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_total = fields.Monetary(
        string="Total", compute="_compute_totals", store=True
    )
    cost_total = fields.Monetary(
        string="Total Cost", compute="_compute_totals", store=True
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
        compute="_compute_archive_deadline",
        store=True,
        help="Two days after arrival, or as the settings say.",
    )
    archive_date = fields.Date(
        string="Archive Filed on", readonly=True, copy=False, tracking=True
    )
    archive_on_time = fields.Boolean(compute="_compute_archive_on_time", store=True)
    next_service_content = fields.Text(
        string="Next Service",
        copy=False,
        help="What to talk about the next time.",
    )
    next_contact_date = fields.Date(
        string="Date to Contact", copy=False, help="When to talk about it."
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
        "(acting_user_id, archive_deadline) WHERE archive_date IS NULL"
        " AND archive_deadline IS NOT NULL"
    )
    _check_odometer = models.Constraint(
        "CHECK (odometer >= 0)", "An odometer reading cannot be negative."
    )

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

    @api.depends("line_ids.amount", "line_ids.cost")
    def _compute_totals(self):
        for visit in self:
            visit.amount_total = sum(visit.line_ids.mapped("amount"))
            visit.cost_total = sum(visit.line_ids.mapped("cost"))

    @api.depends("date_arrival", "is_history", "state")
    def _compute_archive_deadline(self):
        """The archive is due two days after arrival (规定 2), in the company's days."""
        for company, visits in self.grouped("company_id").items():
            clocked = visits.filtered(
                lambda visit: (
                    visit.date_arrival
                    and not visit.is_history
                    and visit.state != "cancelled"
                )
            )
            (visits - clocked).archive_deadline = False
            arrivals = {
                visit: company._aftersales_date(visit.date_arrival) for visit in clocked
            }
            deadlines = company._aftersales_add_days(
                arrivals.values(), company.aftersales_archive_days
            )
            for visit, arrival in arrivals.items():
                visit.archive_deadline = deadlines[arrival]

    @api.depends("archive_date", "archive_deadline")
    def _compute_archive_on_time(self):
        for visit in self:
            filed, deadline = visit.archive_date, visit.archive_deadline
            visit.archive_on_time = bool(filed and deadline and filed <= deadline)

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

    @api.constrains("date_arrival", "date_delivery")
    def _check_dates(self):
        for visit in self:
            if visit.date_delivery and visit.date_delivery < visit.date_arrival:
                raise ValidationError(
                    self.env._(
                        "Visit %(visit)s cannot end before it began.", visit=visit.name
                    )
                )

    @api.onchange("vehicle_id")
    def _onchange_vehicle_id(self):
        """Offer the owner as the customer, or say that somebody else owns the car."""
        owner = self.vehicle_id.aftersales_owner_id
        if owner and not self.partner_id:
            self.partner_id = owner
        return self._warn_of_other_owner()

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Offer the customer's only car and last wish."""
        if not self.vehicle_id:
            self.vehicle_id = self.partner_id._aftersales_get_only_vehicle()
        self.wish = self.wish or self.partner_id.aftersales_wish
        return self._warn_of_other_owner()

    @api.onchange("odometer")
    def _onchange_odometer(self):
        last = self.vehicle_id.odometer
        if not self.odometer or not last or self.odometer >= last:
            return None
        return {
            "warning": {
                "title": self.env._("Odometer"),
                "message": self.env._(
                    "The last reading of this car was %(last)s km. Is %(now)s km "
                    "right?",
                    last=round(last),
                    now=round(self.odometer),
                ),
            }
        }

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
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Open the archive of each customer who came in, and start its clock."""
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
        visits._mark_history()
        visits._designate_officers()
        visits.partner_id._aftersales_number_archive()
        current = visits.filtered(lambda visit: not visit.is_history)
        current.partner_id._aftersales_open_archive()
        visits._take_ownerless_cars()
        visits._log_odometer()
        visits._sync_reminders()
        over = visits.filtered(lambda visit: visit.state in OVER)
        over._plan_followups()
        return visits

    def write(self, vals):
        result = super().write(vals)
        if {"odometer", "vehicle_id", "date_arrival"} & vals.keys():
            self._log_odometer()
        moved = {"officer_id", "acting_user_id", "date_arrival", "state"}
        if (moved | {"archive_date"}) & vals.keys():
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

    def action_deliver(self):
        """Hand the cars over to their customers: the follow-ups are planned."""
        self._end("workshop", "delivered")

    def action_close(self):
        """End consultations: the follow-ups are planned."""
        self._end("consultation", "closed")

    def action_cancel(self):
        """Cancel visits that did not take place, with their follow-ups."""
        self.check_access("write")
        self.sudo().write({"state": "cancelled"})
        self._unplan(self.env._("The visit was cancelled."))
        self._log_odometer()

    def action_reopen(self):
        """Take visits back into progress; the follow-ups are planned anew later."""
        self.check_access("write")
        self.sudo().write(
            {"state": "open", "date_delivery": False, "is_history": False}
        )
        self._unplan(self.env._("The visit was reopened."))
        self._log_odometer()

    def action_file_archive(self):
        """File the archive of the visits' customers (规定 2, 3).

        :raise UserError: naming everything that is missing in the archive
        """
        self.check_access("write")
        for visit in self:
            missing = visit._get_missing_archive_data()
            if missing:
                raise UserError(
                    self.env._(
                        "The archive of %(customer)s (visit %(visit)s) is not "
                        "complete. Still missing: %(missing)s.",
                        customer=visit.partner_id.display_name,
                        visit=visit.name,
                        missing=format_list(self.env, missing),
                    )
                )
        self._finish_reminders()
        for company, visits in self.grouped("company_id").items():
            today = company._aftersales_date()
            visits.sudo().archive_date = today
            visits.partner_id.sudo().write(
                {
                    "aftersales_archive_state": "complete",
                    "aftersales_archive_date": today,
                }
            )
            for visit in visits.filtered("wish"):
                visit.partner_id.sudo().aftersales_wish = visit.wish
        self.filtered(lambda visit: visit.state in OVER)._plan_next_service()
        return True

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

    def _end(self, visit_type, state):
        """End visits of a type, and plan what follows."""
        self.check_access("write")
        for visit in self:
            if visit.state != "open" or visit.visit_type != visit_type:
                raise UserError(
                    self.env._(
                        "Visit %(visit)s (%(type)s, %(state)s) cannot be ended this "
                        "way: a car in the workshop is delivered, a consultation is "
                        "closed.",
                        visit=visit.name,
                        type=visit._get_label("visit_type"),
                        state=visit._get_label("state"),
                    )
                )
        undated = self.sudo().filtered(lambda visit: not visit.date_delivery)
        undated.write({"state": state, "date_delivery": fields.Datetime.now()})
        (self.sudo() - undated).write({"state": state})
        self._plan_followups()

    def _get_label(self, name):
        return dict(self._fields[name]._description_selection(self.env))[self[name]]

    def _end_imported(self):
        """Visits that come from a file with a past delivery are over."""
        now = fields.Datetime.now()
        for visit in self.sudo():
            if (
                visit.state == "open"
                and visit.date_delivery
                and visit.date_delivery <= now
            ):
                is_workshop = visit.visit_type == "workshop"
                visit.state = "delivered" if is_workshop else "closed"

    def _mark_history(self):
        """Mark visits that come in when even their first follow-up would be over."""
        over = self.filtered(lambda visit: visit.state in OVER)
        for company, visits in over.grouped("company_id").items():
            today = company._aftersales_date()
            rules = self.env["aftersales.followup.rule"]._get_rules("delivery", company)
            days = max(rules.mapped("latest_days"), default=0)
            oldest = company._aftersales_add_days([today], -days)[today]
            visits.sudo().filtered(
                lambda visit, company=company, oldest=oldest: (
                    company._aftersales_date(visit.date_delivery or visit.date_arrival)
                    < oldest
                )
            ).is_history = True

    def _designate_officers(self):
        """Give each visit the customer's officer, who may be designated only now."""
        without = self.filtered(lambda visit: not visit.officer_id)
        for company, visits in without.grouped("company_id").items():
            officers = visits.partner_id._aftersales_get_officers(company)
            for officer_id, officer_visits in visits.grouped(
                lambda visit, officers=officers: officers[visit.partner_id.id]
            ).items():
                officer_visits.officer_id = officer_id

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

    def _get_missing_archive_data(self):
        """Return the names of what the archive still lacks (规定 2, 3)."""
        self.ensure_one()
        partner, vehicle = self.partner_id, self.vehicle_id.sudo()
        checks = [
            (self.env._("name"), partner.name),
            (self.env._("phone"), partner.phone),
            (self.env._("address"), partner._aftersales_address()),
            (self.env._("wish (service the customer hopes for)"), self.wish),
            (self.env._("next service: content"), self.next_service_content),
            (self.env._("next service: date to contact"), self.next_contact_date),
        ]
        if self.visit_type == "workshop" or vehicle:
            checks += [
                (self.env._("plate"), vehicle.license_plate),
                (self.env._("car model"), vehicle.model_id),
                (
                    self.env._("maintenance cycle"),
                    vehicle.aftersales_interval_months
                    or vehicle.aftersales_interval_km,
                ),
            ]
        if self.visit_type == "workshop":
            checks.append((self.env._("what was serviced (lines)"), self.line_ids))
        return [label for label, value in checks if not value]

    def _last_service_text(self):
        """Return what was done, in the words of the lines, for scripts and forms."""
        return "、".join(self.line_ids.mapped("name")[:5])

    # guard

    def _is_guarded(self, name):
        """Visits of another program bring their numbers along."""
        return name != "name" and super()._is_guarded(name)

    def _may_write_guarded(self):
        """Supervisors import what the dealership did before, state and all."""
        return super()._may_write_guarded() or self.env.user.has_group(SUPERVISOR)

    def _get_settled_fields(self):
        return {
            "visit_type",
            "partner_id",
            "contact_id",
            "vehicle_id",
            "odometer",
            "date_arrival",
            "date_delivery",
        }

    def _is_settled(self):
        return self.state != "open"

    # reminder of the archive

    def _get_reminder_type(self):
        return self.env.ref("aftersales_followup.mail_activity_type_archive")

    def _get_reminder_domain(self):
        return [("archive_date", "=", False), ("archive_deadline", "!=", False)]

    def _prepare_reminder_vals(self):
        return {
            "user_id": self.acting_user_id.id,
            "date_deadline": self.archive_deadline,
            "summary": self.env._("File the archive"),
        }

    def _complete_from_reminder(self, feedback):
        self.action_file_archive()

    def _on_reminder_changed(self, activity):
        if activity.user_id and activity.user_id != self.acting_user_id:
            self.acting_user_id = activity.user_id

    # follow-ups

    def _prepare_followup_origin_vals(self, rule):
        """Return what a follow-up planned by ``rule`` takes from the visit."""
        return {
            "origin_key": rule._get_origin_key(self),
            "date_anchor": self.company_id._aftersales_date(self.date_delivery),
            "partner_id": self.partner_id.id,
            "vehicle_id": self.vehicle_id.id,
            "visit_id": self.id,
            "user_id": self.officer_id.id,
        }

    def _plan_followups(self):
        """Plan the follow-ups that the end of these visits calls for (规定 4)."""
        current = self.filtered(lambda visit: not visit.is_history)
        for company, visits in current.grouped("company_id").items():
            for rule in self.env["aftersales.followup.rule"]._get_rules(
                "delivery", company
            ):
                rule._plan(visits, company)
        current._plan_next_service()
        current.vehicle_id._cancel_superseded_reminders()

    def _plan_next_service(self):
        """Plan the contact that the officer designed when filing (规定 3).

        A date within an open follow-up of the visit needs no call of its own: its
        content joins that of the follow-up.
        """
        alone = self.browse()
        for visit in self.filtered("archive_date").filtered("next_contact_date"):
            content, date = visit.next_service_content, visit.next_contact_date
            near = visit.sudo().followup_ids.filtered(
                lambda followup, date=date: (
                    followup.state == "planned"
                    and followup.date_earliest <= date <= followup.date_deadline
                )
            )[:1]
            if not near:
                alone |= visit
            elif content not in (near.content or ""):
                near.content = "\n".join(filter(None, [near.content, content]))
        self.env["aftersales.followup"]._plan(
            [visit._prepare_next_service_vals() for visit in alone]
        )

    def _prepare_next_service_vals(self):
        """Return the vals of a follow-up on the day the officer chose."""
        return {
            "origin_key": f"next_service:visit:{self.id}:{self.next_contact_date}",
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "vehicle_id": self.vehicle_id.id,
            "visit_id": self.id,
            "user_id": self.officer_id.id,
            "channel": "call",
            "content": self.next_service_content,
            "date_anchor": self.next_contact_date,
            "date_earliest": self.next_contact_date,
            "date_deadline": self.next_contact_date,
        }

    def _unplan(self, reason):
        """Withdraw what is still planned because of these visits."""
        followups = (
            self.env["aftersales.followup"]
            .sudo()
            .search(
                [
                    ("visit_id", "in", self.ids),
                    ("case_id", "=", False),
                    ("state", "=", "planned"),
                ]
            )
        )
        followups._cancel(reason, withdrawn=True)
