from datetime import datetime, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .common import NOW, TODAY, AftersalesCase


class TestCall(AftersalesCase):
    def test_call_takes_customer_car_number_and_topics_from_its_followup(self):
        visit = self._new_delivered_visit()
        call = self._new_call(visit.followup_ids)
        self.assertEqual(call.partner_id, visit.partner_id)
        self.assertEqual(call.vehicle_id, visit.vehicle_id)
        self.assertEqual(call.phone, "138 0013 8000")
        self.assertEqual(call.plate, "湘K12345")
        self.assertIn("1 Xiangzhong Avenue", call.address)
        self.assertEqual(call.topic_ids, visit.followup_ids.topic_ids)
        self.assertEqual(call.designated_user_id, self.officer)
        self.assertEqual(call.visit_id, visit)

    def test_call_keeps_number_and_plate_as_they_were(self):
        visit = self._new_delivered_visit()
        call = self._new_call(visit.followup_ids)
        call.action_register()
        visit.partner_id.phone = "139 0000 0000"
        visit.vehicle_id.license_plate = "湘K99999"
        self.assertEqual((call.phone, call.plate), ("138 0013 8000", "湘K12345"))

    def test_reached_customer_completes_the_followup(self):
        followup = self._new_followup()
        call = self._new_call(followup)
        call.action_register()
        self.assertEqual(followup.state, "done")
        self.assertEqual(followup.date_done, call.date)
        self.assertEqual(followup.attempts, 1)
        self.assertFalse(self._get_reminders(followup))

    def test_each_call_that_does_not_get_through_counts_as_an_attempt(self):
        outcomes = self.env["aftersales.call.outcome"].search(
            [("effect", "not in", ("complete", "refuse"))]
        )
        self.assertEqual(
            set(outcomes.mapped("code")),
            {"no_answer", "busy", "call_back", "wrong_number"},
        )
        followup = self._new_followup()
        for attempts, outcome in enumerate(outcomes, start=1):
            self._new_call(followup, outcome_id=outcome.id).action_register()
            self.assertEqual(followup.state, "planned")
            self.assertEqual(followup.attempts, attempts)
        self.assertEqual(len(self._get_reminders(followup)), 1)

    def test_numbers_run_without_gap_by_company_and_year(self):
        numbers = []
        for _n in range(3):
            call = self._new_call(partner_id=self._new_customer().id)
            call.action_register()
            numbers.append(call.number)
        self.assertEqual(numbers, ["2026-000001", "2026-000002", "2026-000003"])
        # A supervisor may note what is older.
        call = self._new_call(
            user=self.supervisor,
            partner_id=self._new_customer().id,
            date=datetime(2025, 12, 31, 2, 0),
        )
        call.action_register()
        self.assertEqual(call.number, "2025-000001")

    def test_year_of_a_register_is_the_dealerships(self):
        # 20:00 in UTC on New Year's Eve is the new year in Shanghai.
        call = self._new_call(
            user=self.supervisor,
            partner_id=self._new_customer().id,
            date=datetime(2025, 12, 31, 20, 0),
        )
        call.action_register()
        self.assertEqual(call.number, "2026-000001")

    def test_calls_registered_together_are_numbered_by_date(self):
        customer = self._new_customer()
        later = self._new_call(partner_id=customer.id, date=NOW)
        earlier = self._new_call(partner_id=customer.id, date=NOW - timedelta(hours=1))
        (later | earlier).action_register()
        self.assertEqual(earlier.number, "2026-000001")
        self.assertEqual(later.number, "2026-000002")

    def test_call_is_not_registered_twice_or_without_an_outcome(self):
        call = self._new_call(partner_id=self._new_customer().id, outcome_id=False)
        with self.assertRaisesRegex(UserError, "how the call .* ended"):
            call.action_register()
        self.assertFalse(call.number)
        call.outcome_id = self.reached
        call.action_register()
        with self.assertRaisesRegex(UserError, "registered already"):
            call.action_register()

    def test_registered_call_is_locked_and_never_deleted(self):
        call = self._new_call(partner_id=self._new_customer().id)
        call.action_register()
        with self.assertRaisesRegex(UserError, "Ask a supervisor"):
            call.content = "Something else"
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            call.sudo().unlink()

    def test_draft_call_can_be_deleted(self):
        call = self._new_call(partner_id=self._new_customer().id)
        call.unlink()
        self.assertFalse(call.exists())

    def test_officer_cannot_pass_off_a_change_as_a_correction(self):
        call = self._new_call(partner_id=self._new_customer().id)
        call.action_register()
        with self.assertRaisesRegex(UserError, "Ask a supervisor"):
            call.with_context(correction_reason="because").content = "Else"

    def test_correction_needs_a_reason(self):
        call = self._new_call(partner_id=self._new_customer().id)
        call.action_register()
        with self.assertRaisesRegex(UserError, "give the reason"):
            call.with_user(self.supervisor).content = "Else"

    def test_supervisors_correction_stays_visible(self):
        call = self._new_call(partner_id=self._new_customer().id, satisfaction=3)
        call.action_register()
        call = call.with_user(self.supervisor)
        self.assertEqual(call.action_correct()["context"], {"default_call_id": call.id})
        wizard = Form(
            self.env["aftersales.call.correct"].with_context(default_call_id=call.id)
        )
        self.assertEqual(wizard.content, "All is well")
        wizard.reason = "Typing error"
        wizard.content = "<b>Brakes</b> squeak"
        self.assertEqual(wizard.satisfaction_score, "3")
        wizard.satisfaction_score = "8"
        wizard.save().action_correct()
        self.assertEqual(call.content, "<b>Brakes</b> squeak")
        self.assertEqual(call.number, "2026-000001")
        self.assertTrue(call.is_corrected)
        self.assertEqual(
            [
                (line.field_name, line.before, line.after, line.reason)
                for line in call.correction_ids
            ],
            [
                (
                    *("content", "All is well", "<b>Brakes</b> squeak"),
                    "Typing error",
                ),
                ("satisfaction", "3", "8", "Typing error"),
            ],
        )

    def test_correction_that_changes_nothing_leaves_no_trace(self):
        call = self._new_call(partner_id=self._new_customer().id)
        call.action_register()
        self.env["aftersales.call.correct"].with_context(
            default_call_id=call.id
        ).create({"reason": "Nothing"}).action_correct()
        self.assertFalse(call.is_corrected)

    def _get_brought(self, action):
        """Return the call that is opened after the number was shown in passing."""
        self.assertEqual(action["tag"], "display_notification")
        following = action["params"]["next"]
        self.assertEqual(following["tag"], "aftersales_followup.replace_action")
        return self.env["aftersales.call"].browse(
            following["params"]["action"]["res_id"]
        )

    def test_register_and_next_brings_the_next_customer(self):
        first = self._new_followup(self._new_customer("Zhang"))
        second = self._new_followup(
            self._new_customer("Li"), date_deadline=TODAY + timedelta(days=5)
        )
        call = self._new_call(first)
        self.assertEqual(call.remaining_count, 2)
        action = call.action_register_and_next()
        self.assertEqual(first.state, "done")
        self.assertEqual(self._get_brought(action).followup_id, second)

    def test_register_and_next_goes_on_after_a_call_that_did_not_get_through(self):
        followup = self._new_followup()
        other = self._new_followup(self._new_customer("Li"))
        call = self._new_call(followup, outcome_id=self.no_answer.id)
        action = call.action_register_and_next()
        self.assertEqual(self._get_brought(action).followup_id, other)

    def test_register_and_next_after_the_last_customer_says_so(self):
        call = self._new_call(self._new_followup())
        action = call.action_register_and_next()
        self.assertIn("No more calls", action["params"]["next"]["params"]["message"])

    def test_call_from_an_unknown_number_is_registered(self):
        call = self._new_call(
            direction="inbound",
            inbound_kind="complaint",
            phone="0738 1234567",
            caller_name="Mr Wang",
        )
        call.action_register()
        self.assertTrue(call.number)
        self.assertIn("Mr Wang", call.display_name)

    def test_inbound_screen_opens_empty_and_finds_the_caller(self):
        visit = self._new_delivered_visit()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_call_action_inbound"
        )
        context = safe_eval(action["context"])
        form = Form(
            self.env["aftersales.call"].with_user(self.officer).with_context(**context)
        )
        self.assertEqual(form.direction, "inbound")
        form.partner_id = visit.partner_id
        self.assertEqual(form.phone, "138 0013 8000")
        self.assertEqual(form.last_service, "Oil change")
        form.outcome_id = self._get_outcome("informed")
        form.content = "Asks when the car is ready"
        call = form.save()
        call.action_register()
        self.assertTrue(call.number)

    def test_call_to_nobody_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Choose the customer"):
            self._new_call()
        with self.assertRaisesRegex(ValidationError, "Choose the customer"):
            self._new_call(direction="inbound")

    def test_any_officer_logs_an_inbound_call_of_any_customer(self):
        customer = self._new_customer(officer=self.officer)
        call = self._new_call(
            user=self.other_officer,
            direction="inbound",
            inbound_kind="consultation",
            partner_id=customer.id,
        )
        call.action_register()
        self.assertEqual(call.user_id, self.other_officer)
        self.assertEqual(call.designated_user_id, self.officer)

    def test_satisfaction_that_was_not_asked_is_not_nought(self):
        call = self._new_call(partner_id=self._new_customer().id)
        self.assertEqual(call.satisfaction, -1)
        self.assertFalse(call.satisfaction_score)
        call.satisfaction_score = "0"
        self.assertEqual(call.satisfaction, 0)
        call.satisfaction_score = False
        self.assertEqual(call.satisfaction, -1)

    @mute_logger("odoo.sql_db")
    def test_satisfaction_goes_up_to_ten(self):
        with self.assertRaises(IntegrityError):
            self._new_call(partner_id=self._new_customer().id, satisfaction=11)

    def test_screen_shows_last_visit_topics_and_earlier_calls(self):
        visit = self._new_delivered_visit()
        first = self._new_call(
            visit.followup_ids,
            topic_ids=self.env.ref("aftersales_followup.topic_services").ids,
        )
        first.action_register()
        call = self._new_call(
            partner_id=visit.partner_id.id,
            vehicle_id=visit.vehicle_id.id,
            topic_ids=self.env.ref("aftersales_followup.topic_services").ids,
        )
        self.assertEqual(call.last_visit_id, visit)
        self.assertEqual(call.last_service, "Oil change")
        self.assertEqual(call.previous_call_ids, first)
        self.assertEqual(call.discussed_topic_ids.mapped("code"), ["services"])
        self.assertEqual(call.repeated_topic_ids.mapped("code"), ["services"])
        self.assertIn("new services", call.script)

    def test_topics_of_before_the_last_visit_are_no_repetition(self):
        visit = self._new_delivered_visit()
        topics = self.env.ref("aftersales_followup.topic_services").ids
        self._new_call(visit.followup_ids, topic_ids=topics).action_register()
        self.pass_days(30)
        self._new_delivered_visit(visit.partner_id, visit.vehicle_id)
        call = self._new_call(
            partner_id=visit.partner_id.id,
            vehicle_id=visit.vehicle_id.id,
            topic_ids=topics,
        )
        self.assertFalse(call.repeated_topic_ids)

    def test_repetition_shows_as_soon_as_the_topic_is_chosen(self):
        tyres = self.env["aftersales.topic"].create({"name": "Winter Tyres"})
        first = self._new_delivered_visit().followup_ids
        self._new_call(first, topic_ids=tyres.ids).action_register()
        second = first.search([("previous_id", "=", first.id)])
        second = second.with_user(self.officer)
        form = Form.from_action(second.env, second.action_call())
        self.assertFalse(form.repeated_topic_ids[:])
        form.topic_ids.add(tyres)
        self.assertEqual(form.repeated_topic_ids[:], tyres)

    def test_asking_how_the_car_is_doing_may_be_repeated(self):
        visit = self._new_delivered_visit()
        self._new_call(visit.followup_ids).action_register()
        call = self._new_call(
            partner_id=visit.partner_id.id,
            topic_ids=self.env.ref("aftersales_followup.topic_usage").ids,
        )
        self.assertFalse(call.repeated_topic_ids)

    def test_tips_of_the_season_and_the_kind_of_car_are_offered(self):
        category = self.env["fleet.vehicle.model.category"].create({"name": "EV"})
        Tip = self.env["aftersales.tip"]
        charging = Tip.create(
            {
                "name": "Charging",
                "text": "Charge to 80 %",
                "category_ids": category.ids,
            }
        )
        call = self._new_call(
            partner_id=self._new_customer().id,
            topic_ids=self.env.ref("aftersales_followup.topic_tips").ids,
        )
        self.assertIn(self.env.ref("aftersales_followup.tip_spring"), call.tip_ids)
        self.assertNotIn(self.env.ref("aftersales_followup.tip_winter"), call.tip_ids)
        self.assertNotIn(charging, call.tip_ids)
        vehicle = self._new_vehicle(call.partner_id, category_id=category.id)
        call.vehicle_id = vehicle
        self.assertIn(charging, call.tip_ids)
        call.topic_ids = False
        self.assertFalse(call.tip_ids)

    def test_letter_needed_opens_a_letter_to_the_customer(self):
        call = self._new_call(self._new_followup(), letter_needed=True)
        context = call.action_write_letter()["context"]
        self.assertEqual(context["default_call_id"], call.id)
        self.assertEqual(context["default_partner_id"], call.partner_id.id)
