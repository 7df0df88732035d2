import io
import re
from datetime import date, datetime, timedelta

import openpyxl

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from .common import GROUP, NOW, TODAY, AftersalesCase, AftersalesData
from .register_common import REPORT, WIZARD, read_pdf

MARCH = date(2026, 3, 1)


class ContactFormData(AftersalesData):
    """Contacts of March 2026, planned by hand."""

    def _new_contact(self, name, earliest, deadline, officer=None, **vals):
        """A contact of a new customer, from and until a day of March."""
        officer = officer or self.officer
        return self._new_followup(
            self._new_customer(name, officer=officer, **vals),
            user_id=officer.id,
            date_earliest=MARCH + timedelta(days=earliest - 1),
            date_deadline=MARCH + timedelta(days=deadline - 1),
        )

    def _new_form(self, register, user=None, officers=None, **vals):
        dialog = self.env[WIZARD].with_user(user or self.supervisor)
        officers = officers or self.env["res.users"]
        return dialog.create(
            {
                "register": register,
                "month": MARCH,
                "officer_ids": [Command.set(officers.ids)],
                **vals,
            }
        )

    def _get_parts(self, form):
        """Return {officer: rows, each as a dict by column}."""
        register = form._get_register()
        keys = [column.key for column in register._get_own_columns()]
        return {
            name: [dict(zip(keys, row, strict=True)) for row in rows]
            for name, _count, rows in register._get_rows_by_officer(*form._get_asked())
        }

    def _register_call(self, followup, outcome="reached"):
        call = self._new_call(
            followup, followup.acting_user_id, outcome_id=self._get_outcome(outcome).id
        )
        call.action_register()

    def _print(self, form):
        report = form.env["ir.actions.report"].with_context(force_report_rendering=True)
        return read_pdf(report._render_qweb_pdf(REPORT, form.ids)[0])

    def _read_workbook(self, form):
        file = io.BytesIO()
        form._write_workbook(file)
        return openpyxl.load_workbook(file).active


