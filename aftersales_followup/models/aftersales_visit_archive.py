"""The archive of a visit: due two days after arrival, filed once, when it is whole."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_list

from .notify import say_done
from .typed_values import is_typed


class AftersalesVisit(models.Model):
    _inherit = "aftersales.visit"

    archive_user_id = fields.Many2one(
        "res.users",
        string="Archive Filed by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    archive_checklist = fields.Json(
        string="Archive",
        compute="_compute_archive_checklist",
        help="What a whole archive holds, what of it is there, and where it is filled "
        "in.",
    )
    archive_filed_text = fields.Char(compute="_compute_archive_filed_text")

    @api.depends(
        "visit_type",
        "partner_id.name",
        "partner_id.phone",
        "partner_id.street",
        "vehicle_id.license_plate",
        "vehicle_id.model_id",
        "vehicle_id.aftersales_interval_months",
        "vehicle_id.aftersales_interval_km",
        "line_ids",
        "wish",
        "next_service_content",
        "next_contact_date",
    )
    @api.depends_context("lang")
    def _compute_archive_checklist(self):
        for visit in self:
            visit.archive_checklist = [
                {
                    "label": label,
                    "is_there": bool(value),
                    "model": record._name,
                    "id": record._origin.id,
                    "field": field,
                }
                for label, value, record, field in visit._get_archive_items()
            ]

    @api.depends("archive_date", "archive_result", "archive_user_id")
    @api.depends_context("lang")
    def _compute_archive_filed_text(self):
        results = dict(self._fields["archive_result"]._description_selection(self.env))
        for visit in self:
            visit.archive_filed_text = visit.archive_date and self.env._(
                "Archive filed on %(date)s by %(user)s: %(result)s",
                date=format_date(self.env, visit.archive_date),
                user=visit.archive_user_id.sudo().name or self.env._("nobody"),
                result=results.get(visit.archive_result, ""),
            )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_file_archive(self):
        """File the archive of the visits' customers (规定 2, 3), once.

        :raise UserError: naming everything that is missing in the archive, or when it
            was filed before
        """
        self.check_access("write")
        for visit in self:
            visit._check_fileable()
        self._finish_reminders()
        for company, visits in self.grouped("company_id").items():
            visits._stop_clock(
                "archive", company._aftersales_date(), {"archive_user_id": self.env.uid}
            )
            visits._keep_wishes(company)
        over = self.filtered(lambda visit: visit.state in ("delivered", "closed"))
        over._plan_next_service()
        return say_done(self.env._("Archives filed"), self, "aftersales-visits")

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    # the clock

    def _start_archive_clock(self):
        """The archive is due two days after arrival (规定 2), in the company's days.

        The deadline is counted once, with the settings of that day.
        """
        clocked = self.sudo().filtered(
            lambda visit: not visit.is_history and visit.state != "cancelled"
        )
        clocked._count_archive_deadline()
        clocked._start_clock("archive")

    def _count_archive_deadline(self):
        for company, visits in self.grouped("company_id").items():
            arrivals = visits.grouped(
                lambda visit, company=company: company._aftersales_date(
                    visit.date_arrival
                )
            )
            deadlines = company._aftersales_add_days(
                arrivals, company.aftersales_archive_days
            )
            for arrival, theirs in arrivals.items():
                theirs.archive_deadline = deadlines[arrival]

    def _move_archive_deadline(self):
        """Count anew from a corrected arrival; what is overdue already stays so."""
        for company, visits in self.sudo().grouped("company_id").items():
            today = company._aftersales_date()
            visits.filtered(
                lambda visit, today=today: (
                    visit.archive_result == "running"
                    and visit.archive_deadline >= today
                )
            )._count_archive_deadline()

    # filing

    def _check_fileable(self):
        """Raise UserError naming why the archive cannot be filed."""
        if self.archive_date:
            raise UserError(
                self.env._(
                    "The archive of visit %(visit)s was filed on %(date)s. What is "
                    "corrected later is kept in the history.",
                    visit=self.name,
                    date=format_date(self.env, self.archive_date),
                )
            )
        if self.state == "cancelled":
            raise UserError(
                self.env._(
                    "Visit %(visit)s was cancelled: there is nothing to file.",
                    visit=self.name,
                )
            )
        missing = self._get_missing_archive_data()
        if missing:
            raise UserError(
                self.env._(
                    "The archive of %(customer)s (visit %(visit)s) is not "
                    "complete. Still missing: %(missing)s.",
                    customer=self.partner_id.display_name,
                    visit=self.name,
                    missing=format_list(self.env, missing),
                )
            )
        if is_typed(self.env):
            self._check_next_contact()

    def _get_missing_archive_data(self):
        """Return the names of what the archive still lacks (规定 2, 3)."""
        self.ensure_one()
        return [
            label
            for label, value, _record, _field in self._get_archive_items()
            if not value
        ]

    def _get_archive_items(self):
        """Return what a whole archive holds (规定 2, 3), in the order of a form.

        :return: list of (label, value, record that holds it, name of the field)
        """
        partner, vehicle = self.partner_id, self.vehicle_id.sudo()
        items = [
            (self.env._("name"), partner.name, partner, "name"),
            (self.env._("phone"), partner.phone, partner, "phone"),
            (self.env._("address"), partner._aftersales_address(), partner, "street"),
        ]
        if self.visit_type == "workshop" or vehicle:
            cycle = vehicle.aftersales_interval_months or vehicle.aftersales_interval_km
            items += [
                (self.env._("plate"), vehicle.license_plate, vehicle, "license_plate"),
                (self.env._("car model"), vehicle.model_id, vehicle, "model_id"),
                (
                    *(self.env._("maintenance cycle"), cycle),
                    *(vehicle, "aftersales_interval_months"),
                ),
            ]
        if self.visit_type == "workshop":
            items.append(
                (
                    self.env._("what was serviced (lines)"),
                    self.line_ids,
                    self,
                    "line_ids",
                )
            )
        wish = self.env._("wish (service the customer hopes for)")
        content = self.env._("next service: content")
        day = self.env._("next service: date to contact")
        return [
            *items,
            (wish, self.wish, self, "wish"),
            (content, self.next_service_content, self, "next_service_content"),
            (day, self.next_contact_date, self, "next_contact_date"),
        ]

    # the customer's archive

    def _open_archives(self):
        """See that each customer who came in has an archive here, with its number.

        What was planned for the customer's long absence is over then.
        """
        Archive = self.env["aftersales.archive"]
        for company, visits in self.grouped("company_id").items():
            archives = Archive._get_archives(visits.partner_id, company)
            archives._assign_numbers()
            archives._aftersales_cancel_superseded()

    def _keep_wishes(self, company):
        """Keep the last wish of each customer in the archive of the company."""
        wishes = {visit.partner_id: visit.wish for visit in self if visit.wish}
        partners = self.env["res.partner"].union(*wishes)
        archives = self.env["aftersales.archive"]._get_archives(partners, company)
        for wish, theirs in archives.grouped(
            lambda archive: wishes[archive.partner_id]
        ).items():
            theirs.filtered(lambda archive, wish=wish: archive.wish != wish).write(
                {"wish": wish}
            )

    # reminder

    def _get_reminder_domain(self):
        return [("archive_result", "=", "running")]

    def _prepare_reminder_vals(self):
        return {
            "date_deadline": self.archive_deadline,
            "summary": self.env._("File the archive"),
        }

    def _complete_from_reminder(self, feedback):
        self.action_file_archive()

    def _on_reminder_changed(self, activity):
        if activity.user_id and activity.user_id != self.acting_user_id:
            self.acting_user_id = activity.user_id

    # reporting

    @api.model
    def _get_clock_columns(self, code):
        return super()._get_clock_columns(code) | {
            "user_id": self._get_clock_column("acting_user_id"),
            "partner_id": self._get_clock_column("partner_id"),
            "vehicle_id": self._get_clock_column("vehicle_id"),
        }
