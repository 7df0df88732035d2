import base64
import io
import subprocess
from datetime import datetime, timedelta

import openpyxl

from odoo.tests import tagged
from odoo.tools import file_open

from .common import AftersalesCase

SAMPLE = "aftersales_followup/tests/data/dms_export.xlsx"


@tagged("-at_install", "post_install")
class TestMainJob(AftersalesCase):
    """From the file of the old system to the registers on paper and in Excel."""

    def _import_sample(self):
        with file_open(SAMPLE, "rb") as file:
            content = base64.b64encode(file.read())
        data_import = self.env["aftersales.visit.import"].create(
            {"data_file": content, "filename": "export.xlsx"}
        )
        data_import.action_import()
        return data_import

    def _print_register(self, **vals):
        """Return the text of the PDF of a register and the rows of its workbook."""
        wizard = self.env["aftersales.register.print"].create(vals)
        action = wizard.action_print_pdf()
        pdf, _kind = (
            self.env["ir.actions.report"]
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf(action["report_name"], wizard.ids)
        )
        text = subprocess.run(
            ["pdftotext", "-layout", "-", "-"],
            input=pdf,
            capture_output=True,
            check=True,
        ).stdout.decode()
        file = io.BytesIO()
        wizard._write_workbook(file)
        sheet = openpyxl.load_workbook(file).active
        return text, list(sheet.iter_rows(values_only=True))

    def test_from_the_export_to_the_printed_registers(self):
        self.set_now(datetime(2026, 11, 2, 2, 0))
        self.assertEqual(self._import_sample().imported_count, 29)

        # A car that is known from the file comes in again and is handed over.
        earlier = self.env["aftersales.visit"].search(
            [("visit_type", "=", "workshop"), ("partner_id.phone", "!=", False)],
            limit=1,
        )
        customer, vehicle = earlier.partner_id, earlier.vehicle_id
        visit = self._new_delivered_visit(customer, vehicle, odometer=99000)
        officer = visit.officer_id
        followup = visit.followup_ids
        self.assertEqual(followup.rule_id, self.rule_first)
        self.assertEqual(self._get_reminders(followup).user_id, officer)

        # The officer calls in time, and writes because the customer asked for it.
        self.pass_days(4)
        call = self._new_call(
            followup, officer, content="刹车有轻微异响", satisfaction=9
        )
        call.action_register()
        letter = self._new_letter(
            customer, officer, subject="检查邀请", address="娄底市湘中大道1号"
        )
        letter.action_register()
        self.assertEqual(followup.result, "on_time")
        second = followup.search([("previous_id", "=", followup.id)])
        self.assertEqual(second.date_earliest - timedelta(days=11), visit_day(visit))

        text, rows = self._print_register(register="call")
        for said in (call.number, customer.name, vehicle.license_plate, "轻微异响"):
            self.assertIn(said, text)
        self.assertEqual(len(rows), 2, "the head and one call")
        self.assertIn(call.number, rows[1])
        self.assertIn(9, rows[1])
        self.assertTrue(any(isinstance(cell, datetime) for cell in rows[1]))

        text, rows = self._print_register(register="letter")
        for said in (letter.number, customer.name, "检查邀请"):
            self.assertIn(said, text)
        self.assertIn("娄底市湘中大道1号", rows[1])


def visit_day(visit):
    """Return the dealership's day of a visit's delivery."""
    return visit.company_id._aftersales_date(visit.date_delivery)
