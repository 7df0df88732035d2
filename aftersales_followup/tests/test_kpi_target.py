from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form

from ..models.aftersales_kpi_target import MONTHS
from .common import TODAY
from .kpi_common import KpiCase


class TestKpiTarget(KpiCase):
    """One number for the year, spread over its months."""

    def _set(self, code, target, year=2026, **months):
        return self.env["aftersales.kpi.target"].create(
            {
                "kpi_id": self._kpi(code).id,
                "year": year,
                "target": target,
                **months,
            }
        )

    def _months(self, target):
        return [target[name] for name in MONTHS]

    def _target(self, code, first, last):
        return self._kpi(code)._get_target(self.company, first, last)

    def test_a_sum_is_spread_evenly_and_stays_whole(self):
        target = self._set("intake", 7800)
        self.assertEqual(self._months(target), [650] * 12)
        target.target = 100
        self.assertEqual(self._months(target), [8.33] * 11 + [8.37])

    def test_a_large_sum_is_spread_without_cents(self):
        target = self._set("revenue_insurance", 2_200_000)
        self.assertEqual(self._months(target), [183_333] * 11 + [183_337])
        target.target = 10_000.5
        self.assertEqual(self._months(target), [833] * 11 + [837.5])

    def test_a_ratio_and_a_level_have_the_same_in_each_month(self):
        for code in ("csi", "customer_base"):
            self.assertEqual(self._months(self._set(code, 93)), [93] * 12)

    def test_months_of_a_sum_add_up_to_the_year(self):
        target = self._set("lectures_customers", 4, month_03=1, month_06=3)
        with self.assertRaisesRegex(ValidationError, "add up to 5, the year is 4"):
            target.month_07 = 1
        target.write({"month_07": 1, "target": 5})
        target.action_spread()
        self.assertEqual(target.month_01, 0.42)

    def test_a_ratio_that_becomes_a_sum_has_its_targets_spread_anew(self):
        own = self.env["aftersales.kpi"].create(
            {
                "name": "Share of calls that came in",
                "model_name": "aftersales.call",
                "date_field": "date",
                "kind": "ratio",
                "domain": "[('direction', '=', 'inbound')]",
                "denominator_domain": "[('duration', '>=', 0)]",
            }
        )
        target = self.env["aftersales.kpi.target"].create(
            {"kpi_id": own.id, "year": 2026, "target": 12}
        )
        self.assertEqual(self._months(target), [12] * 12)
        own.write({"kind": "flow", "denominator_domain": False})
        self.assertEqual((target.target, self._months(target)), (12, [1] * 12))

    def test_a_target_is_not_given_to_a_figure_that_it_does_not_fit(self):
        target = self._set("csi", 93)
        with self.assertRaisesRegex(ValidationError, "add up to 1116, the year is 93"):
            target.kpi_id = self._kpi("intake")

    def test_in_the_grid_year_and_months_follow_each_other(self):
        target = self._set("lectures_customers", 4, month_03=1, month_06=3)
        view = "aftersales_followup.aftersales_kpi_target_view_list"
        with Form(target, view) as grid:
            grid.month_07 = 2
            self.assertEqual(grid.target, 6)
            grid.target = 12
            self.assertEqual((grid.month_03, grid.month_06, grid.month_07), (2, 6, 4))
        self.assertEqual(sum(self._months(target)), 12)

    def test_the_target_of_a_period(self):
        self._set("intake", 4, month_01=1, month_03=3)
        self._set("csi", 93)
        self._set("customer_base", 1500).month_03 = 1400
        january, march = date(2026, 1, 1), date(2026, 3, 31)
        for code, expected in (("intake", 4), ("csi", 93), ("customer_base", 1400)):
            self.assertEqual(self._target(code, january, march), expected)
        year = (january, date(2026, 12, 31))
        self.assertEqual(self._target("customer_base", *year), 1500)
        part = (date(2026, 3, 1), date(2026, 3, 10))
        self.assertAlmostEqual(self._target("intake", *part), 3 * 10 / 31)
        self.assertIsNone(self._target("intake", date(2025, 12, 1), march))
        self.assertIsNone(self._target("rework", january, march))

    def test_the_proposed_targets_are_those_of_the_plan(self):
        targets = self.env["aftersales.kpi.target"]
        targets.with_user(self.supervisor).action_take_proposed()
        found = targets.search([("company_id", "=", self.company.id)])
        told = {target.kpi_id.code: target.target for target in found}
        plan = {
            "revenue": 6_000_000,
            "revenue_insurance": 2_200_000,
            "revenue_workshop": 3_800_000,
            "accessories_sales": 300_000,
            "absorption": 100,
            "intake": 7800,
            "intake_day": 20,
            "ticket_workshop": 800,
            "ticket_insurance": 1800,
            "csi": 93,
            "rework": 2,
            "claims_passed": 95,
            "customer_base": 1500,
            "archive_on_time": 100,
            "first_on_time": 100,
            "second_on_time": 100,
            "escalated_on_time": 100,
            "informed_on_time": 100,
            "complaint_answered": 100,
            "campaign_called_on_time": 100,
            "letter_on_time": 100,
            "parts_purchase": 800_000,
            "accessories_stock": 100_000,
            "lectures_customers": 4,
            "lectures_technical": 2,
            "training_frontdesk": 4,
            "training_basics": 2,
            "training_workshop": 6,
            "discussions": 3,
            "team_activities": 3,
        }
        self.assertEqual(told, plan)
        self.assertEqual(set(found.mapped("year")), {2026})
        self.assertEqual(self._kpi("rework").goal, "below")
        found.filtered(lambda one: one.kpi_id.code == "csi").target = 90
        targets.action_take_proposed()
        again = targets.search([("company_id", "=", self.company.id)])
        self.assertEqual(again, found, "what is set stays")
        self.assertEqual(self._target("csi", TODAY, TODAY), 90)

    def test_last_years_targets_are_copied_and_raised(self):
        self._set("intake", 4, 2025, month_01=1, month_03=3)
        self._set("csi", 93, 2025)
        self._set("visitors", 12, 2025)
        self._set("visitors", 24)
        copy = self.env["aftersales.kpi.target.copy"].create({"percent": 10})
        self.assertEqual((copy.year_from, copy.year), (2025, 2026))
        copy.action_copy()
        targets = self.env["aftersales.kpi.target"].search([("year", "=", 2026)])
        told = {target.kpi_id.code: target for target in targets}
        self.assertEqual(told["intake"].target, 4.4)
        self.assertEqual(told["intake"].month_03, 3.3)
        self.assertEqual(told["csi"].target, 93, "a ratio stays")
        self.assertEqual(told["visitors"].target, 24, "what is set stays")
        copy.replace = True
        copy.action_copy()
        self.assertEqual(told["visitors"].target, 13.2)
        copy.year_from = 2020
        with self.assertRaisesRegex(UserError, "no targets of 2020"):
            copy.action_copy()

    def test_only_a_supervisor_sets_targets(self):
        target = self._set("intake", 12)
        for user in (self.officer, self.advisor, self.outsider):
            with self.assertRaises(AccessError):
                target.with_user(user).read(["target"])
            with self.assertRaises(AccessError):
                target.with_user(user).action_take_proposed()


