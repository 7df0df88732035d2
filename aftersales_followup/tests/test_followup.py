from datetime import date, datetime, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from ..models.aftersales_followup import DUE_ORDER
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
        self.assertEqual(
            self._get_maintenance(vehicle).date_deadline, date(2026, 8, 30)
        )

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


class TestReminder(AftersalesCase):
    def test_each_planned_followup_has_one_reminder_of_the_acting_officer(self):
        followup = self._new_delivered_visit().followup_ids
        reminder = self._get_reminders(followup)
        self.assertEqual(len(reminder), 1)
        self.assertEqual(reminder.user_id, self.officer)
        self.assertEqual(reminder.date_deadline, followup.date_deadline)
        self.assertEqual(reminder.res_name, followup.display_name)
        self.assertTrue(reminder.automated)

    def test_changing_officer_or_deadline_moves_the_reminder(self):
        followup = self._new_followup()
        reminder = self._get_reminders(followup)
        followup.write(
            {
                "user_id": self.other_officer.id,
                "date_deadline": TODAY + timedelta(days=9),
            }
        )
        self.assertEqual(self._get_reminders(followup), reminder, "moved, not doubled")
        self.assertEqual(reminder.user_id, self.other_officer)
        self.assertEqual(reminder.date_deadline, TODAY + timedelta(days=9))

    def test_reminder_handed_over_hands_the_followup_over(self):
        followup = self._new_followup()
        self._get_reminders(followup).with_user(
            self.supervisor
        ).user_id = self.other_officer
        self.assertEqual(followup.acting_user_id, self.other_officer)
        self.assertEqual(followup.user_id, self.officer, "still designated")

    def test_officer_may_put_a_reminder_earlier_but_not_past_the_deadline(self):
        followup = self._new_delivered_visit().followup_ids
        reminder = self._get_reminders(followup).with_user(self.officer)
        reminder.date_deadline = TODAY + timedelta(days=4)
        self.assertEqual(followup.date_deadline, TODAY + timedelta(days=7))
        followup.with_user(self.officer).content = "Something else"
        self.assertEqual(reminder.date_deadline, TODAY + timedelta(days=4))
        with self.assertRaisesRegex(UserError, "Only a supervisor"):
            reminder.date_deadline = TODAY + timedelta(days=8)

    def test_supervisor_may_put_a_deadline_off_with_its_reminder(self):
        followup = self._new_delivered_visit().followup_ids
        reminder = self._get_reminders(followup).with_user(self.supervisor)
        reminder.date_deadline = TODAY + timedelta(days=10)
        self.assertEqual(followup.date_deadline, TODAY + timedelta(days=10))

    def test_finishing_the_reminder_with_feedback_registers_the_call(self):
        followup = self._new_delivered_visit().followup_ids
        reminder = self._get_reminders(followup).with_user(self.officer)
        reminder.action_feedback("The brakes squeak a little")
        call = followup.call_ids
        self.assertEqual(call.state, "registered")
        self.assertEqual(call.content, "The brakes squeak a little")
        self.assertEqual(call.user_id, self.officer)
        self.assertEqual(followup.state, "done")
        self.assertFalse(reminder.active)

    def test_finishing_the_reminder_without_feedback_says_what_to_do(self):
        followup = self._new_delivered_visit().followup_ids
        reminder = self._get_reminders(followup).with_user(self.officer)
        with self.assertRaisesRegex(UserError, "registered call"):
            reminder.action_done()
        self.assertTrue(reminder.active)
        self.assertEqual(followup.state, "planned")

    def test_finishing_the_reminder_of_a_visit_to_the_customer_is_in_person(self):
        followup = self._new_followup(channel="meeting")
        self._get_reminders(followup).with_user(self.officer).action_feedback("Tea")
        self.assertEqual(followup.call_ids.mode, "in_person")

    def test_finishing_the_reminder_of_a_letter_asks_for_the_letter(self):
        followup = self._new_followup(channel="letter")
        with self.assertRaisesRegex(UserError, "letter"):
            self._get_reminders(followup).with_user(self.officer).action_feedback("Ok")

    def test_deleted_reminder_comes_back_and_the_followup_stays(self):
        followup = self._new_followup()
        self._get_reminders(followup).with_user(self.officer).unlink()
        self.assertEqual(followup.state, "planned")
        self._run_planning()
        self.assertEqual(self._get_reminders(followup).user_id, self.officer)

    def test_work_of_an_archived_officer_goes_to_a_colleague(self):
        followup = self._new_followup()
        self.officer.sudo().action_archive()
        self.assertFalse(self._get_reminders(followup))
        self._run_planning()
        self.assertEqual(followup.acting_user_id, self.other_officer)
        self.assertEqual(followup.user_id, self.officer, "designated, for the record")
        self.assertEqual(self._get_reminders(followup).user_id, self.other_officer)

    def test_activities_of_other_kinds_are_left_alone(self):
        followup = self._new_followup()
        note = followup.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.officer.id
        )
        note.with_user(self.officer).action_done()
        self.assertEqual(followup.state, "planned")

    def test_reminders_make_nobody_a_follower(self):
        followup = self._new_delivered_visit().followup_ids
        self.assertNotIn(self.officer.partner_id, followup.message_partner_ids)


