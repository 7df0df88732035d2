"""Results stand: each clock stops once, and nothing later makes it good or bad."""

from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from .common import NOW, TODAY, AftersalesCase


class TestArchiveClock(AftersalesCase):
    def _complete(self, visit, contact=30):
        visit.write(
            {
                "wish": "A call",
                "next_service_content": "Winter check",
                "next_contact_date": TODAY + timedelta(days=contact),
            }
        )

    def _file(self, visit):
        self._complete(visit)
        visit.action_file_archive()

    def test_archive_filed_late_stays_late_whatever_the_settings_say_later(self):
        visit = self._new_visit()
        self.pass_days(3)
        self._file(visit)
        self.assertEqual(visit.archive_result, "late")
        self.company.sudo().aftersales_archive_days = 10
        visit.action_deliver()
        self.assertEqual(visit.archive_result, "late")
        self.assertEqual(visit.archive_deadline, TODAY + timedelta(days=2))

    def test_archive_is_filed_once_and_neither_date_nor_plan_moves(self):
        visit = self._new_delivered_visit()
        self._file(visit)
        planned = visit.followup_ids
        self.assertEqual(len(planned), 2, "first follow-up and next service")
        self.pass_days(1)
        self._complete(visit, contact=60)
        with self.assertRaisesRegex(UserError, "was filed on"):
            visit.action_file_archive()
        self.assertEqual(visit.archive_date, TODAY)
        self.assertEqual(visit.archive_user_id, self.supervisor)
        self._run_planning()
        self.assertEqual(visit.followup_ids, planned)

    def test_archive_is_open_while_one_of_two_visits_is_unfiled(self):
        first = self._new_visit()
        customer = first.partner_id
        second = self._new_visit(customer)
        self._file(first)
        self.assertEqual(customer.aftersales_archive_state, "open")
        self._file(second)
        self.assertEqual(customer.aftersales_archive_state, "complete")
        self.assertEqual(customer.aftersales_archive_date, TODAY)

    def test_cancelled_visit_leaves_no_open_archive(self):
        visit = self._new_visit()
        visit.action_cancel()
        self.assertEqual(visit.archive_result, "void")
        self.assertEqual(visit.partner_id.aftersales_archive_state, "none")
        visit.action_reopen()
        self.assertEqual(visit.archive_result, "running")
        self.assertEqual(visit.partner_id.aftersales_archive_state, "open")

    def test_visit_cancelled_after_its_deadline_was_missed(self):
        visit = self._new_visit()
        self.pass_days(3)
        visit.action_cancel()
        self.assertEqual(visit.archive_result, "missed")
        visit.action_reopen()
        self.assertEqual(visit.archive_result, "missed", "what was missed stays so")

    def test_visit_moved_to_the_right_customer_takes_its_archive_along(self):
        visit = self._new_visit()
        wrong, right = visit.partner_id, self._new_customer("Li Si")
        self.assertFalse(right.aftersales_archive_number)
        visit.partner_id = right
        self.assertEqual(right.aftersales_archive_state, "open")
        self.assertTrue(right.aftersales_archive_number)
        self.assertEqual(right.aftersales_last_visit_date, TODAY)
        self.assertEqual(wrong.aftersales_archive_state, "none")
        self.assertFalse(wrong.aftersales_last_visit_date)

    def test_moving_the_arrival_wins_no_time(self):
        visit = self._new_visit(date_arrival=NOW - timedelta(days=1))
        self.assertEqual(visit.archive_deadline, TODAY + timedelta(days=1))
        for user in (self.advisor, self.officer):
            with self.assertRaisesRegex(UserError, "Only a supervisor can move"):
                visit.with_user(user).date_arrival = NOW
        visit.with_user(self.officer).date_arrival = NOW - timedelta(days=2)
        self.assertEqual(visit.archive_deadline, TODAY)
        visit.date_arrival = NOW
        self.assertEqual(visit.archive_deadline, TODAY + timedelta(days=2))
        self.pass_days(3)
        visit.date_arrival = NOW + timedelta(days=2)
        self.assertEqual(
            visit.archive_deadline, TODAY + timedelta(days=2), "overdue stays overdue"
        )

    def test_nothing_that_happened_is_dated_in_the_future(self):
        with self.assertRaisesRegex(ValidationError, "in the future"):
            self._new_visit(date_arrival=NOW + timedelta(days=1))
        visit = self._new_visit()
        visit.sudo().date_delivery = NOW + timedelta(days=1)
        with self.assertRaisesRegex(ValidationError, "in the future"):
            visit.action_deliver()

    def test_history_that_came_by_import_has_no_clock(self):
        visit = self._import_visit(
            date_arrival=NOW - timedelta(days=40),
            date_delivery=NOW - timedelta(days=39),
        )
        self.assertTrue(visit.is_history)
        self.assertFalse(visit.archive_result)
        self.assertFalse(visit.archive_deadline)

    def test_visit_that_ends_without_a_date_ends_now_and_is_planned_at_night(self):
        visit = self._new_visit()
        visit.sudo().write({"state": "delivered"})
        self.assertEqual(visit.date_delivery, NOW)
        self.assertFalse(visit.followup_ids)
        self._run_planning()
        self.assertEqual(visit.followup_ids.rule_id, self.rule_first)


