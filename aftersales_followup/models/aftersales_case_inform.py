"""Telling the customer the solution the same day: a follow-up like any other."""

from odoo import api, models
from odoo.fields import Command

from .aftersales_satisfaction_mixin import NOT_ASKED


class AftersalesCase(models.Model):
    _inherit = "aftersales.case"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_inform(self):
        """Register that the customer was told just now, by phone: a call for each case.

        :raise UserError: if a case has no solution yet or the customer was told before
        """
        self._check_step("solved")
        followups = self._get_inform_followups()
        # Read together what each call would read alone.
        self.env["aftersales.followup"].union(*followups.values()).mapped("topic_ids")
        for company, cases in self.grouped("company_id").items():
            self.env["aftersales.followup"].with_company(company)._begin_calls(
                {
                    followups[case]: {
                        **followups[case]._prepare_call_vals(),
                        "topic_ids": [Command.set(followups[case].topic_ids.ids)],
                        "content": case.solution,
                    }
                    for case in cases
                }
            ).action_register()

    def action_call(self):
        """Open the call that tells the customer the solution."""
        self.ensure_one()
        self._check_step("solved")
        return self._get_inform_followups()[self].action_call()

    def action_write_letter(self):
        """Open a letter that tells the customer the solution."""
        self.ensure_one()
        self._check_step("solved")
        return self._get_inform_followups()[self].action_write_letter()

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _inform(self, told_by):
        """Note that the customers were told, of each case by what told them of it.

        :param dict told_by: case -> (moment in naive UTC, the registered call or letter
            that did it, if any)
        """
        solved = self.sudo().filtered(lambda case: case.state == "solved")

        def telling(case):
            moment, record = told_by[case]
            # Nobody was told before there was a solution.
            moment = max(moment, case.date_solved)
            return moment, record, case.satisfaction == NOT_ASKED

        for (moment, record, unasked), cases in solved.grouped(telling).items():
            rounds = cases.round_id
            rounds._stop_clock("answer", moment, stamp=False)
            rounds._stop_clock(
                "inform", moment, self._prepare_told_vals(record, unasked)
            )
        solved.write({"state": "informed"})

    @api.model
    def _prepare_told_vals(self, record, unasked):
        """Return the vals of a round that name what told the customer.

        :param record: the call or letter, if any
        :param bool unasked: nobody has asked yet how satisfied the customer is
        """
        if not record:
            return {}
        if record._name == "aftersales.letter":
            return {"inform_letter_id": record.id}
        asked = {"satisfaction": record.satisfaction} if unasked else {}
        return {"inform_call_id": record.id, **asked}

    def _get_inform_followups(self):
        """Return {case: follow-up that tells its customer}, planned if need be."""
        Followup = self.env["aftersales.followup"]
        planned = Followup.search(
            [("case_id", "in", self.ids), ("state", "=", "planned")], order="id"
        ).grouped("case_id")
        without = self.filtered(lambda case: case not in planned)
        planned |= without.sudo()._plan_informing().sudo(self.env.su).grouped("case_id")
        return {case: planned[case][:1] for case in self}

    def _plan_informing(self):
        """Plan that the customers are told today, by whoever has the case in hand."""
        followups = self.env["aftersales.followup"]._plan(
            [case._prepare_followup_vals() for case in self]
        )
        self.invalidate_recordset(["followup_ids"])
        return followups

    def _prepare_followup_vals(self):
        """Return a row for ``aftersales.followup._plan`` that tells the customer."""
        return {
            "origin_key": f"inform:case:{self.id}:{self.round_number}",
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "vehicle_id": self.vehicle_id.id,
            "visit_id": self.visit_id.id,
            "case_id": self.id,
            "channel": "call",
            "content": self._get_inform_content(),
            "user_id": self.user_id.id,
            "acting_user_id": self.acting_user_id.id,
            "substitution_id": self.substitution_id.id,
            "date_anchor": self.inform_deadline,
            "date_earliest": self.inform_deadline,
            "date_deadline": self.inform_deadline,
        }

    def _get_inform_content(self):
        """Return what was asked and what the answer is, in the officer's language."""
        env = self.with_context(lang=self.acting_user_id.lang).env
        return env._(
            "The customer said: %(description)s\nTell the customer: %(solution)s",
            description=self.description,
            solution=self.solution,
        )
