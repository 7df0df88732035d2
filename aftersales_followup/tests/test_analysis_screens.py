"""What the screens of the analyses offer: measures, groups, favourites."""

import ast
import json
from datetime import date, datetime

from lxml import etree

from odoo.tests import tagged
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from .analysis_common import REPORTS, Analyses
from .common import AftersalesCase
from .test_tours import ToursCase

CALLS, CASES, CLOCKS, LETTERS, LINES = REPORTS
# What can be summed up, or divided; nothing else is offered.
MEASURES = {
    CALLS: {
        "answer_count",
        "csi",
        "customer_count",
        "duration",
        "inbound_count",
        "minutes_a_call",
        "outbound_count",
        "reached_count",
        "reached_rate",
    },
    CASES: {
        "answer_count",
        "csi",
        "days_to_solve",
        "maker_days",
        "parts_days",
        "reopened_count",
        "solved_count",
    },
    CLOCKS: {"due_count", "on_time_count", "on_time_rate"},
    LETTERS: {"returned_count", "returned_rate"},
    LINES: {
        "approved_count",
        "average_ticket",
        "claims_passed",
        "cost",
        "decided_count",
        "gross_profit",
        "internal_amount",
        "margin",
        "revenue",
        "visit_count",
    },
}
# By what each can be grouped with one click.
GROUPS = {
    CALLS: "user_id designated_user_id outcome_id direction rule_id campaign_id "
    "segment_id vehicle_model_id date:month month date:year company_id",
    CASES: "case_type cause_id department user_id supervisor_id state "
    "escalation_result solve_result inform_result answer_result segment_id "
    "vehicle_model_id date:month month date:year company_id",
    CLOCKS: "kind rule_id user_id result segment_id vehicle_model_id date_due:month "
    "month date_due:year company_id",
    LETTERS: "user_id designated_user_id kind send_by result rule_id campaign_id "
    "segment_id vehicle_model_id date:month month date:year company_id",
    LINES: "trade payer service_type_id advisor_id user_id claim_state segment_id "
    "vehicle_model_id date:month month date:year company_id",
}
# What the pivots and graphs of other records add up.
OTHER_MEASURES = {
    "aftersales.call": {"duration"},
    "aftersales.campaign": {"confirmed_optout_count"},
    "aftersales.case": {"parts_days", "maker_days"},
    "aftersales.followup": set(),
    "aftersales.kpi.value": {"numerator", "denominator", "value"},
    "aftersales.response": {"contact_count", "came_count", "days", "revenue"},
    "aftersales.segment.change": set(),
    "aftersales.visit": {"amount_total", "cost_total", "spend_total"},
}


