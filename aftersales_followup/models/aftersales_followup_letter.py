"""The letter that does what a follow-up is for, where a call cannot or need not."""

from odoo import models


class AftersalesFollowup(models.Model):
    _inherit = "aftersales.followup"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _prepare_letter_vals(self):
        """Return the vals of a letter that does what this follow-up is for."""
        template = self._get_letter_template()
        return {
            "followup_id": self.id,
            "partner_id": self.partner_id.id,
            "vehicle_id": self.vehicle_id.id,
            "date_due": self.date_deadline,
            "kind": template.kind or "notification",
            "template_id": template.id,
            "send_by": template.send_by or "post",
        }

    def _get_letter_template(self):
        """Return the template of the campaign, of the rule, or else a common one."""
        kind = "notification"
        if self.case_id:
            kind = "reply"
        elif self.campaign_id:
            kind = "invitation"
        return (
            self.campaign_id.letter_template_id
            or self.rule_id.letter_template_id
            or self.env["aftersales.letter.template"].search(
                [("kind", "=", kind)], limit=1
            )
        )

    def _get_draft_letters(self):
        return self.letter_ids.filtered(lambda letter: letter.state == "draft")
