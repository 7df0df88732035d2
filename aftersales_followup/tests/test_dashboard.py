from datetime import date, datetime, time, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from .common import TODAY, AftersalesCase
from .kpi_common import KpiYear
from .test_kpi_year import OFFICERS, TABLE, read_rows

JUNE = "2025-06-01"
# Numbers whose records are added up: by this field of theirs.
AMOUNTS = {"revenue": "amount", "response_revenue": "revenue", "csi": "satisfaction"}


class DashboardCase(AftersalesCase):
    """What the supervisor sees, and what opens when it is clicked."""

    def _get_board(self, user=None):
        env = self.env(user=user or self.supervisor, su=False, context={})
        return env["aftersales.dashboard"]

    def _get_data(self, month=None, user=None, company=None):
        return self._get_board(user).get_data(month, (company or self.company).id)

    def _open(self, opens, month=None):
        """Return the records that a browser finds after a click."""
        board = self._get_board()
        action = board.open_records(opens, month, self.company.id)
        model = board.env[action["res_model"]].with_context(**action["context"])
        return model.search(action["domain"])

    def _by_code(self, pieces):
        return {piece["code"]: piece for piece in pieces}


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


class TestDashboardToday(DashboardCase):
    """What is to be done on Monday, 2 March 2026."""

    def setUp(self):
        super().setUp()
        self.customer = self._new_customer()

    def _new_due(self, days, user=None, **vals):
        return self._new_followup(
            self.customer,
            user_id=(user or self.officer).id,
            date_earliest=TODAY - timedelta(days=9),
            date_deadline=TODAY + timedelta(days=days),
            **vals,
        )

    def _get_item(self, code):
        return self._by_code(self._get_data()["today"])[code]

    def _assert_opens(self, piece, records):
        self.assertEqual(self._open(piece["opens"]), records)

    def test_overdue_is_told_by_officer(self):
        mine = self._new_due(-1) | self._new_due(-3)
        theirs = self._new_due(-2, self.other_officer)
        self._new_due(0)
        self._new_due(-1).sudo().state = "done"
        self._new_visit(self.customer)
        item = self._get_item("overdue")
        self.assertEqual(item["text"], "3")
        self.assertEqual(
            [part["text"] for part in item["parts"]], ["Officer 2", "Other Officer 1"]
        )
        self._assert_opens(item, mine | theirs)
        self._assert_opens(item["parts"][0], mine)
        self._assert_opens(item["parts"][1], theirs)

    def test_many_officers_are_told_together(self):
        for n in range(7):
            user = self._new_user(f"officer_{n}", "officer")
            self._new_due(-1, user)
        self._new_due(-1)
        self._new_due(-1)
        self._new_visit(self.customer)
        parts = self._get_item("overdue")["parts"]
        self.assertEqual(len(parts), 5)
        self.assertEqual(parts[0]["text"], "Officer 2")
        self.assertEqual(parts[-1]["text"], "Others 4")
        self.assertEqual(len(self._open(parts[-1]["opens"])), 4)

    def test_cases_to_tell_to_decide_and_complaints_that_are_open(self):
        told = self._new_case(self.customer)
        told.with_user(self.supervisor).solution = "A new disc"
        told.with_user(self.supervisor).action_solve()
        reported = self._new_case(self.customer, case_type="request")
        reported.action_escalate()
        self._new_case(self.customer, case_type="wish")
        for code, expected in (
            ("tell", told),
            ("decide", reported),
            ("complaint", told),
        ):
            with self.subTest(code):
                item = self._get_item(code)
                self.assertEqual(item["text"], "1")
                self._assert_opens(item, expected)

    def test_archives_that_are_to_be_filed_by_today(self):
        old = self._new_visit(self.customer)
        old.sudo().archive_deadline = TODAY - timedelta(days=1)
        now = self._new_visit(self.customer)
        now.sudo().archive_deadline = TODAY
        self._new_visit(self.customer)
        item = self._get_item("file")
        self.assertEqual(item["text"], "2")
        self._assert_opens(item, old | now)

    def test_campaigns_that_run_say_how_far_customers_are_told(self):
        self._new_visit(self.customer)
        self._new_audience(4)
        campaign = self._new_campaign(
            audience_domain=repr([("name", "like", "Customer")])
        )
        campaign.action_confirm()
        self._new_campaign(name="A draft")
        notices = campaign.followup_ids
        self.assertEqual(len(notices), 4)
        notices[0].sudo().state = "done"
        item = self._get_item("told")
        self.assertEqual((item["name"], item["text"]), (campaign.name, "1 told"))
        self.assertEqual(item["parts"][0]["text"], "of 4 (25 %)")
        self._assert_opens(item, notices[0])
        self._assert_opens(item["parts"][0], notices)

    def test_of_many_campaigns_the_number_is_told(self):
        self._new_visit(self.customer)
        for n in range(4):
            campaign = self._new_campaign(name=f"Week {n}")
            campaign.sudo().state = "confirmed"
        item = self._get_item("campaign")
        self.assertEqual(item["text"], "4")
        self.assertEqual(len(self._open(item["opens"])), 4)

    def test_a_sum_that_grows_is_judged_by_the_days_of_the_month(self):
        """31 000 in March are 2 000 by the second; within 5 % it is near."""
        kpi = self.env.ref("aftersales_followup.kpi_revenue")
        self.env["aftersales.kpi.target"].create(
            {
                "kpi_id": kpi.id,
                "company_id": self.company.id,
                "year": 2026,
                "target": 12 * 31000,
            }
        )
        visit = self._new_delivered_visit(self.customer)
        for amount, sign, text in (
            (2000, "✓", "6 % of 31,000"),
            (1900, "~", "6 % of 31,000"),
            (1899, "✗", "6 % of 31,000"),
        ):
            with self.subTest(amount):
                visit.sudo().line_ids.amount = amount
                tile = self._by_code(self._get_data()["tiles"])["revenue"]
                self.assertEqual((tile["sign"], tile["notes"][0]["text"]), (sign, text))

    def test_months_to_come_and_long_ago_are_not_shown(self):
        self._new_visit(self.customer)
        for month, shown in (
            (None, "2026-03-01"),
            ("2026-02-17", "2026-02-01"),
            ("2027-01-01", "2026-03-01"),
            ("0001-01-01", "2000-01-01"),
        ):
            with self.subTest(month):
                self.assertEqual(self._get_data(month)["month"], shown)
        self.assertFalse(self._get_data()["next"])
        self.assertEqual(self._get_data("2026-01-01")["next"], "2026-02-01")
        with self.assertRaisesRegex(UserError, "no month"):
            self._get_data("never")

    def test_what_nobody_counts_does_not_open(self):
        for opens in (
            None,
            {},
            {"what": "_look"},
            {"what": "figure", "code": "nothing", "part": "numerator"},
            {"what": "figure", "code": "intake", "part": "company"},
            {"what": "kept", "code": "intake"},
            {"what": "tell", "keys": [1]},
            {"what": "step", "step": "nothing"},
        ):
            with self.subTest(opens), self.assertRaises(UserError):
                self._open(opens)

    def test_an_empty_dealership_is_told_how_to_begin(self):
        data = self._get_data()
        self.assertNotIn("tiles", data)
        self.assertEqual(
            [(step["code"], step["is_done"]) for step in data["steps"]],
            [("import", True), ("users", True), ("rules", False), ("call", False)],
        )
        actions = {
            step["code"]: self._get_board().open_records(step["opens"])
            for step in data["steps"]
            if step["opens"]
        }
        self.assertEqual(actions["import"]["res_model"], "aftersales.visit.import")
        self.assertEqual(actions["rules"]["res_model"], "aftersales.followup.rule")
        menu = self.env.ref("aftersales_followup.aftersales_call_menu_inbound")
        self.assertEqual(actions["call"]["id"], menu.action.id)
        self.assertNotIn("users", actions, "a supervisor makes no users")
        self._new_visit(self.customer)
        self.assertNotIn("steps", self._get_data())

    def test_the_summary_of_the_month_says_how_far_it_is(self):
        self._new_visit(self.customer)
        self.assertIs(self._get_data()["summary"], False)
        summary = self.env["aftersales.summary"].create({"date_from": "2026-02-01"})
        for now, month, text, sign in (
            (TODAY, None, "Draft, to be filed by 03/10/2026", ""),
            (TODAY, "2026-02-01", "Draft, to be filed by 03/10/2026", ""),
            (TODAY + timedelta(days=9), None, "Draft, to be filed by 03/10/2026", "✗"),
        ):
            with self.subTest(now=now, month=month):
                self.set_now(datetime.combine(now, time(2)))
                state = self._get_data(month)["summary"]
                expected = f"Summary of February 2026: {text}"
                self.assertEqual((state["text"], state["sign"]), (expected, sign))
                action = self._get_board().open_records(state["opens"])
                self.assertEqual(action["res_id"], summary.id)
        self.assertIs(self._get_data("2026-01-01")["summary"], False)
        summary.sudo().state = "filed"
        state = self._get_data("2026-02-01")["summary"]
        self.assertEqual(state["text"], "Summary of February 2026: Filed")
        self.assertEqual(state["sign"], "✓")


