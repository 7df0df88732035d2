from odoo import fields, models


class AftersalesRestrictionValue(models.Model):
    """The vault: what stood in one field of one record before it was masked.

    No role may read it, the administrator's neither: see ``aftersales.restriction``.
    """

    _name = "aftersales.restriction.value"
    _description = "Masked Value"
    _order = "id"

    restriction_id = fields.Many2one(
        "aftersales.restriction", required=True, index=True, ondelete="restrict"
    )
    res_model = fields.Char(required=True)
    res_id = fields.Integer(required=True)
    field = fields.Char(required=True)
    value = fields.Json(string="Original Value", help="As it was in the column.")
    shown = fields.Json(help="What stands there instead.")
