from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from .common import NOW, TODAY, AftersalesCase
from .register_common import RegisterData


@tagged("post_install", "-at_install")
class TestRegisterNumbers(RegisterData, AftersalesCase):
    """Numbers without gap or duplicate, at the same cost for one entry or many."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_customer()

    def _new_drafts(self, *dates):
        calls = self.env["aftersales.call"]
        for date in dates:
            calls |= self._new_call(partner_id=self.customer.id, date=date)
        return calls.with_env(self.env)

    def _count_queries(self, entries):
        """Return how many queries numbering takes, and number the entries."""
        entries.mapped("date")
        entries.company_id._aftersales_tz()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        entries._assign_register_numbers()
        return self.env.cr.sql_log_count - before

    def test_numbering_takes_as_many_queries_for_many_entries_as_for_few(self):
        few, many = self._new_drafts(*[NOW] * 2), self._new_drafts(*[NOW] * 24)
        self._new_drafts(NOW)._assign_register_numbers()
        cost = self._count_queries(few)
        self.assertEqual(self._count_queries(many), cost)
        self.assertLessEqual(cost, 6)
        self.assertEqual((few | many).mapped("register_sequence"), [*range(2, 28)])

    def test_a_batch_is_numbered_in_its_order_for_each_year(self):
        last_year = NOW - timedelta(days=90)
        calls = self._new_drafts(NOW, last_year, NOW, last_year)
        calls._assign_register_numbers()
        self.assertEqual(
            calls.mapped("number"),
            ["2026-000001", "2025-000001", "2026-000002", "2025-000002"],
        )

    def test_a_batch_of_two_companies_is_numbered_in_each(self):
        company = self._new_company()
        self.supervisor.sudo().company_ids += company
        both = [company.id, self.company.id]
        other = (
            self.env["aftersales.call"]
            .with_context(allowed_company_ids=both)
            .create({"direction": "inbound", "phone": "1"})
        )
        calls = other + self._new_drafts(NOW, NOW).with_env(other.env)
        calls._assign_register_numbers()
        self.assertEqual(
            calls.mapped("number"), ["2026-000001", "2026-000001", "2026-000002"]
        )

    def test_a_batch_goes_on_after_numbers_that_somebody_else_took(self):
        self._new_drafts(NOW, NOW, NOW)._assign_register_numbers()
        batch = self._new_drafts(*[NOW] * 5)
        self.patch(
            self.env.registry["aftersales.call"],
            "_get_last_register_sequence",
            lambda self, company_id, year: SQL("1"),  # as if two of them came just now
        )
        batch._assign_register_numbers()
        self.assertEqual(batch.mapped("register_sequence"), [4, 5, 6, 7, 8])

    def test_a_number_that_is_taken_loses_nothing_of_what_is_registered(self):
        self._new_drafts(NOW, NOW)._assign_register_numbers()
        waiting = self._new_drafts(NOW)
        batch = self._new_drafts(NOW, NOW)
        batch.outcome_id = self._get_outcome("reached")
        self.patch(
            self.env.registry["aftersales.call"],
            "_get_last_register_sequence",
            lambda self, company_id, year: SQL("0"),
        )
        waiting.content = "Not written down in the database yet"
        batch[0].content = "Said just now"
        with self.assertNoLogs("odoo.sql_db", level="ERROR"):
            batch.action_register()
        self.env.invalidate_all()
        self.assertEqual(batch.mapped("number"), ["2026-000003", "2026-000004"])
        self.assertEqual(batch.mapped("register_sequence"), [3, 4])
        self.assertEqual(set(batch.mapped("state")), {"registered"})
        self.assertEqual(batch.mapped("date_registered"), [NOW, NOW])
        self.assertEqual(batch[0].content, "Said just now")
        self.assertEqual(waiting.content, "Not written down in the database yet")

    def test_a_call_takes_its_number_when_all_that_follows_is_done(self):
        """Others who register at that moment wait for the number, and for no more."""
        model = self.env.registry["aftersales.call"]
        assign, states = model._assign_register_numbers, []

        def note_states(calls):
            states.extend(calls.followup_id.mapped("state"))
            return assign(calls)

        self.patch(model, "_assign_register_numbers", note_states)
        self._new_call(self._new_delivered_visit().followup_ids).action_register()
        self.assertEqual(states, ["done"])

    def test_letters_registered_together_are_numbered_without_gap(self):
        letters = self.env["aftersales.letter"]
        for _n in range(12):
            letters |= self._new_letter(self.customer).with_env(self.env)
        letters.action_register()
        self.assertEqual(sorted(letters.mapped("register_sequence")), [*range(1, 13)])
        self.assertEqual(set(letters.mapped("register_year")), {TODAY.year})
