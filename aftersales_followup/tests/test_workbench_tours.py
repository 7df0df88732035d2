from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .test_tours import ToursCase

MY_CALLS = "/odoo/aftersales-my-calls"


@tagged("post_install", "-at_install")
class TestWorkbenchTours(ToursCase):
    """The call on one screen, at 1366 × 768."""

    def _plan_calls(self, *names):
        """Plan the first follow-up of the visit and of other customers' ones."""
        self.visit.action_deliver()
        self.visit.followup_ids.sudo().date_deadline -= timedelta(days=1)
        for place, name in enumerate(names):
            self._new_worked_visit(name, f"湘K{place}0000")

    def _get_calls(self):
        return self.env["aftersales.call"].search([], order="id")

    def test_three_calls_are_made_by_keys_alone(self):
        self._plan_calls("Li Si", "Wang Wu")
        self._tour("aftersales_calls_by_keyboard", self.officer, MY_CALLS)
        calls = self._get_calls()
        self.assertEqual(calls.mapped("register_sequence"), [1, 2, 3])
        self.assertEqual(calls.mapped("satisfaction"), [9, 9, 9])
        self.assertEqual(calls.mapped("outcome_id"), self.reached)
        self.assertEqual(calls.mapped("content"), ["All is well"] * 3)
        self.assertEqual(calls.case_ids.mapped("description"), ["A loan car"])
        self.assertEqual(calls.case_ids.case_type, "wish")

    def test_the_next_customer_comes_after_register_too(self):
        self._plan_calls("Li Si")
        self._tour("aftersales_next_after_register", self.officer, MY_CALLS)
        calls = self._get_calls()
        self.assertEqual(calls.mapped("state"), ["registered", "draft"])

    def test_a_reload_keeps_customer_and_draft(self):
        self._plan_calls()
        self._tour("aftersales_reload_call", self.officer, MY_CALLS)
        self.assertEqual(self._get_calls().content, "The horn is weak")

    def test_who_is_unknown_becomes_a_customer_with_car_name_and_phone(self):
        self._plan_calls()
        self._tour("aftersales_new_caller", self.officer, MY_CALLS)
        call = self._get_calls()
        self.assertEqual((call.direction, call.state), ("inbound", "registered"))
        self.assertEqual(call.partner_id.name, "Li Si")
        self.assertEqual(call.partner_id.phone, "+86 139 1234 5678")
        self.assertEqual(call.vehicle_id.license_plate, "湘K99999")
        self.assertEqual(call.vehicle_id.aftersales_owner_id, call.partner_id)

    def test_an_archive_is_filed_by_its_checklist(self):
        self.customer.phone = False
        self._tour(
            "aftersales_file_by_checklist", self.officer, "/odoo/aftersales-visits"
        )
        self.assertEqual(self.customer.phone, "+86 139 0000 0001")
        self.assertEqual(self.visit.next_service_content, "Oil change")
        self.assertEqual(
            self.visit.next_contact_date, fields.Date.today() + timedelta(days=60)
        )
        self.assertTrue(self.visit.archive_date)

    def test_finishing_the_reminder_shows_what_became_of_it(self):
        self._plan_calls()
        self._tour(
            "aftersales_finish_reminder", self.officer, "/odoo/aftersales-followups"
        )
        [done] = self.visit.followup_ids.filtered(lambda one: one.state == "done")
        self.assertEqual(done.call_ids.content, "All is well")


@tagged("post_install", "-at_install")
class TestPhoneTours(ToursCase):
    """The same on a phone, 390 pixels wide."""

    browser_size = "390x844"
    touch_enabled = True

    def test_a_call_is_made_on_a_phone(self):
        self.visit.action_deliver()
        self.visit.followup_ids.sudo().date_deadline -= timedelta(days=1)
        self._new_worked_visit("Li Si", "湘K20000")
        self._tour("aftersales_call_on_a_phone", self.officer, MY_CALLS)
        call = self.customer.aftersales_call_ids
        self.assertEqual((call.register_sequence, call.content), (1, "All is well"))
