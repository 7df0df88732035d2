from odoo.tests import Form
from odoo.tools import SQL

from .restriction_common import SAID, TODAY, RestrictionCase

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
