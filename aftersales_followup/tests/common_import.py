import base64
import csv
import io
import zipfile
from datetime import date, time

import xlsxwriter

from odoo.tools.misc import file_open

from ..dms.columns import COLUMNS
from .common import AftersalesCase

HEADERS = {column.name: column.headers.split()[0] for column in COLUMNS}
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


def table(rows, headers=None):
    headers = headers or HEADERS
    return [list(headers.values()), *([r.get(name) for name in headers] for r in rows)]


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


def with_part(content, name, change):
    """Return an Excel file with one of its parts changed by a function of its bytes."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.namelist():
            before = source.read(part)
            target.writestr(part, change(before) if name in part else before)
    return file.getvalue()


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
