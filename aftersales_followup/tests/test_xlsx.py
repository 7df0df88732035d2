import io
import zipfile
from datetime import datetime
from xml.etree import ElementTree

import openpyxl

from odoo.tests import BaseCase, tagged

from ..dms.workbook import Workbook
from ..xlsx import TextWorkbook

HOSTILE = [
    "<r><bogus></r>",
    "<r><t>rich</t></r>",
    "</t></is></c>",
    "&amp; & <",
    "_x0041_",
    '=HYPERLINK("http://x","offer")',
    "{=SUM(1)}",
    "http://example.com",
    "  blanks  ",
    "two\nlines",
    "a\x07bell",
    "0012",
    "张三",
]


@tagged("-at_install", "post_install")
class TestTextWorkbook(BaseCase):
    """Whatever the module hands out as Excel file can be opened, and is no formula."""

    def _write(self, rows):
        file = io.BytesIO()
        with TextWorkbook(file) as book:
            sheet = book.add_worksheet("Sheet")
            bold = book.add_format({"bold": True})
            for line, cells in enumerate(rows):
                for position, cell in enumerate(cells):
                    if line == 0:
                        sheet.write_string(line, position, cell, bold)
                    else:
                        sheet.write_cell(line, position, cell)
        return file

    def test_a_text_is_a_text_whoever_typed_it(self):
        """Also with a format, as column headers have it."""
        file = self._write([HOSTILE, HOSTILE])
        with zipfile.ZipFile(file) as parts:
            for name in parts.namelist():
                ElementTree.fromstring(parts.read(name))
        expected = [text.replace("\x07", "_x0007_") for text in HOSTILE]
        expected[HOSTILE.index("_x0041_")] = "_x005F_x0041_"
        for line in openpyxl.load_workbook(file).active:
            self.assertEqual([cell.value for cell in line], expected)
            self.assertEqual({cell.data_type for cell in line}, {"s"})
        [sheet] = Workbook(file).sheets
        self.assertEqual(list(sheet.rows()), [(1, HOSTILE), (2, HOSTILE)])

    def test_numbers_and_dates_stay_what_they_are(self):
        cells = [7, 1.5, datetime(2025, 6, 2, 9, 30), True, None, "x"]
        file = self._write([[], cells])
        [line] = list(openpyxl.load_workbook(file).active.iter_rows(min_row=2))
        self.assertEqual([cell.value for cell in line], cells)

    def test_there_may_be_many_columns(self):
        cells = [f"c{n}" for n in range(300)]
        [sheet] = Workbook(self._write([[], cells])).sheets
        self.assertEqual(list(sheet.rows()), [(2, cells)])
