"""From step to step: answered on the spot, solved, closed, reopened.

Reporting and telling the customer are in files of their own.
"""

from odoo import fields, models
from odoo.exceptions import UserError

from .aftersales_case import UNSOLVED


class AftersalesCase(models.Model):
    _inherit = "aftersales.case"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_answer_on_spot(self):
        """Close what was answered during the talk (规定 4: 当面或当时答复).

        The solution may stay empty: the customer has heard it.

        :raise UserError: if a case was not just raised
        """
        self._check_step("open")
        self._answer_on_spot()

    def action_solve(self):
        """Note that a solution was found; today the customer is to be told (规定 4).

        :raise UserError: if a case has no solution written down, or had one before
        """
        self._check_step(*UNSOLVED)
        for case in self:
            if not (case.solution or "").strip():
                raise UserError(
                    self.env._(
                        "Write the solution down before you mark %(case)s as solved.",
                        case=case.display_name,
                    )
                )
        self._solve()

    def action_close(self):
        """Close cases whose customers were told.

        :raise UserError: if a customer was not told yet
        """
        self._check_step("informed")
        self._close()

    def action_reopen(self):
        """Begin anew with what did not satisfy the customer; the old results stay.

        :raise UserError: if a case is not solved yet, so that nothing can be reopened
        """
        self._check_step("solved", "informed", "closed")
        self._reopen()

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _answer_on_spot(self, moments=None):
        """Stop all clocks at once.

        :param dict moments: case -> when the customer had the answer (naive UTC);
            default now
        """
        now = fields.Datetime.now()
        cases = self.sudo()
        cases._finish_reminders()
        for (moment, call), theirs in cases.grouped(
            lambda case: (moments[case] if moments else now, case.call_id)
        ).items():
            rounds = theirs.round_id
            rounds.write(
                {
                    "answered_on_spot": True,
                    "inform_call_id": call.id,
                    "date_closed": moment,
                }
            )
            rounds._stop_clock("escalate", moment, stamp=False)
            rounds._stop_clock("solve", moment, {"solved_by_id": self.env.uid})
            rounds._start_informing(moment)
            rounds._stop_clock("answer", moment, stamp=False)
            rounds._stop_clock("inform", moment)
        cases._stop_waiting()
        cases.write({"state": "closed"})

    def _solve(self, moment=None):
        """Stop the clocks of report and solution, and start the one of telling.

        :param moment: when the solution was found (naive UTC); default now
        """
        moment = moment or fields.Datetime.now()
        cases = self.sudo()
        rounds = cases.round_id
        cases._finish_reminders()
        # What is solved needs no report any more.
        rounds._stop_clock("escalate", moment, stamp=False)
        rounds._stop_clock("solve", moment, {"solved_by_id": self.env.uid})
        rounds._start_informing(moment)
        cases.write({"state": "solved"})
        cases._plan_informing()

    def _close(self, moment=None):
        """File cases away: nobody waits for anything any more.

        :param moment: naive UTC; default now
        """
        cases = self.sudo()
        cases.round_id.write({"date_closed": moment or fields.Datetime.now()})
        cases._stop_waiting()
        cases.write({"state": "closed"})

    def _reopen(self):
        """End this round with its results, and begin the next with clocks of its own.

        Who complained and does not know the result yet waits for it on, with the same
        deadline: that clock goes on in the next round.
        """
        cases = self.sudo()
        cases.followup_ids._cancel(
            lambda env: env._("The case was reopened."), withdrawn=True
        )
        rounds = cases.round_id
        rounds._call_off_clock("inform")
        rounds._call_off_clock("answer", blameless=True)
        rounds.write({"date_end": fields.Datetime.now()})
        # The officer may be away, or back, since he had the case.
        for name in ("acting_user_id", "substitution_id"):
            self.env.add_to_compute(self._fields[name], cases)
        cases._begin_rounds()
        cases.write({"state": "open"})
