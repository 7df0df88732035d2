import subprocess
from datetime import timedelta

from markupsafe import Markup

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import NOW, TODAY, AftersalesCase

MODULE = "aftersales_followup"


@tagged("post_install", "-at_install")
class TestForms(AftersalesCase):
    """The archive form, the call record form, letters and labels."""

    def setUp(self):
        super().setUp()
        self.customer = self._new_customer(
            "李四 <b>",
            zip="417000",
            aftersales_wish="取送车\n代步车",
            aftersales_call_from=9.5,
            aftersales_call_to=20,
        )
        self.vehicle = self._new_vehicle(
            self.customer,
            vin_sn="LSGWS52X27S123456",
            aftersales_insurance_date=TODAY + timedelta(days=90),
        )
        self.visit = self._new_visit(
            self.customer,
            odometer=12345,
            next_service_content="变速箱油",
            next_contact_date=TODAY + timedelta(days=30),
        )
        self.followup = self._new_followup(
            self.customer, vehicle_id=self.vehicle.id, content="问候"
        )
        self.call = self._new_call(
            self.followup, content="空调 <script>", satisfaction=9
        ).with_env(self.env)
        self.letter = self._new_letter(self.customer, call_id=self.call.id)

    def _print(self, xmlid, records, user=None):
        """Return the texts of the pages that wkhtmltopdf makes of a form."""
        report = (
            self.env["ir.actions.report"]
            .with_user(user or self.officer)
            .with_context(force_report_rendering=True)
        )
        pdf = report._render_qweb_pdf(f"{MODULE}.{xmlid}", records.ids)[0]
        text = subprocess.run(
            ["pdftotext", "-layout", "-", "-"],
            input=pdf,
            capture_output=True,
            check=True,
        ).stdout.decode()
        return text.split("\f")[:-1]

    def _render(self, xmlid, records, user=None):
        """Return the HTML of a form."""
        report = self.env["ir.actions.report"].with_user(user or self.officer)
        return report._render_qweb_html(f"{MODULE}.{xmlid}", records.ids)[0].decode()

    # what is on them

    def test_the_archive_form_shows_customer_cars_and_visits(self):
        [page] = self._print("res_partner_report_archive", self.customer)
        for text in (
            "Customer Archive Form",
            "李四 <b>",
            "138 0013 8000",
            "Loudi",
            self.customer.aftersales_archive_number,
            "代步车",
            "9:30 – 20:00",
            "Regal",
            "LSGWS52X27S123456",
            "6 months / 5000 km",
            "2026-05-31",
            "Workshop",
            "湘K12345",
            "12345",
            "Oil change",
            "300.00",
            "变速箱油",
            "2026-04-01",
        ):
            self.assertIn(text, page)

    def test_the_archive_form_of_a_new_customer(self):
        [page] = self._print("res_partner_report_archive", self._new_customer("王五"))
        self.assertIn("王五", page)
        self.assertIn("No visits yet.", page)

    def test_the_archive_form_tells_when_a_new_car_was_sold(self):
        owner = self._new_customer("赵六")
        self._new_vehicle(
            owner,
            "湘K66666",
            aftersales_sale_date="2026-02-28",
            aftersales_warranty_date="2029-02-28",
            aftersales_warranty_km=100_000,
        )
        [page] = self._print("res_partner_report_archive", owner)
        self.assertIn("2026-02-28", page)
        self.assertIn("2029-02-28 / 100000 km", page)
        self.assertIn("2026-08-28", page, "its first maintenance comes next")

    def test_no_visit_is_cut_in_two_by_the_end_of_a_page(self):
        lines = [Command.create({"name": f"开始{n}", "amount": 1.0}) for n in range(3)]
        for _n in range(30):
            self._new_visit(self.customer, self.vehicle, line_ids=lines)
        pages = self._print("res_partner_report_archive", self.customer)
        self.assertGreater(len(pages), 2)
        for page in pages:
            self.assertEqual(page.count("开始0"), page.count("开始2"))

    def test_the_call_record_form_shows_the_whole_call(self):
        self.call.action_register()
        [page] = self._print("aftersales_call_report", self.call)
        for text in (
            "Call Record Form",
            "2026-000001",
            "2026-03-02 10:00",
            "Phone · Outbound",
            "Officer",
            "李四 <b>",
            "138 0013 8000",
            "湘K12345",
            "Oil change",
            "2026-03-02 – 2026-03-06",
            "问候",
            "空调 <script>",
            "Reached",
            "Your car",
            "Supervisor:",
        ):
            self.assertIn(text, page)
        self.assertNotIn("Corrections", page)

    def test_the_call_record_form_says_what_is_refused_and_why(self):
        self.call.write(
            {
                "outcome_id": self._get_outcome("refused").id,
                "optout_scope": "purpose",
                "optout_purpose": "events",
                "optout_reason": "不要活动通知",
            }
        )
        self.call.action_register()
        [page] = self._print("aftersales_call_report", self.call)
        for text in ("Customer Refuses", "for this purpose (Events", "不要活动通知"):
            self.assertIn(text, page)

    def test_the_call_record_form_says_when_to_call_back(self):
        self.call.outcome_id = self._get_outcome("call_back")
        self.call.date_call_back = NOW.replace(day=5)
        self.call.action_register()
        [page] = self._print("aftersales_call_report", self.call)
        self.assertIn("Call Back at", page)
        self.assertIn("2026-03-05 10:00", page)

    def test_a_visit_to_the_customer_is_marked_as_one(self):
        self.call.mode = "in_person"
        html = self._render("aftersales_call_report", self.call)
        self.assertIn("In Person · Outbound", html)

    def test_the_call_record_form_shows_what_was_corrected(self):
        self.call.action_register()
        self.call.message_post(body=Markup("<ul><li>Seen</li></ul>"))
        self.call.with_context(correction_reason="Misheard").content = "Radio"
        [page] = self._print("aftersales_call_report", self.call)
        for text in ("Corrections", "Supervisor", "Corrected: Misheard", "Radio"):
            self.assertIn(text, page)
        self.assertNotIn("Seen", page)

    def test_the_call_record_form_shows_its_cases_with_their_whole_history(self):
        case = self._new_case(call_id=self.call.id, description="刹车异响 <b>")
        self.call.action_register()
        case.solution = "更换刹车片"
        case.action_solve()
        case.action_inform()
        case.satisfaction = 4
        case.action_close()
        case.action_reopen()
        self.pass_days(3)
        case.sudo()._escalate(by_system=True)
        case.solution = "更换刹车盘"
        case.action_solve()
        letter = self._new_letter(
            self.customer, followup_id=case.followup_ids.sorted("id")[-1].id
        )
        letter.action_register()
        text = "".join(self._print("aftersales_call_report", self.call))
        for expected in (
            "Wishes, Requests and Complaints",
            "Complaint",
            "刹车异响 <b>",
            "更换刹车片",
            "Call 2026-000002",
            "Reopened",
            "by the system",
            "2026-03-05 10:00",
            "更换刹车盘",
            "Letter 2026-000001",
            "On Time",
            "Late",
        ):
            self.assertIn(expected, text)
        told = case.round_ids.inform_call_id
        self.assertIn("刹车异响", self._render("aftersales_call_report", told))

    def test_a_call_without_cases_has_no_heading_for_them(self):
        html = self._render("aftersales_call_report", self.call)
        self.assertNotIn("Complaints", html)

    def test_many_records_are_one_document(self):
        other = self._new_call(partner_id=self.customer.id, content="Second")
        pages = self._print("aftersales_call_report", self.call | other)
        self.assertEqual(len(pages), 2)
        self.assertIn("Second", pages[1])

    def test_letters_start_a_page_each(self):
        letters = self.letter | self._new_letter(
            self.customer,
            subject="邀请函",
            body=f"<p>{'尊敬的客户 ' * 900}</p>",
            user=self.supervisor,
            date_sent=TODAY - timedelta(days=1),
        )
        pages = self._print("aftersales_letter_report", letters)
        for text in ("Yusen Motors", "417000", "李四", "Your car", "2026-03-02"):
            self.assertIn(text, pages[0])
        self.assertIn("邀请函", pages[1])
        self.assertIn("2026-03-01", pages[1])
        self.assertGreater(len(pages), 2)

    def test_labels_come_three_by_eight_for_what_goes_by_post(self):
        letters = self.letter
        for n in range(24):
            letters |= self._new_letter(self._new_customer(f"客户{n}号"))
        letters |= self._new_letter(
            self._new_customer("Mail", email="x@example.com"), send_by="email"
        )
        pages = self._print("aftersales_letter_report_labels", letters)
        self.assertEqual(len(pages), 2)
        self.assertEqual([page.count("Loudi") for page in pages], [24, 1])
        self.assertNotIn("Mail", "".join(pages))

    def test_labels_need_a_letter_that_goes_by_post(self):
        self.letter.send_by = "sms"
        with self.assertRaises(UserError):
            self._render("aftersales_letter_report_labels", self.letter)

    # how they are made

    def test_forms_need_nothing_from_the_server(self):
        self.call.action_register()
        for xmlid, records in self._get_forms():
            html = self._render(xmlid, records)
            self.assertNotIn("<link", html)
            self.assertNotIn("<script", html)
            self.assertNotIn(" src=", html)

    def test_forms_speak_the_language_of_who_prints(self):
        self.env["res.lang"].sudo()._activate_lang("zh_CN")
        self.reached.sudo().with_context(lang="zh_CN").name = "已接通"
        self.officer.sudo().lang = "zh_CN"
        reports = self.env["ir.actions.report"].with_user(self.officer)
        html = reports.with_context(lang=False)._render_qweb_html(
            f"{MODULE}.aftersales_call_report", self.call.ids
        )[0]
        self.assertIn("已接通", html.decode())

    def test_other_reports_are_made_as_ever(self):
        reports = self.env["ir.actions.report"]
        report = reports.sudo().search([("report_name", "not like", MODULE)], limit=1)
        self.assertFalse(reports._is_aftersales_form(report))

    def test_without_wkhtmltopdf_printing_says_so(self):
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        self.patch(type(reports), "get_wkhtmltopdf_state", lambda self: "install")
        with self.assertRaises(UserError):
            reports._render_qweb_pdf(f"{MODULE}.aftersales_call_report", self.call.ids)

    # rights

    def _get_forms(self):
        return [
            ("res_partner_report_archive", self.customer),
            ("aftersales_call_report", self.call),
            ("aftersales_call_report_register", self.call),
            ("aftersales_letter_report", self.letter),
            ("aftersales_letter_report_labels", self.letter),
            ("aftersales_letter_report_register", self.letter),
        ]

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_who_may_print_the_forms(self):
        company = self.env(user=1)["res.company"].create({"name": "Other Motors"})
        stranger = self._new_user("stranger", "officer", company)
        allowed = self.officer | self.other_officer | self.supervisor
        for user in allowed | self.advisor | self.outsider | stranger:
            context = {"allowed_company_ids": user.company_ids.ids}
            for xmlid, records in self._get_forms():
                with self.subTest(user=user.name, form=xmlid):
                    reports = self.env["ir.actions.report"].with_user(user)
                    arguments = (f"{MODULE}.{xmlid}", records.ids)
                    if user in allowed:
                        reports._render_qweb_pdf(*arguments)
                        continue
                    for render in ("pdf", "html"):
                        with self.assertRaises(AccessError):
                            getattr(
                                reports.with_context(**context),
                                f"_render_qweb_{render}",
                            )(*arguments)
                        self.env.invalidate_all()

    def test_only_officers_are_offered_the_forms(self):
        officers = self.env.ref(f"{MODULE}.aftersales_followup_group_officer")
        for xmlid, records in self._get_forms():
            report = self.env.ref(f"{MODULE}.{xmlid}").sudo()
            self.assertEqual(report.group_ids, officers)
            self.assertEqual(report.binding_model_id.model, records._name)
