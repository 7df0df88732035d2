import base64
import csv
import io
import zipfile
from datetime import date, datetime, time
from unittest.mock import patch

import openpyxl
import xlsxwriter

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, Form, HttpCase, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_open

from ..dms import values
from ..dms.columns import COLUMNS, find_column, head_key
from ..dms.reader import DmsFileError, open_table
from .common import AftersalesCase, AftersalesData

HEADS = {column.name: column.heads.split()[0] for column in COLUMNS}
ROW = {
    "number": "RO1",
    "visit_type": "维修",
    "date_arrival": "2025-06-02 09:00",
    "date_delivery": "2025-06-02 17:00",
    "customer": "张三",
    "phone": "13800138000",
    "address": "娄底市乐坪大道1号",
    "plate": "湘K12345",
    "vin": "LSVAA4187C2000001",
    "brand": "别克",
    "model": "君威",
    "category": "轿车",
    "odometer": "12000",
    "service": "常规保养",
    "description": "更换机油机滤",
    "trade": "保养",
    "payer": "客户",
    "amount": "100",
    "cost": "40",
    "wish": "取车要快",
}
IMPORT = "odoo.addons.aftersales_followup.wizards.aftersales_visit_import"


def row(number="RO1", **vals):
    return {**ROW, "number": number, **vals}


def table(rows, heads=None):
    heads = heads or HEADS
    return [list(heads.values()), *([r.get(name) for name in heads] for r in rows)]


def as_csv(cells, encoding="utf-8", delimiter=","):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(cells)
    return text.getvalue().encode(encoding)


def as_xlsx(*sheets):
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd"})
    clock = book.add_format({"num_format": "hh:mm"})
    for cells in sheets:
        sheet = book.add_worksheet()
        for line, line_cells in enumerate(cells):
            for position, cell in enumerate(line_cells):
                if isinstance(cell, str):
                    sheet.write_string(line, position, cell)
                elif isinstance(cell, time):
                    sheet.write_datetime(line, position, cell, clock)
                elif isinstance(cell, date):
                    sheet.write_datetime(line, position, cell)
                else:
                    sheet.write(line, position, cell)
    book.close()
    return file.getvalue()


def data(name):
    with file_open(f"aftersales_followup/tests/data/{name}", "rb") as file:
        return file.read()


@tagged("-at_install", "post_install")
class TestDmsValues(BaseCase):
    """What the cells of real exports mean."""

    def test_dates_come_in_many_forms(self):
        day, morning = datetime(2025, 6, 2), datetime(2025, 6, 2, 6, 57)
        for cell, expected in (
            ("2025-06-02 06:57", (morning, True)),
            ("2025/6/2 6:57", (morning, True)),
            ("2025.6.2 6:57:00", (morning, True)),
            ("2025年06月02日", (day, False)),
            ("2025年6月2日 6时57分", (morning, True)),
            ("２０２５－０６－０２", (day, False)),
            ("2025-06-02T06:57:00", (morning, True)),
            ("20250602", (day, False)),
            ("20250602 065700", (morning, True)),
            ("2025/6/2 上午6:57", (morning, True)),
            ("2025/6/2 下午6:57", (datetime(2025, 6, 2, 18, 57), True)),
            ("2025-06-02 12:10 AM", (datetime(2025, 6, 2, 0, 10), True)),
            ("2025-06-02 00:00", (day, False)),
            ("45810", (day, False)),
            (45810.289583333, (morning, True)),
            (day, (day, False)),
            (morning, (morning, True)),
            (day.date(), (day, False)),
            ("", None),
            (None, None),
        ):
            with self.subTest(cell=cell):
                self.assertEqual(values.moment(cell), expected)
        for cell in ("昨天", "2026-13-45", "00:00", "06/02/2025", 12, True, "2025"):
            with self.subTest(cell=cell), self.assertRaises(ValueError):
                values.moment(cell)

    def test_amounts_and_odometers_come_with_signs_and_units(self):
        for read, cell, expected in (
            (values.amount, "¥1,204.50", 1204.5),
            (values.amount, "￥1,204.50", 1204.5),
            (values.amount, "１２０", 120),
            (values.amount, "1204.5元", 1204.5),
            (values.amount, "-30", -30),
            (values.amount, 99.9, 99.9),
            (values.amount, " ", None),
            (values.odometer, 48280, 48280),
            (values.odometer, "48280km", 48280),
            (values.odometer, "48,280 公里", 48280),
            (values.odometer, "4.83万公里", 48300),
            (values.odometer, None, None),
        ):
            with self.subTest(cell=cell):
                self.assertEqual(read(cell), expected)
        for read, cell in (
            (values.amount, "--"),
            (values.amount, "面议"),
            (values.amount, "1,20"),
            (values.amount, True),
            (values.amount, "9" * 20),
            (values.cost, "-1"),
            (values.odometer, "不详"),
            (values.odometer, "-5"),
            (values.odometer, 0),
        ):
            with self.subTest(cell=cell), self.assertRaises(ValueError):
                read(cell)

    def test_remarks_and_blanks_do_not_count(self):
        for read, cell, expected in (
            (values.phone, "17380734040（手机）", "17380734040"),
            (values.phone, "家: 0738-1234567", "0738-1234567"),
            (values.phone, "13800138000/13900139000", "13800138000"),
            (values.phone, 13800138000.0, "13800138000"),
            (values.phone, "无", ""),
            (values.plate, " 湘k DGKD9 ", "湘KDGKD9"),
            (values.plate, "粤A·32DCK", "粤A32DCK"),
            (values.name_key, "张 三", "张三"),
            (values.name_key, "ＡＢＣ Ltd", "abcltd"),
        ):
            with self.subTest(cell=cell):
                self.assertEqual(read(cell), expected)

    def test_firms_are_told_from_people(self):
        self.assertTrue(values.is_company("广州华通物流有限公司"))
        self.assertTrue(values.is_company("Yusen Co. Ltd"))
        self.assertFalse(values.is_company("张三"))


