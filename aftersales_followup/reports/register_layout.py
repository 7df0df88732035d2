"""Lay a register out on pages before any browser engine sees it.

wkhtmltopdf repeats a table's head and keeps rows whole only when it is built with
patched Qt. So the lines of each cell and the rows of each page are worked out here,
with every height a whole number of pixels; the template only draws them.

The sheet is wider than what WebKit fits on a page without shrinking, and it shrinks
whatever is wider to the width of the page. A pixel thus has the same size on paper
(0.173 mm) in every build and at every resolution from 75 to 117 dots per inch.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from markupsafe import Markup, escape

SHEET_WIDTH = 1600  # px, on 277 mm: A4 landscape with margins of 10 mm
SHEET_HEIGHT = 1060  # px; 1097 would fill the 190 mm that the page has
HEAD_HEIGHT = 125  # px: title, period and column heads
FOOT_HEIGHT = 60  # px: signatures
FONT_SIZE = 15  # px
LINE_HEIGHT = 20  # px
ROW_EXTRA = 7  # px: padding and border of a row
CELL_EXTRA = 9  # px: padding and border of a cell
MAX_LINES = 4  # of a cell; the whole text is on the entry's own form
NOTE_LINES = 6  # of what stands below the cells of a row
ELLIPSIS = "…"

# An opening bracket may end a line, a closing one or a full stop never begins one.
_WIDE = "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uffef"
_CLOSING = "、。，．：；！？）】》〉」』〕”’…％,.:;!?)%"
_SLIM = frozenset(" fijlrt.,:;'|!()[]/-")
_TOKEN = re.compile(rf"\s+|[{_WIDE}][{_CLOSING}]*|[^\s{_WIDE}]+")


class Column(NamedTuple):
    """A column of a register, on paper and in a workbook alike."""

    key: str
    label: str
    width: int  # px on paper
    # text, number, date or datetime; a note stands below its row, over the whole width
    kind: str = "text"


class Row(NamedTuple):
    """A row of a register as it will be drawn."""

    height: int  # px
    html: Markup  # its cells, and below them its note, if it has one


@cache
def char_width(char):
    """Return the width of a character in em, rather too much than too little."""
    if unicodedata.combining(char):
        return 0.0
    if char in _SLIM:
        return 0.4
    if unicodedata.east_asian_width(char) in "WFA" or char in "mwMW@%":
        return 1.0
    return 0.74 if char.isupper() else 0.6


@lru_cache(maxsize=8192)
def text_width(text):
    """Return the width of ``text`` in em."""
    return sum(map(char_width, text))


def wrap(text, width, max_lines=MAX_LINES):
    """Break ``text`` into at most ``max_lines`` lines of ``width`` em.

    What does not fit is cut off and marked with an ellipsis.
    """
    text = text.strip()
    if not text:
        return [""]
    if len(text) <= width or (len(text) < 3 * width and text_width(text) <= width):
        return [" ".join(text.split())]
    lines, line, used = [], "", 0.0
    for token in _split(text, width):
        needed = text_width(token)
        if used + needed > width:
            lines.append(line.rstrip())
            if len(lines) == max_lines:
                lines[-1] = _clip(lines[-1], width)
                return lines
            line, used = "", 0.0
            if token == " ":
                continue
        line, used = line + token, used + needed
    return [*lines, line.rstrip()]


def _split(text, width):
    """Yield words and single wide characters; words wider than a line in pieces."""
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token.isspace():
            yield " "
        elif text_width(token) <= width:
            yield token
        else:
            yield from _cut(token, width)


def _cut(word, width):
    """Yield pieces of ``word`` that are as wide as a line at most."""
    piece, used = "", 0.0
    for char in word:
        needed = char_width(char)
        if piece and used + needed > width:
            yield piece
            piece, used = "", 0.0
        piece, used = piece + char, used + needed
    yield piece


def _clip(line, width):
    while line and text_width(line) + 1 > width:
        line = line[:-1]
    return line.rstrip() + ELLIPSIS


def get_paper_columns(columns):
    """Return the columns that are drawn side by side."""
    return [column for column in columns if column.kind != "note"]


def make_row(texts, columns):
    """Return the row of ``texts`` as laid out within the columns."""
    cells, notes = [], []
    for text, column in zip(texts, columns, strict=True):
        if column.kind == "note":
            notes += _wrap_note(text)
        else:
            cells.append(wrap(text, (column.width - CELL_EXTRA) / FONT_SIZE))
    height = max(map(len, cells)) * LINE_HEIGHT + ROW_EXTRA
    # Escaped in one go: no line has a line break or a separator of its own.
    html = str(escape("\x1f".join(map("\n".join, cells))))
    html = html.replace("\x1f", "</td><td>").replace("\n", "<br/>")
    html = f"<tr><td>{html}</td></tr>"
    if notes:
        height += len(notes) * LINE_HEIGHT + ROW_EXTRA
        note = str(escape("\n".join(notes))).replace("\n", "<br/>")
        html += f'<tr><td class="note" colspan="{len(cells)}">{note}</td></tr>'
    return Row(height, Markup(html))


def _wrap_note(text):
    """Break the lines of a note into those of the sheet; too many are cut off."""
    width = (SHEET_WIDTH - CELL_EXTRA) / FONT_SIZE
    lines = [
        line
        for part in text.splitlines()
        for line in wrap(part, width, max_lines=NOTE_LINES)
    ]
    if len(lines) > NOTE_LINES:
        lines[NOTE_LINES - 1 :] = [_clip(lines[NOTE_LINES - 1], width)]
    return lines


def paginate(rows):
    """Return the pages, each the list of the rows that fit on it.

    There is always one page, and the last one has room for the signatures.
    """
    pages, room = [[]], SHEET_HEIGHT - HEAD_HEIGHT
    left = room
    for row in rows:
        if row.height > left:
            pages.append([])
            left = room
        pages[-1].append(row)
        left -= row.height
    if left < FOOT_HEIGHT:
        pages.append([pages[-1].pop()])
    return pages
