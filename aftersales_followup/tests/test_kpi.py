from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from ..kpi.formulas import FORMULAS
from ..kpi.period import Period, last_day_that_reaches
from .common import TODAY
from .kpi_common import JUNE, KpiCase, at

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
FEBRUARY = (date(2026, 2, 1), date(2026, 2, 28))
LOGGER = "odoo.addons.aftersales_followup.kpi.run"


class TestPeriod(KpiCase):
    """Days and months, counted as a calendar does."""

    def test_the_period_before_counts_months_from_the_first_of_a_month(self):
        self.assertEqual(
            Period(date(2026, 3, 1), date(2026, 3, 31)).before(),
            (date(2026, 2, 1), date(2026, 2, 28)),
        )
        self.assertEqual(
            Period(date(2026, 3, 1), date(2026, 3, 10)).before(),
            (date(2026, 2, 1), date(2026, 2, 10)),
        )
        self.assertEqual(
            Period(date(2026, 1, 1), date(2026, 12, 31)).before(),
            (date(2025, 1, 1), date(2025, 12, 31)),
        )
        self.assertEqual(
            Period(date(2026, 3, 9), date(2026, 3, 15)).before(),
            (date(2026, 3, 2), date(2026, 3, 8)),
        )

    def test_a_leap_day_is_the_end_of_its_month_a_year_before_or_after(self):
        self.assertEqual(
            Period(date(2025, 2, 1), date(2025, 2, 28)).shift(-12),
            (date(2024, 2, 1), date(2024, 2, 29)),
        )
        self.assertEqual(
            Period(date(2024, 2, 1), date(2024, 2, 29)).shift(12),
            (date(2025, 2, 1), date(2025, 2, 28)),
        )

    def test_months_of_different_length_end_on_one_day(self):
        for day, last in (
            (date(2026, 2, 27), date(2025, 8, 27)),
            (date(2026, 2, 28), date(2025, 8, 31)),
            (date(2026, 3, 1), date(2025, 9, 1)),
        ):
            self.assertEqual(last_day_that_reaches(day, 6), last)


