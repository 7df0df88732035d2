from datetime import timedelta
from itertools import count

from .common import NOW, TODAY, AftersalesCase
from .test_multicompany import TwoCompanies


class CeilingCase(AftersalesCase):
    """Not more than two contacts of a customer in seven days, by all rules together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_customer()
        cls.rule = cls.rule_first
        cls.keys = (f"test:{number}" for number in count())

    def _day(self, days):
        return TODAY + timedelta(days=days)

    def _plan(self, *firsts, **vals):
        """Plan contacts by rule that may begin so many days from today."""
        rows = [
            {
                "origin_key": next(self.keys),
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "rule_id": self.rule.id,
                "user_id": self.officer.id,
                "date_anchor": TODAY,
                "date_earliest": self._day(first),
                "date_deadline": self._day(first + 4),
                **vals,
            }
            for first in firsts
        ]
        return self.env["aftersales.followup"].sudo()._plan(rows)

    def assertDays(self, followups, *days):
        self.assertEqual(
            followups.mapped("date_earliest"), [self._day(day) for day in days]
        )


class TestCeiling(CeilingCase):
    def test_shipped_ceiling_is_two_contacts_in_seven_days(self):
        self.assertEqual(self.company.aftersales_ceiling_contacts, 2)
        self.assertEqual(self.company.aftersales_ceiling_days, 7)

    def test_third_contact_within_seven_days_waits_and_says_so(self):
        self.assertDays(self._plan(3, 5), 3, 5)
        [third] = self._plan(6)
        # On day 10 there are two in seven days: 5 and 10. Day 3 is a week ago.
        self.assertDays(third, 10)
        self.assertEqual(third.date_deadline, self._day(10))
        self.assertEqual(
            third.planning_note,
            "Waits from 03/08/2026 until 03/12/2026: not more than 2 contacts in 7 "
            "days.",
        )
        self.assertIn("Waits from", self._get_reminders(third).note)

    def test_any_number_of_contacts_may_be_allowed(self):
        for allowed in (1, 3, 4, 5, 6):
            with self.subTest(allowed=allowed):
                self.customer = self._new_customer()
                self.company.sudo().aftersales_ceiling_contacts = allowed
                firsts = range(1, allowed + 1)
                for first in firsts:
                    self.assertDays(self._plan(first), first)
                # Day 1 is a week ago then.
                self.assertDays(self._plan(allowed + 1), 8)

    def test_deadline_of_what_waits_within_its_window_stays(self):
        self._plan(3, 5)
        [third] = self._plan(8)
        self.assertDays(third, 10)
        self.assertEqual(third.date_deadline, self._day(12))

    def test_what_falls_on_the_same_day_is_one_contact(self):
        self.assertDays(self._plan(3, 3, 3, 5, 5), 3, 3, 3, 5, 5)
        self.assertFalse(self._plan(3).planning_note)

    def test_contact_joins_one_that_comes_earlier_than_the_ceiling_allows(self):
        self._plan(5, 8)
        [third] = self._plan(4)
        self.assertDays(third, 5)
        self.assertEqual(
            third.planning_note,
            "Joins the contact from 03/07/2026 on, instead of 03/06/2026: not more "
            "than 2 contacts in 7 days.",
        )

    def test_contacts_of_one_batch_count_as_well(self):
        self.assertDays(self._plan(1, 2, 3, 4), 1, 2, 8, 8)

    def test_days_that_are_over_count_by_when_it_was_done(self):
        done = self._plan(0, 1)
        for followup in done:
            self.set_now(NOW + timedelta(days=followup == done[1]))
            self._new_call(followup).action_register()
        # Done on day 0 and 1; what begins on day 2 waits until a week after day 0.
        # (The second follow-ups are from day 7 and 8 on.)
        [third] = self._plan(2)
        self.assertDays(third, 7)

    def test_open_contact_that_may_begin_already_is_for_today(self):
        self._plan(-3, -2)
        # Both are for today, so there is one more left in the week.
        self.assertDays(self._plan(1), 1)
        self.assertDays(self._plan(2), 7)

    def test_cancelled_contact_counts_no_more(self):
        planned = self._plan(3, 5)
        planned[0]._cancel("Asked for it")
        self.assertDays(self._plan(6), 6)

    def test_letters_and_visits_to_the_customer_are_contacts_too(self):
        self._plan(3, channel="letter")
        self._plan(5, channel="meeting")
        self.assertDays(self._plan(6), 10)

    def test_no_ceiling_where_the_company_has_none(self):
        self.company.sudo().aftersales_ceiling_contacts = 0
        self.assertDays(self._plan(1, 2, 3, 4), 1, 2, 3, 4)

    def test_ceiling_is_what_the_company_says(self):
        self.company.sudo().write(
            {"aftersales_ceiling_contacts": 1, "aftersales_ceiling_days": 30}
        )
        self.assertDays(self._plan(1, 2, 40), 1, 31, 61)

    def test_answer_to_a_case_does_not_wait_and_is_not_counted(self):
        self._plan(0, 1)
        case = self._new_case(self.customer)
        case.solution = "New brake pads"
        case.action_solve()
        answer = (
            case.sudo().env["aftersales.followup"].search([("case_id", "=", case.id)])
        )
        self.assertEqual(answer.date_earliest, TODAY)
        self.assertFalse(answer.planning_note)
        customer = self._new_customer("Li Si")
        case = self._new_case(customer)
        case.solution = "A new car"
        case.action_solve()
        self.assertDays(self._plan(1, 2, partner_id=customer.id), 1, 2)

    def test_day_that_was_agreed_with_the_customer_stays(self):
        self._plan(3, 5)
        agreed = self._plan(6, rule_id=False)
        self.assertDays(agreed, 6)
        self.assertFalse(agreed.planning_note)
        # It counts for what comes after it: 5 and 6 are two already.
        self.assertDays(self._plan(9), 12)

    def test_other_customers_are_not_counted(self):
        self._plan(3, 5)
        other = self._new_customer("Li Si")
        self.assertDays(self._plan(6, partner_id=other.id), 6)

    def test_rules_share_the_ceiling(self):
        """A visit and a car whose insurance and inspection expire, in one week."""
        car = self._new_vehicle(self.customer)
        visit = self._new_delivered_visit(self.customer, car)
        self.assertDays(visit.followup_ids, 3)
        car.write(
            {
                "aftersales_insurance_date": self._day(31),
                "aftersales_inspection_date": self._day(34),
            }
        )
        self.pass_days(1)
        self._run_planning()
        planned = car.aftersales_followup_ids.sorted("id")
        self.assertEqual(planned.rule_id.mapped("code"), ["first", "insurance"])
        self.pass_days(3)
        self._run_planning()
        inspection = car.aftersales_followup_ids - planned
        # The first may begin already, and so may the insurance: all in one call.
        self.assertDays(inspection, 4)


class TestCeilingOfCampaign(CeilingCase):
    def test_campaign_of_many_customers_keeps_the_number_of_queries(self):
        def plan(number):
            customers = self._new_audience(number)
            for first in (3, 5):
                for customer in customers:
                    self._plan(first, partner_id=customer.id)
            rows = [
                {
                    "origin_key": next(self.keys),
                    "company_id": self.company.id,
                    "partner_id": customer.id,
                    "rule_id": self.rule.id,
                    "user_id": self.officer.id,
                    "date_anchor": TODAY,
                    "date_earliest": self._day(6),
                    "date_deadline": self._day(8),
                }
                for customer in customers
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            planned = self.env["aftersales.followup"].sudo()._plan(rows)
            self.env.flush_all()
            used = self.env.cr.sql_log_count - before
            self.assertEqual(set(planned.mapped("date_earliest")), {self._day(10)})
            return used

        plan(2)
        few = plan(2)
        self.assertLessEqual(plan(20), few)


class TestCeilingPerCompany(TwoCompanies, CeilingCase):
    def test_contacts_of_another_dealership_are_not_counted(self):
        self.customer.sudo().company_id = False
        self._plan(3, 5)
        with self.at_branch():
            there = self._plan(6)
            self.assertDays(there, 6)
        self.assertDays(self._plan(6), 10)
