from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .campaign_common import SCHEDULER, CampaignCase
from .common import NOW, TODAY


class TestPlanning(CampaignCase):
    def test_confirming_twice_plans_once(self):
        campaign = self._new_confirmed_campaign(3)
        with self.assertRaises(UserError):
            campaign.action_confirm()
        with self.assertRaises(UserError):
            campaign.action_confirm_stepwise()
        self.assertEqual(campaign.plan_batch(), {"done": 3, "total": 3})
        self._run_planning()
        self.assertEqual(len(campaign.followup_ids), 3)

    def test_browser_plans_batch_by_batch_and_tells_how_far_it_is(self):
        self._new_audience(5)
        campaign = self._new_campaign()
        campaign.action_confirm_stepwise()
        with self._plan_in_batches_of(2):
            self.assertEqual(campaign.plan_batch(), {"done": 2, "total": 5})
            self.assertFalse(campaign.is_planned)
            self.assertEqual(campaign.planned_count, 2)
            self.assertEqual(campaign.plan_batch(), {"done": 4, "total": 5})
            self.assertEqual(campaign.plan_batch(), {"done": 5, "total": 5})
        self.assertTrue(campaign.is_planned)
        self.assertEqual(len(campaign.followup_ids), 5)

    def test_interrupted_planning_is_finished_at_night(self):
        self._new_audience(5)
        campaign = self._new_campaign()
        campaign.action_confirm_stepwise()
        with self._plan_in_batches_of(2):
            campaign.plan_batch()
            self._run_planning()
        self.assertTrue(campaign.is_planned)
        self.assertEqual(campaign.planned_count, 5)
        self.assertEqual(len(self._get_reminders(campaign.followup_ids)), 5)

    def test_campaign_that_fails_at_night_does_not_stop_the_others(self):
        self._new_audience(1)
        bad, good = self._new_campaign(), self._new_campaign()
        for campaign in (bad, good):
            campaign.action_confirm_stepwise()
        plan = type(bad)._plan_next

        def fail(campaign):
            if campaign == bad:
                raise ValueError
            return plan(campaign)

        with patch.object(type(bad), "_plan_next", fail), mute_logger(SCHEDULER):
            self._run_planning()
        self.assertFalse(bad.is_planned)
        self.assertTrue(good.is_planned)
        self._run_planning()
        self.assertTrue(bad.is_planned)

    def test_who_opts_out_while_planning_is_taken_out(self):
        self._new_audience(3)
        campaign = self._new_campaign()
        campaign.action_confirm_stepwise()
        Followup = type(self.env["aftersales.followup"])
        plan = Followup._plan

        with patch.object(Followup, "_plan", lambda self, rows: plan(self, rows[1:])):
            self.assertEqual(campaign.plan_batch(), {"done": 2, "total": 2})
        self.assertEqual((campaign.optout_count, campaign.audience_count), (1, 3))

    def test_queries_do_not_grow_with_the_number_of_customers(self):
        queries = []
        for count in (10, 200):
            self._new_audience(count)
            campaign = self._new_campaign()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            campaign.action_confirm()
            queries.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(queries[1], queries[0])


