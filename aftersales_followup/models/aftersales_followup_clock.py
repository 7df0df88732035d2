"""The clock of a follow-up: its window, and what the report of all clocks tells."""

from odoo import api, models


class AftersalesFollowup(models.Model):
    _inherit = "aftersales.followup"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_clock_window(self, code):
        """Return the first and the last day on which the follow-up is on time.

        A campaign's notice is on time until two weeks ahead, whatever day it was
        spread to. Where it was confirmed too late for that, nobody is told in time.
        """
        if self.campaign_id and not self.previous_id:
            return False, self.campaign_id.sudo().notice_deadline
        return super()._get_clock_window(code)

    @api.model
    def _get_clock_columns(self, code):
        """Each rule is a kind of clock of its own."""
        return super()._get_clock_columns(code) | {
            "rule_id": self._get_clock_column("rule_id"),
            "user_id": self._get_clock_column("acting_user_id"),
            "partner_id": self._get_clock_column("partner_id"),
            "vehicle_id": self._get_clock_column("vehicle_id"),
        }
