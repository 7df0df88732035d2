from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .campaign_common import CampaignCase
from .common import TODAY


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
