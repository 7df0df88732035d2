from odoo import fields, models

DEPARTMENTS = [
    ("front_desk", "Front Desk"),
    ("workshop", "Repair Shop"),
    ("parts", "Parts"),
    ("sales", "Sales"),
    ("maker", "Maker"),
    ("customer", "Customer"),
]


class AftersalesCaseCause(models.Model):
    """Why customers complain, to see where most of it comes from."""

    _name = "aftersales.case.cause"
    _description = "Cause of Complaints"
    _inherit = ["aftersales.configuration.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    department = fields.Selection(
        DEPARTMENTS,
        string="Usually Responsible",
        help="Proposed as responsible where this cause is chosen.",
    )
