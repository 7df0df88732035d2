"""Fill new columns with what the old ones tell.

It is done before the new fields come, which would fill every row with one default.
"""

from odoo.tools import SQL, sql

# Beginnings of the reasons for which nobody is to blame, as they were written in the
# languages of the module.
BLAMELESS = (
    "Opted out: ",
    "拒绝联系：",
    "拒絕聯絡：",
    "The customer opted out.",
    "客户拒绝联系。",
    "客戶拒絕聯絡。",
    "Refused on the phone",
    "电话中拒绝",
    "電話中拒絕",
    "The number is on the phone blacklist.",
    "该号码在电话黑名单中。",
    "該號碼在電話黑名單中。",
    "The car has a new owner.",
    "车辆已更换车主。",
    "車輛已更換車主。",
    "The visit was cancelled.",
    "进厂已取消。",
    "進廠已取消。",
    "The visit was reopened.",
    "进厂已重新打开。",
    "進廠已重新開啟。",
)


def migrate(cr, version):
    _give_rules_purposes(cr)
    _count_lost_customers_in_months(cr)
    _give_followups_purposes(cr)
    _give_letters_purposes(cr)
    _keep_results_of_archives(cr)
    _keep_results_of_followups(cr)
    _keep_results_of_letters(cr)
    _fill_dates_of_cars(cr)


# purposes, and the window of a rule


def _give_rules_purposes(cr):
    """A rule about a car's dates is about maintenance, one about a campaign on events.

    What follows upon a follow-up is for the same purpose as that one.
    """
    _add_column(
        cr,
        "aftersales_followup_rule",
        "purpose",
        SQL(
            """(WITH RECURSIVE before AS (
                    SELECT record.anchor, record.previous_rule_id
                     UNION
                    SELECT previous.anchor, previous.previous_rule_id
                      FROM before JOIN aftersales_followup_rule previous
                        ON previous.id = before.previous_rule_id)
                SELECT CASE
                       WHEN anchor IN ('next_maintenance', 'insurance_expiry',
                                       'inspection_expiry') THEN 'maintenance'
                       WHEN anchor = 'campaign_start' THEN 'events'
                       ELSE 'care' END
                  FROM before WHERE previous_rule_id IS NULL)"""
        ),
    )


def _count_lost_customers_in_months(cr):
    """A year without a visit is twelve calendar months, however days are counted.

    Rules that the dealership changed keep their days.
    """
    if sql.column_exists(cr, "aftersales_followup_rule", "latest_months"):
        return
    for name in ("earliest_months", "latest_months"):
        sql.create_column(cr, "aftersales_followup_rule", name, "int4")
    cr.execute(
        """
        UPDATE aftersales_followup_rule
           SET earliest_months = 12, latest_months = 13,
               earliest_days = 0, latest_days = 0
         WHERE anchor = 'last_visit' AND earliest_days = 365 AND latest_days = 395
        """
    )


def _give_followups_purposes(cr):
    """A follow-up has the purpose of its rule; what nobody plans by rule is care.

    The contact about the next service, which the officer planned when filing, is
    about maintenance.
    """
    _add_column(
        cr,
        "aftersales_followup",
        "purpose",
        SQL(
            """COALESCE(rule.purpose, CASE
                   WHEN record.case_id IS NOT NULL THEN 'care'
                   WHEN record.campaign_id IS NOT NULL THEN 'events'
                   WHEN record.visit_id IS NOT NULL THEN 'maintenance'
                   ELSE 'care' END)"""
        ),
        SQL("LEFT JOIN aftersales_followup_rule rule ON rule.id = record.rule_id"),
    )


def _give_letters_purposes(cr):
    """A letter has the purpose of its follow-up; an invitation is about an event."""
    _add_column(
        cr,
        "aftersales_letter",
        "purpose",
        SQL(
            """COALESCE(followup.purpose, CASE
                   WHEN record.kind = 'invitation' THEN 'events' ELSE 'care' END)"""
        ),
        SQL(
            """LEFT JOIN aftersales_followup followup
                 ON followup.id = record.followup_id"""
        ),
    )


# results: "on time or not" was computed anew with every change, a result stands


def _keep_results_of_archives(cr):
    """An archive that was filed keeps its result; what is not filed yet runs.

    History has no clock. Cancelled visits had lost theirs; they get it back later, when
    the company's days can be counted.
    """
    _add_column(
        cr,
        "aftersales_visit",
        "archive_result",
        SQL(
            """CASE WHEN record.archive_deadline IS NULL
                      OR record.state = 'cancelled' THEN NULL
                    WHEN record.archive_date IS NULL THEN 'running'
                    WHEN record.archive_on_time THEN 'on_time'
                    ELSE 'late' END"""
        ),
    )


