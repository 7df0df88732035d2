from datetime import date, datetime, timedelta

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .restriction_common import NOW, SAID, TODAY, RestrictionCase


class TestWrittenSince(RestrictionCase):
    """What is written about a restricted customer later is masked at once."""

    def setUp(self):
        super().setUp()
        self.visit = self._new_delivered_visit(self.customer, self.car)
        self.restriction = self._restrict()

    def test_call_that_comes_in_is_masked_when_it_is_saved(self):
        call = self._new_call(
            direction="inbound",
            partner_id=self.customer.id,
            phone="139 8765 4321",
            content=SAID,
        )
        self.assertEqual(call.phone, "***")
        self.assertEqual(call.content, "*** (***, ***) likes fishing")
        call.content = "It was zhao liu himself"
        self.assertEqual(call.content, "It was *** himself")
        call.action_register()
        self.assertTrue(call.number)
        self.assertFalse(self._walk())
        self._lift(self.restriction)
        self.assertEqual(call.phone, "139 8765 4321")
        self.assertEqual(call.content, "It was zhao liu himself")

    def test_another_visit_is_masked_and_plans_nothing(self):
        visit = self._new_delivered_visit(self.customer, self.car, note=SAID)
        self.assertEqual((visit.plate, visit.phone), ("***", "***"))
        self.assertEqual(visit.note, "*** (***, ***) likes fishing")
        self.assertFalse(visit.followup_ids)

    def test_another_car_is_masked(self):
        car = self._new_vehicle(self.customer, "湘K77777")
        self.assertEqual(car.license_plate, "***")
        self.assertFalse(car.aftersales_plate_key)

    def test_name_or_number_cannot_be_typed_in_where_a_mask_stands(self):
        for vals in ({"name": "Zhao Liu"}, {"phone": "1"}, {"street": "x"}):
            for user in (self.officer, self.supervisor, self.env.ref("base.user_root")):
                with self.assertRaisesRegex(UserError, "asked to be forgotten"):
                    self.customer.with_user(user).write(vals)
        with self.assertRaisesRegex(UserError, "asked to be forgotten"):
            self.car.license_plate = "湘K98765"
        self.customer.write({"active": False})

    def test_night_masks_what_was_written_in_the_same_moment(self):
        self.env.cr.execute(
            "UPDATE aftersales_visit SET note = %s, plate = %s WHERE id = %s",
            [SAID, "湘K98765", self.visit.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.restriction.is_swept)
        self._run_planning()
        self.assertEqual(self.visit.plate, "***")
        self.assertTrue(self.restriction.is_swept)
        self.assertFalse(self._walk())

    def test_case_is_not_taken_from_whom_nobody_could_answer(self):
        with self.assertRaisesRegex(UserError, "nobody could tell the answer"):
            self._new_case(self.customer)


class TestNoContact(RestrictionCase):
    """Who asked to be forgotten is not contacted, whatever he was promised."""

    def test_what_is_planned_is_called_off_through_nobodys_fault(self):
        visit = self._new_delivered_visit(self.customer, self.car)
        followup = visit.followup_ids
        self.pass_days(30)
        self._restrict()
        self.assertEqual((followup.state, followup.result), ("cancelled", "void"))
        self.assertEqual(followup.cancel_reason, "The customer asked to be forgotten.")
        self.assertFalse(self._get_reminders(followup))

    def test_nothing_is_planned_by_hand_or_at_night(self):
        visit = self._new_delivered_visit(self.customer, self.car)
        self._new_call(visit.followup_ids).action_register()
        self._insure()
        self._restrict()
        self._run_planning()
        open_ones = [("partner_id", "=", self.customer.id), ("state", "=", "planned")]
        self.assertFalse(self.env["aftersales.followup"].search(open_ones))
        with self.assertRaisesRegex(UserError, "asked to be forgotten"):
            self._new_followup(self.customer)

    def _insure(self):
        """A car whose insurance expires soon, so that a call is due."""
        expiry = TODAY + timedelta(days=15)
        self._new_vehicle(self.customer, "湘K77777", aftersales_insurance_date=expiry)

    def test_no_letter_is_sent_a_reply_neither(self):
        self._new_delivered_visit(self.customer, self.car)
        self._restrict()
        letter = self._new_letter(self.customer, kind="reply")
        with self.assertRaisesRegex(UserError, "asked to be forgotten"):
            letter.action_register()

    def test_no_campaign_invites(self):
        other = self._new_customer("Li Si", phone="137 0000 1111")
        for customer, plate in ((self.customer, "湘K66666"), (other, "湘K77777")):
            self._new_delivered_visit(customer, self._new_vehicle(customer, plate))
        self._restrict()
        campaign = self._new_campaign()
        campaign.action_confirm()
        self.assertEqual(campaign.followup_ids.partner_id, other)

    def test_lifted_customer_is_contacted_again(self):
        self._new_delivered_visit(self.customer, self.car)
        self._insure()
        restriction = self._restrict()
        self._run_planning()
        self._lift(restriction)
        self._run_planning()
        planned = self.customer.aftersales_followup_ids.filtered(
            lambda followup: followup.state == "planned"
        )
        self.assertEqual(planned.rule_id.code, "insurance")

    def test_who_waits_for_an_answer_gets_it_first(self):
        case = self._new_case(self.customer)
        with self.assertRaisesRegex(UserError, "still waits for an answer"):
            self._restrict()
        case.action_answer_on_spot()
        self.assertTrue(self._restrict())
        with self.assertRaisesRegex(UserError, "nobody could tell the answer"):
            case.action_reopen()


class TestTenYears(RestrictionCase):
    """Ten years after the last thing that happened everything is anonymised."""

    def setUp(self):
        super().setUp()
        self.history = self._new_history()

    def test_ten_years_count_from_the_last_thing_that_happened(self):
        self.pass_days(400)
        restriction = self._restrict()
        self.assertEqual(restriction.date_anonymise, date(2036, 3, 2))

    def test_nothing_tells_who_it_was_after_ten_years(self):
        restriction = self._restrict()
        self.set_now(datetime(2036, 3, 1, 2, 0))
        self._run_planning()
        self.assertEqual(restriction.state, "restricted")
        self.set_now(datetime(2036, 3, 2, 2, 0))
        self._run_planning()
        self.assertEqual(restriction.state, "anonymised")
        self.assertFalse(self._walk())
        self.assertFalse(self.env["aftersales.restriction.value"].sudo().search([]))
        vault = [("res_model", "=", "aftersales.restriction.value")]
        self.assertFalse(self.env["ir.attachment"].sudo().search(vault))

    def test_texts_are_emptied_and_figures_stay(self):
        call, letter = self.history["call"], self.history["letters"][0]
        case, visit = self.history["case"], self.history["visit"]
        numbers = (call.number, letter.number, visit.amount_total)
        self._restrict()
        self.set_now(datetime(2036, 3, 2, 2, 0))
        self._run_planning()
        self.assertEqual((call.number, letter.number, visit.amount_total), numbers)
        for text in (call.content, letter.subject, case.description, case.solution):
            self.assertEqual(text, "[anonymised]")
        self.assertEqual(letter.body, "<p>[anonymised]</p>")
        self.assertEqual(self.customer.name, f"*** {self.customer.id}")
        notes = call.sudo().message_ids.mapped("body")
        self.assertFalse(any("fishing" in note for note in notes))
        self.assertEqual(
            visit.line_ids.name, "Oil change for *** (***, ***) likes fishing"
        )

    def test_customer_who_was_here_since_is_kept_longer(self):
        restriction = self._restrict()
        self.set_now(datetime(2030, 5, 6, 2, 0))
        self._new_delivered_visit(self.customer, self.car)
        self.set_now(datetime(2036, 3, 2, 2, 0))
        self._run_planning()
        self.assertEqual(restriction.state, "restricted")
        self.assertEqual(restriction.date_anonymise, date(2040, 5, 6))

    def test_anonymised_customer_cannot_be_lifted_renamed_or_contacted(self):
        restriction = self._restrict()
        self.set_now(datetime(2036, 3, 2, 2, 0))
        self._run_planning()
        with self.assertRaisesRegex(UserError, "gone for good"):
            self._lift(restriction)
        with self.assertRaisesRegex(UserError, "asked to be forgotten"):
            self.customer.name = "Zhao Liu"
        with self.assertRaisesRegex(UserError, "asked to be forgotten"):
            self._new_followup(self.customer)

    def test_one_customer_whose_data_is_wrong_stops_no_other(self):
        other = self._new_customer("Li Si", phone="137 0000 1111")
        self._new_delivered_visit(other, self._new_vehicle(other, "湘K55555"))
        broken, good = self._restrict(), self._restrict(other)
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE aftersales_call ADD CONSTRAINT broken"
            " CHECK (content <> '[anonymised]' OR partner_id <> %s)",
            [self.customer.id],
        )
        self.set_now(datetime(2036, 3, 2, 2, 0))
        with mute_logger(
            "odoo.sql_db", "odoo.addons.aftersales_followup.models.scheduler"
        ):
            self._run_planning()
        self.assertEqual((broken.state, good.state), ("restricted", "anonymised"))
        self.assertEqual(self.history["call"].content, "*** (***, ***) likes fishing")


class TestSize(RestrictionCase):
    """Customers with years of history are restricted in the time of a click."""

    def _new_years(self, customer, count):
        car = self._new_vehicle(customer, "湘K66666")
        self.env["aftersales.call"].sudo().create(
            [
                {
                    "partner_id": customer.id,
                    "vehicle_id": car.id,
                    "direction": "inbound",
                    "user_id": self.officer.id,
                    "date": NOW - timedelta(days=n),
                    "content": SAID,
                }
                for n in range(count)
            ]
        )

    def test_queries_do_not_grow_with_the_history(self):
        queries = []
        for count in (3, 3, 60):
            customer = self._new_customer("Zhao Liu", phone="139 8765 4321")
            self._new_years(customer, count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._restrict(customer)
            queries.append(self.env.cr.sql_log_count - before)
        # The first time fills caches.
        self.assertLessEqual(queries[2], queries[1] + 5)
