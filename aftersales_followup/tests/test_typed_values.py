"""What people type is held to what can be, and history passes."""

from contextlib import contextmanager
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import Form

from .common import NOW, TODAY, AftersalesCase


class TestTypedValues(AftersalesCase):
    @contextmanager
    def assertRefused(self, message):
        """Nothing is kept of what is refused with these words."""
        with self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
            yield

    def test_next_contact_is_never_on_a_day_that_is_over(self):
        visit = self._new_visit()
        with self.assertRefused("Date to Contact"):
            visit.next_contact_date = TODAY - timedelta(days=1)
        visit.next_contact_date = TODAY
        self.assertEqual(visit.next_contact_date, TODAY)

    def test_archive_is_not_filed_with_a_next_contact_that_is_over(self):
        visit = self._new_visit(
            next_contact_date=TODAY + timedelta(days=1),
            next_service_content="Tyres",
            wish="Soon",
        )
        self.pass_days(2)
        with self.assertRefused("Date to Contact"):
            visit.with_user(self.officer).action_file_archive()
        self.assertFalse(visit.archive_date)

    def test_delivery_is_never_in_the_future(self):
        with self.assertRefused("in the future"):
            self._new_visit(date_delivery=NOW + timedelta(days=1))

    def test_delivery_comes_within_a_year_of_the_arrival(self):
        with self.assertRefused("more than a year"):
            self._new_visit(date_arrival=NOW - timedelta(days=367), date_delivery=NOW)
        self._new_visit(date_arrival=NOW - timedelta(days=366), date_delivery=NOW)

    def test_no_odometer_shows_more_than_three_million_km(self):
        with self.assertRefused("3,000,000 km, not 3,000,001"):
            self._new_visit(odometer=3_000_001)
        self._new_visit(odometer=3_000_000)

    def test_odometer_below_the_last_is_asked_back(self):
        visit = self._new_delivered_visit(odometer=12000)
        car = visit.vehicle_id
        typed = {"odometer": 11000}
        for asked in (
            visit.new({**typed, "vehicle_id": car.id})._onchange_odometer(),
            car.new(typed, origin=car)._onchange_aftersales_odometer(),
        ):
            self.assertIn("12000 km. Is 11000 km right?", asked["warning"]["message"])

    def test_two_cars_of_a_company_never_have_one_plate(self):
        owner = self._new_customer("Wang Wu")
        old = self._new_vehicle(owner, plate="湘K 66666")
        with self.assertRefused("湘K66666.*Wang Wu"):
            self._new_vehicle(plate="湘K66666")
        with self.assertRefused("another car"):
            self.env["fleet.vehicle"].create(
                [
                    {
                        "model_id": self.model.id,
                        "license_plate": plate,
                        "company_id": self.company.id,
                    }
                    for plate in ("湘K77777", "湘k·77777")
                ]
            )
        old.with_user(self.officer).action_archive()
        new = self._new_vehicle(plate="湘K66666")
        with self.assertRefused("another car"):
            old.action_unarchive()
        other = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        new.sudo().copy({"company_id": other.id})

    def test_phone_number_has_digits_and_no_letters(self):
        for number in ("1380013800O", "unknown", "电话", "１３８Ａ"):
            with self.assertRefused(number):
                self._new_customer(phone=number)
        for number in (
            "138 0013 8000（手机）",
            "+86 738 8312345 ext. 12",
            "0738-831x5",
        ):
            self._new_customer(phone=number)
        visit = self._new_visit()
        with self.assertRefused("13x"):
            visit.phone = "13x"
        with self.assertRefused("no phone number"):
            self._new_call(direction="inbound", phone="a mobile").action_register()

    def test_history_of_another_program_passes(self):
        customer = self._new_customer()
        self._new_vehicle(customer, plate="湘K66666")
        importing = self.env(context={**self.env.context, "import_file": True})
        importing["fleet.vehicle"].create(
            {
                "model_id": self.model.id,
                "license_plate": "湘K66666",
                "company_id": self.company.id,
            }
        )
        importing["res.partner"].create({"name": "Li Si", "phone": "see archive"})
        visit = self._import_visit(
            customer,
            date_arrival=NOW - timedelta(days=900),
            date_delivery=NOW - timedelta(days=300),
            odometer=4_000_000,
            next_contact_date=TODAY - timedelta(days=200),
        )
        self.assertEqual(visit.state, "delivered")

    def test_campaign_tells_what_it_is_about_and_where(self):
        self._new_audience(1)
        campaign = self._new_campaign(venue=" ", description=False)
        with self.assertRefused("Content and Venue"):
            campaign.action_confirm()
        self.assertEqual(campaign.state, "draft")
        campaign.write({"venue": "Workshop 2", "description": "Free check"})
        campaign.action_confirm()
        self.assertEqual(campaign.state, "confirmed")

    # duplicates

    def test_whoever_enters_a_known_number_sees_who_has_it(self):
        known = self._new_customer("Wang Wu", phone="139 1234 5678")
        view = "aftersales_followup.res_partner_view_form_new"
        with Form(self.env["res.partner"].with_user(self.officer), view=view) as form:
            form.name = "Old Wang"
            self.assertFalse(form.aftersales_twin_id)
            form.phone = "13912345678"
            self.assertEqual(form.aftersales_twin_id, known)
        self.assertEqual(known.aftersales_twin_id.name, "Old Wang")

    def test_whoever_enters_a_known_plate_or_vin_sees_the_car(self):
        known = self._new_vehicle(plate="湘K66666", vin_sn="LSGXYZ00000000001")
        view = "aftersales_followup.fleet_vehicle_view_form_new"
        for name, value in (
            ("license_plate", "湘K·66666"),
            ("vin_sn", "lsgxyz00000000001"),
        ):
            cars = self.env["fleet.vehicle"].with_user(self.officer)
            form = Form(
                cars.with_context(default_company_id=self.company.id), view=view
            )
            self.assertFalse(form.aftersales_twin_id)
            form[name] = value
            self.assertEqual(form.aftersales_twin_id, known)
