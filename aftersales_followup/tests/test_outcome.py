from datetime import date, datetime, timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form

from ..models.aftersales_followup_today import DUE_ORDER
from .common import NOW, TODAY, AftersalesCase


class TestOutcome(AftersalesCase):
    """What becomes of a follow-up after a call, by the outcome's effect."""

    def setUp(self):
        super().setUp()
        self.followup = self._new_followup()  # due within four days

    def _register(self, code, followup=None, **vals):
        call = self._new_call(
            followup or self.followup, outcome_id=self._get_outcome(code).id, **vals
        )
        call.action_register()
        return call

    def _get_due(self):
        Followup = self.env["aftersales.followup"].with_user(self.officer)
        return Followup.search(Followup._get_due_domain(), order=DUE_ORDER)

    # no answer

    def test_no_answer_is_tried_again_the_next_day(self):
        self.assertEqual(self._get_due(), self.followup)
        self._register("no_answer")
        self.assertFalse(self._get_due())
        self.assertEqual(
            self.followup.date_next, datetime(2026, 3, 2, 16), "midnight in Shanghai"
        )
        self.pass_days(1)
        self.assertEqual(self._get_due(), self.followup)

    def test_busy_is_tried_again_the_same_day(self):
        self._register("busy")
        self.assertFalse(self._get_due())
        self.set_now(NOW + timedelta(hours=1))
        self.assertEqual(self._get_due(), self.followup)

    def test_days_until_the_next_attempt_are_set_on_the_outcome(self):
        self.no_answer.retry_days = 3
        self._register("no_answer")
        self.pass_days(2)
        self.assertFalse(self._get_due())
        self.pass_days(1)
        self.assertEqual(self._get_due(), self.followup)

    def test_next_attempt_is_never_after_the_window(self):
        self.no_answer.retry_days = 10
        self._register("no_answer")
        self.pass_days(4)
        self.assertEqual(self.followup.date_deadline, TODAY + timedelta(days=4))
        self.assertEqual(self._get_due(), self.followup)

    def test_next_attempt_is_on_a_working_day_if_the_company_counts_those(self):
        self._count_working_days()
        self.set_now(datetime(2026, 2, 14, 2))  # a Saturday that is worked
        followup = self._new_followup(date_deadline=date(2026, 2, 27))
        self._register("no_answer", followup)
        self.set_now(datetime(2026, 2, 23, 2))
        self.assertNotIn(followup, self._get_due(), "Spring Festival")
        self.set_now(datetime(2026, 2, 24, 2))
        self.assertIn(followup, self._get_due())

    def test_what_is_due_on_one_day_is_tried_again_that_day(self):
        self.followup.sudo().date_deadline = TODAY
        self._register("no_answer")
        self.assertEqual(self.followup.date_next, NOW + timedelta(hours=1))
        self.assertFalse(self.followup.letter_suggested)

    def test_attempts_used_up_suggest_a_letter(self):
        for attempt in range(1, 4):
            self.assertFalse(self.followup.letter_suggested)
            self._register("no_answer")
            self.assertEqual(self.followup.attempts, attempt)
            self.pass_days(1)
        self.assertTrue(self.followup.letter_suggested)
        self.assertEqual(self.followup.state, "planned", "the promise stands")
        self.assertFalse(self._get_due(), "no more calls")
        self.assertEqual(len(self.followup.call_ids.filtered("number")), 3)

    def test_window_that_is_over_suggests_a_letter(self):
        self.pass_days(4)
        self._register("no_answer")
        self.assertTrue(self.followup.letter_suggested)

    def test_letter_in_place_of_the_call_completes_the_followup(self):
        self.pass_days(4)
        self._register("no_answer")
        followup = self.followup.with_user(self.officer)
        action = followup.action_write_letters()
        letter = self.env["aftersales.letter"].search(action["domain"])
        self.assertEqual(letter.partner_id, followup.partner_id)
        self.assertIn("Zhang San", letter.body)
        followup.action_write_letters()
        self.assertEqual(followup.letter_ids, letter, "one draft, not two")
        letter.action_register()
        self.assertEqual(followup.state, "done")
        self.assertEqual(followup.result, "on_time")

    def test_letter_uses_the_template_of_the_rule(self):
        Template = self.env["aftersales.letter.template"].sudo()
        template = Template.create(
            {"name": "First", "subject": "After your visit", "body": "<p>Hello</p>"}
        )
        self.rule_first.letter_template_id = template
        followup = self._new_delivered_visit().followup_ids
        form = Form.from_action(
            self.env(user=self.officer), followup.action_write_letter()
        )
        self.assertEqual(form.subject, "After your visit")

    # call back

    def test_customer_is_called_back_at_the_time_named_and_before_all_others(self):
        vip = self._new_followup(
            self._new_customer("VIP"),
            date_deadline=TODAY - timedelta(days=1),
            date_earliest=TODAY - timedelta(days=3),
        )
        afternoon = NOW + timedelta(hours=5, minutes=30)
        self._register("call_back", date_call_back=afternoon)
        self.assertEqual(self._get_due(), vip, "not before")
        self.set_now(afternoon)
        self.assertEqual(self._get_due()[0], self.followup, "before one overdue")

    def test_reminder_names_the_time_to_call_back(self):
        tomorrow = NOW + timedelta(days=1, hours=5, minutes=30)
        self._register("call_back", date_call_back=tomorrow)
        reminder = self._get_reminders(self.followup)
        self.assertEqual(reminder.date_deadline, TODAY + timedelta(days=1))
        self.assertIn("3:30", reminder.note)

    def test_call_back_is_proposed_for_the_next_day_and_not_for_the_past(self):
        call = self._new_call(
            self.followup, outcome_id=self._get_outcome("call_back").id
        )
        self.assertEqual(call.date_call_back, NOW + timedelta(days=1))
        call.date_call_back = NOW - timedelta(hours=1)
        with self.assertRaisesRegex(UserError, "When is Zhang San to be called back"):
            call.action_register()
        self.assertEqual(call.state, "draft")

    def test_customer_called_back_is_done(self):
        self._register("call_back", date_call_back=NOW + timedelta(days=1))
        self.pass_days(2)
        self._register("reached")
        self.assertEqual(self.followup.state, "done")
        self.assertEqual(self.followup.attempts, 2)

    # wrong number

    def test_wrong_number_is_flagged_and_kept_out_of_planning_until_corrected(self):
        visit = self._new_delivered_visit(self.followup.partner_id)
        other = visit.followup_ids
        customer = self.followup.partner_id
        self._register("wrong_number")
        self.assertTrue(customer.aftersales_wrong_number)
        self.assertTrue(self.followup.letter_suggested)
        self.assertTrue(other.letter_suggested, "the same number")
        later = self._new_delivered_visit(customer, self._new_vehicle(customer, "湘K2"))
        self._run_planning()
        self.assertFalse(later.followup_ids)
        customer.phone = "139 9999 9999"
        self.assertFalse(customer.aftersales_wrong_number)
        self.assertFalse(self.followup.letter_suggested)
        self._run_planning()
        self.assertEqual(later.followup_ids.state, "planned")

    def test_number_corrected_long_after_plans_nothing_that_is_over_long(self):
        customer = self.followup.partner_id
        self._register("wrong_number")
        visit = self._new_delivered_visit(customer)
        self.pass_days(60)
        customer.phone = "139 9999 9999"
        self._run_planning()
        self.assertFalse(visit.followup_ids)

    def test_number_corrected_before_the_call_was_registered_is_not_flagged(self):
        call = self._new_call(
            self.followup, outcome_id=self._get_outcome("wrong_number").id
        )
        self.followup.partner_id.phone = "139 9999 9999"
        call.action_register()
        self.assertFalse(self.followup.partner_id.aftersales_wrong_number)

    def test_number_that_was_right_after_all_is_called_again(self):
        customer = self.followup.partner_id
        self._register("wrong_number")
        customer.with_user(self.officer).action_aftersales_number_is_right()
        self.assertFalse(customer.aftersales_wrong_number)
        self.assertEqual(self._get_due(), self.followup)

    def test_letters_are_planned_though_the_number_is_wrong(self):
        self._register("wrong_number")
        self.rule_first.channel = "letter"
        visit = self._new_delivered_visit(self.followup.partner_id)
        self.assertEqual(visit.followup_ids.channel, "letter")

    # refused

    def test_refused_call_ends_the_followup_and_offers_an_opt_out(self):
        call = self._new_call(self.followup, outcome_id=self._get_outcome("refused").id)
        call.optout_scope = "channel"
        with self.assertRaisesRegex(UserError, "Note why"):
            call.action_register()
        call.optout_reason = "Feels disturbed"
        call.action_register()
        self.assertEqual(self.followup.state, "cancelled")
        self.assertIn("Feels disturbed", self.followup.cancel_reason)
        optout = self.followup.partner_id.aftersales_optout_ids
        self.assertEqual(optout.channel, "call")
        self.assertEqual(optout.reason, "Feels disturbed")
        self.assertEqual(optout.call_id, call)

    def test_refusing_one_call_is_no_opt_out(self):
        self._register("refused", content="No time for that")
        self.assertEqual(self.followup.state, "cancelled")
        self.assertIn("No time for that", self.followup.cancel_reason)
        self.assertFalse(self.followup.partner_id.aftersales_optout_ids)

    def test_refusing_calls_about_a_car_is_about_that_car_only(self):
        visit = self._new_delivered_visit()
        self._register(
            "refused",
            visit.followup_ids,
            optout_scope="vehicle",
            optout_reason="Sold soon",
        )
        optout = visit.partner_id.aftersales_optout_ids
        self.assertEqual(optout.vehicle_id, visit.vehicle_id)
        self.assertFalse(optout.channel)

    def test_refusing_contact_about_a_car_needs_one(self):
        """Without a car it would opt the customer out of any contact."""
        followup = self._new_followup(self._new_customer("Wu Fang"))
        with self.assertRaisesRegex(UserError, "about no car"):
            self._register(
                "refused", followup, optout_scope="vehicle", optout_reason="Sold"
            )
        self.assertFalse(followup.partner_id.aftersales_optout_ids)

    # several at once

    def test_one_call_is_offered_for_all_that_is_due_with_a_customer(self):
        customer = self.followup.partner_id
        second = self._new_followup(customer, content="Ask for the tyres")
        later = self._new_followup(
            customer,
            date_earliest=TODAY + timedelta(days=1),
            date_deadline=TODAY + timedelta(days=5),
        )
        letter = self._new_followup(customer, channel="letter")
        form = Form.from_action(
            self.env(user=self.officer),
            self.followup.with_user(self.officer).action_call(),
        )
        self.assertFalse(form.together_ids[:], "nothing joins by itself")
        self.assertEqual(form.near_ids[:], second | later)
        form.together_ids.add(second)
        self.assertIn("tyres", form.script)
        form.outcome_id = self.reached
        form.content = "All is well"
        call = form.save()
        call.action_register()
        self.assertEqual((self.followup | second).mapped("state"), ["done", "done"])
        self.assertEqual((later | letter).mapped("state"), ["planned", "planned"])
        self.assertEqual(second.together_call_ids, call)
        self.assertEqual(second.attempts, 1)
        self.assertEqual(second.result, "on_time")

    def test_attempt_counts_for_all_that_the_call_was_about(self):
        second = self._new_followup(self.followup.partner_id)
        self._register("no_answer", together_ids=[Command.set(second.ids)])
        self.assertEqual((self.followup | second).mapped("attempts"), [1, 1])
        self.assertFalse(self._get_due())

    def test_what_the_officer_did_not_confirm_stays_open(self):
        second = self._new_followup(self.followup.partner_id)
        self._new_call(self.followup).action_register()
        self.assertEqual(second.state, "planned")
