from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import mute_logger

from .case_common import CaseCase
from .common import NOW, TODAY

TOMORROW = NOW + timedelta(days=1)


class TestCaseResults(CaseCase):
    """What came of a clock stands, whatever is changed afterwards."""

    def test_clocks_are_not_computed_again_when_settings_change_or_it_is_closed(self):
        case = self._new_solved_case()
        self.pass_days(1)
        case.action_inform()
        case.action_close()
        names = [name for name, field in case.round_id._fields.items() if field.store]
        self.env.flush_all()
        self.env.invalidate_all()
        before = case.round_id.sudo().read(names), case.date_raised
        company = self.company.sudo()
        company.aftersales_escalate_days = 0
        company.aftersales_solve_days = 1
        company.aftersales_use_working_days = True
        company.resource_calendar_id.tz = "America/Los_Angeles"
        self.pass_days(30)
        self._run_escalation()
        self._run_planning()
        after = case.round_id.sudo().read(names), case.date_raised
        self.assertEqual(after, before)
        self.assertEqual(case.escalate_deadline, TODAY + timedelta(days=2))

    def test_correcting_the_date_of_a_call_leaves_the_clocks_of_its_case(self):
        call = self._new_call(partner_id=self._new_customer().id)
        case = self._new_case(call_id=call.id)
        call.date = NOW - timedelta(hours=1)
        self.assertEqual(case.date_raised, call.date)
        call.action_register()
        call.with_user(self.supervisor).with_context(
            correction_reason="Wrong day"
        ).date = NOW - timedelta(days=1)
        self.assertEqual(case.date_raised, NOW - timedelta(hours=1))
        self.assertEqual(case.escalate_deadline, TODAY + timedelta(days=2))

    def test_what_was_solved_is_not_rewritten(self):
        case = self._new_solved_case()
        for name, value in (
            ("description", "Nothing"),
            ("solution", "Nothing"),
            ("case_type", "wish"),
            ("date_raised", NOW - timedelta(days=1)),
        ):
            with self.assertRaisesRegex(UserError, "any more"):
                case[name] = value
        case.satisfaction_score = "7"
        case.action_inform()
        case.action_close()
        with self.assertRaisesRegex(UserError, "any more"):
            case.satisfaction = 10

    def test_only_a_supervisor_lets_the_clocks_begin_later(self):
        case = self._new_case(date_raised=NOW - timedelta(hours=30))
        later = {"date_raised": NOW - timedelta(hours=20)}
        self.assertEqual(case.escalate_deadline, TODAY + timedelta(days=1))
        with self.assertRaisesRegex(UserError, "Only a supervisor"):
            case.write(later)
        case.date_raised = NOW - timedelta(days=2)
        self.assertEqual(case.escalate_deadline, TODAY)
        self.assertEqual(self._get_reminders(case).date_deadline, case.date_deadline)
        case.with_user(self.supervisor).write(later)
        self.assertEqual(case.escalate_deadline, TODAY + timedelta(days=1))
        call = self._new_call(partner_id=case.partner_id.id, date=NOW)
        self.set_now(NOW + timedelta(hours=3))
        with self.assertRaisesRegex(UserError, "Only a supervisor"):
            self._new_case(call_id=call.id, date_raised=NOW + timedelta(hours=1))

    def test_nothing_is_raised_in_the_future(self):
        case = self._new_case()
        for change in (
            lambda: case.with_user(self.supervisor).write({"date_raised": TOMORROW}),
            lambda: self._new_case(user=self.supervisor, date_raised=TOMORROW),
        ):
            with self.assertRaisesRegex(ValidationError, "in the future"):
                change()

    def test_what_is_overdue_stays_overdue(self):
        case = self._new_case()
        self.pass_days(3)
        case.with_user(self.supervisor).date_raised = NOW + timedelta(days=2)
        self.assertEqual(case.escalate_deadline, TODAY + timedelta(days=2))
        self.assertTrue(case.is_overdue)
        self.assertEqual(case.solve_deadline, TODAY + timedelta(days=9))

    def test_a_case_is_overdue_from_the_day_after_its_deadline(self):
        case = self._new_case()
        for days, is_overdue in ((2, False), (1, True)):
            self.pass_days(days)
            self.assertEqual(case.is_overdue, is_overdue)
            overdue = case.search([("is_overdue", "=", True), ("id", "=", case.id)])
            self.assertEqual(bool(overdue), is_overdue)

    # results cannot be made good

    def test_case_is_not_tied_afterwards_to_an_earlier_call(self):
        case = self._new_case()
        self.pass_days(20)
        call = self._new_call(partner_id=case.partner_id.id, date=NOW)
        for user in (self.officer, self.supervisor):
            for change in (
                lambda user=user: case.with_user(user).write({"call_id": call.id}),
                lambda user=user: call.with_user(user).write(
                    {"case_ids": [Command.link(case.id)]}
                ),
            ):
                with self.assertRaisesRegex(AccessError, "by hand"):
                    change()
        kept = self._new_case(call_id=call.id)
        for commands in ([Command.unlink(kept.id)], [Command.clear()]):
            with self.assertRaisesRegex(AccessError, "by hand"):
                call.write({"case_ids": commands})

    def test_answered_on_the_spot_is_not_noted_afterwards(self):
        call = self._new_call(self._new_followup())
        told = self._new_case(call_id=call.id)
        call.action_register()
        for case in (told, self._new_case()):
            with self.assertRaisesRegex(UserError, "not registered yet"):
                case.answered_on_spot = True
        with self.assertRaisesRegex(UserError, "not registered yet"):
            self._new_case(call_id=call.id, answered_on_spot=True)

    def test_answer_noted_weeks_later_in_a_draft_call_is_late(self):
        call = self._new_call(self._new_followup())
        case = self._new_case(call_id=call.id)
        self.pass_days(20)
        case.answered_on_spot = True
        with self.assertRaisesRegex(UserError, "dated back"):
            call.action_register()
        call.date = datetime.now() - timedelta(days=1)
        self.assertEqual(case.date_raised, NOW, "the clocks began then")
        call.action_register()
        self.assertEqual(case.state, "closed")
        self.assertEqual(case.escalation_result, "late")
        self.assertEqual(case.solve_result, "late")
        self.assertEqual(case.answer_result, "late")
        self.assertEqual(case.inform_result, "on_time", "told as it was solved")

    def test_draft_call_does_not_change_what_was_solved(self):
        call = self._new_call(partner_id=self._new_customer().id)
        case = self._solve(self._new_case(call_id=call.id))
        customer = case.partner_id
        call.write(
            {
                "partner_id": self._new_customer("Li Si").id,
                "date": NOW - timedelta(days=1),
            }
        )
        self.assertEqual(case.partner_id, customer)
        self.assertEqual(case.date_raised, NOW)

    def test_who_takes_a_case_over_is_not_to_blame_for_what_was_late(self):
        case = self._new_case()
        self.pass_days(3)
        self._run_escalation()
        customer = case.partner_id.with_user(self.supervisor)
        customer.aftersales_officer_id = self.other_officer
        self.assertEqual(case.acting_user_id, self.other_officer)
        clocks = self._find_clocks(case).grouped("kind")
        self.assertEqual(clocks["escalate"].user_id, self.officer)
        self.assertEqual(clocks["solve"].user_id, self.other_officer)

    def test_cases_are_never_deleted(self):
        case = self._new_case()
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            case.unlink()
        with self.assertRaisesRegex(UserError, "never deleted"):
            case.sudo().unlink()