class TestFollowupClock(AftersalesCase):
    def test_followup_called_off_in_time_is_void_and_afterwards_missed(self):
        in_time = self._new_followup()
        in_time._cancel("Sold out")
        self.assertEqual(in_time.result, "void")
        late = self._new_followup(self._new_customer("Li Si"))
        self.pass_days(5)
        late._cancel("Sold out")
        self.assertEqual(late.result, "missed")

    def test_nobodys_fault_is_void_whenever_it_was(self):
        visit = self._new_delivered_visit()
        refused = self._new_followup(self._new_customer("Li Si"))
        car = self._new_vehicle(self._new_customer("Wang Wu"), "湘K55555")
        sold = self._new_followup(car.aftersales_owner_id, vehicle_id=car.id)
        self.pass_days(30)
        visit.action_cancel()
        self._new_optout(refused.partner_id)
        car.aftersales_owner_id = self._new_customer("Zhao Liu")
        for followup in (visit.followup_ids, refused, sold):
            self.assertEqual(followup.state, "cancelled")
            self.assertEqual(followup.result, "void")

    def test_done_stays_as_it_was_when_the_rule_or_the_visit_changes(self):
        visit = self._new_delivered_visit()
        followup = visit.followup_ids
        self.pass_days(8)
        self._new_call(followup).action_register()
        self.assertEqual(followup.result, "late")
        self.rule_first.sudo().latest_days = 30
        visit.action_cancel()
        self.assertEqual((followup.state, followup.result), ("done", "late"))

    def test_overdue_runs_until_it_is_done_late(self):
        followup = self._new_followup()
        self.pass_days(5)
        self.assertEqual(followup.result, "running")
        self.assertTrue(followup.is_overdue)


class TestLetterClock(AftersalesCase):
    def test_officer_does_not_put_off_when_a_letter_is_due(self):
        letter = self._new_letter(date_due=TODAY + timedelta(days=2))
        self.assertEqual(letter.result, "running")
        for due in (TODAY + timedelta(days=3), False):
            with self.assertRaisesRegex(UserError, "Only a supervisor"):
                letter.date_due = due
        letter.date_due = TODAY + timedelta(days=1)
        letter.with_user(self.supervisor).date_due = TODAY + timedelta(days=5)

    def test_officer_does_not_date_the_sending_of_a_letter_back(self):
        letter = self._new_letter(date_due=TODAY)
        self.pass_days(1)
        with self.assertRaisesRegex(UserError, "Only a supervisor"):
            letter.date_sent = TODAY
        with self.assertRaisesRegex(ValidationError, "in the future"):
            letter.date_sent = TODAY + timedelta(days=9)
        letter.action_register()
        self.assertEqual(letter.result, "late")


class TestCallDate(AftersalesCase):
    def test_call_is_not_dated_in_the_future(self):
        with self.assertRaisesRegex(ValidationError, "in the future"):
            self._new_call(self._new_followup(), date=NOW + timedelta(days=400))

    def test_officer_notes_a_call_of_the_last_two_days(self):
        customer = self._new_customer()
        for days, noted in ((2, True), (3, False)):
            call = self._new_call(
                partner_id=customer.id, date=NOW - timedelta(days=days)
            )
            if noted:
                call.action_register()
                continue
            with self.assertRaisesRegex(UserError, "dated back to 02/28/2026 at most"):
                call.action_register()

    def test_call_took_place_after_its_followup_was_planned(self):
        for user in (self.officer, self.supervisor):
            followup = self._new_followup(date_earliest=TODAY - timedelta(days=2))
            call = self._new_call(followup, user, date=NOW - timedelta(days=1))
            with self.assertRaisesRegex(UserError, "before its follow-up was planned"):
                call.action_register()

    def test_call_dated_back_does_not_make_a_late_followup_good(self):
        followup = self._new_followup()
        self.pass_days(7)
        call = self._new_call(followup, date=NOW + timedelta(days=4))
        with self.assertRaisesRegex(UserError, "at most"):
            call.action_register()
        call.date = NOW + timedelta(days=7)
        call.action_register()
        self.assertEqual(followup.result, "late")


