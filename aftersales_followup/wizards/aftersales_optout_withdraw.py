from odoo import fields, models


class AftersalesOptoutWithdraw(models.TransientModel):
    """Withdraw opt-outs, with a reason that stays on them."""

    _name = "aftersales.optout.withdraw"
    _description = "Withdraw Opt-Outs"
    _inherit = ["aftersales.dialog.mixin"]

    optout_ids = fields.Many2many("aftersales.optout", string="Opt-Outs", required=True)
    reason = fields.Char(required=True)

    def action_withdraw(self):
        """Withdraw those that are still in force."""
        self.ensure_one()
        self.optout_ids._withdraw(self.reason)
        return {"type": "ir.actions.act_window_close"}
