"""Give the shipped levels their minimums, and keep the levels given by hand so far.

Until now each level was given by hand: none may be taken away by a calculation that
nobody has seen. They are fixed, and a supervisor releases them, also many at once, from
the list of customers.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

MODULE = "aftersales_followup"
# Code of each shipped level, and what it takes: spend, visits.
MINIMUMS = {
    "vip": (20000, 8),
    "level_1": (8000, 4),
    "level_2": (2000, 2),
    "other": (0, 0),
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    _set_minimums(env)
    _fix_levels(env)


def _set_minimums(env):
    """Set what the file would, which is not loaded again: users may have changed it."""
    for code, (spend, visits) in MINIMUMS.items():
        level = env.ref(f"{MODULE}.segment_{code}", raise_if_not_found=False)
        if level and not level.code:
            level.write(
                {
                    "code": code,
                    "by_rule": True,
                    "minimum_spend": spend,
                    "minimum_visits": visits,
                }
            )


def _fix_levels(env):
    """Fix the levels that customers have, saying why in the dealership's language."""
    env.flush_all()
    for company in env["res.company"].with_context(active_test=False).search([]):
        said = company.with_context(lang=company.partner_id.lang).env
        env.cr.execute(
            SQL(
                """UPDATE aftersales_archive
                      SET segment_fixed = TRUE, segment_reason = %s
                    WHERE company_id = %s AND segment_id IS NOT NULL
                      AND segment_fixed IS NOT TRUE""",
                said._("Given by hand before levels followed rules"),
                company.id,
            )
        )
    env.invalidate_all()
