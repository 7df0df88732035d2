from odoo import fields, models


class AftersalesRestrictionLift(models.TransientModel):
    """Lift restrictions, with a reason that stays on them."""

    _name = "aftersales.restriction.lift"
    _description = "Lift Restrictions"
    _inherit = ["aftersales.dialog.mixin"]

    restriction_ids = fields.Many2many(
        "aftersales.restriction", string="Customers", required=True, readonly=True
    )
    reason = fields.Char(required=True)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_lift(self):
        """Lift the restrictions and close the dialog."""
        self.ensure_one()
        self.restriction_ids._lift(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
