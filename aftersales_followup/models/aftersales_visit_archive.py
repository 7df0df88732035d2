"""The archive of a visit: due two days after arrival, filed once, when it is whole."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_list


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
        return True

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
