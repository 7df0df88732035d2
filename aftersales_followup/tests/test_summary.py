import io
from datetime import date, datetime
from unittest.mock import patch

from psycopg2 import IntegrityError
from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import AftersalesCase

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)
SENTENCE = "<p>We reached what we wanted.</p>"


def at(month, day, hour=10):
    """Return the naive UTC moment of an hour in Shanghai, in 2026."""
    return datetime(2026, month, day, hour - 8)


class SummaryCase(AftersalesCase):
    """A dealership that sold work for 300 in January and for 700 in February 2026.

    Its target of revenue for 2026 is 12 000, or 1 000 a month; the running day is
    Monday, 2 March. There was one complaint in February about waiting.
    """

    def setUp(self):
        super().setUp()
        self.customer = self._new_customer()
        for month, day, amount in ((1, 12, 300), (2, 9, 500), (2, 10, 200)):
            self.set_now(at(month, day))
            self._sell(amount)
        self.waiting = self.env["aftersales.case.cause"].create({"name": "Waiting"})
        self.case = self._new_case(self.customer)
        self.case.with_user(self.supervisor).cause_id = self.waiting
        self.set_now(at(3, 2))
        self.revenue = self.env.ref("aftersales_followup.kpi_revenue")
        self.env["aftersales.kpi.target"].create(
            {"kpi_id": self.revenue.id, "year": 2026, "target": 12000}
        )

    def _sell(self, amount):
        line = {"name": "Work", "trade": "maintenance", "amount": amount}
        visit = self._new_visit(self.customer, line_ids=[Command.create(line)])
        visit.action_deliver()
        return visit

    def _new_summary(self, **vals):
        return self.env["aftersales.summary"].create({"date_from": FEBRUARY, **vals})

    def _line(self, summary, code):
        return summary.line_ids.filtered(lambda line: line.kpi_id.code == code)

    def _write_words(self, summary):
        summary.write(dict.fromkeys(("results", "problems", "next_plan"), SENTENCE))

    def _file(self, summary):
        self._write_words(summary)
        summary.action_submit()
        summary.action_file()


class TestSummaryFigures(SummaryCase):
    def test_figures_stand_beside_those_before_a_year_ago_and_the_target(self):
        line = self._line(self._new_summary(), "revenue")
        self.assertEqual(
            (line.value, line.before, line.has_year_ago, line.target),
            (700, 300, False, 1000),
        )
        self.assertEqual(line.result, "missed")
        self.assertEqual((line.value_text, line.before_text), ("700", "300"))

    def test_what_has_no_figure_is_left_empty_and_no_zero(self):
        line = self._line(self._new_summary(), "csi")
        self.assertFalse(line.has_value)
        self.assertEqual(line.value_text, "")

    def test_half_year_and_year_add_their_months_up(self):
        for period, first in (
            ("half_year", date(2026, 1, 1)),
            ("year", date(2026, 1, 1)),
        ):
            with self.subTest(period=period):
                self.env["aftersales.kpi.value"]._compute_month(
                    self.company, date(2026, 1, 1)
                )
                self.env["aftersales.kpi.value"]._compute_month(self.company, FEBRUARY)
                summary = self._new_summary(period=period, date_from=FEBRUARY)
                line = self._line(summary, "revenue")
                self.assertEqual(summary.date_from, first)
                self.assertEqual(line.value, 1000)
                self.assertEqual(line.months[:3], [300, 700, None])

    def test_causes_of_complaints_are_counted_beside_those_before(self):
        summary = self._new_summary()
        self.assertEqual(
            summary.cause_ids.mapped(lambda one: (one.name, one.count, one.before)),
            [("Waiting", 1, 0)],
        )
        action = summary.cause_ids.action_open_cases()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self.case)

    def test_a_missed_target_proposes_the_first_sentences(self):
        summary = self._new_summary()
        self.assertIn("Revenue: 700, target 1,000, 300 too little", summary.problems)
        self.assertIn("Revenue, target 1,000. What is done", summary.next_plan)
        self.assertIn(
            "Most complaints were about: Waiting (1, before 0)", summary.problems
        )

    def test_each_figure_opens_the_records_it_counts(self):
        line = self._line(self._new_summary(), "intake")
        action = line.action_open_records()
        self.assertEqual(
            self.env[action["res_model"]].search_count(action["domain"]), line.value
        )
        self.assertEqual(line.value, 2)

    def test_counting_anew_takes_in_what_changed_and_keeps_the_words(self):
        summary = self._new_summary()
        summary.results = SENTENCE
        self.set_now(at(2, 20))
        self._sell(900)
        self.set_now(at(3, 2))
        summary.action_count()
        self.assertEqual(self._line(summary, "revenue").value, 1600)
        self.assertEqual(summary.results, SENTENCE)

    def test_any_day_names_the_period_it_lies_in(self):
        form = Form(self.env["aftersales.summary"])
        self.assertEqual(form.date_from, FEBRUARY)
        form.date_from = date(2026, 1, 17)
        summary = form.save()
        self.assertEqual(
            (summary.date_from, summary.date_to), (date(2026, 1, 1), date(2026, 1, 31))
        )

    def test_a_period_has_one_summary_and_has_begun(self):
        self._new_summary()
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._new_summary()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._new_summary(date_from=date(2026, 4, 1))


