from odoo import fields, models


class AftersalesOptoutReason(models.Model):
    """Why customers do not want to be contacted, and whether the business is lost."""

    _name = "aftersales.optout.reason"
    _description = "Reason of Opt-Outs"
    _inherit = ["aftersales.configuration.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    is_lost = fields.Boolean(
        string="Business Lost",
        help="The customer will not come again, such as after selling the car. "
        "Opt-outs that are noted already keep what they were counted as.",
    )
