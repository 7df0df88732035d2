from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.notify import say_done


class AftersalesPartnerHandOver(models.TransientModel):
    """Hand customers over to another officer, with all that is open (规定 1)."""

    _name = "aftersales.partner.hand.over"
    _description = "Hand Customers Over"
    _inherit = ["aftersales.dialog.mixin"]

    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        required=True,
        default=lambda self: self._get_selected_ids("res.partner"),
    )
    partner_count = fields.Integer(
        string="Number of Customers", compute="_compute_counts"
    )
    followup_count = fields.Integer(string="Open Follow-ups", compute="_compute_counts")
    officer_id = fields.Many2one(
        "res.users",
        string="New Officer",
        required=True,
        domain=lambda self: self.env["res.users"]._aftersales_officer_domain(),
    )

    @api.depends("partner_ids")
    def _compute_counts(self):
        for wizard in self:
            wizard.partner_count = len(wizard.partner_ids)
            wizard.followup_count = self.env["aftersales.followup"].search_count(
                [
                    ("partner_id", "in", wizard.partner_ids.ids),
                    ("state", "=", "planned"),
                ]
            )

    def action_hand_over(self):
        """Designate the new officer for the customers and their open follow-ups."""
        self.ensure_one()
        if not self.partner_ids:
            raise UserError(self.env._("Choose the customers to hand over first."))
        self.partner_ids.write({"aftersales_officer_id": self.officer_id.id})
        return say_done(
            self.env._(
                "%(count)s customers handed over to %(officer)s",
                count=len(self.partner_ids),
                officer=self.officer_id.name,
            ),
            self.partner_ids,
            "aftersales-customers",
        )