class TestSummarySteps(SummaryCase):
    def test_a_month_that_runs_is_not_submitted(self):
        summary = self._new_summary(date_from=MARCH)
        self._write_words(summary)
        with self.assertRaises(UserError):
            summary.action_submit()

    def test_what_is_not_written_is_named_in_one_message(self):
        summary = self._new_summary()
        summary.write({"results": False, "problems": "<p><br></p>"})
        with self.assertRaisesRegex(UserError, "Results, Problems and Causes"):
            summary.action_submit()

    def test_filing_needs_a_submitted_summary(self):
        summary = self._new_summary()
        with self.assertRaises(UserError):
            summary.action_file()
        self._write_words(summary)
        summary.action_submit()
        summary.action_withdraw()
        self.assertEqual(summary.state, "draft")

    def test_a_filed_month_does_not_move_when_records_are_corrected(self):
        summary = self._new_summary()
        self._file(summary)
        self.set_now(at(3, 3))
        visit = self.env["aftersales.visit"].search([("amount_total", "=", 500)])
        visit.sudo().line_ids.amount = 450
        self.env["aftersales.kpi.value"]._compute_open(self.company, FEBRUARY)
        line = self._line(summary, "revenue")
        self.assertEqual(line.value, 700)
        figure = self.revenue._get_figure(FEBRUARY, date(2026, 2, 28), self.company)
        self.assertEqual(figure[0], 700)
        # It says what it would be now, and which records made the difference.
        self.assertEqual((line.now_text, line.is_changed), ("650", True))
        action = line.action_open_changes()
        changed = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(changed, visit.line_ids)
        intake = self._line(summary, "intake")
        self.assertEqual((intake.now_text, intake.is_changed), ("2", False))

    def test_a_visit_reopened_after_filing_is_among_the_changes(self):
        summary = self._new_summary()
        self._file(summary)
        self.set_now(at(3, 3))
        visit = self.env["aftersales.visit"].search([("amount_total", "=", 500)])
        visit.action_reopen()
        line = self._line(summary, "revenue")
        self.assertEqual((line.now_text, line.is_changed), ("200", True))
        action = line.action_open_changes()
        changed = self.env[action["res_model"]].search(action["domain"])
        self.assertIn(visit.line_ids, changed)

    def test_a_filed_summary_opens_though_one_of_its_figures_was_put_away(self):
        summary = self._new_summary()
        self._file(summary)
        self._line(summary, "intake").kpi_id.sudo().active = False
        line = self._line(summary, "intake")
        self.assertEqual((line.now_text, line.is_changed), ("2", False))

    def test_what_changed_opens_for_each_figure(self):
        summary = self._new_summary()
        self._file(summary)
        for line in summary.line_ids:
            with self.subTest(kpi=line.kpi_id.code):
                action = line.action_open_changes()
                self.env[action["res_model"]].search_count(action["domain"])

    def test_the_filed_document_is_attached(self):
        summary = self._new_summary()
        self._file(summary)
        self.assertEqual(summary.attachment_id.mimetype, "application/pdf")
        self.assertEqual(summary.attachment_id.res_id, summary.id)
        self.assertEqual(summary.filed_by_id, self.supervisor)
        self.assertEqual(summary.action_print()["type"], "ir.actions.act_url")

    def test_a_filed_summary_is_read_and_not_written(self):
        summary = self._new_summary()
        self._file(summary)
        with self.assertRaises(UserError):
            summary.results = "<p>It was better</p>"
        with self.assertRaises(UserError):
            summary.action_count()
        with self.assertRaises(UserError):
            summary.unlink()

    def test_only_an_administrator_reopens_and_says_why(self):
        summary = self._new_summary()
        self._file(summary)
        document = summary.attachment_id
        reopen = self.env["aftersales.summary.reopen"]
        vals = {"summary_id": summary.id, "reason": "The last invoices were missing"}
        with self.assertRaises(AccessError):
            reopen.create(vals)
        admin = self.env.ref("base.user_admin").sudo()
        admin.company_ids = [Command.link(self.company.id)]
        dialog = reopen.with_user(admin).create(vals)
        dialog.action_reopen()
        self.assertEqual(summary.state, "draft")
        self.assertEqual(
            (summary.correction_ids.reason, summary.correction_ids.user_id),
            ("The last invoices were missing", admin),
        )
        self.assertTrue(document.exists())
        # The month is counted again.
        self.set_now(at(2, 20))
        self._sell(900)
        self.set_now(at(3, 3))
        figure = self.revenue._get_figure(FEBRUARY, date(2026, 2, 28), self.company)
        self.assertEqual(figure[0], 1600)

    def test_a_month_stays_filed_while_its_year_is(self):
        self.set_now(datetime(2027, 1, 5, 2))
        year = self._new_summary(period="year")
        month = self._new_summary()
        self._file(year)
        self._file(month)
        month.sudo()._reopen("Once more")
        values = self.env["aftersales.kpi.value"].search(
            [("date", "=", FEBRUARY), ("company_id", "=", self.company.id)]
        )
        self.assertTrue(values)
        self.assertTrue(all(values.mapped("is_frozen")))


