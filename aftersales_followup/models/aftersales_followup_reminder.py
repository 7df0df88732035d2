"""The reminder of a follow-up: one of Odoo's activities, and what finishing it does."""

from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_datetime


class AftersalesFollowup(models.Model):
    _inherit = "aftersales.followup"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_reminder_domain(self):
        return [("state", "=", "planned")]

    def _get_reminder_fields(self):
        return [
            "company_id",
            "partner_id",
            "vehicle_id",
            "rule_id",
            "visit_id",
            "case_id",
            "campaign_id",
            "channel",
            "acting_user_id",
            "date_deadline",
            "date_next",
            "is_call_back",
            "planning_note",
        ]

    def _prepare_reminder_vals(self):
        call_back = self.is_call_back and self.date_next
        return {
            "date_deadline": (
                self.company_id._aftersales_date(call_back)
                if call_back
                else self.date_deadline
            ),
            "summary": self.occasion,
            "note": self._get_reminder_note(),
        }

    def _get_reminder_note(self):
        """Return when to call back, or else why this is due later than usual."""
        text = self.planning_note
        if self.is_call_back and self.date_next:
            moment = format_datetime(
                self.env, self.date_next, tz=self.company_id._aftersales_tz().zone
            )
            text = self.env._("Call back at %s", moment)
        return text and Markup("<p>%s</p>") % text

    def _get_reminder_changes(self, activity, vals):
        """Leave a reminder that its user put to an earlier day where it is."""
        earlier = activity.date_deadline < vals["date_deadline"]
        if earlier and not self.env.context.get("aftersales_move_reminder"):
            vals.pop("date_deadline")
        return super()._get_reminder_changes(activity, vals)

    def _complete_from_reminder(self, feedback):
        """Register the call with the feedback as what was said (规定 7)."""
        self.ensure_one()
        if not feedback or self.channel == "letter":
            raise UserError(
                self.env._(
                    "%(followup)s is done by a registered call or letter. Write what "
                    "was said as feedback, or open the follow-up and record it.",
                    followup=self.display_name,
                )
            )
        draft = self._open_draft()
        noted = "\n".join(filter(None, (draft.content, feedback)))
        draft.write(self._prepare_call_vals() | {"content": noted})
        draft.action_register()

    def _prepare_call_vals(self):
        """Return the vals of a call that reached the customer of this follow-up."""
        return {
            "followup_id": self.id,
            "mode": "in_person" if self.channel == "meeting" else "phone",
            "outcome_id": self.env["ir.model.data"]._xmlid_to_res_id(
                "aftersales_followup.outcome_reached", raise_if_not_found=True
            ),
        }

    def _on_reminder_changed(self, activity):
        """Hand the follow-up over, or put its deadline off, with its reminder."""
        if activity.user_id and activity.user_id != self.acting_user_id:
            self.acting_user_id = activity.user_id
        if activity.date_deadline > self.date_deadline:
            self.date_deadline = activity.date_deadline
