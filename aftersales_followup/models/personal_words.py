"""Finding what tells who a person is: in fields of its own, or in free text.

Plain Python. What a field holds is one of the kinds below; ``PersonalWords`` knows a
person's name, numbers and addresses and takes them out of whatever else was written.
"""

import html
import re

MASK = "***"
ANONYMISED = "[anonymised]"

# What a field holds that is a person's own. Of these the words are known afterwards.
NAME = "name"
PHONE = "phone"
EMAIL = "email"
ADDRESS = "address"
PLATE = "plate"
WORDS_KNOWN_BY = (NAME, PHONE, EMAIL, ADDRESS, PLATE)
FIRST_TO_FIND = (EMAIL, ADDRESS, PHONE, PLATE, NAME)
# The same, but not to be looked for elsewhere: a postcode, a town, somebody who called.
HIDDEN = "hidden"
UNIQUE = "unique"  # hidden, where no two rows may hold the same
CLEARED = "cleared"  # hidden by leaving it empty
# Free text: the words are taken out of it; text is emptied in the end, notes are not,
# such as what was repaired.
TEXT = "text"
NOTE = "note"

MIN_PHONE_DIGITS = 5
MIN_NAME = 2
MIN_ADDRESS = 4
MIN_PLATE = 4

BLANK = r"(?:&nbsp;|\s)"
PHONE_GAP = r"(?:&nbsp;|[\s().·/_\-‐-―－（）]){0,3}"
PLATE_GAP = r"(?:&nbsp;|[\s·•.・_\-－]){0,2}"
# Letters of a word that goes on; Chinese writes its words without blanks.
NO_WORD_BEFORE = r"(?<![A-Za-z\u00c0-\u024f0-9])"
NO_WORD_AFTER = r"(?![A-Za-z\u00c0-\u024f0-9])"
FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
SEVERAL = re.compile(r"[/,;、，；|]|或")
TAG = r"<[^<>]*>"
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


class PersonalWords:
    """The name, numbers and addresses of one person, in all ways to write them."""

    def __init__(self):
        # Numbers and plates as they are compared elsewhere: digits, capitals only.
        self.keys = set()
        self._patterns = {}
        self._compiled = {}

    def __bool__(self):
        return bool(self._patterns)

    def add(self, kind, text):
        """Take what a field of this kind holds; several numbers may stand in one."""
        patterns = {
            NAME: _get_name_patterns,
            PHONE: _get_phone_patterns,
            EMAIL: _get_email_patterns,
            ADDRESS: _get_address_patterns,
            PLATE: _get_plate_patterns,
        }[kind](text or "")
        for pattern in patterns:
            self._patterns[pattern] = kind
        if kind == PHONE:
            self.keys.update(_get_numbers(text or ""))
        elif kind == PLATE and text:
            self.keys.add(_get_key(text))
        self._compiled.clear()

    def take_out(self, text, is_html=False, but=()):
        """Return a text with a mask in place of each of the words.

        :param bool is_html: tags stay whole; what is quoted in them is looked at
        :param but: kinds of words that stay
        """
        if not text or not self._patterns:
            return text
        pattern, in_html = self._compile(frozenset(but))
        if not pattern:
            return text
        if not is_html:
            return pattern.sub(MASK, text)

        def replace(match):
            found = match[0]
            if not found.startswith("<"):
                return MASK
            return QUOTED.sub(lambda quoted: pattern.sub(MASK, quoted[0]), found)

        return in_html.sub(replace, text)

    def are_in(self, text):
        """Return whether a text holds one of the words."""
        return self.take_out(text) != text

    def _get_rank(self, pattern):
        """An e-mail address may hold a name, an address the street: longest first."""
        return FIRST_TO_FIND.index(self._patterns[pattern]), -len(pattern)

    def _compile(self, but):
        """Return the pattern of all words, and the one that also stops at tags."""
        if but not in self._compiled:
            patterns = [
                word for word, kind in self._patterns.items() if kind not in but
            ]
            patterns.sort(key=self._get_rank)
            words = "|".join(patterns)
            self._compiled[but] = words and (
                re.compile(words, re.IGNORECASE),
                re.compile(f"{TAG}|{words}", re.IGNORECASE),
            )
        return self._compiled[but] or (None, None)


