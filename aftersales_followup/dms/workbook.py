"""Reads an Excel file (XLSX) row by row, in memory that does not grow with its length.

Such a file is a ZIP of XML: a small one can hold any amount of it, and its rows, cells
and numbers can claim to be anything. What is read here is bounded by ``limits``.
"""

import math
import re
import zipfile
import zlib
from contextlib import contextmanager
from os import SEEK_END
from posixpath import dirname, join, normpath
from xml.parsers import expat

from openpyxl.styles.numbers import (
    BUILTIN_FORMATS,
    is_date_format,
    is_timedelta_format,
)
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import (
    CALENDAR_MAC_1904,
    WINDOWS_EPOCH,
    from_excel,
    from_ISO8601,
)

from odoo.tools.translate import LazyTranslate

from . import limits
from .limits import DmsFileError, too_much_error

_lt = LazyTranslate(__name__)

CHUNK = 1 << 16  # bytes
MAX_DIGITS = 40  # of a number; what is longer stays a text
ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
# Formats of dates and times that East Asian Excel knows without writing them down.
EAST_ASIAN_DATES = {*range(27, 37), *range(50, 59)}
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def get_directory_size(file):
    """Return how many bytes a ZIP says that its list of parts has, 0 if it is none.

    The list is read whole when the file is opened, so it is looked at before. What
    ends a ZIP is 22 bytes and a comment of up to 65 535; the size is in the 13th to
    16th of them.
    """
    length = file.seek(0, SEEK_END)
    file.seek(max(0, length - 22 - 0xFFFF))
    end = file.read()
    start = end.rfind(b"PK\5\6")
    file.seek(0)
    return int.from_bytes(end[start + 12 : start + 16], "little") if start >= 0 else 0


class Workbook:
    """The sheets of an Excel file.

    :param file: seekable binary file
    :raise DmsFileError: if it is damaged or holds too much
    """

    def __init__(self, file):
        with readable():
            if get_directory_size(file) > limits.MAX_DIRECTORY:
                raise too_much_error()
            self._archive = zipfile.ZipFile(file)
            unpacked = sum(part.file_size for part in self._archive.infolist())
            if unpacked > limits.MAX_UNPACKED:
                raise too_much_error()
            [path, *_] = self._get_related("", "/officeDocument").values()
            self.epoch = WINDOWS_EPOCH
            self.date_styles, self.duration_styles = set(), set()
            for styles in self._get_related(path, "/styles").values():
                self._read_styles(styles)
            self.texts = []
            for texts in self._get_related(path, "/sharedStrings").values():
                self._read_texts(texts)
            self.sheets = self._get_sheets(path)

    def open(self, path, max_bytes=limits.MAX_UNPACKED):
        """Return the stream of a part of the file.

        :raise DmsFileError: if it has more than ``max_bytes``
        """
        if self._archive.getinfo(path).file_size > max_bytes:
            raise too_much_error()
        return self._archive.open(path)

    def _get_elements(self, path):
        """Return the (name, attributes) of each element in a small part."""
        elements = []

        def start(tag, attributes):
            elements.append((local_name(tag), attributes))

        with self.open(path, limits.MAX_PART) as stream:
            for _chunk in feed(stream, start):
                pass
        return elements

    def _get_related(self, path, kind):
        """Return {id: path} of the parts of a kind that a part refers to."""
        folder, name = dirname(path), path.rpartition("/")[2]
        relations = join(folder, "_rels", f"{name}.rels")
        if relations not in self._archive.NameToInfo:
            return {}
        return {
            attributes["Id"]: normpath(join("/", folder, attributes["Target"]))[1:]
            for name, attributes in self._get_elements(relations)
            if name == "Relationship" and attributes["Type"].endswith(kind)
        }

    def _read_styles(self, path):
        """Note the numbers of the cell styles for dates and for durations."""
        codes, styles = dict(BUILTIN_FORMATS), []
        for name, attributes in self._get_elements(path):
            if name == "numFmt":
                codes[int(attributes["numFmtId"])] = attributes["formatCode"]
            elif name == "cellXfs":
                styles = []  # those before are of another kind
            elif name == "cellStyles":
                break
            elif name == "xf":
                styles.append(int(attributes.get("numFmtId", 0)))
        for style, number in enumerate(styles):
            code = codes.get(number)
            if number in EAST_ASIAN_DATES or (code and is_date_format(code)):
                self.date_styles.add(str(style))
            if code and is_timedelta_format(code):
                self.duration_styles.add(str(style))

    def _read_texts(self, path):
        """Read the texts that cells refer to by their number."""
        texts = Texts()

        def end(tag):
            texts.end(tag)
            if local_name(tag) == "si":
                self.texts.append(texts.take())

        with self.open(path, limits.MAX_TEXTS) as stream:
            for _chunk in feed(stream, texts.start, end, texts.data):
                pass

    def _get_sheets(self, path):
        paths = self._get_related(path, "/worksheet")
        sheets = {}
        for name, attributes in self._get_elements(path):
            if name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                self.epoch = CALENDAR_MAC_1904
            elif name == "sheet":
                for key, relation in attributes.items():
                    if local_name(key) == "id" and relation in paths:
                        title = attributes.get("name", "")
                        sheets[paths[relation]] = Sheet(self, title, paths[relation])
        return list(sheets.values())


