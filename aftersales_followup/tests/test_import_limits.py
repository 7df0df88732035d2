import base64
import io
import zipfile
from datetime import datetime
from unittest.mock import patch
from xml.etree import ElementTree

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..dms import limits
from .common_import import HEADERS, ImportCase, as_csv, as_xlsx, row, table, with_part

SHEET = "xl/worksheets/sheet1.xml"


@tagged("-at_install", "post_install")
class TestImportLimits(ImportCase):
    """A file that claims impossible things loses its bad orders, and nothing else."""

    def _check_rejected(self, content, reasons):
        """Import a file and check that all but some of its orders came in."""
        data_import = self._new_import(content)
        data_import.action_import()
        self.assertEqual(self._get_reasons(data_import), reasons)
        self.assertTrue(data_import.rejected_file)
        self.assertEqual(self._get_visits().mapped("name"), ["RO1", "RO9"])

    def test_dates_that_no_visit_can_have_reject_their_order(self):
        rows = [
            row("RO1"),
            row("RO2", date_arrival="0001-01-01"),
            row("RO3", date_delivery="9999-12-31 23:59"),
            row("RO4", date_arrival=datetime(9999, 12, 31)),
            row("RO5", date_arrival="2026-03-03", date_delivery=None),
            row("RO9"),
        ]
        self._check_rejected(
            as_xlsx(table(rows)),
            {
                "RO2": "arrival is no date: 0001-01-01",
                "RO3": "delivery is no date: 9999-12-31 23:59",
                "RO4": "arrival is no date: 9999-12-31 00:00",
                "RO5": "arrival lies in the future: 2026-03-03",
            },
        )

    def test_amounts_without_end_reject_their_order(self):
        rows = [
            row("RO1"),
            row("RO2", amount=111.0, cost=222.0, odometer=333.0),
            row("RO3", amount="1e999"),
            row("RO9"),
        ]
        content = as_xlsx(table(rows))
        for number in (b"111", b"222", b"333"):
            content = with_part(
                content,
                SHEET,
                lambda part, number=number: part.replace(
                    b"<v>%s</v>" % number, b"<v>1e999</v>"
                ),
            )
        self._check_rejected(
            content,
            {
                "RO2": "odometer is no positive number: 1e999; amount is no number: "
                "1e999; cost is no positive number: 1e999",
                "RO3": "amount is no number: 1e999",
            },
        )

    def test_texts_that_are_too_long_reject_their_order(self):
        number = "7" * 12_000
        rows = [
            row("RO1"),
            row(number),
            row("RO3", customer="x" * 20_000),
            row("RO4", plate="x" * 20_000, vin="y" * 20_000),
            row("RO5", wish="x" * 40_000),
            row("RO9"),
        ]
        self._check_rejected(
            as_csv(table(rows)),
            {
                number[:100]: "Order number is longer than 100 characters",
                "RO3": "Customer is longer than 100 characters",
                "RO4": "Plate is longer than 100 characters; VIN is longer than 100 "
                "characters",
                "RO5": "row 6 holds more text than can be read",
            },
        )

    def test_an_order_without_end_is_rejected(self):
        lines = [row("RO2", description=str(n)) for n in range(limits.MAX_ORDER_ROWS)]
        others = [row("RO1"), row("RO2", description="one more"), row("RO9")]
        self._check_rejected(
            as_csv(table([*lines, *others])),
            {"RO2": "it has more rows or more text than an order can have"},
        )

    def test_row_numbers_without_end_do_no_harm(self):
        content = with_part(
            as_xlsx(table([row("RO1"), row("RO9")])),
            SHEET,
            lambda part: part.replace(b'<row r="3"', b'<row r="99999999999"'),
        )
        self._new_import(content).action_import()
        self.assertEqual(self._get_visits().mapped("name"), ["RO1", "RO9"])

    def test_signs_that_no_database_holds_are_left_out(self):
        rows = [row(f"RO{n}") for n in range(3)]
        rows.append(row("RO9", wish="a\0b", customer="张\0三", description="\0"))
        self._import(content=as_csv(table(rows)))
        visit = self._get_visit("RO9")
        self.assertEqual(visit.wish, "ab")
        self.assertEqual(visit.partner_id.name, "张三")

    def test_a_file_that_holds_too_much_is_refused(self):
        for limit, value in (("MAX_ROWS", 2), ("MAX_CELLS", 50), ("MAX_UNPACKED", 999)):
            data_import = self._new_import(
                as_xlsx(table(row(str(n)) for n in range(3)))
            )
            with (
                patch.object(limits, limit, value),
                self.assertRaisesRegex(UserError, "Export a shorter period"),
            ):
                data_import.action_preview()
        self.assertFalse(
            self.env["aftersales.visit.import.order"].search(
                [("import_id", "=", data_import.id)]
            )
        )

    def test_a_file_that_is_too_large_is_not_even_stored(self):
        data_import = self._new_import(b"")
        with (
            patch.object(limits, "MAX_BYTES", 1 << 20),
            self.assertRaisesRegex(UserError, "larger than 1 MB"),
        ):
            data_import.data_file = base64.b64encode(bytes(2 << 20))

    def test_a_file_that_is_no_base64_is_refused(self):
        """As a client may send it that is no browser."""
        data_import = self._new_import(as_csv(table([row("RO1")])))
        for data in ("a", b"abcde", "工单号", 7, [1], {"a": 1}):
            with self.subTest(data=data):
                with self.assertRaisesRegex(UserError, "did not arrive whole"):
                    data_import.write({"data_file": data})
                with self.assertRaisesRegex(UserError, "did not arrive whole"):
                    data_import.create({"data_file": data})
        data_import.action_import()
        self.assertTrue(self._get_visit("RO1"))

    def test_a_header_of_any_length_can_be_matched(self):
        headers = {**HEADERS, "wish": "客" * 5000, "note": "\ufdfa" * 100}
        data_import = self._new_import(as_csv(table([row("RO1", note="x")], headers)))
        data_import.action_preview()
        by_name = data_import.header_ids.grouped("name")
        by_name["客" * 100].column = "wish"
        by_name["\ufdfa" * 100].column = "note"
        data_import.action_import()
        self.assertEqual(self._get_visit("RO1").wish, "取车要快")
        again = self._new_import(as_csv(table([row("RO2")], headers)))
        again.action_preview()
        self.assertEqual(again.state, "ready")
        self.assertIn("wish", again.header_ids.mapped("column"))

    def test_rejected_orders_are_a_sound_workbook_whatever_they_say(self):
        hostile = "<r><bogus></r>"
        headers = {**HEADERS, "color": "<r><t>colour</t></r>"}
        rows = [row("RO1", customer=hostile, amount="x", color=hostile)]
        data_import = self._new_import(as_csv(table(rows, headers)))
        data_import.action_import()
        content = base64.b64decode(data_import.rejected_file)
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for name in parts.namelist():
                ElementTree.fromstring(parts.read(name))
        first, second = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(
            values_only=True
        )
        written = dict(zip(first, second, strict=True))
        self.assertEqual(written[HEADERS["customer"]], hostile)
        self.assertEqual(written["<r><t>colour</t></r>"], hostile)