class TestCaseRounds(CaseCase):
    """Who is not satisfied gets another round; the results of the first one stay."""

    def test_reopened_twice_keeps_both_results(self):
        case = self._new_solved_case()
        self.pass_days(1)
        case.action_inform()
        case.satisfaction = 3
        case.action_close()
        case.action_reopen()
        self.assertEqual(case.state, "open")
        self.assertFalse(case.solution)
        self.assertEqual(case.satisfaction_score, False)
        self.assertEqual(case.escalate_deadline, TODAY + timedelta(days=3))
        self.assertEqual(case.date_raised, NOW)
        self.assertEqual(self._get_reminders(case).user_id, self.officer)
        self.pass_days(3)
        self._run_escalation()
        self._solve(case.with_user(self.supervisor), "New brake discs")
        followup = self._get_followup(case)
        case.action_reopen()
        self.assertEqual(followup.state, "cancelled")
        first, second, running = case.round_ids
        self.assertEqual(running, case.round_id)
        self.assertEqual([first.number, second.number, case.round_number], [1, 2, 3])
        self.assertEqual(first.solution, "New brake pads, free of charge")
        self.assertEqual(first.satisfaction, 3)
        self.assertEqual(first.escalation_result, "on_time")
        self.assertEqual(first.inform_result, "late")
        self.assertTrue(first.inform_call_id)
        self.assertEqual(first.date_begin, NOW)
        self.assertEqual(second.solution, "New brake discs")
        self.assertTrue(second.escalated_by_system)
        self.assertEqual(second.escalation_result, "late")
        self.assertFalse(second.date_informed)
        self.assertEqual(second.solved_by_id, self.supervisor)
        self.assertEqual(second.date_begin, NOW + timedelta(days=1))
        self.assertEqual(first.inform_result, "late")
        self.assertEqual(second.inform_result, "void", "reopened on the same day")
        self.assertFalse(running.inform_result)

    def test_reopened_case_is_told_anew(self):
        case = self._new_solved_case()
        case.action_reopen()
        withdrawn = case.followup_ids
        with self.assertRaisesRegex(UserError, "reopen the case"):
            withdrawn.action_reopen()
        self._solve(case, "New brake discs")
        followup = self._get_followup(case)
        self.assertIn("New brake discs", followup.content)
        case.action_inform()
        self.assertEqual(followup.state, "done")
        self.assertEqual(withdrawn.state, "cancelled")

    def test_a_case_points_at_the_round_that_runs(self):
        case = self._new_case()
        self.assertEqual(case.round_ids, case.round_id)
        self.assertEqual(case.round_id.date_begin, case.date_raised)
        self.assertFalse(case.round_id.date_end)
        self._solve(case)
        first = case.round_id
        self.pass_days(1)
        case.action_reopen()
        self.assertEqual(case.round_ids - first, case.round_id)
        self.assertEqual(case.round_number, 2)
        self.assertEqual(first.date_end, NOW + timedelta(days=1))
        self.assertEqual(case.date_begin, first.date_end)
        self.assertEqual(first.inform_result, "missed", "reopened a day later")
        self.assertEqual(case.escalation_result, "running")

    def test_a_later_round_has_no_other_beginning(self):
        case = self._new_solved_case()
        case.action_reopen()
        with self.assertRaisesRegex(UserError, "any more"):
            case.date_raised = NOW - timedelta(days=1)

    def test_all_clocks_of_all_rounds_are_among_the_clocks(self):
        vehicle = self._new_vehicle(self._new_customer())
        case = self._new_solved_case(vehicle.aftersales_owner_id, vehicle_id=vehicle.id)
        case.action_reopen()
        clocks = self._find_clocks(case)
        self.assertCountEqual(
            [
                (clock.kind, clock.date_due, clock.date_stopped, clock.result)
                for clock in clocks
            ],
            [
                ("escalate", date(2026, 3, 4), TODAY, "on_time"),
                ("solve", date(2026, 3, 9), TODAY, "on_time"),
                ("inform", TODAY, False, "void"),
                ("answer", date(2026, 3, 11), False, "void"),
                ("escalate", date(2026, 3, 4), False, "running"),
                ("solve", date(2026, 3, 9), False, "running"),
                ("answer", date(2026, 3, 11), False, "running"),
            ],
        )
        for clock in clocks:
            self.assertEqual(clock.partner_id, case.partner_id)
            self.assertEqual(clock.vehicle_id, vehicle)
            self.assertEqual(clock.user_id, self.officer)
            self.assertEqual(clock.company_id, self.company)
            self.assertEqual(clock.action_open_record()["res_id"], case.id)


