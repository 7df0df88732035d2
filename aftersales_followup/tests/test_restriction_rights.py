from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import Form
from odoo.tools import mute_logger

from .restriction_common import TODAY, RestrictionCase

DENIALS = (
    "odoo.addons.base.models.ir_model",
    "odoo.addons.base.models.ir_rule",
    "odoo.models",
)


class RightsCase(RestrictionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visit = cls._new_delivered_visit(cls.customer, cls.car)

    def _rpc(self, user, model, method, *args, context=None, **kwargs):
        """Call a method as a client does, in the user's own environment."""
        env = self.env(user=user, su=False, context={})
        return call_kw(env[model], method, args, {**kwargs, "context": context or {}})

    def _assert_denied(self, user, *args, **kwargs):
        with (
            self.assertRaises(AccessError),
            mute_logger(*DENIALS),
            self.env.cr.savepoint(),
        ):
            self._rpc(user, *args, **kwargs)
        self.env.invalidate_all()

    def _look(self, user, restriction, reason="The police asks"):
        """Look who it is, as the dialog does; return what it shows."""
        dialog = "aftersales.restriction.show"
        vals = {"restriction_id": restriction.id, "reason": reason}
        [dialog_id] = self._rpc(user, dialog, "create", [vals])
        self._rpc(user, dialog, "action_show", [dialog_id])
        [seen] = self._rpc(user, dialog, "read", [dialog_id], ["shown"])
        return seen["shown"]


class TestRestrictingRights(RightsCase):
    """Supervisors and the administrator restrict customers, and nobody else."""

    def test_supervisor_and_administrator_restrict_and_lift(self):
        for user in (self.supervisor, self.admin):
            with self.subTest(user=user.login):
                restriction = self._restrict(user=user)
                self.assertEqual(restriction.user_id, user)
                self.assertEqual(restriction.company_id, self.company)
                self.assertEqual(self.customer.phone, "***")
                self._lift(restriction, user=user)
                self.assertEqual(self.customer.phone, "139 8765 4321")

    def test_others_do_not(self):
        vals = {"partner_ids": [Command.set(self.customer.ids)], "reason": "x"}
        restriction = self._restrict()
        lift = {"restriction_ids": [Command.set(restriction.ids)], "reason": "x"}
        for user in (self.outsider, self.advisor, self.officer):
            with self.subTest(user=user.login):
                self._assert_denied(
                    user, "aftersales.partner.restrict", "create", [vals]
                )
                self._assert_denied(
                    user, "aftersales.restriction.lift", "create", [lift]
                )
                self._assert_denied(
                    user, "aftersales.restriction", "read", restriction.ids, ["reason"]
                )

    def test_nobody_makes_up_a_restriction_or_reads_the_vault(self):
        restriction = self._restrict()
        other = self._new_customer("Li Si")
        vault = self.env["aftersales.restriction.value"].sudo().search([])
        export = self.env.ref("base.group_allow_export")
        (self.supervisor | self.admin).sudo().group_ids |= export
        for user in (self.supervisor, self.admin):
            rpc = (user, "aftersales.restriction")
            made_up = {"partner_id": other.id, "reason": "x"}
            self._assert_denied(*rpc, "create", [made_up])
            self._assert_denied(*rpc, "write", restriction.ids, {"state": "lifted"})
            self._assert_denied(*rpc, "unlink", restriction.ids)
            rpc = (user, "aftersales.restriction.value")
            self._assert_denied(*rpc, "search_read", [], ["value"])
            self._assert_denied(*rpc, "read", vault.ids, ["value"])
            self._assert_denied(*rpc, "export_data", vault.ids, ["value"])
            self._assert_denied(*rpc, "write", vault.ids, {"value": "x"})
            self._assert_denied(*rpc, "unlink", vault.ids)
            rpc = (user, "aftersales.restriction.look")
            made_up = {"restriction_id": restriction.id, "reason": "x"}
            self._assert_denied(*rpc, "create", [made_up])

    def test_restricting_twice_is_refused_and_changes_nothing(self):
        self._restrict()
        with self.assertRaisesRegex(UserError, "is restricted already"):
            self._restrict()
        count = self.env["aftersales.restriction"].search_count([])
        self.assertEqual(count, 1)

    def test_nobody_asked_in_the_future(self):
        with self.assertRaisesRegex(UserError, "in the future"):
            self._restrict(requested_on=TODAY + timedelta(days=1))
        restriction = self._restrict(requested_on=TODAY - timedelta(days=3))
        self.assertEqual(restriction.requested_on, TODAY - timedelta(days=3))

    def test_lifted_customer_is_restricted_again(self):
        first = self._restrict()
        self._lift(first)
        second = self._restrict()
        self.assertNotEqual(first, second)
        self.assertEqual(self.customer.phone, "***")
        with self.assertRaisesRegex(UserError, "is lifted already"):
            self._lift(first)
        self._lift(second)
        self.assertEqual(self.customer.phone, "139 8765 4321")

    def test_contact_without_history_is_deleted_instead(self):
        contact = self.env["res.partner"].create({"name": "Li Si"})
        with self.assertRaisesRegex(UserError, "Delete the contact instead"):
            self._restrict(contact)

    def test_colleague_cannot_be_restricted(self):
        colleague = self.officer.partner_id
        self._new_visit(colleague, self._new_vehicle(colleague, "湘K55555"))
        with self.assertRaisesRegex(UserError, "works with this database"):
            self._restrict(colleague)

    def test_restricted_customer_is_neither_deleted_nor_merged(self):
        restriction = self._restrict()
        other = self._new_customer("Li Si")
        with self.assertRaisesRegex(UserError, "after-sales records"):
            self.customer.sudo().unlink()
        with self.assertRaisesRegex(UserError, "never deleted"):
            restriction.sudo().unlink()
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo().create({})
        with self.assertRaisesRegex(UserError, "cannot be merged"):
            wizard._merge((self.customer | other).ids, other)

    def test_forms_open_as_supervisor_and_administrator(self):
        restriction = self._restrict()
        for user in (self.supervisor, self.admin):
            Form(restriction.with_user(user))
            action = restriction.with_user(user).action_lift()
            Form(
                self.env[action["res_model"]]
                .with_user(user)
                .with_context(**action["context"])
            )
        form = Form(
            self.env["aftersales.partner.restrict"].with_context(
                active_model="res.partner", active_ids=self.customer.ids
            )
        )
        self.assertEqual(form.partner_ids[:], self.customer)
        Form(self.customer.with_user(self.officer))


class TestLooking(RightsCase):
    """Who looks who it is gives a reason, and that stays written down."""

    def setUp(self):
        super().setUp()
        self.restriction = self._restrict()

    def test_supervisor_sees_name_numbers_and_cars_for_a_reason(self):
        shown = self._look(self.supervisor, self.restriction)
        for told in (
            "Zhao Liu",
            "139 8765 4321",
            "zhao@example.com",
            "8 Lotus Road",
            "Loudi",
            "湘K98765",
            "LSGXYZ12345",
        ):
            self.assertIn(told, shown)
        look = self.restriction.look_ids
        self.assertEqual(look.user_id, self.supervisor)
        self.assertEqual(look.reason, "The police asks")
        with self.assertRaisesRegex(UserError, "never deleted"):
            look.sudo().unlink()

    def test_what_was_shown_is_stored_nowhere(self):
        self._look(self.supervisor, self.restriction, reason="Zhao Liu asks for it")
        self.assertFalse(self._walk())
        self.assertEqual(self.restriction.look_ids.reason, "*** asks for it")

    def test_nobody_looks_without_a_reason_on_record(self):
        dialog = "aftersales.restriction.show"
        vals = {"restriction_id": self.restriction.id, "reason": "x"}
        [dialog_id] = self._rpc(self.supervisor, dialog, "create", [vals])
        [seen] = self._rpc(self.supervisor, dialog, "read", [dialog_id], ["shown"])
        self.assertFalse(seen["shown"])
        self._look(self.supervisor, self.restriction)
        look = self.restriction.look_ids
        self._assert_denied(
            self.supervisor, dialog, "write", [dialog_id], {"look_id": look.id}
        )
        self._assert_denied(
            self.supervisor, dialog, "create", [{**vals, "look_id": look.id}]
        )

    def test_look_of_one_opens_neither_another_customer_nor_another_user(self):
        other = self._new_customer("Li Si", phone="137 0000 1111")
        self._new_visit(other, self._new_vehicle(other, "湘K55555"))
        second = self._restrict(other)
        dialog = self.env["aftersales.restriction.show"].with_user(self.supervisor)
        dialog = dialog.create({"restriction_id": self.restriction.id, "reason": "x"})
        dialog.action_show()
        dialog.restriction_id = second
        self.assertFalse(dialog.shown)
        colleague = self._new_user("colleague", "supervisor")
        self._assert_denied(colleague, dialog._name, "read", dialog.ids, ["shown"])

    def test_officer_advisor_outsider_and_administrator_do_not_look(self):
        vals = {"restriction_id": self.restriction.id, "reason": "x"}
        found = {"text": "Zhao Liu", "reason": "x"}
        for user in (self.outsider, self.advisor, self.officer, self.admin):
            with self.subTest(user=user.login):
                self._assert_denied(
                    user, "aftersales.restriction.show", "create", [vals]
                )
                self._assert_denied(
                    user, "aftersales.restriction.find", "create", [found]
                )
        self.assertFalse(self.restriction.look_ids)

    def test_customer_who_came_again_is_found_by_name_number_or_plate(self):
        for text in (
            "zhao liu",
            "+86 139-8765-4321",
            "zhao@example.com",
            "湘K·98765",
            "lsgxyz12345",
        ):
            with self.subTest(text=text):
                dialog = self.env["aftersales.restriction.find"].create(
                    {"text": text, "reason": f"{text} came again"}
                )
                action = dialog.action_find()
                self.assertEqual(
                    self.env["aftersales.restriction"].search(action["domain"]),
                    self.restriction,
                )
        self.assertEqual(len(self.restriction.look_ids), 5)
        self.assertFalse(self._walk())

    def test_search_for_somebody_else_finds_nobody_and_says_so(self):
        for text in ("Li Si", "8765", "Zhao", "13", "湘"):
            dialog = self.env["aftersales.restriction.find"].create(
                {"text": text, "reason": "x"}
            )
            with self.assertRaisesRegex(UserError, "No restricted customer"):
                dialog.action_find()
        self.assertFalse(self.restriction.look_ids)


class TestCompanies(RightsCase):
    """What several dealerships know is restricted by who supervises all of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env(user=1)["res.company"].create({"name": "Yusen South"})
        cls.branch_supervisor = cls._new_user(
            "branch_supervisor", "supervisor", cls.branch
        )
        cls.branch_officer = cls._new_user("branch_officer", "officer", cls.branch)

    def _share(self):
        """Let the customer come to both dealerships."""
        self.customer.sudo().company_id = False
        self.car.sudo().company_id = False
        branch = self.env(
            user=self.branch_supervisor,
            context={"allowed_company_ids": self.branch.ids},
        )
        return branch["aftersales.visit"].create(
            {"partner_id": self.customer.id, "vehicle_id": self.car.id}
        )

    def test_supervisor_of_one_does_not_mask_what_the_other_knows(self):
        visit = self._share()
        with self.assertRaisesRegex(UserError, "not yours. Ask the administrator"):
            self._restrict()
        self.assertEqual(visit.phone, "139 8765 4321")

    def test_administrator_masks_it_in_both(self):
        visit = self._share()
        restriction = self._restrict(user=self.admin)
        self.assertFalse(restriction.company_id)
        self.assertEqual((visit.phone, self.visit.phone), ("***", "***"))
        for supervisor in (self.supervisor, self.branch_supervisor):
            with self.assertRaisesRegex(UserError, "not yours"):
                self._lift(restriction, user=supervisor)
            self.assertIn("Zhao Liu", self._look(supervisor, restriction))
        self._lift(restriction, user=self.admin)
        self.assertEqual(visit.phone, "139 8765 4321")

    def test_other_company_sees_nothing_of_it(self):
        restriction = self._restrict()
        self._look(self.supervisor, restriction)
        rpc = (self.branch_supervisor, "aftersales.restriction")
        self.assertFalse(self._rpc(*rpc, "search", []))
        self._assert_denied(*rpc, "read", restriction.ids, ["reason"])
        looks = restriction.look_ids
        rpc = (self.branch_supervisor, "aftersales.restriction.look")
        self._assert_denied(*rpc, "read", looks.ids, ["reason"])
        with self.assertRaises(AccessError), mute_logger(*DENIALS):
            self._look(self.branch_supervisor, restriction)
        dialog = (
            self.env["aftersales.restriction.find"]
            .with_user(self.branch_supervisor)
            .with_context(allowed_company_ids=self.branch.ids)
            .create({"text": "Zhao Liu", "reason": "x"})
        )
        with self.assertRaisesRegex(UserError, "No restricted customer"):
            dialog.action_find()

    def test_supervisor_of_a_third_company_does_not_look_at_a_shared_customer(self):
        self._share()
        restriction = self._restrict(user=self.admin)
        third = self.env(user=1)["res.company"].create({"name": "Yusen West"})
        stranger = self._new_user("stranger", "supervisor", third)
        with self.assertRaisesRegex(AccessError, "never came"):
            self._look(stranger, restriction)
