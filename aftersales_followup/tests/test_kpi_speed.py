from datetime import date

from odoo.tools import SQL

from ..kpi.formulas import FORMULAS
from ..kpi.period import Period
from .common import TODAY
from .kpi_common import KpiCase

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


class TestKpiSpeed(KpiCase):
    """What figures cost follows the records of the month, nothing else."""

    def _count_queries(self, step):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        step()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _count_month(self):
        return self._count_queries(
            lambda: self.values._compute_month(self.company, MARCH.first)
        )

    def _add_officers(self, numbers):
        customer = self._new_customer()
        for number in numbers:
            officer = self._new_user(f"officer_{number}", "officer")
            self._new_call(user=officer, partner_id=customer.id).action_register()

    def test_forty_officers_take_no_more_queries_than_four(self):
        self._add_officers(range(4))
        self._count_month()
        few = self._count_month()
        self._add_officers(range(4, 20))
        self.assertLessEqual(self._count_month(), few)
        users = self.values.search([("kpi_id.code", "=", "calls")]).user_id
        self.assertEqual(len(users), 20)

    def _add_own(self, count):
        self.env["aftersales.kpi"].create(
            [
                {
                    "name": f"Our figure {number}",
                    "model_name": "aftersales.call",
                    "date_field": "date",
                    "domain": f"[('duration', '>', {number})]",
                }
                for number in range(count)
            ]
        )

    def test_many_figures_of_one_kind_of_records_take_no_more_queries_than_few(self):
        self._add_officers(range(1))
        self._add_own(2)
        self._count_month()
        few = self._count_month()
        self._add_own(20)
        self.assertLessEqual(self._count_month(), few)

    def test_more_records_take_no_more_queries(self):
        self._new_delivered_visit()
        self._count_month()
        few = self._count_month()
        for number in range(6):
            self._new_delivered_visit(self._new_customer(f"Customer {number}"))
        self.assertLessEqual(self._count_month(), few)

    def _get_indexes(self, table):
        """Return the columns of each index of a table, in their order."""
        rows = self.env.execute_query(
            SQL(
                """SELECT array_agg(attribute.attname::text ORDER BY place)
                     FROM pg_index index,
                          unnest(index.indkey) WITH ORDINALITY key(attnum, place)
                     JOIN pg_attribute attribute ON attribute.attnum = key.attnum
                    WHERE index.indrelid = %s::regclass
                      AND attribute.attrelid = index.indrelid
                    GROUP BY index.indexrelid""",
                table,
            )
        )
        return [columns for (columns,) in rows]

    def test_the_records_of_a_month_are_found_by_an_index(self):
        """By company and day, whatever else the table holds.

        Follow-ups are counted rule by rule, so their indexes begin with that.
        """
        found_by = {
            ("aftersales_visit", "date_arrival"),
            ("aftersales_visit", "date_end"),
            ("aftersales_visit", "archive_deadline"),
            ("aftersales_followup", "date_deadline"),
            ("aftersales_followup", "date_done"),
            ("aftersales_call", "date"),
            ("aftersales_letter", "date_sent"),
            ("aftersales_case", "date_raised"),
            ("aftersales_case_round", "escalate_deadline"),
            ("aftersales_case_round", "inform_deadline"),
            ("aftersales_case_round", "answer_deadline"),
            ("aftersales_kpi_entry", "date"),
            ("aftersales_kpi_value", "date"),
        }
        for table, column in found_by:
            with self.subTest(table=table, column=column):
                leading = [one[:3] for one in self._get_indexes(table)]
                if table == "aftersales_followup":
                    self.assertIn(["company_id", "rule_id", column], leading)
                else:
                    self.assertIn(["company_id", column], [one[:2] for one in leading])
        asked = {
            (self.env[part.source.model]._table, part.source.date)
            for formula in FORMULAS.values()
            for part in formula.parts
        }
        # Lines are found by their visits, responses by their follow-ups.
        asked.remove(("aftersales_visit_line", "visit_id.date_end"))
        asked.remove(("aftersales_response", "date"))
        self.assertFalse(asked - found_by)

    def test_the_first_day_of_a_dealership_is_found_without_reading_its_records(self):
        self._new_visit()
        days = self.env["aftersales.kpi"]._find_first_day(self.company)
        self.assertEqual(days, TODAY)
