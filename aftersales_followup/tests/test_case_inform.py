from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command

from .case_common import CaseCase
from .common import NOW, TODAY


class TestCaseInform(CaseCase):
    """规定 4: the day a solution is found, the customer is told."""

    def test_solution_is_written_down_first(self):
        case = self._new_case()
        for solution in (False, "  \n "):
            case.solution = solution
            with self.assertRaisesRegex(UserError, "Write the solution down"):
                case.action_solve()

    def test_telling_the_customer_is_planned_the_moment_a_solution_is_found(self):
        case = self._new_case()
        case.action_escalate()
        self.pass_days(1)
        self._solve(case.with_user(self.supervisor))
        followup = self._get_followup(case)
        self.assertEqual(followup.user_id, self.officer)
        self.assertEqual(followup.occasion, "Inform the Customer")
        self.assertEqual(followup.date_deadline, TODAY + timedelta(days=1))
        self.assertEqual(case.inform_deadline, followup.date_deadline)
        self.assertIn("The brakes squeak", followup.content)
        self.assertIn("New brake pads", followup.content)
        self.assertEqual(self._get_reminders(followup).user_id, self.officer)
        self.assertFalse(self._get_reminders(case))
        mine = followup.with_user(self.officer)
        self.assertIn(followup, mine.search(mine._get_due_domain()))

    def test_registered_call_tells_the_customer(self):
        case = self._new_solved_case()
        followup = self._get_followup(case)
        self._new_call(followup, outcome_id=self.no_answer.id).action_register()
        self.assertEqual(case.state, "solved")
        call = self._new_call(followup, satisfaction=9)
        call.action_register()
        self.assertEqual(case.state, "informed")
        self.assertEqual(case.inform_result, "on_time")
        self.assertEqual(case.inform_call_id, call)
        self.assertEqual(case.date_informed, call.date)
        self.assertEqual(case.satisfaction_score, "9")
        self.assertEqual(followup.state, "done")

    def test_registered_letter_tells_the_customer(self):
        case = self._new_solved_case()
        action = case.action_write_letter()
        self.assertEqual(action["context"]["default_kind"], "reply")
        vals = {
            key.removeprefix("default_"): value
            for key, value in action["context"].items()
        }
        vals.pop("partner_id")
        letter = self._new_letter(case.partner_id, **vals)
        letter.action_register()
        self.assertEqual(case.state, "informed")
        self.assertEqual(case.inform_letter_id, letter)
        self.assertFalse(case.inform_call_id)

    def test_telling_the_customer_the_next_day_is_late(self):
        case = self._new_solved_case()
        self.pass_days(1)
        self.assertTrue(case.is_overdue)
        case.action_inform()
        self.assertEqual(case.state, "informed")
        self.assertEqual(case.inform_result, "late")
        self.assertEqual(case.escalation_result, "on_time")

    def test_solutions_told_in_one_call_keep_a_clock_each(self):
        earlier = self._new_solved_case()
        told = earlier.date_solved
        self.pass_days(1)
        later = self._new_solved_case(earlier.partner_id)
        (later | earlier)._inform({earlier: (told, None), later: (told, None)})
        self.assertEqual(earlier.date_informed, told)
        self.assertEqual(earlier.inform_result, "on_time")
        self.assertEqual(later.date_informed, later.date_solved)

    def test_telling_the_customer_by_a_click_leaves_an_entry_in_the_register(self):
        case = self._new_solved_case()
        case.action_inform()
        self.assertTrue(case.inform_call_id.number)
        self.assertEqual(case.inform_call_id.content, case.solution)
        self.assertEqual(case.inform_call_id.user_id, self.officer)
        self.assertEqual(case.followup_ids.state, "done")

    def test_workbench_opens_from_the_case(self):
        case = self._new_solved_case()
        action = case.action_call()
        self.assertEqual(action["res_model"], "aftersales.call")
        call = self.env["aftersales.call"].browse(action["res_id"])
        self.assertEqual(call.followup_id, self._get_followup(case))

    def test_promise_to_tell_a_customer_is_not_called_off(self):
        visit = self._new_visit()
        case = self._new_solved_case(
            visit.partner_id, visit_id=visit.id, vehicle_id=visit.vehicle_id.id
        )
        followup = self._get_followup(case)
        cancel = self.env["aftersales.followup.cancel"].create(
            {"followup_ids": [Command.link(followup.id)], "reason": "No time"}
        )
        with self.assertRaisesRegex(UserError, "reopen the case"):
            cancel.action_cancel()
        visit.vehicle_id.aftersales_owner_id = self._new_customer("Li Si")
        visit.action_cancel()
        self.assertEqual(followup.state, "planned")
        with self.assertRaisesRegex(UserError, "Only a supervisor"):
            followup.with_user(self.officer).date_deadline = TODAY + timedelta(days=9)

    def test_case_is_closed_only_when_the_customer_was_told(self):
        case = self._new_case()
        for step in (None, case.action_escalate, lambda: self._solve(case)):
            if step:
                step()
            with self.assertRaisesRegex(UserError, "[Tt]ell the customer"):
                case.action_close()
        case.action_inform()
        case.action_close()
        self.assertEqual(case.state, "closed")
        self.assertEqual(case.date_closed, NOW)

    def test_steps_out_of_order_say_what_to_do(self):
        case = self._new_case()
        for action, message in (
            ("action_inform", "is not solved yet"),
            ("action_reopen", "is not solved yet"),
        ):
            with self.assertRaisesRegex(UserError, f"Zhang San {message}"):
                getattr(case, action)()
        case.action_escalate()
        for action in ("action_escalate", "action_answer_on_spot"):
            with self.assertRaisesRegex(UserError, "was reported to the supervisor"):
                getattr(case, action)()
        self._solve(case)
        with self.assertRaisesRegex(UserError, "is solved"):
            case.action_solve()
        case.action_inform()
        with self.assertRaisesRegex(UserError, "Close it"):
            case.action_inform()
        case.action_close()
        with self.assertRaisesRegex(UserError, "Reopen it"):
            case.action_close()

    # a promise is kept only by telling it

    def test_telling_one_solution_does_not_tell_another(self):
        first = self._new_solved_case()
        second = self._new_solved_case(first.partner_id)
        first.action_inform()
        self.assertEqual(first.state, "informed")
        self.assertEqual(second.state, "solved")
        self.assertEqual(second.inform_result, "running")
        self.assertTrue(self._get_followup(second))

    def test_finishing_one_reminder_completes_its_own_followup_only(self):
        first = self._new_solved_case()
        second = self._new_solved_case(first.partner_id)
        other = self._new_followup(first.partner_id)
        reminder = self._get_reminders(self._get_followup(first))
        reminder.with_user(self.officer).action_feedback(feedback="He is content")
        self.assertEqual(first.state, "informed")
        self.assertEqual(second.state, "solved")
        self.assertEqual(other.state, "planned")

    def test_what_the_officer_ticks_is_what_he_tells(self):
        first = self._new_solved_case(description="Brakes squeak")
        second = self._solve(
            self._new_case(first.partner_id, description="Door is dull"), "Polish it"
        )
        call = self._new_call(self._get_followup(first), content=False)
        self.assertNotIn("Polish it", call.script)
        call.together_ids = self._get_followup(second)
        for text in ("Brakes squeak", "New brake pads", "Door is dull", "Polish it"):
            self.assertIn(text, call.script)
        call.action_register()
        for case in (first, second):
            self.assertEqual(case.state, "informed")
            self.assertEqual(case.inform_call_id, call)
            self.assertEqual(case.inform_result, "on_time")
            self.assertIn(case.solution, call.content)

    def test_the_officers_own_words_stand(self):
        case = self._new_solved_case()
        call = self._new_call(self._get_followup(case), content="He will come by")
        call.action_register()
        self.assertEqual(call.content, "He will come by")

    def test_a_call_that_tells_no_case_is_left_as_it_is(self):
        call = self._new_call(self._new_followup(), content=False)
        call.action_register()
        self.assertFalse(call.content)

    def test_many_customers_are_told_in_one_step(self):
        cases = self._new_solved_case() | self._new_solved_case()
        cases.action_inform()
        self.assertEqual(cases.mapped("state"), ["informed", "informed"])
        self.assertEqual(len(cases.inform_call_id), 2)
        self.assertEqual(
            cases.inform_call_id.mapped("content"), cases.mapped("solution")
        )