@tagged("-at_install", "post_install")
class TestDmsReader(BaseCase):
    """Which files can be read, and what is said about those that cannot."""

    def _read(self, content):
        found = open_table(io.BytesIO(content))
        return found, list(found.rows())

    def test_heads_are_known_however_they_are_written(self):
        for head, column in (
            ("车架号(VIN)", "vin"),
            ("车架号（ＶＩＮ）", "vin"),
            (" 工 单 号 ", "number"),
            ("金额（元）", "amount"),
            ("行驶里程[km]", "odometer"),
            ("License Plate", "plate"),
            ("ORDER_NO", "number"),
            ("车牌", "plate"),
            ("客戶名稱", "customer"),
            ("单价", None),
            (None, None),
        ):
            with self.subTest(head=head):
                self.assertEqual(find_column(head), column)
        self.assertEqual(find_column("单价", {head_key("单价"): "amount"}), "amount")
        self.assertIsNone(find_column("金额", {head_key("金额"): False}))

    def test_encodings_and_delimiters_are_guessed(self):
        cells = table([row(), row("RO2")])
        for encoding, delimiter in (
            ("utf-8", ","),
            ("utf-8-sig", ";"),
            ("gb18030", ","),
            ("gb18030", "\t"),
            ("utf-16", "\t"),
        ):
            with self.subTest(encoding=encoding, delimiter=delimiter):
                _found, rows = self._read(as_csv(cells, encoding, delimiter))
                self.assertEqual([r.cells[0] for r in rows], ["RO1", "RO2"])
                self.assertEqual(rows[0].cells[4], "张三")

    def test_a_cell_may_have_several_lines(self):
        _found, rows = self._read(as_csv(table([row(wish="一\n二, 三"), row("RO2")])))
        self.assertEqual([r.cells[0] for r in rows], ["RO1", "RO2"])
        self.assertIn("一\n二, 三", rows[0].cells)

    def test_a_time_or_duration_alone_is_a_text(self):
        cells = table([row(date_arrival=time(9, 30))])
        _found, [read] = self._read(as_xlsx(cells))
        self.assertIn("09:30:00", read.cells)

    def test_a_title_above_the_heads_is_passed_over(self):
        cells = [["维修工单明细"], [], *table([row()])]
        for content in (as_csv(cells), as_xlsx(cells)):
            found, rows = self._read(content)
            self.assertEqual(found.head.row, 3)
            self.assertEqual(len(rows), 1)

    def test_an_empty_sheet_beside_the_orders_is_harmless(self):
        _found, rows = self._read(as_xlsx([], table([row()]), [["说明"]]))
        self.assertEqual(len(rows), 1)

    def test_files_that_cannot_be_read_say_why(self):
        whole = as_xlsx(table([row()]))
        whole_csv = as_csv(table(row(f"RO{n}") for n in range(1, 5)))
        for content, message in (
            (b"", "empty"),
            (b"\xd0\xcf\x11\xe0" + bytes(600), "old kind"),
            (b"<html><table>", "web page"),
            (b"%PDF-1.4", "PDF"),
            (b"\x00\x01\x02", "neither an Excel file"),
            (b"PK\x03\x04" + bytes(100), "damaged"),
            (whole[: len(whole) // 2], "damaged"),
            (as_xlsx([["a", "b"]]), "No line of column heads"),
            (as_csv(table([row()])[1:]), "No line of column heads"),
            (as_csv(table([row()])) + b"\xff\xff\xff\n", "cannot be read"),
            (as_xlsx(table([row()]), table([row()])), "Several sheets"),
            (whole_csv.replace(b"RO2", b'"RO2'), "quotation mark in row 3"),
        ):
            with (
                self.subTest(message=message),
                self.assertRaisesRegex(DmsFileError, message),
            ):
                self._read(content)

    def test_a_damaged_sheet_is_found_out_while_reading(self):
        content = as_xlsx(table([row(str(n)) for n in range(99)]))
        broken = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(content)) as source,
            zipfile.ZipFile(broken, "w") as target,
        ):
            for name in source.namelist():
                part = source.read(name)
                target.writestr(name, part[:-900] if "sheet1" in name else part)
        with self.assertRaisesRegex(DmsFileError, "damaged"):
            self._read(broken.getvalue())


