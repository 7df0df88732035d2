from odoo import fields, models


class AftersalesCallOutcome(models.Model):
    """How a call ended: data with behaviour."""

    _name = "aftersales.call.outcome"
    _description = "Call Outcome"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    completes_followup = fields.Boolean(
        help="The follow-up is done. Otherwise it stays open and counts an attempt."
    )
    color = fields.Integer()
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company")

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "An outcome with this code exists already.",
    )
