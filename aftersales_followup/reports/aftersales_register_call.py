from odoo import api, models
from odoo.tools import SQL

from ..models.aftersales_satisfaction_mixin import NOT_ASKED
from .aftersales_register import Names
from .register_layout import Column


class AftersalesRegisterCall(models.AbstractModel):
    """Call register (跟踪服务电话登记表)."""

    _name = "aftersales.register.call"
    _description = "Call Register"
    _inherit = ["aftersales.register"]
    _entry_model = "aftersales.call"
    _date_field = "date"

    @api.model
    def _get_title(self):
        return self.env._("Call Register")

    @api.model
    def _get_columns(self):
        return [
            Column("number", self.env._("Register Number"), 114),
            Column("date", self.env._("Date"), 102, "datetime"),
            Column("customer", self.env._("Customer"), 120),
            Column("plate", self.env._("Plate"), 98),
            Column("phone", self.env._("Phone"), 130),
            Column("kind", self.env._("Kind"), 108),
            Column("topics", self.env._("Topics"), 160),
            Column("content", self.env._("What Was Said"), 334),
            Column("outcome", self.env._("Outcome"), 144),
            Column("satisfaction", self.env._("Score (0–10)"), 62, "number"),
            Column("caller", self.env._("Called by"), 84),
            Column("designated", self.env._("On Behalf of"), 84),
            Column("on_time", self.env._("On Time"), 60),
            Column("corrected", self.env._("Corrected"), 480, "note"),
        ]

    @api.model
    def _get_row_sql(self, query, company):
        call = query.table
        outcome = query.left_join(
            call, "outcome_id", "aftersales_call_outcome", "id", "outcome_id"
        )
        followup = query.left_join(
            call, "followup_id", "aftersales_followup", "id", "followup_id"
        )
        return [
            self._sql_field(query, "number"),
            SQL(
                "%s AT TIME ZONE 'UTC' AT TIME ZONE %s",
                self._sql_field(query, "date"),
                company._aftersales_tz().zone,
            ),
            self._sql_customer(query),
            self._sql_field(query, "caller_name"),
            self._sql_field(query, "plate"),
            self._sql_field(query, "phone"),
            self._sql_field(query, "mode"),
            self._sql_field(query, "direction"),
            self._sql_field(query, "inbound_kind"),
            self._sql_topics(query),
            self._sql_field(query, "content"),
            self.env["aftersales.call.outcome"]._field_to_sql(outcome, "name", query),
            self._sql_refusal(query),
            SQL(
                "%s AT TIME ZONE 'UTC' AT TIME ZONE %s",
                self._sql_field(query, "date_call_back"),
                company._aftersales_tz().zone,
            ),
            self._sql_field(query, "satisfaction"),
            self._sql_field(query, "user_id"),
            self._sql_field(query, "designated_user_id"),
            # Only the call that completed the follow-up shows how it went.
            SQL(
                "CASE WHEN %s = 'complete' AND %s = 'done' THEN %s END",
                SQL.identifier(outcome, "effect"),
                SQL.identifier(followup, "state"),
                SQL("%s = 'on_time'", SQL.identifier(followup, "result")),
            ),
            self._sql_corrections(query, company),
        ]

    @api.model
    def _sql_refusal(self, query):
        """Return the SQL of why the customer does not want to be contacted."""
        reason = query.left_join(
            query.table,
            "optout_reason_id",
            "aftersales_optout_reason",
            "id",
            "optout_reason_id",
        )
        return SQL(
            "NULLIF(concat_ws(': ', %s, NULLIF(%s, '')), '')",
            self.env["aftersales.optout.reason"]._field_to_sql(reason, "name", query),
            self._sql_field(query, "optout_reason"),
        )

    @api.model
    def _sql_topics(self, query):
        """Return the SQL of the ids of a call's topics, as an array."""
        field = self.env[self._entry_model]._fields["topic_ids"]
        return SQL(
            "ARRAY(SELECT %s FROM %s WHERE %s = %s ORDER BY 1)",
            SQL.identifier(field.column2),
            SQL.identifier(field.relation),
            SQL.identifier(field.column1),
            SQL.identifier(query.table, "id"),
        )

    @api.model
    def _get_row_maker(self):
        mask_phone, mask_text = self._get_phone_masks()
        modes, directions, concerns = (
            self._get_labels(name) for name in ("mode", "direction", "inbound_kind")
        )
        users = Names(self.env["res.users"])
        write_corrections = self._get_correction_writer(users)
        topics = Names(self.env["aftersales.topic"])
        separator = self._get_separator()
        yes, no = self.env._("Yes"), self.env._("No")
        on_times = {True: yes, False: no, None: None}

        def what_became(outcome, refusal, moment):
            """Tell the outcome, with why one refuses or when one is to be called."""
            again = moment and f"{moment:%Y-%m-%d %H:%M}"
            return "\n".join(filter(None, (outcome, mask_text(refusal), again)))

        def make_row(
            number,
            date,
            customer,
            caller_name,
            plate,
            phone,
            mode,
            direction,
            concern,
            topic_ids,
            content,
            outcome,
            refusal,
            call_back,
            satisfaction,
            user_id,
            designated_id,
            on_time,
            corrections,
        ):
            kind = modes[mode] if mode == "in_person" else directions[direction]
            return (
                number,
                date,
                mask_text(customer or caller_name),
                plate,
                mask_phone(phone),
                f"{kind}: {concerns[concern]}" if concern else kind,
                separator.join(map(topics.__getitem__, topic_ids)),
                mask_text(content),
                what_became(outcome, refusal, call_back),
                None if satisfaction == NOT_ASKED else satisfaction,
                users[user_id],
                users[designated_id] if designated_id not in (None, user_id) else None,
                on_times[on_time],
                write_corrections(corrections),
            )

        return make_row