class ImportCase(AftersalesCase):
    def _new_import(self, content, filename="orders.csv", **vals):
        return self.env["aftersales.visit.import"].create(
            {
                "data_file": base64.b64encode(content),
                "filename": filename,
                "tz": "Asia/Shanghai",
                **vals,
            }
        )

    def _import(self, *rows, content=None):
        data_import = self._new_import(content or as_csv(table(rows)))
        data_import.action_import()
        return data_import

    def _get_visits(self):
        return self.env["aftersales.visit"].search(
            [("company_id", "=", self.company.id)], order="name"
        )

    def _get_visit(self, number):
        visit = self._get_visits().filtered(lambda visit: visit.name == number)
        self.assertEqual(len(visit), 1, number)
        return visit

    def _get_reasons(self, data_import):
        return {
            order.number: order.reason
            for order in self.env["aftersales.visit.import.order"].search(
                [("import_id", "=", data_import.id), ("state", "=", "rejected")]
            )
        }

    def assertFigures(self, data_import, **figures):
        self.assertEqual({name: data_import[name] for name in figures}, figures)


@tagged("-at_install", "post_install")
class TestImport(ImportCase):
    """The export of a dealership comes in whole, once, and to the right people."""

    # the sample

    SAMPLE = {
        "order_count": 42,
        "rejected_count": 13,
        "line_count": 63,
        "amount_total": 26367.04,
        "customer_count": 26,
        "vehicle_count": 27,
    }

    def test_sample_comes_in_with_exact_numbers_and_twice_adds_nothing(self):
        # The sample's last order was delivered in September 2026.
        self.set_now(datetime(2026, 11, 2, 2, 0))
        first = self._new_import(data("dms_export.xlsx"), "export.xlsx")
        first.action_preview()
        self.assertFigures(first, **self.SAMPLE, ready_count=29, imported_count=0)
        self.assertFalse(self._get_visits(), "A preview imports nothing")
        first.action_import()
        self.assertFigures(first, **self.SAMPLE, ready_count=0, imported_count=29)
        visits = self._get_visits()
        self.assertEqual(len(visits), 29)
        self.assertEqual(len(visits.line_ids), 63)
        self.assertAlmostEqual(sum(visits.mapped("amount_total")), 26367.04)
        self.assertEqual(len(visits.partner_id), 26)
        self.assertEqual(len(visits.vehicle_id), 27)
        self.assertFalse(visits.followup_ids, "Old visits plan no calls")
        partners = self.env["res.partner"].search_count([])
        again = self._import(content=data("dms_export.csv"))
        self.assertFigures(
            again,
            **self.SAMPLE,
            ready_count=0,
            imported_count=0,
            skipped_count=29,
        )
        self.assertEqual(self._get_visits(), visits)
        self.assertEqual(self.env["res.partner"].search_count([]), partners)

    def test_each_defect_of_the_sample_is_named(self):
        data_import = self._new_import(data("dms_export.xlsx"))
        data_import.action_preview()
        reasons = self._get_reasons(data_import)
        for number, reason in {
            "RO250600065": "no customer",
            "RO250700108": "no plate",
            "RO251200554": "arrival is no date: 2026-13-45",
            "RO260100622": "arrival is no date: 昨天",
            "RO260601098": "arrival is no date: 00:00",
            "RO250600072": "delivered before arrival",
            "RO250800257": "amount is no number: --",
            "RO260300825": "amount is no number: 面议",
            "RO250600035": "odometer is no positive number: -5",
            "RO251000376": "odometer is no positive number: 不详",
        }.items():
            self.assertEqual(reasons[number], reason)
        self.assertEqual(data_import.rejected_count, len(reasons))

    def test_variety_of_the_sample_comes_in_right(self):
        self._import(content=data("dms_export.xlsx"))
        for number, field, value in (
            ("RO250600000", "odometer", 48280),
            ("RO250600001", "plate", "湘KDGKD9"),
            ("RO250600001", "wish", "<b>周末</b>回访"),
            ("RO250600002", "phone", "+86-17327651148"),
            ("RO250600002", "contact_id.name", "黄静"),
            ("RO250600002", "date_arrival", datetime(2025, 6, 1, 17, 57)),
            ("RO250600002", "date_delivery", datetime(2025, 6, 1, 22, 57)),
            ("RO250600005", "wish", '=HYPERLINK("http://x","优惠")'),
            ("RO250600005", "plate", "粤A32DCK"),
            ("RO250600004", "partner_id.is_company", True),
            ("RO250600064", "state", "closed"),
            ("RO250800196", "rework_of_id.name", "RO250800189"),
            ("RO251100505", "rework_reference", "RO250600065"),
            ("RO250600000", "advisor_name", "陈志强"),
        ):
            with self.subTest(number=number, field=field):
                found = self._get_visit(number).mapped(field)
                self.assertEqual(found[0], value)

    def test_cut_and_whole_export_agree_whatever_the_format(self):
        """The CSV (GB18030) and the XLSX of one export hold the same."""
        figures = []
        for name in ("dms_export.xlsx", "dms_export.csv"):
            data_import = self._new_import(data(name))
            data_import.action_preview()
            figures.append({field: data_import[field] for field in self.SAMPLE})
        self.assertEqual(*figures)

    # who it is

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

    # what it is

    def test_rows_of_one_order_may_stand_apart_and_be_repeated(self):
        rows = [
            row("RO1"),
            row("RO1"),
            {},
            row("RO2"),
            row("RO1", description="四轮定位"),
            {"service": "精品", "description": "记录仪", "amount": "5"},
            row("RO2"),
        ]
        data_import = self._import(*rows)
        self.assertFigures(data_import, order_count=2, imported_count=2, line_count=5)
        self.assertEqual(
            self._get_visit("RO1").line_ids.mapped("name"),
            ["更换机油机滤", "四轮定位", "记录仪"],
        )
        self.assertEqual(len(self._get_visit("RO2").line_ids), 2)

    def test_one_number_for_two_customers_or_cars_is_rejected(self):
        data_import = self._import(
            row("RO1"),
            row("RO1", customer="李四"),
            row("RO2", vin=None),
            row("RO2", vin=None, plate="湘K99999"),
            row("RO3"),
            row("RO3", vin="VIN0000009"),
            row("RO4", plate="湘k·12345"),
            row("RO4", plate=None, customer=" 张 三"),
        )
        reasons = self._get_reasons(data_import)
        self.assertEqual(
            reasons,
            {
                "RO1": "its rows name different customers",
                "RO2": "its rows name different plates",
                "RO3": "its rows name different VINs",
            },
        )

    def test_defects_are_named_all_at_once(self):
        data_import = self._import(
            row("RO1", customer=None, plate=None, amount="x", odometer="-1"),
            row("RO2", date_arrival=None),
            row("RO7", customer="x" * 99, payer="y" * 99),
            row("RO3", date_delivery="明天", cost="-3"),
            row("RO4", payer="某人", claim_state="?"),
            row(None),
            row("RO5", date_arrival="2025-06-02 17:00", date_delivery="2025-06-02"),
            row("RO6", date_arrival="2025-06-02", date_delivery="2025-06-02 08:00"),
        )
        self.assertEqual(
            self._get_reasons(data_import),
            {
                "RO1": "odometer is no positive number: -1; no customer; no plate; "
                "amount is no number: x",
                "RO2": "no date of arrival",
                "RO3": "delivery is no date: 明天; cost is no positive number: -3",
                "RO4": "unknown payer: 某人; unknown state of the warranty claim: ?",
                "RO7": "unknown payer: " + "y" * 60,
                False: "no order number",
            },
        )
        self.assertFigures(data_import, imported_count=2)

    def test_kinds_of_work_payers_and_claims_in_chinese_and_english(self):
        self._import(
            row("RO1", trade="钣金", payer="索赔", claim_state="已通过"),
            row("RO1", trade="Paint", payer="Insurance", claim_state="Rejected"),
            row("RO1", trade="?", payer=None, claim_state=None),
            row("RO1", trade=None, payer="内部", claim_state="已提交", service=None),
        )
        lines = self._get_visit("RO1").line_ids
        self.assertEqual(
            lines.mapped("trade"), ["sheet_metal", "paint", "maintenance", "other"]
        )
        self.assertEqual(
            lines.mapped("payer"), ["warranty", "insurance", "customer", "internal"]
        )
        self.assertEqual(
            lines.mapped("claim_state"), ["approved", "rejected", "none", "submitted"]
        )

    def test_brands_models_categories_and_services_are_not_doubled(self):
        self.env["res.lang"].sudo()._activate_lang("zh_CN")
        service = self.env["fleet.service.type"].create(
            {"name": "Maintenance", "category": "service"}
        )
        service.with_context(lang="zh_CN").name = "常规保养"
        self.brand.name = "别克"
        self._import(
            row("RO1"),
            row("RO2", plate="湘K2", vin=None, service="精品", brand=None, model=None),
            row("RO3", plate="湘K3", vin=None, model="Regal", category="SUV"),
        )
        self.assertEqual(self._get_visit("RO1").line_ids.service_type_id, service)
        car = self._get_visit("RO1").vehicle_id
        self.assertEqual(car.model_id.brand_id, self.brand)
        self.assertEqual(car.category_id.name, "轿车")
        self.assertEqual(self._get_visit("RO2").vehicle_id.brand_id.name, "Unknown")
        self.assertEqual(self._get_visit("RO3").vehicle_id.model_id, self.model)

    def test_advisor_is_the_user_of_that_name_or_a_name(self):
        self._new_user("twin_a", "advisor", name="周敏")
        self._new_user("twin_b", "advisor", name="周敏")
        self._import(
            row("RO1", advisor=self.advisor.name),
            row("RO2", advisor="周敏"),
            row("RO3", advisor="李娜"),
        )
        self.assertEqual(self._get_visit("RO1").advisor_id, self.advisor)
        for number, name in (("RO2", "周敏"), ("RO3", "李娜")):
            self.assertFalse(self._get_visit(number).advisor_id)
            self.assertEqual(self._get_visit(number).advisor_name, name)

    def test_rework_finds_its_order_in_whichever_sequence_they_come(self):
        self._import(row("RO1", rework_of="RO2"), row("RO3", rework_of="RO9"))
        self.assertEqual(self._get_visit("RO1").rework_reference, "RO2")
        self._import(row("RO2"), row("RO4", rework_of="RO1"))
        self.assertEqual(self._get_visit("RO1").rework_of_id, self._get_visit("RO2"))
        self.assertEqual(self._get_visit("RO4").rework_of_id, self._get_visit("RO1"))
        self.assertFalse(self._get_visit("RO1").rework_reference)
        self.assertEqual(self._get_visit("RO3").rework_reference, "RO9")

    # when it was

    def test_only_visits_within_the_first_window_plan_calls(self):
        self._import(
            row(
                "RO1", date_arrival="2026-02-27 09:00", date_delivery="2026-02-28 09:00"
            ),
            row(
                "RO2", date_arrival="2026-02-10 09:00", date_delivery="2026-02-11 09:00"
            ),
        )
        recent, old = self._get_visit("RO1"), self._get_visit("RO2")
        self.assertEqual(recent.followup_ids.rule_id, self.rule_first)
        self.assertFalse(recent.is_history)
        self.assertTrue(old.is_history)
        self.assertFalse(old.followup_ids)

    def test_a_visit_is_over_when_its_end_is_written_and_has_come(self):
        data_import = self._import(
            row("RO1", date_arrival="2026-03-01", date_delivery=None),
            row("RO2", date_arrival="2026-03-01", date_delivery="2026-03-09"),
            row("RO3", date_arrival="2025-03-01", date_delivery=None),
            row(
                "RO4",
                visit_type="咨询",
                plate=None,
                vin=None,
                date_arrival="2025-03-01",
                date_delivery=None,
            ),
        )
        self.assertEqual(self._get_visit("RO1").state, "open")
        self.assertEqual(self._get_visit("RO2").state, "open")
        self.assertFalse(self._get_visit("RO2").date_delivery)
        self.assertEqual(
            self._get_reasons(data_import),
            {"RO3": "came more than 60 days ago and has no date of delivery"},
        )
        consultation = self._get_visit("RO4")
        self.assertEqual(consultation.state, "closed")
        self.assertEqual(consultation.date_delivery, consultation.date_arrival)
        self.assertFalse(consultation.vehicle_id)

    def test_dates_are_local_to_the_file(self):
        data_import = self._new_import(as_csv(table([row()])), tz="Europe/Paris")
        data_import.action_import()
        self.assertEqual(
            self._get_visit("RO1").date_arrival, datetime(2025, 6, 2, 7, 0)
        )

    # broken files, rejected orders

    def test_a_file_cut_anywhere_leaves_whole_orders_only(self):
        content = as_csv(
            table(
                [
                    row("RO01", wish="一", note="x"),
                    row("RO02", wish="二", note="x"),
                    row("RO02", description="四轮定位", wish="二", note="x"),
                ]
            ),
            "gb18030",
        )
        data_import = self._new_import(content)
        data_import._read_heads()

        def read(content):
            found = open_table(io.BytesIO(content))
            runs = data_import._get_runs(found, data_import._get_parser())
            return {run.number: (run.rows, run.flaws) for run in runs}

        whole = read(content)
        for cut in range(content.index(b"RO01") + 1, len(content)):
            if b"\n" in content[cut - 2 : cut + 3]:
                continue  # between two rows nobody can tell that some are missing
            for number, (rows, flaws) in read(content[:cut]).items():
                if not flaws:
                    self.assertEqual(rows, whole[number][0], f"cut at {cut}")

    def test_an_order_that_the_end_of_the_file_cuts_is_rejected(self):
        content = as_csv(table([row("RO1"), row("RO2"), row("RO2", cost="7")]))
        for cut in (-10, -40, -80):
            data_import = self._new_import(content[:cut])
            data_import.action_preview()
            self.assertFigures(data_import, order_count=2, rejected_count=1)
            self.assertIn(
                "the file ends in the middle", self._get_reasons(data_import)["RO2"]
            )

    def test_a_broken_file_imports_nothing(self):
        for content in (b"", as_xlsx(table([row()]))[:300], as_csv([HEADS.values()])):
            data_import = self._new_import(content)
            with self.assertRaises(UserError):
                data_import.action_preview()
            with self.assertRaises(UserError):
                data_import.action_import()
        self.assertFalse(self._get_visits())

    def test_a_row_with_too_many_cells_is_rejected(self):
        cells = table([row("RO1"), row("RO2")])
        cells[2].append("x")
        data_import = self._new_import(as_csv(cells))
        data_import.action_import()
        self.assertEqual(
            self._get_reasons(data_import),
            {"RO2": "row 3 has more cells than the line of heads"},
        )

    def test_rejected_orders_come_back_as_they_were_and_can_be_corrected(self):
        heads = {**HEADS, "color": "颜色"}
        rows = [
            row("RO1", amount="x", wish="=1+1", color="红", odometer=12000),
            row("RO1", amount=70, date_arrival=datetime(2025, 6, 2)),
            row("RO2"),
        ]
        content = as_xlsx(table(rows, heads))
        data_import = self._new_import(content, "导出.xlsx")
        data_import.action_import()
        self.assertFigures(data_import, imported_count=1, rejected_count=1)
        self.assertEqual(data_import.rejected_filename, "导出 – rejected.xlsx")
        book = openpyxl.load_workbook(
            io.BytesIO(base64.b64decode(data_import.rejected_file))
        )
        written = [[cell.value for cell in line] for line in book.active]
        self.assertEqual(written[0], [*heads.values(), "Reason for rejection"])
        first, second = written[1:]
        self.assertEqual(first[-1], "amount is no number: x")
        names = list(heads)
        for name in ("number", "amount", "wish", "color", "odometer"):
            self.assertEqual(first[names.index(name)], rows[0][name])
        self.assertEqual(second[names.index("date_arrival")], datetime(2025, 6, 2))
        wish = book.active.cell(2, names.index("wish") + 1)
        self.assertEqual(wish.data_type, "s", "A text and no formula")
        first[names.index("amount")] = "1"
        corrected = self._import(content=as_xlsx(written))
        self.assertFigures(corrected, order_count=1, imported_count=1, line_count=2)
        self.assertNotIn("Reason for rejection", corrected.head_ids.mapped("name"))
        self.assertFalse(corrected.rejected_file)

    @mute_logger(
        "odoo.addons.aftersales_followup.wizards.aftersales_visit_import_order"
    )
    def test_an_order_that_cannot_be_saved_does_not_stop_the_rest(self):
        Visit = self.env.registry["aftersales.visit"]
        create = Visit.create

        def fail(visits, vals_list):
            for vals in vals_list:
                if vals["name"] == "RO3":
                    raise UserError(vals["wish"])
                if vals["name"] == "RO5":
                    raise RuntimeError("broken")
            return create(visits, vals_list)

        with patch.object(Visit, "create", fail):
            data_import = self._import(*(row(f"RO{n}") for n in range(1, 8)))
        self.assertEqual(
            self._get_reasons(data_import),
            {"RO3": "取车要快", "RO5": "cannot be saved: broken"},
        )
        self.assertFigures(data_import, imported_count=5, rejected_count=2)
        self.assertEqual(len(self._get_visits()), 5)
        self.assertTrue(data_import.rejected_file)

    # columns

    def test_a_head_matched_by_hand_is_remembered(self):
        heads = {**HEADS, "customer": "Klient", "amount": "Kwota"}
        content = as_csv(table([row()], heads))
        data_import = self._new_import(content)
        data_import.action_preview()
        self.assertEqual(data_import.state, "match")
        with self.assertRaisesRegex(UserError, "no column for: Customer"):
            data_import.action_import()
        by_name = data_import.head_ids.grouped("name")
        by_name["Klient"].column = "customer"
        by_name["Kwota"].column = "amount"
        data_import.action_preview()
        self.assertEqual(data_import.state, "ready")
        data_import.action_import()
        self.assertEqual(self._get_visit("RO1").amount_total, 100)
        following = self._import(content=as_csv(table([row("RO2")], heads)))
        self.assertFigures(following, imported_count=1)

    def test_a_known_head_can_be_matched_otherwise_or_left_out(self):
        data_import = self._new_import(as_csv(table([row()])))
        data_import.action_preview()
        by_column = data_import.head_ids.grouped("column")
        by_column["wish"].column = False
        data_import.head_ids.grouped("column")["address"].column = "note"
        data_import.head_ids.filtered(lambda head: head.name == "备注").column = False
        data_import.action_import()
        visit = self._get_visit("RO1")
        self.assertFalse(visit.wish)
        self.assertEqual(visit.note, ROW["address"])
        again = self._new_import(as_csv(table([row()])))
        again.action_preview()
        self.assertEqual(
            again.head_ids.filtered(lambda head: head.name == "地址").column, "note"
        )
        self.assertIn("Customer's wish", again.missing_columns)

    def test_two_columns_cannot_mean_the_same(self):
        data_import = self._new_import(as_csv(table([row()])))
        data_import.action_preview()
        data_import.head_ids.filtered(
            lambda head: head.column == "note"
        ).column = "wish"
        with self.assertRaisesRegex(UserError, "Only one"):
            data_import.action_preview()

    def test_a_missing_column_is_named(self):
        heads = {name: head for name, head in HEADS.items() if name != "plate"}
        data_import = self._new_import(as_csv(table([row()], heads)))
        with self.assertRaisesRegex(UserError, "no column for: Plate"):
            data_import.action_preview()

    # the wizard

    def test_another_file_makes_the_wizard_forget_the_first(self):
        form = Form(self.env["aftersales.visit.import"])
        form.data_file = base64.b64encode(as_csv(table([row("RO1"), row("RO2")])))
        data_import = form.save()
        data_import.action_preview()
        self.assertFigures(data_import, order_count=2, state="ready")
        with Form(data_import) as form:
            form.data_file = base64.b64encode(
                as_csv(table([row("RO3", customer=None)]))
            )
        self.assertFigures(data_import, order_count=0, state="draft")
        data_import.action_preview()
        self.assertEqual(data_import.rejected_order_ids.mapped("number"), ["RO3"])
        data_import.tz = "UTC"
        self.assertFigures(data_import, order_count=0, state="draft")

    def test_without_a_file_it_asks_for_one(self):
        data_import = self.env["aftersales.visit.import"].create({})
        self.assertEqual(data_import.tz, "Asia/Shanghai")
        with self.assertRaisesRegex(UserError, "Choose the file"):
            data_import.action_preview()

    def test_batches_can_be_stopped_and_continued(self):
        self.startPatcher(patch(f"{IMPORT}.BATCH", 2))
        self.startPatcher(patch(f"{IMPORT}.STAGED", 2))
        data_import = self._new_import(as_csv(table(row(f"RO{n}") for n in range(5))))
        data_import.action_preview()
        self.assertEqual(data_import.import_batch(), {"done": 2, "total": 5})
        self.assertEqual(len(self._get_visits()), 2)
        self.assertEqual(data_import.state, "ready")
        self.assertEqual(data_import.import_batch(), {"done": 4, "total": 5})
        self.assertEqual(data_import.import_batch(), {"done": 5, "total": 5})
        self.assertEqual(data_import.state, "done")
        self.assertEqual(data_import.import_batch(), {"done": 5, "total": 5})

    def test_the_file_is_not_indexed_for_search(self):
        """The index of a long file would take many times its memory."""
        data_import = self._new_import(as_csv(table([row()])))
        data_import.data_file = base64.b64encode(as_csv(table([row("RO2")])))
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", data_import._name),
                    ("res_field", "=", "data_file"),
                    ("res_id", "=", data_import.id),
                ]
            )
        )
        self.assertTrue(attachment)
        self.assertFalse(attachment.index_content)

    def test_file_in_the_database_is_read_as_well(self):
        self.env["ir.config_parameter"].sudo().set_param("ir_attachment.location", "db")
        self.assertFigures(self._import(row()), imported_count=1)

    def test_two_imports_of_a_company_do_not_run_at_once(self):
        data_import = self._new_import(as_csv(table([row()])))
        data_import.action_preview()
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT pg_advisory_xact_lock(hashtext(%s), %s)",
                ["aftersales.visit.import", self.company.id],
            )
            with self.assertRaisesRegex(UserError, "Somebody else is importing"):
                data_import.import_batch()

    def test_without_an_officer_nothing_is_imported(self):
        data_import = self._new_import(as_csv(table([row()])))
        Users = self.env.registry["res.users"]
        self.startPatcher(
            patch.object(Users, "_aftersales_officers", lambda users, company: users)
        )
        with self.assertRaisesRegex(UserError, "no follow-up officer"):
            data_import.action_import()

    def test_only_supervisors_import(self):
        data_import = self._new_import(as_csv(table([row()])))
        data_import.action_preview()
        for user in (self.officer, self.advisor, self.outsider):
            mine = data_import.with_user(user)
            for method in (mine.action_preview, mine.action_import, mine.import_batch):
                with self.assertRaises(AccessError):
                    method()
            with self.assertRaises(AccessError):
                self.env["aftersales.import.head"].with_user(user).search([])
        self.assertFalse(self._get_visits())

    def test_queries_do_not_grow_with_the_orders_of_a_batch(self):
        self._import(row("RO0", contact="李四", contact_phone="13700000001"))

        def count(prefix, orders):
            data_import = self._new_import(
                as_csv(
                    table(
                        row(
                            f"{prefix}{n}",
                            contact="李四",
                            contact_phone="13700000001",
                            rework_of="RO0",
                        )
                        for n in range(orders)
                    )
                )
            )
            data_import.action_preview()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            data_import.import_batch()
            return self.env.cr.sql_log_count - before

        count("A", 2)
        few, many = count("B", 5), count("C", 50)
        self.assertLessEqual(many, few + 2)


