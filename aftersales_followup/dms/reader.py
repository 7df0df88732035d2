"""Streams the rows of a DMS export, XLSX or CSV, whatever its encoding."""

import codecs
import csv
import io
from collections import namedtuple
from itertools import islice, takewhile

from odoo.tools.translate import LazyTranslate

from . import limits
from .columns import REASON_KEYS, find_column, header_key
from .limits import DmsFileError, too_much_error
from .workbook import Workbook

_lt = LazyTranslate(__name__)

HEADER_WITHIN = 30  # rows; some systems write a title above the headers
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

# The row of column headers, and a row below it; ``error`` says what is wrong with it.
Header = namedtuple("Header", "row cells")
Row = namedtuple("Row", "number cells error")
CUT = _lt("the file ends in the middle of it")


def open_table(file, remembered=()):
    """Return the table in a seekable binary file.

    :param remembered: dict header key -> column, headers matched by hand before
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


def find_header(rows, remembered):
    """Return the row of headers among the first of ``rows``, or ``None``.

    It is the row with the most known headers, at least two.

    :param rows: iterable of (row number, cells)
    """
    best, best_known = None, 1
    for number, cells in rows:
        known = len({find_column(cell, remembered) for cell in cells} - {None})
        if known > best_known:
            best, best_known = Header(number, _trim(cells)), known
    return best


def no_header_error():
    return DmsFileError(
        _lt(
            "No row of column headers was found at the top of the file. It must name "
            "the columns, e.g. 工单号, 进厂时间, 客户名称, 车牌号. If they are there, "
            "the file is damaged or its characters cannot be read: save it as .xlsx "
            "and try again."
        )
    )


def is_blank(cells):
    return not any(cell is not None and str(cell).strip() for cell in cells)


def _trim(cells):
    """Return cells without the empty ones at the end."""
    cells = list(cells)
    while cells and (cells[-1] is None or not str(cells[-1]).strip()):
        cells.pop()
    return cells


def _shorten(cell):
    return cell[: limits.MAX_SHOWN] if isinstance(cell, str) else cell


class Table:
    """The rows below a row of column headers."""

    header = None

    def rows(self):
        """Yield each ``Row`` that is not blank; ``cells`` as wide as the headers.

        :raise DmsFileError: if the file turns out to be broken or too long
        """
        width, text = len(self.header.cells), 0
        for count, row in enumerate(self._read_rows(), start=1):
            lengths = [len(cell) for cell in row.cells if isinstance(cell, str)]
            text += sum(lengths)
            if (
                count > limits.MAX_ROWS
                or count * width > limits.MAX_CELLS
                or text > limits.MAX_TEXT
            ):
                raise too_much_error()
            if (
                sum(lengths) > limits.MAX_ROW
                or max(lengths, default=0) > limits.MAX_CELL
            ):
                row = self._cut_short(row)
            yield row

    def _read_rows(self):
        """Yield each ``Row`` as it is in the file."""
        raise NotImplementedError

    @property
    def kept(self):
        """Positions of the columns the user knows: not the reason of an earlier try."""
        return [
            position
            for position, header in enumerate(self.header.cells)
            if header_key(header) not in REASON_KEYS
        ]

    def _take(self, header):
        """Take a row for that of the headers."""
        if not header:
            raise no_header_error()
        if len(header.cells) > limits.MAX_COLUMNS:
            raise too_much_error()
        self.header = header

    @staticmethod
    def _cut_short(row):
        """Return the beginning of a row that is too long.

        So its order can be told, and rejected with the reason.
        """
        return Row(
            row.number,
            [_shorten(cell) for cell in row.cells],
            _lt("row %(row)s holds more text than can be read", row=row.number),
        )

    def _fit(self, cells):
        width = len(self.header.cells)
        return [*cells[:width], *[None] * (width - len(cells))]


class XlsxTable(Table):
    def __init__(self, file, remembered):
        found = []
        for sheet in Workbook(file).sheets:
            first = takewhile(lambda row: row[0] <= HEADER_WITHIN, sheet.rows())
            header = find_header(first, remembered)
            if header:
                found.append((sheet, header))
        if len(found) > 1:
            raise DmsFileError(
                _lt(
                    "Several sheets hold orders (%(sheets)s). Save each as a file of "
                    "its own.",
                    sheets=", ".join(_shorten(sheet.title) for sheet, _ in found[:5]),
                )
            )
        self._sheet, header = found[0] if found else (None, None)
        self._take(header)

    def _read_rows(self):
        for number, cells in self._sheet.rows():
            if number > self.header.row and not is_blank(cells):
                yield Row(number, self._fit(cells), None)


class CsvTable(Table):
    def __init__(self, file, remembered):
        self._file = file
        self._is_cut = False
        self.encoding = self._guess_encoding()
        headers = {}
        for delimiter in ",;\t":
            first = islice(self._parse(delimiter), HEADER_WITHIN)
            header = find_header(((row.number, row.cells) for row in first), remembered)
            if header:
                headers[delimiter] = header
        self._delimiter = max(
            headers, key=lambda key: len(headers[key].cells), default=None
        )
        self._take(headers.get(self._delimiter))

    def _read_rows(self):
        """Yield the rows; one that the end of the file cuts off has the error ``CUT``.

        Such a row has fewer cells than the headers, where all others have as many.
        """
        last, is_ragged = None, False
        for row in self._parse(self._delimiter):
            if row.number <= self.header.row or is_blank(row.cells):
                continue
            if last:
                is_ragged |= self._is_short(last)
                yield self._finish(last)
            last = row
        if last:
            is_cut = "\ufffd" in last.cells[-1]
            is_cut |= self._is_short(last) and not is_ragged
            last = self._finish(last)
            yield last._replace(error=CUT) if is_cut else last

    def _parse(self, delimiter):
        """Yield each ``Row`` with as many cells as it has."""
        reader = csv.reader(self._lines(), delimiter=delimiter)
        number = line = 0
        while True:
            number += 1
            self._is_cut = False
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise self._open_quote_error(number) from error
            if reader.line_num > line + 1 and self.header:
                self._check_quotes(number, cells)
            line = reader.line_num
            row = Row(number, cells, None)
            yield self._cut_short(row) if self._is_cut else row

    def _check_quotes(self, number, cells):
        """Refuse a cell that runs on over the rows below it."""
        separators = len(self.header.cells) - 1
        for cell in cells:
            below = cell.splitlines()[1:]
            if any(line.count(self._delimiter) >= separators for line in below):
                raise self._open_quote_error(number)

    @staticmethod
    def _open_quote_error(number):
        return DmsFileError(
            _lt(
                "A quotation mark in row %(row)s is never closed. Correct it, or save "
                "the file as .xlsx.",
                row=number,
            )
        )

    def _finish(self, row):
        error = row.error
        if not is_blank(row.cells[len(self.header.cells) :]):
            error = _lt(
                "row %(row)s has more cells than the row of headers", row=row.number
            )
        return Row(row.number, self._fit(row.cells), error)

    def _is_short(self, row):
        return not row.error and len(row.cells) < len(self.header.cells)

    def _lines(self):
        """Yield the lines; of one that is too long only the beginning, and note that.

        What cannot be decoded can only be the character at which a file was cut.
        """
        self._file.seek(0)
        text = io.TextIOWrapper(
            _Unclosed(self._file), self.encoding, errors="replace", newline=""
        )
        while line := text.readline(limits.MAX_ROW):
            if self._is_unfinished(line):
                while self._is_unfinished(text.readline(limits.MAX_ROW)):
                    pass
                line = line[: limits.MAX_SHOWN].replace('"', "") + "\n"
                self._is_cut = True
            yield line.replace("\0", "")

    @staticmethod
    def _is_unfinished(line):
        return len(line) == limits.MAX_ROW and line[-1] not in "\r\n"

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
