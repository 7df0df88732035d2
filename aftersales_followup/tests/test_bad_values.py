"""Bad input gets a clear error by name, and nothing is written."""

from datetime import date, datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from .common import TODAY, AftersalesCase


class TestBadValues(AftersalesCase):
    def test_values_that_nobody_means_are_named(self):
        visit, car = self._new_visit(), self._new_vehicle(plate="湘K7")
        line = {"name": "Oil", "amount": float("inf")}
        for record, vals, name in (
            (visit, {"odometer": float("nan")}, "Odometer"),
            (visit, {"date_arrival": datetime(1, 1, 1)}, "Arrival"),
            (visit, {"date_arrival": datetime(9999, 12, 31)}, "Arrival"),
            (visit, {"wish": "A\0B"}, "Service Wished for"),
            (visit, {"line_ids": [Command.create(line)]}, "Amount"),
            (visit.line_ids, {"cost": float("inf")}, "Cost"),
            (car, {"aftersales_insurance_date": date(9999, 12, 31)}, "Insurance"),
            (car, {"aftersales_sale_date": "0001-01-01"}, "Sold on"),
            (
                visit.partner_id,
                {"aftersales_call_from": float("inf")},
                "Call from",
            ),
            (self._new_followup(), {"content": "\0"}, "Planned Content"),
            (self._new_case(), {"solution": "A\0B"}, "Solution"),
        ):
            with (
                self.subTest(model=record._name, vals=vals),
                self.assertRaisesRegex(ValidationError, name),
                self.env.cr.savepoint(),
            ):
                record.write(vals)

    def test_values_of_another_kind_than_the_field_are_named(self):
        visit = self._new_visit()
        line = {"name": "Oil", "amount": 1e308}
        for record, vals, name in (
            (visit, {"odometer": 1e308}, "Odometer"),
            (visit, {"odometer": "far"}, "Odometer"),
            (visit, {"wish": "\ud800"}, "Service Wished for"),
            (visit, {"visit_type": "party"}, "Type"),
            (visit, {"partner_id": "Zhang San"}, "Customer"),
            (visit, {"vehicle_id": 2**40}, "Car"),
            (visit, {"line_ids": [[]]}, "Lines"),
            (visit, {"line_ids": [[0, 0]]}, "Lines"),
            (visit, {"line_ids": [Command.create(line)]}, "Amount"),
            (self._new_followup(), {"topic_ids": [[6, 0, ["x"]]]}, "Topics"),
            (self._new_followup(), {"date_earliest": 2.5}, "From"),
            (self.rule_first.sudo(), {"company_id": "x"}, "Company"),
            (self.rule_first.sudo(), {"latest_days": 2**40}, "Until"),
            (self._new_substitution(1, 2), {"date_to": "9999-12-31"}, "To"),
        ):
            with (
                self.subTest(model=record._name, vals=vals),
                self.assertRaisesRegex(ValidationError, f"^{name}.* cannot be "),
                self.env.cr.savepoint(),
            ):
                record.write(vals)

    def test_defaults_that_nobody_means_are_named(self):
        visits = self.env["aftersales.visit"]
        vals = {"partner_id": self._new_customer().id, "visit_type": "consultation"}
        for name, value, label in (
            ("odometer", float("nan"), r"Odometer \(km\)"),
            ("date_arrival", "9999-12-31", "Arrival"),
            ("vehicle_id", "x", "Car"),
        ):
            with self.assertRaisesRegex(ValidationError, f"{label} cannot be"):
                visits.with_context(**{f"default_{name}": value}).create(vals)
        visits.with_context(default_odometer=float("nan")).create(
            {**vals, "odometer": 1}
        )

    def test_dialogs_name_what_they_cannot_point_at(self):
        for dialog, vals, label in (
            ("call.correct", {"call_id": "x", "reason": "Misheard"}, "Call"),
            ("call.correct", {"call_id": True, "reason": "Misheard"}, "Call"),
            ("letter.correct", {"letter_id": "x", "reason": "Misheard"}, "Letter"),
            ("partner.restrict", {"partner_ids": "x", "reason": "Asks"}, "Customers"),
            ("partner.restrict", {"partner_ids": [[]], "reason": "x"}, "Customers"),
            ("partner.hand.over", {"partner_ids": [[6, 0]]}, "Customers"),
            ("visit.import.header", {"import_id": -(2**31) - 1}, "Import"),
        ):
            with (
                self.subTest(dialog=dialog, vals=vals),
                self.assertRaisesRegex(ValidationError, f"{label} cannot be"),
            ):
                self.env[f"aftersales.{dialog}"].create(vals)

    def test_phone_is_found_whatever_type_the_number_has(self):
        customer = self._new_customer(phone="13800138000")
        found = self.env["res.partner"].search(
            [("phone_mobile_search", "in", [13800138000])]
        )
        self.assertIn(customer, found)
        self.assertFalse(
            self.env["res.partner"].search([("phone_mobile_search", "=", 13912345678)])
        )

    def test_no_row_of_an_analysis_is_called_by_what_is_no_day(self):
        for kind in ("call", "case", "letter", "visit.line"):
            rows = self.env[f"aftersales.{kind}.report"].with_user(self.supervisor)
            for value in (float("inf"), 7, {}, b"x"):
                with self.subTest(kind=kind, value=value):
                    self.assertEqual(rows.name_search(value, operator=">="), [])

    def test_an_analysis_knows_the_first_and_the_last_day_there_is(self):
        for kind in ("call", "case", "letter", "visit.line"):
            rows = self.env[f"aftersales.{kind}.report"].with_user(self.supervisor)
            for day in (date(1, 1, 1), date(9999, 12, 31)):
                with self.subTest(kind=kind, day=day):
                    self.assertFalse(rows.search([("date", "=", day)]))

    def test_a_target_of_what_is_no_figure_is_refused_in_words(self):
        targets = self.env["aftersales.kpi.target"].with_user(self.supervisor)
        with self.assertRaisesRegex(ValidationError, "cannot be"):
            targets.create({"kpi_id": 2.5, "year": 2026, "target": 1})

    def test_what_is_no_condition_is_left_to_odoo(self):
        condition = [["id", None, 1]]
        with self.assertRaises(AttributeError):
            self.env["res.partner"].search(condition)  # as on its own models
        for model in ("aftersales.case.report", "aftersales.topic"):
            with self.subTest(model=model), self.assertRaises(AttributeError):
                self.env[model].with_user(self.supervisor).search(condition)

    def test_settings_that_would_move_every_deadline_away_are_refused(self):
        company = self.company.sudo()
        for name, value in (
            ("aftersales_archive_days", 4_000_000),
            ("aftersales_interval_months", 200_000),
            ("aftersales_escalate_days", -1),
            ("aftersales_lost_months", 0),
        ):
            with self.assertRaisesRegex(ValidationError, "out of bounds"):
                company[name] = value
        with self.assertRaisesRegex(ValidationError, "too far away"):
            self.rule_first.sudo().latest_days = 4_000_000
        with self.assertRaisesRegex(ValidationError, "240 months"):
            self._new_vehicle(plate="湘K8").aftersales_interval_months = 200_000


