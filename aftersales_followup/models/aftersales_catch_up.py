"""What is planned or comes in after its time: due from now on, and spread fairly.

Nobody can keep a deadline that was over before the work was known. Such work begins
today or later, so many a day, and its clock runs from there.
"""

from collections import Counter

from odoo import api, models
from odoo.tools import format_date

from .typed_values import HISTORY, is_imported

PER_DAY = 10  # pieces of such work for one officer on one day
DAYS = 3  # working days to do one of them


class AftersalesFollowupRule(models.Model):
    _inherit = "aftersales.followup.rule"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _catch_up(self, rows, company):
        """Give rows of ``aftersales.followup._plan`` whose window is over a new one.

        An officer's customers are called one after the other, from today on. What is
        told of the past was planned in its time.
        """
        if self.env.context.get(HISTORY):
            return
        today = company._aftersales_date()
        over = [row for row in rows if row["date_deadline"] < today]
        if not over:
            return
        user_ids = list({row["user_id"] for row in over})
        taken = Counter(
            {
                (user.id, day): count
                for user, day, count in self.env["aftersales.followup"]
                .sudo()
                ._read_group(
                    [
                        ("company_id", "=", company.id),
                        ("state", "=", "planned"),
                        ("user_id", "in", user_ids),
                        ("date_earliest", ">=", today),
                    ],
                    ["user_id", "date_earliest:day"],
                    ["__count"],
                )
            }
        )
        days = _Days(company, today)
        users = self.env["res.users"].sudo().browse(user_ids)
        langs = {user.id: user.lang for user in users}
        for row in over:
            begin = days.take(row["user_id"], taken)
            env = self.with_context(lang=langs[row["user_id"]]).env
            row |= {
                "planning_note": env._(
                    "Caught up: its time was over on %(date)s, before it was known.",
                    date=format_date(env, row["date_deadline"]),
                ),
                "date_earliest": begin,
                "date_deadline": days.after(begin, DAYS),
            }


class AftersalesVisit(models.Model):
    _inherit = "aftersales.visit"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _count_archive_deadline(self):
        """What came by import is filed from now on, so many archives a day."""
        result = super()._count_archive_deadline()
        if not is_imported(self.env):
            return result
        for company, visits in self.grouped("company_id").items():
            today = company._aftersales_date()
            over = visits.filtered(
                lambda visit, today=today: (
                    visit.archive_deadline and visit.archive_deadline < today
                )
            )
            if not over:
                continue
            officers = self.env["res.users"]._aftersales_officers(company)
            taken = Counter(
                {
                    (False, day): count // max(len(officers), 1)
                    for day, count in self.sudo()._read_group(
                        [
                            ("company_id", "=", company.id),
                            ("archive_result", "=", "running"),
                            ("archive_deadline", ">=", today),
                        ],
                        ["archive_deadline:day"],
                        ["__count"],
                    )
                }
            )
            days = _Days(company, today, company.aftersales_archive_days)
            for visits_of_day in split(over.sorted("date_arrival"), len(officers)):
                visits_of_day.archive_deadline = days.take(False, taken)
        return result


class _Days:
    """The working days of a company, given out one by one."""

    def __init__(self, company, today, ahead=0):
        self._company = company
        self._first = self.after(today, ahead)
        self._next = {}

    def after(self, day, days):
        return self._company._aftersales_add_working_days([day], days)[day]

    def take(self, user_id, taken):
        """Return the first day on which a user has room, and take it.

        :param Counter taken: what is on each (user id, day) already
        """
        day = self._next.get(user_id, self._first)
        while taken[user_id, day] >= PER_DAY:
            day = self.after(day, 1)
        taken[user_id, day] += 1
        self._next[user_id] = day
        return day


def split(records, size):
    """Return records in parts of ``size``, at least one each."""
    size = max(size, 1)
    return [records[n : n + size] for n in range(0, len(records), size)]
