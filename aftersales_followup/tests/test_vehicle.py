from datetime import date, timedelta

from odoo.exceptions import ValidationError

from .common import NOW, TODAY, AftersalesCase


class TestVehicle(AftersalesCase):
    def test_cycle_comes_from_the_model_else_from_the_company(self):
        self.company.sudo().write(
            {"aftersales_interval_months": 6, "aftersales_interval_km": 5000}
        )
        self.model.aftersales_interval_months = 12
        vehicle = self._new_vehicle()
        self.assertEqual(vehicle.aftersales_interval_months, 12)
        self.assertEqual(vehicle.aftersales_interval_km, 5000)

    def test_cycle_cannot_be_negative(self):
        with self.assertRaises(ValidationError):
            self._new_vehicle(aftersales_interval_months=-1)

    def test_next_maintenance_is_the_month_cycle_without_readings(self):
        visit = self._new_delivered_visit()
        vehicle = visit.vehicle_id
        self.assertEqual(vehicle.aftersales_last_maintenance_date, TODAY)
        self.assertEqual(vehicle.aftersales_next_maintenance_date, date(2026, 9, 2))

    def test_month_ends_stay_month_ends(self):
        vehicle = self._new_vehicle(aftersales_last_maintenance_date="2025-08-31")
        self.assertEqual(vehicle.aftersales_next_maintenance_date, date(2026, 2, 28))

    def test_mileage_forecast_comes_first_for_who_drives_much(self):
        customer = self._new_customer()
        vehicle = self._new_vehicle(customer)
        self._new_delivered_visit(
            customer, vehicle, odometer=10000, date_arrival=NOW - timedelta(days=20)
        )
        # 100 km a day: 5000 km after the maintenance today are driven in 50 days.
        self._new_delivered_visit(customer, vehicle, odometer=12000)
        self.assertEqual(vehicle.aftersales_km_per_day, 100)
        self.assertEqual(
            vehicle.aftersales_next_maintenance_date, TODAY + timedelta(days=50)
        )

    def test_forecast_follows_a_new_reading(self):
        customer = self._new_customer()
        vehicle = self._new_vehicle(customer)
        self._new_delivered_visit(customer, vehicle, odometer=10000)
        before = vehicle.aftersales_next_maintenance_date
        self.env["fleet.vehicle.odometer"].sudo().create(
            {
                "vehicle_id": vehicle.id,
                "date": TODAY + timedelta(days=10),
                "value": 13000,
            }
        )
        # 300 km a day: the other 2000 km take 7 more days.
        self.assertEqual(before, date(2026, 9, 2))
        self.assertEqual(
            vehicle.aftersales_next_maintenance_date, TODAY + timedelta(days=17)
        )

    def test_odometer_that_runs_backwards_forecasts_nothing(self):
        vehicle = self._new_vehicle(aftersales_last_maintenance_date=TODAY)
        readings = [(TODAY - timedelta(days=10), 9000), (TODAY, 8000)]
        self.assertEqual(vehicle._aftersales_estimate_km_per_day(readings), 0)

    def test_repair_does_not_restart_the_maintenance_cycle(self):
        visit = self._new_delivered_visit()
        self.pass_days(30)
        self._new_delivered_visit(visit.partner_id, visit.vehicle_id, trade="paint")
        self.assertEqual(visit.vehicle_id.aftersales_last_maintenance_date, TODAY)

    def test_car_never_maintained_here_counts_from_its_last_visit(self):
        visit = self._new_delivered_visit(trade="paint")
        self.assertEqual(visit.vehicle_id.aftersales_last_maintenance_date, TODAY)

    def test_cancelled_visit_does_not_count_as_maintenance(self):
        visit = self._new_delivered_visit()
        self.pass_days(30)
        later = self._new_delivered_visit(visit.partner_id, visit.vehicle_id)
        later.action_cancel()
        self.assertEqual(visit.vehicle_id.aftersales_last_maintenance_date, TODAY)

    def test_new_owner_cancels_the_old_owners_followups_about_the_car(self):
        visit = self._new_delivered_visit()
        seller, vehicle = visit.partner_id, visit.vehicle_id
        other = self._new_followup(seller)
        buyer = self._new_customer("Li Si", phone="139 0000 0000")
        vehicle.aftersales_owner_id = buyer
        self.assertEqual(visit.followup_ids.state, "cancelled")
        self.assertEqual(visit.followup_ids.cancel_reason, "The car has a new owner.")
        self.assertEqual(other.state, "planned", "not about the car")
        self.assertEqual(visit.partner_id, seller, "history stays with the seller")
        self.assertEqual(visit.phone, "138 0013 8000")
        self.assertFalse(buyer.aftersales_visit_ids)

    def test_driver_of_fleet_is_never_touched(self):
        visit = self._new_delivered_visit()
        visit.vehicle_id.aftersales_owner_id = self._new_customer("Li Si")
        self.assertFalse(visit.vehicle_id.driver_id)

    def test_car_shows_on_the_screens_its_user_may_use(self):
        """Fleet's own screens need Fleet's rights, which after-sales does not ask."""
        fleet_user = self._new_user("fleet", "officer")
        fleet_user.sudo().group_ids += self.env.ref("fleet.fleet_group_user")
        for kind in ("form", "list", "kanban", "search"):
            ours = self.env.ref(f"aftersales_followup.fleet_vehicle_view_{kind}")
            for user, sees_ours in (
                (self.advisor, True),
                (self.supervisor, True),
                (fleet_user, False),
                (self.env.ref("base.user_admin"), False),
            ):
                with self.subTest(kind=kind, user=user.name):
                    vehicles = self.env["fleet.vehicle"].with_user(user)
                    shown = vehicles.get_views([(False, kind)])["views"][kind]["id"]
                    self.assertEqual(shown == ours.id, sees_ours)

    def test_short_form_only_enters_new_cars_and_customers(self):
        customer = self._new_customer()
        for record, new_form, whole_form in (
            (
                self._new_vehicle(customer),
                "aftersales_followup.fleet_vehicle_view_form_new",
                "aftersales_followup.fleet_vehicle_view_form",
            ),
            (
                customer,
                "aftersales_followup.res_partner_view_form_new",
                "base.view_partner_form",
            ),
        ):
            from_a_field = record.with_context(form_view_ref=new_form)
            whole_form = self.env.ref(whole_form)
            self.assertEqual(from_a_field.get_formview_id(), whole_form.id)

    def test_car_is_found_by_plate_and_vin_however_written(self):
        vehicle = self._new_vehicle(plate="湘K·12345", vin_sn="lysarm25glz6uuzhy")
        vehicles = self.env["fleet.vehicle"].with_context(aftersales_lookup=True)
        for text in ("湘k12345", "K 123", "LYSARM"):
            with self.subTest(text):
                found = [vehicle_id for vehicle_id, _name in vehicles.name_search(text)]
                self.assertIn(vehicle.id, found)
