from datetime import datetime, timedelta

from odoo.exceptions import UserError

from .campaign_common import CampaignCase
from .common import TODAY


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
