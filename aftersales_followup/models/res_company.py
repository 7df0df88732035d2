from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_interval_months = fields.Integer(
        string="Maintenance Cycle (months)",
        default=6,
        help="Maintenance cycle of cars whose model has none of its own.",
    )
    aftersales_interval_km = fields.Integer(
        string="Maintenance Cycle (km)",
        default=5000,
        help="Maintenance cycle of cars whose model has none of its own.",
    )
    aftersales_archive_days = fields.Integer(
        string="Days to File an Archive",
        default=2,
        help="An archive is due this many days after the car arrives.",
    )
    aftersales_escalate_days = fields.Integer(
        string="Days to Report a Case",
        default=2,
        help="A case that the officer cannot solve is reported to the supervisor "
        "within this many days.",
    )
    aftersales_solve_days = fields.Integer(
        string="Days to Solve a Case",
        default=7,
        help="A case should have a solution this many days after it was raised.",
    )
    aftersales_use_working_days = fields.Boolean(
        string="Count Working Days",
        help="Deadlines count the working days of the company's working hours instead "
        "of calendar days. Public holidays are its time off; a make-up working day is "
        "an entry of its time off with the type 'Other'.",
    )
    aftersales_at_risk_months = fields.Integer(
        string="At Risk after (months)",
        default=6,
        help="A customer is at risk of being lost this long after the last visit.",
    )
    aftersales_lost_months = fields.Integer(
        string="Lost after (months)",
        default=12,
        help="A customer counts as lost this long after the last visit.",
    )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _aftersales_tz(self):
        """Return the time zone whose days the house rules count."""
        self.ensure_one()
        return pytz.timezone(self.sudo().resource_calendar_id.tz or "UTC")

    def _aftersales_date(self, moment=None):
        """Return the dealership's own date at ``moment`` (naive UTC, default now)."""
        moment = moment or fields.Datetime.now()
        return pytz.utc.localize(moment).astimezone(self._aftersales_tz()).date()

    def _aftersales_add_days(self, dates, days):
        """Count ``days`` on from each of ``dates``, as the company counts days.

        :param dates: iterable of dates
        :param int days: calendar days, or working days if the company says so;
            negative counts back
        :return: dict date -> date
        """
        self.ensure_one()
        dates = set(dates)
        if not dates or not self.aftersales_use_working_days:
            return {day: day + timedelta(days=days) for day in dates}
        # Three weeks of Spring Festival fit into this margin.
        span = timedelta(days=abs(days) * 3 + 30)
        working = self._aftersales_working_days(min(dates) - span, max(dates) + span)
        return {day: self._aftersales_shift(day, days, working) for day in dates}

    def _aftersales_shift(self, day, days, working):
        """Return the working day ``days`` after ``day`` (0: that day or the next)."""
        step = timedelta(days=1 if days >= 0 else -1)
        left = abs(days)
        while left or day not in working:
            day += step
            if day in working and left:
                left -= 1
        return day

    def _aftersales_working_days(self, start, stop):
        """Return the set of working days from ``start`` to ``stop`` (dates, both in).

        A day of the week with working hours, unless a public holiday takes the whole
        of it; a make-up day (time off of the type *Other*) works on any weekday.
        """
        calendar = self.sudo().resource_calendar_id
        weekdays = {int(day) for day in calendar.attendance_ids.mapped("dayofweek")}
        weekdays = weekdays or set(range(7))
        holidays, makeup = self._aftersales_exceptional_days(start, stop)
        days = (start + timedelta(days=n) for n in range((stop - start).days + 1))
        return {
            day
            for day in days
            if day in makeup or (day.weekday() in weekdays and day not in holidays)
        }

    def _aftersales_exceptional_days(self, start, stop):
        """Return (holidays, make-up days) of the calendar, two sets of dates."""
        tz = self._aftersales_tz()
        calendar = self.sudo().resource_calendar_id
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id", "=", False),
                    ("calendar_id", "in", [calendar.id, False]),
                    ("company_id", "in", [self.id, False]),
                    ("date_from", "<=", datetime.combine(stop, time.max)),
                    ("date_to", ">=", datetime.combine(start, time.min)),
                ]
            )
        )
        days = {"leave": set(), "other": set()}
        for leave in leaves:
            first = pytz.utc.localize(leave.date_from).astimezone(tz)
            last = pytz.utc.localize(leave.date_to).astimezone(tz)
            day = first.date()
            while day <= last.date():
                noon = tz.localize(datetime.combine(day, time(12)))
                # A morning off does not make a holiday: noon has to be inside.
                if first <= noon <= last:
                    days[leave.time_type].add(day)
                day += timedelta(days=1)
        return days["leave"], days["other"]

    def _aftersales_generate_demo(self):
        """Give the demo dealership its past: visits, calls, letters (see ``demo``).

        Called by the demo data alone, and imported here, so that where demo data is
        off nothing of it is even loaded.
        """
        from ..demo.history import History  # noqa: PLC0415

        History(self).live()
