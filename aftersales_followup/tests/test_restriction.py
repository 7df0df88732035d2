from datetime import date, datetime, timedelta

from odoo.exceptions import UserError
from odoo.tests import Form
from odoo.tools import SQL, mute_logger

from .restriction_common import NOW, SAID, TODAY, RestrictionCase

# Tables in which Zhao Liu stands before, written by hand: the walk must see them.
KNOWN_TABLES = """
    aftersales_archive aftersales_call aftersales_call_correct aftersales_case
    aftersales_case_round aftersales_correction aftersales_followup aftersales_letter
    aftersales_optout
    aftersales_visit aftersales_visit_import_content aftersales_visit_import_order
    aftersales_visit_line fleet_vehicle fleet_vehicle_odometer ir_attachment
    mail_activity mail_mail mail_message mail_scheduled_message mail_tracking_value
    res_partner res_partner_bank res_users sms_sms
"""


class TestMasked(RestrictionCase):
    """Of a restricted customer nothing tells who it is, wherever one looks."""

    def setUp(self):
        super().setUp()
        self.history = self._new_history()

    def test_only_the_vault_tells_who_a_restricted_customer_is(self):
        tables = {column.partition(".")[0] for column in self._walk()}
        self.assertGreaterEqual(tables, set(KNOWN_TABLES.split()))
        self._restrict()
        self.assertFalse(self._walk())
        self.assertIn("Zhao Liu", self._read_vault())

    def _read_vault(self):
        rows = self.env.execute_query(
            SQL("SELECT value::text FROM aftersales_restriction_value")
        )
        return " ".join(text or "" for (text,) in rows)

    def test_restricting_again_by_the_night_changes_nothing(self):
        restriction = self._restrict()
        vault = self._read_vault()
        restriction._mask()
        self.assertEqual(self._read_vault(), vault)
        self.assertFalse(self._walk())

    def test_registers_keep_number_day_officer_outcome_and_figures(self):
        kept = {
            "call": "number date user_id outcome_id duration satisfaction state",
            "letters": "number date_sent user_id kind send_by state result",
            "visit": "name date_arrival date_delivery amount_total archive_result",
            "case": "date_raised date_solved date_closed state user_id",
        }
        before = {key: self._read_kept(key, names) for key, names in kept.items()}
        self._restrict()
        for key, names in kept.items():
            self.assertEqual(self._read_kept(key, names), before[key])

    def _read_kept(self, key, names):
        self.env.invalidate_all()
        return self.history[key].read(names.split(), load=None)

    def test_masks_are_what_everybody_sees(self):
        self._restrict()
        call, letter = self.history["call"], self.history["letters"][0]
        self.assertEqual(self.customer.name, f"*** {self.customer.id}")
        self.assertEqual(self.customer.phone, "***")
        self.assertEqual(self.customer.email, "***")
        self.assertEqual((self.customer.street, self.customer.city), ("***", "***"))
        self.assertFalse(self.customer.vat)
        self.assertEqual((self.car.license_plate, self.car.vin_sn), ("***", "***"))
        self.assertEqual(self.car.name, "Buick/Regal/***")
        self.assertEqual((call.phone, call.address, call.plate), ("***", "***", "***"))
        self.assertEqual(call.content, "*** (***, ***) likes fishing")
        self.assertEqual(letter.body, "<p>*** (***, ***) likes fishing</p>")
        self.assertEqual(self.history["unknown"].caller_name, "***")
        self.assertFalse(self.customer.image_1920)
        masked = [call.display_name, letter.address, letter.zip or "***"]
        self.assertTrue(all("***" in text for text in masked))

    def test_nothing_finds_the_customer_any_more(self):
        self._restrict()
        Partner = self.env["res.partner"].with_user(self.officer)
        Car = self.env["fleet.vehicle"].with_user(self.officer)
        lookup = {"aftersales_lookup": True}
        for text in (
            "Zhao Liu",
            "139 8765 4321",
            "13987654321",
            "湘K98765",
            "LSGXYZ12345",
            "zhao@example.com",
        ):
            with self.subTest(text=text):
                found = Partner.with_context(**lookup).name_search(text)
                self.assertFalse(found)
                self.assertFalse(Car.with_context(**lookup).name_search(text))
                self.assertFalse(
                    Partner.search([("phone_mobile_search", "ilike", text)])
                    if text[0] == "1"
                    else False
                )
        self.assertFalse(self.customer.aftersales_phone_digits)
        self.assertFalse(self.customer.phone_sanitized)
        self.assertFalse(self.car.aftersales_plate_key or self.car.aftersales_vin_key)

    def test_story_and_forms_show_the_mask(self):
        self._restrict()
        self.env.invalidate_all()
        customer = self.customer.with_user(self.officer)
        story = str(customer.aftersales_get_story())
        for told in ("Zhao Liu", "13987654321", "139-8765", "98765"):
            self.assertNotIn(told, story)
        form = Form(self.history["call"].with_user(self.officer))
        self.assertEqual(form.content, "*** (***, ***) likes fishing")

    def test_printed_registers_show_the_mask(self):
        self._restrict()
        register = self.env["aftersales.register.print"].create(
            {"register": "call", "date_from": TODAY, "date_to": TODAY}
        )
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html(
                register.action_print_pdf()["report_name"], register.ids
            )[0]
            .decode()
        )
        self.assertIn(self.history["call"].number, html)
        self.assertIn("***", html)
        self.assertNotIn("Zhao Liu", html)

    def test_attached_files_hang_in_the_vault_where_nobody_opens_them(self):
        Attachment = self.env["ir.attachment"].sudo()
        files = Attachment.search([("name", "=", "Zhao Liu.txt")])
        self.assertEqual(len(files), 4)
        note = files.filtered(lambda file: file.res_model == "aftersales.call")
        message = (
            self.env["mail.message"].sudo().search([("attachment_ids", "in", note.ids)])
        )
        self.assertTrue(message)
        restriction = self._restrict()
        self.assertEqual(set(files.mapped("name")), {"***.txt"})
        self.assertFalse(message.attachment_ids)
        for user in (self.officer, self.supervisor, self.admin):
            self.assertFalse(files.with_user(user).has_access("read"))
        self._lift(restriction)
        self.assertEqual(set(files.mapped("name")), {"Zhao Liu.txt"})
        self.assertEqual(message.attachment_ids, note)
        self.assertEqual(note.res_model, "aftersales.call")
        self.assertTrue(note.with_user(self.officer).has_access("read"))

    def test_lifting_brings_everything_back(self):
        before = self._walk()
        restriction = self._restrict()
        self._lift(restriction)
        after = self._walk()
        gone = [
            "_import_",
            "call_correct",
            "partner_restrict",
            "aftersales_restriction",
        ]
        for column, texts in before.items():
            if any(name in column for name in gone):
                continue
            with self.subTest(column=column):
                found = after.get(column, [])
                if column == "mail_activity.res_name":
                    # The reminders of what was planned are gone.
                    self.assertEqual(len(texts) - len(found), 2)
                else:
                    self.assertEqual(sorted(found), sorted(texts))
        self.assertEqual(restriction.state, "lifted")
        self.assertEqual(restriction.lift_reason, "Zhao Liu came again")
        self.assertEqual(restriction.lifted_by_id, self.supervisor)
        self.assertEqual(self.customer.aftersales_phone_digits, "13987654321")
        self.assertEqual(self.car.aftersales_plate_key, "湘K98765")
        self.assertTrue(self.customer.image_1920)
        user = self.customer.with_context(active_test=False).user_ids
        self.assertEqual((user.login, user.active), ("zhao@example.com", True))
        self.assertFalse(self.env["aftersales.restriction.value"].sudo().search([]))

    def test_what_was_written_since_stays_when_lifted(self):
        restriction = self._restrict()
        call, case = self.history["call"], self.history["case"]
        case.sudo().description = "Another story"
        self._lift(restriction)
        self.assertEqual(case.description, "Another story")
        self.assertEqual(call.content, SAID)

    def test_who_logs_in_to_the_portal_does_not_any_more(self):
        self._restrict()
        user = self.customer.with_context(active_test=False).sudo().user_ids
        self.assertFalse(user.active)
        self.assertEqual(user.login, f"*** {user.id}")

    def test_staged_import_does_not_bring_the_customer_back(self):
        self._restrict()
        self.assertEqual(self.order.state, "rejected")
        self.assertIn("asked to be forgotten", self.order.reason)
        self.assertEqual(self.order.content_id.rows, [["W-1", "***", "***", "***"]])

    def test_letters_that_wait_to_be_sent_are_called_back(self):
        mail = self.env["mail.mail"].sudo().search([("email_to", "ilike", "zhao@")])
        sms = self.env["sms.sms"].sudo().search([("partner_id", "=", self.customer.id)])
        self.assertEqual((mail.state, sms.state), ("outgoing", "outgoing"))
        self._restrict()
        self.assertEqual((mail.state, sms.state), ("cancel", "canceled"))