class TestLetter(CampaignCase):
    """于两日内视情况需要把通知信函向客户寄出 (规定 6)."""

    def _get_letters_due(self, campaign):
        return campaign.followup_ids.filtered("previous_id")

    def test_letter_is_due_within_two_days_where_the_call_says_so(self):
        campaign = self._new_confirmed_campaign(2)
        needing, content = self._get_notices(campaign)
        self._reach(needing, letter_needed=True)
        self._reach(content)
        due = self._get_letters_due(campaign)
        self.assertEqual(due.partner_id, needing.partner_id)
        self.assertEqual(due.previous_id, needing)
        self.assertEqual(due.channel, "letter")
        self.assertEqual(due.campaign_id, campaign)
        self.assertEqual(due.date_earliest, TODAY)
        self.assertEqual(due.date_deadline, TODAY + timedelta(days=2))
        self._run_planning()
        self.assertEqual(self._get_letters_due(campaign), due)

    def test_letter_found_needed_after_registration_is_due_at_once(self):
        campaign = self._new_confirmed_campaign()
        call = self._reach(self._get_notices(campaign))
        self.assertFalse(self._get_letters_due(campaign))
        call.letter_needed = True
        self.assertEqual(len(self._get_letters_due(campaign)), 1)
        call.letter_needed = True
        self.assertEqual(len(self._get_letters_due(campaign)), 1)

    def test_scheduler_catches_up_on_letters_but_not_long_after(self):
        rule = self.env.ref("aftersales_followup.rule_campaign_letter").sudo()
        campaign = self._new_confirmed_campaign(2, date_begin=TODAY + timedelta(90))
        rule.active = False
        early, late = self._get_notices(campaign)
        self._reach(early, letter_needed=True)
        self.pass_days(20)
        self._reach(late, letter_needed=True)
        rule.active = True
        rule.sudo().date_active = TODAY
        self.pass_days(13)
        self._run_planning()
        self.assertEqual(self._get_letters_due(campaign).previous_id, late)

    def test_no_letter_invites_to_a_cancelled_campaign(self):
        campaign = self._new_confirmed_campaign()
        call = self._reach(self._get_notices(campaign))
        campaign.action_cancel()
        call.letter_needed = True
        self.assertFalse(self._get_letters_due(campaign))

    def test_letter_without_a_template_is_an_invitation_all_the_same(self):
        """Nobody invited to an event reads that maintenance is due."""
        campaign = self._new_confirmed_campaign()
        followup = campaign.followup_ids[:1]
        template = followup._get_letter_template()
        self.assertEqual(template.kind, "invitation")
        self.assertEqual(followup._prepare_letter_vals()["kind"], "invitation")

    def test_letter_is_written_from_the_template_of_the_campaign(self):
        template = self.env.ref("aftersales_followup.letter_template_invitation")
        campaign = self._new_confirmed_campaign(letter_template_id=template.id)
        campaign.description = "Brakes & tyres\nfor nothing"
        call = self._reach(self._get_notices(campaign), letter_needed=True)
        due = self._get_letters_due(campaign)
        for action in (call.action_write_letter(), due.action_write_letter()):
            letter = Form(
                self.env["aftersales.letter"]
                .with_user(self.officer)
                .with_context(**action["context"])
            )
            self.assertEqual(letter.kind, "invitation")
            self.assertEqual(letter.followup_id, due)
            self.assertEqual(letter.date_due, due.date_deadline)
            for text in (campaign.name, campaign.venue, "Brakes &amp; tyres<br/>"):
                self.assertIn(text, str(letter.body).replace("<br>", "<br/>"))
        letter = letter.save()
        self.assertEqual(letter.campaign_id, campaign)
        letter.action_register()
        self.assertEqual(due.state, "done")
        self.assertEqual(due.result, "on_time")
        self.env.invalidate_all()
        self.assertEqual(campaign.letter_count, 1)


