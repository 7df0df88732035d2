from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form

from .common import AftersalesCase


class TestFillIn(AftersalesCase):
    """What can be filled in on the screens."""

    def test_reception_enters_when_a_car_was_sold_and_how_long_its_warranty_lasts(self):
        for view in ("fleet_vehicle_view_form", "fleet_vehicle_view_form_new"):
            with self.subTest(view=view):
                cars = self.env["fleet.vehicle"].with_user(self.advisor)
                form = Form(cars, view=f"aftersales_followup.{view}")
                form.license_plate = f"湘K{len(view):05}"
                form.model_id = self.model
                form.aftersales_owner_id = self._new_customer()
                form.aftersales_sale_date = date(2026, 1, 31)
                form.aftersales_warranty_date = date(2029, 1, 31)
                form.aftersales_warranty_km = 100_000
                car = form.save()
                self.assertEqual(
                    car.aftersales_first_maintenance_date, date(2026, 7, 31)
                )
                self.assertEqual(car.aftersales_warranty_expiry_date, date(2029, 1, 31))

    def test_of_a_visit_that_is_over_only_the_claim_can_be_filled_in(self):
        visit = self._new_delivered_visit(
            line_ids=[
                Command.create(
                    {
                        "name": "Ignition coil",
                        "payer": "warranty",
                        "claim_state": "submitted",
                    }
                )
            ]
        )
        form = Form(visit.with_user(self.advisor))
        for name in ("advisor_id", "rework_of_id"):
            with self.subTest(name=name), self.assertRaises(AssertionError):
                form[name] = self.env[form._view["fields"][name]["relation"]]
        with form.line_ids.edit(0) as line:
            for name, value in (("amount", 1), ("name", "Battery"), ("payer", False)):
                with self.subTest(name=name), self.assertRaises(AssertionError):
                    line[name] = value
            line.claim_state = "approved"
        form.save()
        self.assertEqual(visit.line_ids.claim_state, "approved")

    def test_no_line_is_added_to_a_visit_that_is_over_or_taken_out(self):
        visit = self._new_delivered_visit().with_user(self.advisor)
        line = visit.line_ids
        for command in (
            Command.create({"name": "Battery"}),
            Command.delete(line.id),
            Command.update(line.id, {"amount": 1.0}),
            Command.clear(),
        ):
            with self.subTest(command=command), self.assertRaises(UserError):
                visit.write({"line_ids": [command]})
        other = self._new_visit(self._new_customer("Li Si")).with_user(self.advisor)
        with self.assertRaises(UserError):
            visit.write({"line_ids": [Command.link(other.line_ids.id)]})
        self.assertEqual(visit.line_ids.mapped("amount"), [300.0])
