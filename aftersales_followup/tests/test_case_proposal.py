from odoo.fields import Command
from odoo.tests import Form

from .case_common import CaseCase


class TestCaseProposal(CaseCase):
    """Who is not satisfied may have a complaint: a case is proposed at once."""

    def _new_answered_call(self, satisfaction, **vals):
        followup = vals.pop("followup", None) or self._new_followup()
        return self._new_call(followup, satisfaction=satisfaction, **vals)

    def test_low_satisfaction_on_a_reached_call_proposes_a_case(self):
        for satisfaction, proposed in (
            (-1, False),
            (0, True),
            (6, True),
            (7, False),
            (10, False),
        ):
            call = self._new_answered_call(satisfaction)
            self.assertEqual(call.complaint_missing, proposed, satisfaction)
        missed = self._new_answered_call(3, outcome_id=self.no_answer.id)
        self.assertFalse(missed.complaint_missing)

    def test_how_low_is_the_companys_own(self):
        self.company.sudo().aftersales_low_satisfaction = 8
        self.assertTrue(self._new_answered_call(8).complaint_missing)
        self.company.sudo().aftersales_low_satisfaction = -1
        self.assertFalse(self._new_answered_call(0).complaint_missing)

    def test_form_proposes_it_while_the_officer_talks(self):
        form = Form(self._new_call(self._new_followup()))
        self.assertFalse(form.complaint_missing)
        form.satisfaction_score = "4"
        self.assertTrue(form.complaint_missing)
        with form.case_ids.new() as line:
            line.description = "The brakes squeak"
        self.assertFalse(form.complaint_missing)

    def test_button_opens_a_complaint_with_what_is_known(self):
        vehicle = self._new_vehicle(self._new_customer())
        followup = self._new_followup(
            vehicle.aftersales_owner_id, vehicle_id=vehicle.id
        )
        call = self._new_answered_call(2, followup=followup, content="It squeaks")
        for registered in (False, True):
            if registered:
                call.action_register()
            action = call.action_note_complaint()
            form = Form(
                self.env["aftersales.case"]
                .with_user(self.officer)
                .with_context(**action["context"])
            )
            self.assertEqual(form.case_type, "complaint")
            self.assertEqual(form.partner_id, call.partner_id)
            self.assertEqual(form.vehicle_id, vehicle)
            self.assertEqual(form.description, "It squeaks")
        case = form.save()
        self.assertEqual(case.call_id, call)
        self.assertEqual(case.date_raised, call.date)
        self.assertFalse(call.complaint_missing)

    def test_next_customer_comes_but_the_dissatisfied_one_is_not_lost(self):
        following = self._new_followup()
        call = self._new_answered_call(3)
        action = call.action_register_and_next()
        self.assertEqual(call.state, "registered")
        self.assertEqual(action["tag"], "display_notification")
        params = action["params"]
        self.assertTrue(params["sticky"])
        self.assertIn("Zhang San", params["message"])
        self.assertTrue(params["links"][0]["url"].endswith(f"/{call.id}"))
        [registered] = params["next"]["params"]["links"]
        self.assertEqual(registered["label"], call.number)
        opened = params["next"]["params"]["next"]["params"]["action"]
        brought = self.env["aftersales.call"].browse(opened["res_id"])
        self.assertEqual(brought.followup_id, following)

    def test_satisfied_customers_interrupt_nothing(self):
        self._new_followup()
        action = self._new_answered_call(9).action_register_and_next()
        self.assertEqual(
            action["params"]["next"]["tag"], "aftersales_followup.replace_action"
        )

    def test_calls_without_their_complaint_are_found(self):
        missing = self._new_answered_call(3)
        noted = self._new_answered_call(3)
        self._new_case(call_id=noted.id)
        fine = self._new_answered_call(9)
        calls = missing | noted | fine
        calls.action_register()
        found = calls.search(
            [("complaint_missing", "=", True), ("id", "in", calls.ids)]
        )
        self.assertEqual(found, missing)
        self.assertEqual(calls.filtered("complaint_missing"), missing)

    def test_who_is_not_satisfied_with_a_solution_has_a_case_already(self):
        case = self._new_solved_case()
        call = self._new_answered_call(2, followup=self._get_followup(case))
        self.assertFalse(call.complaint_missing)
        call.action_register()
        self.assertEqual(case.satisfaction, 2)
        other = self._new_solved_case()
        together = self._new_answered_call(
            2,
            followup=self._new_followup(other.partner_id),
            together_ids=[Command.link(self._get_followup(other).id)],
        )
        self.assertFalse(together.complaint_missing)
