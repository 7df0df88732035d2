"""The figures of the supervisor's analyses, counted by hand."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from .analysis_common import EDGE, REPORTS, Analyses
from .common import NOW, TODAY, AftersalesCase
from .kpi_common import JUNE, KpiYear
from .test_multicompany import TwoCompanies

CALLS, CASES, CLOCKS, LETTERS, LINES = REPORTS
DENIALS = ("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


class TestCallAnalysis(Analyses, AftersalesCase):
    def setUp(self):
        super().setUp()
        self.customer = self._new_customer()
        self._talk(self.customer, self.officer, satisfaction=10, duration=6)
        other = self.other_officer
        self._talk(self.customer, other, satisfaction=7, duration=3)
        self._talk(self.customer, other, outcome=self.no_answer)
        self._talk(self.customer, other, outcome=self.no_answer)
        self._talk(self.customer, other, direction="inbound", satisfaction=9)
        self._new_call(partner_id=self.customer.id)  # A draft counts nowhere.

    def test_calls_are_counted_by_direction_and_outcome(self):
        told = self._total(CALLS, "__count", "outbound_count", "inbound_count")
        self.assertEqual(told, (5, 4, 1))
        self.assertEqual(
            self._cells(CALLS, "outcome_id", "__count"),
            {"Reached": 3, "No Answer": 2},
        )

    def test_share_of_the_reached_is_that_of_all_calls_not_a_mean_of_officers(self):
        self.assertEqual(
            self._cells(CALLS, "user_id", "outbound_count", "reached_rate"),
            {"Officer": (1, 100.0), "Other Officer": (3, 33.3)},
        )
        self.assertEqual(self._total(CALLS, "reached_rate"), 50.0)

    def test_satisfaction_is_the_marks_out_of_ten_for_each_who_gave_one(self):
        self.assertEqual(
            self._cells(CALLS, "user_id", "answer_count", "csi"),
            {"Officer": (1, 100.0), "Other Officer": (2, 80.0)},
        )
        # 26 of 30 marks.
        self.assertEqual(self._total(CALLS, "csi"), 86.7)

    def test_where_nobody_was_asked_there_is_no_satisfaction(self):
        cells = self._cells(CALLS, "outcome_id", "csi", "minutes_a_call")
        self.assertEqual(cells["No Answer"], (False, False))

    def test_minutes_a_call_leave_out_calls_of_unknown_duration(self):
        told = self._total(CALLS, "duration", "minutes_a_call")
        self.assertEqual(told, (9, 4.5))

    def test_a_customer_reached_twice_counts_once(self):
        self._talk(self._new_customer("Li Si"))
        self.assertEqual(self._total(CALLS, "reached_count", "customer_count"), (3, 2))

    def test_calls_tell_rule_level_and_car_of_whom_they_are_about(self):
        customer = self._new_customer("Li Si")
        level = self.env["aftersales.segment"].search([], limit=1)
        customer.aftersales_segment_id = level
        visit = self._new_delivered_visit(customer)
        self.pass_days(4)
        self._new_call(visit.followup_ids).action_register()
        for groupby, name, none in (
            ("rule_id", self.rule_first.name, False),
            ("segment_id", level.name, False),
            ("vehicle_model_id", "Buick/Regal", False),
        ):
            cells = self._cells(CALLS, groupby, "__count")
            self.assertEqual(cells, {name: 1, none: 5}, groupby)

    def test_a_row_opens_its_call(self):
        row = self._report(CALLS).search([], order="id desc", limit=1)
        action = row.action_open_record()
        self.assertEqual(action["res_model"], "aftersales.call")
        self.assertEqual(action["res_id"], row.id)


class TestLetterAnalysis(Analyses, AftersalesCase):
    def test_letters_count_by_the_day_they_were_sent_and_how_many_came_back(self):
        for kind in ("notification", "notification", "invitation"):
            letter = self._new_letter(kind=kind)
            letter.action_register()
        letter.action_return()
        self._new_letter()  # A draft counts nowhere.
        self.assertEqual(
            self._cells(LETTERS, "kind", "__count", "returned_count", "returned_rate"),
            {"notification": (2, 0, 0.0), "invitation": (1, 1, 100.0)},
        )
        self.assertEqual(self._total(LETTERS, "returned_rate"), 33.3)
        row = self._report(LETTERS).search([("kind", "=", "invitation")])
        self.assertEqual(
            (row.date, row.action_open_record()["res_id"]), (TODAY, letter.id)
        )


class TestCaseAnalysis(Analyses, AftersalesCase):
    def test_complaints_are_counted_by_cause_and_department_and_how_long_it_took(self):
        cause = self.env.ref("aftersales_followup.case_cause_waiting_time")
        first = self._new_case(cause_id=cause.id, department="front_desk")
        second = self._new_case(cause_id=cause.id, department="workshop")
        self._new_case()
        self._new_case(case_type="wish")
        for case, days in ((first, 1), (second, 4)):
            self.pass_days(days)
            case.solution = "Two more people at the desk"
            case.with_user(self.supervisor).action_solve()
        complaints = [("case_type", "=", "complaint")]
        self.assertEqual(
            self._cells(
                CASES,
                "cause_id",
                "__count",
                "solved_count",
                "days_to_solve",
                domain=complaints,
            ),
            {cause.name: (2, 2, 3.0), False: (1, 0, False)},
        )
        self.assertEqual(
            self._cells(CASES, "department", "__count", domain=complaints),
            {"front_desk": 1, "workshop": 1, False: 1},
        )
        self.assertEqual(
            self._cells(CASES, "solve_result", "__count", domain=complaints),
            {"on_time": 2, "running": 1},
        )

    def test_what_is_reopened_is_told(self):
        case = self._new_case()
        case.solution = "New brake pads"
        case.with_user(self.supervisor).action_solve()
        case.with_user(self.supervisor).action_reopen()
        self._new_case()
        self.assertEqual(self._total(CASES, "__count", "reopened_count"), (2, 1))
        row = self._report(CASES).search([("reopened_count", ">", 0)])
        self.assertEqual(row.action_open_record()["res_id"], case.id)


class TestRevenueAnalysis(Analyses, AftersalesCase):
    def setUp(self):
        super().setUp()
        self.visit = self._deliver(
            ("mechanical", "customer", 1000, 400),
            ("parts", "insurance", 500, 300),
            ("mechanical", "internal", 200, 150),
        )
        self._deliver(("mechanical", "warranty", 600, 200, "approved"))
        self._deliver(("other", "customer", 999, 0), visit_type="consultation")
        self._new_visit(self._new_customer("Li Si"))  # Not delivered yet.

    def test_revenue_is_what_customer_insurer_and_maker_pay_for_delivered_work(self):
        told = self._total(LINES, "revenue", "cost", "gross_profit", "internal_amount")
        self.assertEqual(told, (2100, 900, 1200, 200))
        self.assertEqual(
            self._cells(LINES, "payer", "revenue"),
            {"customer": 1000, "insurance": 500, "warranty": 600, "internal": 0},
        )

    def test_margin_and_ticket_divide_sums(self):
        self.assertEqual(
            self._cells(LINES, "trade", "revenue", "margin", "average_ticket"),
            {"mechanical": (1600, 62.5, 800), "parts": (500, 40.0, 500)},
        )
        # 1 200 of 2 100, in two visits.
        told = self._total(LINES, "margin", "visit_count", "average_ticket")
        self.assertEqual(told, (57.1, 2, 1050))

    def test_work_for_the_house_alone_has_neither_margin_nor_ticket(self):
        told = self._total(
            LINES,
            "margin",
            "average_ticket",
            domain=[("payer", "=", "internal")],
        )
        self.assertEqual(told, (False, False))

    def test_claims_passed_are_out_of_those_decided(self):
        self._deliver(
            ("parts", "warranty", 50, 10, "rejected"),
            ("parts", "warranty", 50, 10, "rejected"),
            ("parts", "warranty", 50, 10, "submitted"),
        )
        told = self._total(LINES, "approved_count", "decided_count", "claims_passed")
        self.assertEqual(told, (1, 3, 33.3))

    def test_a_row_opens_its_visit(self):
        row = self._report(LINES).search([("payer", "=", "insurance")])
        self.assertEqual(row.date, TODAY)
        action = row.action_open_record()
        self.assertEqual(action["res_model"], "aftersales.visit")
        self.assertEqual(action["res_id"], self.visit.id)


class TestClockAnalysis(Analyses, AftersalesCase):
    def setUp(self):
        super().setUp()
        self._promise(self.officer, days=2, sent=2)
        self._promise(self.other_officer, days=2, sent=1)
        self._promise(self.other_officer, days=2, sent=3)
        self._promise(self.other_officer, days=2)
        self._promise(self.other_officer, days=9)
        self.pass_days(4)

    def test_on_time_is_out_of_what_was_due_overdue_counts_as_missed(self):
        letters = [("kind", "=", "letter")]
        self.assertEqual(
            self._cells(
                CLOCKS,
                "result",
                "__count",
                "due_count",
                "on_time_count",
                domain=letters,
            ),
            {"on_time": (2, 2, 2), "late": (1, 1, 0), "running": (2, 1, 0)},
        )

    def test_rate_is_that_of_all_deadlines_not_a_mean_of_officers(self):
        letters = [("kind", "=", "letter")]
        self.assertEqual(self._total(CLOCKS, "on_time_rate", domain=letters), 50.0)
        designated = self._report(CLOCKS)
        cells = self._cells(designated, "user_id", "due_count", "on_time_rate")
        self.assertEqual(cells, {"Officer": (1, 100.0), "Other Officer": (3, 33.3)})

    def test_what_was_called_off_in_time_is_no_more_due(self):
        followup = self._new_followup()
        followup._cancel("Moved away")
        told = self._total(
            CLOCKS,
            "__count",
            "due_count",
            "on_time_rate",
            domain=[("kind", "=", "followup")],
        )
        self.assertEqual(told, (1, 0, False))

    def test_overdue_is_by_the_companys_own_day(self):
        self.set_now(NOW + timedelta(days=9, hours=13))  # 23 o'clock of the last day
        late = [("is_overdue", "=", True)]
        self.assertEqual(self._total(CLOCKS, "__count", domain=late), 1)
        self.set_now(NOW + timedelta(days=9, hours=14, minutes=1))
        self.assertEqual(self._total(CLOCKS, "__count", domain=late), 2)


class TestAnalysisDays(Analyses, TwoCompanies):
    """Days are each dealership's own, whoever looks from wherever."""

    MARCH = (("date", ">=", "2026-03-01"), ("date", "<=", "2026-03-31"))
    FEBRUARY = (("date", ">=", "2026-02-01"), ("date", "<=", "2026-02-28"))

    def _at_the_edge(self):
        """A call, a case and a visit in the night to March, in both dealerships."""
        self.set_now(EDGE)
        for place in (None, self.at_branch()):
            if place:
                place.__enter__()
            customer = self._new_customer()
            self._talk(customer)
            self._new_case(customer)
            self._deliver(("parts", "customer", 100, 0), customer=customer)
            if place:
                place.__exit__(None, None, None)

    def test_the_edge_of_a_month_is_the_dealerships_for_a_user_in_utc(self):
        self._at_the_edge()
        self.supervisor.sudo().tz = "UTC"
        for name in (CALLS, CASES, LINES):
            report = self._report(name)
            for domain, count in (
                (self.MARCH, 1),
                (self.FEBRUARY, 0),
                ([("date", "=", "2026-03-01")], 1),
                ([("date", "=", "2026-02-28")], 0),
                ([("date", "in", ["2026-02-28", "2026-03-01"])], 1),
                ([("date", "<", "2026-03-01")], 0),
                ([("date", ">", "2026-02-28")], 1),
                (["!", ("date", ">=", "2026-03-01")], 0),
                (["!", ("date", "<", "2026-03-01")], 1),
                ([("date", "!=", "2026-02-28")], 1),
            ):
                told = self._total(report, "__count", domain=domain)
                self.assertEqual(told, count, (name, domain))
            cells = self._cells(report, "date:month", "__count")
            self.assertEqual(cells, {"March 2026": 1}, name)
            self.assertEqual(self._cells(report, "month", "__count"), {"03": 1}, name)

    def test_it_is_the_same_without_any_user(self):
        self._at_the_edge()
        for name in (CALLS, CASES, LINES):
            report = self.env(user=1, context={})[name].sudo()
            ours = [("company_id", "=", self.company.id)]
            self.assertEqual(
                self._total(report, "__count", domain=[*ours, *self.MARCH]), 1, name
            )

    def test_no_dealership_counts_anothers_records(self):
        self._at_the_edge()
        for name in (CALLS, CASES, CLOCKS, LINES):
            report = self._report(name)
            self.assertEqual(report.search([]).company_id, self.company, name)
            branch = self._report(name, self.branch["supervisor"])
            self.assertEqual(branch.search([]).company_id, self.branch["company"], name)

    def test_who_supervises_both_sees_each_in_its_own_days(self):
        self._at_the_edge()
        both = self.company | self.branch["company"].sudo()
        self.supervisor.sudo().company_ids = both
        for name in (CALLS, CASES, LINES):
            report = self._report(name)
            march = self._cells(report, "company_id", "__count", domain=self.MARCH)
            self.assertEqual(march, {"Yusen Motors": 1}, name)
            february = self._cells(
                report, "company_id", "__count", domain=self.FEBRUARY
            )
            self.assertEqual(february, {"Pacific Motors": 1}, name)


