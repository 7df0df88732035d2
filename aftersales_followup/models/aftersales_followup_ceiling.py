"""The contact ceiling: nobody is called too often, however many rules there are."""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL, format_date


class AftersalesFollowup(models.Model):
    _inherit = "aftersales.followup"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _keep_below_ceiling(self, rows):
        """Let contacts wait that would come too soon upon others (see the settings).

        Counted are the days of all contacts that are planned or done with a customer
        in a company, whatever the rule. What a rule plans above the ceiling waits
        until the first day on which it is below, or joins a contact that comes
        earlier; its window ends no earlier than that day, and the row says so. What
        answers a case, or was agreed with the customer, is never put off.
        """
        for company_id, theirs in _grouped(rows, "company_id").items():
            company = self.env["res.company"].sudo().browse(company_id)
            theirs = [
                row for row in theirs if row.get("rule_id") and not row.get("case_id")
            ]
            if company.aftersales_ceiling_contacts and theirs:
                today = company._aftersales_date()
                days = self._get_contact_days(company, theirs, today)
                for row in theirs:
                    taken = days.setdefault(row["partner_id"], set())
                    self._wait_below_ceiling(row, taken, company, today)

    @api.model
    def _get_contact_days(self, company, rows, today):
        """Return the days of contacts near those to plan: {customer id: set of dates}.

        What is planned and may begin already is for today.
        """
        span = timedelta(days=company.aftersales_ceiling_days)
        found = self.env.execute_query(
            SQL(
                """
                SELECT partner_id, array_agg(DISTINCT day)
                  FROM (SELECT followup.partner_id, CASE
                               WHEN followup.state = 'planned'
                               THEN GREATEST(followup.date_earliest, %(today)s)
                               ELSE %(done_day)s END AS day
                          FROM aftersales_followup followup
                         WHERE followup.partner_id = ANY(%(partners)s)
                           AND followup.company_id = %(company)s
                           AND followup.case_id IS NULL
                           AND (followup.state = 'planned'
                                OR (followup.state = 'done'
                                    AND followup.date_done >= %(since)s))
                       ) contact
                 WHERE day > %(since)s
                 GROUP BY partner_id
                """,
                done_day=SQL(
                    "(followup.date_done AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
                    company._aftersales_tz().zone,
                ),
                partners=list({row["partner_id"] for row in rows}),
                company=company.id,
                today=today,
                since=today - span,
            )
        )
        return {partner_id: set(days) for partner_id, days in found}

    @api.model
    def _wait_below_ceiling(self, row, days, company, today):
        """Put a row off to the first day on which it is below the contact ceiling.

        :param set days: days of the customer's other contacts; the row's own is added
        """
        limit = company.aftersales_ceiling_contacts
        span = company.aftersales_ceiling_days
        first = day = max(row["date_earliest"], today)
        while _is_above_ceiling(days, day, limit, span):
            day += timedelta(days=1)
        joins = day in days
        days.add(day)
        if day == first:
            return
        row["date_earliest"] = day
        row["date_deadline"] = max(row["date_deadline"], day)
        user = self.env["res.users"].sudo().browse(row["acting_user_id"])
        env = self.with_context(lang=user.lang).env
        values = {
            "first": format_date(env, first),
            "until": format_date(env, day),
            "contacts": limit,
            "days": span,
        }
        if joins:
            row["planning_note"] = env._(
                "Joins the contact from %(until)s on, instead of %(first)s: not more "
                "than %(contacts)s contacts in %(days)s days.",
                **values,
            )
        else:
            row["planning_note"] = env._(
                "Waits from %(first)s until %(until)s: not more than %(contacts)s "
                "contacts in %(days)s days.",
                **values,
            )


def _grouped(rows, name):
    """Return the rows by what they say for ``name``."""
    groups = {}
    for row in rows:
        groups.setdefault(row[name], []).append(row)
    return groups


def _is_above_ceiling(days, day, limit, span):
    """Return whether one more contact on ``day`` makes too many in ``span`` days.

    What falls on the same day is one contact: one call sees to both.
    """
    if day in days:
        return False
    near = sorted(other for other in days if abs((other - day).days) < span)
    window = sorted([*near, day])
    return any(
        (later - first).days < span
        for first, later in zip(window, window[limit:], strict=False)
    )
