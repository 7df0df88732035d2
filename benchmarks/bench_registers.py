"""The call register as a workbook and on paper."""

import io
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from dealership import CALLS, CALLS_A_DAY, FIRST_DAY
from measuring import Row, Side

from odoo.addons.web.controllers.export import ExcelExport

PRINTED = 5_000
REPORT = "aftersales_followup.report_register"
EXPORTED = (
    "number",
    "date",
    "partner_id",
    "plate",
    "phone",
    "mode",
    "direction",
    "topic_ids",
    "content",
    "outcome_id",
    "satisfaction",
    "user_id",
    "designated_user_id",
    "followup_id/on_time",
    "is_corrected",
)


def ask_for_register(env, count):
    """Return the dialog that asks for the first calls of the year."""
    last_day = FIRST_DAY + timedelta(days=count // CALLS_A_DAY - 1)
    dialog = env["aftersales.register.print"].create(
        {"register": "call", "date_from": FIRST_DAY, "date_to": last_day}
    )
    assert abs(dialog.entry_count - count) <= 1, dialog.entry_count
    return dialog


def write_workbook(env):
    """The module's workbook."""
    dialog = ask_for_register(env, CALLS)
    return lambda: dialog._write_workbook(io.BytesIO())


def export_calls(env):
    """Odoo's own export of the same calls and columns, as its controller does it."""
    dialog = ask_for_register(env, CALLS)
    calls = env["aftersales.call"].search(dialog._get_entry_domain())
    labels = [{"type": "char"} for _name in EXPORTED]

    def export():
        rows = calls.export_data(list(EXPORTED))["datas"]
        with patch(
            "odoo.addons.web.controllers.export.request", SimpleNamespace(env=env)
        ):
            ExcelExport().from_data(labels, list(EXPORTED), rows)

    return export


def print_register(env):
    """The module's register, from the calls to the PDF."""
    dialog = ask_for_register(env, PRINTED)
    return lambda: env["ir.actions.report"]._render_qweb_pdf(REPORT, dialog.ids)


def convert_page(env):
    """wkhtmltopdf on the HTML of that register."""
    dialog = ask_for_register(env, PRINTED)
    reports = env["ir.actions.report"]
    html = reports._render_qweb_html(REPORT, dialog.ids)[0].decode()
    return lambda: reports._run_wkhtmltopdf([html], report_ref=REPORT)


ROWS = [
    Row(
        f"XLSX of a register of {CALLS:,} calls",
        "Odoo's own export of the same rows",
        Side(write_workbook),
        Side(export_calls),
        at_least=2,
        shows_memory=True,
    ),
    Row(
        f"PDF of a register of {PRINTED:,} calls",
        "wkhtmltopdf alone on the same HTML",
        Side(print_register),
        Side(convert_page),
        at_most=1.5,
    ),
]
