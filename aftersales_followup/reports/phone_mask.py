"""Hide phone numbers in what leaves the house on paper or as a workbook.

A note holds numbers as people write them: with +86 or 0086, in full width, with blanks,
dots, slashes or any kind of dash, mobiles and land lines. It also holds amounts, dates,
odometers, plates, VINs and order numbers, and these stay readable. So the digits are
looked at in the groups in which they stand: a phone number is where one group, or some
neighbouring ones together, have its digits and are divided as people divide it.
"""

import re
import unicodedata

_DASHES = "_~/\u00ad\u2043\u207b\u2212\u30fc\u4e00\uff0f\uff3f\uff5e\uffe3"
_DOTS = "\u00b7\u2022\u2027\u2219\u22c5\u3002\u30fb\uff0e\uff65"
_BLANKS = "\t\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"


class _PlainCharacters(dict):
    """What each character is read as: one of ASCII where it looks like that one."""

    def __missing__(self, code):
        char = chr(code)
        kind = unicodedata.category(char)
        if kind == "Nd":
            plain = str(unicodedata.decimal(char))
        elif kind == "Pd" or char in _DASHES:
            plain = "-"
        elif kind == "Zs" or char in _BLANKS:
            plain = " "
        elif char in _DOTS:
            plain = "."
        elif kind in ("Ps", "Pe"):
            plain = "(" if kind == "Ps" else ")"
        else:
            plain = {"＋": "+", "﹢": "+", "：": ":"}.get(char, char)
        self[code] = plain
        return plain


_PLAIN = _PlainCharacters()

# The digits of numbers; a sign stands before them where one is written.
_CODE = r"\+?(?:0{0,2}86)?"
_AREA = r"(?:(?:10|2\d)[1-9]\d{7}|[3-9]\d\d[1-9]\d{6,7})"
_MOBILE = re.compile(rf"{_CODE}1[3-9]\d{{9}}")
_LAND_LINE = re.compile(rf"{_CODE}0{_AREA}|(?:\+0{{0,2}}|0{{1,2}})86{_AREA}")
_LAND_LINE_86 = re.compile(rf"86{_AREA}")
_SERVICE = re.compile(rf"{_CODE}[48]00\d{{7}}")
_ABROAD = re.compile(r"\+[1-9]\d{7,14}|00(?:852|853|886)\d{8,9}")
_LOCAL = re.compile(r"[1-9]\d{6,7}")
_COUNTRY = re.compile(r"0{0,2}86")

# How short numbers are divided; others only must not look like anything else.
_SERVICE_SIZES = {(10,), (3, 7), (3, 3, 4), (3, 4, 3), (4, 3, 3)}
_LOCAL_SIZES = {(7,), (8,), (3, 4), (4, 3), (4, 4)}
_GROUP = re.compile(r"[0-9]+")
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_SHORTEST, _LONGEST = 7, 17  # digits of a number
# Groups with no more between them than what divides a number, of digits enough.
_CHAIN = re.compile(r"(?=(?:[0-9][ .\-()]{0,4}){7})[0-9]+(?:[ .\-()]{1,4}[0-9]+)*")

# What stands before: of a number it is a sign, of a code its letters or its name.
_SIGN = re.compile(r"\+ ?\(?$")
_LETTERS = re.compile(r"(?<![A-Za-z])([A-Z]{1,4})[-#]?$")
_PLATE = re.compile(r"[\u4e00-\u9fff][A-Z]{1,2}[ .]?$")
_CODE_NAME = re.compile(
    r"(?:订单|工单|单号|合同|编号|发票|保单|(?<![A-Za-z])(?:order|invoice|contract|policy))"
    r"(?: ?(?:号码?|编号|no\.?|nr\.?|number))?[ :#是为-]*$",
    re.IGNORECASE,
)
_PHONE_NAME = re.compile(
    r"(?:电话|座机|固话|手机|致电"
    r"|(?<![A-Za-z])(?:(?:tele)?phone|tel|landline|mobile))"
    r"(?: ?(?:号码?|no|nr|number))?[ .:(是为]*$",
    re.IGNORECASE,
)
_PHONE_LETTERS = {"TEL", "T", "PH", "MOB", "M", "HP", "CELL", "FAX"}
_PHONE_LETTERS |= {"WX", "VX", "V", "QQ"}  # accounts named after the number
_VIN = re.compile(r"(?<![A-Za-z0-9])(?=\d*[A-Z])[A-HJ-NPR-Z0-9]{17}(?![A-Za-z0-9])")


