"""My Calls: what an officer has to do today, in the order in which it is done."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Who is called first; of those called alike the best customers, then the dates.
DUE_ORDER = "due_group, segment_sequence, date_deadline, id"
# The keys are in the order of the groups: lists sort groups by them.
DUE_GROUPS = [
    ("now", "Now"),
    ("overdue", "Overdue"),
    ("today", "Due Today"),
    ("upcoming", "Later"),
]


class AftersalesFollowup(models.Model):
    _inherit = "aftersales.followup"

    due_group = fields.Selection(
        DUE_GROUPS,
        string="When to Call",
        compute="_compute_due_group",
        search="_search_due_group",
        help="Now: to be called back at this time. Later: not due today, or not to be "
        "called at this hour.",
    )

    @api.depends("is_call_back", "date_next", "date_deadline", "partner_id")
    @api.depends_context("company")
    def _compute_due_group(self):
        groups = dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, %s FROM aftersales_followup WHERE id = ANY(%s)",
                    self._get_due_group_sql(self._table),
                    self.ids,
                )
            )
        )
        for followup in self:
            followup.due_group = groups.get(followup._origin.id)

    def _search_due_group(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s = ANY(%s)",
                model._get_due_group_sql(alias),
                [group for group in value if group],
            )
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        """Group by what is known only while grouping: today, now, the hours."""
        if field_expr == "due_group":
            self._check_field_access(self._fields[field_expr], "read")
            return self._get_due_group_sql(alias)
        return super()._field_to_sql(alias, field_expr, query)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name == "due_group":
            return SQL("%s %s", self._get_due_group_sql(alias), direction)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    @api.model
    def _get_due_group_sql(self, alias):
        """Return the SQL of the group: to call back, overdue, due today, or later.

        Who named a time to be called back is called then. Whoever may not be called at
        this hour comes after all others.
        """
        self.flush_model(
            ["is_call_back", "date_next", "date_deadline", "partner_id", "company_id"]
        )
        self.env["aftersales.archive"].flush_model(["call_from", "call_to"])
        company, now = self.env.company, fields.Datetime.now()
        today, hour = company._aftersales_date(now), company._aftersales_hour(now)
        return SQL(
            """(CASE WHEN %(is_call_back)s AND %(date_next)s <= %(now)s THEN 'now'
                     WHEN %(deadline)s > %(today)s THEN 'upcoming'
                     WHEN EXISTS (
                        SELECT FROM aftersales_archive archive
                         WHERE archive.partner_id = %(partner_id)s
                           AND archive.company_id = %(company_id)s
                           AND archive.call_to > 0
                           AND NOT (archive.call_from <= %(hour)s
                                    AND %(hour)s < archive.call_to))
                        THEN 'upcoming'
                     WHEN %(deadline)s < %(today)s THEN 'overdue'
                     ELSE 'today' END)""",
            is_call_back=SQL.identifier(alias, "is_call_back"),
            date_next=SQL.identifier(alias, "date_next"),
            deadline=SQL.identifier(alias, "date_deadline"),
            partner_id=SQL.identifier(alias, "partner_id"),
            company_id=SQL.identifier(alias, "company_id"),
            now=now,
            today=today,
            hour=hour,
        )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def aftersales_get_my_figures(self):
        """Return the quiet line above My Calls: today, and how this month goes.

        :return: {"text": …, "details": what was kept of each deadline}
        """
        line = self.env["aftersales.dashboard"].get_my_line()
        texts = [self._get_progress_text(), line["text"]]
        return {**line, "text": " · ".join(filter(None, texts))}

    @api.model
    def _get_progress_text(self):
        """Return how many calls of today are made and left, and what is overdue."""
        company = self.env.company
        bounds = company._aftersales_bounds(*[company._aftersales_date()] * 2)
        made = self.env["aftersales.call"].search_count(
            [
                ("user_id", "=", self.env.uid),
                ("company_id", "=", company.id),
                ("state", "=", "registered"),
                ("followup_id", "!=", False),
                ("date", ">=", bounds[0]),
                ("date", "<", bounds[1]),
            ]
        )
        due = Domain(self._get_due_domain())
        left = self.search_count(due)
        overdue = self.search_count(due & Domain("is_overdue", "=", True))
        text = self.env._("%(made)s of %(all)s today", made=made, all=made + left)
        if not overdue:
            return text
        return text + " · " + self.env._("%(count)s overdue", count=overdue)

    @api.model
    def _get_due_domain(self):
        """Return the domain of the calls the user has to make today."""
        return [
            ("acting_user_id", "=", self.env.uid),
            ("state", "=", "planned"),
            ("channel", "!=", "letter"),
            ("letter_suggested", "=", False),
            ("date_earliest", "<=", self.env.company._aftersales_date()),
            "|",
            ("date_next", "=", False),
            ("date_next", "<=", fields.Datetime.now()),
        ]

    @api.model
    def _get_next_due(self, after=None):
        """Return the follow-up to see to next, apart from ``after``."""
        domain = self._get_due_domain()
        if after:
            domain = [*domain, ("id", "not in", after.ids)]
        return self.search(domain, order=DUE_ORDER, limit=1)
