"""Makes one order of its rows in a DMS export, and says what is wrong with it."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import pytz

from odoo.tools.translate import LazyTranslate

from . import limits, values
from .columns import COLUMNS, LINE_COLUMNS
from .reader import CUT

_lt = LazyTranslate(__name__)

NOON = time(12)
# A car that came longer ago is no longer in the workshop.
MAX_STAY = timedelta(days=60)
CONSULTATION = ("咨询", "諮詢", "来访", "來訪", "访谈", "訪談", "consult", "inquiry")
TRADES = {
    "maintenance": "保养 保養 常规保养 maintenance",
    "mechanical": "机修 機修 机电 機電 电工 電工 mechanical",
    "sheet_metal": "钣金 鈑金 钣喷 sheetmetal bodywork",
    "paint": "喷漆 噴漆 油漆 漆工 paint",
    "parts": "配件 零件 备件 parts",
    "accessories": "精品 附件 装潢 accessories",
    "other": "其他 其它 other",
}
PAYERS = {
    "customer": "客户 客戶 自费 自費 客户付费 customer",
    "insurance": "保险 保險 保险公司 insurance",
    "warranty": "索赔 索賠 保修 质保 三包 厂家 warranty",
    "internal": "内部 內部 公司 免费 internal",
}
CLAIM_STATES = {
    "none": "无 無 none noclaim",
    "submitted": "已提交 提交 待审 submitted",
    "approved": "已通过 已通過 通过 通過 approved passed",
    "rejected": "已拒绝 已拒絕 拒绝 拒絕 rejected",
}
SALUTATIONS = {
    "mr": "先生 男 男士 男性 mr mr. male m",
    "ms": "女士 女 小姐 女性 ms ms. mrs mrs. miss female f",
}


def _by_word(choices):
    return {word: key for key, words in choices.items() for word in words.split()}


TRADE_WORDS, PAYER_WORDS, CLAIM_WORDS, SALUTATION_WORDS = map(
    _by_word, (TRADES, PAYERS, CLAIM_STATES, SALUTATIONS)
)

TEXTS = [
    column.name
    for column in COLUMNS
    if column.name
    not in (*LINE_COLUMNS, "number", "date_arrival", "date_delivery", "odometer")
]
UNITY = [
    ("customer", _lt("its rows name different customers")),
    ("plate", _lt("its rows name different plates")),
    ("vin", _lt("its rows name different VINs")),
]
NO_ARRIVAL = _lt("arrival is no date")
NO_DELIVERY = _lt("delivery is no date")
NO_ODOMETER = _lt("odometer is no positive number")
NO_AMOUNT = _lt("amount is no number")
NO_COST = _lt("cost is no positive number")
NO_PAYER = _lt("unknown payer")
NO_CLAIM_STATE = _lt("unknown state of the warranty claim")
NOT_YET = _lt("arrival lies in the future")
TOO_MANY_ROWS = _lt("it has more rows or more text than an order can have")
BY_NAME = {column.name: column for column in COLUMNS}


@dataclass
class Run:
    """The rows of one order that stand together in the file.

    :ivar int row: where they begin
    :ivar list rows: lists of cells
    :ivar list errors: what is wrong with the rows, before reading their cells
    :ivar int size: how many characters they hold
    """

    row: int
    number: str
    rows: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    size: int = 0
    is_full: bool = False

    def add(self, cells, error=None):
        """Add a row; what is more than an order can have is left out, with an error."""
        if error:
            self.errors.append(error)
        size = sum(len(cell) for cell in cells if isinstance(cell, str))
        if (
            len(self.rows) < limits.MAX_ORDER_ROWS
            and self.size + size <= limits.MAX_ORDER
        ):
            self.rows.append(cells)
            self.size += size
        elif not self.is_full:
            self.is_full = True
            self.errors.append(TOO_MANY_ROWS)


@dataclass
class Order:
    """One order as it would become a visit.

    :ivar list reasons: why it cannot, pairs of a translatable text and a value
    """

    number: str
    customer: str = ""
    visit: dict = field(default_factory=dict)
    lines: list = field(default_factory=list)
    reasons: list = field(default_factory=list)


class OrderParser:
    """Reads orders of one file.

    :param dict columns: column -> its position in a row
    :param str tz: time zone in which the file's dates are written
    :param datetime now: naive UTC; what ends later has not ended yet
    """

    def __init__(self, columns, tz, now):
        self._columns = columns
        self._tz = pytz.timezone(tz)
        self._now = now
        self._today = pytz.utc.localize(now).astimezone(self._tz).date()

    def read_runs(self, rows):
        """Yield the rows of an order that stand together, each repeated row once.

        A row that is cut off is an error of its own order, and of the order above when
        nobody can tell whether it was a part of it.

        :param rows: iterable of ``reader.Row``
        """
        run, previous = None, None
        for row in rows:
            if row.cells == previous:
                continue
            previous = row.cells
            number = self.number(row.cells)
            belongs = run and (
                (number == run.number and number)
                or self.continues(row.cells)
                or (row.error is CUT and self.may_continue(row.cells, run.number))
            )
            if not belongs:
                if run:
                    yield run
                run = Run(row.number, number)
            run.add(row.cells, row.error)
        if run:
            yield run

    def number(self, cells):
        """Return the number of the order that a row belongs to, or ``""``."""
        return values.narrow(self._cell(cells, "number"))

    def continues(self, cells):
        """Return whether a row is a further line of the order above.

        So it is where the export merged the cells that an order has once.
        """
        once = self._columns.keys() - set(LINE_COLUMNS)
        return not self._is_filled(cells, once) and self._is_filled(
            cells, ("service", "description")
        )

    def may_continue(self, cells, number):
        """Return whether a row that was cut off may belong to the order ``number``."""
        rest = self._columns.keys() - {"number"}
        return number.startswith(self.number(cells)) and not self._is_filled(
            cells, rest
        )

    def parse(self, rows):
        """Return the ``Order`` in its rows (lists of cells)."""
        order = Order(self.number(rows[0]))
        if not order.number:
            order.reasons.append((_lt("no order number"), None))
        self._check_length(order, "number", order.number)
        self._read_visit(order, rows)
        for cells in rows:
            if self._is_filled(cells, LINE_COLUMNS):
                order.lines.append(self._read_line(order, cells))
        return order

    def _cell(self, cells, name):
        position = self._columns.get(name)
        return None if position is None else cells[position]

    def _is_filled(self, cells, names):
        return any(values.text(self._cell(cells, name)) for name in names)

    def _first(self, rows, name):
        """Return the first filled cell of a column that an order has once."""
        for cells in rows:
            cell = self._cell(cells, name)
            if values.text(cell):
                return cell
        return None

    @staticmethod
    def _read(order, read, cell, reason):
        """Return what ``read`` makes of a cell; note the reason if it cannot."""
        try:
            return read(cell)
        except (ValueError, OverflowError):
            order.reasons.append((reason, values.text(cell)))
        return None

    @staticmethod
    def _check_length(order, name, text):
        """Note a text that is too long to be a name, plate or the like."""
        column = BY_NAME[name]
        if len(values.narrow(text)) > column.max_length:
            reason = _lt(
                "%(column)s is longer than %(limit)s characters",
                column=column.label,
                limit=column.max_length,
            )
            order.reasons.append((reason, None))

    # what an order has once

    def _read_visit(self, order, rows):
        text = {name: values.text(self._first(rows, name)) for name in TEXTS}
        for name in TEXTS:
            self._check_length(order, name, text[name])
        kind = text["visit_type"].casefold()
        is_consultation = any(word in kind for word in CONSULTATION)
        order.customer = text["customer"]
        order.visit = {
            **text,
            "visit_type": "consultation" if is_consultation else "workshop",
            # Any other word says nothing: nobody is guessed to be one or the other.
            "salutation": SALUTATION_WORDS.get(values.name_key(text["salutation"]), ""),
            "phone": values.phone(text["phone"]),
            "contact_phone": values.phone(text["contact_phone"]),
            "plate": values.plate(text["plate"]),
            "vin": values.plate(text["vin"]),
            "odometer": self._read(
                order, values.odometer, self._first(rows, "odometer"), NO_ODOMETER
            ),
        }
        if not order.customer:
            order.reasons.append((_lt("no customer"), None))
        if not order.visit["plate"] and not is_consultation:
            order.reasons.append((_lt("no plate"), None))
        self._check_unity(order, rows)
        self._read_dates(order, rows)

    def _check_unity(self, order, rows):
        """One number for two customers or cars means two orders, not one."""
        for name, reason in UNITY:
            written = {self._cell(cells, name) for cells in rows}
            if len(written) > 1 and len({*map(values.name_key, written)} - {""}) > 1:
                order.reasons.append((reason, None))

    def _read_dates(self, order, rows):
        cell = self._first(rows, "date_arrival")
        arrival = self._read(order, values.moment, cell, NO_ARRIVAL)
        end = self._first(rows, "date_delivery")
        delivery = self._read(order, values.moment, end, NO_DELIVERY)
        if cell is None:
            order.reasons.append((_lt("no date of arrival"), None))
        if not arrival or (end is not None and not delivery):
            return
        if arrival[0].date() > self._today:
            order.reasons.append((NOT_YET, values.text(cell)))
            return
        if delivery and self._is_before(delivery, arrival):
            order.reasons.append((_lt("delivered before arrival"), None))
            return
        arrival, delivery = self._within_day(arrival, delivery)
        order.visit["date_arrival"] = self._to_utc(arrival)
        order.visit["date_delivery"] = delivery and self._to_utc(delivery)
        self._set_state(order)

    @staticmethod
    def _is_before(one, other):
        """Compare by the minute, or by the day if one of both has no time."""
        (first, has_time), (second, second_has_time) = one, other
        if has_time and second_has_time:
            return first < second
        return first.date() < second.date()

    @staticmethod
    def _within_day(arrival, delivery):
        """Return both as datetimes; one without a time gets noon, if that fits."""
        arrived, has_time = arrival
        delivered, delivery_has_time = delivery or (None, True)
        if not has_time:
            arrived = datetime.combine(arrived, NOON)
            if delivered and delivery_has_time:
                arrived = min(arrived, delivered)
        if not delivery_has_time:
            delivered = max(datetime.combine(delivered, NOON), arrived)
        return arrived, delivered

    def _to_utc(self, moment):
        return self._tz.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)

    def _set_state(self, order):
        """Tell whether the visit is over: its end is written there, and has come.

        A consultation without an end ended on the day it began.
        """
        visit = order.visit
        arrival, delivery = visit["date_arrival"], visit["date_delivery"]
        is_consultation = visit["visit_type"] == "consultation"
        if not delivery and is_consultation and arrival.date() < self._now.date():
            delivery = visit["date_delivery"] = arrival
        if delivery and delivery <= self._now:
            visit["state"] = "closed" if is_consultation else "delivered"
            return
        visit["state"] = "open"
        visit["date_delivery"] = None
        if not delivery and arrival < self._now - MAX_STAY:
            order.reasons.append(
                (_lt("came more than 60 days ago and has no date of delivery"), None)
            )

    # what each row has

    def _read_line(self, order, cells):
        service = values.text(self._cell(cells, "service"))
        description = values.text(self._cell(cells, "description"))
        self._check_length(order, "service", service)
        self._check_length(order, "description", description)
        trade = TRADE_WORDS.get(self._word(cells, "trade"))
        return {
            "service": service,
            "name": description or service or "–",
            "trade": trade or TRADE_WORDS.get(values.name_key(service), "other"),
            "payer": self._read_word(order, cells, "payer", PAYER_WORDS, NO_PAYER)
            or "customer",
            "claim_state": self._read_word(
                order, cells, "claim_state", CLAIM_WORDS, NO_CLAIM_STATE
            )
            or "none",
            "amount": self._read(
                order, values.amount, self._cell(cells, "amount"), NO_AMOUNT
            )
            or 0.0,
            "cost": self._read(order, values.cost, self._cell(cells, "cost"), NO_COST)
            or 0.0,
        }

    def _word(self, cells, name):
        return values.name_key(self._cell(cells, name))

    def _read_word(self, order, cells, name, words, reason):
        """Return the key that a cell's word stands for; ``None`` for an empty cell."""
        word = self._word(cells, name)
        if word and word not in words:
            order.reasons.append((reason, values.text(self._cell(cells, name))))
        return words.get(word)
