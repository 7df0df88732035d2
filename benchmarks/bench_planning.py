"""Planning the follow-ups of many delivered visits, with their reminders."""

from activities import compare_with_core
from measuring import Row, Side
from psycopg2.extras import execute_values
from records import new_visits

from odoo.tools import SQL

VISITS = 10_000  # less who opted out
WHAT = f"planning the follow-ups of {VISITS:,} visits"


def get_visits(env, limit=None):
    """Return delivered visits that were not planned."""
    return new_visits(env, limit or VISITS)


def plan(env):
    """The module: follow-ups, their topics and scripts, and their activities."""
    return get_visits(env)._plan_followups


def insert_rows(env):
    """The same rows of both tables, by nothing but INSERT."""
    tables = []
    with env.cr.savepoint() as savepoint:
        visits = get_visits(env)
        visits._plan_followups()
        env.flush_all()
        planned = SQL(
            "SELECT id FROM aftersales_followup WHERE visit_id = ANY(%s)", visits.ids
        )
        for table, condition in (
            ("aftersales_followup", SQL("id IN (%s)", planned)),
            (
                "mail_activity",
                SQL("res_model = 'aftersales.followup' AND res_id IN (%s)", planned),
            ),
        ):
            tables.append((table, read_rows(env, table, condition)))
        savepoint.rollback()
    env.cr.execute("SELECT id FROM aftersales_visit ORDER BY id LIMIT 1")
    (visit_id,) = env.cr.fetchone()

    def insert():
        for table, rows in tables:
            for row in rows:
                if row.get("visit_id"):
                    row["visit_id"] = visit_id
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


OURS = Side(plan, everywhere=True)
ROWS = [
    *compare_with_core(WHAT, OURS, get_visits, "officer_id", VISITS),
    Row(
        WHAT,
        "plain `INSERT` of the same rows",
        OURS,
        Side(insert_rows, everywhere=True),
        at_most=5,
    ),
]
