"""Planning the follow-ups of many delivered visits, with their reminders."""

from dealership import VISITS
from measuring import Row, Side
from psycopg2.extras import execute_values

from odoo.tools import SQL

SAMPLE = 1_000  # visits: core alone would take minutes for all
WHAT = f"planning {VISITS:,} follow-ups with activities"


def get_visits(env, limit=None):
    """Return the delivered visits that were not planned."""
    return env["aftersales.visit"].search(
        [("name", "=like", "B%")], limit=limit, order="id"
    )


def plan(env):
    """The module: follow-ups, their topics and scripts, and their activities."""
    return get_visits(env)._plan_followups


def get_schedule(records, officer, **context):
    """Core: only an activity for each record, for the officer."""

    def schedule():
        records.with_context(**context).activity_schedule(
            "mail.mail_activity_data_call",
            summary="First Follow-up",
            user_id=officer.id,
        )

    return schedule


def schedule_activities(env):
    visits = get_visits(env, SAMPLE)
    return get_schedule(visits, visits[:1].officer_id)


def schedule_activities_quickly(env):
    visits = get_visits(env)
    return get_schedule(visits, visits[:1].officer_id, mail_activity_quick_update=True)


def insert_rows(env):
    """The same rows of both tables, by nothing but INSERT."""
    tables = []
    with env.cr.savepoint() as savepoint:
        visits = get_visits(env)
        visits._plan_followups()
        env.flush_all()
        for table, condition in (
            (
                "aftersales_followup",
                SQL("visit_id = ANY(%s)", visits.ids),
            ),
            (
                "mail_activity",
                SQL("res_model = 'aftersales.followup'"),
            ),
        ):
            tables.append((table, read_rows(env, table, condition)))
        savepoint.rollback()

    def insert():
        for table, rows in tables:
            columns = ", ".join(f'"{name}"' for name in rows[0])
            execute_values(
                env.cr._obj,
                f'INSERT INTO "{table}" ({columns}) VALUES %s',
                [tuple(row.values()) for row in rows],
                page_size=1000,
            )

    return insert


def read_rows(env, table, condition):
    """Return the rows of a table without their ids."""
    rows = env.execute_query_dict(
        SQL("SELECT * FROM %s WHERE %s", SQL.identifier(table), condition)
    )
    return [
        {name: value for name, value in row.items() if name != "id"} for row in rows
    ]


OURS = Side(plan)
ROWS = [
    Row(
        WHAT,
        f"core's `activity_schedule` alone ({SAMPLE:,}, scaled)",
        OURS,
        Side(schedule_activities, part=SAMPLE / VISITS, rounds=1),
        at_least=20,
    ),
    Row(
        WHAT,
        "the same with `mail_activity_quick_update`",
        OURS,
        Side(schedule_activities_quickly),
        at_least=2.5,
    ),
    Row(WHAT, "plain `INSERT` of the same rows", OURS, Side(insert_rows), at_most=5),
]