class TestSummaryCron(SummaryCase):
    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "aftersales_followup.ir_cron_draft_summary"
            ).sudo().method_direct_trigger()
        return self.env["aftersales.summary"].search(
            [("company_id", "=", self.company.id)]
        )

    def test_the_last_month_and_what_ended_is_drafted_once(self):
        drafted = self._run()
        # The year 2025 and its half have no records of this dealership.
        self.assertEqual(
            drafted.mapped(lambda one: (one.period, one.date_from)),
            [("month", FEBRUARY)],
        )
        self.assertEqual(drafted.user_id, self.supervisor)
        self.assertEqual(drafted.activity_ids.user_id, self.supervisor)
        self.assertEqual(drafted.activity_ids.date_deadline, date(2026, 3, 10))
        self.assertEqual(self._run(), drafted)

    def test_days_without_the_scheduler_lose_no_month(self):
        self.set_now(at(3, 29))
        self.assertEqual(self._run().date_from, FEBRUARY)

    def test_in_the_new_year_half_year_and_year_are_drafted(self):
        self.set_now(datetime(2027, 1, 3, 2))
        self.assertEqual(
            set(self._run().mapped("period")), {"month", "half_year", "year"}
        )

    def test_drafts_speak_the_language_of_the_supervisor(self):
        self.env["res.lang"].sudo()._activate_lang("zh_CN")
        self.supervisor.sudo().lang = "zh_CN"
        summary = self._run().with_context(lang="zh_CN")
        self.assertEqual(summary.activity_ids.user_id.lang, "zh_CN")
        self.assertNotIn("too little", summary.problems)

    def test_not_filed_by_the_tenth_is_written_once(self):
        summary = self._run()
        mails = self.env["mail.mail"].sudo()
        domain = [("model", "=", summary._name), ("res_id", "=", summary.id)]
        self.set_now(at(3, 10))
        self._run()
        self.assertFalse(mails.search(domain))
        self.set_now(at(3, 11))
        self._run()
        self.assertEqual(mails.search(domain).recipient_ids, self.supervisor.partner_id)
        self.set_now(at(3, 12))
        self._run()
        self.assertEqual(len(mails.search(domain)), 1)

    def test_a_filed_summary_reminds_nobody(self):
        summary = self._run()
        self._file(summary)
        self.assertFalse(summary.activity_ids)
        self.set_now(at(3, 11))
        self._run()
        self.assertFalse(summary.date_reminded)

    def test_a_company_that_fails_stops_no_other(self):
        other = self.env["res.company"].sudo().create({"name": "Branch"})
        drafts = type(self.env["aftersales.summary"])
        draft_due = drafts._draft_due

        def fail(records, company):
            if company == other:
                raise ValueError("broken")
            return draft_due(records, company)

        with (
            patch.object(drafts, "_draft_due", fail),
            self.assertLogs("odoo.addons.aftersales_followup.models.scheduler"),
        ):
            self.assertTrue(self._run())