class TestWhoseFollowup(AftersalesCase):
    def test_call_completes_nothing_of_another_customer(self):
        followup = self._new_followup()
        other = self._new_followup(self._new_customer("Li Si"))
        for vals in (
            {"partner_id": other.partner_id.id},
            {"together_ids": [Command.set(other.ids)]},
        ):
            with (
                self.assertRaisesRegex(ValidationError, "cannot see to it"),
                self.env.cr.savepoint(),
            ):
                self._new_call(followup, **vals)
        with self.assertRaisesRegex(ValidationError, "cannot see to it"):
            self._new_letter(other.partner_id, followup_id=followup.id)

    def test_officer_completes_only_what_is_his_to_do(self):
        followup = self._new_followup()
        mine = self._new_followup(followup.partner_id, user_id=self.other_officer.id)
        call = self._new_call(followup, self.other_officer)
        with self.assertRaisesRegex(UserError, "is for Officer to do"):
            call.action_register()
        refusing = self._new_call(
            mine,
            self.other_officer,
            outcome_id=self._get_outcome("refused").id,
            together_ids=[Command.set(followup.ids)],
        )
        with self.assertRaisesRegex(UserError, "is for Officer to do"):
            refusing.action_register()
        letter = self._new_letter(
            followup.partner_id, self.other_officer, followup_id=followup.id
        )
        with self.assertRaisesRegex(UserError, "is for Officer to do"):
            letter.action_register()
        self.assertEqual((followup | mine).mapped("state"), ["planned", "planned"])

    def test_caller_is_told_by_whoever_answers_and_both_names_stay(self):
        followup = self._new_followup()
        call = self._new_call(
            user=self.other_officer,
            direction="inbound",
            partner_id=followup.partner_id.id,
        )
        self.assertEqual(call.near_ids, followup)
        call.together_ids = followup
        call.action_register()
        self.assertEqual(followup.state, "done")
        self.assertEqual(followup.user_id, self.officer)
        self.assertEqual(call.user_id, self.other_officer)


class TestClockReport(AftersalesCase):
    """One row a clock: what, company, officer, customer, due day, result."""

    def _get_rows(self, record):
        self.env.flush_all()
        return self.env["aftersales.clock"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id)]
        )

    def test_each_clock_is_a_row_in_the_companys_own_days(self):
        visit = self._new_delivered_visit()
        followup = visit.followup_ids
        self.pass_days(4)
        # 23:30 in UTC is the next morning in Shanghai.
        moment = NOW + timedelta(days=4, hours=21, minutes=30)
        self.set_now(moment)
        self._new_call(followup).action_register()
        row = self._get_rows(followup)
        self.assertEqual(row.kind, "followup")
        self.assertEqual(row.rule_id, self.rule_first)
        self.assertEqual(row.company_id, self.company)
        self.assertEqual(row.user_id, self.officer)
        self.assertEqual(row.partner_id, visit.partner_id)
        self.assertEqual(row.date_due, TODAY + timedelta(days=7))
        self.assertEqual(row.date_stopped, TODAY + timedelta(days=5))
        self.assertEqual(row.result, "on_time")
        self.assertFalse(row.is_overdue)
        archive = self._get_rows(visit)
        self.assertEqual((archive.kind, archive.result), ("archive", "running"))
        self.assertEqual(archive.date_due, TODAY + timedelta(days=2))
        self.assertEqual(archive.action_open_record()["res_id"], visit.id)

    def test_letters_and_history_without_a_clock_are_no_rows(self):
        letter = self._new_letter()
        self.assertFalse(self._get_rows(letter))
        letter.date_due = TODAY
        self.assertEqual(self._get_rows(letter).result, "running")
        visit = self._import_visit(
            date_arrival=NOW - timedelta(days=40),
            date_delivery=NOW - timedelta(days=39),
        )
        self.assertFalse(self._get_rows(visit))

    def test_rows_are_grouped_by_what_they_tell(self):
        self._new_delivered_visit()
        self.env.flush_all()
        counts = self.env["aftersales.clock"]._read_group(
            [("company_id", "=", self.company.id)], ["kind", "result"], ["__count"]
        )
        self.assertEqual(
            sorted(counts), [("archive", "running", 1), ("followup", "running", 1)]
        )
