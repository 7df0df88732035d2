"""What nobody may change on a follow-up: what became of it, and what a rule says."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class AftersalesFollowup(models.Model):
    _inherit = "aftersales.followup"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_guarded_fields(self):
        return {
            "state",
            "result",
            "date_done",
            "date_anchor",
            "date_next",
            "attempts",
            "is_call_back",
            "letter_suggested",
            "cancel_reason",
            "planning_note",
            "origin_key",
            "rule_id",
            "previous_id",
            "case_id",
            "campaign_id",
            "campaign_reply",
            "substitution_id",
            "together_call_ids",
            "to_plan_since",
            "reminder_lost",
        }

    def _get_settled_fields(self):
        return self._get_planned_fields() | {
            "topic_ids",
            "content",
            "purpose",
            "user_id",
            "acting_user_id",
            "date_earliest",
            "date_deadline",
        }

    @api.model
    def _get_planned_fields(self):
        """Return what a rule or a case says, and nobody changes afterwards."""
        return {"partner_id", "vehicle_id", "visit_id", "channel", "company_id"}

    def _is_settled(self):
        return self.state != "planned"

    def _check_settled(self, names):
        """Refuse also to change whom and what a rule planned a follow-up for."""
        planned = self._get_planned_fields() & set(names)
        by_rule = self.filtered(lambda followup: followup.rule_id or followup.case_id)
        if planned and by_rule and not self._may_write_guarded():
            raise UserError(
                self.env._(
                    "%(followup)s was planned by a rule or for a case: %(fields)s "
                    "cannot be changed. Cancel it and plan another one.",
                    followup=by_rule[0].display_name,
                    fields=self._get_field_labels(planned),
                )
            )
        return super()._check_settled(names)

    def _check_window_change(self, vals):
        """Refuse to open a rule's window wider: it is the house's, not theirs."""
        names = {"date_earliest", "date_deadline"} & vals.keys()
        if (
            not names
            or self.env.su
            or self.env["res.users"]._aftersales_is_supervisor()
        ):
            return
        dates = {name: fields.Date.to_date(vals[name]) for name in names if vals[name]}
        for followup in self.filtered(lambda record: record.rule_id or record.case_id):
            earliest, deadline = followup.date_earliest, followup.date_deadline
            if (
                dates.get("date_earliest", earliest) < earliest
                or dates.get("date_deadline", deadline) > deadline
            ):
                raise UserError(
                    self.env._(
                        "%(followup)s is due from %(earliest)s until %(deadline)s. "
                        "Only a supervisor can begin earlier or put the deadline off.",
                        followup=followup.display_name,
                        earliest=format_date(self.env, earliest),
                        deadline=format_date(self.env, deadline),
                    )
                )

    def _check_not_promised(self):
        """Refuse to call off, or on again, by hand what a case promises a customer."""
        for followup in self.filtered("case_id"):
            raise UserError(
                self.env._(
                    "%(followup)s is promised: the customer is to be told the solution "
                    "of %(case)s. Register the call or letter that does it, or reopen "
                    "the case.",
                    followup=followup.display_name,
                    case=followup.case_id.display_name,
                )
            )
