"""Writes workbooks (XLSX) in which a text is a text, whoever typed it.

Whatever the module hands out as XLSX is written by these two classes. Plain Python.
"""

import re

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

# What XML has another meaning for, or none; Excel reads _x0041_ as the character A.
_SPECIAL = re.compile(
    "[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)"
)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def _escape(match):
    char = match[0]
    return _ENTITIES.get(char) or f"_x{ord(char):04X}_"


class _ColumnNames(dict):
    def __missing__(self, index):
        name = self[index] = xl_col_to_name(index)
        return name


class TextSheet(Worksheet):
    """A sheet for many rows of plain text.

    xlsxwriter looks at each text for markup of its own: what begins with ``<r>`` goes
    into the file as XML, and Excel calls the file damaged. Here a text is nothing but
    text, and is written in less time.
    """

    _column_names = _ColumnNames()

    def write_cell(self, row, col, value):
        """Write a text, number, date or datetime as what it is; ``None`` as nothing."""
        if isinstance(value, str):
            self.write_string(row, col, value)
        elif hasattr(value, "isoformat"):
            self.write_datetime(row, col, value)
        elif value is not None:
            self.write(row, col, value)

    def _write_cell(self, row, col, cell):
        if type(cell).__name__ != "String" or not self.constant_memory:
            super()._write_cell(row, col, cell)
            return
        text = cell.string
        if _SPECIAL.search(text):
            text = _SPECIAL.sub(_escape, text)
        style = f' s="{cell.format._get_xf_index()}"' if cell.format else ""
        self.fh.write(
            f'<c r="{self._column_names[col]}{row + 1}"{style} t="inlineStr">'
            f'<is><t xml:space="preserve">{text}</t></is></c>'
        )


class TextWorkbook(xlsxwriter.Workbook):
    """A workbook of ``TextSheet``; rows go to the disk as they are written.

    So memory does not grow with their number, and rows must be written from top to
    bottom. Nothing becomes a formula, a link or a number because of how it looks.
    """

    def __init__(self, file):
        options = {
            "constant_memory": True,
            "default_date_format": "yyyy-mm-dd hh:mm",
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        super().__init__(file, options)

    def add_worksheet(self, name=None, worksheet_class=TextSheet):
        return super().add_worksheet(name, worksheet_class)
