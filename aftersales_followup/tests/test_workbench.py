from datetime import datetime, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import NOW, TODAY, AftersalesCase


class TestDraft(AftersalesCase):
    """A call that is begun is kept: one draft a follow-up, whoever goes on with it."""

    def setUp(self):
        super().setUp()
        self.followup = self._new_followup().with_user(self.officer)

    def _open(self, user=None):
        followup = self.followup.with_user(user or self.officer)
        return self.env["aftersales.call"].browse(followup.action_call()["res_id"])

    def test_the_call_is_kept_as_soon_as_it_is_opened(self):
        draft = self._open()
        self.assertEqual((draft.state, draft.followup_id), ("draft", self.followup))
        self.assertEqual(draft.partner_id, self.followup.partner_id)
        self.assertEqual(draft.user_id, self.officer)
        self.assertEqual(self._open(), draft, "the same after a reload")

    def test_a_visit_to_the_customer_begins_as_one(self):
        self.followup.channel = "meeting"
        self.assertEqual(self._open().mode, "in_person")

    def test_a_follow_up_never_has_two_drafts(self):
        self._open()
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._new_call(self.followup)

    def test_a_new_attempt_begins_a_new_draft(self):
        draft = self._open()
        draft.outcome_id = self.no_answer
        draft.action_register()
        self.pass_days(1)
        self.assertNotEqual(self._open(), draft)

    def test_the_stand_in_goes_on_with_the_draft_in_his_own_name(self):
        draft = self._open()
        draft.content = "Asks for the price of tyres"
        self._new_substitution(0, 3)
        self.assertEqual(self._open(self.other_officer), draft)
        self.assertEqual(draft.user_id, self.other_officer)
        self.assertEqual(draft.designated_user_id, self.officer)
        self.assertEqual(draft.content, "Asks for the price of tyres")

    def test_whose_it_is_not_is_told_before_he_calls(self):
        with self.assertRaisesRegex(UserError, "is for Officer to do"):
            self._open(self.other_officer)
        self.assertFalse(self.followup.call_ids)

    def test_finishing_the_reminder_registers_the_draft(self):
        draft = self._open()
        draft.content = "Asks for tyres."
        reminder = self._get_reminders(self.followup).with_user(self.officer)
        reminder.action_feedback("Told the price.")
        self.assertEqual(self.followup.call_ids, draft)
        self.assertEqual(draft.state, "registered")
        self.assertEqual(draft.content, "Asks for tyres.\nTold the price.")

    def test_a_draft_left_open_overnight_takes_place_when_it_is_noted(self):
        draft = self._open()
        self.pass_days(1)
        with Form(draft) as form:
            form.outcome_id = self.reached
        self.assertEqual(draft.date, NOW + timedelta(days=1))

    def test_a_day_that_was_typed_in_stays(self):
        self.pass_days(1)
        draft = self._open()
        with Form(draft) as form:
            form.date = NOW + timedelta(hours=1)
            form.outcome_id = self.reached
        self.assertEqual(draft.date, NOW + timedelta(hours=1))

    def test_an_empty_draft_opened_again_is_of_today(self):
        draft = self._open()
        self.pass_days(1)
        self.assertEqual(self._open().date, NOW + timedelta(days=1))
        draft.content = "Asks to wait"
        self.pass_days(1)
        self.assertEqual(self._open().date, NOW + timedelta(days=1))

    def test_empty_drafts_of_what_is_over_go_and_others_stay(self):
        empty = self._open()
        self.followup.sudo()._cancel("Moved away")
        written = self._new_followup()
        noted = self._new_call(written)
        written._cancel("Moved away")
        of_a_caller = self._new_call(
            direction="inbound", phone="1", outcome_id=False, content=False
        )
        open_one = self._new_call(self._new_followup(), outcome_id=False, content=False)
        drafts = empty | of_a_caller | noted | open_one
        self.env.flush_all()
        drafts._gc_untouched_drafts()
        self.assertEqual(drafts.exists(), drafts, "somebody may still have it open")
        self.pass_days(2)
        drafts._gc_untouched_drafts()
        self.assertEqual(drafts.exists(), noted | open_one)