class TestFollowup(AftersalesCase):
    def test_done_within_the_window_is_on_time(self):
        results = ((2, "early"), (3, "on_time"), (7, "on_time"), (8, "late"))
        for days, result in results:
            with self.subTest(days=days):
                self.set_now(NOW)
                customer = self._new_customer(f"Customer {days}")
                visit = self._new_delivered_visit(
                    customer, self._new_vehicle(customer, f"湘K0000{days}")
                )
                self.pass_days(days)
                followup = visit.followup_ids
                self._new_call(followup).action_register()
                self.assertEqual(followup.result, result)

    def test_overdue_come_first_then_vip_then_the_deadline(self):
        vip = self.env.ref("aftersales_followup.segment_vip")
        plain = self._new_followup(self._new_customer("Plain"))
        important = self._new_followup(
            self._new_customer("Vip", aftersales_segment_id=vip.id),
            date_deadline=TODAY + timedelta(days=6),
        )
        late = self._new_followup(
            self._new_customer("Late"),
            date_earliest=TODAY - timedelta(days=9),
            date_deadline=TODAY - timedelta(days=1),
        )
        followups = plain | important | late
        found = followups.search([("id", "in", followups.ids)], order=DUE_ORDER)
        self.assertEqual(found.mapped("partner_id.name"), ["Late", "Vip", "Plain"])
        overdue = followups.search(
            [("is_overdue", "=", True), ("id", "in", followups.ids)]
        )
        self.assertEqual(overdue, late)
        self.assertEqual(followups.filtered("is_overdue"), late)
        self.assertEqual(
            followups.search([("is_overdue", "=", False), ("id", "in", followups.ids)]),
            important | plain,
        )

    def test_my_calls_today_are_mine_and_begun(self):
        mine = self._new_followup()
        self._new_followup(user_id=self.other_officer.id)
        self._new_followup(
            date_earliest=TODAY + timedelta(days=1),
            date_deadline=TODAY + timedelta(days=2),
        )
        followups = self.env["aftersales.followup"].with_user(self.officer)
        self.assertEqual(followups.search(followups._get_due_domain()), mine)

    def test_calling_opens_the_draft_begun_before(self):
        followup = self._new_followup().with_user(self.officer)
        action = followup.action_call()
        self.assertFalse(action["res_id"])
        self.assertEqual(action["context"]["default_followup_id"], followup.id)
        draft = self._new_call(followup)
        self.assertEqual(followup.action_call()["res_id"], draft.id)

    def test_calling_a_letter_followup_opens_a_letter(self):
        followup = self._new_followup(channel="letter")
        action = followup.action_call()
        self.assertEqual(action["res_model"], "aftersales.letter")
        self.assertEqual(action["context"]["default_date_due"], followup.date_deadline)

    def test_followup_that_is_over_is_not_called(self):
        followup = self._new_followup()
        followup._cancel("Asked not to")
        with self.assertRaisesRegex(UserError, "not open"):
            followup.action_call()

    def test_cancelling_by_hand_needs_a_reason_and_can_be_undone(self):
        followup = self._new_followup()
        self.env["aftersales.followup.cancel"].with_context(
            active_model="aftersales.followup", active_ids=followup.ids
        ).create({"reason": "On holiday"}).action_cancel()
        self.assertEqual(followup.state, "cancelled")
        self.assertEqual(followup.cancel_reason, "On holiday")
        self.assertFalse(self._get_reminders(followup))
        followup.action_reopen()
        self.assertEqual(followup.state, "planned")
        self.assertEqual(len(self._get_reminders(followup)), 1)
        with self.assertRaisesRegex(UserError, "not cancelled"):
            followup.action_reopen()

    def test_followups_are_never_deleted(self):
        with self.assertRaisesRegex(UserError, "never deleted"):
            self._new_followup().sudo().unlink()

    def test_only_a_supervisor_puts_a_deadline_off(self):
        followup = self._new_delivered_visit().followup_ids
        later = TODAY + timedelta(days=20)
        with self.assertRaisesRegex(UserError, "Only a supervisor"):
            followup.with_user(self.officer).date_deadline = later
        followup.with_user(self.supervisor).date_deadline = later
        self.assertEqual(followup.date_deadline, later)

    def test_form_offers_officer_and_car_and_warns_of_repeated_topics(self):
        visit = self._new_delivered_visit()
        topic = self.env.ref("aftersales_followup.topic_services")
        self._new_call(visit.followup_ids, topic_ids=topic.ids).action_register()
        form = Form(self.env["aftersales.followup"].with_user(self.supervisor))
        form.partner_id = visit.partner_id
        self.assertEqual(form.user_id, self.officer)
        self.assertEqual(form.vehicle_id, visit.vehicle_id)
        with self.assertLogs("odoo.tests.form.onchange", "WARNING") as logged:
            form.topic_ids.add(topic)
        self.assertIn("should not repeat", logged.output[0])
        self.assertIn("new services", form.content)

    def test_rule_opens_its_followups(self):
        visit = self._new_delivered_visit()
        action = self.rule_first.action_open_followups()
        found = self.env["aftersales.followup"].search(action["domain"])
        self.assertIn(visit.followup_ids, found)
        self.assertGreaterEqual(self.rule_first.followup_count, 1)