def _keep_results_of_followups(cr):
    """What was done keeps its result, where it was not on time: too early or late.

    A campaign's notice is never too early. What was called off was missed if that was
    after the deadline and not through nobody's fault.
    """
    added = _add_column(
        cr,
        "aftersales_followup",
        "result",
        SQL(
            """CASE WHEN record.state = 'planned' THEN 'running'
                    WHEN record.state = 'cancelled' THEN 'void'
                    WHEN record.on_time THEN 'on_time'
                    WHEN (record.campaign_id IS NULL OR record.previous_id IS NOT NULL)
                         AND (record.date_done AT TIME ZONE 'UTC'
                              AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date
                             < record.date_earliest
                    THEN 'early'
                    ELSE 'late' END"""
        ),
        SQL(
            """JOIN res_company company ON company.id = record.company_id
          LEFT JOIN resource_calendar calendar
                 ON calendar.id = company.resource_calendar_id"""
        ),
    )
    if added:
        _find_missed_followups(cr)


def _find_missed_followups(cr):
    """Mark what was called off after its deadline.

    The day is that of the last change of its state in the chatter, or of its last
    change at all where none was noted, as for a campaign.
    """
    cr.execute(
        """
        WITH blamed AS (
            SELECT followup.id, followup.date_deadline, followup.write_date,
                   COALESCE(calendar.tz, 'UTC') AS tz
              FROM aftersales_followup followup
              JOIN res_company company ON company.id = followup.company_id
         LEFT JOIN resource_calendar calendar
                ON calendar.id = company.resource_calendar_id
             WHERE followup.state = 'cancelled'
               AND NOT EXISTS (
                   SELECT FROM unnest(%(blameless)s) beginning
                    WHERE starts_with(followup.cancel_reason, beginning))
        ), noted AS (
            SELECT message.res_id AS id, max(message.date) AS moment
              FROM mail_message message
              JOIN blamed ON blamed.id = message.res_id
              JOIN mail_tracking_value tracking
                ON tracking.mail_message_id = message.id
              JOIN ir_model_fields field ON field.id = tracking.field_id
             WHERE message.model = 'aftersales.followup' AND field.name = 'state'
             GROUP BY message.res_id
        )
        UPDATE aftersales_followup followup SET result = 'missed'
          FROM blamed LEFT JOIN noted ON noted.id = blamed.id
         WHERE blamed.id = followup.id
           AND (COALESCE(noted.moment, blamed.write_date) AT TIME ZONE 'UTC'
                AT TIME ZONE blamed.tz)::date > blamed.date_deadline
        """,
        {"blameless": list(BLAMELESS)},
    )


def _keep_results_of_letters(cr):
    """A letter with a due date keeps its result; one that is not sent yet runs."""
    _add_column(
        cr,
        "aftersales_letter",
        "result",
        SQL(
            """CASE WHEN record.date_due IS NULL THEN NULL
                    WHEN record.state = 'draft' THEN 'running'
                    WHEN record.on_time THEN 'on_time'
                    ELSE 'late' END"""
        ),
    )


# dates, which would be computed for one car after the other


def _fill_dates_of_cars(cr):
    """Without a limit in km, which is new, a warranty ends on its date.

    The first maintenance counts from the day of sale, which nobody noted so far.
    """
    for name, date in (
        ("aftersales_warranty_expiry_date", SQL("record.aftersales_warranty_date")),
        ("aftersales_first_maintenance_date", SQL("NULL::date")),
    ):
        _add_column(cr, "fleet_vehicle", name, date, kind="date")


def _add_column(cr, table, name, value, joins=None, kind="varchar"):
    """Add a column and fill it, unless it is there.

    The value of most rows comes with the column, which costs nothing; only the others
    are written.

    :param SQL value: of the row ``record``
    :param SQL joins: of the tables that ``value`` names besides ``record``
    :return: whether the column was added
    """
    if sql.column_exists(cr, table, name):
        return False
    table, name = SQL.identifier(table), SQL.identifier(name)
    rows = SQL("%s record %s", table, joins or SQL())
    cr.execute(
        SQL("SELECT %s FROM %s GROUP BY 1 ORDER BY count(*) DESC LIMIT 1", value, rows)
    )
    [most] = cr.fetchone() or [None]
    cr.execute(
        SQL("ALTER TABLE %s ADD COLUMN %s %s DEFAULT %s", table, name, SQL(kind), most)
    )
    cr.execute(SQL("ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT", table, name))
    cr.execute(
        SQL(
            """
            UPDATE %(table)s written SET %(name)s = filled.value
              FROM (SELECT record.id, %(value)s AS value FROM %(rows)s) filled
             WHERE filled.id = written.id AND filled.value IS DISTINCT FROM %(most)s
            """,
            table=table,
            name=name,
            value=value,
            rows=rows,
            most=most,
        )
    )
    return True
