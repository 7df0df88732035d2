from datetime import date, datetime, timedelta

from odoo.fields import Command
from odoo.tools import SQL

from .common import NOW, TODAY
from .upgrade_common import UpgradeCase

YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)


class TestUpgradeCases(UpgradeCase):
    """The clocks of cases in version 19.0.1.0.0 stand in their rounds."""

    def _new_cases(self, count, **vals):
        customer = self._new_customer()
        return [self._new_case(customer, **vals) for _n in range(count)]

    def _get_results(self, case_round):
        names = ("escalation_result", "solve_result", "inform_result", "answer_result")
        return [case_round[name] for name in names]

    def _insert_earlier_round(self, case, **vals):
        """Write a round as reopening wrote it."""
        vals = {
            "case_id": case.id,
            "company_id": case.company_id.id,
            "number": 1,
            "date_begin": NOW - timedelta(days=9),
            "date_end": NOW,
            "user_id": self.other_officer.id,
            "supervisor_id": self.supervisor.id,
            "escalate_deadline": YESTERDAY,
            "escalation_on_time": True,
            "solve_deadline": YESTERDAY,
            "date_solved": NOW - timedelta(days=2),
            "solve_on_time": True,
            "inform_deadline": TODAY - timedelta(days=2),
            "satisfaction": 3,
            **vals,
        }
        self.env.cr.execute(
            SQL(
                "INSERT INTO aftersales_case_round (%s) VALUES %s",
                SQL(", ").join(map(SQL.identifier, vals)),
                tuple(vals.values()),
            )
        )

    def test_each_clock_of_a_case_keeps_its_result(self):
        reported, solved, told, new = self._new_cases(4, case_type="request")
        self._go_back()
        self._set_old(
            reported,
            state="escalated",
            date_escalated=NOW,
            escalated_by_id=self.officer.id,
            escalation_on_time=False,
            supervisor_id=self.supervisor.id,
        )
        # What is solved needs no report any more: that stopped the clock, too.
        solved_vals = {
            "date_solved": NOW,
            "solved_by_id": self.officer.id,
            "solution": "A new belt",
            "escalation_on_time": True,
            "solve_on_time": False,
            "inform_deadline": TODAY,
        }
        self._set_old(solved, state="solved", **solved_vals)
        self._set_old(
            told,
            state="closed",
            **solved_vals,
            date_informed=NOW,
            inform_on_time=True,
            date_closed=NOW,
            satisfaction=8,
        )
        self._upgrade()
        for case, results in (
            (new, ["running", "running", False, False]),
            (reported, ["late", "running", False, False]),
            (solved, ["on_time", "late", "running", False]),
            (told, ["on_time", "late", "on_time", False]),
        ):
            self.assertEqual(case.round_ids, case.round_id)
            self.assertEqual(self._get_results(case.round_id), results)
        self.assertEqual(reported.escalated_by_id, self.officer)
        self.assertEqual(reported.round_id.escalated_to_id, self.supervisor)
        self.assertEqual(told.solution, "A new belt")
        self.assertEqual(told.date_informed, NOW)
        self.assertEqual(told.satisfaction, 8)
        self.assertEqual(told.round_id.solve_user_id, told.acting_user_id)
        self.assertFalse(new.round_id.solve_user_id)

    def test_earlier_rounds_keep_theirs_and_the_last_one_runs(self):
        [case] = self._new_cases(1, case_type="request")
        reopened = NOW - timedelta(hours=1)
        self._go_back()
        self._set_old(case, round_number=3, date_reopened=reopened)
        self._insert_earlier_round(case, date_informed=NOW, inform_on_time=False)
        self._insert_earlier_round(case, number=2)
        self._upgrade()
        first, second, running = case.round_ids.sorted("number")
        self.assertEqual(case.round_id, running)
        self.assertEqual(running.number, 3)
        self.assertEqual(running.date_begin, reopened)
        self.assertFalse(running.date_end)
        late = ["on_time", "on_time", "late", False]
        self.assertEqual(self._get_results(first), late)
        # It was reopened two days after the customer was to be told.
        missed = ["on_time", "on_time", "missed", False]
        self.assertEqual(self._get_results(second), missed)
        self.assertEqual(first.solve_user_id, self.other_officer)
        self.assertEqual(first.satisfaction, 3)

    def test_a_round_reopened_on_the_day_of_its_solution_missed_nothing(self):
        [case] = self._new_cases(1, case_type="request")
        self._go_back()
        self._set_old(case, round_number=2, date_reopened=NOW)
        self._insert_earlier_round(case, inform_deadline=TODAY)
        self._upgrade()
        self.assertEqual(case.round_ids.sorted("number")[0].inform_result, "void")

    def test_only_open_complaints_get_a_clock_of_the_answer(self):
        """Seven working days, from Thursday 26 February on: Friday 6 March."""
        self._count_working_days()
        self.company.sudo().aftersales_use_working_days = False
        raised = datetime(2026, 2, 26, 2)
        complaint, told, wish, closed = self._new_cases(4, date_raised=raised)
        self._go_back()
        self._set_old(wish, case_type="wish")
        self._set_old(told, state="informed", date_informed=NOW, inform_on_time=True)
        self._set_old(closed, state="closed", date_informed=NOW, inform_on_time=True)
        self._upgrade()
        self.assertEqual(complaint.answer_result, "running")
        # Saturday 28 February is worked, instead of a day of the Spring Festival.
        self.assertEqual(complaint.answer_deadline, date(2026, 3, 6))
        for case in (told, wish, closed):
            self.assertFalse(case.answer_result)
            self.assertFalse(case.answer_deadline)

    def test_what_presses_is_the_clock_that_runs_out_first(self):
        complaint, escalated = self._new_cases(2)
        self._go_back()
        self._set_old(complaint, escalate_deadline=TOMORROW)
        self._set_old(
            escalated,
            state="escalated",
            date_escalated=NOW,
            escalation_on_time=True,
            solve_deadline=TODAY + timedelta(days=30),
        )
        self._upgrade()
        self.assertEqual(complaint.date_deadline, TOMORROW)
        self.assertEqual(escalated.date_deadline, escalated.answer_deadline)

    def test_a_case_goes_on_after_the_upgrade(self):
        [case] = self._new_cases(1)
        self._go_back()
        self._upgrade()
        case.solution = "A new belt"
        case.action_solve()
        self.assertEqual(case.solve_result, "on_time")
        call = self._new_call(
            case.followup_ids, user=case.acting_user_id, topic_ids=[Command.clear()]
        )
        call.action_register()
        self.assertEqual(case.inform_result, "on_time")
        self.assertEqual(case.answer_result, "on_time")
