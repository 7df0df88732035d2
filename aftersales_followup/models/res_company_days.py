"""Days: the dealership's own, in its time zone and, if it says so, its working days."""

from datetime import datetime, time, timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import SQL

# After so many days on which nobody works, a calendar says nothing sensible.
LONGEST_CLOSURE = 366

# The time zone of a company whose zone is joined (``_aftersales_zone_sql``).
ZONE = SQL("COALESCE(zone_company.aftersales_tz, 'UTC')")


class ResCompany(models.Model):
    """All that the house rules need to know of days, for every model."""

    _inherit = "res.company"

    aftersales_tz = fields.Selection(
        related="resource_calendar_id.tz",
        store=True,
        string="Time Zone of the Days",
        help="The house rules count the days of this time zone, the one of the working "
        "hours.",
    )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    # days and moments

    def _aftersales_tz(self):
        """Return the time zone whose days the house rules count."""
        self.ensure_one()
        return pytz.timezone(self.sudo().aftersales_tz or "UTC")

    def _aftersales_date(self, moment=None):
        """Return the dealership's own date at ``moment`` (naive UTC, default now)."""
        return self._aftersales_local(moment or fields.Datetime.now()).date()

    def _aftersales_local(self, moment):
        """Return a moment (naive UTC) on the dealership's own clock, with its zone."""
        return pytz.utc.localize(moment).astimezone(self._aftersales_tz())

    def _aftersales_hour(self, moment):
        """Return the hour of a moment (naive UTC) on the company's clock, as 13.5."""
        local = self._aftersales_local(moment)
        return local.hour + local.minute / 60

    def _aftersales_moment(self, day, hour=time.min):
        """Return the moment (naive UTC) at ``hour`` of the dealership's ``day``."""
        local = self._aftersales_tz().localize(datetime.combine(day, hour))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _aftersales_bounds(self, first, last):
        """Return when ``first`` begins and ``last`` is over (naive UTC, end excluded).

        :param date first: first day of a period
        :param date last: last day of it, included
        """
        return (
            self._aftersales_moment(first),
            self._aftersales_moment(last + timedelta(days=1)),
        )

    def _aftersales_date_sql(self, moment, company_id):
        """Return the SQL of the company's own date at a moment, as in a query.

        :param SQL moment: of a column that holds naive UTC
        :param SQL company_id: of the company whose days count
        """
        return SQL(
            """(%s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE((
                SELECT company.aftersales_tz FROM res_company company
                 WHERE company.id = %s), 'UTC'))::date""",
            moment,
            company_id,
        )

    def _aftersales_zone_sql(self, company_id):
        """Return the SQL of the join that brings the time zone of each row's company.

        For queries about many rows: ``_aftersales_day_sql`` reads it.

        :param SQL company_id: of the company whose days count
        """
        return SQL(
            "LEFT JOIN res_company zone_company ON zone_company.id = %s", company_id
        )

    def _aftersales_day_sql(self, moment, tz=ZONE):
        """Return the SQL of the company's own date where the zone is known.

        :param SQL moment: of a column that holds naive UTC
        :param SQL tz: of the time zone; default: the one that is joined
        """
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, tz)

    def _aftersales_moment_sql(self, day, tz=ZONE):
        """Return the SQL of the moment (naive UTC) at which a day begins there.

        :param SQL day: of a date
        :param SQL tz: of the time zone; default: the one that is joined
        """
        return SQL("(%s::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC')", day, tz)

    # counting on

    def _aftersales_add_days(self, dates, days, months=0):
        """Count months and days on from each of ``dates``, as the company counts.

        Months are calendar months, and month ends stay month ends. Where there are
        months, the days are calendar days, too.

        :param dates: iterable of dates
        :param int days: calendar days, or working days if the company says so;
            negative counts back
        :param int months: negative counts back
        :return: dict date -> date
        """
        self.ensure_one()
        dates = set(dates)
        if months or not self.aftersales_use_working_days:
            step = relativedelta(months=months, days=days)
            return {day: day + step for day in dates}
        return self._aftersales_add_working_days(dates, days)

    def _aftersales_add_working_days(self, dates, days):
        """Return the working day ``days`` after each date (0: that day or the next).

        Where nobody works for more than a year, calendar days count from then on.

        :return: dict date -> date
        """
        working = {}

        def works(day):
            if day.year not in working:
                working[day.year] = self._aftersales_working_days(
                    day.replace(month=1, day=1), day.replace(month=12, day=31)
                )
            return day in working[day.year]

        return {day: self._aftersales_shift(day, days, works) for day in set(dates)}

    @staticmethod
    def _aftersales_shift(day, days, works):
        """Return the day that lies ``days`` working days after ``day``.

        :param works: function that tells whether somebody works on a day
        """
        step = timedelta(days=1 if days >= 0 else -1)
        left, idle = abs(days), 0
        while left or not (works(day) or idle > LONGEST_CLOSURE):
            day += step
            idle = 0 if works(day) else idle + 1
            if left and (not idle or idle > LONGEST_CLOSURE):
                left -= 1
        return day

    def _aftersales_get_lost_days(self, dates):
        """Return when who came last on each of ``dates`` counts as lost: {date: date}.

        Calendar months: who came on 31 August is lost six months later on 28 February.
        """
        self.ensure_one()
        step = relativedelta(months=self.sudo().aftersales_lost_months)
        return {day: day + step for day in dates if day}

    # working days

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
            day = max(first.date(), start)
            while day <= min(last.date(), stop):
                noon = tz.localize(datetime.combine(day, time(12)))
                # A morning off does not make a holiday: noon has to be inside.
                if first <= noon <= last:
                    days[leave.time_type].add(day)
                day += timedelta(days=1)
        return days["leave"], days["other"]

    def _aftersales_next_working_moment(self, moment, user=None):
        """Return ``moment``, or when the company's working hours begin next.

        :param moment: naive UTC
        :param user: whose hours count, and time off, where he has some of his own here
        :return: naive UTC; ``moment`` itself where nobody works for a month
        """
        self.ensure_one()
        own = user and user.sudo().resource_ids.filtered(
            lambda resource: resource.company_id == self and resource.calendar_id
        )
        resource = own[:1] if own else self.env["resource.resource"]
        calendar = resource.calendar_id or self.sudo().resource_calendar_id
        start = pytz.utc.localize(moment)
        if not calendar:
            return moment
        hours = calendar._work_intervals_batch(
            start, start + timedelta(days=31), resources=resource or None
        )[resource.id]
        for begin, _end, _attendance in hours:
            return begin.astimezone(pytz.utc).replace(tzinfo=None)
        return moment

    def _aftersales_next_call_moment(self, moment, hour_from=0.0, hour_to=0.0):
        """Return ``moment``, or when a customer may be called next after it.

        That is in the company's working hours and in the customer's own, if he has any;
        where the two never meet for a month, in his own. Quarters of an hour are whole.

        :param moment: naive UTC
        :param float hour_from: since when he likes to be called, as 13.5
        :param float hour_to: until when; 0: at any hour
        :return: naive UTC
        """
        self.ensure_one()
        moment = self._aftersales_into_hours(moment, hour_from, hour_to)
        proposed = moment
        for _attempt in range(31):
            working = self._aftersales_next_working_moment(proposed)
            proposed = self._aftersales_into_hours(working, hour_from, hour_to)
            if proposed == working:
                return proposed
        return moment

    def _aftersales_into_hours(self, moment, hour_from, hour_to):
        """Return ``moment`` (naive UTC), or when these hours begin next after it."""
        moment = moment.replace(second=0, microsecond=0)
        moment += timedelta(minutes=-moment.minute % 15)
        hour = self._aftersales_hour(moment)
        if not hour_to or hour_from <= hour < hour_to:
            return moment
        day = self._aftersales_date(moment)
        if hour >= hour_to:
            day += timedelta(days=1)
        begin = (datetime.min + timedelta(hours=hour_from)).time()
        return self._aftersales_moment(day, begin)
