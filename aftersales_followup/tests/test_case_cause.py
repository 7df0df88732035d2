from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tools import mute_logger

from .case_common import CaseCase

DENIALS = ("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")


class TestCaseCause(CaseCase):
    """Why customers complain, and whose part it was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.workmanship = cls.env.ref("aftersales_followup.case_cause_workmanship")
        cls.price = cls.env.ref("aftersales_followup.case_cause_price")
        cls.causes = cls.env["aftersales.case.cause"]

    def test_a_cause_proposes_who_is_responsible(self):
        case = self._new_case()
        case.cause_id = self.workmanship
        self.assertEqual(case.department, "workshop")
        case.department = "parts"
        self.assertEqual(case.cause_id, self.workmanship)
        case.cause_id = self.price
        self.assertEqual(case.department, "front_desk")
        case.cause_id = self.env.ref("aftersales_followup.case_cause_other")
        self.assertEqual(case.department, "front_desk", "nothing else is proposed")

    def test_form_asks_for_the_cause_of_a_complaint_that_has_a_solution(self):
        form = Form(self._new_case())
        form.solution = "New brake pads"
        with self.assertRaisesRegex(AssertionError, "cause_id"):
            form.save()
        form.cause_id = self.workmanship
        self.assertEqual(form.department, "workshop")
        case = form.save()
        case.action_solve()
        self.assertEqual(case.state, "solved")

    def test_form_asks_for_no_cause_of_a_wish(self):
        form = Form(self._new_case(case_type="wish"))
        form.solution = "Two more places on Sundays"
        form.save().action_solve()

    def test_complaints_are_counted_by_cause_and_department(self):
        cases = self._new_case() | self._new_case() | self._new_case()
        cases[:2].cause_id = self.workmanship
        cases[2].cause_id = self.price
        for name, expected in (
            ("cause_id", {self.workmanship: 2, self.price: 1}),
            ("department", {"workshop": 2, "front_desk": 1}),
        ):
            found = cases._read_group([("id", "in", cases.ids)], [name], ["__count"])
            self.assertEqual(dict(found), expected)

    def test_cases_are_grouped_by_what_came_of_their_clocks(self):
        told, running = self._new_solved_case(), self._new_case()
        told.action_inform()
        found = told._read_group(
            [("id", "in", (told | running).ids)], ["answer_result"], ["__count"]
        )
        self.assertEqual(dict(found), {"on_time": 1, "running": 1})

    # who keeps the list

    def test_causes_that_cases_have_are_archived_and_not_deleted(self):
        cause = self.causes.create({"name": "Noise"})
        self._new_case().cause_id = cause
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            cause.unlink()
        cause.action_archive()
        self.assertNotIn(cause, self.causes.search([]))

    def test_a_supervisor_keeps_the_causes_of_his_dealership(self):
        cause = self.causes.create({"name": "Noise"})
        self.assertEqual(cause.company_id, self.company)
        cause.name = "Noises"
        with self.assertRaisesRegex(UserError, "stays with its company"):
            cause.company_id = False

    def test_common_causes_are_the_administrators(self):
        with self.assertRaises(AccessError), mute_logger(*DENIALS):
            self.workmanship.with_user(self.supervisor).name = "Work"
        with self.assertRaises(AccessError), mute_logger(*DENIALS):
            self.causes.create({"name": "Noise", "company_id": False})
        admin = self._new_user("admin", "supervisor")
        admin.sudo().group_ids += self.env.ref("base.group_system")
        self.workmanship.with_user(admin).name = "Work"

    def test_officers_choose_causes_and_change_none(self):
        cause = self.causes.with_user(self.officer).search([], limit=1)
        with self.assertRaises(AccessError), mute_logger(*DENIALS):
            cause.name = "Mine"

    def test_another_dealerships_cause_cannot_be_chosen(self):
        branch = self.env["res.company"].sudo().create({"name": "Branch"})
        theirs = self.causes.sudo().create({"name": "Noise", "company_id": branch.id})
        case = self._new_case()
        self.assertNotIn(theirs, self.causes.search([]))
        with self.assertRaises(UserError), mute_logger(*DENIALS):
            case.sudo().cause_id = theirs
            self.env.flush_all()
