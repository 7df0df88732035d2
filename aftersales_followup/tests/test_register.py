import io
import re
import subprocess
from datetime import date, datetime, timedelta
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import BaseCase, Form, HttpCase, tagged
from odoo.tools import mute_logger

from ..reports import aftersales_register, register_layout
from ..reports.register_layout import Column
from .common import GROUP, NOW, TODAY, AftersalesCase, AftersalesData

WIZARD = "aftersales.register.print"
REPORT = "aftersales_followup.aftersales_register_print_report"
# Texts that Excel or a browser would take for more than text.
TRICKS = [
    '=HYPERLINK("http://evil.example.com","x")',
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "http://evil.example.com",
    "<r></r></is></c><c r='ZZ1'><f>1+1</f></c><c><is><r></r>",
    "<script>alert(1)</script>",
    "123456",
]


def read_pdf(pdf):
    """Return the texts of the pages of a PDF, as laid out."""
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    return text.split("\f")[:-1]


class TestRegisterLayout(BaseCase):
    """The rules of the pages, without any browser."""

    def _make_rows(self, *line_counts):
        columns = [Column("text", "Text", 1600)]
        words = "字" * 100
        return [
            register_layout.make_row([f"{words} " * count], columns)
            for count in line_counts
        ]

    def test_wide_characters_take_twice_the_room_of_others(self):
        self.assertEqual(len(register_layout.wrap("保养" * 10, 10)), 2)
        self.assertEqual(
            register_layout.wrap("a service " * 2, 10), ["a service a service"]
        )

    def test_no_line_is_wider_than_its_column(self):
        text = "客户反映空调不制冷，要求“尽快”检查；WWW.EXAMPLE.COM/MMMMMM, please! 好"
        for width in (4, 5.5, 9, 20):
            for line in register_layout.wrap(text * 3, width, max_lines=99):
                self.assertLessEqual(register_layout.text_width(line), width)

    def test_text_is_kept_whole_unless_it_is_clipped(self):
        text = "客户反映：空调不制冷，要求检查 and a new quotation for winter tyres。"
        for width in (4, 7, 30):
            lines = register_layout.wrap(text, width, max_lines=99)
            self.assertEqual("".join(lines).replace(" ", ""), text.replace(" ", ""))

    def test_words_stay_whole_where_they_fit(self):
        self.assertEqual(
            register_layout.wrap("the customer asks for an invoice", 8),
            ["the customer", "asks for an", "invoice"],
        )

    def test_closing_marks_never_begin_a_line(self):
        for width in range(3, 12):
            for line in register_layout.wrap("客户满意，很好。（真的）！" * 3, width):
                self.assertNotIn(line[0], "，。）！")

    def test_clipped_text_ends_with_an_ellipsis(self):
        lines = register_layout.wrap("字" * 100, 10, max_lines=3)
        self.assertEqual(lines, ["字" * 10, "字" * 10, "字" * 9 + "…"])

    def test_line_breaks_and_blanks_become_one_blank(self):
        self.assertEqual(register_layout.wrap(" a\n\n b\tc ", 10), ["a b c"])

    def test_nothing_typed_is_markup(self):
        columns = [Column("a", "A", 400), Column("b", "B", 39)]
        row = register_layout.make_row(["<b>\x1f&", "字\n字字"], columns)
        self.assertEqual(row.html, "<td>&lt;b&gt; &amp;</td><td>字<br/>字字</td>")

    def test_no_page_is_higher_than_the_sheet_and_no_row_is_lost(self):
        rows = self._make_rows(*[1, 2, 3, 4, 4, 1] * 60)
        pages = register_layout.paginate(rows)
        self.assertEqual([row for page in pages for row in page], rows)
        room = register_layout.SHEET_HEIGHT - register_layout.HEAD_HEIGHT
        for page in pages:
            self.assertLessEqual(sum(row.height for row in page), room)

    def test_the_last_page_has_room_for_the_signatures(self):
        room = register_layout.SHEET_HEIGHT - register_layout.HEAD_HEIGHT
        for count in range(1, 120):
            last = register_layout.paginate(self._make_rows(*[1] * count))[-1]
            self.assertTrue(last)
            height = sum(row.height for row in last) + register_layout.FOOT_HEIGHT
            self.assertLessEqual(height, room)

    def test_a_register_without_entries_has_one_page(self):
        self.assertEqual(register_layout.paginate([]), [[]])


