import base64
import io
from datetime import datetime
from unittest.mock import patch

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..dms.reader import open_table
from .common_import import HEADERS, ImportCase, as_csv, as_xlsx, row, table


@tagged("-at_install", "post_install")
class TestImportRejected(ImportCase):
    """What is wrong is named and handed back; the rest comes in."""

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
        data_import._read_headers()

        def read(content):
            found = open_table(io.BytesIO(content))
            runs = data_import._get_parser().read_runs(found.rows())
            return {run.number: (run.rows, run.errors) for run in runs}

        whole = read(content)
        for cut in range(content.index(b"RO01") + 1, len(content)):
            if b"\n" in content[cut - 2 : cut + 3]:
                continue  # between two rows nobody can tell that some are missing
            for number, (rows, errors) in read(content[:cut]).items():
                if not errors:
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
        for content in (b"", as_xlsx(table([row()]))[:300], as_csv([HEADERS.values()])):
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
            {"RO2": "row 3 has more cells than the row of headers"},
        )

    def test_rejected_orders_come_back_as_they_were_and_can_be_corrected(self):
        headers = {**HEADERS, "color": "颜色"}
        rows = [
            row("RO1", amount="x", wish="=1+1", color="红", odometer=12000),
            row("RO1", amount=70, date_arrival=datetime(2025, 6, 2)),
            row("RO2"),
        ]
        content = as_xlsx(table(rows, headers))
        data_import = self._new_import(content, "导出.xlsx")
        data_import.action_import()
        self.assertFigures(data_import, imported_count=1, rejected_count=1)
        self.assertEqual(data_import.rejected_filename, "导出 – rejected.xlsx")
        book = openpyxl.load_workbook(
            io.BytesIO(base64.b64decode(data_import.rejected_file))
        )
        written = [[cell.value for cell in line] for line in book.active]
        self.assertEqual(written[0], [*headers.values(), "Reason for rejection"])
        first, second = written[1:]
        self.assertEqual(first[-1], "amount is no number: x")
        names = list(headers)
        for name in ("number", "amount", "wish", "color", "odometer"):
            self.assertEqual(first[names.index(name)], rows[0][name])
        self.assertEqual(second[names.index("date_arrival")], datetime(2025, 6, 2))
        wish = book.active.cell(2, names.index("wish") + 1)
        self.assertEqual(wish.data_type, "s", "A text and no formula")
        first[names.index("amount")] = "1"
        corrected = self._import(content=as_xlsx(written))
        self.assertFigures(corrected, order_count=1, imported_count=1, line_count=2)
        self.assertNotIn("Reason for rejection", corrected.header_ids.mapped("name"))
        self.assertFalse(corrected.rejected_file)

    @mute_logger(
        "odoo.addons.aftersales_followup.wizards.aftersales_visit_import_create"
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
