import re

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

# What XML has another meaning for, or none; Excel reads _x0041_ as the character A.
_SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def _escape(match):
    char = match[0]
    return _ENTITIES.get(char) or f"_x{ord(char):04X}_"


class RegisterSheet(Worksheet):
    """A sheet for many rows of plain text.

    xlsxwriter looks at each text for markup of its own: what begins with ``<r>`` goes
    into the file as XML, whoever typed it. Here a text is nothing but text, and a
    register is written in less time.
    """

    def __init__(self):
        super().__init__()
        self._column_names = [xl_col_to_name(index) for index in range(64)]

    def _write_cell(self, row, col, cell):
        if type(cell).__name__ != "String" or cell.format:
            super()._write_cell(row, col, cell)
            return
        text = cell.string
        if _SPECIAL.search(text):
            text = _SPECIAL.sub(_escape, text)
        self.fh.write(
            f'<c r="{self._column_names[col]}{row + 1}" t="inlineStr">'
            f'<is><t xml:space="preserve">{text}</t></is></c>'
        )
