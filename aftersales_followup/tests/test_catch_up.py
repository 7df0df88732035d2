"""What is known after its time is due from then on, and fairly."""

from datetime import date, timedelta

from .common import NOW, TODAY, AftersalesCase


class TestCatchUp(AftersalesCase):
    def _get_insurance_calls(self, cars):
        calls = cars.aftersales_followup_ids
        return calls.filtered(lambda call: call.rule_id.code == "insurance")

    def _new_insured(self, count=1, owner=None, **vals):
        """Cars whose insurance window was over on the Wednesday before."""
        owner = owner or self._new_customer()
        return self.env["fleet.vehicle"].union(
            *(
                self._new_vehicle(
                    owner, aftersales_insurance_date=TODAY + timedelta(days=5), **vals
                )
                for _n in range(count)
            )
        )

    # follow-ups

    def test_what_was_over_before_it_was_known_is_due_from_now_on(self):
        self.company.sudo().aftersales_ceiling_contacts = 0
        cars = self._new_insured(12)
        self._run_planning()
        calls = self._get_insurance_calls(cars).sorted("date_earliest")
        self.assertEqual(
            [(call.date_earliest, call.date_deadline) for call in calls],
            [(TODAY, date(2026, 3, 5))] * 10
            + [(date(2026, 3, 3), date(2026, 3, 6))] * 2,
        )
        self.assertIn("2/25/2026", calls[0].planning_note)
        self._new_call(calls[0]).action_register()
        self.assertEqual(calls[0].result, "on_time")

    def test_each_officer_catches_up_beside_the_others(self):
        mine = self._new_insured()
        theirs = self._new_insured(
            owner=self._new_customer("Li", officer=self.other_officer)
        )
        self._run_planning()
        for cars in (mine, theirs):
            self.assertEqual(self._get_insurance_calls(cars).date_earliest, TODAY)

    def test_window_that_is_open_is_left_as_it_is(self):
        car = self._new_vehicle(
            self._new_customer(), aftersales_insurance_date=TODAY + timedelta(days=10)
        )
        self._run_planning()
        self.assertEqual(self._get_insurance_calls(car).date_deadline, TODAY)

    def test_script_names_no_day_that_is_over(self):
        followup = self.env["aftersales.followup"]
        for days, told in ((-1, "now"), (0, "03/02/2026"), (1, "03/03/2026")):
            self.assertEqual(
                followup._get_date_ahead(TODAY + timedelta(days=days), self.company),
                told,
            )

    # archives

    def test_archives_of_imported_visits_are_due_from_the_import_on(self):
        arrived = {
            "date_arrival": NOW - timedelta(days=6),
            "date_delivery": NOW - timedelta(days=5),
        }
        customer = self._new_customer()
        visits = self.env["aftersales.visit"].union(
            *(self._import_visit(customer, **arrived) for _n in range(21))
        )
        # Two working days ahead: ten a day for each of the two officers.
        deadlines = sorted(visits.mapped("archive_deadline"))
        self.assertEqual(deadlines[:20], [date(2026, 3, 4)] * 20)
        self.assertEqual(deadlines[20], date(2026, 3, 5))

    def test_archive_of_a_visit_that_is_typed_late_is_late(self):
        visit = self._new_visit(date_arrival=NOW - timedelta(days=6))
        self.assertEqual(visit.archive_deadline, TODAY - timedelta(days=4))

    # owners

    def test_new_owner_gets_no_window_that_was_over_before_the_car_was_his(self):
        car, kept = self._new_insured(2)
        self.assertFalse(car.aftersales_owner_since)
        car.aftersales_owner_id = self._new_customer("Li Si")
        self.assertEqual(car.aftersales_owner_since, TODAY)
        self._run_planning()
        self.assertFalse(self._get_insurance_calls(car))
        self.assertTrue(self._get_insurance_calls(kept))
        car.aftersales_insurance_date = TODAY + timedelta(days=10)
        self._run_planning()
        self.assertEqual(
            self._get_insurance_calls(car).partner_id, car.aftersales_owner_id
        )

    # merged customers

    def _merge(self, gone, kept):
        merging = self.env["base.partner.merge.automatic.wizard"].sudo()
        merging._merge((gone | kept).ids, kept)
        self.env.invalidate_all()

    def test_merged_customer_is_not_planned_again(self):
        gone, kept = self._new_customer("Li Si"), self._new_customer("Li Si")
        long_ago = NOW - timedelta(days=380)
        car = self._new_insured(owner=gone)
        self._import_visit(gone, car, date_arrival=long_ago, date_delivery=long_ago)
        self._run_planning()
        self._new_delivered_visit(gone, car, date_arrival=NOW)
        before = gone.aftersales_followup_ids
        self.assertLessEqual(
            {"insurance", "first", "lost"}, set(before.rule_id.mapped("code"))
        )
        self._merge(gone, kept)
        self._run_planning()
        self.assertEqual(kept.aftersales_followup_ids, before)
        archive = kept.aftersales_archive_ids
        keys = {call.rule_id.code: call.origin_key for call in before}
        self.assertEqual(
            keys["insurance"].split(":")[1:4],
            ["vehicle", str(car.id), str(kept.id)],
        )
        self.assertEqual(
            keys["lost"].split(":")[1:4], ["archive", str(archive.id), str(kept.id)]
        )

    def test_of_two_merged_customers_with_the_same_call_both_calls_stay(self):
        gone, kept = customers = self._new_audience(2)
        campaign = self._new_campaign()
        campaign.action_confirm()
        calls = campaign.followup_ids
        self.assertEqual(calls.partner_id, customers)
        self._merge(gone, kept)
        self.assertEqual(calls.partner_id, kept)
        self.assertEqual(len(set(calls.mapped("origin_key"))), 2)
