from datetime import date, datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import Form

from .common import NOW, TODAY, AftersalesCase


class RuleCase(AftersalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_customer()

    def _get_planned(self, code):
        return self.env["aftersales.followup"].search(
            [("rule_id.code", "=", code)], order="id"
        )

    def _plan_on(self, day):
        """Run the scheduler on a day, at ten o'clock in Shanghai."""
        self.set_now(datetime.combine(day, datetime.min.time()) + timedelta(hours=2))
        self._run_planning()

    def assertRefused(self, record, vals, said):
        with self.assertRaisesRegex(ValidationError, said), self.env.cr.savepoint():
            record.sudo().write(vals)

    def _log_odometer(self, car, *readings):
        self.env["fleet.vehicle.odometer"].create(
            [{"vehicle_id": car.id, "date": day, "value": km} for day, km in readings]
        )


class TestShippedRules(RuleCase):
    def test_shipped_rules_are_those_of_the_house(self):
        """Window in months and days, channel and purpose of each."""
        expected = {
            "first": ((0, 3), (0, 7), "call", "care"),
            "second": ((0, 7), (0, 14), "call", "care"),
            "maintenance": ((0, -14), (0, -3), "call", "maintenance"),
            "insurance": ((0, -30), (0, -10), "call", "maintenance"),
            "inspection": ((0, -30), (0, -10), "call", "maintenance"),
            "lost": ((12, 0), (13, 0), "call", "care"),
            "first_maintenance": ((0, -14), (0, -3), "call", "maintenance"),
            "warranty": ((0, -60), (0, -30), "call", "maintenance"),
            "campaign_call": ((0, -365), (0, -14), "call", "events"),
            "campaign_letter": ((0, 0), (0, 2), "letter", "events"),
        }
        for code, (earliest, latest, channel, purpose) in expected.items():
            rule = self.env.ref(f"aftersales_followup.rule_{code}")
            with self.subTest(code):
                self.assertEqual(rule.code, code)
                self.assertEqual((rule.earliest_months, rule.earliest_days), earliest)
                self.assertEqual((rule.latest_months, rule.latest_days), latest)
                self.assertEqual((rule.channel, rule.purpose), (channel, purpose))

    def test_planned_follow_up_has_the_purpose_of_its_rule(self):
        self.rule_first.sudo().purpose = "survey"
        self.assertEqual(self._new_delivered_visit().followup_ids.purpose, "survey")


class TestLimits(RuleCase):
    """A slip is refused by name: it would block every delivery of the company."""

    def test_window_of_four_million_days_is_refused(self):
        cases = [
            {"latest_days": 4_000_000},
            {"earliest_days": -4_000_000},
            {"latest_months": 4_000_000},
            {"earliest_months": -121},
            {"catch_up_days": 4_000_000},
        ]
        for vals in cases:
            with self.subTest(**vals):
                self.assertRefused(self.rule_first, vals, "too far away: at most")
        vals = {"catch_up_days": -1}
        self.assertRefused(self.rule_first, vals, "catch up cannot be negative")
        self.assertEqual(self._new_delivered_visit().followup_ids.state, "planned")

    def test_window_turned_round_is_refused_whatever_the_month(self):
        rule = self.env.ref("aftersales_followup.rule_lost").sudo()
        cases = [
            ({"earliest_months": 14}, True),
            # A month has from 28 to 31 days.
            ({"earliest_months": 1, "latest_months": 0, "latest_days": 31}, False),
            ({"earliest_months": 1, "latest_months": 0, "latest_days": 30}, True),
            ({"earliest_days": 28, "latest_months": 1, "earliest_months": 0}, False),
            ({"earliest_days": 29, "latest_months": 1, "earliest_months": 0}, True),
        ]
        for vals, refused in cases:
            vals = {"latest_days": 0, **vals}
            with self.subTest(**vals), self.env.cr.savepoint() as savepoint:
                if refused:
                    self.assertRefused(rule, vals, "before it begins")
                else:
                    rule.write(vals)
                savepoint.rollback()

    def test_cycle_of_two_hundred_thousand_months_is_refused(self):
        car = self._new_vehicle(self.customer, aftersales_sale_date=TODAY)
        car.aftersales_last_maintenance_date = TODAY
        cases = [
            (car, {"aftersales_interval_months": 200_000}, "Maintenance cycle"),
            (car, {"aftersales_interval_km": 20_000_000}, "Maintenance cycle"),
            (car, {"aftersales_warranty_km": 20_000_000}, "warranty"),
            (car, {"aftersales_warranty_km": -1}, "warranty"),
            (self.model, {"aftersales_interval_months": 200_000}, "maintenance cycle"),
            (self.model, {"aftersales_first_interval_months": 200_000}, "cycle"),
            (self.model, {"aftersales_first_interval_km": -1}, "cycle"),
            (
                self.company,
                {"aftersales_first_interval_months": 200_000},
                "First Maintenance .months. .0 – 120",
            ),
            (self.company, {"aftersales_interval_months": 200_000}, "0 – 120"),
            (self.company, {"aftersales_ceiling_days": 0}, "Contact Ceiling"),
            (self.company, {"aftersales_ceiling_contacts": -1}, "Contacts at Most"),
        ]
        for record, vals, said in cases:
            with self.subTest(model=record._name, **vals):
                self.assertRefused(record, vals, said)

    def test_cycle_is_refused_when_it_is_saved_not_while_it_is_typed(self):
        car = self._new_vehicle(self.customer, aftersales_sale_date=TODAY)
        car.aftersales_last_maintenance_date = TODAY
        form = Form(car, view="aftersales_followup.fleet_vehicle_view_form")
        form.aftersales_interval_months = 200_000
        with self.assertRaisesRegex(ValidationError, "Maintenance cycle"):
            form.save()


class TestFirstMaintenance(RuleCase):
    """首保: a car that was sold new is called in after its first months or km."""

    def _new_sold_car(self, sold=TODAY, **vals):
        return self._new_vehicle(self.customer, aftersales_sale_date=sold, **vals)

    def test_first_maintenance_is_called_about_before_its_six_months_are_over(self):
        car = self._new_sold_car()
        self.assertEqual(car.aftersales_first_maintenance_date, date(2026, 9, 2))
        self.assertFalse(car.aftersales_next_maintenance_date)
        self._plan_on(date(2026, 8, 18))
        self.assertFalse(self._get_planned("first_maintenance"))
        self._plan_on(date(2026, 8, 19))
        planned = self._get_planned("first_maintenance")
        self.assertEqual(planned.partner_id, self.customer)
        self.assertEqual(planned.vehicle_id, car)
        self.assertEqual(planned.date_earliest, date(2026, 8, 19))
        self.assertEqual(planned.date_deadline, date(2026, 8, 30))
        self.assertFalse(self._get_planned("maintenance"))

    def test_cycle_of_the_model_goes_before_that_of_the_company(self):
        self.company.sudo().aftersales_first_interval_months = 4
        car = self._new_sold_car()
        self.assertEqual(car.aftersales_first_maintenance_date, date(2026, 7, 2))
        self.model.aftersales_first_interval_months = 3
        self.assertEqual(car.aftersales_first_maintenance_date, date(2026, 6, 2))
        self.model.aftersales_first_interval_months = 0
        self.assertEqual(car.aftersales_first_maintenance_date, date(2026, 7, 2))
        self.company.sudo().aftersales_first_interval_months = 5
        self.assertEqual(car.aftersales_first_maintenance_date, date(2026, 8, 2))

    def test_who_drives_much_is_due_by_the_first_km(self):
        car = self._new_sold_car(sold=date(2026, 2, 20))
        # 1000 km in ten days from the sale on, so 5000 km after 40 days more.
        self._log_odometer(car, (TODAY, 1000))
        self.assertEqual(car.aftersales_km_per_day, 100)
        self.assertEqual(
            car.aftersales_first_maintenance_date, TODAY + timedelta(days=40)
        )
        # 2000 km in the last 10 days: the last 2000 km take ten more.
        self._log_odometer(car, (TODAY + timedelta(days=10), 3000))
        self.assertEqual(
            car.aftersales_first_maintenance_date, TODAY + timedelta(days=20)
        )
        self.model.aftersales_first_interval_km = 10_000
        self.assertEqual(
            car.aftersales_first_maintenance_date, TODAY + timedelta(days=45)
        )

    def test_car_that_was_never_sold_new_has_no_first_maintenance(self):
        car = self._new_vehicle(self.customer)
        self._new_delivered_visit(self.customer, car, trade="paint")
        self.assertFalse(car.aftersales_first_maintenance_date)
        self.assertEqual(car.aftersales_next_maintenance_date, date(2026, 9, 2))

    def test_new_car_in_for_paint_still_waits_for_its_first_maintenance(self):
        car = self._new_sold_car(sold=date(2026, 2, 2))
        self._new_delivered_visit(self.customer, car, trade="paint")
        self.assertFalse(car.aftersales_last_maintenance_date)
        self.assertEqual(car.aftersales_first_maintenance_date, date(2026, 8, 2))

    def test_old_car_in_for_paint_was_maintained_elsewhere(self):
        """The second maintenance would have been due after twelve months."""
        car = self._new_sold_car(sold=date(2025, 3, 2))
        self._new_delivered_visit(self.customer, car, trade="paint")
        self.assertEqual(car.aftersales_last_maintenance_date, TODAY)
        self.assertFalse(car.aftersales_first_maintenance_date)
        driven = self._new_vehicle(
            self.customer, "湘K00002", aftersales_sale_date=date(2025, 12, 2)
        )
        self._new_delivered_visit(self.customer, driven, trade="paint", odometer=10_000)
        self.assertEqual(driven.aftersales_last_maintenance_date, TODAY)

    def test_sale_that_is_noted_after_the_visit_counts_all_the_same(self):
        car = self._new_vehicle(self.customer)
        self._new_delivered_visit(self.customer, car, trade="paint")
        self.assertEqual(car.aftersales_last_maintenance_date, TODAY)
        car.aftersales_sale_date = date(2026, 2, 2)
        self.assertFalse(car.aftersales_last_maintenance_date)
        self.assertEqual(car.aftersales_first_maintenance_date, date(2026, 8, 2))

    def test_first_maintenance_that_was_done_closes_the_reminder(self):
        car = self._new_sold_car()
        self._plan_on(date(2026, 8, 20))
        planned = self._get_planned("first_maintenance")
        self.assertEqual(planned.state, "planned")
        self._new_delivered_visit(self.customer, car)
        self.assertEqual(planned.state, "cancelled")
        self.assertEqual(planned.cancel_reason, "It was seen to meanwhile.")
        self.assertEqual(car.aftersales_last_maintenance_date, date(2026, 8, 20))
        self.assertFalse(car.aftersales_first_maintenance_date)
        self.assertEqual(car.aftersales_next_maintenance_date, date(2027, 2, 20))
        self._plan_on(date(2026, 8, 25))
        self.assertEqual(len(self._get_planned("first_maintenance")), 1)

    def test_first_maintenance_done_elsewhere_closes_the_reminder(self):
        car = self._new_sold_car()
        self._plan_on(date(2026, 8, 20))
        car.with_user(self.advisor).aftersales_last_maintenance_date = date(2026, 8, 10)
        self.assertEqual(self._get_planned("first_maintenance").state, "cancelled")

    def test_car_sold_years_ago_is_not_called_in_for_its_first_maintenance(self):
        self._new_sold_car(sold=date(2021, 5, 2))
        self._run_planning()
        self.assertFalse(self._get_planned("first_maintenance"))


class TestWarranty(RuleCase):
    """出保: who has a warranty that ends hears of it before."""

    def test_end_of_the_warranty_is_called_about_sixty_to_thirty_days_before(self):
        car = self._new_vehicle(
            self.customer, aftersales_warranty_date=date(2026, 6, 1)
        )
        self.assertEqual(car.aftersales_warranty_expiry_date, date(2026, 6, 1))
        self._plan_on(date(2026, 4, 1))
        self.assertFalse(self._get_planned("warranty"))
        self._plan_on(date(2026, 4, 2))
        planned = self._get_planned("warranty")
        self.assertEqual(planned.date_earliest, date(2026, 4, 2))
        self.assertEqual(planned.date_deadline, date(2026, 5, 2))

    def test_km_end_the_warranty_where_they_come_first(self):
        car = self._new_vehicle(
            self.customer,
            aftersales_warranty_date=date(2027, 6, 1),
            aftersales_warranty_km=100_000,
        )
        self.assertEqual(car.aftersales_warranty_expiry_date, date(2027, 6, 1))
        # 100 km a day, 5000 km to go.
        self._log_odometer(car, (TODAY - timedelta(days=10), 94_000), (TODAY, 95_000))
        self.assertEqual(
            car.aftersales_warranty_expiry_date, TODAY + timedelta(days=50)
        )
        self._run_planning()
        planned = self._get_planned("warranty")
        self.assertEqual(planned.date_earliest, TODAY - timedelta(days=10))
        self.assertEqual(planned.date_deadline, TODAY + timedelta(days=20))

    def test_warranty_by_km_alone_comes_once_though_its_forecast_moves(self):
        car = self._new_vehicle(self.customer, aftersales_warranty_km=100_000)
        self.assertFalse(car.aftersales_warranty_expiry_date)
        self._log_odometer(car, (TODAY - timedelta(days=10), 94_000), (TODAY, 95_000))
        self._run_planning()
        self._new_call(self._get_planned("warranty")).action_register()
        self._log_odometer(car, (TODAY + timedelta(days=5), 97_000))
        self._plan_on(TODAY + timedelta(days=6))
        self.assertEqual(self._get_planned("warranty").mapped("state"), ["done"])

    def test_warranty_that_was_extended_closes_the_reminder(self):
        car = self._new_vehicle(
            self.customer, aftersales_warranty_date=date(2026, 4, 20)
        )
        self._run_planning()
        planned = self._get_planned("warranty")
        car.aftersales_warranty_date = date(2028, 4, 20)
        self.assertEqual(planned.state, "cancelled")

    def test_warranty_that_was_over_before_the_car_was_known_is_history(self):
        self._new_vehicle(self.customer, aftersales_warranty_date=date(2024, 6, 1))
        self._run_planning()
        self.assertFalse(self._get_planned("warranty"))


class TestMonths(RuleCase):
    def test_window_of_calendar_months_keeps_month_ends(self):
        rule = self.env.ref("aftersales_followup.rule_insurance").sudo()
        rule.write(
            {
                "earliest_months": -2,
                "earliest_days": 0,
                "latest_months": -1,
                "latest_days": -1,
            }
        )
        # Two months before 30 April, and one month and a day before it.
        self._new_vehicle(self.customer, aftersales_insurance_date=date(2026, 4, 30))
        self._plan_on(date(2026, 2, 27))
        self.assertFalse(self._get_planned("insurance"))
        self._plan_on(date(2026, 2, 28))
        planned = self._get_planned("insurance")
        self.assertEqual(planned.date_earliest, date(2026, 2, 28))
        self.assertEqual(planned.date_deadline, date(2026, 3, 29))

    def test_last_anchor_is_the_last_one_whose_window_has_begun(self):
        rule = self.env.ref("aftersales_followup.rule_insurance").sudo()
        cases = [
            # months, days, today, last anchor
            (-2, 0, date(2026, 2, 28), date(2026, 4, 30)),
            (-2, 0, date(2026, 2, 27), date(2026, 4, 27)),
            (1, 0, date(2026, 2, 28), date(2026, 1, 31)),
            (1, 0, date(2026, 3, 1), date(2026, 2, 1)),
            (12, 0, date(2029, 2, 28), date(2028, 2, 29)),
            (0, -30, date(2026, 2, 28), date(2026, 3, 30)),
        ]
        for months, days, today, anchor in cases:
            with self.subTest(months=months, days=days, today=today):
                self.set_now(datetime.combine(today, NOW.time()))
                rule.write(
                    {
                        "earliest_months": months,
                        "earliest_days": days,
                        "latest_months": months + 1,
                        "latest_days": days,
                    }
                )
                self.assertEqual(rule._get_latest_anchor(self.company), anchor)
