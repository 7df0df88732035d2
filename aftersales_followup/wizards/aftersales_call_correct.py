from odoo import api, fields, models
from odoo.fields import Command

from ..models.aftersales_followup_campaign import REPLIES


class AftersalesCallCorrect(models.TransientModel):
    """A supervisor's correction of a registered call: with a reason, and visible."""

    _name = "aftersales.call.correct"
    _description = "Correct a Registered Call"

    call_id = fields.Many2one("aftersales.call", required=True, readonly=True)
    reason = fields.Char(required=True)
    date = fields.Datetime(required=True)
    duration = fields.Integer(string="Duration (min)")
    topic_ids = fields.Many2many("aftersales.topic", string="Topics")
    content = fields.Text(string="What Was Said")
    satisfaction = fields.Integer(help="0 to 10; -1: not asked.")
    outcome_id = fields.Many2one("aftersales.call.outcome", required=True)
    campaign_id = fields.Many2one(related="call_id.campaign_id")
    campaign_reply = fields.Selection(REPLIES, string="Coming to the Campaign")

    @api.model
    def default_get(self, fields):
        """Start from the call as it is registered."""
        defaults = super().default_get(fields)
        call = self.env["aftersales.call"].browse(defaults.get("call_id"))
        if call:
            defaults |= self._prepare_vals(call)
        return defaults

    def action_correct(self):
        """Write the correction on the call and close the dialog."""
        self.ensure_one()
        before = self._prepare_vals(self.call_id)
        changed = {
            name: value
            for name, value in self._prepare_vals(self).items()
            if value != before[name]
        }
        self.call_id.with_context(correction_reason=self.reason).write(changed)
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _prepare_vals(self, record):
        """Return the corrigible vals of a call, or of this correction of it."""
        return {
            "date": record.date,
            "duration": record.duration,
            "topic_ids": [Command.set(record.topic_ids.ids)],
            "content": record.content,
            "satisfaction": record.satisfaction,
            "outcome_id": record.outcome_id.id,
            "campaign_reply": record.campaign_reply,
        }
