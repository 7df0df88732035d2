from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class AftersalesSummaryReopen(models.TransientModel):
    """An administrator opens a filed summary again, and says why (五).

    What was filed was reported: opening it again is nothing that a supervisor does
    alone. Who did it, when and why is kept with the summary.
    """

    _name = "aftersales.summary.reopen"
    _description = "Reopen a Filed Summary"
    _inherit = ["aftersales.dialog.mixin"]

    summary_id = fields.Many2one("aftersales.summary", required=True, readonly=True)
    reason = fields.Char(required=True)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_reopen(self):
        """Open the summary again."""
        self.ensure_one()
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._("Only an administrator opens a filed summary again.")
            )
        if not self.reason.strip():
            raise UserError(self.env._("Please say why it is opened again."))
        self.summary_id.check_access("read")
        self.summary_id.sudo()._reopen(self.reason.strip())
        return {"type": "ir.actions.act_window_close"}
