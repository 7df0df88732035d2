import io
import time as clock
import tracemalloc
import zipfile
from datetime import datetime, time
from unittest.mock import patch

import openpyxl

from odoo.tests import BaseCase, tagged

from ..dms import limits
from ..dms.columns import find_column, header_key
from ..dms.limits import DmsFileError
from ..dms.reader import open_table
from ..dms.workbook import Workbook
from .common_import import as_csv, as_xlsx, data, row, table, with_part

SHEET = "xl/worksheets/sheet1.xml"
TEXTS = "xl/sharedStrings.xml"


@tagged("-at_install", "post_install")
class TestDmsReader(BaseCase):
    """Which files can be read, and what is said about those that cannot."""

    def _read(self, content):
        found = open_table(io.BytesIO(content))
        return found, list(found.rows())

    def test_headers_are_known_however_they_are_written(self):
        for header, column in (
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
            with self.subTest(header=header):
                self.assertEqual(find_column(header), column)
        self.assertEqual(find_column("单价", {header_key("单价"): "amount"}), "amount")
        self.assertIsNone(find_column("金额", {header_key("金额"): False}))

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

    def test_a_title_above_the_headers_is_passed_over(self):
        cells = [["维修工单明细"], [], *table([row()])]
        for content in (as_csv(cells), as_xlsx(cells)):
            found, rows = self._read(content)
            self.assertEqual(found.header.row, 3)
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
            (as_xlsx([["a", "b"]]), "No row of column headers"),
            (as_csv(table([row()])[1:]), "No row of column headers"),
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


@tagged("-at_install", "post_install")
class TestDmsWorkbook(BaseCase):
    """Excel files are read as Excel means them."""

    def _read(self, content):
        [sheet] = Workbook(io.BytesIO(content)).sheets
        return [cells for _number, cells in sheet.rows()]

    def _read_cells(self, *cells):
        """Return what the cells, written as XML, are read as."""
        content = with_part(
            as_xlsx([["x"]]),
            SHEET,
            lambda part: part.replace(
                b'<c r="A1" t="s"><v>0</v></c>', "".join(cells).encode()
            ),
        )
        [row] = self._read(content)
        return row

    def test_the_sample_is_read_as_by_others(self):
        content = data("dms_export.xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        width = sheet.max_column
        ours = [
            [*cells, *[None] * (width - len(cells))] for cells in self._read(content)
        ]
        self.assertEqual(ours, [list(row) for row in sheet.iter_rows(values_only=True)])

    def test_cells_of_every_kind(self):
        self.assertEqual(
            self._read_cells(
                '<c r="A1" t="s"><v>0</v></c>',
                '<c r="B1" t="str"><f>A1</f><v>formula</v></c>',
                '<c r="C1" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r>'
                "<rPh><t>hint</t></rPh></is></c>",
                '<c r="E1" t="b"><v>1</v></c>',
                '<c r="F1"><v>12</v></c>',
                '<c r="G1"><v>1.5</v></c>',
                '<c r="H1"><v>1E3</v></c>',
                '<c r="I1" t="e"><v>#N/A</v></c>',
                '<c r="J1" t="d"><v>2025-06-02T09:30:00</v></c>',
                '<c r="K1" t="str"><v>a_x000D_b_x005F_x0041_c_x0000__xD800_</v></c>',
                '<c r="L1"><f>1/0</f></c>',
                "<c><v>7</v></c>",
            ),
            [
                "x",
                "formula",
                "inline",
                None,
                True,
                12,
                1.5,
                1000.0,
                "#N/A",
                datetime(2025, 6, 2, 9, 30),
                "a\rb_x0041_c",
                None,
                7,
            ],
        )

    def test_numbers_that_are_none_stay_texts(self):
        for number in ("1e999", "-1e999", "nan", "abc", "9" * 5000):
            with self.subTest(number=number[:20]):
                self.assertEqual(self._read_cells(f"<c><v>{number}</v></c>"), [number])

    def test_dates_are_those_of_the_workbook(self):
        """Its days may begin in 1904; some formats of dates East Asian Excel knows."""
        content = as_xlsx([[datetime(2025, 6, 2), datetime(2025, 6, 2, 9, 30)]])
        self.assertEqual(
            self._read(content), [[datetime(2025, 6, 2), datetime(2025, 6, 2, 9, 30)]]
        )
        later = with_part(
            content,
            "xl/workbook.xml",
            lambda part: part.replace(b"<workbookPr", b'<workbookPr date1904="1"'),
        )
        self.assertEqual(self._read(later)[0][0], datetime(2029, 6, 3))
        chinese = with_part(
            content,
            "xl/styles.xml",
            lambda part: part.replace(b'numFmtId="164"', b'numFmtId="31"'),
        )
        self.assertEqual(self._read(chinese)[0][0], datetime(2025, 6, 2))
        far = with_part(
            content, SHEET, lambda part: part.replace(b"<v>45810</v>", b"<v>1e15</v>")
        )
        self.assertEqual(self._read(far)[0][0], 1e15)

    def test_names_of_tags_may_have_a_prefix(self):
        def add_prefix(part):
            for tag in (b"worksheet", b"sheetData", b"row", b"c", b"v"):
                for before, after in ((b"<", b"<x:"), (b"</", b"</x:")):
                    for end in (b" ", b">"):
                        part = part.replace(before + tag + end, after + tag + end)
            return part.replace(b" xmlns=", b" xmlns:x=")

        content = with_part(as_xlsx([["a", 5]]), SHEET, add_prefix)
        self.assertEqual(self._read(content), [["a", 5]])


@tagged("-at_install", "post_install")
class TestDmsLimits(BaseCase):
    """A file can claim anything: its bad row is rejected, or the file is refused."""

    TOO_LONG = "row 3 holds more text than can be read"

    def setUp(self):
        super().setUp()
        begun = clock.process_time()
        self.addCleanup(lambda: self.assertLess(clock.process_time() - begun, 10))

    def _read(self, content):
        return list(open_table(io.BytesIO(content)).rows())

    def _get_errors(self, content):
        """Return {order number: what is wrong with its row}."""
        return {
            row.cells[0]: str(row.error) if row.error else None
            for row in self._read(content)
        }

    def assertRefused(self, content, message="more than can be read at once"):
        with self.assertRaisesRegex(DmsFileError, message):
            self._read(content)

    def test_a_cell_that_is_too_long_rejects_its_row_alone(self):
        for length, error in ((32_767, None), (32_768, self.TOO_LONG)):
            for content in (
                as_csv(table([row("RO1"), row("RO2", wish="x" * length), row("RO3")])),
                with_part(
                    as_xlsx(table([row("RO1"), row("RO2", wish="LONG"), row("RO3")])),
                    TEXTS,
                    lambda part, length=length: part.replace(b"LONG", b"x" * length),
                ),
            ):
                self.assertEqual(
                    self._get_errors(content), {"RO1": None, "RO2": error, "RO3": None}
                )

    def test_a_row_that_is_too_long_is_rejected_alone(self):
        names = ("wish", "address", "model", "brand", "description")
        rows = [
            row("RO1"),
            row("RO2", **dict.fromkeys(names, "x" * 30_000)),
            row("RO3"),
        ]
        for content in (as_csv(table(rows)), as_xlsx(table(rows))):
            self.assertEqual(
                self._get_errors(content),
                {"RO1": None, "RO2": self.TOO_LONG, "RO3": None},
            )

    def test_a_huge_cell_takes_no_memory(self):
        huge = b"x" * 30_000_000
        cells = table([row("RO1"), row("RO2", wish="LONG"), row("RO3")])
        for content in (
            with_part(as_xlsx(cells), TEXTS, lambda part: part.replace(b"LONG", huge)),
            as_csv(cells).replace(b"LONG", huge),
        ):
            tracemalloc.start()
            errors = self._get_errors(content)
            _now, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            self.assertEqual(errors, {"RO1": None, "RO2": self.TOO_LONG, "RO3": None})
            self.assertLess(peak, 15_000_000)

    def test_a_tag_without_an_end_is_refused(self):
        content = with_part(
            as_xlsx(table([row()])),
            SHEET,
            lambda part: part.replace(b"<sheetData>", b"<x y='" + b" " * 3_000_000),
        )
        self.assertRefused(content, "damaged")

    def test_row_numbers_need_not_be_true(self):
        content = as_xlsx(table([row("RO1"), row("RO2"), row("RO3")]))
        for number, numbers in (
            (b"99999999999", [2, 3, 4]),
            (b"1048576", [2, 1048576, 1048577]),
            (b"1", [2, 3, 4]),
            (b"x", [2, 3, 4]),
        ):
            claimed = with_part(
                content,
                SHEET,
                lambda part, number=number: part.replace(
                    b'<row r="3"', b'<row r="%s"' % number
                ),
            )
            rows = self._read(claimed)
            self.assertEqual([found.number for found in rows], numbers)
            self.assertEqual([found.cells[0] for found in rows], ["RO1", "RO2", "RO3"])

    def test_cells_far_to_the_right_are_not_read(self):
        for column in (b"ZZZ", b"ZZZZZZ"):
            content = with_part(
                as_xlsx(table([row("RO1"), row("RO2", note="far")])),
                SHEET,
                lambda part, column=column: part.replace(
                    b'r="Z3"', b'r="%s3"' % column
                ),
            )
            self.assertEqual(self._get_errors(content), {"RO1": None, "RO2": None})

    def test_rows_cells_and_columns_have_limits(self):
        rows = [row(f"RO{n}") for n in range(4)]
        many = {**{f"x{n}": f"x{n}" for n in range(500)}, "number": "工单号"}
        for limit, value in (
            ("MAX_ROWS", 3),
            ("MAX_CELLS", 60),
            ("MAX_TEXT", 100),
            ("MAX_DIRECTORY", 100),
            ("MAX_UNPACKED", 1000),
            ("MAX_TEXTS", 100),
            ("MAX_PART", 100),
        ):
            content = as_xlsx(table(rows))
            self._read(content)
            with patch.object(limits, limit, value):
                self.assertRefused(content)
        self.assertRefused(as_csv(table([row()], {**many, "customer": "客户"})))

    def test_entities_are_refused(self):
        def define(part):
            return part.replace(
                b"<worksheet",
                b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet',
            )

        self.assertRefused(with_part(as_xlsx(table([row()])), SHEET, define), "damaged")

    def test_a_quotation_mark_never_closed_is_found_in_a_long_file(self):
        content = as_csv(table(row(f"RO{n}") for n in range(3000)))
        for number, line in ((b"RO1,", 3), (b"RO2900,", 2902)):
            self.assertRefused(
                content.replace(number, b'"' + number),
                f"quotation mark in row {line} is never closed",
            )

    def test_signs_that_no_database_holds_are_left_out(self):
        content = as_csv(table([*[row(f"R{n}") for n in range(9)], row(wish="a\0b")]))
        *_others, last = self._read(content)
        self.assertIn("ab", last.cells)

    def test_headers_of_any_length_are_looked_at_in_no_time(self):
        heading = "(" * 32_000
        content = as_xlsx([[heading] * 40, *table([row()])])
        self.assertEqual(self._get_errors(content), {"RO1": None})