@tagged("post_install", "-at_install")
class TestContactPlan(ContactFormData, AftersalesCase):
    """Whom to contact this month, by day, and why (月访客户计划表)."""

    def _get_plan(self, form):
        return [
            (row["customer"], row["day"].day, row["deadline"], row["done"])
            for row in self._get_parts(form)["Officer"]
        ]

    def test_the_plan_has_what_is_due_in_the_month_and_what_was_left_over(self):
        self.set_now(datetime(2026, 2, 10, 2, 0))
        done_before = self._new_contact("Done Before", -20, -17)
        self._register_call(done_before)
        left_over = self._new_contact("Left Over", -15, -8)
        late = self._new_contact("Late", -10, -2)
        self._new_contact("March", 5, 9)
        self._new_contact("Begun Before", -3, 3)
        self._new_contact("April", 30, 33)
        called_off = self._new_contact("Called Off", 10, 12)
        called_off._cancel("Sold the car")
        self.set_now(NOW)
        self._register_call(late)
        self.assertEqual(
            self._get_plan(self._new_form("plan")),
            [
                ("Left Over", 1, left_over.date_deadline, None),
                ("Late", 1, late.date_deadline, TODAY),
                ("Begun Before", 1, date(2026, 3, 3), None),
                ("March", 5, date(2026, 3, 9), None),
            ],
        )

    def test_what_is_not_due_yet_is_not_left_over_for_the_next_month(self):
        self.set_now(datetime(2026, 2, 24, 2, 0))
        self._new_contact("Overdue", -10, -5)
        self._new_contact("Due in February", -10, 0)
        self.assertEqual(
            [row[0] for row in self._get_plan(self._new_form("plan"))], ["Overdue"]
        )
        self.set_now(datetime(2026, 3, 1, 2, 0))
        self.assertEqual(
            [row[0] for row in self._get_plan(self._new_form("plan"))],
            ["Overdue", "Due in February"],
        )

    def test_of_a_day_the_best_customers_come_first(self):
        levels = [
            self.env.ref(f"aftersales_followup.segment_{code}")
            for code in ("level_2", "vip", "level_1")
        ]
        for level in levels:
            self._new_contact(level.name, 5, 9, aftersales_segment_id=level.id)
        self._new_contact("New", 5, 9)
        self._new_contact("Earlier", 4, 20)
        rows = self._get_parts(self._new_form("plan"))["Officer"]
        self.assertEqual(
            [(row["customer"], row["level"]) for row in rows],
            [
                ("Earlier", None),
                ("VIP", "VIP"),
                ("Level 1", "Level 1"),
                ("Level 2", "Level 2"),
                ("New", None),
            ],
        )

    def test_a_row_says_why_and_how_to_reach_the_customer(self):
        followup = self._new_contact("Zhao Liu", 5, 9)
        topic = self.env["aftersales.topic"].search([], limit=1)
        followup.vehicle_id = self._new_vehicle(followup.partner_id)
        followup.sudo().rule_id = self.rule_maintenance
        followup.topic_ids = topic
        followup.acting_user_id = self.other_officer
        parts = self._get_parts(self._new_form("plan"))
        [row] = parts["Other Officer"]
        self.assertEqual(
            (row["occasion"], row["channel"], row["phone"], row["plate"], row["car"]),
            (
                self.rule_maintenance.name,
                "Call",
                "138 0013 8000",
                "湘K12345",
                self.model.display_name,
            ),
        )
        self.assertEqual(row["topics"], topic.name)
        self.assertEqual(row["designated"], "Officer")

    def test_numbers_are_masked_for_those_who_may_not_take_them_out(self):
        self._new_contact("Zhao 13900001111", 5, 9)
        phone = self.env.ref(f"{GROUP}phone").sudo()
        for user, number, name in (
            (self.supervisor, "138 0013 8000", "Zhao 13900001111"),
            (self.officer, "138****8000", "Zhao 139****1111"),
        ):
            user.sudo().group_ids -= phone
            if number[3] == " ":
                user.sudo().group_ids += phone
            [row] = self._get_parts(self._new_form("plan", user))["Officer"]
            self.assertEqual((row["phone"], row["customer"]), (number, name))

    # what is bound to come

    def _new_insured(self, name, expiry, **vals):
        customer = self._new_customer(name)
        plate = f"湘K{expiry.month:02}{expiry.day:02}{len(name)}"
        self._new_vehicle(customer, plate, aftersales_insurance_date=expiry, **vals)
        return customer

    def test_what_dates_of_cars_will_bring_is_in_the_plan_already(self):
        # Thirty to ten days ahead: due from 11 to 31 March, and a day later.
        self._new_insured("March", date(2026, 4, 10))
        self._new_insured("April", date(2026, 4, 11))
        refused = self._new_insured("Refused", date(2026, 4, 9))
        self._new_optout(refused)
        form = self._new_form("plan")
        [row] = self._get_parts(form)["Officer"]
        rule = self.env.ref("aftersales_followup.rule_insurance")
        self.assertEqual(
            (row["customer"], row["day"], row["deadline"], row["occasion"]),
            ("March", date(2026, 3, 11), date(2026, 3, 31), rule.name),
        )
        self.assertEqual(form.entry_count, 1)
        self.assertFalse(self.env["aftersales.followup"].search([]))
        # Once it is planned it is the same contact, and there once.
        self.set_now(datetime(2026, 3, 12, 2, 0))
        self._run_planning()
        self.assertEqual(len(self.env["aftersales.followup"].search([])), 2)
        [row] = self._get_parts(self._new_form("plan"))["Officer"]
        self.assertEqual((row["customer"], row["day"]), ("March", date(2026, 3, 11)))

    def test_a_month_that_is_over_foresees_nothing(self):
        self._new_insured("March", date(2026, 4, 10))
        self.set_now(datetime(2026, 4, 1, 2, 0))
        self.assertFalse(self._get_parts(self._new_form("plan")))

    def test_only_the_officers_who_were_asked_for_are_in_it(self):
        self._new_contact("Mine", 5, 9)
        self._new_contact("Yours", 5, 9, self.other_officer)
        self._new_insured("Foreseen", date(2026, 4, 10))
        parts = self._get_parts(self._new_form("plan", officers=self.other_officer))
        self.assertEqual(list(parts), ["Other Officer"])
        self.assertEqual([row["customer"] for row in parts["Other Officer"]], ["Yours"])
        parts = self._get_parts(self._new_form("plan"))
        self.assertEqual(list(parts), ["Officer", "Other Officer"])

    def test_queries_do_not_grow_with_the_contacts(self):
        def count():
            form = self._new_form("plan")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get_parts(form)
            return self.env.cr.sql_log_count - before

        for n in range(4):
            self._new_contact(f"Customer {n}", 5, 9)
            self._new_insured("x" * n, date(2026, 4, 10 - n))
        count()
        few = count()
        for n in range(4, 9):
            self._new_contact(f"Customer {n}", 5, 9)
            self._new_insured("x" * n, date(2026, 4, 10 - n))
        self.assertEqual(count(), few)

    # on paper and as a workbook

    def test_each_officer_has_pages_of_his_own(self):
        for n in range(60):
            self._new_contact(f"Customer {n:02}", 5 + n % 9, 20)
        self._new_contact("Yours", 5, 9, self.other_officer)
        pages = self._print(self._new_form("plan"))
        # A sheet has room for 34 rows of one line.
        self.assertEqual(len(pages), 3)
        customers = []
        for index, page in enumerate(pages[:2], start=1):
            for text in (
                "Monthly Contact Plan",
                "Yusen Motors",
                "Period: 2026-03-01 to 2026-03-31",
                "Officers: Officer",
                "Entries: 60",
                "Contact from",
                f"Page {index} of 2",
            ):
                self.assertIn(text, page)
            self.assertEqual("Prepared by" in page, index == 2)
            customers += re.findall(r"Customer \d\d", page)
        self.assertEqual(len(set(customers)), 60)
        for text in ("Officers: Other Officer", "Yours", "Page 1 of 1", "Prepared by"):
            self.assertIn(text, pages[2])

    def test_a_plan_without_contacts_says_so_on_one_page(self):
        [page] = self._print(self._new_form("plan", officers=self.officer))
        self.assertIn("No entries in this period.", page)
        self.assertIn("Officers: Officer", page)

    def test_the_workbook_names_the_officer_in_each_row(self):
        self._new_contact('=HYPERLINK("http://evil.example.com")', 5, 9)
        self._new_contact("Yours", 6, 9, self.other_officer)
        sheet = self._read_workbook(self._new_form("plan"))
        self.assertEqual(sheet.title, "Monthly Contact Plan")
        rows = list(sheet.iter_rows(min_row=2))
        self.assertEqual([row[0].value for row in rows], ["Officer", "Other Officer"])
        self.assertEqual(rows[0][1].value, datetime(2026, 3, 5))
        self.assertEqual(rows[0][5].value, '=HYPERLINK("http://evil.example.com")')
        self.assertFalse(
            [cell for row in rows for cell in row if cell.data_type == "f"]
        )

    def test_the_dialog_asks_for_a_month(self):
        dialog = self.env[WIZARD].with_context(default_register="plan")
        with Form(dialog) as form:
            self.assertEqual(form.month, MARCH)
            self.assertEqual(form.date_to, date(2026, 3, 31))
            form.month = date(2026, 2, 14)
            self.assertEqual(form.date_from, date(2026, 2, 1))
            self.assertEqual(form.date_to, date(2026, 2, 28))
        self.assertIn("Monthly Contact Plan 2026-02-01", form.save()._get_file_name())

    def test_months_to_come_and_months_past_can_be_asked_for(self):
        for month, last in ((date(2026, 4, 1), 30), (date(2025, 12, 9), 31)):
            form = self._new_form("plan", month=month)
            self.assertEqual(form.date_from, month.replace(day=1))
            self.assertEqual(form.date_to, month.replace(day=last))


