from datetime import datetime, time, timedelta

from odoo.exceptions import UserError

from .common import TODAY
from .dashboard_common import DashboardCase


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
