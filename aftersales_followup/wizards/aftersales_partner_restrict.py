from odoo import fields, models


class AftersalesPartnerRestrict(models.TransientModel):
    """A customer asked to be forgotten: say how, and let the data be masked."""

    _name = "aftersales.partner.restrict"
    _description = "Restrict Customers"
    _inherit = ["aftersales.dialog.mixin"]

    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        required=True,
        readonly=True,
        default=lambda self: self._get_selected_ids("res.partner"),
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
