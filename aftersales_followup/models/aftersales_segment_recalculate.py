"""Who has which level: by what was spent and how often in the last twelve months."""

import logging

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from .scheduler import commit_step, do_or_skip

_logger = logging.getLogger(__name__)


class AftersalesSegment(models.Model):
    _inherit = "aftersales.segment"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    # figures

    @api.model
    def _get_figures_sql(self, company, partners=None):
        """Return the query of what customers spent, and how often they came.

        Visits count that ended within the twelve months up to today, of both types;
        and of their money what the customer or his insurer paid. A customer who did
        not come has no row.

        :param SQL partners: subquery of the ids of the customers; none: all
        """
        today = company._aftersales_date()
        return SQL(
            """SELECT partner_id, count(*) AS visits, sum(spend_total) AS spend
                 FROM aftersales_visit visit
                WHERE company_id = %(company)s
                  AND date_end > %(year_ago)s AND date_end <= %(today)s
                  AND %(whose)s
                GROUP BY partner_id""",
            company=company.id,
            year_ago=today - relativedelta(months=12),
            today=today,
            whose=SQL("partner_id IN (%s)", partners) if partners else SQL("TRUE"),
        )

    @api.model
    def _get_figures(self, partners, company):
        """Return {partner id: (spend, visits)} of the last twelve months."""
        if not partners:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, spend, visits FROM (%s) figures",
                self._get_figures_sql(
                    company, SQL("SELECT unnest(%s::int[])", partners.ids)
                ),
            )
        )
        return {
            partner_id: (float(spend), visits) for partner_id, spend, visits in rows
        }

    @api.model
    def _get_moves_sql(self, rules, company, partners=None):
        """Return the query of the archives whose level is another one by the rules.

        The first rule that is reached gives the level. Levels fixed by hand stay.

        :param list rules: of ``LevelRule``, the best level first
        :param SQL partners: subquery of the ids of the customers; none: all
        """
        spend = SQL("COALESCE(figures.spend, 0)")
        visits = SQL("COALESCE(figures.visits, 0)")
        cases = [
            SQL(
                "WHEN %s THEN %s",
                rule.get_condition_sql(spend, visits),
                rule.segment_id,
            )
            for rule in rules
        ]
        return SQL(
            """SELECT archive.id AS archive_id, archive.segment_id AS old_id,
                      level.id AS new_id, %(spend)s AS spend, %(visits)s AS visits
                 FROM aftersales_archive archive
            LEFT JOIN (%(figures)s) figures ON figures.partner_id = archive.partner_id
           CROSS JOIN LATERAL (SELECT CASE %(cases)s END AS id) level
                WHERE archive.company_id = %(company)s
                  AND archive.segment_fixed IS NOT TRUE
                  AND archive.segment_id IS DISTINCT FROM level.id
                  AND %(whose)s""",
            spend=spend,
            visits=visits,
            figures=self._get_figures_sql(company, partners),
            cases=SQL(" ").join(cases),
            company=company.id,
            whose=SQL("archive.partner_id IN (%s)", partners)
            if partners
            else SQL("TRUE"),
        )

    # writing

    @api.model
    def _recalculate(self, company, partners=None):
        """Give the customers of a company the levels that the rules say.

        One statement for all of them: it writes those who move, and their history with
        the figures. A company without any level given by rule keeps what it has.

        :param SQL partners: subquery of the ids of the customers; none: all
        :return: how many moved
        """
        rules = self._get_levels(company)._get_level_rules()
        if not rules:
            return 0
        self.env.flush_all()
        [(moved,)] = self.env.execute_query(
            SQL(
                """
                WITH moved AS (%(moves)s),
                     written AS (
                         UPDATE aftersales_archive archive
                            SET segment_id = moved.new_id,
                                write_uid = %(uid)s, write_date = %(now)s
                           FROM moved WHERE archive.id = moved.archive_id),
                     noted AS (
                         INSERT INTO aftersales_segment_change
                                (archive_id, company_id, date, old_segment_id,
                                 segment_id, spend, visits, cause,
                                 create_uid, write_uid, create_date, write_date)
                         SELECT archive_id, %(company)s, %(today)s, old_id,
                                new_id, spend, visits, 'rules',
                                %(uid)s, %(uid)s, %(now)s, %(now)s
                           FROM moved
                      RETURNING id)
                SELECT count(*) FROM noted
                """,
                moves=self._get_moves_sql(rules, company, partners),
                uid=self.env.uid,
                now=self.env.cr.now(),
                company=company.id,
                today=company._aftersales_date(),
            )
        )
        if moved:
            self.env.invalidate_all(flush=False)
        return moved

    @api.model
    def _recalculate_all(self, company):
        """Calculate the levels of all customers of a company, and note the day.

        :return: how many moved
        """
        moved = self._recalculate(company)
        company.sudo().aftersales_levels_date = company._aftersales_date()
        return moved

    @api.model
    def _recalculate_partners(self, partners, company):
        """Calculate the levels of some customers of a company now.

        :return: how many moved
        """
        if not partners:
            return 0
        return self._recalculate(company, SQL("SELECT unnest(%s::int[])", partners.ids))

    @api.model
    def _recalculate_new(self, company):
        """Give a level to the customers who have none yet, as new and imported ones."""
        return self._recalculate(
            company,
            SQL(
                """SELECT newcomer.partner_id FROM aftersales_archive newcomer
                    WHERE newcomer.company_id = %s AND newcomer.segment_id IS NULL
                      AND newcomer.segment_fixed IS NOT TRUE""",
                company.id,
            ),
        )

    # every night

    @api.model
    def _cron_levels(self):
        """Calculate the levels of each company in its first night of a month.

        In other nights only customers without a level get theirs, so that a night costs
        what came in. A month whose first nights were missed is made up for in the next
        one. One company that fails is logged and stops no other.
        """
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            _done, left = commit_step(self.env, self._see_to_levels, company)
            if not left:
                return
        self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _see_to_levels(self, company):
        do_or_skip(company, self._recalculate_due, set())
        return company

    @api.model
    def _recalculate_due(self, company):
        """Calculate all levels once a month, and those of new customers else."""
        month = company._aftersales_date().replace(day=1)
        last = company.aftersales_levels_date
        if not last or last < month:
            moved = self._recalculate_all(company)
        else:
            moved = self._recalculate_new(company)
        if moved:
            _logger.info("%s customers of %s have another level", moved, company.name)
        return moved
