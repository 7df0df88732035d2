from datetime import datetime

from odoo.tests import BaseCase, tagged

from ..dms import limits
from ..dms.order import OrderParser
from ..dms.reader import CUT, Row
from .common_import import ROW

NOW = datetime(2026, 3, 2, 2, 0)  # ten o'clock in Shanghai
COLUMNS = {name: position for position, name in enumerate(ROW)}


def cells(**vals):
    return [{**ROW, **vals}[name] for name in ROW]


class OrderCase(BaseCase):
    def setUp(self):
        super().setUp()
        self.parser = OrderParser(COLUMNS, "Asia/Shanghai", NOW)

    def _parse(self, *rows):
        return self.parser.parse(list(rows))

    def _get_reasons(self, **vals):
        order = self._parse(cells(**vals))
        return [
            f"{reason}: {value}" if value else str(reason)
            for reason, value in order.reasons
        ]


@tagged("-at_install", "post_install")
class TestDmsOrder(OrderCase):
    """What an order says, and when it is rejected."""

    def test_an_order_is_read_as_a_visit(self):
        order = self._parse(cells(), cells(description="四轮定位", amount="50"))
        self.assertFalse(order.reasons)
        self.assertEqual(order.number, "RO1")
        self.assertEqual(order.visit["state"], "delivered")
        self.assertEqual(order.visit["date_arrival"], datetime(2025, 6, 2, 1, 0))
        self.assertEqual(order.visit["date_delivery"], datetime(2025, 6, 2, 9, 0))
        self.assertEqual([line["amount"] for line in order.lines], [100, 50])

    def test_dates_that_no_visit_can_have_are_rejected(self):
        for date in ("0001-01-01", "1949-12-31", "2100-01-01", "9999-12-31"):
            with self.subTest(date=date):
                self.assertEqual(
                    self._get_reasons(date_arrival=date),
                    [f"arrival is no date: {date}"],
                )
                self.assertEqual(
                    self._get_reasons(date_delivery=date),
                    [f"delivery is no date: {date}"],
                )
        self.assertEqual(
            self._get_reasons(date_arrival=datetime(1, 1, 1)),
            ["arrival is no date: 0001-01-01 00:00"],
        )

    def test_no_car_came_in_the_future(self):
        """By the day of the dealership: it is ten o'clock there."""
        for date in ("2026-03-02", "2026-03-02 23:00"):
            self.assertEqual(
                self._get_reasons(date_arrival=date, date_delivery=None), []
            )
        self.assertEqual(
            self._get_reasons(date_arrival="2026-03-03", date_delivery=None),
            ["arrival lies in the future: 2026-03-03"],
        )

    def test_amounts_without_end_are_rejected(self):
        for cell in ("1e999", "inf", "nan", "9" * 400, float("inf"), float("nan")):
            with self.subTest(cell=cell):
                [amount] = self._get_reasons(amount=cell)
                self.assertRegex(amount, "^amount is no number")
                [cost] = self._get_reasons(cost=cell)
                self.assertRegex(cost, "^cost is no positive number")
                [odometer] = self._get_reasons(odometer=cell)
                self.assertRegex(odometer, "^odometer is no positive number")

    def test_a_text_too_long_for_a_name_or_number_is_rejected(self):
        for name, label, limit in (
            ("number", "Order number", 100),
            ("customer", "Customer", 100),
            ("plate", "Plate", 100),
            ("vin", "VIN", 100),
            ("phone", "Phone", 100),
            ("model", "Model", 100),
            ("service", "Service", 100),
            ("address", "Address", 500),
        ):
            with self.subTest(name=name):
                reasons = self._get_reasons(**{name: "7" * (limit + 1)})
                self.assertEqual(
                    reasons, [f"{label} is longer than {limit} characters"]
                )
                self.assertEqual(self._get_reasons(**{name: "7" * limit}), [])
        self.assertEqual(self._get_reasons(wish="x" * 3000, description="x" * 3000), [])

    def test_a_text_may_not_grow_beyond_its_length_when_it_is_made_plain(self):
        """The sign U+FDFA stands for eighteen letters."""
        self.assertEqual(
            self._get_reasons(plate="\ufdfa" * 10),
            ["Plate is longer than 100 characters"],
        )

    def test_long_cells_are_judged_at_once(self):
        """None of them may keep a worker busy."""
        for cell in (
            "2025-06-02" + " " * 30_000 + "x",
            "(" * 30_000,
            "1" + "(" * 30_000,
            "1," * 15_000,
        ):
            self.assertTrue(
                self._get_reasons(
                    date_arrival=cell, amount=cell, odometer=cell, phone=cell
                )
            )


@tagged("-at_install", "post_install")
class TestDmsRuns(OrderCase):
    """Which rows of a file are one order."""

    def _read_runs(self, *rows):
        runs = self.parser.read_runs(
            Row(number, row, error) for number, (row, error) in enumerate(rows, start=2)
        )
        return {
            run.number: (run.row, len(run.rows), [str(error) for error in run.errors])
            for run in runs
        }

    def test_rows_with_one_number_or_none_belong_together(self):
        line = [None] * len(ROW)
        line[COLUMNS["description"]] = "记录仪"
        runs = self._read_runs(
            (cells(), None),
            (cells(), None),
            (line, None),
            (cells(number="RO2"), None),
            ([None] * len(ROW), None),
        )
        self.assertEqual(runs, {"RO1": (2, 2, []), "RO2": (5, 1, []), "": (6, 1, [])})

    def test_a_row_cut_off_may_belong_to_the_order_above(self):
        cut = ["R"] + [None] * (len(ROW) - 1)
        runs = self._read_runs((cells(), None), (cut, CUT))
        self.assertEqual(runs, {"RO1": (2, 2, ["the file ends in the middle of it"])})

    def test_an_order_has_no_more_rows_and_text_than_an_order_can_have(self):
        many = [
            (cells(description=str(number)), None)
            for number in range(limits.MAX_ORDER_ROWS + 5)
        ]
        [[_row, count, errors]] = self._read_runs(*many).values()
        self.assertEqual(count, limits.MAX_ORDER_ROWS)
        self.assertEqual(
            errors, ["it has more rows or more text than an order can have"]
        )
        long = [(cells(wish=f"{n}" + "x" * 30_000), None) for n in range(50)]
        [[_row, count, errors]] = self._read_runs(*long).values()
        self.assertEqual(count, 33)
        self.assertEqual(len(errors), 1)
