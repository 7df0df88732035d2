from odoo import api, fields, models
from odoo.fields import Command


class AftersalesPartnerRestrict(models.TransientModel):
    """A customer asked to be forgotten: say how, and let the data be masked."""

    _name = "aftersales.partner.restrict"
    _description = "Restrict Customers"
    _inherit = ["aftersales.dialog.mixin"]

    partner_ids = fields.Many2many(
        "res.partner", string="Customers", required=True, readonly=True
    )
    requested_on = fields.Date(
        string="Asked for on",
        required=True,
        default=lambda self: self.env.company._aftersales_date(),
    )
    reason = fields.Char(
        string="How It Was Asked for",
        required=True,
        help="Such as: by letter, in person, by whom on whose behalf.",
    )
    lookup_line_id = fields.Many2one(
        "privacy.lookup.wizard.line",
        readonly=True,
        groups="base.group_system",
        help="The line of the privacy look-up that this answers.",
    )

    @api.model
    def default_get(self, fields):
        """Take the customers that are selected in a list."""
        defaults = super().default_get(fields)
        context = self.env.context
        if context.get("active_model") == "res.partner" and not defaults.get(
            "partner_ids"
        ):
            defaults["partner_ids"] = [Command.set(context.get("active_ids", []))]
        return defaults

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_restrict(self):
        """Restrict the customers and close the dialog."""
        self.ensure_one()
        # The log of the look-up is written while it still knows for whom it was.
        self.sudo().lookup_line_id._aftersales_note_restricted()
        self.env["aftersales.restriction"]._restrict(
            self.partner_ids, self.reason, self.requested_on
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
