"""Let each visit that ended know the days of its neighbours."""

from odoo import SUPERUSER_ID, api

CUSTOMERS = 10_000


def migrate(cr, version):
    visits = api.Environment(cr, SUPERUSER_ID, {})["aftersales.visit"]
    last = 0
    while True:
        cr.execute(
            """
            SELECT partner_id, array_agg(DISTINCT company_id)
              FROM aftersales_visit
             WHERE partner_id > %s AND state IN ('delivered', 'closed')
             GROUP BY partner_id ORDER BY partner_id LIMIT %s
            """,
            (last, CUSTOMERS),
        )
        customers = cr.fetchall()
        if not customers:
            return
        visits._place_visits(
            {(partner, company) for partner, own in customers for company in own}
        )
        last = customers[-1][0]
