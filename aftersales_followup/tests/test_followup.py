from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import Form

from ..models.aftersales_followup_today import DUE_ORDER
from .common import NOW, TODAY, AftersalesCase


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

    def test_clock_of_a_followup_that_was_cancelled_by_mistake_runs_on(self):
        followup = self._new_followup()
        followup._cancel("By mistake")
        self.assertEqual(followup.result, "void")
        followup.action_reopen()
        self.assertEqual(followup.result, "running")
        self.pass_days(5)
        self._new_call(followup).action_register()
        self.assertEqual(followup.result, "late")

    def test_what_was_missed_stays_missed_when_it_is_planned_again(self):
        followup = self._new_followup()
        self.pass_days(5)
        followup._cancel("Given up")
        followup.action_reopen()
        self._new_call(followup).action_register()
        self.assertEqual((followup.state, followup.result), ("done", "missed"))

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
