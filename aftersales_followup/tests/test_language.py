from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tools.translate import code_translations

from .common import TODAY, AftersalesCase

CHINESE = {
    "It was seen to meanwhile.": "期间已处理。",
    "Opted out: %s": "拒绝联系：%s",
    "The car has a new owner.": "车辆已换车主。",
    "The number is on the phone blacklist.": "该号码在电话黑名单中。",
    "The visit was cancelled.": "进厂已取消。",
    "File the archive": "建立档案",
    "Call back at %s": "回电时间：%s",
    "%(officer)s acts now: %(kind)s (%(count)s)": (
        "现由%(officer)s代办：%(kind)s（%(count)s）"
    ),
    "%(substitute)s for %(officer)s, %(first)s – %(last)s": (
        "%(substitute)s代%(officer)s"
    ),
    "You stand in for %(officer)s from %(first)s to %(last)s.": "您代理%(officer)s。",
    "Joins the contact from %(until)s on, instead of %(first)s: not more than "
    "%(contacts)s contacts in %(days)s days.": "并入%(until)s的联系",
    "Refused on the phone: %s": "电话中拒绝：%s",
}


class TestLanguage(AftersalesCase):
    """What is written for somebody's eyes is in his language, whoever writes it.

    One officer reads Chinese, the other English; the scheduler reads nothing.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"].sudo()._activate_lang("zh_CN")
        key = ("aftersales_followup", "zh_CN")
        cls.startClassPatcher(
            patch.dict(code_translations.python_translations, {key: CHINESE})
        )
        for code, name in (
            ("first", "首次跟踪"),
            ("insurance", "保险到期"),
            ("maintenance", "保养到期"),
        ):
            rule = cls.env.ref(f"aftersales_followup.rule_{code}").sudo()
            rule.with_context(lang="zh_CN").name = name
        topic = cls.rule_first.sudo().topic_ids
        topic.script = "Hello {customer}, this is {officer}."
        topic.with_context(lang="zh_CN").script = "{customer}您好，我是{officer}。"
        cls.chinese, cls.english = cls.officer, cls.other_officer
        cls.chinese.sudo().lang = "zh_CN"
        cls.english.sudo().lang = "en_US"

    def setUp(self):
        super().setUp()
        self.customers = {
            self.chinese: self._new_customer("张三"),
            self.english: self._new_customer(
                "Smith", phone="139 0000 0000", officer=self.english
            ),
        }
        self.cars = {
            officer: self._new_vehicle(customer, f"湘K1000{number}")
            for number, (officer, customer) in enumerate(self.customers.items())
        }

    def _deliver(self):
        """Return the first follow-up of each officer's customer."""
        return {
            officer: self._new_delivered_visit(customer).followup_ids
            for officer, customer in self.customers.items()
        }

    def assertSays(self, read, chinese, english):
        """``read`` is called with the officer, and tells what he reads."""
        self.assertEqual(read(self.chinese), chinese)
        self.assertEqual(read(self.english), english)

    def test_reminders_made_at_night_are_in_the_language_of_the_officer(self):
        for car in self.cars.values():
            car.aftersales_insurance_date = TODAY + timedelta(days=20)
        self._run_planning()
        reminders = {
            officer: self._get_reminders(car.aftersales_followup_ids)
            for officer, car in self.cars.items()
        }
        self.assertSays(
            lambda officer: reminders[officer].summary, "保险到期", "Insurance Expires"
        )
        self.assertSays(
            lambda officer: reminders[officer].res_name,
            "保险到期: 张三 (湘K10000)",
            "Insurance Expires: Smith (湘K10001)",
        )

    def test_name_read_in_one_language_is_not_shown_in_another(self):
        followups = self._deliver()
        self.assertIn("First Follow-up", followups[self.chinese].display_name)
        self._get_reminders(followups[self.chinese]).unlink()
        followups[self.chinese]._sync_reminders()
        reminder = self._get_reminders(followups[self.chinese])
        self.assertEqual(reminder.res_name, "首次跟踪: 张三 (湘K10000)")

    def test_reminder_made_anew_at_night_is_in_the_language_of_the_officer(self):
        followups = self._deliver()
        for followup in followups.values():
            self._get_reminders(followup).unlink()
        self._run_planning()
        self.assertSays(
            lambda officer: self._get_reminders(followups[officer]).summary,
            "首次跟踪",
            "First Follow-up",
        )

    def test_reminder_of_an_archive_is_in_the_language_of_the_officer(self):
        visits = {
            officer: self._new_visit(customer)
            for officer, customer in self.customers.items()
        }
        self.assertSays(
            lambda officer: self._get_reminders(visits[officer]).summary,
            "建立档案",
            "File the archive",
        )

    def test_time_to_call_back_is_noted_in_the_language_of_the_officer(self):
        followups = self._deliver()
        self.pass_days(4)
        for officer, followup in followups.items():
            self._new_call(
                followup,
                officer,
                outcome_id=self._get_outcome("call_back").id,
                date_call_back=datetime(2026, 3, 9, 1),
            ).action_register()
        notes = {
            officer: self._get_reminders(followup).note
            for officer, followup in followups.items()
        }
        self.assertIn("回电时间：", notes[self.chinese])
        self.assertIn("Call back at", notes[self.english])

    def test_reasons_are_in_the_language_of_the_officer(self):
        def refuse():
            for customer in self.customers.values():
                self._new_optout(customer)

        def blacklist():
            self.env["phone.blacklist"].sudo()._add(
                [customer.phone_sanitized for customer in self.customers.values()]
            )

        def cancel_visits():
            for customer in self.customers.values():
                customer.aftersales_visit_ids.action_cancel()

        def sell():
            for car in self.cars.values():
                car.aftersales_owner_id = self._new_customer("Wang", phone="1")

        cases = [
            (refuse, "拒绝联系：Asked not to be called", "Opted out: Asked not to be "),
            (
                blacklist,
                "该号码在电话黑名单中。",
                "The number is on the phone blacklist",
            ),
            (cancel_visits, "进厂已取消。", "The visit was cancelled."),
            (sell, "车辆已换车主。", "The car has a new owner."),
        ]
        for step, chinese, english in cases:
            with self.subTest(step.__name__), self.env.cr.savepoint() as savepoint:
                followups = self._deliver()
                step()
                self.assertEqual(followups[self.chinese].cancel_reason, chinese)
                self.assertIn(english, followups[self.english].cancel_reason)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_reason_found_at_night_is_in_the_language_of_the_officer(self):
        followups = self._deliver()
        for officer, customer in self.customers.items():
            self._new_optout(customer)
            followups[officer].sudo().write({"state": "planned"})
        self._run_planning()
        self.assertSays(
            lambda officer: followups[officer].cancel_reason,
            "拒绝联系：Asked not to be called",
            "Opted out: Asked not to be called",
        )

    def test_waiting_below_the_ceiling_is_told_in_the_language_of_the_officer(self):
        for customer in self.customers.values():
            for days in (6, 7):
                day = TODAY + timedelta(days=days)
                self._new_followup(customer, date_earliest=day, date_deadline=day)
        for officer in self.customers:
            self.cars[officer].aftersales_insurance_date = TODAY + timedelta(days=35)
        self.pass_days(5)
        self._run_planning()
        notes = {
            officer: car.aftersales_followup_ids.planning_note
            for officer, car in self.cars.items()
        }
        self.assertIn("并入", notes[self.chinese])
        self.assertIn("Joins the contact from", notes[self.english])

    def test_stand_ins_are_told_in_their_language(self):
        self._deliver()
        stand_in = self._new_substitution(0, 1)  # English for Chinese
        history = " ".join(stand_in.message_ids.mapped("body"))
        self.assertIn("Other Officer acts now: Follow-up (1)", history)
        self.pass_days(2)
        self._run_planning()
        history = " ".join(stand_in.message_ids.mapped("body"))
        self.assertRegex(history, "现由Officer代办：[^<]*（1）")

    def test_script_is_in_the_language_and_the_name_of_whoever_calls(self):
        followups = self._deliver()
        self.assertSays(
            lambda officer: followups[officer].script,
            "张三您好，我是Officer。",
            "Hello Smith, this is Other Officer.",
        )
        self.pass_days(4)
        self._new_substitution(0, 1)
        followup = followups[self.chinese]
        self.assertEqual(followup.script, "张三您好，我是Other Officer。")
        call = self._new_call(followup, self.english)
        self.assertEqual(call.script, "张三您好，我是Other Officer。")
        self.pass_days(2)
        self._run_planning()
        followup.invalidate_recordset()
        self.assertEqual(followup.script, "张三您好，我是Officer。")


class TestLostReminder(AftersalesCase):
    def test_reminder_is_made_anew_whatever_else_is_planned_on_the_record(self):
        followup = self._new_followup()
        self._get_reminders(followup).unlink()
        other = followup.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.officer.id
        )
        # An activity of the same type, which somebody made by hand.
        same_type = followup.activity_schedule(
            "aftersales_followup.mail_activity_type_followup", user_id=self.officer.id
        )
        same_type.automated = False
        self._run_planning()
        reminders = self._get_reminders(followup) - other - same_type
        self.assertEqual(len(reminders), 1)
        self.assertEqual(reminders.user_id, self.officer)
        self._run_planning()
        self.assertEqual(len(self._get_reminders(followup)), 3)

    def test_archive_and_case_get_their_reminders_back_too(self):
        visit, case = self._new_visit(), self._new_case()
        for record in (visit, case):
            self._get_reminders(record).unlink()
            record.activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.officer.id
            )
        self._run_planning()
        for record in (visit, case):
            with self.subTest(record._name):
                self.assertEqual(len(self._get_reminders(record)), 2)
