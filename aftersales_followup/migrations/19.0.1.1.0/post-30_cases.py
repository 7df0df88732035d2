"""Put the clocks of each case into its rounds, the one that runs among them.

Until now a case had the clocks that run, and each earlier round those that ran before.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, sql

ROUND = "aftersales_case_round"
# What a round takes over from its case as it is.
SAME = (
    "escalate_deadline",
    "date_escalated",
    "escalated_by_id",
    "escalated_by_system",
    "solve_deadline",
    "date_solved",
    "solved_by_id",
    "solution",
    "answered_on_spot",
    "inform_deadline",
    "date_informed",
    "inform_call_id",
    "inform_letter_id",
    "satisfaction",
    "satisfaction_score",
    "date_closed",
)
# Each clock: its result, when it stopped, and whether that was on time.
CLOCKS = {
    "escalate": (
        "escalation_result",
        "COALESCE(kept.date_escalated, kept.date_solved)",
        "kept.escalation_on_time",
    ),
    "solve": ("solve_result", "kept.date_solved", "kept.solve_on_time"),
    "inform": ("inform_result", "kept.date_informed", "kept.inform_on_time"),
}


def migrate(cr, version):
    if not (
        sql.column_exists(cr, ROUND, "escalation_result")
        and sql.column_exists(cr, "aftersales_case", "round_number")
    ):
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.flush_all()
    _keep_earlier_results(cr)
    _begin_running_rounds(cr)
    _point_at_running_rounds(cr)
    _start_answer_clocks(env)
    env.invalidate_all()
    _look_what_presses(env)


def _keep_earlier_results(cr):
    """Earlier rounds keep their results, and in whose hands the case was.

    Where a round was reopened before the customer was told, telling him was missed, or
    called off in time.
    """
    columns = _get_results(SQL("kept.user_id")) | {
        "inform_result": SQL(
            """CASE WHEN kept.date_informed IS NULL
                    THEN CASE WHEN (kept.date_end AT TIME ZONE 'UTC'
                                    AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date
                                   > kept.inform_deadline
                              THEN 'missed' ELSE 'void' END
                    WHEN kept.inform_on_time THEN 'on_time' ELSE 'late' END"""
        ),
        "escalated_to_id": SQL(
            "CASE WHEN kept.date_escalated IS NOT NULL THEN kept.supervisor_id END"
        ),
    }
    columns = _get_existing(cr, columns)
    cr.execute(
        SQL(
            """
            UPDATE aftersales_case_round written SET %s
              FROM aftersales_case_round kept
              JOIN res_company company ON company.id = kept.company_id
         LEFT JOIN resource_calendar calendar
                ON calendar.id = company.resource_calendar_id
             WHERE kept.id = written.id AND kept.date_end IS NOT NULL
               AND kept.escalation_result IS NULL
            """,
            SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), value)
                for name, value in columns.items()
            ),
        )
    )


def _begin_running_rounds(cr):
    """Move what a case had of its own into its running round."""
    columns = (
        {
            "case_id": SQL("kept.id"),
            "number": SQL("kept.round_number"),
            "company_id": SQL("kept.company_id"),
            "date_begin": SQL("COALESCE(kept.date_reopened, kept.date_raised)"),
            "escalated_to_id": SQL(
                "CASE WHEN kept.date_escalated IS NOT NULL THEN kept.supervisor_id END"
            ),
            "create_uid": SQL("kept.create_uid"),
            "create_date": SQL("kept.create_date"),
            "write_uid": SQL("kept.write_uid"),
            "write_date": SQL("kept.write_date"),
        }
        | {name: SQL.identifier("kept", name) for name in SAME}
        | _get_results(SQL("kept.acting_user_id"))
    )
    columns = _get_existing(cr, columns)
    cr.execute(
        SQL(
            """
            INSERT INTO aftersales_case_round (%s)
            SELECT %s FROM aftersales_case kept
                ON CONFLICT (case_id, number) DO NOTHING
            """,
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(columns.values()),
        )
    )


def _get_results(officer):
    """Return the columns of the results of all clocks: name -> SQL.

    :param SQL officer: in whose hands the case was when its clocks stopped
    """
    columns = {}
    for code, (result, stopped, on_time) in CLOCKS.items():
        columns[result] = SQL(
            """CASE WHEN kept.%(deadline)s IS NULL THEN NULL
                    WHEN %(stopped)s IS NULL THEN 'running'
                    WHEN %(on_time)s THEN 'on_time'
                    ELSE 'late' END""",
            deadline=SQL.identifier(f"{code}_deadline"),
            stopped=SQL(stopped),
            on_time=SQL(on_time),
        )
        columns[f"{code}_user_id"] = SQL(
            "CASE WHEN %s IS NOT NULL THEN %s END", SQL(stopped), officer
        )
    return columns


def _get_existing(cr, columns):
    """Return those of ``columns`` that rounds have."""
    existing = sql.table_columns(cr, ROUND)
    return {name: value for name, value in columns.items() if name in existing}


def _point_at_running_rounds(cr):
    """A case finds the round that runs without a search."""
    cr.execute(
        """
        UPDATE aftersales_case told SET round_id = running.id
          FROM aftersales_case_round running
         WHERE running.case_id = told.id AND running.number = told.round_number
        """
    )


def _start_answer_clocks(env):
    """Who complained and does not know the result yet has a right to know it in time.

    The clock is new: what was told before it came has none.
    """
    env.cr.execute(
        """
        UPDATE aftersales_case_round SET answer_deadline = NULL, answer_result = NULL
         WHERE answer_deadline IS NOT NULL OR answer_result IS NOT NULL
        """
    )
    env.cr.execute(
        """
        SELECT told.round_id, told.company_id, told.date_raised
          FROM aftersales_case told
         WHERE told.case_type = 'complaint'
           AND told.state IN ('open', 'escalated', 'solved')
        """
    )
    waiting = {}
    for round_id, company_id, raised in env.cr.fetchall():
        company = env["res.company"].browse(company_id)
        day = company._aftersales_date(raised)
        waiting.setdefault(company, {}).setdefault(day, []).append(round_id)
    for company, days in waiting.items():
        deadlines = company._aftersales_add_working_days(
            days, company.aftersales_answer_days
        )
        for day, round_ids in days.items():
            env.cr.execute(
                """
                UPDATE aftersales_case_round
                   SET answer_deadline = %s, answer_result = 'running'
                 WHERE id = ANY(%s)
                """,
                (deadlines[day], round_ids),
            )


def _look_what_presses(env):
    """What presses in an open case is the clock that runs out first of all."""
    cases = env["aftersales.case"].search([("state", "!=", "closed")])
    env.add_to_compute(cases._fields["date_deadline"], cases)
    cases.flush_recordset(["date_deadline"])
