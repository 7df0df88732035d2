from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.notify import say


class AftersalesCallGive(models.TransientModel):
    """Give the registered call of an unknown caller to the customer he is."""

    _name = "aftersales.call.give"
    _description = "Give a Call to Its Customer"
    _inherit = ["aftersales.dialog.mixin"]
    _check_company_auto = True

    call_id = fields.Many2one("aftersales.call", required=True, readonly=True)
    company_id = fields.Many2one(related="call_id.company_id", related_sudo=False)
    caller_name = fields.Char(related="call_id.caller_name", related_sudo=False)
    phone = fields.Char(related="call_id.phone", related_sudo=False)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, check_company=True
    )
    vehicle_id = fields.Many2one(
        "fleet.vehicle",
        string="Car",
        check_company=True,
        help="The customer's car that the call was about, if it was about one.",
    )
    reason = fields.Char(
        required=True, default=lambda self: self.env._("The caller is known now")
    )

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.vehicle_id.aftersales_owner_id != self.partner_id:
            self.vehicle_id = False

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_give(self):
        """Give the call to the chosen customer, say so and close the dialog."""
        self.ensure_one()
        if self.vehicle_id and self.vehicle_id.aftersales_owner_id != self.partner_id:
            raise UserError(
                self.env._(
                    "%(car)s is not a car of %(customer)s. Choose one of his, or none.",
                    car=self.vehicle_id.display_name,
                    customer=self.partner_id.display_name,
                )
            )
        self.call_id._give_to(self.partner_id, self.vehicle_id, self.reason)
        return say(
            self.env._(
                "Call %(number)s is with %(customer)s now.",
                number=self.call_id.number,
                customer=self.partner_id.display_name,
            )
        )
