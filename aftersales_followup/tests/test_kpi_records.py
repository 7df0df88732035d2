from datetime import date

from odoo.exceptions import AccessError, UserError

from .kpi_common import JUNE, KpiYear, at

# What is added up of the records behind a part; of all others they are counted.
AMOUNT = """
    revenue revenue_insurance revenue_workshop labour_mechanical labour_sheet_metal
    labour_paint parts_sales accessories_sales ticket_workshop ticket_insurance growth
    parts_purchase parts_stock accessories_stock fixed_cost facility_cost
    staff_management staff_frontdesk staff_mechanics staff_body_paint staff_store
    lectures_customers lectures_technical training_frontdesk training_basics
    training_workshop discussions team_activities
"""
PROFIT = "parts_profit parts_margin gross_profit absorption"
OF_MONEY = "parts_margin absorption growth"


class TestKpiRecords(KpiYear):
    """From each figure to exactly the records that it counts."""

    def _measure(self, code, part, records):
        if not records:
            return 0
        if part == "denominator":
            if code == "csi":
                return 10 * len(records)
            return sum(records.mapped("amount")) if code in OF_MONEY else len(records)
        if code in AMOUNT.split():
            return sum(records.mapped("amount"))
        if code in PROFIT.split():
            return sum(records.mapped("amount")) - sum(records.mapped("cost"))
        if code == "parts_cost":
            return sum(records.mapped("cost"))
        if code == "csi":
            return sum(records.mapped("satisfaction"))
        if code == "response_revenue":
            return sum(records.mapped("revenue"))
        return len(records)

    def _open(self, action, user=None):
        """Return the records that a browser finds for a window action."""
        model = self.env[action["res_model"]].with_user(user or self.supervisor)
        model = model.with_context(**action["context"])
        return model.search(action["domain"])

    def _check_opens(self, kpi, period, user, part, expected):
        action = kpi._get_counted_action(*period, self.company, user, part)
        found = self._measure(kpi.code, part, self._open(action))
        self.assertAlmostEqual(found, expected or 0, 2)

    def test_every_part_of_every_figure_opens_what_it_counts(self):
        for period in (JUNE, (date(2025, 1, 1), date(2025, 12, 31))):
            figures = self._figures(period, by_officer=True)
            for kpi in self.kpis:
                for user, (_value, *parts) in figures[kpi.code].items():
                    for name, expected in zip(
                        ("numerator", "denominator"), parts, strict=True
                    ):
                        per_day = kpi.code.endswith("_day")
                        if name == "denominator" and (kpi.kind != "ratio" or per_day):
                            continue
                        # Each month of a year has a look back of its own.
                        if kpi.code == "retention" and period != JUNE:
                            continue
                        with self.subTest(
                            kpi=kpi.code, part=name, officer=user, period=period
                        ):
                            self._check_opens(kpi, period, user, name, expected)

    def test_stored_values_open_what_they_count(self):
        values = self.values._compute_month(self.company, JUNE[0])
        for value in values.with_user(self.supervisor):
            with self.subTest(value=value.display_name):
                records = self._open(value.action_open_records())
                found = self._measure(value.kpi_id.code, "numerator", records)
                self.assertAlmostEqual(found, value.numerator, 2)
                if value.kind == "ratio" and not value.kpi_id.code.endswith("_day"):
                    records = self._open(value.action_open_denominator())
                    found = self._measure(value.kpi_id.code, "denominator", records)
                    self.assertAlmostEqual(found, value.denominator, 2)

    def test_working_days_are_no_records_and_it_says_so(self):
        with self.assertRaisesRegex(UserError, "working days"):
            self._kpi("intake_day")._get_counted_action(
                *JUNE, self.company, part="denominator"
            )
        with self.assertRaisesRegex(UserError, "divided by nothing"):
            self._kpi("intake")._get_counted_action(
                *JUNE, self.company, part="denominator"
            )

    def test_a_window_says_what_it_shows(self):
        action = self._kpi("calls")._get_counted_action(
            *JUNE, self.company, self.officer
        )
        self.assertEqual(action["name"], "Calls: 06/01/2025 – 06/30/2025 (Officer)")

    def test_an_officer_opens_his_own_figures_and_no_others(self):
        self.values._compute_month(self.company, JUNE[0])
        own = self.env["aftersales.kpi.value"].with_user(self.officer)
        found = own.search([])
        self.assertEqual(found.user_id, self.officer)
        [calls] = found.filtered(lambda value: value.kpi_id.code == "calls")
        records = self._open(calls.action_open_records(), self.officer)
        self.assertEqual(len(records), 7)
        theirs = self.values.search([("user_id", "=", self.other_officer.id)])[:1]
        with self.assertRaises(AccessError):
            theirs.with_user(self.officer).action_open_records()


