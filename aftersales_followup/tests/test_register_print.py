import re
from datetime import timedelta

from odoo.tests import tagged

from .common import NOW, AftersalesCase
from .register_common import REPORT, RegisterData, read_pdf


@tagged("post_install", "-at_install")
class TestRegisterPrint(RegisterData, AftersalesCase):
    """The register on paper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_customer("李四", phone="138 0013 8000")

    def _print(self, wizard):
        report = wizard.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        return read_pdf(report._render_qweb_pdf(REPORT, wizard.ids)[0])

    def test_every_page_says_what_it_is_and_no_row_is_cut(self):
        said = "空调不制冷，要求尽快安排检查；希望下次提前一天预约，并且提供代步车。"
        calls = self._new_registered_calls(
            *[{"content": f"开始{said * (n % 6)}结束"} for n in range(45)]
        )
        pages = self._print(self._new_wizard(officer_ids=self.officer.ids))
        self.assertGreater(len(pages), 2)
        numbers = []
        for index, page in enumerate(pages, start=1):
            for text in (
                "Call Register",
                "Yusen Motors",
                "Period: 2026-01-01 to 2026-03-02",
                "Officers: Officer",
                "Entries: 45",
                "What Was Said",
                f"Page {index} of {len(pages)}",
            ):
                self.assertIn(text, page)
            self.assertEqual("Prepared by" in page, index == len(pages))
            entries = re.findall(r"2026-\d{6}", page)
            self.assertEqual(page.count("开始"), len(entries))
            self.assertEqual(page.count("结束") + page.count("…"), len(entries))
            numbers += entries
        self.assertEqual(numbers, calls.mapped("number"))

    def test_a_register_without_entries_says_so_on_one_page(self):
        [page] = self._print(self._new_wizard(register="letter"))
        self.assertIn("Letter Register", page)
        self.assertIn("No entries in this period.", page)
        self.assertIn("Page 1 of 1", page)

    def test_chosen_entries_make_a_register_of_their_own_period(self):
        calls = self._new_registered_calls(
            {"date": NOW - timedelta(days=9)}, {"date": NOW - timedelta(days=2)}, {}
        )
        draft = self._new_call(partner_id=self.customer.id)
        [sheet] = self.env["aftersales.register.call"]._prepare_sheets(
            calls[:2] | draft
        )
        self.assertEqual(sheet["count"], 2)
        self.assertEqual(sheet["period"], "2026-02-21 to 2026-02-28")
        self.assertEqual(sheet["officers"], "Officer")

    def test_chosen_entries_of_two_companies_make_two_registers(self):
        company = self._new_company()
        self.supervisor.sudo().company_ids += company
        both = [self.company.id, company.id]
        calls = self._new_registered_calls()
        other = (
            self.env["aftersales.call"]
            .with_context(allowed_company_ids=both[::-1])
            .create(
                {
                    "direction": "inbound",
                    "phone": "1",
                    "outcome_id": self.reached.id,
                }
            )
        )
        other.action_register()
        register = self.env["aftersales.register.call"].with_context(
            allowed_company_ids=both
        )
        sheets = register._prepare_sheets((calls + other).with_env(register.env))
        self.assertEqual([sheet["count"] for sheet in sheets], [1, 1])
        self.assertEqual(
            [sheet["company"].name for sheet in sheets],
            ["Yusen Motors", "Other Motors"],
        )

    def test_printing_returns_the_report_without_asking_for_a_layout(self):
        action = self._new_wizard().action_print_pdf()
        self.assertEqual(action["type"], "ir.actions.report")
        self.assertEqual(action["report_name"], "aftersales_followup.report_register")

    def test_chinese_can_be_found_in_the_pdf(self):
        text = "客户的车，第一页，1 – 2"
        self._new_registered_calls({"content": text})
        self.assertIn(text, self._print(self._new_wizard())[0])