class RegisterData(AftersalesData):
    """Registered calls and letters."""

    @classmethod
    def _new_registered_calls(cls, *vals_list):
        vals_list = vals_list or [{}]
        defaults = {"partner_id": cls.customer.id}
        calls = cls.env["aftersales.call"]
        for vals in vals_list:
            calls |= cls._new_call(**{**defaults, **vals}).with_env(cls.env)
        calls.action_register()
        return calls

    @classmethod
    def _new_company(cls):
        return cls.env(user=1)["res.company"].create({"name": "Other Motors"})

    @classmethod
    def _new_wizard(cls, user=None, **vals):
        user = user or cls.supervisor
        period = {"date_from": TODAY - timedelta(days=60), "date_to": TODAY}
        return cls.env[WIZARD].with_user(user).create({**period, **vals})

    def _get_rows(self, wizard):
        """Return the rows of a register, each as a dict by column."""
        register = wizard._get_register()
        keys = [column.key for column in register._get_columns()]
        rows = register._iter_rows(wizard._get_entry_domain(), wizard.company_id)
        return [dict(zip(keys, row, strict=True)) for row in rows]

    def _read_workbook(self, wizard):
        file = io.BytesIO()
        wizard._write_workbook(file)
        return openpyxl.load_workbook(file)


@tagged("post_install", "-at_install")
class TestRegister(RegisterData, AftersalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_customer("李四", phone="138 0013 8000")

    # which entries

    def test_only_registered_entries_are_in_the_register(self):
        call = self._new_registered_calls()
        self._new_call(partner_id=self.customer.id)
        wizard = self._new_wizard()
        self.assertEqual(
            [row["number"] for row in self._get_rows(wizard)], [call.number]
        )
        self.assertEqual(wizard.entry_count, 1)

    def test_the_period_counts_the_dealerships_own_days(self):
        evening = datetime(2026, 2, 27, 15, 59)  # 23:59 in Shanghai
        calls = self._new_registered_calls(
            {"date": evening}, {"date": evening + timedelta(minutes=1)}
        )
        for day, call in zip((27, 28), calls, strict=True):
            day = date(2026, 2, day)
            rows = self._get_rows(self._new_wizard(date_from=day, date_to=day))
            self.assertEqual([row["number"] for row in rows], [call.number])
            self.assertEqual(rows[0]["date"].date(), day)

    def test_officers_are_those_who_called_or_were_designated(self):
        mine, stand_in, other = self._new_registered_calls(
            {},
            {"user": self.other_officer},
            {
                "user": self.other_officer,
                "partner_id": self._new_customer(officer=self.other_officer).id,
            },
        )
        rows = self._get_rows(self._new_wizard(officer_ids=self.officer.ids))
        self.assertEqual(
            [row["number"] for row in rows], [mine.number, stand_in.number]
        )
        self.assertEqual(
            [(row["caller"], row["designated"]) for row in rows],
            [("Officer", None), ("Other Officer", "Officer")],
        )
        rows = self._get_rows(self._new_wizard(officer_ids=self.other_officer.ids))
        self.assertEqual(
            [row["number"] for row in rows], [stand_in.number, other.number]
        )

    def test_a_register_is_of_one_company(self):
        company = self._new_company()
        self.supervisor.sudo().company_ids += company
        self._new_registered_calls()
        both = self.env[WIZARD].with_context(
            allowed_company_ids=[self.company.id, company.id]
        )
        for own, count in ((self.company, 1), (company, 0)):
            wizard = both.create({"company_id": own.id})
            self.assertEqual(wizard.entry_count, count)
            self.assertEqual(len(self._get_rows(wizard)), count)

    def test_entries_come_by_number_across_batches(self):
        calls = self._new_registered_calls(*[{}] * 7)
        with patch.object(aftersales_register, "BATCH", 3):
            rows = self._get_rows(self._new_wizard())
        self.assertEqual([row["number"] for row in rows], calls.mapped("number"))

    def test_the_period_is_this_month_so_far_unless_chosen(self):
        wizard = self.env[WIZARD].create({})
        self.assertEqual(wizard.date_from, TODAY.replace(day=1))
        self.assertEqual(wizard.date_to, TODAY)

    def test_a_period_cannot_end_before_it_begins(self):
        with self.assertRaises(ValidationError):
            self._new_wizard(date_from=TODAY, date_to=TODAY - timedelta(days=1))

    def test_the_count_follows_what_is_chosen(self):
        self._new_registered_calls()
        with Form(self.env[WIZARD]) as wizard:
            self.assertEqual(wizard.entry_count, 1)
            wizard.officer_ids.add(self.other_officer)
            self.assertEqual(wizard.entry_count, 0)
            wizard.officer_ids.add(self.officer)
            self.assertEqual(wizard.entry_count, 1)
            wizard.register = "letter"
            self.assertEqual(wizard.entry_count, 0)

    def test_the_count_waits_for_a_whole_period(self):
        self.assertEqual(self.env[WIZARD].new({"date_from": False}).entry_count, 0)

    # what is in them

    def test_a_row_of_the_call_register(self):
        topics = self.env["aftersales.topic"].search([], limit=2)
        followup = self._new_followup(self.customer, topic_ids=topics.ids)
        vehicle = self._new_vehicle(self.customer)
        self._new_registered_calls(
            {
                "followup_id": followup.id,
                "vehicle_id": vehicle.id,
                "content": "很好",
                "satisfaction": 9,
            }
        )
        [row] = self._get_rows(self._new_wizard())
        self.assertEqual(
            row,
            {
                "number": "2026-000001",
                "date": NOW + timedelta(hours=8),
                "customer": "李四",
                "plate": "湘K12345",
                "phone": "138 0013 8000",
                "kind": "Outbound",
                "topics": ", ".join(topics.mapped("name")),
                "content": "很好",
                "outcome": self.reached.name,
                "satisfaction": 9,
                "caller": "Officer",
                "designated": None,
                "on_time": "Yes",
                "corrected": None,
            },
        )

    def test_visits_and_complaints_are_marked_in_the_register(self):
        self._new_registered_calls(
            {"mode": "in_person"},
            {"direction": "inbound", "inbound_kind": "complaint"},
        )
        kinds = [row["kind"] for row in self._get_rows(self._new_wizard())]
        self.assertEqual(kinds, ["In Person", "Inbound: Complaint"])

    def test_satisfaction_that_was_not_asked_stays_blank(self):
        self._new_registered_calls()
        [row] = self._get_rows(self._new_wizard())
        self.assertIsNone(row["satisfaction"])

    def test_only_the_call_that_completed_the_follow_up_shows_its_time(self):
        followup = self._new_followup(
            self.customer, date_earliest=TODAY, date_deadline=TODAY
        )
        self._new_registered_calls(
            {"followup_id": followup.id, "outcome_id": self.no_answer.id}
        )
        self.pass_days(3)
        self._new_registered_calls({"followup_id": followup.id, "date": datetime.now()})
        rows = self._get_rows(self._new_wizard(date_to=TODAY + timedelta(days=3)))
        self.assertEqual([row["on_time"] for row in rows], [None, "No"])

    def test_a_correction_is_marked(self):
        call = self._new_registered_calls()
        call.with_context(correction_reason="Misheard").content = "Corrected"
        [row] = self._get_rows(self._new_wizard())
        self.assertEqual((row["content"], row["corrected"]), ("Corrected", "Yes"))

    def test_a_row_of_the_letter_register_says_where_it_went(self):
        for send_by in ("post", "email", "sms"):
            self._new_letter(
                self.customer,
                send_by=send_by,
                email="li@example.com",
                date_due=TODAY - timedelta(days=1) if send_by == "sms" else TODAY,
            ).with_env(self.env).action_register()
        self.env["aftersales.letter"].search([], limit=1).action_return()
        rows = self._get_rows(self._new_wizard(register="letter"))
        self.assertEqual(
            [row["destination"] for row in rows],
            [self.customer._aftersales_address(), "li@example.com", "138 0013 8000"],
        )
        self.assertEqual([row["on_time"] for row in rows], ["Yes", "Yes", "No"])
        self.assertEqual([row["date_returned"] for row in rows], [None, None, TODAY])
        self.assertEqual({row["date_sent"] for row in rows}, {TODAY})

    # phone numbers

    def test_phones_are_masked_for_who_may_not_take_them_along(self):
        self._new_registered_calls(
            {"content": "His wife: 139 1234 5678"},
            {
                "partner_id": False,
                "direction": "inbound",
                "caller_name": "Mr Wu 13912345678",
                "phone": "0738-8312345",
            },
        )
        self._new_letter(self.customer, send_by="sms").with_env(
            self.env
        ).action_register()
        for user, phones in (
            (self.officer, ["138****8000", "073****2345"]),
            (self.supervisor, ["138 0013 8000", "0738-8312345"]),
        ):
            rows = self._get_rows(self._new_wizard(user))
            self.assertEqual([row["phone"] for row in rows], phones)
            shown = str(rows).replace(" ", "")
            self.assertEqual("13912345678" in shown, user == self.supervisor)
            [row] = self._get_rows(self._new_wizard(user, register="letter"))
            self.assertEqual(row["destination"], phones[0])

    def test_the_right_to_whole_numbers_can_be_given_to_an_officer(self):
        self.officer.sudo().group_ids += self.env.ref(f"{GROUP}phone")
        self._new_registered_calls()
        [row] = self._get_rows(self._new_wizard(self.officer))
        self.assertEqual(row["phone"], "138 0013 8000")

    # paper

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

    # workbook

    def test_a_workbook_has_typed_values_and_no_formula(self):
        self._new_registered_calls(*[{"content": text} for text in TRICKS])
        self._new_registered_calls({"satisfaction": 10})
        workbook = self._read_workbook(self._new_wizard())
        self.assertEqual(workbook.sheetnames, ["Call Register"])
        sheet = workbook.active
        heads = [cell.value for cell in sheet[1]]
        columns = self.env["aftersales.register.call"]._get_columns()
        self.assertEqual(heads, [column.label for column in columns])
        rows = list(sheet.iter_rows(min_row=2))
        self.assertEqual(len(rows), len(TRICKS) + 1)
        keys = [column.key for column in columns]
        for row, text in zip(rows, TRICKS, strict=False):
            cells = dict(zip(keys, row, strict=True))
            self.assertEqual(cells["content"].value, text)
            self.assertEqual(cells["date"].value, NOW + timedelta(hours=8))
            self.assertIsNone(cells["satisfaction"].value)
            for cell in row:
                self.assertNotEqual(cell.data_type, "f")
                self.assertIsNone(cell.hyperlink)
        self.assertEqual(rows[-1][keys.index("satisfaction")].value, 10)

    def test_characters_that_xml_does_not_know_leave_a_workbook_whole(self):
        self._new_registered_calls({"content": "a\x0b\ufffe & _x0041_ <b>"})
        sheet = self._read_workbook(self._new_wizard()).active
        self.assertIn(" & ", sheet["H2"].value)
        self.assertIn(" <b>", sheet["H2"].value)

    def test_a_workbook_is_ready_to_work_with(self):
        self._new_registered_calls({}, {})
        sheet = self._read_workbook(self._new_wizard()).active
        self.assertEqual(sheet.freeze_panes, "A2")
        self.assertEqual(sheet.auto_filter.ref, "A1:N3")
        self.assertGreater(sheet.column_dimensions["H"].width, 30)

    def test_a_workbook_without_entries_has_its_heads(self):
        sheet = self._read_workbook(self._new_wizard(register="letter")).active
        self.assertEqual((sheet.title, sheet.max_row), ("Letter Register", 1))

    def test_more_entries_than_excel_holds_are_refused(self):
        self._new_registered_calls({}, {})
        with (
            patch.object(aftersales_register, "SHEET_ROWS", 1),
            self.assertRaises(UserError),
        ):
            self._read_workbook(self._new_wizard())

    # rights

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_who_may_ask_for_a_register(self):
        self._new_registered_calls()
        stranger = self._new_user("stranger", "officer", self._new_company())
        for user, count in (
            (self.outsider, None),
            (self.advisor, None),
            (self.officer, 1),
            (self.supervisor, 1),
            (stranger, 0),
        ):
            with self.subTest(user=user.name):
                Wizard = (
                    self.env[WIZARD]
                    .with_user(user)
                    .with_context(allowed_company_ids=user.company_ids.ids)
                )
                if count is None:
                    with self.assertRaises(AccessError):
                        Wizard.create({})
                else:
                    self.assertEqual(Wizard.create({}).entry_count, count)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_gets_the_register_of_a_company_that_is_not_his(self):
        company = self._new_company()
        with self.assertRaises(AccessError):
            self._new_wizard(company_id=company.id).read(["entry_count"])

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_prints_what_somebody_else_asked_for(self):
        wizard = self._new_wizard(self.supervisor)
        report = self.env["ir.actions.report"].with_user(self.officer)
        with self.assertRaises(AccessError):
            report._render_qweb_pdf(REPORT, wizard.ids)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_rows_are_read_with_the_users_own_rights(self):
        self._new_registered_calls()
        wizard = self._new_wizard()
        rows = (
            self.env["aftersales.register.call"]
            .with_user(self.outsider)
            ._iter_rows(wizard._get_entry_domain(), self.company)
        )
        with self.assertRaises(AccessError):
            next(rows)
        rows = (
            self.env["aftersales.register.call"]
            .with_user(self.advisor)
            ._iter_rows(wizard._get_entry_domain(), self.company)
        )
        self.assertEqual(list(rows), [])  # the call is about no visit of his


@tagged("post_install", "-at_install")
class TestRegisterDownload(RegisterData, HttpCase):
    """The route of the workbooks, at the server's own date."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_customer("李四")
        cls.users = (
            cls.officer
            | cls.other_officer
            | cls.supervisor
            | cls.advisor
            | cls.outsider
        )
        for user in cls.users.sudo():
            user.password = user.login

    def _get(self, user, wizard):
        self.authenticate(user and user.login, user and user.login)
        return self.url_open(wizard.action_export_xlsx()["url"], allow_redirects=False)

    def test_the_workbook_comes_as_a_file(self):
        call = self._new_registered_calls()
        wizard = self.env[WIZARD].create(
            {"officer_ids": [Command.link(self.officer.id)]}
        )
        response = self._get(self.supervisor, wizard)
        self.assertEqual(response.status_code, 200)
        self.assertIn("Call%20Register", response.headers["Content-Disposition"])
        self.assertEqual(len(response.content), int(response.headers["Content-Length"]))
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        self.assertEqual(sheet["A2"].value, call.number)
        self.assertIsInstance(sheet["B2"].value, datetime)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_model")
    def test_only_who_asked_for_it_gets_the_workbook(self):
        wizard = self.env[WIZARD].with_user(self.officer).create({})
        for user, status in (
            (self.officer, 200),
            (self.other_officer, 404),
            (self.supervisor, 404),
            (self.advisor, 403),
            (self.outsider, 403),
            (None, 303),  # to log in
        ):
            with self.subTest(user=user and user.name):
                self.assertEqual(self._get(user, wizard).status_code, status)