class TestKpiFiled(KpiYear):
    """What a summary filed stays as it was filed."""

    def test_a_filed_month_does_not_move_when_records_are_corrected(self):
        self.values._freeze(self.company, *JUNE)
        filed = self._figures(JUNE, by_officer=True)
        self.V1.sudo().line_ids[0].amount = 9000
        self.V2.sudo().action_reopen()
        call = self.env["aftersales.call"].search([("satisfaction", "=", 7)])
        call.with_context(correction_reason="Misheard").satisfaction = 1
        self._type_in("fixed_cost", JUNE[1], 1)
        self.env.invalidate_all()
        self.assertEqual(self._figures(JUNE, by_officer=True), filed)
        kpis = self.kpis
        now = kpis._get_figures(kpis, *JUNE, self.company, as_now=True)
        self.assertEqual(now[self._kpi("revenue")][False][0], 4180 + 8500 - 3000)
        self.assertEqual(now[self._kpi("csi")][False][1], 28)
        self.assertEqual(now[self._kpi("fixed_cost")][False][0], 5901)

    def test_a_year_has_its_filed_months_as_filed_and_the_others_as_they_are(self):
        self.values._freeze(self.company, *JUNE)
        self.V1.sudo().line_ids[0].amount = 9000
        self.V5.sudo().line_ids[0].amount = 1600
        year = (date(2025, 1, 1), date(2025, 12, 31))
        self.assertEqual(self._figure("revenue", year), (6480, 6480, None))
        margin = self._figure("parts_margin", year)
        self.assertEqual(margin[1:], (1470, 2600))

    def test_the_nightly_count_leaves_filed_months_alone(self):
        self.values._freeze(self.company, *JUNE)
        self.V1.sudo().line_ids[0].amount = 9000
        company = self.company
        months = [
            month for owner, month in self.values._get_open_months() if owner == company
        ]
        self.assertNotIn(JUNE[0], months)
        self.assertEqual(months[0], date(2026, 1, 1), "the running one")
        self.assertEqual(months[-1], date(2025, 1, 1), "the start of the year before")
        self.assertFalse(self.values._compute_open(company, JUNE[0]))
        stored = self.values._get_months(self._kpi("revenue"), company, *JUNE)
        value = stored[self._kpi("revenue")][JUNE[0]]
        self.assertTrue(value.is_frozen)
        self.assertEqual(value.value, 4180)

    def test_reopening_a_summary_lets_its_months_be_counted_anew(self):
        self.values._freeze(self.company, *JUNE)
        self.V1.sudo().line_ids[0].amount = 9000
        self.values._unfreeze(self.company, *JUNE)
        self.values._compute_open(self.company, JUNE[0])
        self.assertEqual(self._figure("revenue", JUNE)[0], 12680)

    def test_a_figure_that_was_filed_empty_stays_empty(self):
        self.values._freeze(self.company, *JUNE)
        self._type_in("team_activities", JUNE[1], 1)
        self.assertEqual(self._figure("team_activities", JUNE), (None, None, None))

    def test_what_is_not_told_any_more_goes_from_the_stored_values(self):
        self.values._compute_month(self.company, JUNE[0])
        domain = [("user_id", "=", self.other_officer.id), ("date", "=", JUNE[0])]
        before = self.values.search([*domain, ("kpi_id.code", "=", "archive_on_time")])
        self.assertEqual(len(before), 1)
        self.V2.sudo().archive_result = "void"
        self.values._compute_month(self.company, JUNE[0])
        self.assertFalse(before.exists())

    def test_counting_twice_changes_nothing(self):
        first = self.values._compute_month(self.company, JUNE[0])
        again = self.values._compute_month(self.company, JUNE[0])
        self.assertEqual(set(first.ids), set(again.ids))

    def test_the_cron_counts_all_open_months(self):
        cron = self.env.ref("aftersales_followup.ir_cron_kpi").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        revenue = self._kpi("revenue")
        months = self.values._get_months(
            revenue, self.company, date(2025, 1, 1), date(2026, 1, 31)
        )[revenue]
        told = {month: value.value for month, value in months.items() if value.value}
        self.assertEqual(told, {date(2025, 6, 1): 4180, date(2025, 7, 1): 1300})
        self.assertEqual(len(months), 13)

    def test_the_running_month_goes_up_to_today(self):
        self.set_now(at(2026, 1, 12))
        self._arrive("V9", self.J, (("parts", "customer", 100, 50),), None)
        january = (date(2026, 1, 1), date(2026, 1, 31))
        # 1, 2, 5 to 9 and 12 January are eight weekdays.
        self.assertEqual(self._figure("intake_day", january), (0.12, 1, 8))