class TestAnalysisRights(Analyses, AftersalesCase):
    def _refuses(self, name, user):
        with self.assertRaises(AccessError), mute_logger(*DENIALS):
            self._report(name, user).formatted_read_group([], [], ["__count"])
        return True

    def test_analyses_are_the_supervisors_alone(self):
        for user in (self.officer, self.advisor, self.outsider):
            for name in REPORTS:
                if (user, name) != (self.officer, CLOCKS):
                    self.assertTrue(self._refuses(name, user), (user.name, name))
        for name in REPORTS:
            self._total(name, "__count")

    def test_nobody_writes_an_analysis(self):
        for name in REPORTS:
            report = self._report(name)
            for right in ("create", "write", "unlink"):
                self.assertFalse(report.has_access(right), name)

    def test_an_officer_sees_his_own_deadlines_and_no_colleagues(self):
        self._promise(self.officer, days=2, sent=1)
        self._promise(self.other_officer, days=2, sent=3)
        officers = self._report(CLOCKS, self.officer).search([]).user_id
        self.assertEqual(officers, self.officer)
        supervised = self._report(CLOCKS).search([]).user_id
        self.assertEqual(supervised, self.officer | self.other_officer)

    def test_menu_is_the_supervisors(self):
        menu = self.env.ref("aftersales_followup.aftersales_followup_analysis_menu")
        menus = self.env["ir.ui.menu"]
        ours = menus.sudo().search([("id", "child_of", menu.id)]).ids
        for user, shown in ((self.supervisor, set(ours)), (self.officer, set())):
            visible = set(menus.with_user(user)._visible_menu_ids())
            self.assertEqual(visible & set(ours), shown, user.name)


