"""What lists, labels and notices show."""

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import NOW, TODAY, AftersalesCase
from .register_common import RegisterData


class TestLists(AftersalesCase):
    def test_visits_stand_in_the_order_of_a_visits_life(self):
        customer = self._new_customer()
        for action in ("action_cancel", "action_deliver"):
            getattr(self._new_visit(customer), action)()
        self._new_visit(customer)
        kanban = self.env["aftersales.visit"].with_context(read_group_expand=True)
        groups = kanban.web_read_group([], ["state"], ["__count"])["groups"]
        self.assertEqual(
            [group["state"] for group in groups],
            ["open", "delivered", "closed", "cancelled"],
        )

    def test_advisor_finds_his_own_visits_first(self):
        action = self.env.ref("aftersales_followup.aftersales_visit_action")
        for user, context in (
            (self.advisor, {"search_default_my_visits": 1}),
            (self.officer, "{}"),
        ):
            opened = action.with_user(user).sudo()._get_action_dict()
            self.assertEqual(opened["context"], context)

    def test_unknown_caller_has_a_name_in_the_list(self):
        call = self._new_call(direction="inbound", caller_name="Mr. Wang")
        self.assertEqual(call.party, "Mr. Wang")
        self.assertEqual(
            self._new_call(partner_id=self._new_customer().id).party, "Zhang San"
        )

    def test_pivot_has_a_name_for_what_has_no_rule(self):
        fields = self.env["aftersales.followup"].fields_get(["rule_id"])
        self.assertEqual(fields["rule_id"]["falsy_value_label"], "No Rule")

    def test_label_has_postcode_address_and_whom_it_is_for(self):
        customer = self._new_customer("Li Si", zip="417000", state_id=False)
        letter = self._new_letter(customer, send_by="post")
        self.assertEqual(
            letter._get_label_lines(),
            ("417000", "Loudi 1 Xiangzhong Avenue", "To: Li Si"),
        )

    # notices

    def _get_notice(self, action):
        self.assertEqual(action["tag"], "display_notification")
        params = action["params"]
        self.assertEqual(params["message"].count("%s"), len(params["links"]))
        return params["message"] % tuple(link["label"] for link in params["links"])

    def test_letters_that_are_registered_are_named(self):
        letters = self._new_letter(send_by="post") | self._new_letter(send_by="post")
        action = letters.with_user(self.officer).action_register()
        notice = self._get_notice(action)
        for letter in letters:
            self.assertIn(letter.number, notice)
        self.assertEqual(
            action["params"]["links"][0]["url"],
            f"/odoo/aftersales-letters/{letters[0].id}",
        )

    def test_customers_handed_over_are_counted_and_the_first_named(self):
        customers = self._new_audience(7)
        wizard = self.env["aftersales.partner.hand.over"].create(
            {"partner_ids": customers.ids, "officer_id": self.other_officer.id}
        )
        notice = self._get_notice(wizard.action_hand_over())
        self.assertTrue(
            notice.startswith("7 customers handed over to Other Officer: Customer 0,")
        )
        self.assertTrue(notice.endswith(" and 2 more"))

    def test_refused_deletion_says_what_is_registered_already(self):
        call = self._new_call(partner_id=self._new_customer().id)
        call.action_register()
        with self.assertRaisesRegex(
            UserError, "2026-000001 Zhang San is registered since 03/02/2026"
        ):
            call.unlink()

    # first use

    def test_supervisor_of_an_empty_dealership_is_led(self):
        action = self.env.ref("aftersales_followup.aftersales_followup_action_today")

        def get_help(user):
            read = action.with_user(user).sudo().read
            return str(read(["help", "res_model", "context"])[0])

        empty = get_help(self.supervisor)
        for step in ("aftersales-import", "aftersales-rules", "first call"):
            self.assertIn(step, empty)
        self.assertNotIn("No calls left for today", empty)
        self.assertIn("No calls left for today", get_help(self.officer))
        visit = self._new_delivered_visit(date_arrival=NOW)
        self.assertNotIn("/odoo/aftersales-import", get_help(self.supervisor))
        self._new_call(partner_id=visit.partner_id.id).action_register()
        self.assertIn("No calls left for today", get_help(self.supervisor))


@tagged("post_install", "-at_install")
class TestRegisterDetails(RegisterData, AftersalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_customer()

    def test_call_register_shows_why_one_refuses_and_when_to_call_back(self):
        customer = self.customer
        self._new_call(
            partner_id=customer.id,
            outcome_id=self._get_outcome("call_back").id,
            date_call_back=NOW.replace(day=3),
        ).action_register()
        self._new_call(
            partner_id=customer.id,
            outcome_id=self._get_outcome("refused").id,
            optout_reason="Too often",
        ).action_register()
        sheet = self._read_workbook(self._new_wizard()).active
        heads = [cell.value for cell in sheet[1]]
        column = heads.index("Outcome") + 1
        first, second = (sheet.cell(row, column).value for row in (2, 3))
        self.assertIn("Call Back Later\n2026-03-03 10:00", first)
        self.assertIn("Too often", second)

    def test_workbook_prints_across_with_title_and_period(self):
        self._new_registered_calls({})
        wizard = self._new_wizard()
        workbook = self._read_workbook(wizard)
        self.assertIsInstance(workbook, openpyxl.Workbook)
        sheet = workbook.active
        self.assertEqual(sheet.page_setup.orientation, "landscape")
        self.assertEqual(sheet.print_title_rows, "$1:$1")
        printed = sheet.oddHeader.center.text
        for text in ("Call Register", "Yusen Motors", str(wizard.date_to)):
            self.assertIn(text, printed)
        self.assertLessEqual(wizard.date_from, TODAY)
