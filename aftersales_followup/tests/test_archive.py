from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError

from .common import NOW, TODAY, AftersalesCase


class TestArchive(AftersalesCase):
    def _complete(self, visit):
        """Fill in all that the archive of a visit asks for."""
        visit.write(
            {
                "wish": "A call before the next maintenance",
                "next_service_content": "Offer the winter check",
                "next_contact_date": TODAY + timedelta(days=5),
            }
        )

    def test_archive_is_due_two_days_after_arrival(self):
        visit = self._new_visit()
        self.assertEqual(visit.archive_deadline, TODAY + timedelta(days=2))
        reminder = self._get_reminders(visit)
        self.assertEqual(reminder.user_id, self.officer)
        self.assertEqual(reminder.date_deadline, visit.archive_deadline)

    def test_archive_filed_in_two_days_is_on_time_and_closes_its_reminder(self):
        visit = self._new_visit()
        self._complete(visit)
        self.pass_days(2)
        visit.action_file_archive()
        self.assertEqual(visit.archive_date, TODAY + timedelta(days=2))
        self.assertEqual(visit.archive_result, "on_time")
        self.assertFalse(self._get_reminders(visit))
        customer = visit.partner_id
        self.assertEqual(customer.aftersales_archive_state, "complete")
        self.assertEqual(customer.aftersales_wish, visit.wish)

    def test_archive_filed_on_the_third_day_is_late(self):
        visit = self._new_visit()
        self._complete(visit)
        self.pass_days(3)
        visit.action_file_archive()
        self.assertEqual(visit.archive_result, "late")

    def test_filing_names_everything_that_is_missing_in_one_message(self):
        customer = self._new_customer(phone=False, street=False, city=False)
        visit = self._new_visit(customer, line_ids=False)
        visit.vehicle_id.write(
            {
                "license_plate": False,
                "aftersales_interval_months": 0,
                "aftersales_interval_km": 0,
            }
        )
        with self.assertRaises(UserError) as caught:
            visit.action_file_archive()
        for missing in (
            "phone",
            "address",
            "plate",
            "maintenance cycle",
            "what was serviced",
            "wish",
            "next service: content",
            "next service: date to contact",
        ):
            self.assertIn(missing, caught.exception.args[0])
        self.assertFalse(visit.archive_date)

    def test_the_checklist_shows_what_is_there_and_where_the_rest_is_filled_in(self):
        customer = self._new_customer(phone=False)
        visit = self._new_visit(customer, wish="A loan car")
        items = {item["field"]: item for item in visit.archive_checklist}
        self.assertEqual(
            list(items),
            [
                *("name", "phone", "street", "license_plate", "model_id"),
                *("aftersales_interval_months", "line_ids", "wish"),
                *("next_service_content", "next_contact_date"),
            ],
        )
        missing = [name for name, item in items.items() if not item["is_there"]]
        self.assertEqual(
            missing, ["phone", "next_service_content", "next_contact_date"]
        )
        phone, plate = items["phone"], items["license_plate"]
        self.assertEqual((phone["model"], phone["id"]), ("res.partner", customer.id))
        self.assertEqual(
            (plate["model"], plate["id"]), ("fleet.vehicle", visit.vehicle_id.id)
        )
        customer.phone = "139 0000 0001"
        items = {item["field"]: item for item in visit.archive_checklist}
        self.assertTrue(items["phone"]["is_there"])

    def test_what_was_filed_says_when_by_whom_and_whether_in_time(self):
        visit = self._new_visit()
        self.assertFalse(visit.archive_filed_text)
        self._complete(visit)
        visit.with_user(self.officer).action_file_archive()
        self.assertEqual(
            visit.archive_filed_text,
            "Archive filed on 03/02/2026 by Officer: On Time",
        )

    def test_consultation_without_a_car_asks_for_no_plate(self):
        visit = self._new_visit(visit_type="consultation", line_ids=False)
        self._complete(visit)
        visit.action_file_archive()
        self.assertTrue(visit.archive_date)

    def test_second_visit_opens_the_archive_again(self):
        visit = self._new_visit()
        self._complete(visit)
        visit.action_file_archive()
        number = visit.partner_id.aftersales_archive_number
        again = self._new_visit(visit.partner_id)
        self.assertEqual(visit.partner_id.aftersales_archive_state, "open")
        self.assertEqual(visit.partner_id.aftersales_archive_number, number)
        self.assertEqual(again.archive_deadline, TODAY + timedelta(days=2))

    def test_cancelled_visit_asks_for_no_archive(self):
        visit = self._new_visit()
        visit.action_cancel()
        self.assertEqual(visit.archive_result, "void")
        self.assertEqual(visit.partner_id.aftersales_archive_state, "none")
        self.assertFalse(self._get_reminders(visit))

    def test_next_service_within_a_followups_window_joins_its_content(self):
        visit = self._new_visit()
        self._complete(visit)
        visit.action_file_archive()
        self.assertFalse(visit.followup_ids, "nothing is planned before delivery")
        visit.action_deliver()
        self.assertEqual(len(visit.followup_ids), 1)
        self.assertIn("Offer the winter check", visit.followup_ids.content)

    def test_next_service_at_another_time_is_a_followup_of_its_own(self):
        visit = self._new_delivered_visit()
        self._complete(visit)
        visit.next_contact_date = date(2026, 10, 8)
        visit.action_file_archive()
        own = visit.followup_ids.filtered(lambda followup: not followup.rule_id)
        self.assertEqual(own.date_deadline, date(2026, 10, 8))
        self.assertEqual(own.content, "Offer the winter check")
        self.assertEqual(self._get_reminders(own).user_id, self.officer)
        visit._plan_next_service()
        self.assertEqual(len(visit.followup_ids), 2, "planned once only")

    def test_finishing_the_reminder_files_the_archive_or_says_what_is_missing(self):
        visit = self._new_visit()
        reminder = self._get_reminders(visit).with_user(self.officer)
        with self.assertRaisesRegex(UserError, "Still missing"):
            reminder.action_feedback("done")
        self.assertTrue(reminder.active)
        self._complete(visit)
        reminder.action_feedback("done")
        self.assertEqual(visit.archive_date, TODAY)
        self.assertFalse(reminder.active)

    def test_reminder_handed_over_takes_the_visit_along(self):
        visit = self._new_visit()
        self._get_reminders(visit).user_id = self.other_officer
        self.assertEqual(visit.acting_user_id, self.other_officer)
        self.assertEqual(len(self._get_reminders(visit)), 1)

    def test_deadline_counts_working_days_if_the_company_says_so(self):
        self.company.sudo().aftersales_use_working_days = True
        self.pass_days(4)  # to Friday
        visit = self._new_visit()
        self.assertEqual(visit.archive_deadline, date(2026, 3, 10), "Tuesday")

    def test_only_a_supervisor_designates_the_officer(self):
        customer = self._new_customer()
        with self.assertRaises(AccessError):
            customer.with_user(self.officer).aftersales_officer_id = self.other_officer
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(self.officer).create(
                {"name": "Mine", "aftersales_officer_id": self.officer.id}
            )

    def test_handing_customers_over_takes_their_open_work_along(self):
        visit = self._new_delivered_visit()
        done = self._new_followup(visit.partner_id)
        done._done({done: (NOW, None)})
        wizard = (
            self.env["aftersales.partner.hand.over"]
            .with_context(active_model="res.partner", active_ids=visit.partner_id.ids)
            .create({"officer_id": self.other_officer.id})
        )
        self.assertEqual((wizard.partner_count, wizard.followup_count), (1, 1))
        wizard.action_hand_over()
        self.assertEqual(visit.partner_id.aftersales_officer_id, self.other_officer)
        self.assertEqual(visit.officer_id, self.other_officer)
        self.assertEqual(visit.followup_ids.user_id, self.other_officer)
        reminder = self._get_reminders(visit.followup_ids)
        self.assertEqual(reminder.user_id, self.other_officer)
        self.assertEqual(done.user_id, self.officer, "what is done stays as it was")

    def test_handing_over_nobody_is_refused(self):
        wizard = self.env["aftersales.partner.hand.over"].create(
            {"officer_id": self.officer.id}
        )
        with self.assertRaisesRegex(UserError, "Choose the customers"):
            wizard.action_hand_over()

    def test_customer_car_and_user_with_history_are_archived_not_deleted(self):
        visit = self._new_delivered_visit()
        for record in (visit.partner_id, visit.vehicle_id, self.officer):
            with self.assertRaisesRegex(UserError, "Archive the"):
                record.sudo().unlink()
            self.assertTrue(record.exists())

    def test_customer_without_history_can_be_deleted(self):
        customer = self._new_customer()
        customer.sudo().unlink()
        self.assertFalse(customer.exists())

    def test_counters_on_the_customer_and_the_car(self):
        visit = self._new_delivered_visit()
        self._new_call(visit.followup_ids).action_register()
        self._new_letter(visit.partner_id)
        customer, vehicle = visit.partner_id, visit.vehicle_id
        self.assertEqual(customer.aftersales_vehicle_count, 1)
        self.assertEqual(customer.aftersales_visit_count, 1)
        self.assertEqual(customer.aftersales_followup_count, 1, "the second one")
        self.assertEqual(customer.aftersales_call_count, 1)
        self.assertEqual(customer.aftersales_letter_count, 1)
        self.assertEqual(vehicle.aftersales_visit_count, 1)
        self.assertEqual(vehicle.aftersales_followup_count, 1)
        self.assertEqual(vehicle.aftersales_call_count, 1)
        self.assertEqual((visit.followup_count, visit.call_count), (2, 1))

    def test_smart_buttons_open_the_records_of_the_customer_and_the_car(self):
        visit = self._new_delivered_visit()
        for record, names in (
            (visit.partner_id, ("vehicles", "visits", "followups", "calls", "letters")),
            (visit.vehicle_id, ("visits", "followups", "calls")),
        ):
            for name in names:
                action = getattr(record, f"action_aftersales_open_{name}")()
                domain = action["domain"]
                self.assertEqual(domain[0][2], record.id)
                self.env[action["res_model"]].search(domain)
        for action in (visit.action_open_followups(), visit.action_open_calls()):
            self.assertEqual(action["domain"], [("visit_id", "=", visit.id)])
        context = visit.partner_id.action_aftersales_call()["context"]
        self.assertEqual(context["default_partner_id"], visit.partner_id.id)

    def test_retention_follows_the_last_visit(self):
        for days, retention in ((10, "active"), (200, "at_risk"), (400, "lost")):
            with self.subTest(retention):
                customer = self._new_customer(f"Customer {days}")
                self._new_visit(
                    customer,
                    self._new_vehicle(customer, f"湘K{days}"),
                    date_arrival=NOW - timedelta(days=days),
                )
                self.assertEqual(customer.aftersales_retention, retention)
                found = self.env["res.partner"].search(
                    [
                        ("aftersales_retention", "=", retention),
                        ("id", "=", customer.id),
                    ]
                )
                self.assertEqual(found, customer)
        self.assertFalse(self._new_customer("New").aftersales_retention)

    def test_customer_is_found_by_phone_plate_vin_or_name_however_written(self):
        customer = self._new_customer(phone="+86 138-0013-8000")
        self._new_vehicle(customer, "湘K·12345", vin_sn="lysarm25glz6uuzhy")
        partners = self.env["res.partner"].with_context(aftersales_lookup=True)
        for text in (
            "13800138000",
            "138 0013 8000",
            "+86 13800138000",
            "008613800138000",
            "湘k12345",
            "湘K 12345",
            "LYSARM25GLZ6UUZHY",
            "Zhang San",
        ):
            with self.subTest(text):
                found = partners.name_search(text)
                self.assertIn(customer.id, [partner_id for partner_id, _name in found])

    def test_customers_of_one_name_are_told_apart_where_one_is_chosen(self):
        """The one who was chosen then goes by his name alone."""
        for phone, plate in (("138 0013 8000", "湘K12345"), ("139 0000 0001", "湘K2")):
            self._new_vehicle(self._new_customer("Qian Er", phone=phone), plate)
        partners = self.env["res.partner"].with_context(aftersales_lookup=True)
        offers = partners.web_name_search("Qian Er", {"display_name": {}})
        self.assertEqual(
            sorted(offer["__formatted_display_name"] for offer in offers),
            [
                "Qian Er · 湘K12345 · 138 0013 8000",
                "Qian Er · 湘K2 · 139 0000 0001",
            ],
        )
        self.assertEqual({offer["display_name"] for offer in offers}, {"Qian Er"})
        chosen = partners.browse(offers[0]["id"])
        self.assertEqual(chosen.display_name, "Qian Er")

    def test_phone_search_of_contacts_ignores_blanks_and_country_code(self):
        customer = self._new_customer(phone="138 0013 8000")
        for text in ("+86 138-0013-8000", "13800138000", "0013 8000"):
            with self.subTest(text):
                found = self.env["res.partner"].search(
                    [("phone_mobile_search", "ilike", text)]
                )
                self.assertIn(customer, found)

    def test_hours_to_be_called_make_sense(self):
        customer = self._new_customer()
        customer.write({"aftersales_call_from": 9.5, "aftersales_call_to": 11})
        for start, stop in ((11, 9), (-1, 9), (9, 25)):
            with self.assertRaises(ValidationError):
                customer.write(
                    {"aftersales_call_from": start, "aftersales_call_to": stop}
                )

    # archive numbers

    def _number(self, count):
        """Return the archive numbers of new customers, and the queries it took."""
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {n}"} for n in range(count)]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        archives = self.env["aftersales.archive"]._get_archives(customers, self.company)
        archives._assign_numbers()
        self.env.flush_all()
        queries = self.env.cr.sql_log_count - before
        return customers.mapped("aftersales_archive_number"), queries

    def test_archives_are_numbered_in_order_however_the_sequence_counts(self):
        sequence = self.env.ref("aftersales_followup.ir_sequence_archive").sudo()
        for implementation in ("standard", "no_gap"):
            for by_year in (False, True):
                sequence.write(
                    {
                        "implementation": implementation,
                        "use_date_range": by_year,
                        "prefix": "A%(range_year)s-" if by_year else "A",
                    }
                )
                sequence.number_next_actual = 41
                prefix = "A2026-" if by_year else "A"
                with self.subTest(implementation=implementation, by_year=by_year):
                    (first, *numbers), _queries = self._number(3)
                    start = int(first.removeprefix(prefix))
                    self.assertEqual(
                        numbers, [f"{prefix}{start + n:06d}" for n in (1, 2)]
                    )
                    following = sequence.next_by_code("aftersales.archive")
                    self.assertEqual(following, f"{prefix}{start + 3:06d}")

    def test_many_archives_are_numbered_in_as_many_queries_as_few(self):
        self._number(2)
        _numbers, few = self._number(2)
        numbers, many = self._number(40)
        self.assertEqual(len(set(numbers)), 40)
        self.assertLessEqual(many, few)

    def test_a_customer_keeps_the_number_of_the_archive(self):
        customer = self._new_visit().partner_id
        number = customer.aftersales_archive_number
        customers = customer | self._new_customer("Li Si")
        archives = self.env["aftersales.archive"]._get_archives(customers, self.company)
        archives._assign_numbers()
        self.assertEqual(customer.aftersales_archive_number, number)
