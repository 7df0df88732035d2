from datetime import timedelta

from odoo.api import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import mute_logger

from .case_common import CaseCase
from .common import NOW, TODAY

DENIALS = ("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
GUARDED = {
    *("company_id", "call_id", "state", "followup_ids", "substitution_id"),
    *("round_ids", "round_id", "round_number", "date_begin", "date_closed"),
    *("escalate_deadline", "date_escalated", "escalation_result"),
    *("escalated_by_id", "escalated_by_system"),
    *("solve_deadline", "date_solved", "solved_by_id", "solve_result"),
    *("inform_deadline", "date_informed", "inform_result"),
    *("inform_call_id", "inform_letter_id"),
    *("answer_deadline", "answer_result", "date_deadline"),
    *("waiting_for", "waiting_since", "parts_days", "maker_days", "reminder_lost"),
}
ROUND_GUARDED = {
    *("case_id", "running_case_ids", "company_id", "number"),
    *("date_begin", "date_end", "date_closed", "satisfaction", "satisfaction_score"),
    *("escalate_deadline", "date_escalated", "escalation_result"),
    *("escalated_by_id", "escalated_by_system", "escalated_to_id", "escalate_user_id"),
    *("solve_deadline", "date_solved", "solved_by_id", "solve_result"),
    *("solve_user_id", "solution", "answered_on_spot"),
    *("inform_deadline", "date_informed", "inform_result", "inform_user_id"),
    *("inform_call_id", "inform_letter_id"),
    *("answer_deadline", "answer_result", "answer_user_id"),
}
SETTLED = {
    *("case_type", "description", "partner_id", "vehicle_id", "visit_id"),
    *("date_raised", "solution", "answered_on_spot"),
}
SETTLED_WHEN_CLOSED = {
    *("satisfaction", "satisfaction_score"),
    *("user_id", "acting_user_id", "supervisor_id"),
}


class TestCaseOfficer(CaseCase):
    """Who sees to a case, and who takes it over."""

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

    def test_case_reported_where_nobody_decides_goes_to_the_first_supervisor(self):
        users = self.env(user=SUPERUSER_ID)["res.users"]
        users._aftersales_supervisors(self.company).active = False
        users._aftersales_supervisors(self.company).company_ids -= self.company
        case = self._new_case()
        case.action_escalate()
        self.assertFalse(case.supervisor_id)
        self.assertEqual(self._get_reminders(case).user_id, self.officer)
        self.assertFalse(self._get_mails(case))
        self.supervisor.sudo().active = True
        self._run_planning()
        self.assertEqual(case.supervisor_id, self.supervisor)
        self.assertEqual(self._get_reminders(case).user_id, self.supervisor)
        self.assertEqual(len(self._get_mails(case)), 1)

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
                ("escalation_result", "on_time"),
                ("inform_result", "on_time"),
                ("answer_result", "on_time"),
                ("date_solved", NOW),
                ("inform_call_id", False),
                ("round_number", 1),
                ("call_id", False),
                ("parts_days", 9),
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

    def test_only_a_supervisor_of_the_dealership_decides(self):
        branch = self.env["res.company"].sudo().create({"name": "Branch"})
        stranger = self._new_user("stranger", "supervisor", branch)
        portal = self._new_user("portal")
        case = self._new_case()
        for user in (self.other_officer, stranger, portal):
            with self.assertRaises(UserError):
                case.supervisor_id = user
                self.env.flush_all()

    def test_rounds_are_written_by_the_steps_of_the_case_only(self):
        case = self._new_case()
        for user in (self.officer, self.supervisor):
            rounds = case.round_id.with_user(user)
            with self.assertRaises(AccessError), mute_logger(*DENIALS):
                rounds.write({"date_solved": NOW})
            with self.assertRaises(AccessError), mute_logger(*DENIALS):
                rounds.create({"case_id": case.id, "number": 2})
            with self.assertRaises(AccessError), mute_logger(*DENIALS):
                case.with_user(user).round_ids = [
                    Command.update(case.round_id.id, {"solve_result": "on_time"})
                ]

    def test_what_steps_write_is_named(self):
        self.assertEqual(self.env["aftersales.case"]._get_guarded_fields(), GUARDED)
        self.assertEqual(
            self.env["aftersales.case.round"]._get_guarded_fields(), ROUND_GUARDED
        )
        solved, closed = self._new_solved_case(), self._new_case()
        closed.action_answer_on_spot()
        self.assertEqual(solved._get_settled_fields(), SETTLED)
        self.assertEqual(closed._get_settled_fields(), SETTLED | SETTLED_WHEN_CLOSED)
        for case in (solved, closed):
            for name in case._get_settled_fields():
                value = case._fields[name].convert_to_write(case[name], case)
                with self.assertRaisesRegex(UserError, "any more"):
                    case.with_user(self.supervisor).write({name: value})