class TestCaseAnswer(CaseCase):
    """Who complains learns the result within seven working days, by law."""

    def test_seven_working_days_whatever_else_the_company_counts(self):
        for working_days in (False, True):
            self.company.sudo().aftersales_use_working_days = working_days
            self.assertEqual(self._new_case().answer_deadline, date(2026, 3, 11))
        self.company.sudo().aftersales_answer_days = 3
        self.assertEqual(self._new_case().answer_deadline, date(2026, 3, 5))

    def test_the_spring_festival_does_not_count_and_makeup_days_do(self):
        self._count_working_days()
        self.company.sudo().aftersales_use_working_days = False
        self.set_now(datetime(2026, 2, 13, 2))
        # Sat 14, then Tue 24 to Fri 27, Sat 28, and Monday
        self.assertEqual(self._new_case().answer_deadline, date(2026, 3, 2))

    def test_wishes_and_requests_have_no_such_clock(self):
        for case_type in ("wish", "request"):
            case = self._new_case(case_type=case_type)
            self.assertFalse(case.answer_deadline)
            self.assertFalse(case.answer_result)
            self.assertNotIn("answer", self._find_clocks(case).mapped("kind"))

    def test_it_stops_when_the_customer_is_told(self):
        for days, result in ((9, "on_time"), (10, "late")):
            self.set_now(NOW)
            case = self._new_case()
            self.pass_days(days)
            self._solve(case)
            self.assertEqual(case.answer_result, "running", "solved, but not told")
            case.action_inform()
            self.assertEqual(case.answer_result, result, f"after {days} days")
            self.assertEqual(case.inform_result, "on_time")

    def test_it_stops_when_the_customer_is_answered_on_the_spot(self):
        case = self._new_case()
        case.action_answer_on_spot()
        self.assertEqual(case.answer_result, "on_time")

    def test_a_later_round_has_the_same_deadline(self):
        case = self._new_solved_case()
        self.pass_days(4)
        case.action_reopen()
        first = case.round_ids[0]
        self.assertEqual(first.answer_result, "void", "it goes on in the next round")
        self.assertEqual(case.answer_deadline, date(2026, 3, 11))
        self.assertEqual(case.answer_result, "running")
        self.pass_days(6)
        self._solve(case).action_inform()
        self.assertEqual(case.answer_result, "late")

    def test_what_was_told_in_an_earlier_round_stays_told(self):
        case = self._new_solved_case()
        case.action_inform()
        case.action_reopen()
        self.assertEqual(case.round_ids[0].answer_result, "on_time")
        self.assertEqual(case.answer_result, "running")

    def test_it_presses_when_it_runs_out_first(self):
        case = self._new_case()
        self.assertEqual(case.date_deadline, case.escalate_deadline)
        case.action_escalate()
        self.assertEqual(case.date_deadline, case.solve_deadline)
        self.pass_days(8)
        self._solve(case)
        case.action_reopen()
        # Tuesday 10 March + 2 days to report; the answer is due on Wednesday 11
        self.assertEqual(case.escalate_deadline, date(2026, 3, 12))
        self.assertEqual(case.date_deadline, date(2026, 3, 11))
        self.assertEqual(self._get_reminders(case).date_deadline, date(2026, 3, 11))

    def test_a_wish_that_turns_out_to_be_a_complaint_has_it_from_the_first_day(self):
        case = self._new_case(case_type="wish")
        self.pass_days(1)
        case.case_type = "complaint"
        self.assertEqual(case.answer_deadline, date(2026, 3, 11))
        self.assertEqual(case.answer_result, "running")

    def test_a_complaint_that_turns_out_to_be_a_wish_has_none_any_more(self):
        case = self._new_case()
        case.case_type = "wish"
        self.assertEqual(case.answer_result, "void")
        case.case_type = "complaint"
        self.assertEqual(case.answer_result, "running")
        self.pass_days(10)
        case.case_type = "request"
        self.assertEqual(case.answer_result, "missed", "it was overdue")
        case.case_type = "complaint"
        self.assertEqual(case.answer_result, "missed", "and stays so")