class TestKpiEntry(KpiCase):
    """What no record knows is typed in, and what was corrected stays known."""

    def test_a_sum_adds_entries_up_and_a_level_takes_the_last(self):
        month = (date(2026, 2, 1), date(2026, 2, 28))
        for day, amount in ((3, 10), (9, 30), (9, 25)):
            self._type_in("fixed_cost", date(2026, 2, day), amount)
            self._type_in("parts_stock", date(2026, 2, day), amount)
        self.assertEqual(self._figure("fixed_cost", month), (65, 65, None))
        self.assertEqual(self._figure("parts_stock", month), (25, 25, None))
        self.assertEqual(
            self._figure("parts_stock", (month[0], date(2026, 2, 8)))[0], 10
        )
        self.assertEqual(
            self._figure("parts_stock", (date(2026, 3, 1), date(2026, 3, 31)))[0], 25
        )

    def test_what_is_corrected_is_kept_with_who_did_it(self):
        entry = self._type_in("fixed_cost", TODAY, 100)
        entry.write({"amount": 120, "note": "Rent rose"})
        told = {
            correction.field_name: (correction.before, correction.after)
            for correction in entry.correction_ids
        }
        self.assertEqual(
            told, {"amount": ("100.0", "120.0"), "note": ("", "Rent rose")}
        )
        self.assertEqual(entry.correction_ids.user_id, self.supervisor)
        entry.amount = 120
        self.assertEqual(len(entry.correction_ids), 2, "nothing was changed")

    def test_an_entry_is_archived_and_never_deleted(self):
        entry = self._type_in("fixed_cost", TODAY, 100)
        with self.assertRaisesRegex(UserError, "never deleted"):
            entry.sudo().unlink()
        entry.active = False
        march = (date(2026, 3, 1), date(2026, 3, 31))
        self.assertEqual(self._figure("fixed_cost", march), (None, None, None))
        self.assertEqual(entry.correction_ids.field_name, "active")

    def test_nothing_is_typed_in_that_is_counted_or_lies_ahead(self):
        with self.assertRaisesRegex(ValidationError, "counted from the records"):
            self._type_in("revenue", TODAY, 1)
        with self.assertRaisesRegex(ValidationError, "future"):
            self._type_in("fixed_cost", date(2026, 3, 3), 1)

    def test_whoever_typed_it_in_stays_on_it(self):
        with self.assertRaises(AccessError):
            self._type_in("fixed_cost", TODAY, 1, user_id=self.officer.id)

    def test_costs_of_the_house_are_not_for_everybody(self):
        entry = self._type_in("fixed_cost", TODAY, 100)
        entry.amount = 120
        correction = entry.correction_ids
        for user in (self.officer, self.advisor):
            with self.assertRaises(AccessError):
                entry.with_user(user).read(["amount"])
            with self.assertRaises(AccessError):
                correction.with_user(user).read(["before"])
        self.assertEqual(correction.with_user(self.supervisor).before, "100.0")
