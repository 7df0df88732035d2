"""The reminder of a case: to solve it or report it, or to decide what was reported."""

from odoo import models
from odoo.exceptions import UserError

from .aftersales_case import UNSOLVED, UNTOLD


class AftersalesCase(models.Model):
    _inherit = "aftersales.case"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_reminder_domain(self):
        return [("state", "in", UNSOLVED)]

    def _get_open_domain(self):
        return [("state", "in", UNTOLD)]

    def _get_own_work_domain(self):
        """What was reported is the supervisor's work."""
        return [("state", "=", "open")]

    def _prepare_reminder_vals(self):
        if self.state == "escalated":
            summary = self.env._("Find a solution")
        else:
            summary = self.env._("Solve it, or report it to the supervisor")
        return {"date_deadline": self.date_deadline, "summary": summary}

    def _get_reminder_user(self):
        if self.state == "escalated":
            return self.supervisor_id or self.acting_user_id
        return self.acting_user_id

    def _complete_from_reminder(self, feedback):
        """Take what was written for the solution."""
        self.ensure_one()
        if not (feedback or "").strip():
            raise UserError(
                self.env._(
                    "%(case)s is done when it has a solution. Write the solution as "
                    "feedback, or open the case and report it to the supervisor.",
                    case=self.display_name,
                )
            )
        self._check_step(*UNSOLVED)
        self.solution = feedback
        self.action_solve()

    def _on_reminder_changed(self, activity):
        """Hand the case over with its reminder."""
        name = "supervisor_id" if self.state == "escalated" else "acting_user_id"
        if activity.user_id and activity.user_id != self[name]:
            self[name] = activity.user_id
