from odoo import api, fields, models
from odoo.exceptions import AccessError


class AftersalesRestrictionShow(models.TransientModel):
    """Look who a restricted customer is: whoever gives a reason sees it, on record."""

    _name = "aftersales.restriction.show"
    _description = "Show Who a Restricted Customer Is"
    _inherit = ["aftersales.dialog.mixin", "aftersales.guarded.mixin"]

    restriction_id = fields.Many2one(
        "aftersales.restriction", required=True, readonly=True
    )
    reason = fields.Char(required=True)
    look_id = fields.Many2one("aftersales.restriction.look", readonly=True)
    shown = fields.Text(string="Who It Is", compute="_compute_shown", compute_sudo=True)

    @api.depends("look_id")
    @api.depends_context("uid")
    def _compute_shown(self):
        """Never stored: it is read from the vault by who looked, and by nobody else."""
        for dialog in self:
            look = dialog.look_id
            looked = look.user_id == self.env.user
            if looked and look.restriction_id == dialog.restriction_id:
                dialog.shown = dialog.restriction_id._get_shown_text()
            else:
                dialog.shown = False

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_show(self):
        """Note who looks and why, then show it."""
        self.ensure_one()
        if not self.env["res.users"]._aftersales_is_supervisor():
            raise AccessError(
                self.env._("Only a supervisor looks who a restricted customer is.")
            )
        self.restriction_id.check_access("read")
        look = self.restriction_id._look(self.reason)
        self.sudo().write({"look_id": look.id, "reason": look.reason})
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "aftersales_followup.aftersales_restriction_show_action"
            ),
            "res_id": self.id,
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_guarded_fields(self):
        return {"look_id"}
