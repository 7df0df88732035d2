from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import NOW, TODAY, AftersalesCase

LATE_IN_SHANGHAI = datetime(2026, 3, 2, 17, 0)  # one o'clock on the Tuesday


class CaseCase(AftersalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supervisor.sudo().email = "supervisor@yusen.example.com"

    def _run_escalation(self):
        cron = self.env.ref("aftersales_followup.ir_cron_escalate").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _get_mails(self, case):
        return self.env["mail.mail"].sudo().search([("res_id", "in", case.ids)])

    def _solve(self, case, solution="New brake pads, free of charge"):
        case.solution = solution
        case.action_solve()
        return case

    def _new_solved_case(self, *args, **vals):
        return self._solve(self._new_case(*args, **vals))

    def _get_followup(self, case):
        return case.followup_ids.filtered(lambda record: record.state == "planned")


class TestCase(CaseCase):
    """规定 4: answered at once, or reported in two days; then told the same day."""

    # where it comes from

    def test_case_of_a_call_takes_customer_car_visit_and_time_from_it(self):
        visit = self._new_delivered_visit()
        call = self._new_call(visit.followup_ids, date=NOW - timedelta(days=1))
        case = self._new_case(call_id=call.id)
        self.assertEqual(case.partner_id, visit.partner_id)
        self.assertEqual(case.vehicle_id, visit.vehicle_id)
        self.assertEqual(case.visit_id, visit)
        self.assertEqual(case.date_raised, call.date)
        self.assertEqual(case.partner_id.aftersales_case_ids, case)
        self.assertEqual(call.case_ids, case)

    def test_case_of_a_call_about_no_car_is_about_the_customers_only_one(self):
        customer = self._new_customer()
        vehicle = self._new_vehicle(customer)
        call = self._new_call(partner_id=customer.id)
        self.assertEqual(self._new_case(call_id=call.id).vehicle_id, vehicle)
        self._new_vehicle(customer, "湘K54321")
        self.assertFalse(self._new_case(call_id=call.id).vehicle_id)

    def test_case_belongs_to_the_customers_officer_else_to_who_wrote_it_down(self):
        customer = self._new_customer(officer=self.other_officer)
        self.assertEqual(self._new_case(customer).user_id, self.other_officer)
        customer = self._new_customer()
        customer.sudo().aftersales_officer_id = False
        self.assertEqual(self._new_case(customer).user_id, self.officer)

    def test_call_of_an_unknown_caller_needs_a_customer_for_a_case(self):
        call = self._new_call(direction="inbound", caller_name="Wang Wu")
        with self.assertRaisesRegex(UserError, "Choose the customer"):
            self._new_case(call_id=call.id)
        with self.assertRaisesRegex(UserError, "Choose the customer"):
            call.case_ids = [Command.create({"description": "The brakes squeak"})]
        call.partner_id = self._new_customer()
        self.assertEqual(self._new_case(call_id=call.id).partner_id, call.partner_id)

    def test_form_offers_the_customers_officer_and_only_car(self):
        customer = self._new_customer(officer=self.other_officer)
        vehicle = self._new_vehicle(customer)
        form = Form(self.env["aftersales.case"].with_user(self.officer))
        form.partner_id = customer
        self.assertEqual(form.vehicle_id, vehicle)
        self.assertEqual(form.user_id, self.other_officer)
        form.description = "The brakes squeak"
        self.assertEqual(form.save().escalate_deadline, TODAY + timedelta(days=2))

    def test_case_is_named_after_its_customer_and_found_by_words(self):
        case = self._new_case()
        self.assertEqual(case.display_name, "Complaint: Zhang San")
        found = dict(self.env["aftersales.case"].name_search("squeak"))
        self.assertEqual(found, {case.id: case.display_name})

    def test_smart_buttons_open_the_cases_of_customer_car_visit_and_call(self):
        visit = self._new_delivered_visit()
        call = self._new_call(visit.followup_ids)
        case = self._new_case(call_id=call.id)
        Case = self.env["aftersales.case"]
        for record, name in (
            (visit.partner_id, "action_aftersales_open_cases"),
            (visit.vehicle_id, "action_aftersales_open_cases"),
            (visit, "action_open_cases"),
            (call, "action_open_cases"),
        ):
            action = getattr(record, name)()
            self.assertEqual(Case.search(action["domain"]), case)
        self.assertEqual(visit.partner_id.aftersales_case_count, 1)
        self.assertEqual(visit.vehicle_id.aftersales_case_count, 1)
        self.assertEqual(visit.case_count, 1)

    # answered on the spot

    def test_answer_on_the_spot_stops_all_clocks_in_time(self):
        case = self._new_case()
        case.action_answer_on_spot()
        self.assertEqual(case.state, "closed")
        self.assertTrue(case.escalation_on_time)
        self.assertTrue(case.solve_on_time)
        self.assertTrue(case.inform_on_time)
        self.assertEqual(case.date_closed, NOW)
        self.assertFalse(case.solution)
        self.assertFalse(case.followup_ids)
        self.assertFalse(self._get_reminders(case))

    def test_answer_on_the_spot_that_came_days_later_is_late(self):
        case = self._new_case()
        self.pass_days(3)
        case.action_answer_on_spot()
        self.assertFalse(case.escalation_on_time)

    def test_cases_answered_during_a_call_are_closed_with_its_registration(self):
        form = Form(self._new_call(self._new_followup()))
        for answered in (True, False):
            with form.case_ids.new() as line:
                line.case_type = "request"
                line.description = "A car to get home"
                line.answered_on_spot = answered
        call = form.save()
        self.assertEqual(call.case_ids.mapped("state"), ["open", "open"])
        call.action_register()
        answered = call.case_ids.filtered("answered_on_spot")
        self.assertEqual(answered.state, "closed")
        self.assertEqual(answered.inform_call_id, call)
        self.assertEqual(answered.date_informed, call.date)
        self.assertEqual((call.case_ids - answered).state, "open")

    def test_draft_call_with_a_case_is_not_deleted(self):
        call = self._new_call(self._new_followup())
        self._new_case(call_id=call.id)
        with self.assertRaisesRegex(UserError, "Register the call"):
            call.unlink()

    # reported to the supervisor

    def test_case_is_reported_within_two_days(self):
        for days, on_time in ((0, True), (2, True), (3, False)):
            self.set_now(NOW)
            case = self._new_case()
            self.assertEqual(case.escalate_deadline, TODAY + timedelta(days=2))
            self.pass_days(days)
            case.action_escalate()
            self.assertEqual(case.escalation_on_time, on_time, f"after {days} days")
            self.assertEqual(case.escalated_by_id, self.officer)
            self.assertFalse(case.escalated_by_system)

    def test_case_solved_before_needs_no_report(self):
        for days, on_time in ((2, True), (3, False)):
            self.set_now(NOW)
            case = self._new_case()
            self.pass_days(days)
            self._solve(case)
            self.assertEqual(case.escalation_on_time, on_time, f"after {days} days")
            self.assertFalse(case.date_escalated)

    def test_days_are_the_dealerships_own(self):
        self.set_now(LATE_IN_SHANGHAI)
        self.assertEqual(self._new_case().escalate_deadline, date(2026, 3, 5))

    def test_deadline_at_the_end_of_february_in_a_leap_year_and_of_a_year(self):
        for raised, deadline in (
            (datetime(2028, 2, 27, 2), date(2028, 2, 29)),
            (datetime(2028, 2, 28, 2), date(2028, 3, 1)),
            (datetime(2027, 2, 27, 2), date(2027, 3, 1)),
            (datetime(2027, 12, 30, 2), date(2028, 1, 1)),
            (datetime(2027, 4, 29, 2), date(2027, 5, 1)),
        ):
            self.set_now(raised)
            self.assertEqual(self._new_case().escalate_deadline, deadline)

    def test_working_days_leave_out_the_spring_festival_and_count_makeup_days(self):
        self.company.sudo().aftersales_use_working_days = True
        leaves = self.env["resource.calendar.leaves"].sudo()
        common = {
            "calendar_id": self.company.sudo().resource_calendar_id.id,
            "company_id": self.company.id,
        }
        leaves.create(
            [
                {
                    **common,
                    "name": "Spring Festival",
                    "date_from": datetime(2026, 2, 14, 16),  # Sunday 15
                    "date_to": datetime(2026, 2, 23, 15, 59),  # Monday 23
                },
                {
                    **common,
                    "name": "Make-up day",
                    "time_type": "other",
                    "date_from": datetime(2026, 2, 13, 16),  # Saturday 14
                    "date_to": datetime(2026, 2, 14, 15, 59),
                },
            ]
        )
        # Friday 13 -> Saturday 14 is worked, then Tuesday 24 after the festival
        self.set_now(datetime(2026, 2, 13, 2))
        case = self._new_case()
        self.assertEqual(case.escalate_deadline, date(2026, 2, 24))
        self.set_now(datetime(2026, 2, 24, 2))
        case.action_escalate()
        self.assertTrue(case.escalation_on_time)

    def test_reported_case_goes_to_the_least_busy_supervisor_not_the_administrator(
        self,
    ):
        other = self._new_user("other_supervisor", "supervisor")
        cases = [self._new_case() for _n in range(3)]
        for case in cases:
            case.action_escalate()
        supervisors = [case.supervisor_id for case in cases]
        self.assertEqual(set(supervisors[:2]), {self.supervisor, other})

    def test_officer_may_choose_the_supervisor(self):
        other = self._new_user("other_supervisor", "supervisor")
        for supervisor in (other, self.supervisor):
            case = self._new_case(supervisor_id=supervisor.id)
            case.action_escalate()
            self.assertEqual(case.supervisor_id, supervisor)

    def test_reminder_moves_to_the_supervisor_who_gets_one_email(self):
        case = self._new_case()
        reminder = self._get_reminders(case)
        self.assertEqual(reminder.user_id, self.officer)
        self.assertEqual(reminder.date_deadline, case.escalate_deadline)
        case.action_escalate()
        self.assertEqual(self._get_reminders(case), reminder)
        self.assertEqual(reminder.user_id, self.supervisor)
        self.assertEqual(reminder.date_deadline, TODAY + timedelta(days=7))
        mail = self._get_mails(case)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.supervisor.partner_id)
        for text in ("Zhang San", "The brakes squeak", "Officer"):
            self.assertIn(text, mail.body_html)

    def test_words_of_a_customer_are_no_html(self):
        customer = self._new_customer("<b>Zhang</b>")
        words = "<script>alert(1)</script> & <img src=x onerror=alert(1)>"
        case = self._new_case(customer, description=words)
        case.action_escalate()
        body = self._get_mails(case).body_html
        self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt; &amp;", body)
        self.assertNotIn("<script>", body)
        self.assertNotIn("<img src=x", body)
        self.assertNotIn("<b>Zhang</b>", body)
        self._solve(case, words)
        self.assertIn(words, self._get_followup(case).content)

    # reported by the system

    def test_system_reports_what_nobody_reported_and_that_is_late(self):
        case, in_time = self._new_case(), self._new_case()
        in_time.action_escalate()
        self.pass_days(2)
        self._run_escalation()
        self.assertEqual(case.state, "open", "the last day is not over")
        self.pass_days(1)
        self._run_escalation()
        self.assertEqual(case.state, "escalated")
        self.assertTrue(case.escalated_by_system)
        self.assertFalse(case.escalated_by_id)
        self.assertFalse(case.escalation_on_time)
        self.assertTrue(in_time.escalation_on_time)

    def test_scheduler_that_did_not_run_for_ten_days_reports_each_case_once(self):
        cases = self._new_case() | self._new_case()
        self.pass_days(10)
        for _n in range(3):
            self._run_escalation()
        for case in cases:
            self.assertEqual(len(self._get_mails(case)), 1)
            self.assertEqual(self._get_reminders(case).user_id, self.supervisor)

    def test_case_that_cannot_be_reported_does_not_stop_the_rest(self):
        bad, good = self._new_case(), self._new_case()
        self.pass_days(3)
        cls = self.env.registry["aftersales.case"]
        stop_clock = cls._mail_supervisors

        def fail(cases):
            if bad in cases:
                raise ValueError("Out of paper")
            return stop_clock(cases)

        with (
            patch.object(cls, "_mail_supervisors", fail),
            mute_logger("odoo.addons.aftersales_followup.models.scheduler"),
        ):
            self._run_escalation()
        self.assertEqual(good.state, "escalated")
        self.assertEqual(bad.state, "open")
        self._run_escalation()
        self.assertEqual(bad.state, "escalated")

    def test_scheduler_out_of_time_leaves_the_rest_to_its_next_run(self):
        case = self._new_case()
        self.pass_days(3)
        with patch.object(
            self.env.registry["ir.cron"], "_commit_progress", return_value=0
        ) as commit:
            self.env["aftersales.case"].sudo()._cron_escalate()
        self.assertEqual(commit.call_args.kwargs, {"remaining": 1})
        self._run_escalation()
        self.assertEqual(case.state, "escalated")

    # solved, and told the same day

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
        self.assertTrue(case.inform_on_time)
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
        self.assertFalse(case.inform_on_time)
        self.assertTrue(case.escalation_on_time)

    def test_solutions_told_in_one_call_keep_a_clock_each(self):
        earlier = self._new_solved_case()
        told = earlier.date_solved
        self.pass_days(1)
        later = self._new_solved_case(earlier.partner_id)
        (later | earlier)._inform(told, None)
        self.assertEqual(earlier.date_informed, told)
        self.assertTrue(earlier.inform_on_time)
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
        self.assertEqual(
            action["context"]["default_followup_id"], self._get_followup(case).id
        )

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

    # results stand

    def test_clocks_are_not_computed_again_when_settings_change_or_it_is_closed(self):
        case = self._new_solved_case()
        self.pass_days(1)
        case.action_inform()
        case.action_close()
        names = [*case._get_clock_fields(), "date_raised"]
        before = case.read(names)
        company = self.company.sudo()
        company.aftersales_escalate_days = 0
        company.aftersales_solve_days = 1
        company.aftersales_use_working_days = True
        company.resource_calendar_id.tz = "America/Los_Angeles"
        self.pass_days(30)
        self._run_escalation()
        self._run_planning()
        self.assertEqual(case.read(names), before)
        self.assertEqual(case.escalate_deadline, TODAY + timedelta(days=2))

    def test_correcting_the_date_of_a_call_leaves_the_clocks_of_its_case(self):
        call = self._new_call(self._new_followup())
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
        case = self._new_case()
        later = {"date_raised": NOW + timedelta(days=1)}
        for change in (lambda: case.write(later), lambda: self._new_case(**later)):
            with self.assertRaisesRegex(UserError, "Only a supervisor"):
                change()
        case.date_raised = NOW - timedelta(days=1)
        self.assertEqual(case.escalate_deadline, TODAY + timedelta(days=1))
        self.assertEqual(self._get_reminders(case).date_deadline, case.date_deadline)
        case.with_user(self.supervisor).write(later)
        self.assertEqual(case.escalate_deadline, TODAY + timedelta(days=3))

    def test_cases_are_never_deleted(self):
        case = self._new_case()
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            case.unlink()
        with self.assertRaisesRegex(UserError, "never deleted"):
            case.sudo().unlink()

    # reopened

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
        first, second = case.round_ids
        self.assertEqual([first.number, second.number, case.round_number], [1, 2, 3])
        self.assertEqual(first.solution, "New brake pads, free of charge")
        self.assertEqual(first.satisfaction, 3)
        self.assertTrue(first.escalation_on_time)
        self.assertFalse(first.inform_on_time)
        self.assertTrue(first.inform_call_id)
        self.assertEqual(first.date_begin, NOW)
        self.assertEqual(second.solution, "New brake discs")
        self.assertTrue(second.escalated_by_system)
        self.assertFalse(second.escalation_on_time)
        self.assertFalse(second.date_informed)
        self.assertEqual(second.solved_by_id, self.supervisor)
        self.assertEqual(second.date_begin, NOW + timedelta(days=1))
        self.assertEqual(first.inform_status, "late")
        self.assertFalse(second.inform_status)

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

    # who sees to it

    def test_stand_in_is_reminded_and_the_case_returns(self):
        case, solved = self._new_case(), self._new_solved_case()
        substitution = self.env["aftersales.substitution"].create(
            {
                "user_id": self.officer.id,
                "substitute_id": self.other_officer.id,
                "date_from": TODAY,
                "date_to": TODAY + timedelta(days=1),
            }
        )
        meanwhile = self._new_case()
        for record in (case, meanwhile, self._get_followup(solved)):
            self.assertEqual(record.acting_user_id, self.other_officer)
            self.assertEqual(record.user_id, self.officer)
            self.assertEqual(self._get_reminders(record).user_id, self.other_officer)
        self._solve(case.with_user(self.other_officer))
        self.assertEqual(self._get_followup(case).acting_user_id, self.other_officer)
        self.pass_days(2)
        self._run_planning()
        self.assertEqual(substitution.state, "over")
        for record in (meanwhile, self._get_followup(case)):
            self.assertEqual(record.acting_user_id, self.officer)
            self.assertEqual(self._get_reminders(record).user_id, self.officer)

    def test_case_reopened_after_a_stand_in_is_the_officers_again(self):
        self.env["aftersales.substitution"].create(
            {
                "user_id": self.officer.id,
                "substitute_id": self.other_officer.id,
                "date_from": TODAY,
                "date_to": TODAY,
            }
        )
        case = self._new_case()
        case.action_answer_on_spot()
        self.pass_days(5)
        self._run_planning()
        case.action_reopen()
        self.assertEqual(case.acting_user_id, self.officer)
        self.assertEqual(self._get_reminders(case).user_id, self.officer)

    def test_case_of_an_archived_officer_goes_to_a_colleague(self):
        case = self._new_case()
        self.officer.sudo().active = False
        self._run_planning()
        self.assertEqual(case.acting_user_id, self.other_officer)
        self.assertEqual(self._get_reminders(case).user_id, self.other_officer)
        self._solve(case.with_user(self.other_officer))
        followup = self._get_followup(case)
        self.assertEqual(followup.acting_user_id, self.other_officer)

    def test_case_of_an_archived_supervisor_goes_to_another(self):
        other = self._new_user("other_supervisor", "supervisor")
        case = self._new_case(supervisor_id=other.id)
        case.action_escalate()
        other.sudo().active = False
        self._run_planning()
        self.assertEqual(case.supervisor_id, self.supervisor)
        self.assertEqual(self._get_reminders(case).user_id, self.supervisor)

    def test_customer_handed_over_takes_his_cases_along(self):
        case = self._new_case()
        solved = self._new_solved_case(case.partner_id)
        customer = case.partner_id.with_user(self.supervisor)
        customer.aftersales_officer_id = self.other_officer
        for record in (case, solved, self._get_followup(solved)):
            self.assertEqual(record.user_id, self.other_officer)
        self.assertEqual(self._get_reminders(case).user_id, self.other_officer)

    def test_finishing_the_reminder_with_the_solution_solves_the_case(self):
        for escalated in (False, True):
            case = self._new_case()
            if escalated:
                case.action_escalate()
            reminder = self._get_reminders(case)
            reminder = reminder.with_user(reminder.user_id)
            with self.assertRaisesRegex(UserError, "Write the solution as feedback"):
                reminder.action_feedback()
            reminder.action_feedback(feedback="New brake pads")
            self.assertEqual(case.state, "solved")
            self.assertEqual(case.solution, "New brake pads")
            self.assertTrue(self._get_followup(case))

    def test_reminder_handed_over_hands_the_case_over(self):
        case = self._new_case()
        self._get_reminders(case).user_id = self.other_officer
        self.assertEqual(case.acting_user_id, self.other_officer)
        case.action_escalate()
        other = self._new_user("other_supervisor", "supervisor")
        self._get_reminders(case).user_id = other
        self.assertEqual(case.supervisor_id, other)
        self.assertEqual(case.acting_user_id, self.other_officer)

    def test_lost_reminder_comes_back(self):
        case = self._new_case()
        self._get_reminders(case).unlink()
        self._run_planning()
        self.assertEqual(self._get_reminders(case).user_id, self.officer)

    # what is seen

    def test_workbench_shows_the_customers_other_open_cases(self):
        customer = self._new_customer()
        earlier, closed = self._new_case(customer), self._new_case(customer)
        closed.action_answer_on_spot()
        call = self._new_call(self._new_followup(customer))
        self._new_case(call_id=call.id)
        self.assertEqual(call.open_case_ids, earlier)
        self.assertFalse(self._new_call(caller_name="x", direction="inbound").case_ids)

    def test_overdue_is_what_its_running_clock_says(self):
        reported = self._new_case()
        reported.action_escalate()
        told = self._new_solved_case()
        told.action_inform()
        unsolved = self._new_case()
        cases = reported | told | unsolved
        self.pass_days(3)
        self.assertEqual(cases.filtered("is_overdue"), unsolved)
        self.assertEqual(unsolved.escalation_status, "overdue")
        self.assertEqual(reported.solve_status, "running")
        found = cases.search([("is_overdue", "=", True), ("id", "in", cases.ids)])
        self.assertEqual(found, unsolved)
        found = cases.search([("is_overdue", "=", False), ("id", "in", cases.ids)])
        self.assertEqual(found, reported | told)
        self.pass_days(5)
        cases.invalidate_recordset()
        self.assertEqual(cases.filtered("is_overdue"), reported | unsolved)


