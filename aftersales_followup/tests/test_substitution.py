from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError

from .common import TODAY, AftersalesCase


class TestSubstitution(AftersalesCase):
    """四: whoever is away has a stand-in, whom the supervisor names for a time."""

    def setUp(self):
        super().setUp()
        self.third_officer = self._new_user("third_officer", "officer")
        self.followup = self._new_followup(date_deadline=TODAY + timedelta(days=30))

    def assertActs(self, user, record=None):
        record = record or self.followup
        self.assertEqual(record.acting_user_id, user)
        self.assertEqual(self._get_reminders(record).user_id, user)

    def test_open_work_goes_to_the_stand_in_and_both_names_stay(self):
        substitution = self._new_substitution(0, 5)
        self.assertActs(self.other_officer)
        self.assertEqual(self.followup.user_id, self.officer)
        self.assertEqual(self.followup.substitution_id, substitution)
        self.assertEqual(substitution.followup_count, 1)
        self.assertEqual(len(self._get_reminders(self.followup)), 1)

    def test_work_goes_to_the_stand_in_on_the_first_day_and_returns_after_the_last(
        self,
    ):
        self._new_substitution(1, 2)
        self.assertActs(self.officer)
        self.pass_days(1)
        self._run_planning()
        self.assertActs(self.other_officer)
        self.pass_days(1)
        self._run_planning()
        self.assertActs(self.other_officer)
        self.pass_days(1)
        self._run_planning()
        self.assertActs(self.officer)
        self.assertFalse(self.followup.substitution_id)

    def test_stand_in_ending_today_still_acts_today(self):
        self._new_substitution(0, 0)
        self._run_planning()
        self.assertActs(self.other_officer)
        visit = self._new_delivered_visit()
        self.assertActs(self.other_officer, visit.followup_ids)
        self.pass_days(1)
        self._run_planning()
        self.assertActs(self.officer)
        self.assertActs(self.officer, visit.followup_ids)

    def test_work_planned_meanwhile_is_the_stand_ins_at_once(self):
        self._new_substitution(0, 5)
        visit = self._new_delivered_visit()
        self.assertEqual(visit.followup_ids.user_id, self.officer)
        self.assertActs(self.other_officer, visit.followup_ids)
        self.assertActs(self.other_officer, self._new_followup())

    def test_script_names_who_calls(self):
        self._new_substitution(0, 5)
        self.rule_first.topic_ids.script = "This is {officer}."
        visit = self._new_delivered_visit()
        call = self._new_call(visit.followup_ids, user=self.other_officer)
        self.assertEqual(call.script, "This is Other Officer.")
        visit.followup_ids.with_user(self.officer).action_call()
        self.assertEqual(call.script, "This is Officer.", "who goes on with it")

    def test_archives_to_file_go_to_the_stand_in_as_well(self):
        visit = self._new_visit()
        self._new_substitution(0, 1)
        self.assertActs(self.other_officer, visit)
        self.assertEqual(visit.officer_id, self.officer)
        visit.with_user(self.other_officer).next_service_content = "Tyres"
        self.pass_days(2)
        self._run_planning()
        self.assertActs(self.officer, visit)

    def test_call_of_a_stand_in_shows_both_names(self):
        self._new_substitution(0, 5)
        call = self._new_call(self.followup, user=self.other_officer)
        call.action_register()
        self.assertEqual(call.user_id, self.other_officer)
        self.assertEqual(call.designated_user_id, self.officer)
        self.pass_days(6)
        self._run_planning()
        self.assertEqual(self.followup.acting_user_id, self.other_officer, "history")

    def test_register_shows_who_called_and_for_whom(self):
        self._new_substitution(0, 5)
        call = self._new_call(self.followup, user=self.other_officer)
        call.action_register()
        Register = self.env["aftersales.register.call"]
        heads = [column.key for column in Register._get_columns()]
        [row] = Register._iter_rows([("id", "=", call.id)], self.company)
        row = dict(zip(heads, row, strict=True))
        self.assertEqual(row["caller"], "Other Officer")
        self.assertEqual(row["designated"], "Officer")

    def test_scheduler_that_was_off_for_ten_days_catches_up(self):
        self._new_substitution(1, 3)
        self._new_substitution(8, 12, substitute_id=self.third_officer.id)
        self.pass_days(10)
        self._run_planning()
        self.assertActs(self.third_officer)

    def test_one_stand_in_follows_another_without_a_gap(self):
        self._new_substitution(0, 1)
        self._new_substitution(2, 3, substitute_id=self.third_officer.id)
        self.pass_days(2)
        self._run_planning()
        self.assertActs(self.third_officer)
        self.pass_days(2)
        self._run_planning()
        self.assertActs(self.officer)

    def test_what_was_given_to_a_third_person_stays_there(self):
        self._new_substitution(0, 1)
        self.followup.acting_user_id = self.third_officer
        self.pass_days(2)
        self._run_planning()
        self.assertActs(self.third_officer)

    def test_officer_archived_while_away_is_followed_by_a_colleague(self):
        self._new_substitution(0, 1)
        self.officer.sudo().active = False
        self.pass_days(2)
        self._run_planning()
        self.assertIn(
            self.followup.acting_user_id, self.other_officer | self.third_officer
        )
        self.assertEqual(self.followup.user_id, self.officer, "who was designated")

    def test_stand_in_archived_in_the_middle_of_work_is_replaced(self):
        self._new_substitution(0, 5)
        self.other_officer.sudo().active = False
        self._run_planning()
        self.assertActs(self.third_officer)

    def test_new_customers_are_not_designated_to_who_is_away(self):
        self._new_substitution(0, 5)
        visit = self._new_visit(
            self._new_customer("Li Si", officer=self.env["res.users"])
        )
        self.assertNotEqual(visit.officer_id, self.officer)

    # rules

    def test_periods_of_one_officer_cannot_overlap(self):
        self._new_substitution(0, 3)
        with self.assertRaises(ValidationError):
            self._new_substitution(3, 5, substitute_id=self.third_officer.id)
        self._new_substitution(4, 5, substitute_id=self.third_officer.id)

    def test_stand_in_cannot_be_away_too(self):
        self._new_substitution(0, 3)
        with self.assertRaises(ValidationError):
            self._new_substitution(
                2,
                5,
                user_id=self.other_officer.id,
                substitute_id=self.third_officer.id,
            )
        with self.assertRaises(ValidationError):
            self._new_substitution(
                2, 5, user_id=self.third_officer.id, substitute_id=self.officer.id
            )

    def test_one_may_stand_in_for_two(self):
        self._new_substitution(0, 3)
        self._new_substitution(
            0, 3, user_id=self.third_officer.id, substitute_id=self.other_officer.id
        )

    def test_only_a_supervisor_names_a_stand_in(self):
        Substitution = self.env["aftersales.substitution"].with_user(self.officer)
        with self.assertRaises(AccessError):
            Substitution.create(
                {
                    "user_id": self.officer.id,
                    "substitute_id": self.other_officer.id,
                    "date_from": TODAY,
                    "date_to": TODAY,
                }
            )

    def test_officer_who_is_back_early_gets_the_work_back(self):
        substitution = self._new_substitution(0, 5)
        self.pass_days(2)
        substitution.action_end()
        self.assertActs(self.officer)
        self.assertEqual(substitution.date_to, TODAY + timedelta(days=1))
        self.assertEqual(substitution.state, "over")

    def test_stand_in_called_off_on_its_first_day_is_archived(self):
        substitution = self._new_substitution(0, 5)
        substitution.action_end()
        self.assertFalse(substitution.active)
        self.assertEqual(substitution.state, "over")
        Substitution = self.env["aftersales.substitution"]
        for state, found in (("over", substitution), ("current", Substitution)):
            self.assertEqual(
                Substitution.with_context(active_test=False).search(
                    [("state", "=", state)]
                ),
                found,
            )
        self.assertActs(self.officer)
        self._new_substitution(0, 5, substitute_id=self.third_officer.id)
        self.assertActs(self.third_officer)

    def test_what_was_is_not_rewritten(self):
        substitution = self._new_substitution(0, 2)
        substitution.date_to = TODAY + timedelta(days=3)
        with self.assertRaisesRegex(UserError, "has begun"):
            substitution.substitute_id = self.third_officer
        with self.assertRaisesRegex(UserError, "stays in the history"):
            substitution.unlink()
        self.pass_days(4)
        with self.assertRaisesRegex(UserError, "has begun"):
            substitution.date_to = TODAY + timedelta(days=9)

    def test_period_to_come_can_be_changed_and_deleted(self):
        substitution = self._new_substitution(3, 5)
        substitution.write({"substitute_id": self.third_officer.id, "date_from": TODAY})
        self.assertActs(self.third_officer)
        later = self._new_substitution(10, 12)
        later.unlink()
        self.assertFalse(later.exists())

    def test_stand_in_is_told_for_whom_and_how_long(self):
        substitution = self._new_substitution(0, 2)
        message = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", "aftersales.substitution"),
                    ("res_id", "=", substitution.id),
                    ("partner_ids", "=", self.other_officer.partner_id.id),
                ]
            )
        )
        self.assertIn("You stand in for Officer", message.body)

    def test_list_tells_who_is_away_now(self):
        current = self._new_substitution(0, 1)
        future = self._new_substitution(5, 6)
        search = self.env["aftersales.substitution"].search
        self.assertEqual(search([("state", "=", "current")]), current)
        self.assertEqual(search([("state", "=", "future")]), future)
        self.pass_days(2)
        self.assertEqual(search([("state", "=", "over")]), current)
