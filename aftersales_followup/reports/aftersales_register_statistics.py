from collections import Counter

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .register_layout import Column

# What is counted of each contact, in the order of the columns.
FIGURES = ("due", "on_time", "early", "late", "missed", "not_reached", "came", "open")
RETURN_DAYS = 30  # within which a visit counts as brought in by the contact


class AftersalesRegisterStatistics(models.AbstractModel):
    """Monthly contact statistics (月访客户统计表): what became of what was due."""

    _name = "aftersales.register.statistics"
    _description = "Monthly Contact Statistics"
    _inherit = ["aftersales.register.contact"]

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_title(self):
        return self.env._("Monthly Contact Statistics")

    @api.model
    def _get_own_columns(self):
        return [
            Column("by", self.env._("By What"), 130),
            Column("what", self.env._("Occasion or Day"), 440),
            Column("due", self.env._("Due"), 110, "number"),
            Column("on_time", self.env._("On Time"), 110, "number"),
            Column("early", self.env._("Early"), 110, "number"),
            Column("late", self.env._("Late"), 110, "number"),
            Column("missed", self.env._("Missed"), 110, "number"),
            Column("rate", self.env._("On Time (%)"), 120, "number"),
            Column("not_reached", self.env._("Of These Not Reached"), 120, "number"),
            Column("came", self.env._("Came Back"), 120, "number"),
            Column("open", self.env._("Still Open"), 120, "number"),
        ]

    @api.model
    def _count_period(self, company, date_from, date_to, officers):
        officers = self._check_officers(officers)
        return super()._count_period(company, date_from, date_to, officers)

    @api.model
    def _check_officers(self, officers):
        """Return whose statistics are made: a colleague's are the supervisor's.

        :raise AccessError: if somebody else asks for them
        """
        user = self.env.user
        if self.env.su or self.env["res.users"]._aftersales_is_supervisor():
            return officers
        if officers - user:
            raise AccessError(
                self.env._(
                    "Only a supervisor sees the statistics of colleagues. Choose "
                    "yourself as the officer."
                )
            )
        return user

    @api.model
    def _get_rows_by_officer(self, company, date_from, date_to, officers):
        """Return the statistics of each officer, and before them those of all."""
        officers = self._check_officers(officers)
        counted = self._count(company, date_from, date_to, officers)
        by_officer = {}
        for line in counted:
            by_officer.setdefault(line["officer"], []).append(line)
        parts = [
            (name, *self._make_part(by_officer[name])) for name in sorted(by_officer)
        ]
        if len(parts) > 1:
            count, rows = self._make_part(counted, ("officer", "occasion", "day"))
            parts.insert(0, (self.env._("All Officers"), count, rows))
        return parts

    @api.model
    def _make_part(self, counted, kinds=("occasion", "day")):
        """Return (number due, rows) of some counted lines, with their total last."""
        labels = {
            "officer": self.env._("Officer"),
            "occasion": self.env._("Occasion"),
            "day": self.env._("Day"),
        }
        rows = []
        for kind in kinds:
            sums = {}
            for line in counted:
                sums.setdefault(line[kind], Counter()).update(line["figures"])
            rows += [
                self._make_statistics_row(labels[kind], str(key), sums[key])
                for key in sorted(sums)
            ]
        total = Counter()
        for line in counted:
            total.update(line["figures"])
        rows.append(self._make_statistics_row(self.env._("Total"), None, total))
        return total["due"], rows

    @api.model
    def _make_statistics_row(self, kind, what, figures):
        due, on_time, early, late, missed, not_reached, came, still_open = (
            figures[name] for name in FIGURES
        )
        rate = round(100 * on_time / due, 1) if due else None
        numbers = (due, on_time, early, late, missed, rate, not_reached, came)
        return (kind, what, *numbers, still_open)

    @api.model
    def _count(self, company, date_from, date_to, officers):
        """Count the contacts by officer, occasion and deadline, in one statement.

        Due is what was done, or whose deadline is over: on time, early, late and
        missed add up to it. Not reached are those of the missed that somebody tried to
        reach. A customer came back who arrived within 30 days after the contact.
        """
        Followup = self.env["aftersales.followup"]
        self.env.flush_all()
        domain = self._get_entry_domain(company, date_from, date_to, officers)
        query = Followup._search(domain)
        names = ("acting_user_id", "rule_id", "campaign_id", "channel", "date_deadline")
        keys = [
            *(self._sql_field(query, name) for name in names),
            SQL("%s IS NOT NULL", self._sql_field(query, "case_id")),
            SQL("%s IS NOT NULL", self._sql_field(query, "visit_id")),
        ]
        query.groupby = SQL(", ").join(keys)
        figures = self._get_figures_sql(query, company)
        rows = self.env.execute_query(
            query.select(
                SQL("min(%s)", SQL.identifier(query.table, "id")),
                keys[0],
                keys[4],
                *(SQL("count(*) FILTER (WHERE %s)", figures[name]) for name in FIGURES),
            )
        )
        # Each group has one occasion, which any of its contacts tells.
        examples = Followup.sudo().browse(row[0] for row in rows)
        users = self.env["res.users"].sudo().browse({row[1] for row in rows})
        _mask_phone, mask_text = self._get_phone_masks()
        return [
            {
                "officer": users.browse(user_id).with_prefetch(users.ids).name or "",
                "occasion": mask_text(example.occasion),
                "day": day,
                "figures": dict(zip(FIGURES, counts, strict=True)),
            }
            for example, (_id, user_id, day, *counts) in zip(
                examples, rows, strict=True
            )
        ]

    @api.model
    def _get_figures_sql(self, query, company):
        """Return the SQL of whether a contact counts, by name of the figure."""
        result = self._sql_field(query, "result")
        is_over = SQL(
            "%s < %s",
            self._sql_field(query, "date_deadline"),
            company._aftersales_date(),
        )
        missed = SQL(
            "(%(result)s = 'missed' OR (%(result)s = 'running' AND %(is_over)s))",
            result=result,
            is_over=is_over,
        )
        return {
            "due": SQL("(%s != 'running' OR %s)", result, is_over),
            "on_time": SQL("%s = 'on_time'", result),
            "early": SQL("%s = 'early'", result),
            "late": SQL("%s = 'late'", result),
            "missed": missed,
            "not_reached": SQL(
                "%s AND %s > 0", missed, self._sql_field(query, "attempts")
            ),
            "came": SQL(
                """%(result)s IN ('on_time', 'early', 'late') AND EXISTS (
                    SELECT FROM aftersales_visit visit
                     WHERE visit.partner_id = %(partner)s
                       AND visit.company_id = %(company)s
                       AND visit.state != 'cancelled'
                       AND visit.date_arrival >= %(done)s
                       AND visit.date_arrival < %(done)s + make_interval(days => %(n)s))
                """,
                result=result,
                partner=self._sql_field(query, "partner_id"),
                company=company.id,
                done=self._sql_field(query, "date_done"),
                n=RETURN_DAYS,
            ),
            "open": SQL("(%s = 'running' AND NOT %s)", result, is_over),
        }
