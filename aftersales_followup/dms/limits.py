"""How much a file may hold, and the error of one that cannot be read.

A worker has little time and memory: what is larger than any export of a dealership is
refused at once, with words that say what to do. What is too long in one row is a reason
to reject that row alone.
"""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

MAX_BYTES = 100 << 20  # of the file
MAX_DIRECTORY = 1 << 20  # bytes of the list of the parts of an Excel file
MAX_UNPACKED = 512 << 20  # bytes of the XML in these parts
MAX_PART = 16 << 20  # bytes of that XML which is read at one go
MAX_TEXTS = 128 << 20  # bytes of the list of its texts
MAX_TOKEN = 1 << 20  # bytes of one of its tags
MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_CELLS = 20_000_000
MAX_TEXT = 256 << 20  # characters in all cells
MAX_CELL = 32_767  # characters; Excel's own limit
MAX_ROW = 131_072  # characters; the csv module's own limit for a cell
MAX_ORDER = 1_000_000  # characters in all rows of an order
MAX_ORDER_ROWS = 1000
MAX_SHOWN = 100  # characters of a text that is too long which are kept


class DmsFileError(Exception):
    """A file that cannot be read; ``message`` says what is wrong and what to do."""

    def __init__(self, message):
        super().__init__(str(message))
        self.message = message


def too_much_error():
    return DmsFileError(
        _lt(
            "The file holds more than can be read at once. Export a shorter period, "
            "e.g. one year at a time, and only the columns that are needed."
        )
    )
