from datetime import datetime, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import NOW, TODAY, AftersalesCase


class TestVisit(AftersalesCase):
    def test_delivery_plans_the_first_followup_three_to_seven_days_later(self):
        visit = self._new_delivered_visit()
        followup = visit.followup_ids
        self.assertEqual(visit.state, "delivered")
        self.assertEqual(visit.date_delivery, NOW)
        self.assertEqual(followup.rule_id, self.rule_first)
        self.assertEqual(followup.date_earliest, TODAY + timedelta(days=3))
        self.assertEqual(followup.date_deadline, TODAY + timedelta(days=7))
        self.assertEqual(followup.user_id, self.officer)
        self.assertEqual(followup.acting_user_id, self.officer)

    def test_end_of_a_consultation_plans_the_first_followup(self):
        visit = self._new_visit(visit_type="consultation")
        visit.action_close()
        self.assertEqual(visit.state, "closed")
        self.assertEqual(visit.followup_ids.rule_id, self.rule_first)

    def test_workshop_visit_is_delivered_and_consultation_closed(self):
        with self.assertRaisesRegex(UserError, "delivered"):
            self._new_visit().action_close()
        with self.assertRaisesRegex(UserError, "closed"):
            self._new_visit(
                self._new_customer(), visit_type="consultation"
            ).action_deliver()

    def test_visit_is_not_delivered_twice(self):
        visit = self._new_delivered_visit()
        with self.assertRaises(UserError):
            visit.action_deliver()
        self.assertEqual(len(visit.followup_ids), 1)

    def test_cancelling_a_visit_withdraws_its_followups_with_the_reason(self):
        visit = self._new_delivered_visit()
        followup = visit.followup_ids
        visit.action_cancel()
        self.assertEqual(followup.state, "cancelled")
        self.assertEqual(followup.cancel_reason, "The visit was cancelled.")
        self.assertFalse(self._get_reminders(followup))

    def test_reopened_visit_plans_anew_when_it_is_delivered_again(self):
        visit = self._new_delivered_visit()
        first = visit.followup_ids
        visit.action_reopen()
        self.assertEqual(first.state, "cancelled")
        self.pass_days(2)
        visit.action_deliver()
        planned = visit.followup_ids - first
        self.assertEqual(planned.state, "planned")
        self.assertEqual(planned.date_earliest, TODAY + timedelta(days=5))

    def test_visit_cannot_end_before_it_began(self):
        with self.assertRaisesRegex(ValidationError, "before it began"):
            self._new_visit(date_delivery=NOW - timedelta(days=1))

    def test_workshop_visit_needs_a_car(self):
        with self.assertRaisesRegex(ValidationError, "needs a car"):
            self._new_visit(vehicle=self.env["fleet.vehicle"])

    @mute_logger("odoo.sql_db")
    def test_visit_number_is_unique_in_the_company(self):
        self._new_visit(name="RO1")
        with self.assertRaises(IntegrityError):
            self._new_visit(self._new_customer("Li Si"), name="RO1")

    @mute_logger("odoo.sql_db")
    def test_odometer_cannot_be_negative(self):
        with self.assertRaises(IntegrityError):
            self._new_visit(odometer=-5)

    def test_snapshots_stay_when_customer_and_car_change(self):
        visit = self._new_visit()
        visit.partner_id.write({"phone": "139 0000 0000", "street": "Elsewhere"})
        visit.vehicle_id.license_plate = "湘K99999"
        visit.wish = "Be quick"
        self.assertEqual(visit.plate, "湘K12345")
        self.assertEqual(visit.phone, "138 0013 8000")
        self.assertIn("1 Xiangzhong Avenue", visit.address)

    def test_phone_of_who_brings_the_car_is_noted(self):
        customer = self._new_customer()
        contact = self.env["res.partner"].create(
            {"name": "Driver", "phone": "137 1111 2222", "parent_id": customer.id}
        )
        visit = self._new_visit(customer, contact_id=contact.id)
        self.assertEqual(visit.phone, "137 1111 2222")

    def test_totals_add_the_lines_up(self):
        visit = self._new_visit()
        visit.line_ids.cost = 120
        visit.line_ids.copy({"amount": 50, "cost": 30, "visit_id": visit.id})
        self.assertEqual((visit.amount_total, visit.cost_total), (350, 150))

    def test_odometer_is_written_to_fleets_log_once(self):
        visit = self._new_visit(odometer=12000)
        visit.odometer = 12500
        visit.action_deliver()
        log = self.env["fleet.vehicle.odometer"].search(
            [("vehicle_id", "=", visit.vehicle_id.id)]
        )
        self.assertEqual(log.mapped("value"), [12500])
        self.assertEqual(log.date, TODAY)
        visit.action_cancel()
        self.assertFalse(log.exists())

    def test_visit_born_delivered_long_ago_is_history_and_plans_nothing(self):
        visit = self._import_visit(
            date_arrival=NOW - timedelta(days=10),
            date_delivery=NOW - timedelta(days=8),
        )
        self.assertTrue(visit.is_history)
        self.assertFalse(visit.followup_ids)
        self.assertFalse(visit.archive_deadline)
        self.assertEqual(visit.partner_id.aftersales_archive_state, "none")
        self.assertTrue(visit.partner_id.aftersales_archive_number)
        self._run_planning()
        self.assertFalse(visit.followup_ids)

    def test_visit_born_delivered_within_the_window_plans_its_followup(self):
        visit = self._import_visit(
            date_arrival=NOW - timedelta(days=7),
            date_delivery=NOW - timedelta(days=7),
        )
        self.assertEqual(visit.followup_ids.date_deadline, TODAY)

    def test_visit_delivered_late_in_the_day_counts_in_the_dealerships_days(self):
        # 23:30 in UTC is the next morning in Shanghai.
        self.set_now(datetime(2026, 3, 2, 23, 30))
        visit = self._new_delivered_visit()
        self.assertEqual(
            visit.followup_ids.date_earliest, TODAY + timedelta(days=1 + 3)
        )

    def test_delivered_visit_is_cancelled_not_deleted(self):
        visit = self._new_delivered_visit()
        with self.assertRaisesRegex(UserError, "Cancel it instead"):
            visit.unlink()

    def test_visit_just_begun_can_be_deleted(self):
        visit = self._new_visit()
        visit.unlink()
        self.assertFalse(visit.exists())

    def test_officer_of_a_new_customer_is_the_least_busy_one(self):
        for _n in range(2):
            self._new_followup(self._new_customer(officer=self.officer))
        visit = self._new_visit(self._new_customer(officer=self.env["res.users"]))
        self.assertEqual(visit.officer_id, self.other_officer)
        self.assertEqual(visit.partner_id.aftersales_officer_id, self.other_officer)

    def test_dealership_without_officers_is_told_to_name_one(self):
        (self.officer | self.other_officer | self.supervisor).sudo().action_archive()
        with self.assertRaisesRegex(UserError, "no follow-up officer"):
            self._new_visit(self._new_customer(officer=self.env["res.users"]))

    def test_form_offers_the_owner_and_warns_of_another_customer(self):
        owner = self._new_customer()
        vehicle = self._new_vehicle(owner)
        other = self._new_customer("Li Si")
        with Form(self.env["aftersales.visit"]) as form:
            form.vehicle_id = vehicle
            self.assertEqual(form.partner_id, owner)
        visit = self.env["aftersales.visit"].new(
            {"partner_id": other.id, "vehicle_id": vehicle.id}
        )
        self.assertIn("belongs to", visit._onchange_partner_id()["warning"]["message"])

    def test_form_asks_about_an_odometer_that_runs_backwards(self):
        visit = self._new_visit(odometer=12000)
        later = self.env["aftersales.visit"].new(
            {"vehicle_id": visit.vehicle_id.id, "odometer": 9000}
        )
        self.assertIn("12000", later._onchange_odometer()["warning"]["message"])

    def test_car_nobody_owned_belongs_to_the_first_customer(self):
        customer = self._new_customer()
        visit = self._new_visit(customer, self._new_vehicle())
        self.assertEqual(visit.vehicle_id.aftersales_owner_id, customer)

    def test_many_visits_are_delivered_with_a_constant_number_of_queries(self):
        def deliver(count, name):
            customers = [self._new_customer(f"{name} {n}") for n in range(count)]
            visits = self.env["aftersales.visit"].browse()
            for customer in customers:
                visits |= self._new_visit(
                    customer, self._new_vehicle(customer, f"湘K{name}{customer.id}")
                )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            visits.action_deliver()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        deliver(2, "warm up")
        self.assertLessEqual(deliver(40, "many"), deliver(4, "few") + 5)
