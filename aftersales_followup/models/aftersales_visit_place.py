"""Where a visit stands among those of its customer: what came before, what after."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .aftersales_visit import OVER

# Whatever changes of an ended visit moves it among the customer's visits.
PLACED_BY = {"state", "date_delivery", "partner_id", "company_id"}


class AftersalesVisit(models.Model):
    """Each visit that ended knows the days of its neighbours.

    So it can be told of a visit alone, without reading the customer's history, whether
    the customer was new, had been lost, or was lost afterwards. One company's visits
    tell nothing of another's customers.
    """

    _inherit = "aftersales.visit"

    date_end = fields.Date(
        string="Ended on",
        readonly=True,
        copy=False,
        help="The day of delivery, or of the end of a consultation, where it was.",
    )
    previous_end = fields.Date(
        string="Previous Visit",
        readonly=True,
        copy=False,
        help="When the customer's visit before this one ended. Empty: the first one.",
    )
    next_end = fields.Date(
        string="Next Visit",
        readonly=True,
        copy=False,
        help="When the customer's visit after this one ended. Empty: the last one.",
    )
    is_won_back = fields.Boolean(
        string="Won Back",
        compute="_compute_is_won_back",
        search="_search_is_won_back",
        help="The customer had been lost before this visit.",
    )
    is_lost_after = fields.Boolean(
        string="Lost Afterwards",
        compute="_compute_is_lost_after",
        search="_search_is_lost_after",
        help="The customer did not come again in time, and so was lost.",
    )

    _ended = models.Index(
        "(company_id, date_end) "
        "INCLUDE (partner_id, spend_total, previous_end, next_end) "
        "WHERE date_end IS NOT NULL"
    )
    # When a customer came.
    _of_customer = models.Index("(partner_id, date_arrival)")
    _came = models.Index("(company_id, date_arrival) INCLUDE (visit_type, state)")
    _archive_due = models.Index(
        "(company_id, archive_deadline) INCLUDE (archive_result, acting_user_id) "
        "WHERE archive_result IS NOT NULL"
    )

    @api.depends("previous_end", "date_end", "company_id.aftersales_lost_months")
    def _compute_is_won_back(self):
        for company, visits in self.grouped("company_id").items():
            lost = company._aftersales_get_lost_days(visits.mapped("previous_end"))
            for visit in visits:
                before = visit.previous_end
                visit.is_won_back = bool(before) and lost[before] < visit.date_end

    def _search_is_won_back(self, operator, value):
        return self._search_by_lost_day(operator, value, self._get_won_back_sql)

    @api.depends("date_end", "next_end", "company_id.aftersales_lost_months")
    def _compute_is_lost_after(self):
        for company, visits in self.grouped("company_id").items():
            today = company._aftersales_date()
            lost = company._aftersales_get_lost_days(visits.mapped("date_end"))
            for visit in visits:
                day = lost.get(visit.date_end)
                visit.is_lost_after = bool(day and day <= today) and (
                    not visit.next_end or visit.next_end > day
                )

    def _search_is_lost_after(self, operator, value):
        return self._search_by_lost_day(operator, value, self._get_lost_after_sql)

    def _search_by_lost_day(self, operator, value, get_sql):
        if operator != "in":
            return NotImplemented
        found = Domain.custom(to_sql=lambda model, alias, query: get_sql(alias))
        return Domain.OR(found if flag else ~found for flag in value)

    @api.model
    def _get_won_back_sql(self, alias):
        return SQL(
            "COALESCE(%s < %s, FALSE)",
            self._get_lost_day_sql(alias, "previous_end"),
            self._field_to_sql(alias, "date_end"),
        )

    @api.model
    def _get_lost_after_sql(self, alias):
        lost = self._get_lost_day_sql(alias, "date_end")
        following = self._field_to_sql(alias, "next_end")
        today = self.env["res.company"]._aftersales_date_sql(
            SQL("%s", fields.Datetime.now()), self._field_to_sql(alias, "company_id")
        )
        return SQL(
            "COALESCE(%s <= %s AND (%s IS NULL OR %s > %s), FALSE)",
            lost,
            today,
            following,
            following,
            lost,
        )

    @api.model
    def _get_lost_day_sql(self, alias, name):
        """Return the SQL of when who came last on a day is lost."""
        companies = self.env["res.company"]
        return SQL(
            """(%s + make_interval(months => (
                SELECT %s FROM res_company WHERE res_company.id = %s)))""",
            self._field_to_sql(alias, name),
            companies._field_to_sql("res_company", "aftersales_lost_months"),
            self._field_to_sql(alias, "company_id"),
        )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_places_to_leave(self, vals):
        """Return whose visits these are, where ``vals`` may move them."""
        if not PLACED_BY & vals.keys():
            return set()
        return self.filtered(lambda visit: visit.state in OVER)._get_owners()

    def _place_among_visits(self, left=(), vals=None):
        """See that these visits and their neighbours know each other.

        :param left: whose visits they were before, as ``_get_owners`` returns it
        :param dict vals: what was written; ``None``: the visits are new
        """
        if vals is not None and not PLACED_BY & vals.keys():
            return
        ended = self.filtered(lambda visit: visit.state in OVER)
        self._place_visits(ended._get_owners() | set(left))

    def _get_owners(self):
        """Return whose visits these are: {(customer id, company id)}."""
        return {(visit.partner_id.id, visit.company_id.id) for visit in self}

    @api.model
    def _place_visits(self, owners):
        """Write on each visit of these customers when it and its neighbours ended.

        Visits of one day follow each other by the moment of their ends.

        :param owners: {(customer id, company id)}
        """
        if not owners:
            return
        names = ["date_end", "previous_end", "next_end"]
        self.flush_model(["state", "date_delivery", "partner_id", "company_id"])
        partner_ids, company_ids = zip(*sorted(owners), strict=True)
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE aftersales_visit placed
                   SET date_end = told.day,
                       previous_end = told.previous_day,
                       next_end = told.next_day
                  FROM (SELECT id, day,
                               lag(day) OVER queue AS previous_day,
                               lead(day) OVER queue AS next_day
                          FROM (SELECT visit.*, %(day)s AS day
                                  FROM aftersales_visit visit
                                  JOIN unnest(%(partners)s::int[], %(companies)s::int[])
                                       owner(partner_id, company_id)
                                    ON owner.partner_id = visit.partner_id
                                   AND owner.company_id = visit.company_id
                                 WHERE visit.state IN ('delivered', 'closed')) ended
                        WINDOW queue AS (PARTITION BY partner_id, company_id
                                         ORDER BY date_delivery, id)
                         UNION ALL
                        SELECT visit.id, NULL, NULL, NULL
                          FROM aftersales_visit visit
                          JOIN unnest(%(partners)s::int[], %(companies)s::int[])
                               owner(partner_id, company_id)
                            ON owner.partner_id = visit.partner_id
                           AND owner.company_id = visit.company_id
                         WHERE visit.state NOT IN ('delivered', 'closed')) told
                 WHERE told.id = placed.id
                   AND (placed.date_end, placed.previous_end, placed.next_end)
                       IS DISTINCT FROM (told.day, told.previous_day, told.next_day)
             RETURNING placed.id
                """,
                day=self.env["res.company"]._aftersales_date_sql(
                    SQL("visit.date_delivery"), SQL("visit.company_id")
                ),
                partners=list(partner_ids),
                companies=list(company_ids),
            )
        )
        self.browse(visit_id for (visit_id,) in rows).invalidate_recordset(
            names, flush=False
        )