class TestAnalysisScreens(Analyses, AftersalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        multi = cls.env.ref("base.group_multi_company")
        cls.supervisor.sudo().group_ids |= multi

    def setUp(self):
        super().setUp()
        customer = self._new_customer()
        self._talk(customer)
        self._talk(customer, self.other_officer, outcome=self.no_answer)
        self._new_case(customer)
        self._new_letter(customer).action_register()
        self._deliver(
            ("mechanical", "customer", 1000, 400), ("parts", "internal", 50, 40)
        )

    def test_only_what_makes_sense_when_summed_up_is_a_measure(self):
        for name in REPORTS:
            infos = self._report(name).fields_get(
                attributes=["type", "aggregator", "groupable"]
            )
            offered = {
                field
                for field, info in infos.items()
                if info["type"] in ("integer", "float", "monetary")
                and info.get("aggregator")
                and field != "id"
            }
            self.assertEqual(offered, MEASURES[name], name)

    def _iter_figures(self):
        """Yield the pivots and graphs of this module, with their models."""
        views = self.env["ir.ui.view"].sudo()
        found = views.search([("type", "in", ("pivot", "graph"))])
        own = found.get_external_id()
        for view in found:
            if own[view.id].startswith("aftersales_followup."):
                yield view, self.env[view.model]

    def test_pivots_of_other_records_offer_no_hours_places_or_running_numbers(self):
        offered = {}
        for _view, model in self._iter_figures():
            offered[model._name] = {
                name
                for name, info in model.fields_get().items()
                if info["type"] in ("integer", "float", "monetary")
                and info.get("store")
                and info.get("aggregator")
                and name != "id"
            }
        for name in REPORTS:
            del offered[name]
        self.assertEqual(offered, OTHER_MEASURES)

    def test_no_figure_is_headed_by_yes_or_no(self):
        """A column says in words what it counts, a legend does not say *true*."""
        for view, model in self._iter_figures():
            for node in etree.fromstring(view.arch).iter("field"):
                if node.get("type") != "measure":
                    kind = model._fields[node.get("name")].type
                    self.assertNotEqual(kind, "boolean", view.xml_id)

    def test_each_group_of_the_search_divides_all_measures(self):
        for name in REPORTS:
            report = self._report(name)
            arch = etree.fromstring(report.get_view(view_type="search")["arch"])
            groups = [
                safe_eval(node.get("context"))["group_by"]
                for node in arch.iter("filter")
                if "group_by" in node.get("context", "")
            ]
            self.assertEqual(groups, GROUPS[name].split(), name)
            count = self._total(report, "__count")
            for groupby in groups:
                cells = self._cells(report, groupby, "__count", *MEASURES[name])
                self.assertEqual(sum(c[0] for c in cells.values()), count, groupby)

    def test_each_filter_of_the_search_finds_something_or_nothing(self):
        for name in REPORTS:
            report = self._report(name)
            arch = etree.fromstring(report.get_view(view_type="search")["arch"])
            for node in arch.iter("filter"):
                if node.get("domain"):
                    report.search_count(
                        safe_eval(node.get("domain"), {"uid": report.env.uid})
                    )

    def test_the_running_year_comes_first(self):
        for name in REPORTS:
            action = self.env.ref(
                f"aftersales_followup.{name.replace('.', '_')}_action"
            ).sudo()
            report = self._report(name)
            arch = etree.fromstring(report.get_view(view_type="search")["arch"])
            [period] = arch.xpath("//filter[@date]")
            self.assertEqual(period.get("default_period"), "year", name)
            context = safe_eval(action.context)
            self.assertTrue(context[f"search_default_{period.get('name')}"], name)

    def test_what_there_is_none_of_has_a_name(self):
        for name in REPORTS:
            report = self._report(name)
            infos = report.fields_get(attributes=["type", "falsy_value_label"])
            for groupby in GROUPS[name].split():
                field = report._fields[groupby.split(":")[0]]
                if any(not key for key in self._cells(report, groupby, "__count")):
                    told = infos[field.name].get("falsy_value_label")
                    self.assertTrue(told, f"{name}.{groupby}")

    def test_the_year_reaches_the_index_of_the_table(self):
        """A condition on the day is one on an indexed column of the records, too."""
        for name, column in (
            (CALLS, r"call\.date >= \'2025-12-31"),
            (CASES, r"told\.date_raised >= \'2025-12-31"),
            (LETTERS, r"letter\.date_sent >= \'2026-01-01"),
            (LINES, r"visit\.date_end >= \'2026-01-01"),
            (CLOCKS, r"archive_deadline >= \'2026-01-01"),
            (CLOCKS, r"date_deadline >= \'2026-01-01"),
            (CLOCKS, r"answer_deadline >= \'2026-01-01"),
        ):
            day = "date_due" if name == CLOCKS else "date"
            report = self._report(name)
            for domain in (
                [(day, ">=", "2026-01-01"), (day, "<=", "2026-12-31")],
                [(day, ">=", "today =1m =1d")],
            ):
                query = report._search(domain)
                plan = self.env.execute_query(
                    SQL("EXPLAIN (VERBOSE) %s", query.select())
                )
                self.assertRegex("\n".join(row[0] for row in plan), column, name)

    def test_an_unasked_level_or_car_costs_no_join(self):
        for name in REPORTS:
            day = "date_due" if name == CLOCKS else "date"
            query = self._report(name)._search([(day, ">=", "2026-01-01")])
            plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
            told = "\n".join(row[0] for row in plan)
            self.assertNotIn("aftersales_archive archive", told, name)
            self.assertNotIn("fleet_vehicle", told, name)


class TestAnalysisFavourites(Analyses, AftersalesCase):
    """The favourites that everybody who may see an analysis finds there."""

    def _load(self, name):
        """Return report, domain and context of a favourite, as the browser has them."""
        favourite = self.env.ref(f"aftersales_followup.ir_filters_{name}").sudo()
        report = self._report(favourite.model_id)
        found = report.env["ir.filters"].get_filters(favourite.model_id)
        [told] = [one for one in found if one["id"] == favourite.id]
        json.loads(favourite.sort)
        return report, ast.literal_eval(told["domain"]), safe_eval(told["context"])

    def _pivot(self, name):
        """Return the cells of a favourite's pivot: {(row, column): measures}."""
        report, domain, context = self._load(name)
        groupby = context["pivot_row_groupby"] + context["pivot_column_groupby"]
        specs = [
            one if one == "__count" else f"{one}:{report._fields[one].aggregator}"
            for one in context["pivot_measures"]
        ]
        cells = {}
        for group in report.formatted_read_group(domain, groupby, specs):
            keys = [group[one] for one in groupby]
            keys = [k[1] if isinstance(k, (tuple, list)) else k for k in keys]
            told = [group[one] for one in specs]
            cells[tuple(keys)] = [v if v is False else round(v, 1) for v in told]
        # The same in the other views: what they group and measure exists.
        for one in (*context["group_by"], *context["graph_groupbys"]):
            report.formatted_read_group(domain, [one], ["__count"])
        self.assertIn(
            context["graph_measure"], {"__count", *MEASURES[report._name]}, name
        )
        self.assertIn(context["graph_mode"], ("bar", "line", "pie"))
        return cells

    def test_calls_by_day(self):
        customer = self._new_customer()
        self.set_now(datetime(2026, 2, 27, 2))
        self._talk(customer)
        self.set_now(datetime(2026, 3, 2, 2))
        self._talk(customer)
        self._talk(customer, direction="inbound")
        self._talk(customer)
        self.set_now(datetime(2026, 3, 3, 2))
        self._talk(customer)
        self.assertEqual(
            self._pivot("calls_by_day"),
            {
                ("02 Mar 2026", "outbound"): [2],
                ("02 Mar 2026", "inbound"): [1],
                ("03 Mar 2026", "outbound"): [1],
            },
        )

    def test_complaints_by_month_and_cause(self):
        cause = self.env.ref("aftersales_followup.case_cause_waiting_time")
        self.set_now(datetime(2025, 12, 20, 2))
        self._new_case(cause_id=cause.id)
        self.set_now(datetime(2026, 2, 20, 2))
        self._new_case(cause_id=cause.id)
        self.set_now(datetime(2026, 3, 2, 2))
        self._new_case(cause_id=cause.id)
        self._new_case(cause_id=cause.id)
        self._new_case()
        self._new_case(case_type="wish")
        self.assertEqual(
            self._pivot("complaints"),
            {
                (cause.name, "February 2026"): [1],
                (cause.name, "March 2026"): [2],
                (False, "March 2026"): [1],
            },
        )

    def test_on_time_rate_by_officer(self):
        self._promise(self.officer, days=1, sent=1)
        self._promise(self.officer, days=1, sent=2)
        self._promise(self.other_officer, days=1)
        self.pass_days(3)
        self.assertEqual(
            self._pivot("on_time_rate"),
            {
                ("Officer", "letter"): [50.0],
                ("Other Officer", "letter"): [0.0],
            },
        )

    def test_revenue_by_trade(self):
        self._deliver(
            ("paint", "insurance", 1000, 400), ("parts", "customer", 500, 450)
        )
        self.assertEqual(
            self._pivot("revenue_by_trade"),
            {("paint",): [1000, 600, 60.0], ("parts",): [500, 50, 10.0]},
        )

    def test_revenue_beside_last_year(self):
        for moment, amount in (
            (datetime(2024, 12, 30, 2), 5),
            (datetime(2025, 3, 3, 2), 300),
            (datetime(2025, 7, 1, 2), 100),
            (datetime(2026, 3, 2, 2), 450),
        ):
            self.set_now(moment)
            self._deliver(("parts", "customer", amount, 0))
        self.assertEqual(
            self._pivot("revenue_compared"),
            {
                ("03", "2025"): [300],
                ("07", "2025"): [100],
                ("03", "2026"): [450],
            },
        )

    def test_a_favourite_that_somebody_renamed_keeps_that_name(self):
        favourite = self.env.ref("aftersales_followup.ir_filters_calls_by_day").sudo()
        filters = self._report(CALLS).env["ir.filters"]
        self.assertEqual(filters.get_filters(CALLS)[0]["name"], "Calls by Day")
        favourite.name = "Every Day"
        self.assertEqual(filters.get_filters(CALLS)[0]["name"], "Every Day")


@tagged("post_install", "-at_install")
class TestAnalysisTour(Analyses, ToursCase):
    def test_each_analysis_opens_in_each_view_and_leads_to_its_records(self):
        self.visit.action_deliver()
        self._talk(self.customer, satisfaction=9)
        self._new_case(self.customer)
        self._new_letter(self.customer, date_due=date(2099, 1, 1)).action_register()
        self._tour("aftersales_analyses", self.supervisor)
