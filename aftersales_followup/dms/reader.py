"""Streams the rows of a DMS export, XLSX or CSV, whatever its encoding."""

import codecs
import csv
import io
import zipfile
from collections import namedtuple
from datetime import time, timedelta
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from odoo.tools.translate import LazyTranslate

from .columns import REASON_KEYS, find_column, head_key

_lt = LazyTranslate(__name__)

HEAD_WITHIN = 30  # rows; some systems write a title above the heads
CHUNK = 1 << 20  # bytes
BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
SIGNATURES = {
    b"\xd0\xcf\x11\xe0": _lt(
        "This is an Excel file of the old kind (.xls), or one with a password. "
        "Open it in Excel and save it as .xlsx or .csv, without a password."
    ),
    b"%PDF": _lt("This is a PDF. Export the orders as .xlsx or .csv."),
    b"<": _lt(
        "This is a web page, even if its name ends in .xls. Open it in Excel and save "
        "it as .xlsx or .csv."
    ),
}
XLSX_ERRORS = (
    zipfile.BadZipFile,
    InvalidFileException,
    ParseError,
    EOFError,
    KeyError,
    OSError,
    SyntaxError,
    ValueError,
)

Head = namedtuple("Head", "row cells")
Row = namedtuple("Row", "number cells flaw")
CUT = _lt("the file ends in the middle of it")


class DmsFileError(Exception):
    """A file that cannot be read; ``message`` says what is wrong and what to do."""

    def __init__(self, message):
        super().__init__(str(message))
        self.message = message


def open_table(file, remembered=()):
    """Return the table in a seekable binary file.

    :param remembered: dict head key -> column, heads matched by hand before
    :raise DmsFileError: if there is none that can be read
    """
    start = file.read(512)
    if not start.strip():
        raise DmsFileError(_lt("The file is empty. Export the orders again."))
    if start.startswith(b"PK\x03\x04"):
        return XlsxTable(file, remembered)
    for signature, message in SIGNATURES.items():
        if start.lstrip().startswith(signature):
            raise DmsFileError(message)
    return CsvTable(file, remembered)


def find_head(rows, remembered):
    """Return the line of heads among the first of ``rows``, or ``None``.

    It is the row with the most known heads, at least two.

    :param rows: iterable of (row number, cells)
    """
    best, best_known = None, 1
    for number, cells in rows:
        known = len({find_column(cell, remembered) for cell in cells} - {None})
        if known > best_known:
            best, best_known = Head(number, _trim(cells)), known
    return best


def no_head_error():
    return DmsFileError(
        _lt(
            "No line of column heads was found at the top of the file. It must name "
            "the columns, e.g. 工单号, 进厂时间, 客户名称, 车牌号. If they are there, "
            "the file is damaged or its characters cannot be read: save it as .xlsx "
            "and try again."
        )
    )


def is_blank(cells):
    return not any(cell is not None and str(cell).strip() for cell in cells)


def _plain(cell):
    """Return a spreadsheet's cell as a text, number or date; a mere time as text."""
    if isinstance(cell, str):
        return cell.replace("\0", "")
    return str(cell) if isinstance(cell, (time, timedelta)) else cell


def _trim(cells):
    """Return cells without the empty ones at the end."""
    cells = list(cells)
    while cells and (cells[-1] is None or not str(cells[-1]).strip()):
        cells.pop()
    return cells


class Table:
    """The rows below a line of heads."""

    head = None

    def rows(self):
        """Yield each ``Row`` that is not blank; ``cells`` as wide as the heads.

        :raise DmsFileError: if the file turns out to be broken
        """
        raise NotImplementedError

    @property
    def kept(self):
        """Positions of the columns the user knows: not the reason of an earlier try."""
        return [
            position
            for position, head in enumerate(self.head.cells)
            if head_key(head) not in REASON_KEYS
        ]

    def _fit(self, cells):
        width = len(self.head.cells)
        return [*cells[:width], *[None] * (width - len(cells))]


