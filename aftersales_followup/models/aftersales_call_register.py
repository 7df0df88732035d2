"""Registering calls: what has to be known, and what it does to follow-ups and cases."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, format_datetime

from .typed_values import check_number

# What can only become of a call that we made ourselves.
OUTBOUND_EFFECTS = ("retry", "wrong_number")
SHORTEST_NUMBER = 5  # digits
# The clock of whoever types may be ahead a little.
CLOCK_DRIFT = timedelta(minutes=10)


class AftersalesCall(models.Model):
    _inherit = "aftersales.call"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_register(self):
        """Give calls their register numbers, lock them, and see to their follow-ups.

        :return: the action that shows the numbers in passing
        :raise UserError: if a call has no outcome or was registered before
        """
        self.check_access("write")
        # Read together what each check and step would read alone.
        self.company_id._aftersales_fetch()
        self.partner_id._aftersales_fetch()
        (self.followup_id | self.together_ids).sudo().acting_user_id._aftersales_fetch()
        for call in self:
            call._check_registrable()
        calls = self.sorted("date")
        calls.sudo().write(
            {"state": "registered", "date_registered": fields.Datetime.now()}
        )
        calls._update_followups()
        calls._answer_cases()
        # Last of all: who registers at the same moment waits for the number, not for
        # all that follows from a call.
        calls._assign_register_numbers()
        return calls._get_registered_notification(
            {"type": "ir.actions.act_window_close"}
        )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _check_registrable(self):
        if self.state != "draft":
            raise UserError(
                self.env._("%(call)s is registered already.", call=self.display_name)
            )
        if not self.outcome_id:
            raise UserError(
                self.env._(
                    "Choose how the call with %(customer)s ended before registering "
                    "it.",
                    customer=self._get_party_name(),
                )
            )
        if not self.partner_id:
            check_number(self.env, self.phone)
        self._check_effect()
        self._check_dated_back()
        self._check_whose()

    def _check_effect(self):
        """Ask for what the effect of the outcome needs to be known."""
        if self.effect == "call_back" and not (
            self.date_call_back and self.date_call_back > self.date
        ):
            raise UserError(
                self.env._(
                    "When is %(customer)s to be called back? Choose a time after this "
                    "call.",
                    customer=self._get_party_name(),
                )
            )
        if self.direction == "inbound" and self.effect in OUTBOUND_EFFECTS:
            raise UserError(
                self.env._(
                    "%(customer)s called in and was on the phone: “%(outcome)s” does "
                    "not fit. Choose another outcome.",
                    customer=self._get_party_name(),
                    outcome=self.outcome_id.name,
                )
            )
        if self.effect == "wrong_number" and self.right_number:
            self._check_right_number()
        opts_out = self.effect == "refuse" and self.optout_scope != "once"
        if opts_out and self.optout_scope == "vehicle" and not self.vehicle_id:
            raise UserError(
                self.env._(
                    "This call with %(customer)s is about no car. Choose what else is "
                    "refused.",
                    customer=self._get_party_name(),
                )
            )
        if opts_out and self.optout_scope == "purpose" and not self.optout_purpose:
            raise UserError(
                self.env._(
                    "Choose the purpose for which %(customer)s does not want to be "
                    "contacted.",
                    customer=self._get_party_name(),
                )
            )
        if opts_out and not (self.optout_reason_id or self.optout_reason):
            raise UserError(
                self.env._("Note why the customer does not want to be contacted.")
            )

    def _check_right_number(self):
        """Raise unless the right number is a number, and another one."""
        check_number(self.env, self.right_number)
        digits = self.env["res.partner"]._aftersales_phone_digits
        number = digits(self.right_number)
        if not number or len(number) < SHORTEST_NUMBER:
            raise UserError(
                self.env._(
                    "“%(number)s” is no phone number. Write the right number of "
                    "%(customer)s, or leave it empty.",
                    number=self.right_number,
                    customer=self._get_party_name(),
                )
            )
        if number == digits(self.phone):
            raise UserError(
                self.env._(
                    "%(number)s is the number that was dialled. Write the right one "
                    "of %(customer)s, or leave it empty.",
                    number=self.right_number,
                    customer=self._get_party_name(),
                )
            )

    # what a call may be about

    @api.constrains("date")
    def _check_date(self):
        """Nothing that happened is dated in the future."""
        now = fields.Datetime.now() + CLOCK_DRIFT
        for call in self:
            if call.date > now:
                raise ValidationError(
                    self.env._(
                        "%(call)s cannot have taken place in the future (%(date)s).",
                        call=call.display_name,
                        date=format_datetime(self.env, call.date),
                    )
                )

    @api.constrains("followup_id", "together_ids", "partner_id")
    def _check_followups(self):
        """A call is about its follow-up's customer, or it completes nothing."""
        for call in self:
            for followup in (call.followup_id | call.together_ids).sudo():
                if followup.partner_id != call.partner_id:
                    raise ValidationError(
                        self.env._(
                            "%(followup)s is not with %(customer)s, so this call "
                            "cannot see to it.",
                            followup=followup.display_name,
                            customer=call._get_party_name() or self.env._("nobody"),
                        )
                    )

    def _check_dated_back(self):
        """Refuse to note a call for a day long gone, or before it was planned."""
        if self.env.su:
            return
        followups = (self.followup_id | self.together_ids).sudo()
        planned = max(followups.mapped("create_date"), default=None)
        if planned and self.date < planned - CLOCK_DRIFT:
            raise UserError(
                self.env._(
                    "%(call)s cannot have taken place before its follow-up was planned "
                    "(%(date)s).",
                    call=self.display_name,
                    date=format_datetime(self.env, planned),
                )
            )
        company = self.company_id
        oldest = company._aftersales_date() - timedelta(
            days=company.aftersales_note_days
        )
        if self.env["res.users"]._aftersales_is_supervisor():
            return
        if company._aftersales_date(self.date) < oldest:
            raise UserError(
                self.env._(
                    "%(call)s can be dated back to %(date)s at most. Ask a supervisor "
                    "to note what is older.",
                    call=self.display_name,
                    date=format_date(self.env, oldest),
                )
            )

    def _check_whose(self):
        """Refuse to complete what somebody else is to do.

        Officers complete their own follow-ups and those they act for. A customer who
        calls in may be told whatever is open with him, by whoever answers.
        """
        if self.env.su or self.direction == "inbound":
            return
        if self.env["res.users"]._aftersales_is_supervisor():
            return
        for followup in (self.followup_id | self.together_ids).sudo():
            if self.env.user not in followup.user_id | followup.acting_user_id:
                raise UserError(
                    self.env._(
                        "%(followup)s is for %(officer)s to do. Ask a supervisor to "
                        "hand it over, or leave it out of this call.",
                        followup=followup.display_name,
                        officer=followup.acting_user_id.name,
                    )
                )

    # what a call does

    def _update_followups(self):
        """Let the outcomes take effect on what the calls were about."""
        self._note_refusals()
        self._keep_right_numbers()
        self.env["aftersales.followup"]._apply_outcomes(self)

    def _note_refusals(self):
        """Opt customers out of what they refused on the phone."""
        Optout = self.env["aftersales.optout"].sudo()
        refusing = self.filtered(
            lambda call: (
                call.effect == "refuse"
                and call.optout_scope != "once"
                and call.partner_id
            )
        )
        if not refusing:
            return
        known = Optout.search(
            [
                ("partner_id", "in", refusing.partner_id.ids),
                ("date_withdrawn", "=", False),
            ]
        )
        taken = {optout._get_scope_key() for optout in known}
        vals_list = []
        for call in refusing:
            vals = call._prepare_optout_vals()
            key = Optout.new(vals)._get_scope_key()
            if key not in taken:
                taken.add(key)
                vals_list.append(vals)
        Optout.create(vals_list)

    def _keep_right_numbers(self):
        """Give customers the number that was said under their wrong one."""
        for call in self.filtered("right_number"):
            if call.effect == "wrong_number" and call.partner_id:
                partner = call.partner_id.sudo()
                number = call.right_number
                partner.phone = (
                    partner._phone_format(number=number, force_format="INTERNATIONAL")
                    or number
                )

    def _prepare_optout_vals(self):
        """Return the vals of the opt-out that this call asks for."""
        channel = "meeting" if self.mode == "in_person" else "call"
        scope = self.optout_scope
        return {
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "reason_id": self.optout_reason_id.id,
            "note": self.optout_reason,
            "date": self.company_id._aftersales_date(self.date),
            "channel": channel if scope == "channel" else False,
            "purpose": self.optout_purpose if scope == "purpose" else False,
            "vehicle_id": self.vehicle_id.id if scope == "vehicle" else False,
            "call_id": self.id,
        }
