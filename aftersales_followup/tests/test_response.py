from datetime import date, datetime

from .kpi_common import KpiCase, at

MARCH = (date(2026, 3, 1), date(2026, 3, 31))


class TestResponse(KpiCase):
    """What contacts bring: who came within thirty days, and with what revenue."""

    def setUp(self):
        super().setUp()
        self.customer = self._new_customer()
        self.vehicle = self._new_vehicle(self.customer)

    def _plan(self, customer=None, rule="maintenance", deadline=date(2026, 3, 4)):
        followup = self._new_followup(
            customer or self.customer, date_deadline=deadline
        ).sudo()
        followup.rule_id = self.env.ref(f"aftersales_followup.rule_{rule}")
        return followup

    def _reach(self, followup, *day, hour=10):
        self.set_now(at(*day, hour))
        call = self._new_call(followup)
        call.action_register()
        return followup

    def _come(self, *day, hour=10, amount=500, customer=None):
        self.set_now(at(*day, hour))
        visit = self._new_visit(
            customer or self.customer,
            line_ids=self._lines(
                ("parts", "customer", amount, 0), ("parts", "internal", 70, 0)
            ),
        )
        visit.date_delivery = datetime.now()
        visit.action_deliver()
        return visit

    def _rows(self):
        rows = self.env["aftersales.response"].search(
            [("company_id", "=", self.company.id)], order="date, id"
        )
        return [
            (row.followup_id, row.reached, row.date, row.visit_id, row.revenue)
            for row in rows
        ]

    def test_who_comes_within_thirty_days_came_because_of_it(self):
        called = self._reach(self._plan(), 2026, 3, 3)
        visit = self._come(2026, 4, 2)
        self.assertEqual(self._rows(), [(called, True, date(2026, 3, 3), visit, 500)])
        self.assertEqual(self._figure("response", MARCH), (100, 1, 1))
        self.assertEqual(self._figure("response_revenue", MARCH)[0], 500)

    def test_figures_say_in_words_who_was_reached_and_who_came(self):
        self._reach(self._plan(), 2026, 3, 3)
        self._come(2026, 4, 2)
        row = self.env["aftersales.response"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual((row.contact, row.answer), ("reached", "came"))
        groups = row._read_group(
            [("id", "in", row.ids)], ["contact", "answer"], ["__count"]
        )
        self.assertEqual(groups, [("reached", "came", 1)])

    def test_who_comes_on_the_thirty_first_day_came_by_himself(self):
        called = self._reach(self._plan(), 2026, 3, 3)
        self._come(2026, 4, 3)
        none = self.env["aftersales.visit"]
        self.assertEqual(self._rows(), [(called, True, date(2026, 3, 3), none, 0)])

    def test_who_was_in_the_workshop_before_the_call_did_not_come_because_of_it(self):
        followup = self._plan()
        self._come(2026, 3, 3, hour=9)
        self._reach(followup, 2026, 3, 3, hour=11)
        self.assertEqual(self._figure("response", MARCH), (0, 0, 1))

    def test_one_month_counts_a_customer_once_by_the_first_call_that_reached(self):
        first = self._reach(self._plan(deadline=date(2026, 3, 9)), 2026, 3, 5)
        later = date(2026, 3, 9)
        self._reach(self._plan(rule="insurance", deadline=later), 2026, 3, 6)
        self._plan(rule="inspection", deadline=later)
        self.set_now(at(2026, 3, 20))
        rows = [row[:3] for row in self._rows()]
        self.assertEqual(rows, [(first, True, date(2026, 3, 5))])

    def test_whom_nobody_reached_counts_from_the_deadline(self):
        missed = self._plan()
        visit = self._come(2026, 3, 10)
        self.assertEqual(self._rows(), [(missed, False, date(2026, 3, 4), visit, 500)])
        self.assertEqual(self._figure("response", MARCH), (None, 0, 0))
        self.assertEqual(self._figure("response_unreached", MARCH), (100, 1, 1))
        self.assertEqual(self._figure("response_revenue", MARCH)[0], 0)

    def test_what_is_not_due_yet_or_called_off_in_time_is_no_contact(self):
        self._plan()
        self.assertFalse(self._rows())
        self._plan(self._new_customer("Li Si"))._cancel("Sold", blameless=True)
        self._plan(self._new_customer("Wang Wu"), rule="first")
        self.set_now(at(2026, 3, 5))
        self.assertEqual(len(self._rows()), 1)

    def test_a_letter_reaches_nobody_by_phone(self):
        followup = self._plan()
        self._new_letter(self.customer, followup_id=followup.id).action_register()
        self.assertEqual(followup.state, "done")
        self.set_now(at(2026, 3, 5))
        self.assertEqual([row[1] for row in self._rows()], [False])

    def test_a_visit_brings_its_revenue_once_to_the_earliest_contact(self):
        self._reach(self._plan(), 2026, 3, 31)
        self._reach(self._plan(rule="insurance", deadline=date(2026, 4, 9)), 2026, 4, 2)
        visit = self._come(2026, 4, 10)
        rows = [row[2:] for row in self._rows()]
        self.assertEqual(
            rows, [(date(2026, 3, 31), visit, 500), (date(2026, 4, 2), visit, 0)]
        )
        april = (date(2026, 4, 1), date(2026, 4, 30))
        self.assertEqual(self._figure("response", april), (100, 1, 1))
        self.assertEqual(self._figure("response_revenue", april)[0], 0)
        both = (MARCH[0], april[1])
        self.assertEqual(self._figure("response_revenue", both)[0], 500)

    def test_a_visit_between_two_contacts_leaves_the_next_one_to_the_second(self):
        self._reach(self._plan(), 2026, 3, 31)
        between = self._come(2026, 4, 1, amount=100)
        self._reach(self._plan(rule="insurance", deadline=date(2026, 4, 9)), 2026, 4, 2)
        visit = self._come(2026, 4, 10)
        rows = [row[2:] for row in self._rows()]
        self.assertEqual(
            rows, [(date(2026, 3, 31), between, 100), (date(2026, 4, 2), visit, 500)]
        )

    def test_another_dealerships_visits_are_no_response(self):
        self.customer.sudo().company_id = False
        self._reach(self._plan(), 2026, 3, 3)
        branch = self.env["res.company"].sudo().create({"name": "Branch"})
        self.set_now(at(2026, 3, 5))
        self.env["aftersales.visit"].sudo().create(
            {
                "company_id": branch.id,
                "partner_id": self.customer.id,
                "visit_type": "consultation",
                "advisor_id": False,
            }
        )
        self.assertEqual(self._figure("response", MARCH), (0, 0, 1))

    def test_officers_see_what_their_own_calls_brought(self):
        self._reach(self._plan(), 2026, 3, 3)
        responses = self.env["aftersales.response"]
        self.assertTrue(responses.with_user(self.officer).search([]))
        self.assertFalse(responses.with_user(self.other_officer).search([]))
        self.assertTrue(responses.with_user(self.supervisor).search([]))