@tagged("post_install", "-at_install")
class TestContactStatistics(ContactFormData, AftersalesCase):
    """What became of what was due (月访客户统计表)."""

    def setUp(self):
        super().setUp()
        on_time = self._new_contact("On Time", 2, 5)
        late = self._new_contact("Late", 2, 6)
        tried = self._new_contact("Tried", 2, 10)
        self._new_contact("Forgotten", 2, 10)
        self._new_contact("Open", 2, 25)
        early = self._new_contact("Early", 12, 15)
        called_off = self._new_contact("Called Off", 2, 7)
        other = self._new_contact("Yours", 2, 5, self.other_officer)
        self._new_contact("April", 2, 32)
        self.set_now(datetime(2026, 3, 4, 2, 0))
        self._register_call(on_time)
        self._register_call(early)
        self._register_call(other)
        self._register_call(tried, "no_answer")
        called_off._cancel("Sold the car")
        self.set_now(datetime(2026, 3, 8, 2, 0))
        self._register_call(late)
        # The thirty days after the call of 4 March.
        self._come(on_time, datetime(2026, 3, 9, 2, 0))
        self._come(other, datetime(2026, 3, 3, 2, 0))
        self.set_now(datetime(2026, 3, 20, 2, 0))

    def _come(self, followup, moment):
        now = datetime.now()
        self.set_now(max(moment, now))
        self._new_visit(followup.partner_id, date_arrival=moment)

    def _get_numbers(self, row):
        names = ("due", "on_time", "early", "late", "missed", "rate")
        more = ("not_reached", "came", "open")
        return tuple(row[name] for name in names + more)

    def test_each_contact_counts_once_and_the_parts_add_up(self):
        parts = self._get_parts(self._new_form("statistics"))
        self.assertEqual(list(parts), ["All Officers", "Officer", "Other Officer"])
        by = {(row["by"], row["what"]): row for row in parts["Officer"]}
        self.assertEqual(
            {key: self._get_numbers(row) for key, row in by.items()},
            {
                ("Occasion", "Call"): (5, 1, 1, 1, 2, 20.0, 1, 1, 1),
                ("Day", "2026-03-05"): (1, 1, 0, 0, 0, 100.0, 0, 1, 0),
                ("Day", "2026-03-06"): (1, 0, 0, 1, 0, 0.0, 0, 0, 0),
                ("Day", "2026-03-10"): (2, 0, 0, 0, 2, 0.0, 1, 0, 0),
                ("Day", "2026-03-15"): (1, 0, 1, 0, 0, 0.0, 0, 0, 0),
                ("Day", "2026-03-25"): (0, 0, 0, 0, 0, None, 0, 0, 1),
                ("Total", None): (5, 1, 1, 1, 2, 20.0, 1, 1, 1),
            },
        )
        # A visit before the call is none that it brought.
        total = parts["Other Officer"][-1]
        self.assertEqual(self._get_numbers(total), (1, 1, 0, 0, 0, 100.0, 0, 0, 0))
        everybody = {(row["by"], row["what"]): row for row in parts["All Officers"]}
        self.assertEqual(
            self._get_numbers(everybody["Total", None]),
            (6, 2, 1, 1, 2, 33.3, 1, 1, 1),
        )
        self.assertEqual(everybody["Officer", "Other Officer"]["due"], 1)

    def test_each_occasion_has_its_row(self):
        followup = self._new_contact("By Rule", 2, 21)
        followup.sudo().rule_id = self.rule_maintenance
        rows = self._get_parts(self._new_form("statistics"))["Officer"]
        occasions = [row["what"] for row in rows if row["by"] == "Occasion"]
        self.assertEqual(occasions, sorted(["Call", self.rule_maintenance.name]))

    def test_officers_see_their_own_and_a_supervisor_all(self):
        parts = self._get_parts(self._new_form("statistics", self.officer))
        self.assertEqual(list(parts), ["Officer"])
        with self.assertRaisesRegex(AccessError, "Only a supervisor"):
            self._new_form(
                "statistics", self.officer, self.other_officer
            )._prepare_sheets()

    def test_another_dealership_counts_nothing_here(self):
        branch = self.env(user=1)["res.company"].create({"name": "B"})
        stranger = self._new_user("stranger", "supervisor", branch)
        form = self.env[WIZARD].with_env(self.env(user=stranger, context={}))
        form = form.create({"register": "statistics", "month": MARCH})
        self.assertFalse(self._get_parts(form))
        form.sudo().company_id = self.company
        for step in (form._prepare_sheets, form._count_entries):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                step()

    def test_it_prints_with_totals_and_signature(self):
        pages = self._print(self._new_form("statistics"))
        self.assertEqual(len(pages), 3)
        for page in pages:
            for text in ("Monthly Contact Statistics", "Total", "Prepared by"):
                self.assertIn(text, page)
        self.assertIn("Entries: 6", pages[0])
        self.assertIn("Officers: All Officers", pages[0])

    def test_the_workbook_has_typed_numbers(self):
        sheet = self._read_workbook(self._new_form("statistics", officers=self.officer))
        last = [cell.value for cell in list(sheet.iter_rows())[-1]]
        self.assertEqual(last, ["Officer", "Total", None, 5, 1, 1, 1, 2, 20.0, 1, 1, 1])

    def test_one_statement_counts_however_many_contacts_there_are(self):
        form = self._new_form("statistics")

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._get_parts(form)
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        for n in range(20):
            self._new_contact(f"Customer {n}", 2, 5 + n)
        self.assertEqual(count(), few)


@tagged("post_install", "-at_install")
class TestContactDownload(ContactFormData, HttpCase):
    def test_statistics_go_to_whoever_asked_and_may_see_them(self):
        mine = self._new_form("statistics", self.officer)
        theirs = self._new_form("statistics", self.officer, self.other_officer)
        for user, form, status in (
            (self.officer, mine, 200),
            (self.other_officer, mine, 404),
            (self.officer, theirs, 403),
        ):
            self.authenticate(user.login, user.login)
            with mute_logger("odoo.http"):
                url = f"/aftersales_followup/register/{form.id}.xlsx"
                self.assertEqual(self.url_open(url).status_code, status)