class TestCallScreen(AftersalesCase):
    """What the one screen of a call shows, proposes and does."""

    def setUp(self):
        super().setUp()
        self.customer = self._new_customer()
        self.car = self._new_vehicle(self.customer, model_year="2021")
        self.other_car = self._new_vehicle(self.customer, "湘K77777")
        self.followup = self._new_followup(self.customer, vehicle_id=self.car.id)

    def test_the_title_names_the_car_that_the_call_is_about(self):
        call = self._new_call(self.followup)
        self.assertEqual(call.display_name, "Draft Zhang San (湘K12345)")
        call.action_register()
        self.assertEqual(call.display_name, "2026-000001 Zhang San (湘K12345)")

    def test_year_and_odometer_of_the_car_are_in_view(self):
        self.car.odometer = 48210
        self.assertEqual(self._new_call(self.followup).car_facts, "2021 · 48,210 km")
        self.assertFalse(self._new_call(partner_id=self.customer.id).car_facts)

    def test_the_register_number_is_shown_in_passing(self):
        call = self._new_call(self.followup)
        action = call.action_register()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(action["params"]["message"], "Registered: %s")
        [link] = action["params"]["links"]
        self.assertEqual(link["label"], "2026-000001")
        self.assertEqual(link["url"], f"/odoo/aftersales-calls/{call.id}")
        self.assertEqual(
            action["params"]["next"]["type"], "ir.actions.act_window_close"
        )

    def test_next_brings_a_customer_after_a_registered_call_too(self):
        following = self._new_followup(self._new_customer("Li Si"))
        call = self._new_call(self.followup)
        call.action_register()
        action = call.action_next()["params"]["action"]
        brought = self.env["aftersales.call"].browse(action["res_id"])
        self.assertEqual(brought.followup_id, following)

    def test_next_of_an_inbound_call_is_the_first_of_my_calls(self):
        call = self._new_call(direction="inbound", phone="1")
        call.action_register()
        action = call.action_next()["params"]["action"]
        brought = self.env["aftersales.call"].browse(action["res_id"])
        self.assertEqual(brought.followup_id, self.followup)

    def test_how_far_the_day_has_come_is_told(self):
        late = self._new_followup(
            self._new_customer("Late"),
            date_earliest=TODAY - timedelta(days=9),
            date_deadline=TODAY - timedelta(days=1),
        )
        call = self._new_call(self.followup)
        self.assertEqual(call.progress, "0 of 2 today · 1 overdue")
        call.action_register()
        self._new_call(late).action_register()
        call.invalidate_recordset()
        self.assertEqual(call.progress, "2 of 2 today")

    def test_tips_are_told_in_words(self):
        topic = self.env.ref("aftersales_followup.topic_tips")
        call = self._new_call(self.followup, topic_ids=topic.ids)
        tip = call.tip_ids[0]
        self.assertIn(f"{tip.name}: {tip.text}", call.tip_text)

    # the right number

    def _register_wrong_number(self, **vals):
        call = self._new_call(
            self.followup, outcome_id=self._get_outcome("wrong_number").id, **vals
        )
        call.action_register()
        return call

    def test_the_right_number_replaces_the_wrong_one_and_is_called_next(self):
        call = self._register_wrong_number(right_number="13912345678")
        self.assertEqual(self.customer.phone, "+86 139 1234 5678")
        self.assertEqual(call.phone, "138 0013 8000", "as it was dialled")
        self.assertFalse(self.customer.aftersales_wrong_number)
        self.assertFalse(self.followup.letter_suggested)
        self.assertEqual(self.followup.attempts, 1)
        followups = self.followup.with_user(self.officer)
        self.assertEqual(followups._get_next_due(), self.followup)

    def test_without_the_right_number_a_letter_is_suggested(self):
        self._register_wrong_number()
        self.assertTrue(self.customer.aftersales_wrong_number)
        self.assertTrue(self.followup.letter_suggested)

    def test_what_is_no_other_number_is_refused_by_name(self):
        for number, message in (
            ("unknown", "no phone number"),
            ("12", "no phone"),
            ("+86 138-0013-8000", "is the number that was dialled"),
        ):
            with self.subTest(number=number), self.env.cr.savepoint() as savepoint:
                with self.assertRaisesRegex(UserError, message):
                    self._register_wrong_number(right_number=number)
                savepoint.rollback()
        self.assertEqual(self.customer.phone, "138 0013 8000")

    # the time to call back

    def _get_proposed(self, now, call_from=0, call_to=0):
        """Return what is proposed, on the dealership's clock."""
        self.set_now(now)
        self.customer.write(
            {"aftersales_call_from": call_from, "aftersales_call_to": call_to}
        )
        call = self.env["aftersales.call"].new(
            {
                "followup_id": self.followup.id,
                "outcome_id": self._get_outcome("call_back").id,
            }
        )
        return call.date_call_back + timedelta(hours=8)

    def test_call_back_is_proposed_in_the_hours_of_customer_and_company(self):
        # Monday, 2 March; the company works from 8 to 12 and from 13 to 17.
        for hour, hours, proposed in (
            (10, (0, 0), datetime(2026, 3, 3, 10)),
            (10, (14, 17.5), datetime(2026, 3, 2, 14)),
            (14, (14, 17.5), datetime(2026, 3, 2, 15)),
            (16.5, (14, 17.5), datetime(2026, 3, 3, 14)),
            (11.25, (11, 12.5), datetime(2026, 3, 3, 11)),
            (10, (19, 21), datetime(2026, 3, 2, 19)),
        ):
            with self.subTest(hour=hour, hours=hours):
                now = datetime(2026, 3, 2) + timedelta(hours=hour - 8)
                self.assertEqual(self._get_proposed(now, *hours), proposed)

    def test_call_back_is_never_proposed_for_a_day_off(self):
        friday = datetime(2026, 3, 6, 2)
        self.assertEqual(self._get_proposed(friday), datetime(2026, 3, 9, 8))

    def test_call_back_is_proposed_on_a_quarter_of_an_hour(self):
        now = datetime(2026, 3, 2, 2, 7, 30)
        self.assertEqual(self._get_proposed(now), datetime(2026, 3, 3, 10, 15))


