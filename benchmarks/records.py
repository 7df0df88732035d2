"""What benchmarks begin with, made in the transaction that is rolled back."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from bulk import clone

from odoo.fields import Date
from odoo.tools import SQL


def new_visits(env, count):
    """Return delivered visits whose follow-ups are not planned, one a customer."""
    env.flush_all()
    template = env["aftersales.visit"].search(
        [("name", "=like", "B%")], order="id desc", limit=1
    )
    # The last visit of each customer tells who he is, whose, and with which car.
    env.cr.execute(
        SQL(
            """CREATE TEMP TABLE bench_visit AS
               SELECT row_number() OVER (ORDER BY id) AS n, visit.*
                 FROM aftersales_visit visit
                WHERE id > %s - %s
                  AND NOT EXISTS (SELECT FROM aftersales_optout optout
                                   WHERE optout.partner_id = visit.partner_id)""",
            template.id,
            count,
        )
    )
    (count,) = env.execute_query(SQL("SELECT count(*) FROM bench_visit"))[0]
    env.cr.execute("CREATE UNIQUE INDEX ON bench_visit (n)")
    own = "(SELECT {} FROM bench_visit own WHERE own.n = copy.n)"
    same = ("company_id", "partner_id", "vehicle_id", "officer_id", "acting_user_id")
    base = clone(
        env,
        template,
        count,
        name="'N' || n",
        date_arrival="now() - interval '9 hours'",
        date_delivery="now() - interval '1 hour'",
        next_contact_date="NULL",
        **{name: own.format(name) for name in same},
    )
    env.cr.execute("ANALYZE aftersales_visit")
    return env["aftersales.visit"].browse(range(base + 1, base + count + 1))


def take_up_again(env, count):
    """Return first follow-ups of the officer, planned for today and not followed."""
    followups = env["aftersales.followup"].search(
        [
            ("acting_user_id", "=", env.uid),
            ("rule_id.code", "=", "first"),
            ("state", "=", "done"),
            ("partner_id.aftersales_optout_ids", "=", False),
        ],
        limit=count,
        order="id desc",
    )
    today = Date.today()
    ids = tuple(followups.ids)
    env.flush_all()
    env.cr.execute(
        SQL(
            """UPDATE aftersales_followup
                  SET state = 'planned', %s date_done = NULL,
                      date_earliest = %s, date_deadline = %s
                WHERE id IN %s""",
            SQL("result = 'running'," if "result" in followups._fields else ""),
            today,
            today + timedelta(days=4),
            ids,
        )
    )
    env.cr.execute(
        SQL(
            """UPDATE mail_activity SET active = TRUE, date_done = NULL
                WHERE res_model = 'aftersales.followup' AND res_id IN %s""",
            ids,
        )
    )
    env.cr.execute(
        SQL(
            "UPDATE aftersales_followup SET origin_key = NULL WHERE previous_id IN %s",
            ids,
        )
    )
    env.invalidate_all()
    return followups


def run_night(env):
    """Run the nightly scheduler in this transaction; nothing is committed."""
    with uncommitted(env):
        env["aftersales.followup"].sudo().with_context(
            allowed_company_ids=None
        )._cron_plan()


@contextmanager
def uncommitted(env):
    """Let scheduled work go on to its end without committing its steps."""
    cron = type(env["ir.cron"])
    with patch.object(cron, "_commit_progress", lambda *args, **kwargs: 1e9):
        yield
