from datetime import timedelta

from odoo.exceptions import UserError

from .common import TODAY, AftersalesCase


class TestReminder(AftersalesCase):
    def test_each_planned_followup_has_one_reminder_of_the_acting_officer(self):
        followup = self._new_delivered_visit().followup_ids
        reminder = self._get_reminders(followup)
        self.assertEqual(len(reminder), 1)
        self.assertEqual(reminder.user_id, self.officer)
        self.assertEqual(reminder.date_deadline, followup.date_deadline)
        self.assertEqual(reminder.res_name, followup.display_name)
        self.assertTrue(reminder.automated)

    def test_changing_officer_or_deadline_moves_the_reminder(self):
        followup = self._new_followup()
        reminder = self._get_reminders(followup)
        followup.write(
            {
                "user_id": self.other_officer.id,
                "date_deadline": TODAY + timedelta(days=9),
            }
        )
        self.assertEqual(self._get_reminders(followup), reminder, "moved, not doubled")
        self.assertEqual(reminder.user_id, self.other_officer)
        self.assertEqual(reminder.date_deadline, TODAY + timedelta(days=9))

    def test_reminder_handed_over_hands_the_followup_over(self):
        followup = self._new_followup()
        self._get_reminders(followup).with_user(
            self.supervisor
        ).user_id = self.other_officer
        self.assertEqual(followup.acting_user_id, self.other_officer)
        self.assertEqual(followup.user_id, self.officer, "still designated")

    def test_officer_may_put_a_reminder_earlier_but_not_past_the_deadline(self):
        followup = self._new_delivered_visit().followup_ids
        reminder = self._get_reminders(followup).with_user(self.officer)
        reminder.date_deadline = TODAY + timedelta(days=4)
        self.assertEqual(followup.date_deadline, TODAY + timedelta(days=7))
        followup.with_user(self.officer).content = "Something else"
        self.assertEqual(reminder.date_deadline, TODAY + timedelta(days=4))
        with self.assertRaisesRegex(UserError, "Only a supervisor"):
            reminder.date_deadline = TODAY + timedelta(days=8)

    def test_supervisor_may_put_a_deadline_off_with_its_reminder(self):
        followup = self._new_delivered_visit().followup_ids
        reminder = self._get_reminders(followup).with_user(self.supervisor)
        reminder.date_deadline = TODAY + timedelta(days=10)
        self.assertEqual(followup.date_deadline, TODAY + timedelta(days=10))

    def test_finishing_the_reminder_with_feedback_registers_the_call(self):
        followup = self._new_delivered_visit().followup_ids
        reminder = self._get_reminders(followup).with_user(self.officer)
        reminder.action_feedback("The brakes squeak a little")
        call = followup.call_ids
        self.assertEqual(call.state, "registered")
        self.assertEqual(call.content, "The brakes squeak a little")
        self.assertEqual(call.user_id, self.officer)
        self.assertEqual(followup.state, "done")
        self.assertFalse(reminder.active)

    def test_finishing_the_reminder_without_feedback_says_what_to_do(self):
        followup = self._new_delivered_visit().followup_ids
        reminder = self._get_reminders(followup).with_user(self.officer)
        with self.assertRaisesRegex(UserError, "registered call"):
            reminder.action_done()
        self.assertTrue(reminder.active)
        self.assertEqual(followup.state, "planned")

    def test_finishing_the_reminder_of_a_visit_to_the_customer_is_in_person(self):
        followup = self._new_followup(channel="meeting")
        self._get_reminders(followup).with_user(self.officer).action_feedback("Tea")
        self.assertEqual(followup.call_ids.mode, "in_person")

    def test_finishing_the_reminder_of_a_letter_asks_for_the_letter(self):
        followup = self._new_followup(channel="letter")
        with self.assertRaisesRegex(UserError, "letter"):
            self._get_reminders(followup).with_user(self.officer).action_feedback("Ok")

    def test_deleted_reminder_comes_back_and_the_followup_stays(self):
        followup = self._new_followup()
        self._get_reminders(followup).with_user(self.officer).unlink()
        self.assertEqual(followup.state, "planned")
        self._run_planning()
        self.assertEqual(self._get_reminders(followup).user_id, self.officer)

    def test_work_of_an_archived_officer_goes_to_a_colleague(self):
        followup = self._new_followup()
        self.officer.sudo().action_archive()
        self.assertFalse(self._get_reminders(followup))
        self._run_planning()
        self.assertEqual(followup.acting_user_id, self.other_officer)
        self.assertEqual(followup.user_id, self.officer, "designated, for the record")
        self.assertEqual(self._get_reminders(followup).user_id, self.other_officer)

    def test_activities_of_other_kinds_are_left_alone(self):
        followup = self._new_followup()
        note = followup.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.officer.id
        )
        note.with_user(self.officer).action_done()
        self.assertEqual(followup.state, "planned")

    def test_reminders_make_nobody_a_follower(self):
        followup = self._new_delivered_visit().followup_ids
        self.assertNotIn(self.officer.partner_id, followup.message_partner_ids)
