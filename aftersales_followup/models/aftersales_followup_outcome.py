"""What becomes of follow-ups: done, called off, or as the outcome of a call says."""

from datetime import timedelta

from odoo import api, fields, models

SAME_DAY = timedelta(hours=1)  # until another attempt on the same day


class AftersalesFollowup(models.Model):
    _inherit = "aftersales.followup"

    date_next = fields.Datetime(
        string="Call Again at",
        readonly=True,
        copy=False,
        help="Not before: when the customer wants to be called back, or when the next "
        "attempt is worth it.",
    )
    is_call_back = fields.Boolean(
        string="Call Back",
        readonly=True,
        copy=False,
        help="The customer named the time to be called back.",
    )
    letter_suggested = fields.Boolean(
        readonly=True,
        copy=False,
        help="The customer could not be reached by phone: write a letter instead.",
    )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    # doing

    def _done(self, done_by):
        """Complete follow-ups, and plan those that follow.

        :param dict done_by: follow-up -> (moment in naive UTC, the registered call or
            letter that did it, or ``None``)
        """
        # The registered call or letter is the record: no message repeats it.
        done = (
            self.filtered(lambda followup: followup.state == "planned")
            .sudo()
            .with_context(tracking_disable=True, aftersales_reminders_settled=True)
        )
        done._finish_reminders()
        for moment, followups in done.grouped(
            lambda followup: done_by[followup][0]
        ).items():
            followups._stop_clock(
                "followup", moment, {"state": "done", "to_plan_since": False}
            )
        done.case_id._inform({followup.case_id: done_by[followup] for followup in done})
        done._plan_following()

    def _cancel(self, reason, withdrawn=False, blameless=False):
        """Cancel open follow-ups for a reason that everybody can read.

        What the customer of a case was promised to be told stays planned, whatever
        else ends: only the case takes it back.

        :param reason: text, or a function that returns it for an environment with the
            language of the acting officer; or a dict of either by follow-up
        :param bool withdrawn: the origin itself was taken back, so that it may plan
            anew when it comes again
        :param bool blameless: called off through nobody's fault
        """
        self.check_access("write")
        open_ones = (
            self.sudo()
            .filtered(
                lambda followup: (
                    followup.state == "planned" and (withdrawn or not followup.case_id)
                )
            )
            .with_context(aftersales_reminders_settled=True)
        )
        open_ones._call_off_clock("followup", blameless)
        vals = {"state": "cancelled"}
        if withdrawn:
            vals["origin_key"] = False
        for text, followups in open_ones.grouped(
            lambda followup: followup._get_reason_text(reason)
        ).items():
            followups.write({**vals, "cancel_reason": text})
        open_ones._sync_reminders()

    def _get_reason_text(self, reason):
        """Return a reason of ``_cancel`` in the language of the acting officer."""
        if isinstance(reason, dict):
            reason = reason[self]
        if callable(reason):
            reason = reason(self.with_context(lang=self.acting_user_id.lang).env)
        return reason

    # by the effect of an outcome

    @api.model
    def _apply_outcomes(self, calls):
        """Count the attempts, and let the outcomes of registered calls take effect.

        ``_outcome_<effect>`` is what an effect does to follow-ups that are open. All
        calls are seen to in one go, so that many cost no more queries than one.
        """
        calls_by_followup = {}
        for call in calls.sorted("date"):
            for followup in call.followup_id | call.together_ids:
                calls_by_followup.setdefault(followup.sudo(), []).append(call)
        followups = (
            self.sudo()
            .union(*calls_by_followup)
            .with_context(tracking_disable=True, aftersales_reminders_settled=True)
        )
        for followup in followups:
            followup.attempts += len(calls_by_followup[followup])
        last_calls = {
            followup: calls_by_followup[followup][-1] for followup in followups
        }
        planned = followups.filtered(lambda followup: followup.state == "planned")
        for effect, theirs in planned.grouped(
            lambda followup: last_calls[followup].outcome_id.effect
        ).items():
            getattr(theirs, f"_outcome_{effect}")(last_calls)
        planned.filtered(lambda followup: followup.state == "planned")._sync_reminders()

    def _outcome_complete(self, calls):
        self._done(
            {followup: (calls[followup].date, calls[followup]) for followup in self}
        )

    def _outcome_retry(self, calls):
        """Try again some days later within the window, at last suggest a letter."""
        days = self._get_retry_days(calls)
        for followup in self:
            moment = followup._get_next_attempt(calls[followup], days[followup])
            followup.write(
                {
                    "date_next": moment,
                    "is_call_back": False,
                    "letter_suggested": not moment,
                }
            )

    def _get_retry_days(self, calls):
        """Return on which day each is tried again, if its window allows."""
        days = {}
        for (company, step), followups in self.grouped(
            lambda followup: (
                followup.company_id,
                calls[followup].outcome_id.retry_days,
            )
        ).items():
            called = {
                followup: company._aftersales_date(calls[followup].date)
                for followup in followups
            }
            later = company._aftersales_add_days(called.values(), step)
            days |= {followup: later[day] for followup, day in called.items()}
        return days

    def _get_next_attempt(self, call, day):
        """Return when to try again (naive UTC), or ``False`` if that is no use.

        What is to be done on one day, as telling a solution, is tried again that day.

        :param date day: when it would be tried again
        """
        outcome, company = call.outcome_id, self.company_id
        same_day = not outcome.retry_days or self.date_earliest == self.date_deadline
        if self.attempts >= outcome.max_attempts:
            return False
        if same_day:
            moment = call.date + SAME_DAY
            in_time = company._aftersales_date(moment) <= self.date_deadline
            return in_time and moment
        day = min(day, self.date_deadline)
        if day <= company._aftersales_date(call.date):
            return False
        return company._aftersales_moment(day)

    def _outcome_call_back(self, calls):
        """Wait until the time that the customer named, and then come first."""
        for followup in self:
            followup.write(
                {
                    "date_next": calls[followup].date_call_back,
                    "is_call_back": True,
                    "letter_suggested": False,
                }
            )

    def _outcome_wrong_number(self, calls):
        """Flag the number; until it is corrected only a letter can reach them.

        Whose right number was said is called again under that one.
        """
        corrected = self.filtered(lambda followup: calls[followup].right_number)
        wrong = self - corrected
        self.env["res.partner"]._aftersales_flag_numbers(
            {followup.partner_id: calls[followup].phone for followup in wrong}
        )
        self.write({"date_next": False, "is_call_back": False})
        corrected.letter_suggested = False
        wrong.letter_suggested = True

    def _outcome_refuse(self, calls):
        """Leave the customer alone, but write what he is promised to be told."""
        promised = self.filtered("case_id")
        promised.letter_suggested = True
        refused = self - promised
        refused._cancel(
            {followup: _get_refusal(calls[followup]) for followup in refused},
            blameless=True,
        )


def _get_refusal(call):
    """Return the reason for ``_cancel`` after a call in which the customer refused."""

    def reason(env):
        listed = call.optout_reason_id.with_env(env).sudo().name
        said = " · ".join(filter(None, (listed, call.optout_reason))) or call.content
        if said:
            return env._("Refused on the phone: %s", said)
        return env._("Refused on the phone.")

    return reason
