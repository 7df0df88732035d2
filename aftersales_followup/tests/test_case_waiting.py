from datetime import timedelta

from odoo.exceptions import UserError

from .case_common import CaseCase
from .common import TODAY


class TestCaseWaiting(CaseCase):
    """Waiting for parts or the maker is shown and timed; the customer waits, too."""

    def test_since_when_for_what_and_how_many_days_in_all(self):
        case = self._new_case()
        self.assertFalse(case.waiting_for)
        self.assertEqual(case.waiting_days, 0)
        case.action_wait_for_parts()
        self.assertEqual(case.waiting_for, "parts")
        self.assertEqual(case.waiting_since, TODAY)
        self.pass_days(3)
        self.assertEqual(case.waiting_days, 3)
        case.action_stop_waiting()
        self.assertFalse(case.waiting_for or case.waiting_since)
        self.assertEqual((case.parts_days, case.maker_days), (3, 0))
        self.pass_days(2)
        self.assertEqual(case.waiting_days, 3)
        case.action_wait_for_maker()
        self.pass_days(4)
        self.assertEqual(case.waiting_days, 7)
        case.action_stop_waiting()
        self.assertEqual((case.parts_days, case.maker_days), (3, 4))

    def test_waiting_for_something_else_ends_the_wait_before(self):
        case = self._new_case()
        case.action_wait_for_maker()
        self.pass_days(2)
        case.action_wait_for_parts()
        self.assertEqual(case.waiting_for, "parts")
        self.assertEqual(case.waiting_since, TODAY + timedelta(days=2))
        self.assertEqual(case.maker_days, 2)
        self.pass_days(1)
        case.action_wait_for_parts()
        self.assertEqual(case.waiting_since, TODAY + timedelta(days=2), "waits already")

    def test_no_clock_of_the_customers_stops_for_it(self):
        case = self._new_case()
        before = case.escalate_deadline, case.solve_deadline, case.answer_deadline
        case.action_wait_for_parts()
        self.pass_days(3)
        self.assertTrue(case.is_overdue)
        self._run_escalation()
        self.assertEqual(case.state, "escalated")
        self.assertEqual(case.escalation_result, "late")
        self.assertEqual(case.waiting_for, "parts")
        after = case.escalate_deadline, case.solve_deadline, case.answer_deadline
        self.assertEqual(after, before)

    def test_a_closed_case_waits_for_nothing(self):
        told, on_spot = self._new_case(), self._new_case()
        (told | on_spot).action_wait_for_parts()
        self.pass_days(1)
        on_spot.action_answer_on_spot()
        self._solve(told).action_inform()
        self.assertEqual(told.waiting_for, "parts", "told that the part is on its way")
        told.action_close()
        for case in (told, on_spot):
            self.assertFalse(case.waiting_for)
            self.assertEqual(case.parts_days, 1)
            for step in ("wait_for_parts", "wait_for_maker", "stop_waiting"):
                with self.assertRaisesRegex(UserError, "Reopen it"):
                    getattr(case, f"action_{step}")()

    def test_waiting_cases_are_found_by_what_they_wait_for(self):
        case, other = self._new_case(), self._new_case()
        case.action_wait_for_maker()
        found = case.search([("waiting_for", "!=", False)])
        self.assertEqual(found, case)
        self.assertNotIn(other, found)
