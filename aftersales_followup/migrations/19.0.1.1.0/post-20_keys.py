"""Write the keys of planned follow-ups anew, so that nothing is planned twice.

A key named rule and origin: ``first:visit:42``. Now it also names whom the follow-up
is for and the company, ``first:visit:42:77:1``, and a round of a recurring date at its
end. Keys that were taken back stay empty, and those of cases stay as they are.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import sql

# Old keys: code of the rule, kind and id of the origin, and what else there was: the
# round of a recurring date, the customer of a campaign, the day of the next service.
KINDS = ("visit", "followup", "vehicle", "partner", "campaign")
OLD_KEY = rf":({'|'.join(KINDS)}):\d+(:(\d{{4}}-\d\d-\d\d|\d+)?)?$"


def migrate(cr, version):
    if not sql.column_exists(cr, "res_partner", "aftersales_last_visit_date"):
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.flush_all()
    _keep_one_next_service(cr)
    _rewrite_keys(cr)
    env.invalidate_all()
    _mark_what_waits(env)


def _keep_one_next_service(cr):
    """An archive is filed once, and so is its next service planned.

    Of two contacts that filing twice has planned the open one keeps its key, else the
    one that was done, else the later one.
    """
    cr.execute(
        """
        UPDATE aftersales_followup written SET origin_key = NULL
          FROM (SELECT id, row_number() OVER (
                       PARTITION BY split_part(origin_key, ':', 3)
                       ORDER BY state = 'planned' DESC, state = 'done' DESC, id DESC
                       ) AS place
                  FROM aftersales_followup
                 WHERE origin_key ~ '^next_service:visit:[0-9]+:[0-9]{4}-') planned
         WHERE planned.id = written.id AND planned.place > 1
        """
    )


def _rewrite_keys(cr):
    """Name in each key whom the follow-up is for, and the company.

    The same visit and the same follow-up before plan for the same customer. A date of a
    car was planned for whoever owned it then, so that a new owner gets his own contact,
    but not about a window that was over long ago. The last visit, which lost customers
    are called about, is each company's own, and told by the day there.
    """
    cr.execute(
        """
        WITH planned AS (
            SELECT followup.id, followup.partner_id, followup.company_id,
                   array_to_string(part[:kind.place - 1], ':') AS code,
                   part[kind.place] AS kind,
                   part[kind.place + 1]::int AS origin_id,
                   part[kind.place + 2] AS cycle,
                   followup.date_deadline < %(today)s - rule.catch_up_days AS is_over
              FROM aftersales_followup followup
        CROSS JOIN string_to_array(followup.origin_key, ':') part
        CROSS JOIN LATERAL (
                   SELECT CASE WHEN part[cardinality(part) - 1] = ANY(%(kinds)s)
                               THEN cardinality(part) - 1
                               ELSE cardinality(part) - 2 END AS place) kind
         LEFT JOIN aftersales_followup_rule rule ON rule.id = followup.rule_id
             WHERE followup.origin_key ~ %(old_key)s
        )
        UPDATE aftersales_followup written
           SET origin_key = planned.code
               || CASE WHEN planned.kind = 'partner' THEN ':archive:' || archive.id
                       ELSE ':' || planned.kind || ':' || planned.origin_id END
               || ':' || COALESCE(
                  visit.partner_id,
                  previous.partner_id,
                  CASE WHEN planned.is_over THEN car.aftersales_owner_id END,
                  planned.partner_id)
               || ':' || planned.company_id
               || CASE planned.kind
                  WHEN 'vehicle' THEN ':' || COALESCE(planned.cycle, '')
                  WHEN 'partner' THEN ':' || COALESCE(
                       CASE WHEN planned.cycle
                                 = customer.aftersales_last_visit_date::text
                            THEN archive.last_visit_date::text END,
                       planned.cycle, '')
                  ELSE '' END
          FROM planned
     LEFT JOIN aftersales_visit visit
            ON visit.id = planned.origin_id AND planned.kind = 'visit'
     LEFT JOIN aftersales_followup previous
            ON previous.id = planned.origin_id AND planned.kind = 'followup'
     LEFT JOIN fleet_vehicle car
            ON car.id = planned.origin_id AND planned.kind = 'vehicle'
     LEFT JOIN res_partner customer
            ON customer.id = planned.partner_id AND planned.kind = 'partner'
     LEFT JOIN aftersales_archive archive
            ON archive.partner_id = customer.id
           AND archive.company_id = planned.company_id
         WHERE planned.id = written.id
        """,
        {"today": cr.now().date(), "kinds": list(KINDS), "old_key": OLD_KEY},
    )


def _mark_what_waits(env):
    """Let the first night look at what is not planned yet, as each night did before."""
    env["aftersales.followup.rule"].search([])._tell_origins()
