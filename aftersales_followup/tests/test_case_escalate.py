from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.fields import Command
from odoo.tools import mute_logger

from .case_common import CaseCase
from .common import NOW, TODAY

LATE_IN_SHANGHAI = datetime(2026, 3, 2, 17, 0)  # one o'clock on the Tuesday


class TestCaseReport(CaseCase):
    """规定 4: what cannot be solved is reported to the supervisor in two days."""

    def test_case_is_reported_within_two_days(self):
        for days, result in ((0, "on_time"), (2, "on_time"), (3, "late")):
            self.set_now(NOW)
            case = self._new_case()
            self.assertEqual(case.escalate_deadline, TODAY + timedelta(days=2))
            self.pass_days(days)
            case.action_escalate()
            self.assertEqual(case.escalation_result, result, f"after {days} days")
            self.assertEqual(case.escalated_by_id, self.officer)
            self.assertFalse(case.escalated_by_system)

    def test_case_solved_before_needs_no_report(self):
        for days, result in ((2, "on_time"), (3, "late")):
            self.set_now(NOW)
            case = self._new_case()
            self.pass_days(days)
            self._solve(case)
            self.assertEqual(case.escalation_result, result, f"after {days} days")
            self.assertFalse(case.date_escalated)

    def test_days_are_the_dealerships_own(self):
        self.set_now(LATE_IN_SHANGHAI)
        self.assertEqual(self._new_case().escalate_deadline, date(2026, 3, 5))

    def test_deadline_at_the_end_of_february_in_a_leap_year_and_of_a_year(self):
        for raised, deadline in (
            (datetime(2028, 2, 27, 2), date(2028, 2, 29)),
            (datetime(2028, 2, 28, 2), date(2028, 3, 1)),
            (datetime(2027, 2, 27, 2), date(2027, 3, 1)),
            (datetime(2027, 12, 30, 2), date(2028, 1, 1)),
            (datetime(2027, 4, 29, 2), date(2027, 5, 1)),
        ):
            self.set_now(raised)
            self.assertEqual(self._new_case().escalate_deadline, deadline)

    def test_working_days_leave_out_the_spring_festival_and_count_makeup_days(self):
        self.company.sudo().aftersales_use_working_days = True
        leaves = self.env["resource.calendar.leaves"].sudo()
        common = {
            "calendar_id": self.company.sudo().resource_calendar_id.id,
            "company_id": self.company.id,
        }
        leaves.create(
            [
                {
                    **common,
                    "name": "Spring Festival",
                    "date_from": datetime(2026, 2, 14, 16),  # Sunday 15
                    "date_to": datetime(2026, 2, 23, 15, 59),  # Monday 23
                },
                {
                    **common,
                    "name": "Make-up day",
                    "time_type": "other",
                    "date_from": datetime(2026, 2, 13, 16),  # Saturday 14
                    "date_to": datetime(2026, 2, 14, 15, 59),
                },
            ]
        )
        # Friday 13 -> Saturday 14 is worked, then Tuesday 24 after the festival
        self.set_now(datetime(2026, 2, 13, 2))
        case = self._new_case()
        self.assertEqual(case.escalate_deadline, date(2026, 2, 24))
        self.set_now(datetime(2026, 2, 24, 2))
        case.action_escalate()
        self.assertEqual(case.escalation_result, "on_time")

    def test_reported_case_goes_to_the_least_busy_supervisor_not_the_administrator(
        self,
    ):
        other = self._new_user("other_supervisor", "supervisor")
        cases = [self._new_case() for _n in range(3)]
        for case in cases:
            case.action_escalate()
        supervisors = [case.supervisor_id for case in cases]
        self.assertEqual(set(supervisors[:2]), {self.supervisor, other})

    def test_officer_may_choose_the_supervisor(self):
        other = self._new_user("other_supervisor", "supervisor")
        for supervisor in (other, self.supervisor):
            case = self._new_case(supervisor_id=supervisor.id)
            case.action_escalate()
            self.assertEqual(case.supervisor_id, supervisor)

    def test_reminder_moves_to_the_supervisor_who_gets_one_email(self):
        case = self._new_case()
        reminder = self._get_reminders(case)
        self.assertEqual(reminder.user_id, self.officer)
        self.assertEqual(reminder.date_deadline, case.escalate_deadline)
        case.action_escalate()
        self.assertEqual(self._get_reminders(case), reminder)
        self.assertEqual(reminder.user_id, self.supervisor)
        self.assertEqual(reminder.date_deadline, TODAY + timedelta(days=7))
        mail = self._get_mails(case)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.supervisor.partner_id)
        for text in ("Zhang San", "The brakes squeak", "Officer"):
            self.assertIn(text, mail.body_html)

    def test_words_of_a_customer_are_no_html(self):
        customer = self._new_customer("<b>Zhang</b>")
        words = "<script>alert(1)</script> & <img src=x onerror=alert(1)>"
        case = self._new_case(customer, description=words)
        case.action_escalate()
        body = self._get_mails(case).body_html
        self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt; &amp;", body)
        self.assertNotIn("<script>", body)
        self.assertNotIn("<img src=x", body)
        self.assertNotIn("<b>Zhang</b>", body)
        self._solve(case, words)
        self.assertIn(words, self._get_followup(case).content)