class TestOthers(RestrictionCase):
    """Nobody else loses anything, though he was named together with the customer."""

    def test_other_customers_keep_what_is_theirs(self):
        other = self._new_customer("Li Si", phone="137 0000 1111", street="5 Rose Lane")
        visit = self._new_delivered_visit(other, self._new_vehicle(other, "湘K55555"))
        call = self._new_call(visit.followup_ids, content="Li Si knows Zhao Liu")
        self._restrict_with_visit()
        self.assertEqual(other.name, "Li Si")
        self.assertEqual((visit.phone, visit.plate), ("137 0000 1111", "湘K55555"))
        self.assertEqual(call.content, "Li Si knows Zhao Liu")

    def _restrict_with_visit(self):
        self._new_delivered_visit(self.customer, self.car)
        return self._restrict()

    def test_who_brought_anothers_car_is_masked_there_too(self):
        other = self._new_customer("Li Si", phone="137 0000 1111")
        visit = self._new_visit(
            other,
            self._new_vehicle(other, "湘K55555"),
            contact_id=self.customer.id,
            note="Zhao Liu brought the car of Li Si",
        )
        self.assertEqual(visit.phone, "139 8765 4321")
        self._restrict_with_visit()
        self.assertEqual((visit.phone, visit.plate), ("***", "湘K55555"))
        self.assertEqual(visit.note, "*** brought the car of Li Si")

    def test_car_that_belongs_to_somebody_else_now_keeps_its_plate(self):
        self._new_delivered_visit(self.customer, self.car)
        buyer = self._new_customer("Li Si", phone="137 0000 1111")
        # What is tracked is written down before a transaction ends.
        self.env.cr.flush()
        self.car.aftersales_owner_id = buyer
        visit = self._new_visit(self.customer, self.car)
        self.env.cr.flush()
        messages = self.car.sudo().message_ids
        names = messages.tracking_value_ids.mapped("old_value_char")
        self.assertIn("Zhao Liu", names)
        self._restrict()
        self.assertEqual(self.car.license_plate, "湘K98765")
        self.assertEqual(visit.plate, "***")
        names = messages.tracking_value_ids.mapped("old_value_char")
        self.assertNotIn("Zhao Liu", names)
        self.assertIn("***", names)

    def test_car_that_is_sold_while_restricted_gets_its_plate_back(self):
        self._new_delivered_visit(self.customer, self.car, odometer=12000)
        reading = self.car.aftersales_odometer_ids
        restriction = self._restrict()
        self.assertEqual(self.car.license_plate, "***")
        self.assertEqual(reading.name, "Buick/Regal/*** / 2026-03-02")
        buyer = self._new_customer("Li Si", phone="137 0000 1111")
        self.car.aftersales_owner_id = buyer
        self.assertEqual(
            (self.car.license_plate, self.car.vin_sn), ("湘K98765", "LSGXYZ12345")
        )
        self.assertEqual(self.car.aftersales_plate_key, "湘K98765")
        self.assertEqual(reading.name, "Buick/Regal/湘K98765 / 2026-03-02")
        self._lift(restriction)
        self.assertEqual(self.car.license_plate, "湘K98765")

    def test_contact_below_the_customer_keeps_its_name(self):
        child = self.env["res.partner"].create(
            {"parent_id": self.customer.id, "type": "contact", "name": "Wang Wu"}
        )
        self.assertEqual(child.street, "8 Lotus Road")
        self._restrict_with_visit()
        self.assertEqual((child.name, child.street), ("Wang Wu", "***"))
        self.assertNotIn("Zhao Liu", child.complete_name)

    def test_two_customers_are_restricted_at_once(self):
        other = self._new_customer("Li Si", phone="137 0000 1111", street="5 Rose Lane")
        visits = self._new_delivered_visit(self.customer, self.car)
        visits |= self._new_delivered_visit(other, self._new_vehicle(other, "湘K55555"))
        restrictions = self._restrict(self.customer | other)
        self.assertEqual(len(restrictions), 2)
        self.assertEqual(visits.mapped("plate"), ["***", "***"])
        self._lift(restrictions.filtered(lambda own: own.partner_id == other))
        self.assertEqual(other.name, "Li Si")
        self.assertEqual(self.customer.phone, "***")


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
        for customer in (self.customer, other):
            self._new_delivered_visit(customer, self._new_vehicle(customer, "湘K66666"))
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