class TestKpi(KpiCase):
    """Whose figures they are, on which day, and what is good."""

    def test_each_figure_of_the_application_has_its_definition(self):
        typed = self.kpis.filtered("is_typed")
        self.assertEqual(
            set(self.kpis.mapped("code")), set(FORMULAS) | set(typed.mapped("code"))
        )
        for kpi in self.kpis - typed:
            with self.subTest(kpi=kpi.code):
                self.assertEqual(kpi.kind, FORMULAS[kpi.code].kind)
                self.assertTrue(kpi.description)

    def test_a_figure_belongs_to_the_dealerships_own_month_whoever_asks(self):
        # Half past midnight on 1 March in Shanghai is the last of February in UTC.
        self.set_now(datetime(2026, 2, 28, 16, 30))
        visit = self._new_visit()
        visit.date_delivery = datetime.now()
        visit.action_deliver()
        self.officer.sudo().tz = "UTC"
        call = self._new_call(partner_id=visit.partner_id.id)
        call.action_register()
        self.assertEqual(visit.date_end, date(2026, 3, 1))
        user = self._new_user("in_utc", "supervisor")
        user.sudo().tz = "UTC"
        for kpis in (
            self.kpis.with_user(user).with_context(tz="UTC"),
            self.kpis.sudo(),
        ):
            for code in ("intake", "revenue", "calls", "customers_new"):
                [kpi] = kpis.filtered(lambda kpi, code=code: kpi.code == code)
                with self.subTest(kpi=code):
                    self.assertTrue(kpi._get_figure(*MARCH, self.company)[0])
                    self.assertFalse(kpi._get_figure(*FEBRUARY, self.company)[0])
            [calls] = kpis.filtered(lambda kpi: kpi.code == "calls")
            action = calls._get_counted_action(*MARCH, self.company)
            self.assertEqual(
                calls.env[action["res_model"]].search(action["domain"]), call
            )

    def test_no_dealerships_figures_hold_anothers_records(self):
        branch = self.env["res.company"].sudo().create({"name": "Branch"})
        stranger = self._new_user("stranger", "supervisor", branch)
        officer = self._new_user("branch_officer", "officer", branch)
        customer = self._new_customer(company_id=False)
        self._new_delivered_visit(customer)
        before = self._figures(MARCH, by_officer=True)
        theirs = self.env(user=stranger, context={"allowed_company_ids": branch.ids})
        visit = theirs["aftersales.visit"].create(
            {
                "partner_id": customer.id,
                "visit_type": "consultation",
                "officer_id": officer.id,
            }
        )
        visit.action_close()
        call = theirs["aftersales.call"].with_user(officer)
        call.create(
            {"partner_id": customer.id, "outcome_id": self.reached.id, "content": "x"}
        ).action_register()
        theirs["aftersales.case"].create(
            {
                "partner_id": customer.id,
                "case_type": "complaint",
                "description": "x",
                "user_id": officer.id,
            }
        )
        self.assertEqual(self._figures(MARCH, by_officer=True), before)
        figures = self._figures(MARCH, by_officer=True, company=branch)
        told = {
            code: found[False][0]
            for code, found in figures.items()
            if found[False][0] and self._kpi(code).unit != "percent"
        }
        days = self._kpi("calls_day")._get_figure(*MARCH, branch)[2]
        self.assertEqual(days, 1, "2 March is its first working day")
        self.assertEqual(
            told,
            {
                "visitors": 1,
                "customer_base": 1,
                "customers_new": 1,
                "calls": 1,
                "calls_day": 1,
                "customers_called": 1,
                "complaints": 1,
            },
        )
        users = {user for found in figures.values() for user in found if user}
        self.assertEqual(users, {officer})

    def test_the_figures_of_another_dealership_are_not_shown(self):
        self._new_delivered_visit()
        self.values._compute_month(self.company, MARCH[0])
        branch = self.env["res.company"].sudo().create({"name": "Branch"})
        stranger = self._new_user("stranger", "supervisor", branch)
        for model in ("value", "entry", "target"):
            found = self.env[f"aftersales.kpi.{model}"].with_user(stranger)
            found = found.with_context(allowed_company_ids=branch.ids)
            self.assertFalse(found.search([]))

    def test_growth_of_the_running_month_goes_up_to_the_same_day(self):
        for day, amount in ((1, 200), (2, 100), (3, 5000)):
            self._import_visit(
                date_arrival=at(2025, 3, day, 9),
                date_delivery=at(2025, 3, day, 16),
                line_ids=self._lines(("parts", "customer", amount, 0)),
            )
        self._new_delivered_visit(line_ids=self._lines(("parts", "customer", 600, 0)))
        self.assertEqual(self._figure("growth", MARCH), (100, 600, 300))

    def test_what_was_never_recorded_is_empty_and_says_why(self):
        self.assertEqual(self._figure("revenue", MARCH), (None, None, None))
        self._new_delivered_visit()
        self.assertEqual(self._figure("revenue", FEBRUARY), (None, None, None))
        for code, period, why in (
            ("revenue", FEBRUARY, "no records of this time"),
            ("absorption", MARCH, "No fixed cost"),
            ("fixed_cost", MARCH, "Nothing was typed in"),
            ("first_on_time", MARCH, "Nothing was due"),
            ("growth", MARCH, "nothing to compare with"),
            ("revenue", (date(2026, 4, 1), date(2026, 4, 30)), "not come yet"),
        ):
            with self.subTest(kpi=code):
                text = self._kpi(code)._get_why_empty(self.company, *period)
                self.assertIn(why, text)
        self.assertFalse(self._kpi("revenue")._get_why_empty(self.company, *MARCH))

    def test_a_fixed_cost_of_before_the_first_record_absorbs_nothing(self):
        self._new_delivered_visit()
        self.env["aftersales.kpi.entry"].create(
            {
                "kpi_id": self._kpi("fixed_cost").id,
                "date": FEBRUARY[0],
                "amount": 2000,
            }
        )
        self.assertEqual(self._figure("absorption", FEBRUARY), (None, None, 2000))
        why = self._kpi("absorption")._get_why_empty(self.company, *FEBRUARY)
        self.assertIn("no records of this time", why)

    def test_imported_history_has_money_and_customers_but_no_deadlines(self):
        self._import_visit(
            date_arrival=at(2025, 6, 2),
            date_delivery=at(2025, 6, 3),
            line_ids=self._lines(("parts", "customer", 600, 0)),
        )
        self.assertEqual(self._figure("revenue", JUNE)[0], 600)
        self.assertEqual(self._figure("intake", JUNE)[0], 1)
        self.assertEqual(self._figure("customers_new", JUNE)[0], 1)
        self.assertEqual(self._figure("archive_on_time", JUNE), (None, 0, 0))

    def test_what_is_due_later_this_month_counts_once_it_is_done(self):
        followup = self._new_followup().sudo()
        followup.rule_id = self.rule_first
        self.assertEqual(self._figure("first_on_time", MARCH), (None, 0, 0))
        self._new_call(followup).action_register()
        self.assertEqual(self._figure("first_on_time", MARCH), (100, 1, 1))

    def test_open_work_past_its_deadline_counts_as_missed_until_it_is_done_late(self):
        followup = self._new_followup(date_deadline=TODAY).sudo()
        followup.rule_id = self.rule_first
        self.pass_days(1)
        self.assertEqual(self._figure("first_on_time", MARCH), (0, 0, 1))
        self._new_call(followup).action_register()
        self.assertEqual(self._figure("first_on_time", MARCH), (0, 0, 1))

    def test_working_days_are_the_houses_with_make_up_days(self):
        self._new_visit(date_arrival=at(2026, 2, 10))
        self._count_working_days()
        # Twenty weekdays, less six of the festival, and two Saturdays worked instead.
        self.assertEqual(self._figure("intake_day", FEBRUARY)[2], 16)

    # what is good

    def test_a_target_is_met_near_or_missed(self):
        for goal, target, table in (
            ("at_least", 100, {101: "met", 100: "met", 95: "near", 94: "missed"}),
            ("at_most", 100, {99: "met", 100: "met", 105: "near", 106: "missed"}),
            ("below", 2, {1.9: "met", 2: "near", 2.1: "near", 2.2: "missed"}),
            ("at_most", 0, {0: "met", 1: "missed"}),
        ):
            kpi = self._kpi("rework").sudo()
            kpi.write({"goal": goal, "tolerance": 5})
            for value, verdict in table.items():
                with self.subTest(goal=goal, value=value):
                    self.assertEqual(kpi._judge(value, target), verdict)
        self.assertIs(kpi._judge(None, 1), False)
        self.assertIs(kpi._judge(1, None), False)

    def test_a_sum_is_forecast_by_working_days_and_a_ratio_as_it_stands(self):
        self.set_now(at(2026, 1, 6))
        self._new_delivered_visit(line_ids=self._lines(("parts", "customer", 400, 100)))
        # 1, 2, 5 and 6 January of the 261 weekdays of 2026.
        forecast = self._kpi("revenue")._forecast(self.company, 2026)
        self.assertAlmostEqual(forecast, 400 * 261 / 4)
        self.assertEqual(self._kpi("parts_margin")._forecast(self.company, 2026), 75)
        self.assertIsNone(self._kpi("growth")._forecast(self.company, 2026))

    # what fails

    def test_a_figure_that_fails_is_named_and_stops_no_other(self):
        self._new_delivered_visit()
        failing = self._new_own(name="Broken")
        broken = "[('no_such_field', '=', 1)]"
        self.env.cr.execute(
            "UPDATE aftersales_kpi SET domain = %s WHERE id = %s", (broken, failing.id)
        )
        failing.invalidate_recordset()
        with mute_logger(LOGGER):
            self.values._compute_month(self.company, MARCH[0])
        self.assertIn("no_such_field", failing.last_error)
        revenue = self._kpi("revenue")
        stored = self.values._get_months(revenue | failing, self.company, *MARCH)
        self.assertEqual(stored[revenue][MARCH[0]].value, 300)
        self.assertFalse(stored[failing])
        self.assertFalse(revenue.last_error)
        with mute_logger(LOGGER):
            why = failing._get_why_empty(self.company, *MARCH)
        self.assertIn("could not be counted", why)
        failing.domain = "[]"
        self.values._compute_month(self.company, MARCH[0])
        self.assertFalse(failing.last_error)

    def test_a_figure_that_fails_in_the_database_stops_no_other_of_its_source(self):
        self._new_delivered_visit()
        part = FORMULAS["parts_margin"].numerator
        get_sql = type(part).get_sql

        def fail(self, model, query, domain):
            if self is part:
                return "1 / 0"
            return get_sql(self, model, query, domain)

        silent = mute_logger(LOGGER, "odoo.sql_db")
        with patch.object(type(part), "get_sql", fail), silent:
            figures = self._figures(MARCH)
        self.assertEqual(figures["parts_margin"][False], (None, None, None))
        self.assertEqual(figures["revenue"][False][0], 300)

    # own figures

    def _new_own(self, model="aftersales.visit", date_field="date_arrival", **vals):
        return self.env["aftersales.kpi"].create(
            {
                "name": "Our figure",
                "model_name": model,
                "date_field": date_field,
                **vals,
            }
        )

    def test_a_supervisors_own_figure_is_counted_like_the_others(self):
        visit = self._new_visit()
        self._new_visit(visit_type="consultation")
        own = self._new_own(domain="[('visit_type', '=', 'workshop')]")
        self.assertEqual(own.company_id, self.company)
        self.assertEqual(own._get_figure(*MARCH, self.company), (1, 1, None))
        action = own._get_counted_action(*MARCH, self.company)
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, visit)
        self.values._compute_month(self.company, MARCH[0])
        stored = self.values._get_months(own, self.company, *MARCH)
        self.assertEqual(stored[own][MARCH[0]].value, 1)

    def test_an_own_figure_counts_no_draft_and_no_cancelled_visit(self):
        visit = self._new_visit()
        visit.line_ids = self._lines(("mechanical", "customer", 100, 0))
        cancelled = self._new_visit()
        cancelled.line_ids = self._lines(("mechanical", "customer", 900, 0))
        cancelled.action_cancel()
        self._register_calls()
        self.env["aftersales.call"].create({"partner_id": visit.partner_id.id})
        self.env["aftersales.letter"].create(
            {"partner_id": visit.partner_id.id, "subject": "Winter", "body": "Dear"}
        )
        calls = self.env["aftersales.call"].search([("state", "=", "registered")])
        ever = (date(2020, 1, 1), date(2039, 12, 31))
        for model, date_field, counted, vals in (
            ("aftersales.visit", "date_arrival", visit, {}),
            (
                "aftersales.visit.line",
                "create_date",
                visit.line_ids,
                {"measure": "sum", "measure_field": "amount"},
            ),
            ("aftersales.call", "date", calls, {}),
            ("aftersales.letter", "create_date", self.env["aftersales.letter"], {}),
        ):
            with self.subTest(model=model):
                own = self._new_own(model, date_field, **vals)
                expected = 100 if vals.get("measure") else len(counted)
                self.assertEqual(own._get_figure(*ever, self.company)[0], expected)
                action = own._get_counted_action(*ever, self.company)
                found = self.env[action["res_model"]].search(action["domain"])
                self.assertEqual(found, counted)

    def test_an_own_ratio_and_an_own_sum_by_officer(self):
        self._register_calls()
        ratio = self._new_own(
            "aftersales.call",
            "date",
            kind="ratio",
            unit="percent",
            by_officer=True,
            officer_field="user_id",
            domain="[('satisfaction', '>=', 9)]",
            denominator_domain="[('satisfaction', '>=', 0)]",
        )
        figure = ratio._get_figure(*MARCH, self.company)
        self.assertEqual(figure, (50, 1, 2))
        figure = ratio._get_figure(*MARCH, self.company, self.officer)
        self.assertEqual(figure, (100, 1, 1))
        minutes = self._new_own(
            "aftersales.call",
            "date",
            measure="sum",
            measure_field="duration",
            by_officer=True,
            officer_field="user_id",
        )
        self.assertEqual(minutes._get_figure(*MARCH, self.company)[0], 12)
        figure = minutes._get_figure(*MARCH, self.company, self.other_officer)
        self.assertEqual(figure[0], 5)

    def _register_calls(self):
        customer = self._new_customer()
        for user, score, minutes in (
            (self.officer, 9, 7),
            (self.other_officer, 3, 5),
        ):
            self._new_call(
                user=user,
                partner_id=customer.id,
                satisfaction=score,
                duration=minutes,
            ).action_register()

    def test_an_own_figure_counts_only_stored_fields_of_our_records(self):
        for text in (
            "[('partner_id.name', '=', 'x')]",
            "[('partner_id', 'any', [('name', '=', 'x')])]",
            "[('line_ids.visit_id.partner_id.email', '=', 'x')]",
            "[('officer_id.password', '=', 'x')]",
            "[('call_count', '>', 0)]",
            "[('no_such_field', '=', 0)]",
            "[('id', 'in', env['res.users'].search([]).ids)]",
            "__import__('os').getcwd()",
            "SELECT 1",
            "[(",
        ):
            with self.subTest(domain=text), self.assertRaises(ValidationError):
                self._new_own(domain=text)
        self._new_own(domain="[('line_ids.trade', '=', 'paint')]")
        self._new_own(domain="[('line_ids', 'any', [('trade', '=', 'paint')])]")

    def test_an_own_figure_is_refused_for_records_that_are_not_ours(self):
        for model, date_field in (
            ("res.partner", "create_date"),
            ("res.users.log", "create_date"),
            ("aftersales.restriction", "create_date"),
            ("aftersales.kpi.value", "date"),
        ):
            with (
                self.subTest(model=model),
                self.assertRaisesRegex(ValidationError, "Records cannot be"),
            ):
                self._new_own(model, date_field)

    def test_an_own_figure_that_cannot_be_counted_says_what_is_missing(self):
        with self.assertRaisesRegex(ValidationError, "Number to Add Up"):
            self._new_own(measure="sum")
        with self.assertRaisesRegex(ValidationError, "out of which"):
            self._new_own(kind="ratio")
        with self.assertRaisesRegex(ValidationError, "only be typed in"):
            self._new_own(kind="stock")
        with self.assertRaisesRegex(ValidationError, "Whose It Is"):
            self._new_own(by_officer=True)
        with self.assertRaisesRegex(ValidationError, "In the Month of"):
            self._new_own(date_field="partner_id")

    def test_a_changed_meaning_is_another_version(self):
        own = self._new_own()
        self.assertEqual(own.version, 1)
        own.name = "Another name"
        self.assertEqual(own.version, 1)
        own.domain = "[('visit_type', '=', 'workshop')]"
        self.assertEqual(own.version, 2)
        self._new_visit()
        self.values._compute_month(self.company, MARCH[0])
        stored = self.values._get_months(own, self.company, *MARCH)
        self.assertEqual(stored[own][MARCH[0]].version, 2)

    def test_what_a_figure_of_the_application_counts_is_nobodys_to_change(self):
        admin = self._new_user("admin", "supervisor")
        admin.sudo().group_ids |= self.env.ref("base.group_system")
        kpi = self._kpi("revenue").with_user(admin)
        kpi.tolerance = 3
        with self.assertRaisesRegex(UserError, "came with the application"):
            kpi.kind = "ratio"
        with self.assertRaises(AccessError):
            self._kpi("revenue").with_user(self.supervisor).tolerance = 9
        with self.assertRaisesRegex(UserError, "same in all companies"):
            kpi.action_make_own_copy()
