from odoo.tests import tagged

from .common_import import ROW, ImportCase, row


@tagged("-at_install", "post_install")
class TestImportPeople(ImportCase):
    """Orders come to the right customers, cars and persons who bring them."""

    def test_one_customer_by_name_with_phone_or_car_over_the_whole_file(self):
        rows = [
            row("RO1", phone="13800000001", plate="湘K00001", vin="VIN0000001"),
            row("RO2", phone="+86-138 0000 0001", plate="湘K00002", vin="VIN0000002"),
            row("RO3", phone="13800000003", plate="湘k·00002", vin="vin0000002"),
            row("RO4", phone=None, plate="湘K00003", vin=None),
            row("RO5", phone="13800000003（手机）", plate="湘K00003", vin=None),
            row("RO6", phone="13800000006", plate="湘K00006", vin="VIN0000006"),
            row("RO7", customer="李四", plate="湘K00002", vin="VIN0000002"),
        ]
        for number, ordered in (("as it is", rows), ("upside down", rows[::-1])):
            with self.subTest(number), self.env.cr.savepoint() as savepoint:
                data_import = self._import(*ordered)
                self.assertFigures(data_import, customer_count=3, vehicle_count=4)
                one, other, li_si = (
                    self._get_visit(name).partner_id for name in ("RO1", "RO6", "RO7")
                )
                same = [self._get_visit(f"RO{n}").partner_id for n in range(1, 6)]
                self.assertEqual(set(same), {one})
                self.assertEqual(len(one | other | li_si), 3)
                savepoint.rollback()

    def test_a_plate_alone_means_the_car_that_carried_it_last(self):
        data_import = self._import(
            row("RO1", vin=None),
            row("RO2", vin="VIN0000001", date_arrival="2025-06-02"),
            row(
                "RO3",
                vin="VIN0000002",
                date_arrival="2025-08-01",
                date_delivery="2025-08-01",
            ),
        )
        self.assertFigures(data_import, vehicle_count=2)
        self.assertEqual(
            self._get_visit("RO1").vehicle_id, self._get_visit("RO3").vehicle_id
        )

    def test_customers_are_mr_or_ms_where_the_file_says_so_and_nobody_else(self):
        expected = {
            "先生": "mr",
            "男": "mr",
            "Mr.": "mr",
            "女士": "ms",
            " 女 ": "ms",
            "Mrs": "ms",
            "老师": False,
            "": False,
        }
        rows = [
            row(
                f"RO{n}",
                customer=f"客户{n}",
                phone=f"1380000000{n}",
                plate=f"湘K0000{n}",
                vin=None,
                salutation=word,
            )
            for n, word in enumerate(expected)
        ]
        firm = row("RO9", customer="娄底运输公司", plate="湘K00009", salutation="先生")
        data_import = self._import(*rows, firm)
        self.assertFigures(data_import, imported_count=9, rejected_count=0)
        told = [
            self._get_visit(f"RO{n}").partner_id.aftersales_salutation
            for n in range(len(expected))
        ]
        self.assertEqual(told, list(expected.values()))
        self.assertFalse(self._get_visit("RO9").partner_id.aftersales_salutation)

    def test_a_later_file_fills_in_the_salutation_and_never_changes_it(self):
        self._import(row("RO1", salutation=None))
        customer = self._get_visit("RO1").partner_id
        for number, word, salutation in (
            ("RO2", "女", "ms"),
            ("RO3", "先生", "ms"),
        ):
            self._import(row(number, salutation=word))
            self.assertEqual(self._get_visit(number).partner_id, customer)
            self.assertEqual(customer.aftersales_salutation, salutation)

    def test_known_customers_and_cars_are_found(self):
        by_phone = self._new_customer("张三", phone="+86 138-0013-8000")
        by_car = self._new_customer("李四", phone=False)
        car = self._new_vehicle(by_car, "湘K·66666")
        by_visit = self._new_customer("王五", phone="13900000000")
        came_with = self._new_vehicle(by_car, "湘K77777", vin_sn="vin0000007")
        self._new_visit(by_visit, came_with)
        archived = self._new_customer("赵六", phone="13900000009")
        archived.active = False
        data_import = self._import(
            row("RO1"),
            row("RO2", customer="李四", phone="1", plate="湘k66666", vin="VIN0000006"),
            row("RO3", customer="王五", phone="2", plate=" 湘K7777 ", vin="VIN0000007"),
            row("RO4", customer="赵六", phone="139 0000 0009", plate="湘K9", vin=None),
        )
        self.assertFigures(data_import, imported_count=4)
        for number, partner in (
            ("RO1", by_phone),
            ("RO2", by_car),
            ("RO3", by_visit),
            ("RO4", archived),
        ):
            self.assertEqual(self._get_visit(number).partner_id, partner)
        self.assertEqual(self._get_visit("RO2").vehicle_id, car)
        self.assertEqual(car.vin_sn, "VIN0000006", "Its VIN is known now")
        self.assertEqual(self._get_visit("RO3").vehicle_id, came_with)

    def test_customers_and_cars_of_other_companies_are_not_touched(self):
        other = self.env["res.company"].sudo().create({"name": "Other"})
        foreign = self._new_customer("张三")
        foreign.sudo().company_id = other
        car = self._new_vehicle(None, ROW["plate"])
        car.sudo().company_id = other
        self._import(row())
        visit = self._get_visit("RO1")
        self.assertNotEqual(visit.partner_id, foreign)
        self.assertNotEqual(visit.vehicle_id, car)
        self.assertEqual(visit.partner_id.company_id, self.company)
        self.assertEqual(visit.vehicle_id.company_id, self.company)

    def test_who_brings_the_car_is_a_contact_and_no_customer(self):
        known = self._new_customer("黄静", phone="13700000001")
        data_import = self._import(
            row("RO1", contact="黄静", contact_phone="137 0000 0001"),
            row("RO2", contact="刘师傅", contact_phone="13700000002"),
            row("RO3", contact="刘师傅", contact_phone="13700000002"),
            row("RO4", contact="张三", contact_phone="13700000003"),
            row("RO5", contact="李四", contact_phone="13700000005"),
            row("RO6", customer="李四", phone="13700000005", plate="湘K6", vin=None),
            row("RO7", contact="无名", contact_phone=None),
        )
        self.assertFigures(data_import, customer_count=2, imported_count=7)
        contact = {n: self._get_visit(f"RO{n}").contact_id for n in range(1, 8)}
        self.assertEqual(contact[1], known)
        self.assertEqual(contact[2], contact[3])
        self.assertEqual(contact[2].parent_id, self._get_visit("RO2").partner_id)
        self.assertEqual(contact[2].type, "contact")
        self.assertFalse(contact[4], "The customer himself")
        self.assertEqual(contact[5], self._get_visit("RO6").partner_id)
        self.assertEqual(contact[7].name, "无名")
        again = self._import(row("RO8", contact="无名"), row("RO9", contact="刘师傅"))
        self.assertFigures(again, imported_count=2)
        self.assertEqual(self._get_visit("RO8").contact_id, contact[7])
        self.assertEqual(self._get_visit("RO9").contact_id, contact[2])

    def test_last_order_decides_owner_plate_wish_whatever_the_sequence(self):
        def order(number, month, **vals):
            day = f"2025-{month:02}-02"
            return row(number, date_arrival=day, date_delivery=day, **vals)

        self._import(
            order("RO3", 9, customer="李四", phone="139", plate="湘K33333", wish="三"),
            order("RO1", 6, wish="一"),
            order("RO2", 8, customer="李四", phone="139", plate="湘K22222", wish=None),
        )
        car = self._get_visit("RO1").vehicle_id
        owner = self._get_visit("RO3").partner_id
        self.assertEqual(car, self._get_visit("RO3").vehicle_id)
        self.assertEqual(car.license_plate, "湘K33333")
        self.assertEqual(car.aftersales_owner_id, owner)
        self.assertEqual(owner.aftersales_wish, "三")
        self.assertEqual(self._get_visit("RO1").plate, "湘K12345", "As it was then")
        self._import(order("RO0", 5, plate="湘K00000", wish="零"))
        self.assertEqual(car.aftersales_owner_id, owner, "An older order")
        self.assertEqual(car.license_plate, "湘K33333")
        self._import(order("RO5", 11, plate="湘K55555", wish="五"))
        self.assertEqual(car.aftersales_owner_id, self._get_visit("RO1").partner_id)
        self.assertEqual(car.license_plate, "湘K55555")
        self.assertEqual(car.aftersales_owner_id.aftersales_wish, "五")

    def test_what_a_known_customer_lacks_is_filled_in(self):
        customer = self._new_customer("张三", phone=False, street=False)
        self._new_vehicle(customer, ROW["plate"])
        self._import(row())
        self.assertEqual(customer.phone, ROW["phone"])
        self.assertEqual(customer.street, ROW["address"])
