from collections import Counter
from datetime import date, timedelta

from odoo.exceptions import UserError

from .campaign_common import CampaignCase
from .common import TODAY


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
