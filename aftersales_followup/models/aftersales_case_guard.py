"""What nobody may change on a case: the clocks' results are made from it."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_datetime

from .aftersales_call_register import CLOCK_DRIFT
from .aftersales_case import UNSOLVED
from .aftersales_case_clock import ANSWERS


class AftersalesCase(models.Model):
    _inherit = "aftersales.case"

    @api.constrains("date_raised")
    def _check_date_raised(self):
        """Nothing that happened is dated in the future."""
        now = fields.Datetime.now() + CLOCK_DRIFT
        for case in self:
            if case.date_raised > now:
                raise ValidationError(
                    self.env._(
                        "%(case)s cannot have been raised in the future (%(date)s).",
                        case=case.display_name,
                        date=format_datetime(self.env, case.date_raised),
                    )
                )

    @api.constrains("supervisor_id")
    def _check_supervisor(self):
        """Let nobody decide who is no supervisor there."""
        Users = self.env["res.users"]
        for company, cases in self.grouped("company_id").items():
            chosen = cases.supervisor_id
            wrong = chosen and chosen - Users.sudo().search(
                [
                    *Users._aftersales_supervisor_domain(),
                    ("company_ids", "in", company.ids),
                    ("id", "in", chosen.ids),
                ]
            )
            if wrong:
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot decide in %(company)s: choose an active user "
                        "of the company with the role Supervisor.",
                        user=wrong[0].name,
                        company=company.name,
                    )
                )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_guarded_fields(self):
        """All of the clocks, and what the steps of the case write."""
        return {
            "company_id",
            "call_id",
            "state",
            "followup_ids",
            "substitution_id",
            "reminder_lost",
            "round_ids",
            "round_id",
            "round_number",
            "date_begin",
            "escalate_deadline",
            "date_escalated",
            "escalated_by_id",
            "escalated_by_system",
            "escalation_result",
            "solve_deadline",
            "date_solved",
            "solved_by_id",
            "solve_result",
            "inform_deadline",
            "date_informed",
            "inform_call_id",
            "inform_letter_id",
            "inform_result",
            "answer_deadline",
            "answer_result",
            "date_closed",
            "date_deadline",
            "waiting_for",
            "waiting_since",
            "parts_days",
            "maker_days",
        }

    @api.model
    def _get_fields_free_at_creation(self):
        """Where it was said is known when it is written down, and does not change."""
        return {"company_id", "call_id"}

    def _get_settled_fields(self):
        """What was solved stands as it is; the answer how satisfied he is may come."""
        settled = {
            "case_type",
            "description",
            "partner_id",
            "vehicle_id",
            "visit_id",
            "date_raised",
            "solution",
            "answered_on_spot",
        }
        if "closed" in self.mapped("state"):
            settled |= {
                "satisfaction",
                "satisfaction_score",
                "user_id",
                "acting_user_id",
                "supervisor_id",
            }
        return settled

    def _is_settled(self):
        return self.state not in UNSOLVED

    @api.model
    def _check_new(self, vals_list):
        """Check what new cases come with, before anything is written.

        :param list vals_list: defaults of the context included
        """
        now = fields.Datetime.now()
        calls = self.env["aftersales.call"].browse(
            {vals["call_id"] for vals in vals_list if vals.get("call_id")}
        )
        calls = {call.id: call for call in calls}
        for vals in vals_list:
            call = calls.get(vals.get("call_id"), self.env["aftersales.call"])
            if call and not vals.get("partner_id") and not call.partner_id:
                raise UserError(
                    self.env._(
                        "Choose the customer of %(call)s first, or create one: a wish, "
                        "request or complaint needs somebody to be answered.",
                        call=call.display_name,
                    )
                )
            said = min(call.date or now, now)
            self._check_raised_before(said, vals.get("date_raised"))
            if vals.get("answered_on_spot"):
                self._check_answered_in(call)

    def _check_change(self, vals):
        """Check what is about to be written, before anything is."""
        if "date_raised" in vals:
            self._check_clock_runs()
            for case in self:
                self._check_raised_before(case.date_raised, vals["date_raised"])
        # These go to the round, where nobody but the steps of the case may write.
        answers = ANSWERS & vals.keys()
        if answers:
            self.check_access("write")
            self._check_settled(answers)
        if vals.get("answered_on_spot"):
            for case in self:
                case._check_answered_in(case.call_id)

    @api.model
    def _check_raised_before(self, latest, raised):
        """Refuse to let the clocks begin later than they do.

        :param latest: when they begin as it is (naive UTC)
        :param raised: when they are to begin
        """
        raised = fields.Datetime.to_datetime(raised)
        if not raised or raised <= latest or self._may_write_guarded():
            return
        if not self.env["res.users"]._aftersales_is_supervisor():
            raise UserError(
                self.env._("Only a supervisor can put off when a case was raised.")
            )

    def _check_clock_runs(self):
        """Refuse to move the beginning of a clock that stopped, or began anew."""
        for case in self:
            begins = case.state == "open" and case.round_number == 1
            if not begins and not self._may_write_guarded():
                raise UserError(
                    self.env._(
                        "The clock of %(case)s has stopped: when it was raised cannot "
                        "be changed any more.",
                        case=case.display_name,
                    )
                )

    @api.model
    def _check_answered_in(self, call):
        """Refuse to note afterwards that the customer was answered during the call."""
        if self._may_write_guarded() or call.state == "draft":
            return
        raise UserError(
            self.env._(
                "Only in a call that is not registered yet you can tick that the "
                "customer was answered during it. Use the button of the case."
            )
        )

    def _check_step(self, *states):
        """Raise unless the user may do a step that begins in one of the states."""
        self.check_access("write")
        for case in self:
            if case.state not in states:
                raise UserError(case._get_next_step())

    def _get_next_step(self):
        """Return how the case stands and what is to be done now."""
        name = self.display_name
        return {
            "open": self.env._(
                "%(case)s is not solved yet. Write down the solution, or report it to "
                "the supervisor; then tell the customer.",
                case=name,
            ),
            "escalated": self.env._(
                "%(case)s was reported to the supervisor. Write down the solution, "
                "then tell the customer.",
                case=name,
            ),
            "solved": self.env._(
                "%(case)s is solved. Tell the customer first, by a registered call or "
                "letter; or reopen it.",
                case=name,
            ),
            "informed": self.env._(
                "The customer was told about %(case)s. Close it; or reopen it if that "
                "was no satisfying answer.",
                case=name,
            ),
            "closed": self.env._(
                "%(case)s is closed. Reopen it if the customer is not satisfied.",
                case=name,
            ),
        }[self.state]
