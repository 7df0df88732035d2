from collections import Counter
from datetime import date, datetime, timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import NOW, TODAY, AftersalesCase

PLANNING = "odoo.addons.aftersales_followup.models.aftersales_campaign_plan"
SCHEDULER = "odoo.addons.aftersales_followup.models.scheduler"


class CampaignCase(AftersalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vip = cls.env["aftersales.segment"].create({"name": "VIP", "sequence": 0})

    def _get_notices(self, campaign):
        return campaign.followup_ids.filtered(lambda one: not one.previous_id)

    def _new_confirmed_campaign(self, customers=1, **vals):
        self._new_audience(customers)
        campaign = self._new_campaign(**vals)
        campaign.action_confirm()
        return campaign

    def _reach(self, followup, reply="coming", **vals):
        """Register the call that reached the customer of a follow-up."""
        call = self._new_call(
            followup, user=followup.user_id, campaign_reply=reply, **vals
        )
        call.action_register()
        return call

    def _plan_in_batches_of(self, size):
        return patch(f"{PLANNING}.PLAN_BATCH", size)


class TestNotice(CampaignCase):
    """提前两周把通知先以电话方式告之客户 (规定 6)."""

    def test_each_customer_is_to_be_called_two_weeks_ahead(self):
        campaign = self._new_confirmed_campaign(3)
        self.assertEqual(campaign.state, "confirmed")
        notices = self._get_notices(campaign)
        self.assertEqual(len(notices), 3)
        self.assertEqual(set(notices.mapped("channel")), {"call"})
        deadline = campaign.date_begin - timedelta(days=14)
        self.assertEqual(set(notices.mapped("date_deadline")), {deadline})
        self.assertEqual(campaign.notice_deadline, deadline)
        self.assertTrue(campaign.is_planned)
        reminders = self._get_reminders(notices)
        self.assertEqual(len(reminders), 3)
        self.assertEqual(reminders.user_id, self.officer)

    def test_deadline_is_counted_over_month_ends_and_leap_days(self):
        for begin, deadline in (
            (date(2028, 3, 14), date(2028, 2, 29)),
            (date(2027, 3, 14), date(2027, 2, 28)),
            (date(2026, 5, 14), date(2026, 4, 30)),
            (date(2027, 1, 14), date(2026, 12, 31)),
        ):
            with self.subTest(begin=begin):
                campaign = self._new_campaign(date_begin=begin)
                self.assertEqual(campaign.notice_deadline, deadline)

    def test_deadline_is_counted_in_working_days_where_the_company_does(self):
        self.company.sudo().aftersales_use_working_days = True
        campaign = self._new_campaign(date_begin=date(2026, 3, 30))
        self.assertEqual(campaign.notice_deadline, date(2026, 3, 10))

    def test_confirmed_campaign_keeps_its_deadline(self):
        campaign = self._new_confirmed_campaign()
        deadline = campaign.notice_deadline
        rule = self.env.ref("aftersales_followup.rule_campaign_call").sudo()
        rule.latest_days = -30
        campaign.date_end += timedelta(days=2)
        self.env.flush_all()
        self.assertEqual(campaign.notice_deadline, deadline)
        with self.assertRaises(UserError):
            campaign.date_begin += timedelta(days=1)

    def test_script_tells_content_dates_and_place(self):
        campaign = self._new_confirmed_campaign()
        content = self._get_notices(campaign).content
        for text in (campaign.name, campaign.venue, campaign.description, "04/01/2026"):
            self.assertIn(text, content)
        self.assertNotIn("{", content)

    def test_script_of_events_is_whole_without_a_campaign(self):
        topic = self.env.ref("aftersales_followup.topic_events")
        call = self._new_call(partner_id=self._new_customer().id, topic_ids=topic.ids)
        self.assertNotIn("{", call.script)
        self.assertTrue(call.script.endswith("are these:"))

    def test_notice_is_named_after_its_campaign(self):
        campaign = self._new_confirmed_campaign()
        self.assertIn(campaign.name, self._get_notices(campaign).occasion)
        self.assertIn(campaign.name, self._get_reminders(campaign.followup_ids).summary)

    def test_call_within_time_is_on_time_whatever_day_it_was_spread_to(self):
        campaign = self._new_confirmed_campaign(5)
        last = self._get_notices(campaign).sorted("date_earliest")[-1]
        self.assertGreater(last.date_earliest, TODAY)
        self._reach(last)
        self.assertEqual(last.result, "on_time")

    def test_customers_only_car_or_that_of_the_model_is_named(self):
        other = self.env["fleet.vehicle.model"].create(
            {"name": "Excelle", "brand_id": self.brand.id}
        )
        one, two = self._new_customer("One"), self._new_customer("Two")
        only = self._new_vehicle(one, "湘K00001")
        chosen = self._new_vehicle(two, "湘K00002")
        self._new_vehicle(two, "湘K00003", model_id=other.id)
        for models, cars in (
            (self.model.browse(), {one: only, two: chosen.browse()}),
            (self.model, {one: only, two: chosen}),
        ):
            campaign = self._new_campaign(model_ids=models.ids)
            campaign.action_confirm()
            notices = self._get_notices(campaign)
            self.assertEqual(
                {notice.partner_id: notice.vehicle_id for notice in notices}, cars
            )

    def test_nightly_scheduler_plans_no_campaign_that_is_not_confirmed(self):
        self._new_audience(2)
        campaign = self._new_campaign()
        self._run_planning()
        self.assertFalse(campaign.followup_ids)


class TestSpread(CampaignCase):
    def test_customers_keep_their_officer_and_others_get_the_least_busy(self):
        mine = self._new_audience(2)
        nobodys = self._new_audience(4, aftersales_officer_id=False)
        for _n in range(2):
            self._new_followup(mine[0])
        campaign = self._new_campaign()
        campaign.action_confirm()
        officers = {one.partner_id: one.user_id for one in campaign.followup_ids}
        self.assertEqual({officers[one] for one in mine}, {self.officer})
        shares = Counter(officers[one] for one in nobodys)
        self.assertEqual(shares, {self.officer: 1, self.other_officer: 3})
        self.assertEqual(
            nobodys.aftersales_officer_id, self.officer | self.other_officer
        )

    def test_calls_of_each_officer_are_spread_evenly_over_the_days(self):
        self._new_audience(40)
        self._new_audience(23, aftersales_officer_id=self.other_officer.id)
        campaign = self._new_campaign()
        campaign.action_confirm()
        days = (campaign.notice_deadline - TODAY).days + 1
        for officer, count in ((self.officer, 40), (self.other_officer, 23)):
            notices = campaign.followup_ids.filtered(
                lambda one, officer=officer: one.user_id == officer
            )
            self.assertEqual(len(notices), count)
            each = Counter(notices.mapped("date_earliest"))
            self.assertEqual(len(each), days)
            self.assertLessEqual(max(each.values()) - min(each.values()), 1)
            self.assertEqual(min(each), TODAY)
            self.assertEqual(max(each), campaign.notice_deadline)

    def test_calls_are_spread_the_same_in_whatever_batches_they_are_planned(self):
        self._new_audience(30)
        days = []
        for size in (2000, 7):
            campaign = self._new_campaign()
            with self._plan_in_batches_of(size):
                campaign.action_confirm()
            days.append(
                {one.partner_id: one.date_earliest for one in campaign.followup_ids}
            )
        self.assertEqual(*days)

    def test_best_customers_get_the_first_days(self):
        self._new_audience(10)
        best = self._new_audience(3, aftersales_segment_id=self.vip.id)
        campaign = self._new_campaign()
        campaign.action_confirm()
        first = campaign.followup_ids.sorted("date_earliest")[:3]
        self.assertEqual(first.partner_id, best)

    def test_calls_are_spread_over_working_days_where_the_company_counts_them(self):
        self.company.sudo().aftersales_use_working_days = True
        self._new_audience(30)
        campaign = self._new_campaign()
        campaign.action_confirm()
        weekdays = {one.date_earliest.weekday() for one in campaign.followup_ids}
        self.assertEqual(weekdays, {0, 1, 2, 3, 4})


class TestAudience(CampaignCase):
    def assertTold(self, customers, **vals):
        campaign = self._new_campaign(**vals)
        self.assertEqual(campaign.contact_count, len(customers))
        campaign.action_confirm()
        self.assertEqual(campaign.followup_ids.partner_id, customers)
        self.assertEqual(campaign.contact_count, len(customers))

    def test_only_active_customers_with_an_archive_are_told(self):
        customers = self._new_audience(2)
        customers += self._new_audience(1, company_id=False)
        self.env["res.partner"].create({"name": "Supplier"})
        self._new_audience(1)[0].action_archive()
        self.assertTold(customers)

    def test_levels_models_last_visit_and_other_conditions_narrow_it_down(self):
        everybody = self._new_audience(5)
        level, car, recent, city, _other = everybody
        level.aftersales_segment_id = self.vip
        self._new_vehicle(car)
        self._new_visit(recent, self._new_vehicle(recent, "湘K2"))
        self.env.flush_all()
        city.city = "Loudi"
        self.assertTold(level, segment_ids=self.vip.ids)
        self.assertTold(car | recent, model_ids=self.model.ids)
        self.assertTold(recent, last_visit_from=TODAY, last_visit_to=TODAY)
        self.assertTold(city, audience_domain="[('city', '=', 'Loudi')]")
        self.assertTold(
            recent, model_ids=self.model.ids, last_visit_from=TODAY - timedelta(days=1)
        )

    def test_who_must_not_be_called_is_taken_out_and_counted(self):
        customers = self._new_audience(4)
        blocked = customers[1]
        blocked.phone = "+86 139 1234 5678"
        self.env.flush_all()
        self.env["phone.blacklist"].sudo().add(blocked.phone_sanitized)
        campaign = self._new_campaign()
        figures = (4, 1, 3)

        def count():
            return (
                campaign.audience_count,
                campaign.optout_count,
                campaign.contact_count,
            )

        self.assertEqual(count(), figures)
        action = campaign.action_open_optouts()
        shown = self.env["res.partner"].search(action["domain"])
        self.assertEqual(shown, blocked)
        campaign.action_confirm()
        self.assertEqual(count(), figures)
        self.assertEqual(campaign.followup_ids.partner_id, customers - blocked)

    def test_preview_lists_the_customers(self):
        customers = self._new_audience(3)
        customers[0].aftersales_segment_id = self.vip
        self._new_vehicle(customers[0])
        campaign = self._new_campaign(
            segment_ids=self.vip.ids, model_ids=self.model.ids
        )
        action = campaign.action_open_audience()
        shown = self.env["res.partner"].search(action["domain"])
        self.assertEqual(shown, customers[0])
        campaign.action_confirm()
        action = campaign.action_open_audience()
        self.assertEqual(self.env["res.partner"].search(action["domain"]), shown)

    def test_preview_follows_what_is_chosen(self):
        customers = self._new_audience(3)
        customers[0].aftersales_segment_id = self.vip
        form = Form(self._new_campaign())
        self.assertEqual(form.contact_count, 3)
        form.segment_ids.add(self.vip)
        self.assertEqual(form.contact_count, 1)

    def test_customers_who_come_later_are_not_in_the_audience(self):
        campaign = self._new_confirmed_campaign(2)
        self._new_audience(2)
        self.env.invalidate_all()
        self.assertEqual(campaign.contact_count, 2)

    def test_malformed_conditions_are_refused_clearly(self):
        for domain in ("[('city', '=']", "hello", "[('no_such_field', '=', 1)]", "[1]"):
            with (
                self.subTest(domain=domain),
                self.assertRaises(ValidationError) as error,
            ):
                self._new_campaign(audience_domain=domain)
            self.assertIn("Free Check Week", str(error.exception))

    def test_conditions_are_read_with_the_users_own_rights(self):
        self._new_audience(1)
        comment = self.env["res.partner"]._fields["comment"]
        self.patch(comment, "groups", "base.group_system")
        campaign = self._new_campaign(audience_domain="[('comment', '!=', 'x')]")
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            campaign.action_confirm()

    def test_campaign_for_nobody_is_refused(self):
        with self.assertRaises(UserError):
            self._new_campaign().action_confirm()


class TestTooLate(CampaignCase):
    def test_late_campaign_is_warned_of_and_its_calls_are_judged_late(self):
        self._new_audience(20)
        campaign = self._new_campaign(date_begin=TODAY + timedelta(days=7))
        self.assertTrue(campaign.is_late)
        campaign.action_confirm()
        self.assertFalse(campaign.is_late)
        notices = self._get_notices(campaign)
        eve = TODAY + timedelta(days=6)
        self.assertEqual(set(notices.mapped("date_deadline")), {eve})
        self.assertEqual(min(notices.mapped("date_earliest")), TODAY)
        self.assertEqual(max(notices.mapped("date_earliest")), eve)
        self._reach(notices[0])
        self.assertEqual(notices[0].result, "late")

    def test_campaign_exactly_two_weeks_ahead_is_in_time(self):
        campaign = self._new_campaign(date_begin=TODAY + timedelta(days=14))
        self.assertFalse(campaign.is_late)
        self._new_audience(1)
        campaign.action_confirm()
        notice = self._get_notices(campaign)
        self.assertEqual((notice.date_earliest, notice.date_deadline), (TODAY, TODAY))
        self._reach(notice)
        self.assertEqual(notice.result, "on_time")

    def test_campaign_that_has_begun_cannot_be_confirmed(self):
        self._new_audience(1)
        for begin in (TODAY, TODAY - timedelta(days=1)):
            with self.assertRaises(UserError):
                self._new_campaign(date_begin=begin).action_confirm()

    def test_without_its_rule_a_campaign_cannot_be_confirmed(self):
        self._new_audience(1)
        self.env.ref("aftersales_followup.rule_campaign_call").sudo().active = False
        campaign = self._new_campaign()
        with self.assertRaises(UserError):
            campaign.action_confirm()


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


class TestResults(CampaignCase):
    def _new_worked_campaign(self):
        """Four customers: one comes, one does not, one is not reached, one is left."""
        campaign = self._new_confirmed_campaign(4)
        coming, staying, silent, _left = self._get_notices(campaign).sorted("id")
        self._reach(coming)
        self._reach(staying, "not_coming")
        call = self._new_call(silent, outcome_id=self.no_answer.id)
        call.action_register()
        return campaign

    def _get_figures(self, campaign):
        campaign.invalidate_recordset()
        names = ("planned", "called", "reached", "coming", "letter", "came")
        return tuple(campaign[f"{name}_count"] for name in names)

    def test_figures_tell_what_became_of_the_campaign(self):
        campaign = self._new_worked_campaign()
        self.assertEqual(self._get_figures(campaign), (4, 3, 2, 1, 0, 0))

    def test_each_figure_opens_the_records_it_counts(self):
        campaign = self._new_worked_campaign()
        campaign.followup_ids[:1].came = True
        self._get_figures(campaign)
        for figure, method in (
            ("planned", campaign.action_open_customers),
            ("called", campaign.action_open_called),
            ("reached", campaign.action_open_reached),
            ("coming", campaign.action_open_coming),
            ("letter", campaign.action_open_letters),
            ("came", campaign.action_open_came),
        ):
            action = method()
            found = self.env[action["res_model"]].search_count(action["domain"])
            with self.subTest(figure=figure):
                self.assertEqual(found, campaign[f"{figure}_count"])

    def test_figures_of_many_campaigns_take_one_query(self):
        campaigns = self._new_worked_campaign()
        for _n in range(4):
            campaigns |= self._new_campaign()
        campaigns[1:].action_confirm()
        self.env.flush_all()
        campaigns.invalidate_recordset()
        campaigns.mapped("name")
        with self.assertQueryCount(1):
            campaigns.mapped("planned_count")
            campaigns.mapped("came_count")

    def test_customers_came_whose_car_arrived_on_one_of_the_days(self):
        begin = TODAY + timedelta(days=30)
        campaign = self._new_confirmed_campaign(
            6, date_begin=begin, date_end=begin + timedelta(days=1)
        )
        notices = self._get_notices(campaign).sorted("id")
        # Midnight in Shanghai is four in the afternoon of the day before in UTC.
        first = datetime.combine(begin, datetime.min.time()) - timedelta(hours=8)
        self.set_now(first + timedelta(days=3))
        for notice, arrival, vals in (
            (notices[0], first, {}),
            (notices[1], first - timedelta(minutes=1), {}),
            (notices[2], first + timedelta(days=2, minutes=-1), {}),
            (notices[3], first + timedelta(days=2), {}),
            (notices[4], first, {"state": "cancelled"}),
        ):
            visit = self._new_visit(
                notice.partner_id, visit_type="consultation", date_arrival=arrival
            )
            visit.sudo().write(vals)
        notices[5].with_user(self.officer).came = True
        came = notices[0] | notices[2] | notices[5]
        self.assertEqual(notices.filtered("came"), came)
        found = notices.search([("came", "=", True), ("id", "in", notices.ids)])
        self.assertEqual(found, came)
        found = notices.search([("came", "=", False), ("id", "in", notices.ids)])
        self.assertEqual(found, notices - came)
        self.assertEqual(self._get_figures(campaign)[-1], 3)

    def test_last_reply_counts_and_only_when_registered(self):
        campaign = self._new_confirmed_campaign()
        notice = self._get_notices(campaign)
        draft = self._new_call(notice, campaign_reply="coming")
        self.assertFalse(notice.campaign_reply)
        draft.outcome_id = self.no_answer
        draft.campaign_reply = "undecided"
        draft.action_register()
        self.assertEqual(notice.campaign_reply, "undecided")
        self.pass_days(1)
        self._reach(notice)
        self.assertEqual(notice.campaign_reply, "coming")

    def test_registered_reply_is_corrected_by_a_supervisor_with_a_reason(self):
        campaign = self._new_confirmed_campaign()
        call = self._reach(self._get_notices(campaign))
        with self.assertRaises(UserError):
            call.with_user(self.officer).campaign_reply = "not_coming"
        Correct = self.env["aftersales.call.correct"].with_user(self.supervisor)
        correction = Correct.with_context(default_call_id=call.id).create(
            {"reason": "He rang back"}
        )
        correction.campaign_reply = "not_coming"
        correction.action_correct()
        self.assertTrue(call.is_corrected)
        self.assertEqual(call.followup_id.campaign_reply, "not_coming")


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