@tagged("-at_install", "post_install")
class TestImportTemplates(ImportCase):
    """Odoo's own import takes the templates as they are."""

    TEMPLATES = (
        ("res.partner", {"aftersales_archive": True}),
        ("fleet.vehicle", {}),
        ("aftersales.visit", {}),
    )
    OPTIONS = {
        "has_headers": True,
        "quoting": '"',
        "sheet": "",
        "name_create_enabled_fields": {"model_id": True},
    }

    def test_words_of_the_chinese_template_are_those_of_the_screens(self):
        """Where the labels are Chinese, an import takes these Chinese words."""
        self.env["res.lang"].sudo()._activate_lang("zh_CN")
        module = (
            self.env["ir.module.module"]
            .sudo()
            .search([("name", "=", "aftersales_followup")])
        )
        module._update_translations(["zh_CN"])
        with file_open(
            "aftersales_followup/static/templates/visits_zh.xlsx", "rb"
        ) as file:
            heads, *lines = openpyxl.load_workbook(file).active.iter_rows(
                values_only=True
            )
        for model, field, head in (
            ("aftersales.visit", "visit_type", "类型"),
            ("aftersales.visit.line", "trade", "工种"),
            ("aftersales.visit.line", "payer", "付款方"),
            ("aftersales.visit.line", "claim_state", "索赔状态"),
        ):
            chinese, english = (
                {
                    label
                    for _key, label in self.env[model]
                    .with_context(lang=lang)
                    .fields_get([field])[field]["selection"]
                }
                for lang in ("zh_CN", "en_US")
            )
            words = {line[heads.index(head)] for line in lines} - {None}
            if chinese != english:
                self.assertLessEqual(words, chinese)

    def _import_template(self, model, lang, **context):
        records = self.env[model].with_context(lang=lang, **context)
        [template] = records.get_import_templates()
        with file_open(template["template"].lstrip("/"), "rb") as file:
            content = file.read()
        xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        wizard = (
            self.env["base_import.import"]
            .with_context(lang=lang)
            .create({"res_model": model, "file": content, "file_type": xlsx})
        )
        preview = wizard.parse_preview(dict(self.OPTIONS))
        self.assertNotIn("error", preview)
        matches = preview["matches"]
        self.assertEqual(len(matches), len(preview["headers"]), preview["headers"])
        fields = ["/".join(matches[n]) for n in range(len(preview["headers"]))]
        options = {**preview["options"], **self.OPTIONS}
        result = wizard.execute_import(fields, preview["headers"], options)
        self.assertEqual(result["messages"], [])
        return self.env[model].browse(result["ids"])

    def test_templates_come_in_as_they_are(self):
        customers, cars, visits = (
            self._import_template(model, "en_US", **context)
            for model, context in self.TEMPLATES
        )
        self.assertEqual(customers.mapped("name")[0], "Zhang San")
        self.assertEqual(cars.aftersales_owner_id, customers)
        self.assertEqual(cars[0].model_id.display_name, "Buick/Regal")
        self.assertEqual(cars[0].model_id, self.model, "Known models are found")
        self.assertEqual(visits.mapped("name"), ["RO0001", "RO0002"])
        self.assertEqual(visits.mapped("state"), ["delivered", "closed"])
        self.assertEqual(visits[0].date_arrival, datetime(2025, 6, 2, 1, 0))
        self.assertEqual(visits[0].line_ids.mapped("amount"), [380.87, 573.38])
        self.assertTrue(all(visits.mapped("is_history")))
        self.assertFalse(visits.followup_ids, "Old visits plan no calls")

    def test_chinese_templates_are_understood(self):
        self.env["res.lang"].sudo()._activate_lang("zh_CN")
        for model, context in self.TEMPLATES[:2]:
            self.assertTrue(self._import_template(model, "zh_CN", **context))
        customer = self.env["res.partner"].search([("name", "=", "湘中物流有限公司")])
        car = customer.aftersales_vehicle_ids
        self.assertEqual(car.model_id.display_name, "别克/GL8")

    def test_any_chinese_gets_the_chinese_heads(self):
        self.env["res.lang"].sudo()._activate_lang("zh_TW")
        for model, context in self.TEMPLATES:
            records = self.env[model].with_context(lang="zh_TW", **context)
            [template] = records.get_import_templates()
            self.assertTrue(template["template"].endswith("_zh.xlsx"))
        for model, context in self.TEMPLATES[:2]:
            self.assertTrue(self._import_template(model, "zh_TW", **context))

    def test_contacts_keep_their_own_template(self):
        [template] = self.env["res.partner"].get_import_templates()
        self.assertTrue(template["template"].startswith("/base/"))


@tagged("-at_install", "post_install")
class TestImportTour(AftersalesData, HttpCase):
    def test_supervisor_imports_a_file_in_the_browser(self):
        self.supervisor.sudo().password = self.supervisor.login
        with patch(f"{IMPORT}.BATCH", 1):
            self.start_tour(
                "/odoo", "aftersales_import_dms", login=self.supervisor.login
            )
        visits = self.env["aftersales.visit"].search(
            [("company_id", "=", self.company.id)], order="name"
        )
        self.assertEqual(visits.mapped("name"), ["RO1", "RO2"])