class TestWhoMay(AftersalesCase):
    """Work goes to nobody who cannot do it, and nobody wins rights by RPC."""

    def test_work_goes_to_nobody_without_the_role(self):
        portal = self._new_user("portal_user")
        portal.sudo().group_ids = [Command.set(self.env.ref("base.group_portal").ids)]
        followup, customer = self._new_followup(), self._new_customer("Li Si")
        visit = self._new_visit(customer)
        for user in (portal, self.outsider, self.advisor):
            for record, name in (
                (followup, "user_id"),
                (followup, "acting_user_id"),
                (visit, "officer_id"),
                (self._new_case(customer), "user_id"),
                (customer, "aftersales_officer_id"),
            ):
                with (
                    self.subTest(user=user.name, model=record._name, field=name),
                    self.assertRaisesRegex(UserError, "cannot look after customers"),
                    self.env.cr.savepoint(),
                ):
                    record[name] = user
            wizard = self.env["aftersales.partner.hand.over"].create(
                {"partner_ids": customer.ids, "officer_id": user.id}
            )
            with self.assertRaisesRegex(UserError, "cannot look after customers"):
                wizard.action_hand_over()
            with self.assertRaisesRegex(UserError, "cannot look after customers"):
                self._new_substitution(substitute_id=user.id)

    def test_what_a_rule_planned_keeps_whom_and_what_it_is_about(self):
        followup = self._new_delivered_visit().followup_ids
        other = self._new_customer("Li Si")
        for vals in (
            {"partner_id": other.id},
            {"vehicle_id": False},
            {"visit_id": False},
            {"channel": "letter"},
        ):
            for user in (self.officer, self.supervisor):
                with self.assertRaisesRegex(UserError, "was planned by a rule"):
                    followup.with_user(user).write(vals)

    def test_lines_of_a_visit_that_is_over_stay_but_for_their_claims(self):
        visit = self._new_delivered_visit()
        line = visit.line_ids
        for user in (self.advisor, self.officer, self.supervisor):
            lines = visit.with_user(user).line_ids
            with self.assertRaisesRegex(UserError, "Reopen it first"):
                lines.amount = 1
            with self.assertRaisesRegex(UserError, "Reopen it first"):
                lines.create({"visit_id": visit.id, "name": "More"})
            with self.assertRaisesRegex(UserError, "Reopen it first"):
                lines.unlink()
        line.with_user(self.advisor).claim_state = "submitted"

    def test_who_has_no_role_does_not_say_that_a_number_is_right(self):
        customer = self._new_customer()
        clerk = self._new_user("clerk")
        clerk.sudo().group_ids += self.env.ref("base.group_partner_manager")
        with self.assertRaises(AccessError):
            customer.with_user(clerk).action_aftersales_number_is_right()

    def test_notes_about_customers_are_on_our_records_not_in_their_chatter(self):
        customer = self._new_customer()
        before = customer.message_ids
        optout = self._new_optout(customer, channel="call")
        optout._withdraw("Changed his mind")
        letter = self._new_letter(customer)
        letter.action_register()
        letter.action_return()
        customer.aftersales_officer_id = self.other_officer
        self.assertEqual(customer.message_ids, before)

    def test_last_visit_at_another_dealership_is_not_told(self):
        customer = self._new_customer(company_id=False, officer=self.env["res.users"])
        branch = self.env["res.company"].sudo().create({"name": "Branch"})
        officer = self._new_user("branch_officer", "officer", branch)
        visits = self.env["aftersales.visit"].sudo().with_company(branch)
        visits.create(
            {
                "partner_id": customer.id,
                "visit_type": "consultation",
                "company_id": branch.id,
                "officer_id": officer.id,
                "advisor_id": officer.id,
            }
        )
        self.assertFalse(customer.aftersales_last_visit_date)
        self.assertEqual(customer.aftersales_archive_state, "none")
        there = customer.with_company(branch).sudo()
        self.assertEqual(there.aftersales_last_visit_date, TODAY)
        self.assertFalse(
            self.env["aftersales.archive"].search([("partner_id", "=", customer.id)])
        )
