"""Planning of a campaign's calls, batch by batch, spread over officers and days."""

from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from .aftersales_followup import NO_LEVEL
from .aftersales_followup_plan import PLAN_BATCH
from .locking import lock_until_done
from .scheduler import do_or_skip


class AftersalesCampaign(models.Model):
    """The planning of a call for each customer of a campaign (规定 6)."""

    _inherit = "aftersales.campaign"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def plan_batch(self):
        """Plan the next notice calls, as a request of its own in the browser.

        :return: dict of ``done`` and ``total`` numbers of customers
        """
        self.ensure_one()
        self.check_access("write")
        self._check_notice_rule()
        has_more = self._plan_next()
        total = self.contact_count
        return {"done": self.planned_count if has_more else total, "total": total}

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _aftersales_origin_anchors(self):
        return {"campaign_start": self.env._("First day of a campaign")}

    def _get_notice_rule(self):
        """Return the rule that tells when customers are called, or none."""
        return self.env["aftersales.followup.rule"]._get_rules(
            "campaign_start", self.company_id or self.env.company
        )[:1]

    def _count_notice_deadline(self):
        """Return until when customers are to be told, or ``False``."""
        rule = self._get_notice_rule()
        company = self.company_id or self.env.company
        if not rule or not self.date_begin:
            return False
        windows = rule._get_windows([self.date_begin], company)
        return windows[self.date_begin][1]

    def _check_notice_rule(self):
        if not self._get_notice_rule():
            raise UserError(
                self.env._(
                    "No follow-up rule tells when customers are called before a "
                    "campaign. Switch one on under Configuration > Follow-up Rules."
                )
            )

    def _plan_next(self):
        """Plan the notice calls of the next batch of customers.

        Planning goes on from where it was interrupted. Who opted out meanwhile is
        taken out of the audience.

        :return: whether there may be more to plan
        """
        self.ensure_one()
        campaign = self.sudo()
        lock_until_done(campaign)
        rule = campaign._get_notice_rule()
        if campaign.state != "confirmed" or campaign.is_planned or not rule:
            return False
        rows = campaign._prepare_notice_rows(rule)
        rule._fill_in_officers(rows, campaign.company_id)
        planned = campaign.env["aftersales.followup"]._plan(rows)
        if len(planned) < len(rows):
            campaign._take_out_unplanned(rows)
        campaign.is_planned = len(rows) < PLAN_BATCH
        # Nothing of one batch stays in memory during the next.
        self.env.flush_all()
        self.env.invalidate_all()
        return not campaign.is_planned

    def _prepare_notice_rows(self, rule):
        """Return the rows of the next calls to plan, as ``_plan`` takes them."""
        schedule = self._find_unplanned(rule)
        vehicles = self._find_vehicles(
            [partner_id for partner_id, _at, _of in schedule]
        )
        days, deadline = self._get_calling_days(rule), self._get_last_calling_day()
        return [
            {
                "origin_key": self._get_notice_key(rule, partner_id),
                "company_id": self.company_id.id,
                "campaign_id": self.id,
                "partner_id": partner_id,
                "vehicle_id": vehicles.get(partner_id),
                "rule_id": rule.id,
                "channel": rule.channel,
                "purpose": rule.purpose,
                "date_anchor": self.date_begin,
                "date_earliest": days[place * len(days) // size],
                "date_deadline": deadline,
            }
            for partner_id, place, size in schedule
        ]

    def _get_notice_key(self, rule, partner_id):
        """Return the origin key of a customer's notice call."""
        return f"{rule.code}:campaign:{self.id}:{partner_id}:{self.company_id.id}"

    def _find_unplanned(self, rule):
        """Return the next customers without a notice call, and when it is their turn.

        An officer's customers queue up by their level. The place in the whole queue
        counts, so that the days come out the same in whatever batches they are
        planned.

        :return: list of (customer id, place from 0, number of the officer's customers)
        """
        field = self._fields["audience_ids"]
        prefix, suffix = self._get_notice_key(rule, "|").split("|")
        self.env["aftersales.archive"].flush_model(["officer_id", "segment_id"])
        self.env["aftersales.followup"].flush_model(["origin_key"])
        return self.env.execute_query(
            SQL(
                """
                SELECT queued.partner_id, queued.place, queued.size
                  FROM (SELECT partner.id AS partner_id,
                               row_number() OVER queue - 1 AS place,
                               count(*) OVER (
                                   PARTITION BY archive.officer_id
                               ) AS size
                          FROM %(audience)s audience
                          JOIN res_partner partner
                            ON partner.id = audience.%(partner)s
                     LEFT JOIN aftersales_archive archive
                            ON archive.partner_id = partner.id
                           AND archive.company_id = %(company)s
                     LEFT JOIN aftersales_segment segment
                            ON segment.id = archive.segment_id
                         WHERE audience.%(campaign)s = %(id)s
                        WINDOW queue AS (
                               PARTITION BY archive.officer_id
                               ORDER BY COALESCE(segment.sequence, %(no_level)s),
                                        partner.id)
                       ) queued
                 WHERE NOT EXISTS (
                       SELECT FROM aftersales_followup planned
                        WHERE planned.origin_key
                              = %(prefix)s || queued.partner_id::text || %(suffix)s)
                 ORDER BY queued.place, queued.partner_id
                 LIMIT %(limit)s
                """,
                audience=SQL.identifier(field.relation),
                campaign=SQL.identifier(field.column1),
                partner=SQL.identifier(field.column2),
                id=self.id,
                no_level=NO_LEVEL,
                company=self.company_id.id,
                prefix=prefix,
                suffix=suffix,
                limit=PLAN_BATCH,
            )
        )

    def _find_vehicles(self, partner_ids):
        """Return {customer id: id of the only car, or the only one of the models}."""
        domain = Domain("aftersales_owner_id", "in", partner_ids) & Domain(
            "company_id", "in", [self.company_id.id, False]
        )
        if self.model_ids:
            domain &= Domain("model_id", "in", self.model_ids.ids)
        owned = self.env["fleet.vehicle"]._read_group(
            domain, ["aftersales_owner_id"], ["id:array_agg"]
        )
        return {
            owner.id: vehicle_ids[0]
            for owner, vehicle_ids in owned
            if len(vehicle_ids) == 1
        }

    def _get_last_calling_day(self):
        """Return until when calls are planned: two weeks ahead, or what is left."""
        if self.date_confirmed <= self.notice_deadline:
            return self.notice_deadline
        before = self.company_id._aftersales_add_days([self.date_begin], -1)
        return max(before[self.date_begin], self.date_confirmed)

    def _get_calling_days(self, rule):
        """Return the days over which the calls are spread, as the company counts."""
        company, last = self.company_id, self._get_last_calling_day()
        opened, _closed = rule._get_windows([self.date_begin], company)[self.date_begin]
        first = min(max(self.date_confirmed, opened), last)
        if company.aftersales_use_working_days:
            days = sorted(company._aftersales_working_days(first, last))
        else:
            days = [first + timedelta(n) for n in range((last - first).days + 1)]
        return days or [last]

    def _take_out_unplanned(self, rows):
        """Take out of the audience who was to be planned and may not be called."""
        keys = [row["origin_key"] for row in rows]
        Followup = self.env["aftersales.followup"]
        planned = Followup.search([("origin_key", "in", keys)]).partner_id
        out = {row["partner_id"] for row in rows} - set(planned.ids)
        if out:
            self.write(
                {
                    "audience_ids": [Command.unlink(partner_id) for partner_id in out],
                    "confirmed_optout_count": self.confirmed_optout_count + len(out),
                }
            )

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _resume_planning(self, failed):
        """Plan the next batch of a campaign whose planning was interrupted."""
        waiting = self.sudo().search(
            [
                ("state", "=", "confirmed"),
                ("is_planned", "=", False),
                ("id", "not in", list(failed)),
            ],
            limit=1,
        )
        planned = do_or_skip(waiting, lambda found: found._plan_next(), failed)
        if not any(planned):
            failed.update(waiting.ids)
        return waiting