class TestSummaryPaper(SummaryCase):
    def _print(self, summary):
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.supervisor)
            .with_context(force_report_rendering=True)
            ._render_qweb_pdf(
                "aftersales_followup.aftersales_summary_report", summary.ids
            )
        )
        return PdfReader(io.BytesIO(content)).pages

    def test_a_month_takes_two_pages_with_figures_words_and_signatures(self):
        summary = self._new_summary()
        self._write_words(summary)
        pages = [page.extract_text() for page in self._print(summary)]
        self.assertEqual(len(pages), 2)
        self.assertIn("Revenue", pages[0])
        self.assertIn("We reached what we wanted.", pages[1])
        self.assertIn("Manager:", pages[1])

    def test_a_year_adds_its_months_in_landscape(self):
        summary = self._new_summary(period="year")
        sizes = [
            float(page.mediabox.width) > float(page.mediabox.height)
            for page in self._print(summary)
        ]
        self.assertEqual(sizes[:2], [False, False])
        self.assertTrue(all(sizes[2:]) and sizes[2:])

    def test_summaries_are_a_supervisors_to_print(self):
        summary = self._new_summary()
        with self.assertRaises(AccessError):
            self.env["ir.actions.report"].with_user(self.officer)._render_qweb_html(
                "aftersales_followup.report_summary", summary.ids
            )


class TestSummaryRights(SummaryCase):
    def test_another_companys_summaries_are_not_seen(self):
        summary = self._new_summary()
        other = self.env["res.company"].sudo().create({"name": "Branch"})
        stranger = self._new_user("stranger", "supervisor", company=other)
        self.assertFalse(
            self.env["aftersales.summary"]
            .with_user(stranger)
            .with_context(allowed_company_ids=other.ids)
            .search([("id", "=", summary.id)])
        )
        with self.assertRaises(AccessError):
            summary.with_user(stranger).with_context(
                allowed_company_ids=other.ids
            ).action_submit()

    def test_results_and_state_are_nobodys_to_write(self):
        summary = self._new_summary()
        for vals in (
            {"state": "filed"},
            {"date_filed": at(3, 1)},
            {"filed_by_id": self.officer.id},
            {"date_from": date(2026, 1, 1)},
            {"attachment_id": False},
            {"line_ids": [Command.clear()]},
            {"met_count": 5},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                summary.write(vals)
        for name in ("value", "target", "result"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                summary.line_ids[0].write({name: False})

    def test_officers_and_others_see_no_summary(self):
        summary = self._new_summary()
        for user in (self.officer, self.advisor, self.outsider):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                summary.with_user(user).read(["results"])