class XlsxTable(Table):
    def __init__(self, file, remembered):
        with self._readable():
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            sheets = []
            for sheet in book.worksheets:
                sheet.reset_dimensions()
                head = find_head(self._numbered(sheet, HEAD_WITHIN), remembered)
                if head:
                    sheets.append((sheet, head))
        if not sheets:
            raise no_head_error()
        if len(sheets) > 1:
            raise DmsFileError(
                _lt(
                    "Several sheets hold orders (%(sheets)s). Save each as a file of "
                    "its own.",
                    sheets=", ".join(sheet.title for sheet, _head in sheets),
                )
            )
        self._sheet, self.head = sheets[0]

    def rows(self):
        with self._readable():
            for number, cells in self._numbered(self._sheet):
                if number > self.head.row and not is_blank(cells):
                    yield Row(number, self._fit(cells), None)

    @staticmethod
    def _numbered(sheet, stop=None):
        for number, cells in enumerate(
            sheet.iter_rows(max_row=stop, values_only=True), start=1
        ):
            yield number, [_plain(cell) for cell in cells]

    @staticmethod
    def _readable():
        return _Translated(
            XLSX_ERRORS,
            _lt(
                "The Excel file is damaged or was not copied completely. Export it "
                "again, or open it in Excel and save it as .xlsx."
            ),
        )


class CsvTable(Table):
    def __init__(self, file, remembered):
        self._file = file
        self.encoding = self._guess_encoding()
        lines = self._first_lines()
        heads = {}
        for delimiter in ",;\t":
            rows = enumerate(csv.reader(lines, delimiter=delimiter), start=1)
            head = find_head(rows, remembered)
            if head:
                heads[delimiter] = head
        if not heads:
            raise no_head_error()
        self._delimiter = max(heads, key=lambda key: len(heads[key].cells))
        self.head = heads[self._delimiter]

    def rows(self):
        """Yield the rows; one that the end of the file cuts off has the flaw ``CUT``.

        Such a row has fewer cells than the heads, where all others have as many.
        """
        last, ragged, line = None, False, 0
        source = self._reader()
        for number, cells in enumerate(source, start=1):
            if source.line_num > line + 1:
                self._check_quotes(number, cells)
            line = source.line_num
            if number <= self.head.row or is_blank(cells):
                continue
            if last:
                ragged |= self._is_short(last[1])
                yield self._row(*last)
            last = number, cells
        if last:
            cut = "\ufffd" in last[1][-1] or (self._is_short(last[1]) and not ragged)
            yield self._row(*last)._replace(flaw=CUT) if cut else self._row(*last)

    def _check_quotes(self, number, cells):
        """Refuse a cell that runs on over the rows below it."""
        separators = len(self.head.cells) - 1
        for cell in cells:
            below = cell.splitlines()[1:]
            if any(line.count(self._delimiter) >= separators for line in below):
                raise DmsFileError(
                    _lt(
                        "A quotation mark in row %(row)s is never closed. Correct it, "
                        "or save the file as .xlsx.",
                        row=number,
                    )
                )

    def _row(self, number, cells):
        width = len(self.head.cells)
        flaw = None
        if not is_blank(cells[width:]):
            flaw = _lt("row %(row)s has more cells than the line of heads", row=number)
        return Row(number, self._fit(cells), flaw)

    def _is_short(self, cells):
        return len(cells) < len(self.head.cells)

    def _reader(self):
        lines = (line.replace("\0", "") for line in self._text())
        return csv.reader(lines, delimiter=self._delimiter)

    def _text(self):
        self._file.seek(0)
        # What cannot be decoded can only be the character at which a file was cut.
        return io.TextIOWrapper(
            _Unclosed(self._file), self.encoding, errors="replace", newline=""
        )

    def _first_lines(self):
        lines = []
        for line in self._text():
            lines.append(line)
            if len(lines) == HEAD_WITHIN:
                break
        return lines

    def _guess_encoding(self):
        self._file.seek(0)
        start = self._file.read(512)
        for bom, encoding in BOMS:
            if start.startswith(bom):
                return encoding
        if b"\0" in start:
            raise DmsFileError(
                _lt("This is neither an Excel file (.xlsx) nor a text file (.csv).")
            )
        for encoding in ("utf-8", "gb18030"):
            if self._decodes(encoding):
                return encoding
        raise DmsFileError(
            _lt(
                "The characters of the file cannot be read: it is neither UTF-8 nor "
                "GB18030. Open it in Excel and save it as .xlsx."
            )
        )

    def _decodes(self, encoding):
        decoder = codecs.getincrementaldecoder(encoding)()
        self._file.seek(0)
        try:
            while chunk := self._file.read(CHUNK):
                decoder.decode(chunk)
        except UnicodeDecodeError:
            return False
        return True


class _Unclosed(io.RawIOBase):
    """Passes a file's bytes on and leaves it open for the next reader."""

    def __init__(self, file):
        self._file = file

    def readable(self):
        return True

    def readinto(self, buffer):
        chunk = self._file.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


class _Translated:
    """Context that turns a library's errors into one the user understands."""

    def __init__(self, errors, message):
        self._errors, self._message = errors, message

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        if kind and issubclass(kind, self._errors):
            raise DmsFileError(self._message) from error
