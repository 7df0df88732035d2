"""Sum up what customer and insurer paid for each visit, in one statement.

Odoo would compute the new column visit by visit.
"""

from odoo.tools import SQL
from odoo.tools.sql import column_exists


def migrate(cr, version):
    if column_exists(cr, "aftersales_visit", "spend_total"):
        return
    cr.execute("ALTER TABLE aftersales_visit ADD COLUMN spend_total numeric DEFAULT 0")
    cr.execute("ALTER TABLE aftersales_visit ALTER COLUMN spend_total DROP DEFAULT")
    cr.execute(
        SQL(
            """UPDATE aftersales_visit visit SET spend_total = paid.amount
                 FROM (SELECT visit_id, sum(amount) AS amount
                         FROM aftersales_visit_line
                        WHERE payer IN %s GROUP BY visit_id) paid
                WHERE paid.visit_id = visit.id AND paid.amount != 0""",
            ("customer", "insurance"),
        )
    )
