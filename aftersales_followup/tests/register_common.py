import io
import subprocess
from datetime import timedelta

import openpyxl

from .common import TODAY, AftersalesData

WIZARD = "aftersales.register.print"
REPORT = "aftersales_followup.aftersales_register_print_report"


def read_pdf(pdf):
    """Return the texts of the pages of a PDF, as laid out."""
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    return text.split("\f")[:-1]


class RegisterData(AftersalesData):
    """Registered calls and letters."""

    @classmethod
    def _new_registered_calls(cls, *vals_list):
        vals_list = vals_list or [{}]
        defaults = {"partner_id": cls.customer.id}
        calls = cls.env["aftersales.call"]
        for vals in vals_list:
            calls |= cls._new_call(**{**defaults, **vals}).with_env(cls.env)
        calls.action_register()
        return calls

    @classmethod
    def _new_company(cls):
        return cls.env(user=1)["res.company"].create({"name": "Other Motors"})

    @classmethod
    def _new_wizard(cls, user=None, **vals):
        user = user or cls.supervisor
        period = {"date_from": TODAY - timedelta(days=60), "date_to": TODAY}
        return cls.env[WIZARD].with_user(user).create({**period, **vals})

    def _get_rows(self, wizard):
        """Return the rows of a register, each as a dict by column."""
        register = wizard._get_register()
        keys = [column.key for column in register._get_columns()]
        rows = register._iter_rows(wizard._get_entry_domain(), wizard.company_id)
        return [dict(zip(keys, row, strict=True)) for row in rows]

    def _read_workbook(self, wizard):
        file = io.BytesIO()
        wizard._write_workbook(file)
        return openpyxl.load_workbook(file)
