from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .register_common import RegisterData
from .rights import AccessCase
from .test_tours import ToursCase

WIZARD = "aftersales.call.give"


@tagged("post_install", "-at_install")
class TestUnknownCaller(RegisterData, AccessCase):
    """A registered call of an unknown caller goes to the customer once he is known."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_customer("王五", phone="139 0000 0000")
        cls.car = cls._new_vehicle(cls.customer, plate="湘K22222")

    def setUp(self):
        super().setUp()
        self.call = self._new_call(
            direction="inbound",
            inbound_kind="complaint",
            phone="0738 1234567",
            caller_name="Mr Wang",
            content="Asks for the price of tyres",
        )
        self.call.action_register()

    def _open(self, user=None):
        call = self.call.with_user(user or self.officer)
        action = call.action_give_to_customer()
        return Form(call.env[action["res_model"]].with_context(**action["context"]))

    def _give(self, user=None, **vals):
        wizard = self._open(user)
        for name, value in {"partner_id": self.customer, **vals}.items():
            setattr(wizard, name, value)
        wizard.save().action_give()

    def test_the_officer_gives_his_call_to_the_customer_who_called(self):
        wizard = self._open()
        self.assertEqual(
            (wizard.caller_name, wizard.phone), ("Mr Wang", "0738 1234567")
        )
        wizard.partner_id = self.customer
        wizard.vehicle_id = self.car
        wizard.save().action_give()
        call = self.call
        self.assertEqual((call.partner_id, call.vehicle_id), (self.customer, self.car))
        self.assertEqual(call.plate, "湘K22222")
        self.assertIn(call.with_env(self.env), self.customer.aftersales_call_ids)
        self.assertEqual((call.number, call.state), ("2026-000001", "registered"))

    def test_number_and_name_stay_as_they_were_noted(self):
        names = ["phone", "caller_name", "address", "designated_user_id", "content"]
        before = self.call.read(names)
        self._give()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.call.read(names), before)
        self.assertFalse(self.call.vehicle_id)

    def test_it_is_kept_as_a_correction_by_whoever_gave_it(self):
        self._give(vehicle_id=self.car)
        lines = self.call.correction_ids
        self.assertEqual(lines.user_id, self.officer)
        self.assertEqual(set(lines.mapped("reason")), {"The caller is known now"})
        self.assertEqual(
            [(line.field_name, line.before, line.after) for line in lines],
            [
                ("partner_id", "", "王五"),
                ("plate", "", "湘K22222"),
                ("vehicle_id", "", self.car.display_name),
            ],
        )
        [row] = self._get_rows(self._new_wizard())
        self.assertEqual(row["customer"], "王五")
        self.assertIn("by Officer (The caller is known now)", row["corrected"])

    def test_a_customer_can_be_created_with_the_noted_name_and_number(self):
        context = {"default_name": "Mr Wang", "default_phone": "0738 1234567"}
        partners = self.env["res.partner"].with_user(self.officer)
        partner_id, _name = partners.with_context(**context).name_create("王先生")
        self._give(partner_id=partners.browse(partner_id))
        self.assertEqual(self.call.partner_id.phone, "0738 1234567")

    def test_who_may_not_write_the_call_does_not_give_it_away(self):
        call = self.call
        vals = {"call_id": call.id, "partner_id": self.customer.id}
        self.assertDenied(call.with_user(self.other_officer).action_give_to_customer)
        for user in (self.other_officer, self.advisor, self.outsider):
            with self.subTest(user=user.name):
                self.assertDenied(
                    lambda user=user: (
                        self.env[WIZARD].with_user(user).create(vals).action_give()
                    )
                )
        self.assertFalse(call.partner_id)
        self._give(self.supervisor)
        self.assertEqual(call.partner_id, self.customer)

    def test_a_call_with_a_customer_is_not_given_to_another(self):
        wizard = self._open()
        wizard.partner_id = self._new_customer("李四")
        wizard = wizard.save()
        self._give()
        with self.assertRaisesRegex(UserError, "王五 already"):
            wizard.action_give()
        with self.assertRaisesRegex(UserError, "王五 already"):
            self.call.action_give_to_customer()
        self.assertEqual(self.call.partner_id, self.customer)

    def test_a_draft_is_changed_itself(self):
        draft = self._new_call(direction="inbound", phone="1", caller_name="Mr Li")
        with self.assertRaisesRegex(UserError, "in the call itself"):
            draft.action_give_to_customer()

    def test_a_car_of_somebody_else_is_refused(self):
        other = self._new_vehicle(self._new_customer("李四"), plate="湘K33333")
        wizard = (
            self.env[WIZARD]
            .with_user(self.officer)
            .create(
                {
                    "call_id": self.call.id,
                    "partner_id": self.customer.id,
                    "vehicle_id": other.id,
                }
            )
        )
        with self.assertRaisesRegex(UserError, "not a car of 王五"):
            wizard.action_give()
        self.assertFalse(self.call.partner_id)

    def test_another_customer_takes_the_chosen_car_out(self):
        wizard = self._open()
        wizard.partner_id = self.customer
        wizard.vehicle_id = self.car
        wizard.partner_id = self._new_customer("李四")
        self.assertFalse(wizard.vehicle_id)

    def test_the_reason_may_not_be_blank(self):
        with self.assertRaisesRegex(UserError, "give the reason"):
            self._give(reason="  ")
        self.assertFalse(self.call.partner_id)

    def test_what_the_caller_refused_holds_once_he_is_known(self):
        self.call = self._new_call(
            direction="inbound",
            phone="1",
            outcome_id=self._get_outcome("refused").id,
            optout_scope="contact",
            optout_reason="Sold the car",
        )
        self.call.action_register()
        self._give()
        optout = self.env["aftersales.optout"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(optout.reason, "Sold the car")

    def test_rpc_does_not_name_a_caller_without_the_dialog(self):
        for vals in (
            {"partner_id": self.customer.id},
            {"partner_id": self.customer.id, "content": "Else"},
        ):
            with self.assertRaisesRegex((UserError, AccessError), "supervisor"):
                self._rpc(
                    self.officer,
                    "aftersales.call",
                    "write",
                    self.call.ids,
                    vals,
                    context={"correction_reason": "x"},
                )


@tagged("post_install", "-at_install")
class TestRegisterTours(ToursCase):
    def test_officer_gives_a_call_on_the_screen(self):
        call = self._new_call(direction="inbound", caller_name="Mr Wang", phone="1")
        call.action_register()
        self._tour("aftersales_give_call", self.officer, "/odoo/aftersales-calls")
        self.assertEqual(call.partner_id, self.customer)

    def test_supervisor_corrects_a_call_on_the_screen(self):
        call = self._new_call(partner_id=self.customer.id)
        call.action_register()
        self._tour("aftersales_correct_call", self.supervisor, "/odoo/aftersales-calls")
        self.assertEqual(call.correction_ids.mapped("field_name"), ["content"])
