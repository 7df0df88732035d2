from unittest.mock import patch

from .common import AftersalesCase

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