class TestCaseNight(CaseCase):
    """What nobody reports the system does, and that is late."""

    def test_system_reports_what_nobody_reported_and_that_is_late(self):
        case, in_time = self._new_case(), self._new_case()
        in_time.action_escalate()
        self.pass_days(2)
        self._run_escalation()
        self.assertEqual(case.state, "open", "the last day is not over")
        self.pass_days(1)
        self._run_escalation()
        self.assertEqual(case.state, "escalated")
        self.assertTrue(case.escalated_by_system)
        self.assertFalse(case.escalated_by_id)
        self.assertEqual(case.escalation_result, "late")
        self.assertEqual(in_time.escalation_result, "on_time")

    def test_scheduler_that_did_not_run_for_ten_days_reports_each_case_once(self):
        cases = self._new_case() | self._new_case()
        self.pass_days(10)
        for _n in range(3):
            self._run_escalation()
        for case in cases:
            self.assertEqual(len(self._get_mails(case)), 1)
            self.assertEqual(self._get_reminders(case).user_id, self.supervisor)

    def test_case_that_cannot_be_reported_does_not_stop_the_rest(self):
        bad, good = self._new_case(), self._new_case()
        self.pass_days(3)
        cls = self.env.registry["aftersales.case"]
        stop_clock = cls._mail_supervisors

        def fail(cases):
            if bad in cases:
                raise ValueError("Out of paper")
            return stop_clock(cases)

        with (
            patch.object(cls, "_mail_supervisors", fail),
            mute_logger("odoo.addons.aftersales_followup.models.scheduler"),
        ):
            self._run_escalation()
        self.assertEqual(good.state, "escalated")
        self.assertEqual(bad.state, "open")
        self._run_escalation()
        self.assertEqual(bad.state, "escalated")

    def test_scheduler_out_of_time_leaves_the_rest_to_its_next_run(self):
        case = self._new_case()
        self.pass_days(3)
        with patch.object(
            self.env.registry["ir.cron"], "_commit_progress", return_value=0
        ) as commit:
            self.env["aftersales.case"].sudo()._cron_escalate()
        self.assertEqual(commit.call_args.kwargs, {"remaining": 1})
        self._run_escalation()
        self.assertEqual(case.state, "escalated")

    def test_what_fails_in_one_company_stops_no_other(self):
        broken, branch = self._new_branch("Broken"), self._new_branch("Branch")
        cases = self._new_case().sudo() | self._new_branch_case(branch)
        stuck = self._new_branch_case(broken)
        self.pass_days(3)
        calendar = broken.resource_calendar_id
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE resource_calendar SET tz = 'No/Where' WHERE id = %s",
            [calendar.id],
        )
        self.env.invalidate_all()
        with mute_logger("odoo.addons.aftersales_followup.models.scheduler"):
            self._run_escalation()
        self.assertEqual(cases.mapped("state"), ["escalated", "escalated"])
        self.assertEqual(stuck.state, "open")

    def test_company_without_supervisor_leaves_its_cases_with_the_officer(self):
        branch = self._new_branch("Branch")
        case = self._new_branch_case(branch)
        admin = self.env["res.users"].sudo()._aftersales_supervisors(branch)
        admin.company_ids -= branch
        self.assertFalse(admin._aftersales_supervisors(branch))
        ours = self._new_case()
        self.pass_days(3)
        self._run_escalation()
        self.assertEqual(case.state, "escalated")
        self.assertFalse(case.supervisor_id)
        self.assertEqual(self._get_reminders(case).user_id, case.user_id)
        self.assertEqual(ours.supervisor_id, self.supervisor)

    def _new_branch(self, name):
        branch = self.env["res.company"].sudo().create({"name": name})
        branch.resource_calendar_id = (
            self.env["resource.calendar"]
            .sudo()
            .create({"name": name, "company_id": branch.id, "tz": "Asia/Shanghai"})
        )
        return branch

    def _new_branch_case(self, branch):
        officer = self._new_user(f"officer_{branch.id}", "officer", branch)
        cases = self.env["aftersales.case"].sudo().with_company(branch)
        partner = self.env["res.partner"].sudo().create({"name": "Li Si"})
        return cases.create(
            {
                "company_id": branch.id,
                "partner_id": partner.id,
                "description": "The brakes squeak",
                "user_id": officer.id,
            }
        )

    def test_the_supervisor_is_told_in_his_own_language(self):
        self.env["res.lang"].sudo()._activate_lang("zh_CN")
        modules = self.env["ir.module.module"].sudo()
        modules._load_module_terms(["aftersales_followup"], ["zh_CN"])
        self.supervisor.sudo().lang = "zh_CN"
        case = self._new_case()
        self.assertIn("Solve it", self._get_reminders(case).summary)
        self.pass_days(3)
        self._run_escalation()
        reminder = self._get_reminders(case)
        self.assertEqual(reminder.user_id, self.supervisor)
        self.assertEqual(reminder.summary, "研究解决办法")
        mail = self._get_mails(case)
        self.assertNotIn("Please", f"{mail.subject} {mail.body_html}")


