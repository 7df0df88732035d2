"""Planning the follow-ups of many delivered visits, with their reminders."""

from activities import compare_with_core
from dealership import VISITS
from measuring import Row, Side
from psycopg2.extras import execute_values

from odoo.tools import SQL

WHAT = f"planning {VISITS:,} follow-ups with activities"


def get_visits(env, limit=None):
    """Return the delivered visits that were not planned."""
    return env["aftersales.visit"].search(
        [("name", "=like", "B%")], limit=limit, order="id"
    )


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
    *compare_with_core(WHAT, OURS, get_visits, "officer_id", VISITS),
    Row(WHAT, "plain `INSERT` of the same rows", OURS, Side(insert_rows), at_most=5),
]
