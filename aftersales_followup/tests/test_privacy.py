from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user

from .common import AftersalesCase
from .restriction_common import RestrictionCase


class TestPrivacy(AftersalesCase):
    """A customer asks what the dealership knows of him."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_customer(email="zhang@example.com")
        visit = cls._new_delivered_visit(cls.customer)
        call = cls._new_call(visit.followup_ids)
        letter = cls._new_letter(cls.customer)
        cls.history = [visit, visit.followup_ids, call, letter]
        cls.case = cls._new_case(cls.customer)
        cls.data_officer = new_test_user(
            cls.env(user=1),
            "data_officer",
            groups="base.group_system",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def _look_up(self, name, email):
        wizard = (
            self.env["privacy.lookup.wizard"]
            .with_user(self.data_officer)
            .create({"name": name, "email": email})
        )
        wizard.action_lookup()
        return wizard.line_ids

    def _found(self, lines):
        return {(line.res_model, line.res_id) for line in lines}

    def test_whatever_is_known_of_a_customer_is_found_by_name_or_email(self):
        known = {(record._name, record.id) for record in self.history}
        known.add(("fleet.vehicle", self.history[0].vehicle_id.id))
        known.add(("res.partner", self.customer.id))
        known.add(("aftersales.case", self.case.id))
        for name, email in (
            ("Zhang San", "unknown@example.com"),
            ("Somebody", "zhang@example.com"),
        ):
            self.assertLessEqual(known, self._found(self._look_up(name, email)))

    def test_letter_is_found_by_the_address_it_was_sent_to(self):
        letter = self.history[-1]
        self.customer.email = "new@example.com"
        self.assertEqual(letter.email, "zhang@example.com")
        found = self._found(self._look_up("Somebody", "zhang@example.com"))
        self.assertIn((letter._name, letter.id), found)

    def test_caller_who_never_became_a_customer_is_found_by_name(self):
        call = self._new_call(
            direction="inbound", caller_name="Wang Wu", phone="137 0000 0000"
        )
        found = self._found(self._look_up("Wang Wu", "wang@example.com"))
        self.assertEqual(found, {(call._name, call.id)})

    def test_nothing_of_another_customer_is_found(self):
        other = self._new_customer("Li Si", email="li@example.com")
        visit = self._new_delivered_visit(other, self._new_vehicle(plate="湘K54321"))
        found = self._found(self._look_up("Zhang San", "zhang@example.com"))
        self.assertNotIn((visit._name, visit.id), found)
        self.assertNotIn((other._name, other.id), found)

    def test_registered_entries_are_not_deleted_on_the_way(self):
        for entry in self.history[2:]:
            entry.action_register()
            lines = self._look_up("Zhang San", "zhang@example.com")
            line = lines.filtered(
                lambda line, entry=entry: line.res_model == entry._name
            )
            with self.assertRaisesRegex(UserError, "cannot be deleted"):
                line.action_unlink()


class TestRestrictedOnRequest(RestrictionCase):
    """A customer asks to be forgotten: whoever answers does it from the look-up."""

    def setUp(self):
        super().setUp()
        self.visit = self._new_delivered_visit(self.customer, self.car)

    def _look_up(self):
        """Return the lines that the administrator finds about Zhao Liu."""
        wizard = (
            self.env["privacy.lookup.wizard"]
            .with_user(self.admin)
            .create({"name": "Zhao Liu", "email": "zhao@example.com"})
        )
        wizard.action_lookup()
        return wizard.line_ids

    def _get_contact_line(self, lines):
        return lines.filtered(lambda line: line.res_model == "res.partner")

    def test_only_customers_whose_archive_is_kept_are_offered_to_be_restricted(self):
        contact = self.env["res.partner"].create(
            {"name": "Zhao Liu", "email": "zhao@example.com"}
        )
        offered = self._look_up().filtered("aftersales_can_restrict")
        self.assertEqual(offered.mapped("res_id"), self.customer.ids)
        self.assertNotIn(contact.id, offered.mapped("res_id"))

    def test_administrator_restricts_from_the_line(self):
        line = self._get_contact_line(self._look_up())
        action = line.action_aftersales_restrict()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.admin)
            .with_context(**action["context"])
        )
        form.reason = "By e-mail"
        form.save().action_restrict()
        self.assertEqual(self.customer.phone, "***")
        self.assertEqual(
            line.execution_details, f"Restricted Contact #{self.customer.id}"
        )
        log = line.wizard_id.log_id
        self.assertIn("Restricted Contact", log.execution_details)
        self.assertFalse(line.aftersales_can_restrict)
        self.assertFalse(self._walk())

    def test_restricted_customer_is_found_as_restriction_only(self):
        restriction = self._restrict()
        lines = self._look_up()
        self.assertEqual(
            [(line.res_model, line.res_id) for line in lines],
            [("aftersales.restriction", restriction.id)],
        )
        with self.assertRaisesRegex(UserError, "never deleted"):
            lines.action_unlink()

    def test_cores_own_delete_meets_a_clear_error(self):
        lines = self._look_up()
        for model, message in (
            ("res.partner", "Archive the contact instead"),
            ("fleet.vehicle", "Archive the car instead"),
            ("aftersales.visit", "Cancel it instead"),
            ("aftersales.followup", "Follow-ups are never deleted"),
        ):
            line = lines.filtered(lambda line, model=model: line.res_model == model)
            with self.subTest(model=model), self.assertRaisesRegex(UserError, message):
                line[:1].action_unlink()

    def test_archiving_a_restricted_contact_works(self):
        line = self._get_contact_line(self._look_up())
        self._restrict()
        line.action_archive_all()
        self.assertFalse(self.customer.active)
