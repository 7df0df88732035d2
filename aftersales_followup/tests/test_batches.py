"""Thousands change hands in one step: few queries, and one notice to the officer."""

from datetime import timedelta

from .common import NOW, TODAY, AftersalesCase

FEW, MANY = 4, 20


class TestBatches(AftersalesCase):
    """As at the end of a request: what changed is logged as well."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.company = cls.company.with_env(cls.env)

    def _new_customers(self, count):
        customers = self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {n}",
                    "phone": f"139 0000 {n:04}",
                    "company_id": self.company.id,
                    "aftersales_officer_id": self.officer.id,
                }
                for n in range(count)
            ]
        )
        for customer in customers:
            self._new_followup(customer)
        self._finish_request()
        return customers

    def _new_cases(self, count):
        cases = self.env["aftersales.case"].union(
            *(self._new_case(customer) for customer in self._new_customers(count))
        )
        self._finish_request()
        return cases.sudo()

    def _finish_request(self):
        self.env.cr.precommit.run()
        self.env.flush_all()

    def _count(self, records, step):
        """Return how many queries a step takes, from an empty cache."""
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        step(records)
        self._finish_request()
        return self.env.cr.sql_log_count - before

    def _check(self, prepare, step):
        self._count(prepare(FEW), step)  # fills the caches of settings and rights
        few = self._count(prepare(FEW), step)
        many = self._count(prepare(MANY), step)
        self.assertLessEqual(many, few)

    def _hand_over(self, customers):
        customers.write({"aftersales_officer_id": self.other_officer.id})

    def test_handing_over_takes_no_more_queries_for_many_customers(self):
        self._check(self._new_customers, self._hand_over)

    def test_standing_in_takes_no_more_queries_for_many_followups(self):
        def stand_in(_customers):
            stand_in = self._new_substitution(0, 3, substitute_id=self.other_officer.id)
            stand_in.action_end()

        self._check(self._new_customers, stand_in)

    def test_escalating_takes_no_more_queries_for_many_cases(self):
        self._check(self._new_cases, lambda cases: cases._escalate(by_system=True))

    def test_officer_is_told_once_of_all_customers_handed_over(self):
        customers = self._new_customers(MANY)
        followups = self.env["aftersales.followup"].search(
            [("partner_id", "in", customers.ids)]
        )
        told = self._get_notices(self.other_officer)
        mails = self.env["mail.mail"].sudo().search_count([])
        self._hand_over(customers)
        self._finish_request()
        told = self._get_notices(self.other_officer) - told
        self.assertEqual(len(told), 1)
        self.assertIn("Customers you look after from now on: 20 more.", told.body)
        self.assertLessEqual(self.env["mail.mail"].sudo().search_count([]) - mails, 1)
        self.assertEqual(followups.user_id, self.other_officer)

    def _get_notices(self, user):
        return (
            self.env["mail.message"]
            .sudo()
            .search([("notified_partner_ids", "in", user.partner_id.ids)])
        )

    def test_who_takes_customers_over_himself_is_not_told(self):
        customers = self._new_customers(2)
        told = self._get_notices(self.supervisor)
        customers.write({"aftersales_officer_id": self.supervisor.id})
        self.assertEqual(self._get_notices(self.supervisor), told)

    def test_history_of_each_customer_tells_who_had_him_before(self):
        customers = self._new_customers(3)
        self._hand_over(customers)
        self._finish_request()
        for archive in customers.sudo().aftersales_archive_ids:
            change = archive.message_ids[:1].tracking_value_ids
            self.assertEqual(change.field_id.name, "officer_id")
            self.assertEqual(change.old_value_char, "Officer")
            self.assertEqual(change.new_value_char, "Other Officer")
            self.assertEqual(
                archive.message_ids[:1].author_id, self.supervisor.partner_id
            )

    def test_escalated_cases_keep_when_and_to_whom(self):
        cases = self._new_cases(2)
        self.set_now(NOW + timedelta(days=1))
        cases._escalate(by_system=True)
        self._finish_request()
        for case in cases:
            changed = case.message_ids.tracking_value_ids.mapped("field_id.name")
            self.assertIn("state", changed)
            self.assertIn("supervisor_id", changed)
            self.assertEqual(
                case.round_id.date_escalated.date(), TODAY + timedelta(days=1)
            )
