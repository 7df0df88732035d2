from datetime import date
from glob import glob

from odoo.modules.migration import exec_script
from odoo.tools import SQL, file_path

from .common import AftersalesCase
from .kpi_common import at

VERSION = "19.0.1.2.0"


class TestVisitPlace(AftersalesCase):
    """Each visit knows when the customer's visits before and after it ended."""

    def setUp(self):
        super().setUp()
        self.customer = self._new_customer()
        self.vehicle = self._new_vehicle(self.customer)

    def _visit(self, *day, customer=None, hour=16):
        return self._import_visit(
            customer or self.customer,
            self.vehicle,
            date_arrival=at(*day, 9),
            date_delivery=at(*day, hour),
        )

    def _places(self, *visits):
        return [
            (visit.date_end, visit.previous_end, visit.next_end) for visit in visits
        ]

    def test_neighbours_know_each_other_in_whatever_order_they_come_in(self):
        third = self._visit(2026, 2, 1)
        first = self._visit(2025, 2, 1)
        second = self._visit(2025, 8, 1)
        days = [date(2025, 2, 1), date(2025, 8, 1), date(2026, 2, 1)]
        self.assertEqual(
            self._places(first, second, third),
            [
                (days[0], False, days[1]),
                (days[1], days[0], days[2]),
                (days[2], days[1], False),
            ],
        )

    def test_visits_of_one_day_follow_each_other_by_the_hour(self):
        day = date(2026, 2, 2)
        late, early = self._visit(2026, 2, 2, hour=18), self._visit(2026, 2, 2)
        self.assertEqual(
            self._places(early, late), [(day, False, day), (day, day, False)]
        )

    def test_the_day_is_the_dealerships_own(self):
        # One o'clock on 1 March in Shanghai, the last of February in UTC.
        visit = self._import_visit(
            self.customer,
            self.vehicle,
            date_arrival=at(2026, 2, 28, 9),
            date_delivery=at(2026, 3, 1, 1),
        )
        self.assertEqual(visit.date_end, date(2026, 3, 1))

    def test_an_open_visit_has_no_place_and_gets_one_when_it_ends(self):
        first = self._visit(2025, 2, 1)
        visit = self._new_visit(self.customer, self.vehicle)
        self.assertEqual(self._places(visit), [(False, False, False)])
        visit.action_deliver()
        today = date(2026, 3, 2)
        self.assertEqual(
            self._places(first, visit),
            [(date(2025, 2, 1), False, today), (today, date(2025, 2, 1), False)],
        )

    def test_what_is_reopened_cancelled_or_moved_leaves_its_place(self):
        first = self._visit(2025, 2, 1)
        visit = self._visit(2026, 2, 1)
        lone = [(date(2025, 2, 1), False, False)]
        visit.action_reopen()
        self.assertEqual(self._places(first, visit), [*lone, (False, False, False)])
        visit.action_deliver()
        self.assertEqual(first.next_end, date(2026, 3, 2))
        visit.action_cancel()
        self.assertEqual(self._places(first), lone)
        other = self._visit(2026, 2, 3)
        self.assertEqual(first.next_end, date(2026, 2, 3))
        other.sudo().partner_id = self._new_customer("Li Si")
        self.assertEqual(self._places(first), lone)
        self.assertEqual(self._places(other), [(date(2026, 2, 3), False, False)])
        other.sudo().date_delivery = at(2026, 2, 4)
        self.assertEqual(other.date_end, date(2026, 2, 4))

    def test_contacts_that_are_merged_are_one_customer(self):
        first = self._visit(2025, 2, 1)
        double = self._new_customer("Zhang San")
        other = self._visit(2025, 8, 1, customer=double)
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo().create({})
        wizard._merge([self.customer.id, double.id], self.customer)
        self.env.invalidate_all()
        days = date(2025, 2, 1), date(2025, 8, 1)
        self.assertEqual(
            self._places(first, other),
            [(days[0], False, days[1]), (days[1], days[0], False)],
        )

    def test_another_dealerships_visits_are_no_neighbours(self):
        self.customer.sudo().company_id = False
        first = self._visit(2025, 2, 1)
        branch = self.env["res.company"].sudo().create({"name": "Branch"})
        self.env["aftersales.visit"].sudo().with_context(import_file=True).create(
            {
                "company_id": branch.id,
                "partner_id": self.customer.id,
                "visit_type": "consultation",
                "advisor_id": False,
                "date_arrival": at(2025, 8, 1, 9),
                "date_delivery": at(2025, 8, 1, 10),
            }
        )
        self.assertFalse(first.next_end)

    def test_who_comes_a_day_too_late_had_been_lost_and_is_won_back(self):
        first = self._visit(2024, 2, 29)
        second = self._visit(2025, 2, 28)
        third = self._visit(2026, 3, 1)
        self.assertFalse(first.is_lost_after)
        self.assertFalse(second.is_won_back, "came on the very day")
        self.assertTrue(second.is_lost_after)
        self.assertTrue(third.is_won_back)
        self.assertFalse(third.is_lost_after)
        visits = first | second | third
        for name in ("is_won_back", "is_lost_after"):
            own = [("partner_id", "=", self.customer.id)]
            found = visits.search([*own, (name, "=", True)])
            self.assertEqual(found, visits.filtered(name))
            found = visits.search([*own, (name, "=", False)])
            self.assertEqual(found, visits - visits.filtered(name))

    def test_an_upgrade_tells_old_visits_their_places(self):
        visits = self._visit(2025, 2, 1) | self._visit(2025, 8, 1)
        visits |= self._visit(2025, 9, 1, customer=self._new_customer("Li Si"))
        places = self._places(*visits)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE aftersales_visit
                      SET date_end = NULL, previous_end = NULL, next_end = NULL"""
            )
        )
        self.env.invalidate_all()
        [script] = glob(
            file_path(f"aftersales_followup/migrations/{VERSION}") + "/post-10_*.py"
        )
        exec_script(self.env.cr, "19.0.1.1.0", script, "aftersales_followup", "post")
        self.env.invalidate_all()
        self.assertEqual(self._places(*visits), places)
