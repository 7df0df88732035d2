"""The call register as a workbook and on paper."""

import io
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from measuring import Row, Side

FEW, MANY = 20_000, 200_000
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
    "is_corrected",
)


def ask_for_register(env, count):
    """Return the dialog that asks for the last calls, about so many."""
    calls = env["aftersales.call"].search(
        [("state", "=", "registered")], order="date desc", offset=count, limit=1
    ) or env["aftersales.call"].search([], order="date", limit=1)
    last = env["aftersales.call"].search([], order="date desc", limit=1)
    return env["aftersales.register.print"].create(
        {
            "register": "call",
            "date_from": calls.date.date() + timedelta(days=1),
            "date_to": last.date.date(),
        }
    )


def write_workbook(count):
    """The module's workbook."""

    def prepare(env):
        dialog = ask_for_register(env, count)
        return lambda: dialog._write_workbook(io.BytesIO())

    return prepare


def export_calls(count):
    """Odoo's own export of the same calls and columns, as its controller does it."""

    def prepare(env):
        from odoo.addons.web.controllers.export import ExcelExport

        dialog = ask_for_register(env, count)
        calls = env["aftersales.call"].search(dialog._get_entry_domain())
        labels = [{"type": "char"} for _name in EXPORTED]

        def export():
            rows = calls.export_data(list(EXPORTED))["datas"]
            with patch(
                "odoo.addons.web.controllers.export.request", SimpleNamespace(env=env)
            ):
                ExcelExport().from_data(labels, list(EXPORTED), rows)

        return export

    return prepare


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
        f"XLSX of a register of {FEW:,} calls",
        "Odoo's own export of the same rows",
        Side(write_workbook(FEW)),
        Side(export_calls(FEW), rounds=1),
        at_least=2,
        shows_memory=True,
    ),
    Row(
        f"XLSX of a register of {MANY:,} calls",
        "Odoo's own export of the same rows",
        Side(write_workbook(MANY), rounds=1, database="big"),
        Side(export_calls(MANY), rounds=1, database="big"),
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