def _get_letter(letter):
    """Return the pattern of one letter, as it is or as HTML writes it."""
    if letter.isspace():
        return f"{BLANK}*"
    escaped = html.escape(letter)
    if escaped == letter:
        return re.escape(letter)
    ways = {letter, escaped, f"&#{ord(letter)};"}
    return f"(?:{'|'.join(map(re.escape, sorted(ways)))})"


def _get_bounded(text, pattern):
    """Return a pattern that begins and ends where words do, as ``text`` does."""
    before = NO_WORD_BEFORE if re.match(r"[A-Za-z\u00c0-\u024f0-9]", text) else ""
    after = NO_WORD_AFTER if re.search(r"[A-Za-z\u00c0-\u024f0-9]$", text) else ""
    return f"{before}{pattern}{after}"


def _get_written(text):
    """Return the pattern of a text, whatever blanks stand in it."""
    return _get_bounded(text, "".join(map(_get_letter, " ".join(text.split()))))


def _get_name_patterns(name):
    name = " ".join(name.split())
    if len(name) < MIN_NAME or not any(map(str.isalpha, name)):
        return
    if name.isascii():
        yield _get_written(name)
    else:
        # 张三 may be written as 张 三.
        letters = [_get_letter(letter) for letter in name if not letter.isspace()]
        yield _get_bounded(name, f"{BLANK}?".join(letters))


def _get_numbers(numbers):
    """Yield the digits of each number in a field, without +86 or 0086."""
    for number in SEVERAL.split(numbers):
        digits = re.sub(r"\D", "", number.translate(FULL_WIDTH))
        digits = re.sub(r"^(?:0086|86(?=\d{10}))", "", digits)
        if len(digits) >= MIN_PHONE_DIGITS:
            yield digits


def _get_phone_patterns(numbers):
    """A number however it is written: blanks, dashes, +86, full-width digits."""
    for digits in _get_numbers(numbers):
        yield _get_number_pattern(digits)
        if digits.startswith("0"):
            # A land line, as it is dialled in the town itself, or from abroad.
            local = digits[3 if digits[1] in "12" else 4 :]
            yield _get_number_pattern(digits[1:])
            if len(local) in (7, 8):
                yield _get_number_pattern(local)


def _get_number_pattern(digits):
    ways = [f"[{digit}{chr(0xFF10 + int(digit))}]" for digit in digits]
    country = f"(?:[+＋]{PHONE_GAP}|[0０]{PHONE_GAP}[0０]{PHONE_GAP})?"
    country += f"(?:[8８]{PHONE_GAP}[6６]{PHONE_GAP})?"
    return rf"(?<!\d){country}{PHONE_GAP.join(ways)}(?!\d)"


def _get_email_patterns(addresses):
    for address in re.split(r"[\s,;<>]+", addresses):
        if "@" in address.strip("@"):
            yield re.escape(address)


def _get_address_patterns(address):
    address = " ".join(address.split())
    if len(address) >= MIN_ADDRESS and any(map(str.isalpha, address)):
        yield _get_written(address)


def _get_key(plate):
    return re.sub(r"[\W_]", "", plate).upper()


def _get_plate_patterns(plate):
    """A plate or VIN, dots and blanks or not; with its province or without (湘)."""
    key = _get_key(plate)
    if len(key) < MIN_PLATE:
        return
    province = "" if key[0].isascii() else key[0]
    rest = key.removeprefix(province)
    pattern = _get_bounded(rest, PLATE_GAP.join(map(re.escape, rest)))
    yield f"(?:{province}{PLATE_GAP})?{pattern}" if province else pattern
