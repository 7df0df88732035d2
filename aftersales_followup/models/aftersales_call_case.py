"""What a call has to do with cases: those raised in it, and those told by it."""

from odoo import api, fields, models
from odoo.fields import Domain

from .aftersales_satisfaction_mixin import NOT_ASKED
from .notify import get_link, say


class AftersalesCall(models.Model):
    _inherit = "aftersales.call"

    complaint_missing = fields.Boolean(
        string="Dissatisfied, No Case",
        compute="_compute_complaint_missing",
        search="_search_complaint_missing",
        help="The customer is not satisfied, and nobody has noted why.",
    )

    @api.depends(
        "satisfaction_score",
        "outcome_id",
        "partner_id",
        "case_ids",
        "followup_id",
        "together_ids",
    )
    def _compute_complaint_missing(self):
        """Propose a case where the customer answers with little satisfaction.

        Who was told the solution of a case has one that can be reopened.
        """
        for call in self:
            score = call.satisfaction_score
            limit = call.company_id.aftersales_low_satisfaction
            call.complaint_missing = (
                bool(score and int(score) <= limit)
                and call.outcome_id.effect == "complete"
                and bool(call.partner_id)
                and not call.case_ids
                and not call._get_told_cases()
            )

    def _search_complaint_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        low = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("satisfaction", "<=", company.aftersales_low_satisfaction)
            for company in self.env.companies
        )
        missing = (
            low
            & Domain("satisfaction", ">", NOT_ASKED)
            & Domain("effect", "=", "complete")
            & Domain("partner_id", "!=", False)
            & Domain("case_ids", "=", False)
            & ~Domain("followup_id.case_id", "!=", False)
            & ~Domain("together_ids.case_id", "!=", False)
        )
        return Domain.OR(missing if flag else ~missing for flag in value)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_register(self):
        """Write down what was told where the officer has no words of his own."""
        self.filtered(lambda call: call.state == "draft")._note_what_was_told()
        return super().action_register()

    def action_register_and_next(self):
        """Bring the next customer, but do not forget the dissatisfied one."""
        action = super().action_register_and_next()
        if not self.complaint_missing:
            return action
        return say(
            self.env._(
                "%(customer)s is not satisfied and no complaint is noted: %(link)s",
                # The browser fills the link in, where a single % is.
                customer=self._get_party_name().replace("%", "%%"),
                link="%s",
            ),
            action,
            kind="warning",
            sticky=True,
            links=[get_link(self, "aftersales-calls")],
        )

    def action_note_complaint(self):
        """Open a complaint with what the call tells filled in."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Complaint"),
            "res_model": "aftersales.case",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_case_type": "complaint",
                "default_call_id": self.id,
                "default_partner_id": self.partner_id.id,
                "default_vehicle_id": self.vehicle_id.id,
                "default_description": self.content,
            },
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_told_cases(self):
        """Return the cases whose solutions a call tells: what the officer chose."""
        return (self.followup_id | self.together_ids).sudo().case_id

    def _note_what_was_told(self):
        """Let the register say what customers were told: the solution of each case."""
        for call in self:
            if call.effect == "complete" and not (call.content or "").strip():
                solutions = call._get_told_cases().mapped("solution")
                call.content = "\n".join(filter(None, solutions)) or call.content

    def _answer_cases(self):
        """Close what was answered during the talk (规定 4: 当时答复).

        The clocks stop at the time of the call, which nobody may date back far.
        """
        self.case_ids._sync_reminders()
        answered = self.case_ids.filtered(
            lambda case: case.answered_on_spot and case.state == "open"
        )
        answered._answer_on_spot({case: case.call_id.date for case in answered})
