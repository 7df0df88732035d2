"""The nightly scheduler: it costs what is due, not what is there."""

from datetime import timedelta

from measuring import grows
from records import run_night

from odoo.fields import Date
from odoo.tools import SQL

DUE = 10_000


def nothing_due(env):
    """All that is due was planned before."""
    run_night(env)
    return lambda: run_night(env)


def many_due(env):
    """The insurance of so many cars ends in three weeks."""
    run_night(env)
    day = Date.today() + timedelta(days=20)
    env.cr.execute(
        SQL(
            """UPDATE fleet_vehicle SET aftersales_insurance_date = %s
                WHERE id IN (SELECT id FROM fleet_vehicle ORDER BY id LIMIT %s)
            RETURNING id""",
            day,
            DUE,
        )
    )
    cars = env["fleet.vehicle"].browse(row_id for (row_id,) in env.cr.fetchall())
    env.invalidate_all()
    if hasattr(cars, "_mark_to_plan"):  # as writing the date does
        cars.sudo()._mark_to_plan()
    return lambda: run_night(env)


ROWS = [
    grows("nightly scheduler, nothing due", nothing_due, at_most=1.5),
    grows(
        f"nightly scheduler, {DUE:,} due",
        many_due,
        at_most=1.3,
        rounds=1,
    ),
]
