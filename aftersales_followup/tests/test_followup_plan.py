from datetime import date, datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.tools import mute_logger

from .common import NOW, TODAY, AftersalesCase


class TestPlanning(AftersalesCase):
    def test_what_is_not_filled_in_yet_has_no_name(self):
        """Odoo titles it New, instead of a name with nothing in it."""
        for model in ("followup", "case", "optout", "substitution"):
            with self.subTest(model):
                self.assertFalse(self.env[f"aftersales.{model}"].new().display_name)

    def test_second_followup_is_due_seven_to_fourteen_days_after_the_first(self):
        first = self._new_delivered_visit().followup_ids
        self.pass_days(4)
        self._new_call(first).action_register()
        second = first.search([("previous_id", "=", first.id)])
        self.assertEqual(second.rule_id, self.rule_second)
        self.assertEqual(second.date_earliest, TODAY + timedelta(days=4 + 7))
        self.assertEqual(second.date_deadline, TODAY + timedelta(days=4 + 14))
        self.assertEqual(second.visit_id, first.visit_id)

    def test_second_followup_does_not_repeat_the_first(self):
        needs, tips = self.rule_second.topic_ids.sorted("sequence")
        first = self._new_delivered_visit().followup_ids
        self.pass_days(4)
        call = self._new_call(first)
        call.topic_ids |= needs
        call.action_register()
        second = first.search([("previous_id", "=", first.id)])
        self.assertEqual(second.topic_ids, tips)
        self.assertNotIn(needs.script[:20], second.content)

    def test_second_followup_keeps_its_topics_where_nothing_else_is_left(self):
        first = self._new_delivered_visit().followup_ids
        self.pass_days(4)
        call = self._new_call(first)
        call.topic_ids |= self.rule_second.topic_ids
        call.action_register()
        second = first.search([("previous_id", "=", first.id)])
        self.assertEqual(second.topic_ids, self.rule_second.topic_ids)
        repeated = self._new_call(second).repeated_topic_ids
        self.assertEqual(repeated, self.rule_second.topic_ids, "warned about")

    def test_planning_twice_plans_once(self):
        visit = self._new_delivered_visit()
        self.assertFalse(self.rule_first._plan(visit, self.company))
        visit._plan_followups()
        self._run_planning()
        self.assertEqual(len(visit.followup_ids), 1)
        self.assertEqual(len(self._get_reminders(visit.followup_ids)), 1)

    def test_followup_cancelled_by_hand_is_not_planned_again(self):
        visit = self._new_delivered_visit()
        visit.followup_ids._cancel("Customer moved abroad")
        self._run_planning()
        self.assertEqual(visit.followup_ids.mapped("state"), ["cancelled"])

    def test_scheduler_plans_visits_that_ended_while_the_rule_was_off(self):
        self.rule_first.active = False
        visit = self._new_delivered_visit()
        self.assertFalse(visit.followup_ids)
        self.rule_first.active = True
        self._run_planning()
        self.assertEqual(visit.followup_ids.rule_id, self.rule_first)

    def test_rule_switched_on_plans_nothing_for_what_was_before(self):
        self.rule_first.active = False
        visit = self._new_delivered_visit()
        self.pass_days(2)
        self.rule_first.active = True
        self.assertEqual(self.rule_first.date_active, TODAY + timedelta(days=2))
        self._run_planning()
        self.assertFalse(visit.followup_ids)

    def test_scheduler_plans_second_followups_it_finds_missing(self):
        first = self._new_delivered_visit().followup_ids
        self.rule_second.active = False
        self._new_call(first).action_register()
        self.rule_second.active = True
        self.rule_second.sudo().date_active = TODAY
        self._run_planning()
        self.assertEqual(
            first.search([("previous_id", "=", first.id)]).rule_id, self.rule_second
        )

    def test_maintenance_reminder_is_due_fourteen_to_three_days_before(self):
        vehicle = self._new_delivered_visit().vehicle_id  # due on 2 September
        self.set_now(datetime(2026, 8, 18, 2, 0))
        self._run_planning()
        self.assertFalse(self._get_maintenance(vehicle), "not due yet")
        self.pass_days(1)
        self._run_planning()
        reminder = self._get_maintenance(vehicle)
        self.assertEqual(reminder.date_earliest, date(2026, 8, 19))
        self.assertEqual(reminder.date_deadline, date(2026, 8, 30))
        self.assertEqual(reminder.partner_id, vehicle.aftersales_owner_id)
        self.assertEqual(reminder.user_id, self.officer)

    def test_scheduler_that_did_not_run_for_ten_days_loses_nothing(self):
        vehicle = self._new_delivered_visit().vehicle_id
        self.set_now(datetime(2026, 9, 1, 2, 0))  # the window closed on 30 August
        self._run_planning()
        reminder = self._get_maintenance(vehicle)
        self.assertEqual(reminder.date_earliest, date(2026, 9, 1))
        self.assertEqual(reminder.date_deadline, date(2026, 9, 4))
        self.assertIn("8/30/2026", reminder.planning_note)

    def test_maintenance_reminder_comes_once_a_cycle_though_its_date_moves(self):
        vehicle = self._new_delivered_visit(odometer=10000).vehicle_id
        self.set_now(datetime(2026, 8, 25, 2, 0))
        self._run_planning()
        self._new_call(self._get_maintenance(vehicle)).action_register()
        self.env["fleet.vehicle.odometer"].sudo().create(
            {"vehicle_id": vehicle.id, "date": date(2026, 8, 25), "value": 14900}
        )
        self.pass_days(1)
        self._run_planning()
        self.assertEqual(len(self._get_maintenance(vehicle)), 1)

    def test_next_maintenance_cycle_reminds_again(self):
        visit = self._new_delivered_visit()
        self.set_now(datetime(2026, 8, 25, 2, 0))
        self._run_planning()
        self._new_delivered_visit(visit.partner_id, visit.vehicle_id)
        self.set_now(datetime(2027, 2, 20, 2, 0))
        self._run_planning()
        self.assertEqual(len(self._get_maintenance(visit.vehicle_id)), 2)

    def test_maintenance_done_meanwhile_cancels_the_reminder(self):
        visit = self._new_delivered_visit()
        self.set_now(datetime(2026, 8, 25, 2, 0))
        self._run_planning()
        reminder = self._get_maintenance(visit.vehicle_id)
        self._new_delivered_visit(visit.partner_id, visit.vehicle_id, trade="paint")
        self.assertEqual(reminder.state, "planned", "a repair is no maintenance")
        self._new_delivered_visit(visit.partner_id, visit.vehicle_id)
        self.assertEqual(reminder.state, "cancelled")
        self.assertEqual(reminder.cancel_reason, "It was seen to meanwhile.")

    def test_maintenance_long_past_when_the_car_came_in_is_history(self):
        vehicle = self._new_vehicle(
            self._new_customer(),
            aftersales_last_maintenance_date=TODAY - timedelta(days=400),
        )
        self._run_planning()
        self.assertFalse(self._get_maintenance(vehicle))

    def test_insurance_inspection_and_lost_customers_are_called(self):
        customer = self._new_customer()
        visit = self._import_visit(
            customer,
            self._new_vehicle(
                customer,
                aftersales_insurance_date=TODAY + timedelta(days=20),
                aftersales_inspection_date=TODAY + timedelta(days=20),
            ),
            date_arrival=NOW - timedelta(days=370),
            date_delivery=NOW - timedelta(days=370),
        )
        visit.vehicle_id.aftersales_last_maintenance_date = False
        self._run_planning()
        planned = customer.aftersales_followup_ids
        self.assertEqual(
            set(planned.rule_id.mapped("code")), {"insurance", "inspection", "lost"}
        )
        self.assertEqual(
            planned.filtered(
                lambda followup: followup.rule_id.code == "insurance"
            ).date_earliest,
            TODAY - timedelta(days=10),
        )

    def test_company_rule_takes_the_place_of_the_common_one(self):
        own = self.rule_first.copy(
            {
                "code": "first",
                "company_id": self.company.id,
                "earliest_days": 1,
                "latest_days": 2,
            }
        )
        visit = self._new_delivered_visit()
        self.assertEqual(visit.followup_ids.rule_id, own)
        self.assertEqual(visit.followup_ids.date_deadline, TODAY + timedelta(days=2))

    def test_window_cannot_end_before_it_begins(self):
        with self.assertRaises(ValidationError):
            self.rule_first.earliest_days = 8
        with self.assertRaises(ValidationError):
            self._new_followup(date_deadline=TODAY - timedelta(days=1))

    def test_previous_rule_goes_with_its_anchor_and_not_round_in_circles(self):
        with self.assertRaises(ValidationError):
            self.rule_second.previous_rule_id = False
        with self.assertRaises(ValidationError):
            self.rule_second.previous_rule_id = self.rule_second
        with self.assertRaises(ValidationError):
            self.rule_first.previous_rule_id = self.rule_second

    def test_working_days_skip_weekends_and_holidays_and_use_makeup_days(self):
        self.company.sudo().aftersales_use_working_days = True
        calendar = self.company.sudo().resource_calendar_id
        leaves = self.env["resource.calendar.leaves"].sudo()
        leaves.create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "company_id": self.company.id,
                "date_from": datetime(2026, 3, 4, 16, 0),  # Thursday 5 March
                "date_to": datetime(2026, 3, 5, 15, 59),
            }
        )
        # Mon 2 -> Tue 3, Wed 4, Fri 6: the third working day
        followup = self._new_delivered_visit().followup_ids
        self.assertEqual(followup.date_earliest, date(2026, 3, 6))
        leaves.create(
            {
                "name": "Make-up day",
                "calendar_id": calendar.id,
                "company_id": self.company.id,
                "time_type": "other",
                "date_from": datetime(2026, 3, 6, 16, 0),  # Saturday 7 March
                "date_to": datetime(2026, 3, 7, 15, 59),
            }
        )
        days = self.company._aftersales_add_days([TODAY], 4)
        self.assertEqual(days[TODAY], date(2026, 3, 7))
        back = self.company._aftersales_add_days([date(2026, 3, 9)], -2)
        self.assertEqual(back[date(2026, 3, 9)], date(2026, 3, 6))

    def test_window_over_spring_festival_counts_make_up_working_days(self):
        self._count_working_days()
        self.set_now(datetime(2026, 2, 12, 2))  # Thursday before the holiday
        first = self._new_delivered_visit().followup_ids
        # Fri 13, Sat 14 (make-up), Tue 24: the third working day
        self.assertEqual(first.date_earliest, date(2026, 2, 24))
        # Wed 25, Thu 26, Fri 27, Sat 28 (make-up): the seventh
        self.assertEqual(first.date_deadline, date(2026, 2, 28))

    def test_window_runs_over_month_end_and_leap_day(self):
        self.set_now(datetime(2028, 2, 26, 2))
        first = self._new_delivered_visit().followup_ids
        self.assertEqual(first.date_earliest, date(2028, 2, 29))
        self.assertEqual(first.date_deadline, date(2028, 3, 4))
        self.set_now(datetime(2028, 2, 29, 2))
        self._new_call(first).action_register()
        second = first.search([("previous_id", "=", first.id)])
        self.assertEqual(second.date_earliest, date(2028, 3, 7))
        self.assertEqual(second.date_deadline, date(2028, 3, 14))

    def test_content_is_the_script_with_the_customers_data(self):
        followup = self._new_delivered_visit().followup_ids
        for text in ("Zhang San", "Oil change", "Regal 湘K12345", "Yusen Motors"):
            self.assertIn(text, followup.content)
        # Who calls is known when it is shown.
        self.assertEqual(followup.content.count("{"), 1)
        self.assertIn("{officer}", followup.content)

    @mute_logger("odoo.addons.aftersales_followup.models.scheduler")
    def test_record_that_cannot_be_planned_does_not_stop_the_rest(self):
        good = self._new_delivered_visit()
        bad = self._new_delivered_visit(self._new_customer("Li Si"))
        (good | bad).followup_ids._cancel("again", withdrawn=True)
        visits = type(self.env["aftersales.visit"])
        prepare = visits._aftersales_prepare_followup_vals

        (good | bad)._mark_to_plan()

        def fail_on_bad(visit, rule, company):
            if visit == bad:
                raise ValueError("broken record")
            return prepare(visit, rule, company)

        self.patch(visits, "_aftersales_prepare_followup_vals", fail_on_bad)
        self._run_planning()
        self.assertIn("planned", good.followup_ids.mapped("state"))
        self.assertNotIn("planned", bad.followup_ids.mapped("state"))

    def _get_maintenance(self, vehicle):
        return vehicle.aftersales_followup_ids.filtered(
            lambda followup: followup.rule_id == self.rule_maintenance
        )