class TestInbound(AftersalesCase):
    """Who calls in was on the phone, and becomes a customer with name and phone."""

    def _get_offered(self, direction):
        """Return the codes of the outcomes that the screen offers."""
        form = Form(
            self.env["aftersales.call"]
            .with_user(self.officer)
            .with_context(default_direction=direction)
        )
        self.assertFalse(form.outcome_id)
        outcomes = self.env["aftersales.call.outcome"].with_user(self.officer)
        found = outcomes.search([("direction", "in", [direction, False])])
        return found.mapped("code")

    def test_inbound_calls_have_outcomes_of_their_own(self):
        self.assertEqual(
            self._get_offered("inbound"), ["informed", "case", "passed_on", "refused"]
        )
        self.assertEqual(
            self._get_offered("outbound"),
            ["reached", "no_answer", "busy", "call_back", "wrong_number", "refused"],
        )

    def test_an_inbound_call_is_never_unanswered_or_a_wrong_number(self):
        for code in ("no_answer", "busy", "wrong_number"):
            call = self._new_call(
                direction="inbound", phone="1", outcome_id=self._get_outcome(code).id
            )
            with (
                self.subTest(code=code),
                self.assertRaisesRegex(UserError, "called in"),
            ):
                call.action_register()

    def test_an_inbound_call_completes_what_is_open_with_the_caller(self):
        followup = self._new_followup()
        self._new_call(
            direction="inbound",
            partner_id=followup.partner_id.id,
            together_ids=followup.ids,
            outcome_id=self._get_outcome("informed").id,
        ).action_register()
        self.assertEqual(followup.state, "done")

    def test_another_direction_takes_the_outcome_out(self):
        form = Form(self.env["aftersales.call"].with_user(self.officer))
        form.partner_id = self._new_customer()
        form.outcome_id = self.no_answer
        form.direction = "inbound"
        self.assertFalse(form.outcome_id)
        form.outcome_id = self._get_outcome("refused")
        form.direction = "outbound"
        self.assertTrue(form.outcome_id)

    # an unknown number

    def _new_partners(self, **context):
        return (
            self.env["res.partner"]
            .with_user(self.officer)
            .with_context(
                aftersales_lookup=True,
                form_view_ref="aftersales_followup.res_partner_view_form_new",
                **context,
            )
        )

    def test_a_number_that_was_looked_up_is_the_phone_and_not_the_name(self):
        for typed, phone in (
            ("13912345678", "+86 139 1234 5678"),
            (" 139-1234-5678 ", "+86 139 1234 5678"),
            ("0738（1234567）", "+86 738 123 4567"),
            ("5678", False),
        ):
            with self.subTest(typed=typed):
                form = Form(self._new_partners(default_name=typed))
                self.assertFalse(form.name)
                self.assertEqual(form.phone, phone)
        form.name = "Li Si"
        self.assertEqual(form.save().name, "Li Si")

    def test_a_name_that_was_looked_up_is_the_name(self):
        for typed in ("Li Si", "湘K12345", "李四 139"):
            form = Form(self._new_partners(default_name=typed, default_phone="1390000"))
            self.assertEqual((form.name, form.phone), (typed, "1390000"))

    def test_nobody_is_called_like_a_number(self):
        with self.assertRaisesRegex(ValidationError, "13912345678 is a number"):
            self._new_partners().name_create("13912345678")

    def test_elsewhere_contacts_are_named_as_ever(self):
        partners = self.env["res.partner"].with_user(self.officer)
        partner_id, _name = partners.name_create("12345")
        self.assertEqual(partners.browse(partner_id).name, "12345")
