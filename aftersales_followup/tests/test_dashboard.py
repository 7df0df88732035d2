from datetime import date, timedelta

from .dashboard_common import DashboardCase
from .kpi_common import KpiYear
from .test_kpi_year import OFFICERS, TABLE, read_rows

JUNE = "2025-06-01"
# Numbers whose records are added up: by this field of theirs.
AMOUNTS = {"revenue": "amount", "response_revenue": "revenue", "csi": "satisfaction"}


class TestDashboardMonth(KpiYear, DashboardCase):
    """June 2025, as it was counted by hand in ``kpi_common``."""

    def setUp(self):
        super().setUp()
        self.cause = self.env.ref("aftersales_followup.case_cause_parts_quality").sudo()
        self.X2.sudo().cause_id = self.cause
        self.env["aftersales.kpi.target"]._take_proposed(self.company, 2025)
        self.table = dict(read_rows(TABLE))

    def _number(self, piece):
        return float(piece["text"].replace(",", "").removesuffix(" %"))

    def test_tiles_are_what_was_counted_by_hand(self):
        data = self._get_data(JUNE)
        self.assertEqual(data["month_name"], "June 2025")
        tiles = [
            (tile["code"], tile["text"], tile["sign"], tile["notes"][0]["text"])
            for tile in data["tiles"]
        ]
        self.assertEqual(
            tiles,
            [
                ("revenue", "4,180", "✗", "1 % of 500,000"),
                ("intake", "4", "✗", "1 % of 650"),
                ("csi", "85.0 %", "✗", "≥ 93.0 %"),
                ("rework", "25.0 %", "✗", "< 2.0 %"),
                ("response", "50.0 %", "", "50.0 %"),
                ("absorption", "40.0 %", "✗", "≥ 100.0 %"),
            ],
        )

    def test_response_stands_beside_those_whom_nobody_reached(self):
        response = self._by_code(self._get_data(JUNE)["tiles"])["response"]
        self.assertEqual(
            [(note["label"], note["text"]) for note in response["notes"]],
            [("Came without Contact", "50.0 %"), ("Revenue after Contacts", "700")],
        )
        self.assertEqual([part["text"] for part in response["parts"]], ["1", "2"])

    def test_it_can_be_asked_of_a_copy_of_the_database_that_nobody_writes(self):
        """As Odoo does with a replica beside the database."""
        board = self.env["aftersales.dashboard"]
        self.assertTrue(board.get_data._readonly)
        self.assertTrue(board.open_records._readonly)
        self.assertTrue(board.get_my_line._readonly)
        self.env.flush_all()
        with self.env.cr.savepoint() as savepoint:
            self.env.cr.execute("SET LOCAL transaction_read_only = on")
            data = self._get_data(JUNE)
            self._open(data["tiles"][0]["opens"], JUNE)
            board.with_user(self.officer).get_my_line()
            savepoint.rollback()

    def test_deadlines_kept_by_officer_are_what_was_counted_by_hand(self):
        kept = self._get_data(JUNE)["kept"]
        names = [officer["name"] for officer in kept["officers"]]
        self.assertEqual(names, ["Officer", "Other Officer"])
        cells = {
            row["code"]: [cell["text"] + cell["sign"] for cell in row["cells"]]
            for row in kept["rows"]
        }
        self.assertEqual(
            cells,
            {
                "archive_on_time": ["66✗", "0✗", "50✗"],
                "first_on_time": ["100✓", "0✗", "66✗"],
                "second_on_time": ["0✗", "—", "0✗"],
                "escalated_on_time": ["100✓", "0✗", "66✗"],
                "informed_on_time": ["100✓", "0✗", "66✗"],
                "complaint_answered": ["—", "—", "50✗"],
                "campaign_called_on_time": ["50✗", "—", "50✗"],
                "letter_on_time": ["100✓", "—", "100✓"],
            },
        )

    def test_charts_are_what_was_counted_by_hand(self):
        charts = self._by_code(self._get_data(JUNE)["charts"])
        bars = {
            code: {bar["name"]: bar["value"] for bar in chart["bars"]}
            for code, chart in charts.items()
        }
        self.assertEqual(bars["cause"], {self.cause.name: 1, "No cause yet": 1})
        self.assertEqual(
            bars["trade"],
            {
                "Sheet Metal": 2000,
                "Paint": 1000,
                "Maintenance": 500,
                "Mechanical": 300,
                "Parts": 300,
                "Accessories": 80,
            },
        )
        self.assertEqual(
            bars["payer"], {"Insurance": 3000, "Customer": 880, "Warranty": 300}
        )
        shares = [bar["share"] for bar in charts["cause"]["bars"]]
        self.assertEqual(shares, [50, 100], "the line of a Pareto")
        self.assertEqual(
            [bar["share_text"] for bar in charts["payer"]["bars"]],
            ["72 %", "21 %", "7 %"],
        )

    def test_each_figure_opens_exactly_what_it_counts(self):
        for tile in self._get_data(JUNE)["tiles"]:
            code = tile["code"]
            with self.subTest(tile=code):
                records = self._open(tile["opens"], JUNE)
                field = AMOUNTS.get(code)
                found = sum(records.mapped(field)) if field else len(records)
                if code == "absorption":
                    found = sum(line.amount - line.cost for line in records)
                self.assertEqual(found, self.table[code][1])
            for place, part in enumerate(tile["parts"], start=1):
                with self.subTest(tile=code, part=place):
                    self.assertEqual(self._number(part), self.table[code][place])
                    self.assertEqual(part["opens"]["code"], code)
            for note in tile["notes"]:
                opens = note["opens"]
                with self.subTest(tile=code, note=note["text"]):
                    records = self._open(opens, JUNE)
                    if opens["what"] == "goal":
                        self.assertEqual(records.kpi_id.code, code)
                        self.assertEqual(records.year, 2025)
                        continue
                    field = AMOUNTS.get(opens["code"])
                    found = sum(records.mapped(field)) if field else len(records)
                    self.assertEqual(found, self.table[opens["code"]][1])

    def test_the_parts_of_a_ratio_open_what_they_count(self):
        tiles = self._by_code(self._get_data(JUNE)["tiles"])
        for code, expected in (("rework", [1, 4]), ("response", [1, 2])):
            with self.subTest(tile=code):
                opened = [
                    len(self._open(part["opens"], JUNE))
                    for part in tiles[code]["parts"]
                ]
                self.assertEqual(opened, expected)
        calls, all_calls = (
            self._open(part["opens"], JUNE) for part in tiles["csi"]["parts"]
        )
        self.assertEqual(sum(calls.mapped("satisfaction")), 34)
        self.assertEqual(10 * len(all_calls), 40)

    def test_each_cell_opens_all_that_was_due(self):
        kept = self._get_data(JUNE)["kept"]
        officers = dict(read_rows(OFFICERS))
        checked = 0
        for row in kept["rows"]:
            code = row["code"]
            numbers = officers.get(code, (None,) * 4)
            expected = [numbers[:2], numbers[2:], self.table[code][1:3]]
            for cell, parts in zip(row["cells"], expected, strict=True):
                with self.subTest(row=code, parts=parts):
                    if not cell["opens"]:
                        self.assertEqual(parts, (None, None))
                        self.assertTrue(cell["title"])
                        continue
                    records = self._open(cell["opens"], JUNE)
                    on_time, due = parts
                    self.assertEqual(
                        cell["title"], f"{on_time:.0f} of {due:.0f} on time"
                    )
                    self.assertEqual(len(records), due)
                    action = self._get_board().open_records(
                        cell["opens"], JUNE, self.company.id
                    )
                    [result] = action["context"]["group_by"]
                    kept_ones = records.filtered(
                        lambda record, result=result: record[result] == "on_time"
                    )
                    self.assertEqual(len(kept_ones), on_time)
                    checked += 1
        self.assertEqual(checked, 7 + 4 + 8)

    def test_each_bar_opens_exactly_what_it_counts(self):
        for chart in self._get_data(JUNE)["charts"]:
            is_money = chart["code"] != "cause"
            pieces = [*chart["bars"], chart]
            for piece in pieces:
                with self.subTest(chart=chart["code"], piece=piece["name"]):
                    records = self._open(piece["opens"], JUNE)
                    found = sum(records.mapped("amount")) if is_money else len(records)
                    shown = piece.get("value", 4180 if is_money else 2)
                    self.assertEqual(found, shown)

    def test_a_line_has_the_stored_months_and_opens_them(self):
        for month in (4, 5, 6):
            self.values._compute_month(self.company, date(2025, month, 1))
        line = self._by_code(self._get_data(JUNE)["tiles"])["revenue"]["line"]
        self.assertEqual(len(line["labels"]), 13)
        self.assertEqual(
            (line["labels"][0], line["labels"][-1]), ("Jun 2024", "Jun 2025")
        )
        self.assertEqual(line["values"], [None] * 10 + [0, 0, 4180])
        records = self._open(line["opens"], JUNE)
        self.assertEqual(records.sorted("date").mapped("value"), [0, 0, 4180])
        self.assertFalse(records.user_id)

    def test_no_figure_is_a_dash_and_says_why(self):
        data = self._get_data("2025-07-01")
        tiles = self._by_code(data["tiles"])
        absorption = tiles["absorption"]
        self.assertEqual((absorption["text"], absorption["opens"]), ("—", False))
        self.assertEqual(
            absorption["title"], "No fixed cost was typed in for this period."
        )
        self.assertFalse(absorption["parts"])
        self.assertEqual(absorption["sign"], "")

    def test_many_causes_are_told_together_and_open_together(self):
        causes = self.env["aftersales.case.cause"].create(
            [{"name": f"Cause {n}"} for n in range(9)]
        )
        for cause in causes:
            case = self._new_case(self.B, date_raised=self.X2.date_raised)
            case.sudo().cause_id = cause
        chart = self._by_code(self._get_data(JUNE)["charts"])["cause"]
        self.assertEqual(len(chart["bars"]), 8)
        others = chart["bars"][-1]
        self.assertEqual((others["name"], others["value"]), ("Others", 4))
        self.assertEqual(len(self._open(others["opens"], JUNE)), 4)
        self.assertEqual(chart["bars"][-1]["share"], 100)

    def test_what_was_filed_is_shown_as_it_was_filed(self):
        self.values._freeze(self.company, date(2025, 6, 1), date(2025, 6, 30))
        self.V1.sudo().line_ids[0].amount = 9000
        tiles = self._by_code(self._get_data(JUNE)["tiles"])
        self.assertEqual(tiles["revenue"]["text"], "4,180")

    def test_officers_see_their_own_month_in_one_line_and_nobody_elses(self):
        self.set_now(self.V4.date_delivery + timedelta(days=8))  # 29 June
        lines = {
            user: self._get_board(user).with_company(self.company).get_my_line()
            for user in (self.officer, self.other_officer, self.outsider, self.advisor)
        }
        self.assertEqual(
            lines[self.other_officer]["text"],
            "this month: 0 of 4 on time · 2 calls · satisfaction 7.0",
        )
        self.assertIn("7 calls · satisfaction 9.0", lines[self.officer]["text"])
        self.assertIn("First Follow-Up on Time: 2 / 2", lines[self.officer]["details"])
        for user in (self.outsider, self.advisor):
            self.assertEqual(lines[user], {"text": "", "details": ""})