def mask_phone(number):
    """Return a phone number with the digits hidden that one needs to call it.

    The first three and the last four digits of a whole number stay; of a short one,
    such as a land line without area code, only the last.
    """
    digits = re.sub(r"\D", "", (number or "").translate(_PLAIN))
    digits = re.sub(r"^(?:0086|86(?=\d{10}))", "", digits)
    head = 3 if len(digits) > 10 else 0
    tail = min(4, max(len(digits) - head - 4, 0))
    hidden = len(digits) - head - tail
    return f"{digits[:head]}{'*' * hidden}{digits[len(digits) - tail :]}"


def mask_text(text):
    """Return a text with the phone numbers in it masked."""
    if not text:
        return ""
    plain = _VIN.sub(lambda vin: "V" * len(vin[0]), text.translate(_PLAIN))
    pieces, done = [], 0
    for start, end in _find_numbers(plain):
        pieces += [text[done:start], mask_phone(text[start:end])]
        done = end
    return "".join([*pieces, text[done:]])


def _find_numbers(plain):
    """Yield where each phone number begins and ends, its sign included."""
    for chain in _CHAIN.finditer(plain):
        groups = list(_GROUP.finditer(plain, *chain.span()))
        index = 0
        while index < len(groups):
            count = _count_groups(plain, groups[index : index + _LONGEST])
            if count:
                end = groups[index + count - 1].end()
                yield _find_start(plain, groups[index].start(), end), end
            index += count or 1


def _find_start(plain, start, end):
    """Return where the number that ends at ``end`` begins, its sign included."""
    if sign := _SIGN.search(plain, max(start - 3, 0), start):
        start = sign.start()
    number = plain[start:end]
    opened = number.count(")") > number.count("(")
    return start - 1 if opened and plain[start - 1 : start] == "(" else start


def _count_groups(plain, groups):
    """Return how many groups, from the first one on, make up a number; 0 if none."""
    first = groups[0]
    before = plain[max(first.start() - 20, 0) : first.start()]
    if _is_code(before, first[0]):
        return 0
    digits = "+" if _SIGN.search(before) else ""
    parts, gaps, end, fallback = [], [], 0, 0
    for group in groups:
        if parts:
            gaps.append(plain[end : group.start()])
        parts.append(group[0])
        digits, end = digits + group[0], group.end()
        if len(digits) > _LONGEST or _ends_with_date(parts, gaps):
            break
        if len(digits) < _SHORTEST:
            continue
        if _is_number(digits, parts, gaps):
            return len(parts)
        if _ABROAD.fullmatch(digits):
            fallback = len(parts)
            if len(digits) > 10:
                break
        elif _is_local_number(digits, parts) and _PHONE_NAME.search(before):
            fallback = len(parts)
    return fallback


def _is_code(before, digits):
    """Return whether the digits belong to the letters or the name of a code."""
    if _CODE_NAME.search(before):
        return True
    if len(digits) <= 6 and _PLATE.search(before):
        return True
    letters = _LETTERS.search(before)
    if not letters or letters[1] in _PHONE_LETTERS:
        return False
    name = before[: letters.start()][-1:]
    return len(letters[1]) > 1 or not ("\u4e00" <= name <= "\u9fff")


def _ends_with_date(parts, gaps):
    """Return whether the last groups are a date, such as 2026-03-02."""
    if _DATE.fullmatch(parts[-1]):
        return True
    if len(parts) < 3 or not len(parts[-1]) < 3 > len(parts[-2]):
        return False
    between = {gap.strip() for gap in gaps[-2:]}
    year, month, day = parts[-3:]
    date = f"{year}{month:0>2}{day:0>2}"
    return len(between) == 1 and between != {""} and bool(_DATE.fullmatch(date))


def _is_number(digits, parts, gaps):
    """Return whether the groups are a number of a mobile, land line or service."""
    sizes = tuple(map(len, parts))
    kinds = {gap.strip(" ()") for gap in gaps}
    if "." in kinds and len(kinds) > 1:
        return False  # a decimal, and something else
    own = sizes[1:] if _COUNTRY.fullmatch(parts[0]) else sizes
    if _MOBILE.fullmatch(digits):
        return _is_divided_mobile(own, kinds)
    if _LAND_LINE.fullmatch(digits):
        signed = digits[:1] == "+" or len(own) < len(sizes)
        return signed or (sizes[0] > 2 and min(sizes) > 1)
    if _LAND_LINE_86.fullmatch(digits):
        return parts[0] == "86" and len(parts) > 2
    return bool(_SERVICE.fullmatch(digits)) and own in _SERVICE_SIZES


def _is_divided_mobile(sizes, kinds):
    """Return whether mobile numbers are divided into groups of such sizes."""
    if set(sizes) == {1}:
        return len(kinds) == 1
    return min(sizes) > 1 and (sizes[0] > 2 or sizes == (2, 3, 3, 3))


def _is_local_number(digits, parts):
    """Return whether it is a land line without its area code."""
    sizes = tuple(map(len, parts))
    return bool(_LOCAL.fullmatch(digits)) and sizes in _LOCAL_SIZES
