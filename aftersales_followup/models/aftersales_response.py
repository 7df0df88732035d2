from odoo import api, fields, models
from odoo.tools import SQL

from .none_labels import NO_CAMPAIGN, NO_RULE
from .res_company_days import ZONE

# Whoever comes within so many days after a contact came because of it.
RESPONSE_DAYS = 30
# The time zone of the dealership of a contact.
TZ = SQL("contact.tz")
RULES = ("maintenance", "lost", "insurance", "inspection", "campaign_call")


class AftersalesResponse(models.Model):
    """What contacts bring: who was contacted in a month, and who came then.

    One row for each customer, dealership and month with a contact by the rules for
    maintenance, long absence, insurance, inspection, or the notice of a campaign: the
    first one in which the customer was reached, on that day; else the first one that
    was due and reached nobody, on the day of its deadline. Those tell what would have
    come anyway.

    A visit is the first one within thirty days. Its revenue is that of the earliest
    contact whose visit it is, so that nothing is counted twice.
    """

    _name = "aftersales.response"
    _description = "Response to Contacts"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "followup_id"

    followup_id = fields.Many2one(
        "aftersales.followup", string="Follow-up", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    vehicle_id = fields.Many2one("fleet.vehicle", string="Car", readonly=True)
    user_id = fields.Many2one("res.users", string="Officer", readonly=True)
    rule_id = fields.Many2one(
        "aftersales.followup.rule", readonly=True, falsy_value_label=NO_RULE
    )
    campaign_id = fields.Many2one(
        "aftersales.campaign", readonly=True, falsy_value_label=NO_CAMPAIGN
    )
    topic_ids = fields.Many2many(related="followup_id.topic_ids", string="Topics")
    reached = fields.Boolean(readonly=True)
    contact = fields.Selection(
        [("reached", "Reached"), ("unreached", "Not Reached")],
        string="Reached or Not",
        readonly=True,
        help="What figures are grouped by: reached or not, in words.",
    )
    date = fields.Date(
        string="Contacted on",
        readonly=True,
        help="The day on which the customer was reached; of one who was not, the "
        "deadline.",
    )
    state = fields.Char(readonly=True)
    date_done = fields.Datetime(string="Done on", readonly=True)
    date_deadline = fields.Date(string="Deadline", readonly=True)
    visit_id = fields.Many2one(
        "aftersales.visit",
        readonly=True,
        help="The first visit within 30 days after the contact.",
    )
    contact_count = fields.Integer(string="Contacts", readonly=True)
    came = fields.Boolean(
        string="Came within 30 Days",
        readonly=True,
        help="The customer came within 30 days.",
    )
    answer = fields.Selection(
        [("came", "Came within 30 Days"), ("stayed_away", "Did Not Come")],
        string="Came or Not",
        readonly=True,
        help="What figures are grouped by: came or not, in words.",
    )
    came_count = fields.Integer(string="How Many Came", readonly=True)
    days = fields.Integer(
        string="Days until the Visit", readonly=True, aggregator="avg"
    )
    revenue = fields.Float(
        readonly=True, digits=(16, 2), help="What customer, insurer and maker paid."
    )

    @property
    def _table_query(self):
        for model, names in self._get_read_fields().items():
            self.env[model].flush_model(names)
        companies = self.env["res.company"]
        return SQL(
            """
            SELECT contact.id AS id, contact.id AS followup_id, contact.company_id,
                   contact.partner_id, contact.vehicle_id,
                   contact.acting_user_id AS user_id, contact.rule_id,
                   contact.campaign_id, contact.reached, contact.day AS date,
                   CASE WHEN contact.reached THEN 'reached' ELSE 'unreached' END
                       AS contact,
                   contact.state, contact.date_done, contact.date_deadline,
                   1 AS contact_count,
                   visit.id AS visit_id, visit.id IS NOT NULL AS came,
                   (visit.id IS NOT NULL)::int AS came_count,
                   CASE WHEN visit.id IS NULL THEN 'stayed_away' ELSE 'came' END
                       AS answer,
                   %(arrival_day)s - contact.day AS days,
                   CASE WHEN visit.id IS NULL OR %(claimed)s THEN 0
                        ELSE %(revenue)s END AS revenue
              FROM %(contacts)s contact
         LEFT JOIN LATERAL (
                   SELECT visit.id, visit.state, visit.visit_type, visit.date_arrival
                     FROM aftersales_visit visit
                    WHERE %(is_answer)s
                    ORDER BY visit.date_arrival, visit.id
                    LIMIT 1) visit ON TRUE
             WHERE %(is_first)s
            """,
            arrival_day=companies._aftersales_day_sql(SQL("visit.date_arrival"), TZ),
            claimed=self._get_claimed_sql(),
            revenue=self._get_revenue_sql(),
            contacts=self._get_contacts_sql(),
            is_answer=self._get_answer_sql("visit", "contact"),
            is_first=self._get_first_sql("contact", "better"),
        )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_read_fields(self):
        """Return the fields that the report reads: {model: names}."""
        return {
            "aftersales.followup": [
                "company_id",
                "partner_id",
                "vehicle_id",
                "acting_user_id",
                "rule_id",
                "campaign_id",
                "state",
                "result",
                "date_done",
                "date_deadline",
            ],
            "aftersales.followup.rule": ["code"],
            "aftersales.letter": ["followup_id", "state"],
            "aftersales.visit": [
                "partner_id",
                "company_id",
                "state",
                "visit_type",
                "date_arrival",
            ],
            "aftersales.visit.line": ["visit_id", "payer", "amount"],
        }

    @api.model
    def _get_rule_ids(self):
        """Return the ids of the rules whose contacts count.

        Named one by one, they are looked at before anything that costs more.
        """
        rules = self.env["aftersales.followup.rule"].sudo()
        return rules.with_context(active_test=False).search([("code", "in", RULES)]).ids

    @api.model
    def _get_contacts_sql(self):
        """Return the SQL of all contacts: whom, whether reached, on which day.

        A visit answers a contact if the customer arrives after ``since`` and before
        ``until``: after the call; of one that reached nobody, after its day.

        Nothing in it refers to what stands around it, or PostgreSQL could not join it
        and would look for each contact's others one by one.
        """
        companies = self.env["res.company"]
        next_day, until = (
            companies._aftersales_moment_sql(SQL("(told.day + %s)", days))
            for days in (1, RESPONSE_DAYS + 1)
        )
        return SQL(
            """
            (SELECT followup.*, told.reached, told.day, %(tz)s AS tz,
                    CASE WHEN told.reached THEN followup.date_done
                         ELSE %(next_day)s - interval '1 microsecond' END AS since,
                    %(until)s AS until
               FROM aftersales_followup followup
                    %(zone)s
         CROSS JOIN LATERAL (
                    SELECT reached, CASE WHEN reached THEN %(done_on)s
                                         ELSE followup.date_deadline END AS day
                      FROM (SELECT %(reached)s AS reached) answered) told
              WHERE followup.rule_id = ANY(%(rules)s)
                AND (followup.state = 'done'
                     OR followup.result = 'missed'
                     OR followup.result = 'running'
                    AND followup.date_deadline < %(today)s))
            """,
            tz=ZONE,
            zone=companies._aftersales_zone_sql(SQL("followup.company_id")),
            next_day=next_day,
            until=until,
            done_on=companies._aftersales_day_sql(SQL("followup.date_done")),
            reached=self._get_reached_sql(),
            rules=self._get_rule_ids(),
            today=companies._aftersales_day_sql(
                SQL("%s::timestamp", fields.Datetime.now())
            ),
        )

    @api.model
    def _get_reached_sql(self):
        return SQL(
            """followup.state = 'done' AND NOT EXISTS (
                   SELECT FROM aftersales_letter letter
                    WHERE letter.followup_id = followup.id
                      AND letter.state != 'draft')"""
        )

    @api.model
    def _get_first_sql(self, alias, other):
        """Return the SQL of whether a contact is the one that counts in its month."""
        return SQL(
            """
            NOT EXISTS (
                SELECT FROM %(contacts)s %(other)s
                 WHERE %(other)s.partner_id = %(contact)s.partner_id
                   AND %(other)s.company_id = %(contact)s.company_id
                   AND %(other)s.id != %(contact)s.id
                   AND date_trunc('month', %(other)s.day)
                       = date_trunc('month', %(contact)s.day)
                   AND (%(other)s.reached AND NOT %(contact)s.reached
                        OR %(other)s.reached = %(contact)s.reached
                       AND %(earlier)s))
            """,
            contacts=self._get_contacts_sql(),
            other=SQL.identifier(other),
            contact=SQL.identifier(alias),
            earlier=self._get_earlier_sql(other, alias),
        )

    @api.model
    def _get_earlier_sql(self, alias, other):
        """Return the SQL of whether a contact comes before another one."""
        place = SQL(
            """(%(alias)s.day,
                CASE WHEN %(alias)s.reached THEN %(alias)s.date_done END,
                %(alias)s.id)""",
            alias=SQL.identifier(alias),
        )
        after = SQL(
            """(%(alias)s.day,
                CASE WHEN %(alias)s.reached THEN %(alias)s.date_done END,
                %(alias)s.id)""",
            alias=SQL.identifier(other),
        )
        # Neither is reached: there is no moment to compare.
        return SQL(
            """CASE WHEN %(reached)s THEN %(place)s < %(after)s
                    ELSE (%(alias)s.day, %(alias)s.id) < (%(other)s.day, %(other)s.id)
               END""",
            reached=SQL.identifier(alias, "reached"),
            place=place,
            after=after,
            alias=SQL.identifier(alias),
            other=SQL.identifier(other),
        )

    @api.model
    def _get_answer_sql(self, visit, contact):
        """Return the SQL of whether a visit falls into the days after a contact."""
        return SQL(
            """
            %(visit)s.partner_id = %(contact)s.partner_id
            AND %(visit)s.company_id = %(contact)s.company_id
            AND %(visit)s.state != 'cancelled'
            AND %(visit)s.date_arrival > %(contact)s.since
            AND %(visit)s.date_arrival < %(contact)s.until
            """,
            visit=SQL.identifier(visit),
            contact=SQL.identifier(contact),
        )

    @api.model
    def _get_claimed_sql(self):
        """Return the SQL of whether the visit is an earlier contact's already."""
        return SQL(
            """
            EXISTS (
                SELECT FROM %(contacts)s earlier
                 WHERE earlier.partner_id = contact.partner_id
                   AND earlier.company_id = contact.company_id
                   AND earlier.reached = contact.reached
                   AND earlier.day < contact.day
                   AND visit.date_arrival < earlier.until
                   AND %(is_first)s
                   AND NOT EXISTS (
                       SELECT FROM aftersales_visit between_them
                        WHERE %(is_answer)s
                          AND (between_them.date_arrival, between_them.id)
                              < (visit.date_arrival, visit.id)))
            """,
            contacts=self._get_contacts_sql(),
            is_first=self._get_first_sql("earlier", "better_earlier"),
            is_answer=self._get_answer_sql("between_them", "earlier"),
        )

    @api.model
    def _get_revenue_sql(self):
        return SQL(
            """COALESCE((
                SELECT sum(line.amount) FROM aftersales_visit_line line
                 WHERE line.visit_id = visit.id AND line.payer != 'internal'
                   AND visit.state = 'delivered' AND visit.visit_type = 'workshop'), 0)
            """
        )