class TestDashboardRights(DashboardCase):
    """Only supervisors see it, and only of their companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env(user=1)["res.company"].create({"name": "Branch"})

    def setUp(self):
        super().setUp()
        self.visit = self._new_visit()

    def test_nobody_but_a_supervisor_sees_the_dashboard(self):
        opens = {"what": "figure", "code": "intake", "part": "numerator"}
        for user in (self.officer, self.advisor, self.outsider):
            with self.subTest(user.name):
                board = self._get_board(user)
                with self.assertRaises(AccessError):
                    board.get_data(None, self.company.id)
                with self.assertRaises(AccessError):
                    board.open_records(opens, None, self.company.id)

    def test_no_supervisor_sees_another_company(self):
        board = self._get_board()
        for company_id in (self.branch.id, 987654321, "x"):
            with self.subTest(company_id):
                with self.assertRaises(AccessError):
                    board.get_data(None, company_id)
                with self.assertRaises(AccessError):
                    board.open_records({"what": "tell"}, None, company_id)

    def test_who_supervises_two_chooses_and_sees_each_alone(self):
        self.supervisor.sudo().company_ids = [Command.link(self.branch.id)]
        branch = self.env(
            user=self.supervisor, context={"allowed_company_ids": self.branch.ids}
        )
        customer = branch["res.partner"].create(
            {"name": "Li Si", "company_id": self.branch.id}
        )
        branch["aftersales.visit"].create(
            [
                {"partner_id": customer.id, "visit_type": "consultation"}
                for _n in range(2)
            ]
        )
        branch.flush_all()
        data = self._get_data(company=self.branch)
        self.assertEqual(data["company"]["name"], "Branch")
        names = {company["name"] for company in data["companies"]}
        self.assertEqual(names, {"Yusen Motors", "Branch"})
        tiles = self._by_code(data["tiles"])
        self.assertEqual(tiles["intake"]["text"], "0", "they were consultations")
        own = self._by_code(self._get_data()["tiles"])
        self.assertEqual(own["intake"]["text"], "1")
        opens = own["intake"]["opens"]
        self.assertEqual(self._open(opens), self.visit)
        # Whichever company is active in the browser, the window shows the right one.
        action = self._get_board().open_records(opens, None, self.branch.id)
        self.assertEqual(action["context"]["allowed_company_ids"], self.branch.ids)

    def test_supervisors_land_on_the_dashboard_officers_on_their_calls(self):
        menus = {
            "supervisor": "aftersales_dashboard_action",
            "officer": "aftersales_followup_action_today",
        }
        for name, action in menus.items():
            with self.subTest(name):
                user = getattr(self, name)
                menu = self.env["ir.ui.menu"].with_user(user).load_web_menus(False)
                root = self.env.ref("aftersales_followup.aftersales_followup_menu_root")
                action = self.env.ref(f"aftersales_followup.{action}")
                self.assertEqual(menu[root.id]["actionID"], action.id)


class TestDashboardQueries(DashboardCase):
    """It costs the same whatever the number of officers and months."""

    def _count_queries(self):
        self._get_data()  # what Odoo keeps for all requests
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._get_data()
        return self.env.cr.sql_log_count - before

    def _work(self, name):
        """Let an officer be late with a customer, who complains."""
        user = self._new_user(name, "officer")
        customer = self._new_customer(name, officer=user)
        visit = self._new_delivered_visit(customer)
        visit.followup_ids.sudo().date_earliest = TODAY - timedelta(days=3)
        visit.followup_ids.sudo().date_deadline = TODAY - timedelta(days=1)
        case = self._new_case(customer, user)
        cause = self.env["aftersales.case.cause"].create({"name": name})
        case.sudo().cause_id = cause

    def test_queries_do_not_grow_with_officers_and_months(self):
        self.env["aftersales.kpi.target"]._take_proposed(self.company, 2026)
        values = self.env["aftersales.kpi.value"].sudo()
        self._work("first")
        values._compute_month(self.company, TODAY.replace(day=1))
        few = self._count_queries()
        for n in range(6):
            self._work(f"next {n}")
        for month in range(1, 13):
            values._compute_month(self.company, date(2025, month, 1))
        values._compute_month(self.company, TODAY.replace(day=1))
        many = self._count_queries()
        self.assertEqual(len(self._get_data()["kept"]["officers"]), 7)
        self.assertLessEqual(many, few)
        self.assertLess(few, 90)
