from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form

from .case_common import CaseCase
from .common import NOW, TODAY


class TestCase(CaseCase):
    """Where a case comes from, what is answered on the spot, and what is seen."""

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
        self.assertEqual(case.escalation_result, "on_time")
        self.assertEqual(case.solve_result, "on_time")
        self.assertEqual(case.inform_result, "on_time")
        self.assertEqual(case.date_closed, NOW)
        self.assertFalse(case.solution)
        self.assertFalse(case.followup_ids)
        self.assertFalse(self._get_reminders(case))

    def test_answer_on_the_spot_that_came_days_later_is_late(self):
        case = self._new_case()
        self.pass_days(3)
        case.action_answer_on_spot()
        self.assertEqual(case.escalation_result, "late")

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
        self.assertEqual(unsolved.escalation_result, "running")
        self.assertEqual(reported.solve_result, "running")
        found = cases.search([("is_overdue", "=", True), ("id", "in", cases.ids)])
        self.assertEqual(found, unsolved)
        found = cases.search([("is_overdue", "=", False), ("id", "in", cases.ids)])
        self.assertEqual(found, reported | told)
        self.pass_days(5)
        cases.invalidate_recordset()
        self.assertEqual(cases.filtered("is_overdue"), reported | unsolved)
