"""What a cell of a DMS export means: texts, dates, numbers, phones.

Plain Python. A function that reads a value raises ``ValueError`` where the cell does
not hold one, and returns ``None`` for an empty cell.
"""

import re
from datetime import date, datetime, time, timedelta
from unicodedata import normalize

EXCEL_EPOCH = datetime(1899, 12, 30)
EXCEL_DAYS = range(20_000, 80_000)  # 1954 to 2119
YEARS = range(1950, 2100)  # others are slips of the pen
MAX_DATE = 40  # characters

DATE = re.compile(
    r"""(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?
    (?:[T\s]*(?P<half>上午|下午|am|pm)?\s*
       (?P<hour>\d{1,2})\s*[:时点]\s*(?P<minute>\d{1,2})\s*分?
       (?:\s*:?\s*(?P<second>\d{1,2})(?:\.\d+)?\s*秒?)?
       \s*(?P<half_after>am|pm)?)?""",
    re.VERBOSE | re.IGNORECASE,
)
COMPACT_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\s?(\d\d)(\d\d)(\d\d)?)?")
NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?")
CURRENCY = re.compile(r"^(?:¥|rmb|cny|人民币)|元$", re.IGNORECASE)
DISTANCE_UNIT = re.compile(r"(?:km|公里|千米|里)$", re.IGNORECASE)
PHONE = re.compile(r"[+(]?\d[\d\s()-]*\d")
PHONE_REMARK = re.compile(r"[(（][^)）\d]*[)）]?")


def text(value):
    """Return a cell as stripped text; whole numbers without ``.0``."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return str(value)


def narrow(value):
    """Return a cell's text with full-width letters and digits made half-width."""
    written = text(value)
    return written if written.isascii() else normalize("NFKC", written).strip()


def name_key(value):
    """Return what two ways to write one name have in common."""
    return "".join(narrow(value).split()).casefold()


def pack(cells):
    """Return cells as JSON can hold them; ``unpack`` gives them back."""
    return [
        {"date": cell.isoformat()} if hasattr(cell, "isoformat") else cell
        for cell in cells
    ]


def unpack(cells):
    return [
        datetime.fromisoformat(cell["date"]) if isinstance(cell, dict) else cell
        for cell in cells
    ]


def moment(value):
    """Return (naive datetime, whether it has a time) of a cell, or ``None``.

    Midnight counts as no time: that is how spreadsheets write a mere date.

    :raise ValueError: if it is no date, or one that no visit can have
    """
    if isinstance(value, date):
        day = value if isinstance(value, datetime) else datetime.combine(value, time())
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        day = _excel_moment(value)
    else:
        written = narrow(value)
        if not written:
            return None
        day = _written_moment(written)
    if day.year not in YEARS:
        raise ValueError(value)
    day = day.replace(microsecond=0, tzinfo=None)
    return day, day.time() != time()


def _excel_moment(number):
    if int(number) not in EXCEL_DAYS:
        raise ValueError(number)
    return EXCEL_EPOCH + timedelta(seconds=round(number * 86400))


def _written_moment(written):
    if len(written) > MAX_DATE:
        raise ValueError(written)
    if re.fullmatch(r"\d{5}(\.\d+)?", written):
        return _excel_moment(float(written))
    match = COMPACT_DATE.fullmatch(written)
    if match:
        return datetime(*(int(part or 0) for part in match.groups()))
    match = DATE.fullmatch(written)
    if not match:
        raise ValueError(written)
    parts = match.groupdict()
    hour = int(parts["hour"] or 0)
    half = (parts["half"] or parts["half_after"] or "").lower()
    if half in ("下午", "pm") and hour < 12:
        hour += 12
    elif half in ("上午", "am") and hour == 12:
        hour = 0
    minute, second = (int(parts[unit] or 0) for unit in ("minute", "second"))
    return datetime(
        int(parts["year"]), int(parts["month"]), int(parts["day"]), hour, minute, second
    )


def number(value, unit=None):
    """Return the number in a cell, or ``None``: ``1,204.50``, ``4.83万``.

    :param unit: pattern of what may stand around the number
    """
    if isinstance(value, bool):
        raise ValueError(value)
    if isinstance(value, (int, float)):
        result = float(value)
    else:
        written = "".join(narrow(value).split())
        if not written:
            return None
        if unit:
            written = unit.sub("", written)
        factor = 10_000 if written.endswith("万") else 1
        written = written.removesuffix("万")
        if not NUMBER.fullmatch(written):
            raise ValueError(value)
        result = round(float(written.replace(",", "")) * factor, 6)
    if not abs(result) < 1e12:
        raise ValueError(value)
    return result


def amount(value):
    """Return an amount of money: ``¥1,204.50``, ``1204.5元``."""
    return number(value, CURRENCY)


def cost(value):
    """Return an amount of money that is not negative."""
    result = amount(value)
    if result is not None and result < 0:
        raise ValueError(value)
    return result


def odometer(value):
    """Return a reading in km: ``48280km``, ``48,280``, ``4.83万公里``.

    :raise ValueError: if it is no positive number
    """
    km = number(value, DISTANCE_UNIT)
    if km is not None and not 0 < km < 10_000_000:
        raise ValueError(value)
    return km


def phone(value):
    """Return the first phone number of a cell without remarks, e.g. （手机）."""
    written = PHONE_REMARK.sub("", narrow(value))
    match = PHONE.search(written)
    return match.group() if match else ""


def plate(value):
    """Return a plate or VIN in capitals without blanks, dots and dashes."""
    return re.sub(r"[\s·•.-]", "", narrow(value)).upper()


def is_company(name):
    """Return whether a customer's name is that of a firm, not of a person."""
    return bool(
        re.search(
            r"公司|集团|集團|[厂廠]$|[局院校]$|中心$|合作社|\b(?:ltd|inc|co)\b",
            name,
            re.I,
        )
    )