class TestCaseRights(CaseCase):
    def test_officer_who_took_a_colleagues_complaint_works_on_it(self):
        customer = self._new_customer(officer=self.other_officer)
        call = self._new_call(
            partner_id=customer.id, direction="inbound", inbound_kind="complaint"
        )
        case = self._new_case(call_id=call.id)
        self.assertEqual(case.user_id, self.other_officer)
        case.with_user(self.officer).action_escalate()
        self.assertEqual(case.escalated_by_id, self.officer)

    def test_officers_read_all_cases_and_change_their_own(self):
        case = self._new_case()
        theirs = case.with_user(self.other_officer)
        self.assertEqual(theirs.description, "The brakes squeak")
        for action in (
            "action_answer_on_spot",
            "action_escalate",
            "action_solve",
            "action_inform",
            "action_close",
            "action_reopen",
        ):
            with (
                self.assertRaises(AccessError),
                mute_logger("odoo.addons.base.models.ir_rule"),
            ):
                getattr(theirs, action)()

    def test_advisors_see_cases_of_their_own_visits_and_earlier_rounds(self):
        visit = self._new_delivered_visit()
        case = self._new_solved_case(visit.partner_id, visit_id=visit.id)
        case.action_reopen()
        self._new_case()
        self.env.invalidate_all()
        for records in (case, case.round_ids):
            found = records.with_user(self.advisor).search([])
            self.assertEqual(found, records)

    def test_nobody_makes_up_results(self):
        case = self._new_case()
        for user in (self.officer, self.supervisor):
            for name, value in (
                ("state", "closed"),
                ("escalate_deadline", TODAY),
                ("escalation_on_time", True),
                ("inform_on_time", True),
                ("date_solved", NOW),
                ("inform_call_id", False),
                ("round_number", 1),
            ):
                with self.assertRaises(AccessError):
                    case.with_user(user)[name] = value

    def test_customer_user_car_and_visit_of_a_case_are_not_deleted(self):
        visit = self._new_visit()
        case = self._new_case(
            visit.partner_id, visit_id=visit.id, vehicle_id=visit.vehicle_id.id
        )
        case.action_escalate()
        for record in (
            visit,
            case.partner_id,
            case.vehicle_id,
            self.officer,
            self.supervisor,
        ):
            with self.assertRaises(UserError):
                record.sudo().unlink()

    def test_merged_customers_keep_their_cases(self):
        keep, gone = self._new_customer(), self._new_customer()
        case = self._new_case(gone)
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (keep | gone).ids, keep
        )
        self.env.invalidate_all()
        self.assertEqual(case.partner_id, keep)