class Sheet:
    """The rows of a sheet."""

    def __init__(self, book, title, path):
        self.title = title
        self._book, self._path = book, path

    def rows(self):
        """Yield (number, cells) of each row that the sheet holds.

        Cells are texts, numbers, datetimes, booleans or ``None``; a mere time or a
        duration is a text. Of a text that is too long one character more than may be
        is kept.
        """
        with readable(), self._book.open(self._path) as stream:
            reader = SheetReader(self._book)
            for _chunk in feed(stream, reader.start, reader.end, reader.data):
                yield from reader.take_rows()


class Texts:
    """Collects the text of the elements ``t``, but not that of phonetic hints."""

    def __init__(self):
        self._parts, self._length = [], 0
        self._is_text = self._is_phonetic = False

    def start(self, tag, _attributes):
        name = local_name(tag)
        if name == "t":
            self._is_text = not self._is_phonetic
        elif name == "rPh":
            self._is_phonetic = True

    def data(self, data):
        if self._is_text and self._length <= limits.MAX_CELL:
            self._parts.append(data)
            self._length += len(data)

    def end(self, tag):
        name = local_name(tag)
        if name == "t":
            self._is_text = False
        elif name == "rPh":
            self._is_phonetic = False

    def take(self):
        """Return the text since the last call."""
        text = "".join(self._parts)[: limits.MAX_CELL + 1]
        self._parts, self._length = [], 0
        return ESCAPED.sub(unescape, text) if "_x" in text else text


class SheetReader(Texts):
    """Makes rows of the elements of a sheet."""

    def __init__(self, book):
        super().__init__()
        self._book = book
        self._rows, self._cells = [], {}
        self._number = self._column = self._count = 0
        self._kind = self._style = None

    def take_rows(self):
        """Return the rows since the last call."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, tag, attributes):
        name = local_name(tag)
        if name == "v":
            self._is_text = True
        elif name == "c":
            self._kind = attributes.get("t", "n")
            self._style = attributes.get("s")
            self._column = column_of(attributes.get("r"), self._column + 1)
            self._count += 1
            if self._count > limits.MAX_CELLS:
                raise too_much_error()
        elif name == "row":
            # Rows can be left out, but no sheet has numbers of eight digits.
            number = attributes.get("r", "")
            number = int(number) if number.isdecimal() and len(number) < 8 else 0
            self._number = max(self._number + 1, number)
            self._column, self._cells = -1, {}
        elif self._kind == "inlineStr":
            super().start(tag, attributes)

    def end(self, tag):
        name = local_name(tag)
        if name == "v":
            self._is_text = False
        elif name == "c":
            text = self.take()
            if text and self._column < limits.MAX_COLUMNS:
                self._cells[self._column] = self._read(text)
            self._kind = None
        elif name == "row":
            cells = [None] * (max(self._cells, default=-1) + 1)
            for column, cell in self._cells.items():
                cells[column] = cell
            self._rows.append((self._number, cells))
        elif self._kind == "inlineStr":
            super().end(tag)

    def _read(self, text):
        """Return what a cell means; a number that is none, such as 1e999, as text."""
        kind = self._kind
        if kind == "s":
            return self._book.texts[int(text)]
        if kind == "n":
            return self._read_number(text)
        if kind == "b":
            return text.strip() in ("1", "true")
        if kind == "d":
            return read_moment(from_ISO8601, text)
        return text

    def _read_number(self, text):
        if len(text) > MAX_DIGITS:
            return text
        try:
            number = int(text) if is_whole(text) else float(text)
        except ValueError:
            return text
        if not math.isfinite(number):
            return text
        if self._style not in self._book.date_styles:
            return number
        is_duration = self._style in self._book.duration_styles
        return read_moment(from_excel, number, self._book.epoch, is_duration)


@contextmanager
def readable():
    """Turn whatever a damaged file brings about into an error the user understands."""
    try:
        yield
    except ERRORS as error:
        raise DmsFileError(
            _lt(
                "The Excel file is damaged or was not copied completely. Export it "
                "again, or open it in Excel and save it as .xlsx."
            )
        ) from error


def feed(stream, start=None, end=None, data=None):
    """Feed XML to handlers of its elements, and yield after each chunk.

    :raise ValueError: if it defines entities of its own, or one of its tags has no end
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    fed = 0
    while chunk := stream.read(CHUNK):
        parser.Parse(chunk)
        fed += len(chunk)
        if fed - parser.CurrentByteIndex > limits.MAX_TOKEN:
            raise ValueError("a tag without an end")
        yield
    parser.Parse(b"", True)
    yield


def refuse_doctype(name, *_definition):
    raise ValueError(name)


def local_name(tag):
    """Return the name of a tag or attribute without its prefix."""
    return tag.rpartition(":")[2] if ":" in tag else tag


def column_of(reference, default):
    """Return the position of the column of a cell such as ``AB12``, from 0."""
    if not reference:
        return default
    letters = reference.rstrip("0123456789")
    if len(letters) > 3:
        return limits.MAX_COLUMNS  # beyond what is read
    return column_index_from_string(letters) - 1


def is_whole(number):
    return not any(sign in number for sign in ".eE")


def unescape(match):
    """Return the character that a workbook writes as ``_x000D_``, if it can be one."""
    code = int(match[1], 16)
    return "" if code == 0 or 0xD800 <= code < 0xE000 else chr(code)


def read_moment(read, value, *args):
    """Return a date and time; a mere time or duration as text, else the value."""
    try:
        moment = read(value, *args)
    except (ArithmeticError, ValueError):
        return value
    return moment if hasattr(moment, "year") else str(moment)
