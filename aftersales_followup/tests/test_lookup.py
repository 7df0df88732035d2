"""What one knows of a customer or car finds all there is, by an index for each key."""

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import AftersalesCase
from .test_tours import ToursCase

BOX = "aftersales_lookup"
LISTS = (
    *("res_partner_action_archive", "fleet_vehicle_action", "aftersales_visit_action"),
    *("aftersales_call_action", "aftersales_letter_action", "aftersales_optout_action"),
)


class LookupCase(AftersalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_customer("毛艳辉", phone="+86 138-0073-5489")
        cls.car = cls._new_vehicle(
            cls.customer, "湘K·9400Z", vin_sn="LSGGA54E0FS123987"
        )
        other = cls._new_customer("王小明", phone="139 1111 2222")
        other_car = cls._new_vehicle(other, "湘A00001", vin_sn="LSGGA54E0FS000001")
        cls.own = cls._new_records(cls.customer, cls.car)
        cls._new_records(other, other_car)

    @classmethod
    def _new_records(cls, partner, vehicle):
        """Return one record of each kind that has to do with a customer's car."""
        visit = cls._new_delivered_visit(partner, vehicle)
        return {
            "res.partner": partner,
            "fleet.vehicle": vehicle,
            "aftersales.visit": visit,
            "aftersales.followup": visit.followup_ids,
            "aftersales.call": cls._new_call(visit.followup_ids),
            "aftersales.letter": cls._new_letter(partner, vehicle_id=vehicle.id),
            "aftersales.case": cls._new_case(partner, vehicle_id=vehicle.id),
            "aftersales.optout": cls._new_optout(
                partner, vehicle_id=vehicle.id, purpose="survey"
            ),
        }

    def _find(self, model, text, user=None):
        """Return what the search box of a list finds."""
        records = self.env[model].with_user(user or self.officer)
        return records.search([(BOX, "ilike", text)])


class TestLookup(LookupCase):
    def test_one_box_finds_all_records_by_phone_plate_vin_and_name(self):
        for text in (
            *("13800735489", "+86 138 0073 5489", "5489", "0073 5489", "1380073"),
            *("湘K9400Z", "湘k·9400z", "9400Z", "K9400"),
            *("LSGGA54E0FS123987", "lsgga54e0fs123987", "123987", "3987"),
            *("毛艳辉", "毛艳", "艳辉", "毛"),
        ):
            for model, record in self.own.items():
                with self.subTest(text=text, model=model):
                    self.assertEqual(self._find(model, text), record)

    def test_what_nobody_has_finds_nothing(self):
        for text in ("5488", "K9401", "LSGGA54E0FS999999", "李雷", "a%", "_", "'"):
            for model in self.own:
                with self.subTest(text=text, model=model):
                    self.assertFalse(self._find(model, text))

    def test_digits_of_a_plate_do_not_bring_phones_that_end_alike(self):
        caller = self._new_customer("张三", phone="138 0000 9400")
        self.assertNotIn(caller, self._find("res.partner", "湘K9400"))
        self.assertIn(caller, self._find("res.partner", "9400"))

    def test_wildcards_of_the_database_are_plain_signs(self):
        odd = self._new_customer("50%_off")
        self.assertEqual(self._find("res.partner", "50%_"), odd)
        self.assertEqual(self._find("res.partner", "0%_"), odd)

    def test_car_is_found_by_its_owner_too(self):
        self.assertEqual(self._find("fleet.vehicle", "毛艳辉"), self.car)
        self.assertEqual(self._find("fleet.vehicle", "5489"), self.car)

    def test_call_about_no_car_is_found_by_a_plate_of_the_caller(self):
        call = self._new_call(partner_id=self.customer.id)
        call.vehicle_id = False
        self.assertIn(call, self._find("aftersales.call", "湘K9400Z"))

    def test_call_about_another_car_of_the_customer_is_not_found_by_this_one(self):
        second = self._new_vehicle(self.customer, "湘K77777")
        call = self._new_call(partner_id=self.customer.id, vehicle_id=second.id)
        self.assertNotIn(call, self._find("aftersales.call", "湘K9400Z"))
        self.assertIn(call, self._find("aftersales.call", "湘K77777"))

    def test_unknown_caller_is_found_by_the_number_and_name_noted(self):
        call = self._new_call(
            direction="inbound", phone="0738-831 2345", caller_name="刘先生"
        )
        for text in ("0738 8312345", "2345", "刘先", "刘先生"):
            with self.subTest(text=text):
                self.assertEqual(self._find("aftersales.call", text), call)

    def test_numbers_of_visits_calls_letters_and_archives_find_them(self):
        call = self.own["aftersales.call"]
        call.action_register()
        self.assertEqual(self._find("aftersales.call", call.number), call)
        self.assertFalse(self._find("aftersales.call", "2026-999999"))
        letter = self.own["aftersales.letter"]
        letter.action_register()
        self.assertEqual(self._find("aftersales.letter", letter.number), letter)
        visit = self.own["aftersales.visit"]
        self.assertEqual(self._find("aftersales.visit", visit.name), visit)
        archive = self.customer.aftersales_archive_number
        self.assertEqual(self._find("res.partner", archive), self.customer)

    def test_who_brought_the_car_finds_the_visit(self):
        driver = self._new_customer("赵师傅", phone="137 0000 1111")
        visit = self._new_visit(self.customer, self.car, contact_id=driver.id)
        self.assertEqual(self._find("aftersales.visit", "赵师傅"), visit)
        self.assertEqual(self._find("aftersales.visit", "00001111"), visit)

    def test_history_of_an_archived_customer_is_found(self):
        self.customer.sudo().active = False
        self.assertFalse(self._find("res.partner", "毛艳辉"))
        visit = self.own["aftersales.visit"]
        self.assertEqual(self._find("aftersales.visit", "5489"), visit)

    def test_change_that_was_just_made_is_found(self):
        self.customer.phone = "136 2222 7777"
        self.assertEqual(self._find("res.partner", "22227777"), self.customer)
        self.assertFalse(self._find("res.partner", "5489"))

    def test_several_searches_in_one_box_are_either_or_both(self):
        visits = self.env["aftersales.visit"].with_user(self.officer)
        either = visits.search(["|", (BOX, "ilike", "5489"), (BOX, "ilike", "王小明")])
        self.assertEqual(len(either), 2)
        self.assertFalse(
            visits.search([(BOX, "ilike", "5489"), (BOX, "ilike", "王小明")])
        )
        self.assertEqual(
            visits.search([(BOX, "not ilike", "5489")]),
            either - self.own["aftersales.visit"],
        )

    def test_list_groups_and_counts_what_was_found(self):
        visits = self.env["aftersales.visit"].with_user(self.officer)
        groups = visits._read_group([(BOX, "ilike", "9400Z")], ["partner_id"])
        self.assertEqual(groups, [(self.customer,)])
        self.assertEqual(visits.search_count([(BOX, "ilike", "9400Z")]), 1)

    def test_whoever_is_not_of_the_department_cannot_look_up(self):
        for model in self.own:
            with self.subTest(model=model), self.assertRaises(AccessError):
                self._find(model, "5489", self.outsider)

    def test_empty_result_does_not_say_that_there_are_none_at_all(self):
        for name in LISTS:
            action = self.env.ref(f"aftersales_followup.{name}")
            with self.subTest(action=name):
                self.assertRegex(action.sudo().help, r">No [\w-]+ (found|here)<")


class TestChoose(LookupCase):
    """The same keys find what is chosen in a form."""

    def _choose(self, model, text, user=None):
        records = self.env[model].with_user(user or self.officer)
        found = records.with_context(aftersales_lookup=True).name_search(text)
        return records.browse([record_id for record_id, _name in found])

    def test_customer_car_and_records_are_chosen_by_any_key(self):
        for text in ("毛艳", "5489", "9400Z", "123987"):
            for model, record in self.own.items():
                with self.subTest(text=text, model=model):
                    self.assertEqual(self._choose(model, text), record)

    def test_letter_and_case_are_chosen_by_their_words(self):
        for model, text in (
            ("aftersales.letter", "Your car"),
            ("aftersales.case", "brakes squeak"),
        ):
            with self.subTest(model=model):
                self.assertIn(self.own[model], self._choose(model, text))

    def test_car_is_chosen_by_its_model(self):
        self.assertIn(self.car, self._choose("fleet.vehicle", "Regal"))

    def test_customer_is_chosen_by_an_e_mail_address(self):
        self.customer.email = "mao@example.com"
        self.assertEqual(self._choose("res.partner", "mao@example"), self.customer)

    def test_nothing_typed_offers_all(self):
        self.assertIn(self.customer, self._choose("res.partner", ""))

    def test_elsewhere_contacts_and_cars_are_searched_as_ever(self):
        partners = self.env["res.partner"].with_user(self.officer)
        self.assertFalse(partners.name_search("9400Z"))
        self.assertTrue(partners.name_search("艳"))


class TestIndexesServe(LookupCase):
    """Of thousands of customers, few rows are read."""

    COUNT = 3000
    # Columns that differ from one copy to the next.
    COPIED = {
        "res_partner": {
            "name": "'客户' || n || '先生'",
            "aftersales_phone_digits": "(13000000000 + n * 7919)::text",
        },
        "fleet_vehicle": {
            "aftersales_plate_key": "'湘B' || lpad(n::text, 5, '0')",
            "aftersales_vin_key": "'LSVAA49J13' || lpad(n::text, 7, '0')",
        },
        "aftersales_call": {
            "partner_id": "NULL",
            "followup_id": "NULL",
            "caller_name": "'来电' || n || '女士'",
            "phone": "(13000000000 + n * 7919)::text",
        },
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.flush_all()
        for record in (cls.customer, cls.car, cls.own["aftersales.call"]):
            cls._copy(record)
        # What PostgreSQL does by itself in time.
        cls.env.cr.execute("ANALYZE res_partner, fleet_vehicle, aftersales_call")
        for index in (
            "res_partner_aftersales_name_part",
            "fleet_vehicle_aftersales_plate_part",
            "aftersales_call_unknown_name",
        ):
            cls.env.cr.execute("SELECT gin_clean_pending_list(%s)", [index])

    @classmethod
    def _copy(cls, record):
        """Insert thousands of copies of a record that other keys point at."""
        values = {
            name: SQL.identifier(name)
            for name, field in record._fields.items()
            if field.store and field.column_type and name != "id"
        }
        copied = cls.COPIED[record._table].items()
        values |= {name: SQL(expression) for name, expression in copied}
        cls.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s"
                "  FROM %s, generate_series(1, %s::bigint) n WHERE %s = %s",
                SQL.identifier(record._table),
                SQL(", ").join(map(SQL.identifier, values)),
                SQL(", ").join(values.values()),
                SQL.identifier(record._table),
                cls.COUNT,
                SQL.identifier(record._table, "id"),
                record.id,
            )
        )

    def _explain(self, model, text):
        """Return PostgreSQL's plan, where it reads tables only if nothing else helps.

        It would, these are small beside those of a dealership.
        """
        query = self.env[model].with_user(self.officer)._search([(BOX, "ilike", text)])
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        return "\n".join(line for (line,) in rows)

    def test_each_key_is_found_by_its_index(self):
        name = "res_partner_aftersales_name_part"
        phone = "res_partner_aftersales_phone_end"
        for model, text, indexes in (
            ("res.partner", "毛艳辉", [name]),
            ("res.partner", "毛艳", [name]),
            ("res.partner", "00735489", [phone]),
            ("res.partner", "K9400Z", ["fleet_vehicle_aftersales_plate_part"]),
            ("res.partner", "E0FS123987", ["fleet_vehicle_aftersales_vin_end"]),
            ("aftersales.visit", "00735489", [phone]),
            (
                "aftersales.call",
                "13800735489",
                [name, phone, "aftersales_call_unknown_phone"],
            ),
            ("aftersales.call", "毛艳辉", [name, "aftersales_call_unknown_name"]),
        ):
            plan = self._explain(model, text)
            for index in indexes:
                with self.subTest(model=model, text=text, index=index):
                    self.assertIn(index, plan)

    def test_no_large_table_is_read_as_a_whole(self):
        for model in self.own:
            for text in ("毛艳辉", "13800735489", "湘K9400Z"):
                plan = self._explain(model, text)
                for table in self.COPIED:
                    with self.subTest(model=model, text=text, table=table):
                        self.assertNotIn(f"Seq Scan on {table}", plan)


@tagged("post_install", "-at_install")
class TestLookupTour(ToursCase):
    def test_text_and_enter_find_customers_visits_and_calls(self):
        self.visit.action_deliver()
        visit = self._new_worked_visit("Li Si", "湘K20000")
        visit.partner_id.phone = "139 0000 7777"
        for each in (self.visit, visit):
            self._new_call(each.followup_ids, date=each.date_delivery)
        for path in ("customers", "visits", "calls"):
            with self.subTest(path=path):
                self._tour(
                    "aftersales_look_up",
                    self.officer,
                    f"/odoo/aftersales-{path}?view_type=list",
                )
