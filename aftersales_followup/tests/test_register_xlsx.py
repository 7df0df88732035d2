import io
from datetime import datetime, timedelta
from unittest.mock import patch

import openpyxl

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..reports import aftersales_register
from .common import NOW, AftersalesCase
from .register_common import WIZARD, RegisterData

# Texts that Excel or a browser would take for more than text.
TRICKS = [
    '=HYPERLINK("http://evil.example.com","x")',
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "http://evil.example.com",
    "<r></r></is></c><c r='ZZ1'><f>1+1</f></c><c><is><r></r>",
    "<script>alert(1)</script>",
    "123456",
]


@tagged("post_install", "-at_install")
class TestRegisterWorkbook(RegisterData, AftersalesCase):
    """The register as a workbook."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_customer("李四", phone="138 0013 8000")

    def test_a_workbook_has_typed_values_and_no_formula(self):
        self._new_registered_calls(*[{"content": text} for text in TRICKS])
        self._new_registered_calls({"satisfaction": 10})
        workbook = self._read_workbook(self._new_wizard())
        self.assertEqual(workbook.sheetnames, ["Call Register"])
        sheet = workbook.active
        heads = [cell.value for cell in sheet[1]]
        columns = self.env["aftersales.register.call"]._get_columns()
        self.assertEqual(heads, [column.label for column in columns])
        rows = list(sheet.iter_rows(min_row=2))
        self.assertEqual(len(rows), len(TRICKS) + 1)
        keys = [column.key for column in columns]
        for row, text in zip(rows, TRICKS, strict=False):
            cells = dict(zip(keys, row, strict=True))
            self.assertEqual(cells["content"].value, text)
            self.assertEqual(cells["date"].value, NOW + timedelta(hours=8))
            self.assertIsNone(cells["satisfaction"].value)
            for cell in row:
                self.assertNotEqual(cell.data_type, "f")
                self.assertIsNone(cell.hyperlink)
        self.assertEqual(rows[-1][keys.index("satisfaction")].value, 10)

    def test_characters_that_xml_does_not_know_leave_a_workbook_whole(self):
        self._new_registered_calls({"content": "a\x0b\ufffe & _x0041_ <b>"})
        sheet = self._read_workbook(self._new_wizard()).active
        self.assertIn(" & ", sheet["H2"].value)
        self.assertIn(" <b>", sheet["H2"].value)

    def test_a_workbook_is_ready_to_work_with(self):
        self._new_registered_calls({}, {})
        sheet = self._read_workbook(self._new_wizard()).active
        self.assertEqual(sheet.freeze_panes, "A2")
        self.assertEqual(sheet.auto_filter.ref, "A1:N3")
        self.assertGreater(sheet.column_dimensions["H"].width, 30)

    def test_a_workbook_without_entries_has_its_heads(self):
        sheet = self._read_workbook(self._new_wizard(register="letter")).active
        self.assertEqual((sheet.title, sheet.max_row), ("Letter Register", 1))

    def test_more_entries_than_excel_holds_are_refused(self):
        self._new_registered_calls({}, {})
        with (
            patch.object(aftersales_register, "SHEET_ROWS", 1),
            self.assertRaises(UserError),
        ):
            self._read_workbook(self._new_wizard())


@tagged("post_install", "-at_install")
class TestRegisterDownload(RegisterData, HttpCase):
    """The route of the workbooks, at the server's own date."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_customer("李四")
        cls.users = (
            cls.officer
            | cls.other_officer
            | cls.supervisor
            | cls.advisor
            | cls.outsider
        )
        for user in cls.users.sudo():
            user.password = user.login

    def _get(self, user, wizard):
        self.authenticate(user and user.login, user and user.login)
        return self.url_open(wizard.action_export_xlsx()["url"], allow_redirects=False)

    def test_the_workbook_comes_as_a_file(self):
        call = self._new_registered_calls()
        wizard = self.env[WIZARD].create(
            {"officer_ids": [Command.link(self.officer.id)]}
        )
        response = self._get(self.supervisor, wizard)
        self.assertEqual(response.status_code, 200)
        self.assertIn("Call%20Register", response.headers["Content-Disposition"])
        self.assertEqual(len(response.content), int(response.headers["Content-Length"]))
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        self.assertEqual(sheet["A2"].value, call.number)
        self.assertIsInstance(sheet["B2"].value, datetime)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_model")
    def test_only_who_asked_for_it_gets_the_workbook(self):
        wizard = self.env[WIZARD].with_user(self.officer).create({})
        for user, status in (
            (self.officer, 200),
            (self.other_officer, 404),
            (self.supervisor, 404),
            (self.advisor, 403),
            (self.outsider, 403),
            (None, 303),  # to log in
        ):
            with self.subTest(user=user and user.name):
                self.assertEqual(self._get(user, wizard).status_code, status)