class TestKpiPivot(KpiYear):
    """What a pivot shows over many months, officers or companies."""

    def setUp(self):
        super().setUp()
        for month in (JUNE[0], date(2025, 7, 1)):
            self.values._compute_month(self.company, month)

    def _group(self, domain, *groupby):
        rows = self.values._read_group(
            [("company_id", "=", self.company.id), *domain],
            ["kpi_id", *groupby],
            ["value:sum"],
        )
        return {(kpi.code, *keys): value for kpi, *keys, value in rows}

    def test_a_ratio_of_two_months_is_one_of_their_sums(self):
        found = self._group([("user_id", "=", False)])
        summer = (JUNE[0], date(2025, 7, 31))
        for kpi in self.kpis:
            value = kpi._get_figure(*summer, self.company)[0]
            with self.subTest(kpi=kpi.code):
                if kpi.code in ("customers_called", "growth", "complaint_change"):
                    self.assertFalse(found[kpi.code,], "it is counted anew")
                else:
                    self.assertAlmostEqual(found[kpi.code,] or 0, value or 0, 4)

    def test_the_officers_together_are_the_company(self):
        officers = self._group([("user_id", "!=", False), ("date", "=", JUNE[0])])
        house = self._group([("user_id", "=", False), ("date", "=", JUNE[0])])
        for code in ("calls", "csi", "reached", "archive_on_time", "response"):
            self.assertEqual(officers[code,], house[code,])

    def test_figures_of_different_meaning_have_no_common_value(self):
        [(value,)] = self.values._read_group(
            [("company_id", "=", self.company.id)], [], ["value:sum"]
        )
        self.assertFalse(value)

    def test_levels_of_two_companies_add_up_each_of_its_last_month(self):
        other = self.env(user=1)["res.company"].create({"name": "Branch"})
        for company, months in ((self.company, (5, 6)), (other, (5, 6, 7))):
            for month in months:
                self.values.create(
                    {
                        "kpi_id": self._kpi("customer_base").id,
                        "company_id": company.id,
                        "date": date(2024, month, 1),
                        "numerator": 100 * company.id + month,
                        "value": 100 * company.id + month,
                    }
                )
        [(value,)] = self.values._read_group(
            [("date", ">=", "2024-01-01"), ("date", "<=", "2024-12-31")],
            [],
            ["value:sum"],
        )
        self.assertEqual(value, 100 * self.company.id + 6 + 100 * other.id + 7)

    def test_the_house_is_not_added_to_its_officers(self):
        calls = [("kpi_id.code", "=", "calls"), ("date", "=", JUNE[0])]
        both = self._group(calls)
        house = self._group([*calls, ("user_id", "=", False)])
        self.assertEqual(both["calls",], house["calls",])
        for part in ("numerator", "denominator"):
            csi = [("kpi_id.code", "=", "csi"), ("date", "=", JUNE[0])]
            csi.append(("company_id", "=", self.company.id))
            [(total,)] = self.values._read_group(csi, [], [f"{part}:sum"])
            whole = self.values.search([*csi, ("user_id", "=", False)])
            self.assertEqual(total, whole[part])