class TestEnd(CampaignCase):
    def test_cancelling_withdraws_what_is_open_and_keeps_what_was_done(self):
        campaign = self._new_confirmed_campaign(3)
        done, needing, left = self._get_notices(campaign).sorted("id")
        self._reach(done)
        self._reach(needing, letter_needed=True)
        due = campaign.followup_ids.filtered("previous_id")
        letter = self._new_letter(needing.partner_id, followup_id=due.id)
        campaign.action_cancel()
        self.assertEqual(campaign.state, "cancelled")
        self.assertEqual(
            (done | needing | left | due).mapped("state"),
            ["done", "done", "cancelled", "cancelled"],
        )
        self.assertIn("cancelled", left.cancel_reason)
        self.assertFalse(letter.exists())
        self.assertFalse(self._get_reminders(left | due))

    def test_cancelled_campaign_can_be_changed_and_planned_anew(self):
        campaign = self._new_confirmed_campaign(2)
        campaign.action_cancel()
        self._run_planning()
        campaign.action_draft()
        campaign.date_begin = campaign.date_end = TODAY + timedelta(days=60)
        self.assertEqual(campaign.notice_deadline, TODAY + timedelta(days=46))
        campaign.action_confirm()
        self.assertEqual(campaign.planned_count, 2)
        opened = campaign.followup_ids.filtered(lambda one: one.state == "planned")
        self.assertEqual(len(opened), 2)
        self.assertEqual(
            set(opened.mapped("date_deadline")), {campaign.notice_deadline}
        )

    def test_campaign_that_customers_know_of_is_duplicated_not_changed(self):
        campaign = self._new_confirmed_campaign()
        self._reach(self._get_notices(campaign))
        campaign.action_cancel()
        with self.assertRaises(UserError):
            campaign.action_draft()
        again = campaign.copy()
        self.assertEqual(again.state, "draft")
        again.action_confirm()
        self.assertEqual(again.planned_count, 1)

    def test_campaign_ends_the_night_after_its_last_day(self):
        campaign = self._new_confirmed_campaign(2)
        done, left = self._get_notices(campaign)
        self._reach(done)
        self.set_now(NOW + timedelta(days=30))
        self._run_planning()
        self.assertEqual(campaign.state, "confirmed")
        with self.assertRaises(UserError):
            campaign.action_done()
        self.pass_days(1)
        self._run_planning()
        self.assertEqual(campaign.state, "done")
        self.assertEqual((done.state, left.state), ("done", "cancelled"))
        self.assertIn("over", left.cancel_reason)
        with self.assertRaises(UserError):
            campaign.action_cancel()

    def test_campaign_that_is_over_can_be_ended_by_hand(self):
        campaign = self._new_confirmed_campaign()
        self.pass_days(31)
        campaign.action_done()
        self.assertEqual(campaign.state, "done")

    def test_only_drafts_are_deleted(self):
        self._new_campaign().unlink()
        campaign = self._new_confirmed_campaign()
        with self.assertRaises(UserError):
            campaign.unlink()
        campaign.action_cancel()
        campaign.action_draft()
        with self.assertRaises(UserError):
            campaign.unlink()

    def test_last_day_is_not_before_the_first(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._new_campaign(date_end=TODAY)
        with self.assertRaises(ValidationError):
            self._new_campaign(
                last_visit_from=TODAY, last_visit_to=TODAY - timedelta(days=1)
            )

    def test_first_day_is_offered_as_the_last(self):
        form = Form(self.env["aftersales.campaign"])
        form.date_begin = TODAY + timedelta(days=20)
        self.assertEqual(form.date_end, form.date_begin)


class TestCampaignRights(CampaignCase):
    def test_officers_read_campaigns_and_supervisors_run_them(self):
        campaign = self._new_confirmed_campaign()
        theirs = campaign.with_user(self.officer)
        self.assertEqual(theirs.planned_count, 1)
        self.assertEqual(theirs.contact_count, 1)
        for method in (
            "action_confirm",
            "action_confirm_stepwise",
            "plan_batch",
            "action_cancel",
            "action_done",
            "action_draft",
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(theirs, method)()

    def test_state_and_results_cannot_be_made_up(self):
        campaign = self._new_campaign()
        for vals in (
            {"state": "done"},
            {"is_planned": True},
            {"notice_deadline": TODAY},
            {"confirmed_optout_count": 7},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                campaign.with_user(self.supervisor).write(vals)

    def test_other_dealerships_customers_are_not_told(self):
        other = self.env["res.company"].sudo().create({"name": "Pacific Motors"})
        foreign = self._new_audience(1)
        foreign.sudo().company_id = other
        own = self._new_audience(1)
        campaign = self._new_campaign()
        campaign.sudo().with_context(
            allowed_company_ids=(self.company | other).ids
        ).action_confirm()
        self.assertEqual(campaign.followup_ids.partner_id, own)