class TestCaseMail(CaseCase):
    """The reminder is there at once; the e-mail waits for the working hours."""

    def _report_at(self, moment):
        """Report a case at a naive UTC moment; return for when its e-mail is."""
        self.set_now(moment)
        case = self._new_case()
        case.action_escalate()
        self.assertEqual(self._get_reminders(case).user_id, self.supervisor)
        return self._get_mails(case).scheduled_date

    def test_within_working_hours_it_is_sent_at_once(self):
        self.assertFalse(self._report_at(datetime(2026, 3, 2, 2)))

    def test_in_the_evening_it_waits_until_the_morning(self):
        # Monday 22:00 in Shanghai -> Tuesday 8:00
        scheduled = self._report_at(datetime(2026, 3, 2, 14))
        self.assertEqual(scheduled, datetime(2026, 3, 3, 0))

    def test_at_the_weekend_it_waits_until_monday(self):
        scheduled = self._report_at(datetime(2026, 3, 7, 2))
        self.assertEqual(scheduled, datetime(2026, 3, 9, 0))

    def test_a_supervisor_may_have_hours_of_his_own(self):
        calendar = (
            self.env["resource.calendar"]
            .sudo()
            .create(
                {
                    "name": "Late shift",
                    "tz": "Asia/Shanghai",
                    "company_id": self.company.id,
                    "attendance_ids": [
                        Command.create(
                            {
                                "name": day,
                                "dayofweek": day,
                                "hour_from": 14,
                                "hour_to": 22,
                                "day_period": "afternoon",
                            }
                        )
                        for day in "0123456"
                    ],
                }
            )
        )
        resource = (
            self.env["resource.resource"]
            .sudo()
            .create(
                {
                    "name": "Supervisor",
                    "user_id": self.supervisor.id,
                    "company_id": self.company.id,
                    "calendar_id": calendar.id,
                    "tz": "Asia/Shanghai",
                }
            )
        )
        # Monday 10:00 in Shanghai -> 14:00; at 15:00 he is there
        self.assertEqual(
            self._report_at(datetime(2026, 3, 2, 2)), datetime(2026, 3, 2, 6)
        )
        self.assertFalse(self._report_at(datetime(2026, 3, 2, 7)))
        self.env["resource.calendar.leaves"].sudo().create(
            {
                "name": "Away",
                "resource_id": resource.id,
                "calendar_id": calendar.id,
                "date_from": datetime(2026, 3, 2, 16),
                "date_to": datetime(2026, 3, 3, 16),
            }
        )
        self.assertEqual(
            self._report_at(datetime(2026, 3, 3, 7)), datetime(2026, 3, 4, 6)
        )
