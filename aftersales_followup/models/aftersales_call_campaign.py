"""What a call about a campaign has to tell, and what the customer answers."""

from odoo import fields, models

from .aftersales_followup_campaign import REPLIES


class AftersalesCall(models.Model):
    _inherit = "aftersales.call"

    campaign_id = fields.Many2one(related="followup_id.campaign_id")
    campaign_date_begin = fields.Date(related="campaign_id.date_begin")
    campaign_date_end = fields.Date(related="campaign_id.date_end")
    campaign_venue = fields.Char(related="campaign_id.venue")
    campaign_description = fields.Text(related="campaign_id.description")
    campaign_reply = fields.Selection(
        REPLIES,
        string="Coming to the Campaign",
        copy=False,
        help="What the customer says about coming to the campaign.",
    )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """Keep the follow-up in step with what is noted after registration."""
        result = super().write(vals)
        if "campaign_reply" in vals or vals.get("letter_needed"):
            registered = self.filtered(lambda call: call.state == "registered")
            followups = registered.followup_id.sudo()
            if "campaign_reply" in vals:
                followups._note_campaign_reply()
            if vals.get("letter_needed"):
                followups.filtered(
                    lambda followup: followup.state == "done"
                )._plan_following("letter")
        return result

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_write_letter(self):
        """Write the letter that was planned after this call, if there is one."""
        action = super().action_write_letter()
        planned = self.env["aftersales.followup"].search(
            [
                ("previous_id", "in", self.followup_id.ids),
                ("channel", "=", "letter"),
                ("state", "=", "planned"),
            ],
            limit=1,
        )
        if planned:
            action = planned.action_write_letter()
            action["context"]["default_call_id"] = self.id
        elif self.campaign_id.letter_template_id:
            template = self.campaign_id.letter_template_id
            action["context"] |= {
                "default_template_id": template.id,
                "default_kind": template.kind,
            }
        return action

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_locked_fields(self):
        return super()._get_locked_fields() | {"campaign_reply"}

    def _update_followups(self):
        result = super()._update_followups()
        replied = self.filtered("campaign_reply")
        replied.followup_id.sudo()._note_campaign_reply()
        return result
