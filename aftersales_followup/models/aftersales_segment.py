from odoo import fields, models


class AftersalesSegment(models.Model):
    """Customer level (VIP, level 1, level 2, other): who is called first."""

    _name = "aftersales.segment"
    _description = "Customer Level"
    _inherit = ["aftersales.configuration.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="Of customers due the same day, the lowest is called first."
    )
    color = fields.Integer()
