from odoo import fields, models


class AftersalesFollowupCancel(models.TransientModel):
    """Cancel follow-ups by hand, with a reason that stays on them."""

    _name = "aftersales.followup.cancel"
    _description = "Cancel Follow-ups"
    _inherit = ["aftersales.dialog.mixin"]

    followup_ids = fields.Many2many(
        "aftersales.followup",
        string="Follow-ups",
        required=True,
        default=lambda self: self._get_selected_ids("aftersales.followup"),
    )
    reason = fields.Char(required=True)

    def action_cancel(self):
        """Cancel the follow-ups that are still open."""
        self.ensure_one()
        self.followup_ids._check_not_promised()
        self.followup_ids._cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
