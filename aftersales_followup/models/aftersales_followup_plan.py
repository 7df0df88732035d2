"""Planning: how rows of planned follow-ups come about."""

import json
from datetime import timedelta
from functools import cache

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .aftersales_followup_script import SPEAKER
from .aftersales_origin_mixin import OriginColumns

PLAN_BATCH = 2000


class AftersalesFollowup(models.Model):
    """The planning of follow-ups: set-based, and the same one only once."""

    _inherit = "aftersales.followup"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_plan_columns(self):
        """Return the columns of a planned row and their SQL types.

        Another module adds its own here, and fills them in the rows of its origins.
        """
        return {
            "origin_key": "varchar",
            "company_id": "int",
            "partner_id": "int",
            "vehicle_id": "int",
            "visit_id": "int",
            "previous_id": "int",
            "case_id": "int",
            "campaign_id": "int",
            "rule_id": "int",
            "channel": "varchar",
            "purpose": "varchar",
            "content": "text",
            "user_id": "int",
            "acting_user_id": "int",
            "substitution_id": "int",
            "date_anchor": "date",
            "date_earliest": "date",
            "date_deadline": "date",
            "planning_note": "varchar",
            "state": "varchar",
            "result": "varchar",
        }

    @api.model
    def _get_plan_defaults(self):
        """Return what a planned row begins with, unless it says otherwise."""
        return {
            "channel": "call",
            "purpose": "care",
            "state": "planned",
            "result": "running",
        }

    @api.model
    def _plan(self, rows):
        """Insert planned follow-ups with topics and reminders; the same one only once.

        Set-based, with the meaning of ``create(rows)`` for each row whose origin key
        is not planned yet. The unique index on the origin key decides, so that it
        stays true whatever runs twice, in parallel, or after a crash.

        :param list rows: dicts of the keys of ``_get_plan_columns``; ``content`` is
            filled in from the rule's scripts
        :return: the new follow-ups
        """
        if not rows:
            return self.browse()
        self._fill_in_stand_ins(rows)
        self._fill_in_topics(rows)
        self._fill_in_content(rows)
        self.env.flush_all()
        self._keep_below_ceiling(rows)
        self.env["res.partner"].invalidate_model(["aftersales_followup_ids"])
        self.env["fleet.vehicle"].invalidate_model(["aftersales_followup_ids"])
        self.env["aftersales.visit"].invalidate_model(["followup_ids"])
        self.env["aftersales.campaign"].invalidate_model(["followup_ids"])
        followups = self._insert_planned(rows).sudo()
        followups._create_reminders()
        return followups

    @api.model
    def _insert_planned(self, rows):
        """Insert the rows of ``_plan`` with their topics; return the new follow-ups.

        What their reminders are made from is in memory then, as if it were fetched.
        """
        columns = self._get_plan_columns()
        defaults = self._get_plan_defaults()
        topics = self._fields["topic_ids"]
        read = [self._fields[name] for name in self._get_reminder_fields()]
        written = {**columns, "topic_ids": "int[]"}
        types = SQL(", ".join(f'"{name}" {kind}' for name, kind in written.items()))
        values = [
            {name: _clean(row.get(name) or defaults.get(name)) for name in written}
            for row in rows
        ]
        inserted = self.env.execute_query(
            SQL(
                """
                WITH planned AS (
                    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb)
                           AS planned(%(types)s)
                ), inserted AS (
                    INSERT INTO aftersales_followup (
                           %(columns)s, create_uid, write_uid, create_date, write_date)
                    SELECT %(planned_columns)s, %(uid)s, %(uid)s, %(now)s, %(now)s
                      FROM planned
                     WHERE NOT %(withheld)s
                        ON CONFLICT (origin_key) WHERE origin_key IS NOT NULL
                        DO NOTHING
                 RETURNING id, origin_key, %(returned)s
                ), topics AS (
                    INSERT INTO %(topics)s (%(followup_id)s, %(topic_id)s)
                    SELECT inserted.id, unnest(planned.topic_ids)
                      FROM inserted JOIN planned USING (origin_key)
                        ON CONFLICT DO NOTHING
                )
                SELECT id, %(returned)s FROM inserted ORDER BY id
                """,
                columns=SQL(", ".join(f'"{name}"' for name in columns)),
                returned=SQL(", ".join(f'"{field.name}"' for field in read)),
                planned_columns=SQL(", ".join(f'planned."{name}"' for name in columns)),
                topics=SQL.identifier(topics.relation),
                followup_id=SQL.identifier(topics.column1),
                topic_id=SQL.identifier(topics.column2),
                withheld=self._get_withheld_sql(
                    "planned", any(row.get("case_id") for row in rows)
                ),
                types=types,
                uid=self.env.uid,
                now=self.env.cr.now(),
                rows=json.dumps(values, default=str),
            )
        )
        if not inserted:
            return self.browse()
        ids, *values = zip(*inserted, strict=True)
        followups = self.browse(ids)
        for field, column in zip(read, values, strict=True):
            field._insert_cache(followups, column)
        return followups

    @api.model
    def _get_withheld_sql(self, alias, promised):
        """Return the SQL of whether a row is not planned because of the customer.

        Who waits for an answer gets it all the same, unless he asked to be forgotten.

        :param bool promised: whether there are rows for such customers
        """
        columns = ("company_id", "partner_id", "vehicle_id", "channel", "purpose")
        uncontactable = self.env["aftersales.optout"]._get_uncontactable_sql(
            *(SQL.identifier(alias, name) for name in columns)
        )
        if not promised:
            return uncontactable
        return SQL(
            "(%s OR (%s IS NULL AND %s))",
            self.env["aftersales.restriction"]._get_restricted_sql(
                SQL.identifier(alias, "partner_id")
            ),
            SQL.identifier(alias, "case_id"),
            uncontactable,
        )

    @api.model
    def _fill_in_topics(self, rows):
        """Choose the topics of the rule, but not what the contact before was about.

        The second contact must not repeat the first (规定 5). Where nothing else is
        left the rule's topics stay, and the officer is warned when calling.
        """
        rules = self.env["aftersales.followup.rule"].sudo()
        topics_of = cache(
            lambda rule_id, company_id: rules.browse(rule_id)._get_topics(company_id)
        )
        previous_ids = [row["previous_id"] for row in rows if row.get("previous_id")]
        discussed = self.browse(previous_ids)._get_topics_discussed_in_calls()
        for row in rows:
            topics = topics_of(row.get("rule_id"), row["company_id"])
            repeated = discussed.get(row.get("previous_id"))
            fresh = topics - repeated if repeated else topics
            row["topic_ids"] = (fresh or topics).ids

    def _get_topics_discussed_in_calls(self):
        """Return {follow-up id: topics of its calls that may not be repeated}.

        As reading the topics of the registered calls that completed each, in one query.
        """
        if not self:
            return {}
        calls = self.env["aftersales.call"]
        topics = calls._fields["topic_ids"]
        calls.flush_model(["followup_id", "state", "outcome_id", topics.name])
        calls.outcome_id.flush_model(["effect"])
        calls.topic_ids.flush_model(["may_repeat"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT call.followup_id, array_agg(topic.id)
                  FROM aftersales_call call
                  JOIN aftersales_call_outcome outcome ON outcome.id = call.outcome_id
                  JOIN %(relation)s discussed ON discussed.%(call_id)s = call.id
                  JOIN aftersales_topic topic ON topic.id = discussed.%(topic_id)s
                 WHERE call.followup_id = ANY(%(followups)s)
                   AND call.state = 'registered'
                   AND outcome.effect = 'complete'
                   AND topic.may_repeat IS NOT TRUE
                 GROUP BY call.followup_id
                """,
                relation=SQL.identifier(topics.relation),
                call_id=SQL.identifier(topics.column1),
                topic_id=SQL.identifier(topics.column2),
                followups=self.ids,
            )
        )
        topics = self.env["aftersales.topic"].sudo()
        return {followup_id: topics.browse(ids) for followup_id, ids in rows}

    @api.model
    def _fill_in_stand_ins(self, rows):
        """Name the acting officer of each row: the designated one, or the stand-in.

        Rows that name one keep it: whoever has a case in hand tells its solution.
        """
        rows = [row for row in rows if not row.get("acting_user_id")]
        Substitution = self.env["aftersales.substitution"]
        companies = self.env["res.company"].browse({row["company_id"] for row in rows})
        current = {
            company.id: Substitution._get_current(company) for company in companies
        }
        for row in rows:
            stand_in = current[row["company_id"]].get(row["user_id"])
            row["acting_user_id"] = (
                stand_in.substitute_id.id if stand_in else row["user_id"]
            )
            row["substitution_id"] = stand_in.id if stand_in else None

    @api.model
    def _fill_in_content(self, rows):
        """Fill the scripts of each row's topics in, in the language of its officer."""
        rows = [row for row in rows if row.get("rule_id") and not row.get("content")]

        def browse(model, name):
            ids = {row[name] for row in rows if row.get(name)}
            return self.env[model].sudo().browse(ids)

        def by_id(records):
            """Return the records by id, prefetching one for all."""
            return {record.id: record for record in records}

        users = browse("res.users", "acting_user_id")
        partners = browse("res.partner", "partner_id")
        vehicles = browse("fleet.vehicle", "vehicle_id")
        for records in (users, partners, vehicles):
            records._aftersales_fetch()
        users, partners, vehicles = map(by_id, (users, partners, vehicles))
        visits = by_id(browse("aftersales.visit", "visit_id"))
        companies = by_id(browse("res.company", "company_id"))
        campaigns = by_id(browse("aftersales.campaign", "campaign_id"))
        no_vehicle, no_visit = self.env["fleet.vehicle"], self.env["aftersales.visit"]
        no_campaign = self.env["aftersales.campaign"]
        writing = cache(lambda lang: self.with_context(lang=lang))
        Topic = self.env["aftersales.topic"].sudo()
        speaking = cache(
            lambda topic_ids, lang: Topic.with_context(lang=lang).browse(topic_ids)
        )
        # What a campaign tells is the same for thousands of customers.
        inviting = cache(
            lambda campaign_id, lang: (
                campaigns.get(campaign_id, no_campaign)
                .with_context(lang=lang)
                ._prepare_placeholder_values()
            )
        )
        for row in rows:
            user = users[row["acting_user_id"]]
            values = {
                **writing(user.lang)._prepare_customer_values(
                    partners[row["partner_id"]],
                    vehicles.get(row.get("vehicle_id"), no_vehicle),
                    visits.get(row.get("visit_id"), no_visit),
                    user,
                    companies[row["company_id"]],
                ),
                **inviting(row.get("campaign_id"), user.lang),
            }
            # Whoever calls may be somebody else by then.
            values.pop(SPEAKER)
            topics = speaking(tuple(row["topic_ids"]), user.lang)
            row["content"] = topics._get_content(values)

    # origin of what follows upon it

    @api.model
    def _aftersales_origin_anchors(self):
        return {"previous_done": self.env._("Day the previous follow-up was done")}

    @api.model
    def _aftersales_origin_columns(self, rule):
        return OriginColumns("partner_id", "vehicle_id", "date_done")

    def _aftersales_prepare_followup_vals(self, rule, company):
        vals = super()._aftersales_prepare_followup_vals(rule, company)
        return vals | {
            "visit_id": self.visit_id.id,
            "previous_id": self.id,
            "campaign_id": self.campaign_id.id,
            "user_id": self.user_id.id,
        }

    @api.model
    def _get_happened_since_domain(self, date):
        return Domain("date_done", ">=", date)

    @api.model
    def _get_happened_domain(self, rule, company):
        """Return the domain of the done follow-ups that ``rule`` follows upon.

        Of a visit that was cancelled, or is in progress again, nothing follows. A
        letter goes out after a call only where the call says that one is needed
        (规定 6), while there is a campaign to invite to, and not when its window and
        the days to catch up are over.
        """
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "done")
            & Domain("rule_id.code", "=", rule.previous_rule_id.code)
            & (
                Domain("visit_id", "=", False)
                | Domain("visit_id.state", "in", ("delivered", "closed"))
            )
        )
        if rule._waits_for_need():
            oldest = company._aftersales_date() - timedelta(
                rule.latest_days + rule.catch_up_days
            )
            domain &= (
                Domain(
                    "call_ids",
                    "any",
                    [("state", "=", "registered"), ("letter_needed", "=", True)],
                )
                & Domain("date_done", ">=", oldest)
                & (
                    Domain("campaign_id", "=", False)
                    | Domain("campaign_id.state", "=", "confirmed")
                )
            )
        return domain

    def _plan_following(self, channel=None):
        """Plan what follows upon done follow-ups.

        :param str channel: only what is done this way; default any
        """
        self.visit_id.sudo().fetch(["state"])
        for company, followups in self.grouped("company_id").items():
            for rule in self.env["aftersales.followup.rule"]._get_rules(
                "previous_done", company
            ):
                previous = rule.previous_rule_id.code
                followed = followups.filtered(
                    lambda followup, code=previous: followup.rule_id.code == code
                )
                if followed and channel in (None, rule.channel):
                    happened = self._get_happened_domain(rule, company)
                    rule._plan(followed.filtered_domain(happened), company)


def _clean(value):
    """Return a value as JSON for PostgreSQL holds it: without NUL characters."""
    return value.replace("\0", "") if isinstance(value, str) else value