class TestAnalysisIsTheFigure(Analyses, KpiYear):
    """A pivot tells what the figure of the same name tells."""

    def _asked(self, name, measure, *domain, day="date", user=None):
        report = self._report(name)
        spec = [(day, ">=", JUNE[0]), (day, "<=", JUNE[1]), *domain]
        if user:
            spec.append(("user_id", "=", user.id))
        return self._total(report, measure, domain=spec)

    def test_june_is_the_same_in_pivot_and_figure(self):
        workshop = ("payer", "in", ("customer", "warranty"))
        insurance = ("payer", "=", "insurance")
        complaint = ("case_type", "=", "complaint")
        of_rule = {code: ("rule_id.code", "=", code) for code in ("first", "second")}
        for code, name, measure, *domain in (
            ("calls", CALLS, "__count"),
            ("calls_in", CALLS, "inbound_count"),
            ("reached", CALLS, "reached_rate"),
            ("customers_called", CALLS, "customer_count"),
            ("csi", CALLS, "csi"),
            ("letters", LETTERS, "__count"),
            ("complaints", CASES, "__count", complaint),
            ("revenue", LINES, "revenue"),
            ("gross_profit", LINES, "gross_profit"),
            ("ticket_workshop", LINES, "average_ticket", workshop),
            ("ticket_insurance", LINES, "average_ticket", insurance),
            ("claims_passed", LINES, "claims_passed"),
        ):
            value = self._figure(code, JUNE)[0]
            told = self._asked(name, measure, *domain)
            self.assertAlmostEqual(told, value, delta=0.06, msg=code)
        for code, *domain in (
            ("archive_on_time", ("kind", "=", "archive")),
            ("first_on_time", of_rule["first"]),
            ("second_on_time", of_rule["second"]),
            ("escalated_on_time", ("kind", "=", "escalate")),
            ("informed_on_time", ("kind", "=", "inform")),
            ("complaint_answered", ("kind", "=", "answer")),
        ):
            for user in (None, self.officer):
                if user and code == "complaint_answered":
                    continue
                value = self._figure(code, JUNE, user)[0]
                told = self._asked(
                    CLOCKS, "on_time_rate", *domain, day="date_due", user=user
                )
                self.assertAlmostEqual(told, value or 0, delta=0.06, msg=code)
