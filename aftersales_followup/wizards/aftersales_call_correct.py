from odoo import api, fields, models
from odoo.fields import Command

from ..models.aftersales_followup_campaign import REPLIES


class AftersalesCallCorrect(models.TransientModel):
    """A supervisor's correction of a registered call: with a reason, and visible.

    A call that completed something for its customer stays with him.
    """

    _name = "aftersales.call.correct"
    _description = "Correct a Registered Call"
    _inherit = ["aftersales.correct.mixin", "aftersales.satisfaction.mixin"]
    _entry_field = "call_id"
    _check_company_auto = True

    call_id = fields.Many2one("aftersales.call", required=True, readonly=True)
    company_id = fields.Many2one(related="call_id.company_id", related_sudo=False)
    direction = fields.Selection(related="call_id.direction", related_sudo=False)
    followup_id = fields.Many2one(related="call_id.followup_id", related_sudo=False)
    partner_id = fields.Many2one("res.partner", string="Customer", check_company=True)
    vehicle_id = fields.Many2one("fleet.vehicle", string="Car", check_company=True)
    phone = fields.Char(string="Phone Number")
    date = fields.Datetime(required=True)
    duration = fields.Integer(string="Duration (min)")
    topic_ids = fields.Many2many("aftersales.topic", string="Topics")
    content = fields.Text(string="What Was Said")
    outcome_id = fields.Many2one("aftersales.call.outcome", required=True)
    campaign_id = fields.Many2one(related="call_id.campaign_id", related_sudo=False)
    campaign_reply = fields.Selection(REPLIES, string="Coming to the Campaign")

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """The car of whom the call was not with is none of this one's."""
        replaced = self.partner_id != self.call_id.partner_id
        if replaced and self.vehicle_id.aftersales_owner_id != self.partner_id:
            self.vehicle_id = False

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_changed_vals(self):
        """Let another customer bring his address along, and another car its plate."""
        changed = super()._get_changed_vals()
        if "partner_id" in changed:
            changed["address"] = self.partner_id._aftersales_address()
        if "vehicle_id" in changed:
            changed["plate"] = self.vehicle_id.sudo().license_plate
        return changed

    @api.model
    def _prepare_vals(self, record):
        return {
            "partner_id": record.partner_id.id,
            "vehicle_id": record.vehicle_id.id,
            "phone": record.phone,
            "date": record.date,
            "duration": record.duration,
            "topic_ids": [Command.set(record.topic_ids.ids)],
            "content": record.content,
            "satisfaction": record.satisfaction,
            "outcome_id": record.outcome_id.id,
            "campaign_reply": record.campaign_reply,
        }
