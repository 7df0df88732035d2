"""Open an archive for each customer in each company that knows him or her.

Until now officer, level, number and the like were the customer's own, whichever
company he came to.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, sql

# Columns of archives, from what the customer had. The number belongs where he came in,
# if he did anywhere; officer and level where they may work and are known.
MOVED = {
    "number": """CASE WHEN told.partner_id IS NOT NULL OR NOT EXISTS (
                          SELECT FROM aftersales_visit visit
                           WHERE visit.partner_id = partner.id)
                      THEN partner.aftersales_archive_number END""",
    "officer_id": "allowed.user_id",
    "segment_id": "segment.id",
    "wish": "partner.aftersales_wish",
    "call_from": "partner.aftersales_call_from",
    "call_to": "partner.aftersales_call_to",
    "contact_since": "partner.aftersales_contact_since",
}
# And from what the visits to the company tell.
DERIVED = {
    "state": """CASE WHEN told.runs THEN 'open'
                     WHEN told.filed IS NOT NULL THEN 'complete'
                     ELSE 'none' END""",
    "date": "told.filed",
    "last_visit_date": """(told.arrival AT TIME ZONE 'UTC'
                           AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date""",
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    if not sql.column_exists(cr, "res_partner", "aftersales_officer_id"):
        return
    env.flush_all()
    _restart_clocks_of_cancelled_visits(env)
    _open_archives_where_known(cr)
    _open_archives_where_designated(cr)
    _open_archives_of_others(cr)
    _keep_officers_of_visits(cr)
    _begin_anew_in_other_companies(env)
    env.invalidate_all()


def _restart_clocks_of_cancelled_visits(env):
    """Cancelled visits had lost their deadlines: count them, and call the clocks off.

    What was filed before keeps a result by the deadline as it is counted today.
    """
    visits = env["aftersales.visit"].search(
        [
            ("state", "=", "cancelled"),
            ("is_history", "=", False),
            ("archive_result", "=", False),
        ]
    )
    for company, theirs in visits.grouped("company_id").items():
        arrivals = theirs.grouped(
            lambda visit, company=company: company._aftersales_date(visit.date_arrival)
        )
        deadlines = company._aftersales_add_days(
            arrivals, company.aftersales_archive_days
        )
        env.cr.execute(
            """
            UPDATE aftersales_visit visit
               SET archive_deadline = counted.deadline,
                   archive_result = CASE
                       WHEN archive_date IS NULL THEN 'void'
                       WHEN archive_date <= counted.deadline THEN 'on_time'
                       ELSE 'late' END
              FROM unnest(%s::int[], %s::date[]) counted(id, deadline)
             WHERE counted.id = visit.id
            """,
            (
                [visit.id for those in arrivals.values() for visit in those],
                [deadlines[day] for day, those in arrivals.items() for _visit in those],
            ),
        )


# opening


def _open_archives_where_known(cr):
    """Each company in which a customer left a trace keeps an archive."""
    _open_archives(
        cr,
        SQL(
            """
            SELECT partner_id, company_id FROM aftersales_visit
             UNION SELECT partner_id, company_id FROM aftersales_followup
             UNION SELECT partner_id, company_id FROM aftersales_call
                    WHERE partner_id IS NOT NULL
             UNION SELECT partner_id, company_id FROM aftersales_letter
             UNION SELECT partner_id, company_id FROM aftersales_case
            """
        ),
    )


def _open_archives_where_designated(cr):
    """An officer who works in none of the companies that know his customer keeps him.

    The archive is that of his own company.
    """
    _open_archives(
        cr,
        SQL(
            """
            SELECT partner.id, officer.company_id
              FROM res_partner partner
              JOIN res_users officer ON officer.id = partner.aftersales_officer_id
             WHERE officer.active
               AND (partner.company_id IS NULL
                    OR partner.company_id = officer.company_id)
               AND EXISTS (
                   SELECT FROM aftersales_archive archive
                    WHERE archive.partner_id = partner.id)
               AND NOT EXISTS (
                   SELECT FROM aftersales_archive archive
                     JOIN res_company_users_rel allowed
                       ON allowed.cid = archive.company_id
                    WHERE archive.partner_id = partner.id
                      AND allowed.user_id = officer.id)
            """
        ),
    )


def _open_archives_of_others(cr):
    """Who never came, but has a number, officer, level or wish, keeps them too.

    In his own company; else in that of his officer, or of his level; else in the
    first.
    """
    _open_archives(
        cr,
        SQL(
            """
            SELECT partner.id, COALESCE(
                   partner.company_id, officer.company_id, segment.company_id,
                   (SELECT min(id) FROM res_company WHERE active))
              FROM res_partner partner
         LEFT JOIN res_users officer ON officer.id = partner.aftersales_officer_id
         LEFT JOIN aftersales_segment segment
                ON segment.id = partner.aftersales_segment_id
             WHERE (partner.aftersales_archive_number IS NOT NULL
                    OR partner.aftersales_officer_id IS NOT NULL
                    OR partner.aftersales_segment_id IS NOT NULL
                    OR partner.aftersales_contact_since IS NOT NULL
                    OR COALESCE(partner.aftersales_wish, '') != ''
                    OR COALESCE(partner.aftersales_call_from, 0) != 0
                    OR COALESCE(partner.aftersales_call_to, 0) != 0)
               AND NOT EXISTS (
                   SELECT FROM aftersales_archive archive
                    WHERE archive.partner_id = partner.id)
            """
        ),
    )


def _open_archives(cr, places):
    """Open the archives that are missing, filled; what an archive has already stays.

    Customers are known to them from today on: what was over before plans nothing.

    :param SQL places: query of the ids of customers and companies
    """
    columns = MOVED | DERIVED
    kept = [
        SQL("%s = COALESCE(aftersales_archive.%s, EXCLUDED.%s)", *[name] * 3)
        for name in map(SQL.identifier, MOVED)
    ]
    cr.execute(
        SQL(
            """
            INSERT INTO aftersales_archive (
                   partner_id, company_id, %(names)s,
                   create_uid, write_uid, create_date, write_date)
            SELECT place.partner_id, place.company_id, %(values)s,
                   %(uid)s, %(uid)s, %(now)s, %(now)s
              FROM (%(places)s) place(partner_id, company_id)
              JOIN res_partner partner ON partner.id = place.partner_id
              JOIN res_company company ON company.id = place.company_id
         LEFT JOIN resource_calendar calendar
                ON calendar.id = company.resource_calendar_id
         LEFT JOIN res_company_users_rel allowed
                ON allowed.user_id = partner.aftersales_officer_id
               AND allowed.cid = company.id
         LEFT JOIN aftersales_segment segment
                ON segment.id = partner.aftersales_segment_id
               AND COALESCE(segment.company_id, company.id) = company.id
         LEFT JOIN (SELECT partner_id, company_id,
                           max(date_arrival) FILTER (
                               WHERE state != 'cancelled') AS arrival,
                           max(archive_date) AS filed,
                           bool_or(archive_result = 'running') AS runs
                      FROM aftersales_visit
                     GROUP BY partner_id, company_id) told
                ON told.partner_id = partner.id AND told.company_id = company.id
                ON CONFLICT (partner_id, company_id) DO UPDATE SET %(kept)s
            """,
            names=SQL(", ").join(map(SQL.identifier, columns)),
            values=SQL(", ").join(map(SQL, columns.values())),
            uid=SUPERUSER_ID,
            now=cr.now(),
            places=places,
            kept=SQL(", ").join(kept),
        )
    )


# officers and companies


def _keep_officers_of_visits(cr):
    """Where the customer's officer does not work, whoever had the last visit does."""
    cr.execute(
        """
        UPDATE aftersales_archive archive SET officer_id = last.officer_id
          FROM (SELECT DISTINCT ON (visit.partner_id, visit.company_id)
                       visit.partner_id, visit.company_id, visit.officer_id
                  FROM aftersales_archive without
                  JOIN aftersales_visit visit
                    ON visit.partner_id = without.partner_id
                   AND visit.company_id = without.company_id
                  JOIN res_users officer ON officer.id = visit.officer_id
                  JOIN res_company_users_rel allowed
                    ON allowed.user_id = officer.id
                   AND allowed.cid = visit.company_id
                 WHERE without.officer_id IS NULL AND officer.active
                 ORDER BY visit.partner_id, visit.company_id,
                          visit.date_arrival DESC, visit.id DESC) last
         WHERE archive.officer_id IS NULL
           AND archive.partner_id = last.partner_id
           AND archive.company_id = last.company_id
        """
    )


def _begin_anew_in_other_companies(env):
    """A customer of several companies was planned for by one of them until now.

    The others begin today: what was over long before is not planned any more.
    """
    for company in env["res.company"].with_context(active_test=False).search([]):
        env.cr.execute(
            """
            UPDATE aftersales_archive archive SET contact_since = %s
             WHERE company_id = %s AND contact_since IS NULL
               AND EXISTS (SELECT FROM aftersales_archive other
                            WHERE other.partner_id = archive.partner_id
                              AND other.company_id != archive.company_id)
            """,
            (company._aftersales_date(), company.id),
        )
