"""What a registered call does to its follow-ups, by the effect of its outcome."""

from datetime import datetime, time, timedelta

from pytz import UTC

from odoo import fields, models

SAME_DAY = timedelta(hours=1)  # until another attempt on the same day


class AftersalesFollowupOutcome(models.AbstractModel):
    """What becomes of a follow-up after each call, by the outcome's effect."""

    _name = "aftersales.followup.outcome"
    _description = "Effect of Calls on Follow-ups"

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

    def _apply_outcome(self, call):
        """Count the attempt, and let the outcome of a registered call take effect.

        ``_outcome_<effect>`` is what an effect does to follow-ups that are open.
        """
        followups = self.sudo().with_context(tracking_disable=True)
        for followup in followups:
            followup.attempts += 1
        planned = followups.filtered(lambda followup: followup.state == "planned")
        if planned:
            getattr(planned, f"_outcome_{call.outcome_id.effect}")(call)

    def _outcome_complete(self, call):
        self._done(call.date, call)

    def _outcome_retry(self, call):
        """Try again some days later within the window, at last suggest a letter."""
        for followup in self:
            moment = followup._get_next_attempt(call)
            followup.write(
                {
                    "date_next": moment,
                    "is_call_back": False,
                    "letter_suggested": not moment,
                }
            )

    def _get_next_attempt(self, call):
        """Return when to try again (naive UTC), or ``False`` if that is no use.

        What is to be done on one day, as telling a solution, is tried again that day.
        """
        outcome, company = call.outcome_id, self.company_id
        same_day = not outcome.retry_days or self.date_earliest == self.date_deadline
        if self.attempts >= outcome.max_attempts:
            return False
        today = company._aftersales_date(call.date)
        if same_day:
            moment = call.date + SAME_DAY
            in_time = company._aftersales_date(moment) <= self.date_deadline
            return in_time and moment
        day = company._aftersales_add_days([today], outcome.retry_days)[today]
        day = min(day, self.date_deadline)
        if day <= today:
            return False
        midnight = company._aftersales_tz().localize(datetime.combine(day, time.min))
        return midnight.astimezone(UTC).replace(tzinfo=None)

    def _outcome_call_back(self, call):
        """Wait until the time that the customer named, and then come first."""
        self.write(
            {
                "date_next": call.date_call_back,
                "is_call_back": True,
                "letter_suggested": False,
            }
        )

    def _outcome_wrong_number(self, call):
        """Flag the number; until it is corrected only a letter can reach them."""
        self.partner_id._aftersales_flag_number(call.phone)
        self.write(
            {"letter_suggested": True, "date_next": False, "is_call_back": False}
        )

    def _outcome_refuse(self, call):
        """Leave the customer alone, but write what he is promised to be told."""
        promised = self.filtered("case_id")
        promised.letter_suggested = True
        said = call.optout_reason or call.content
        (self - promised)._cancel(
            self.env._("Refused on the phone: %s", said)
            if said
            else self.env._("Refused on the phone.")
        )
