"""What a visit comes to, summed up from its lines."""

from odoo import api, fields, models

# Whose money makes a customer's level: his own and his insurer's.
SPENDERS = ("customer", "insurance")


class AftersalesVisit(models.Model):
    _inherit = "aftersales.visit"

    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_total = fields.Monetary(
        string="Total", compute="_compute_totals", store=True
    )
    cost_total = fields.Monetary(
        string="Total Cost", compute="_compute_totals", store=True
    )
    spend_total = fields.Monetary(
        string="Paid by Customer and Insurer",
        compute="_compute_totals",
        store=True,
        help="What gives the customer his level.",
    )

    @api.depends("line_ids.amount", "line_ids.cost", "line_ids.payer")
    def _compute_totals(self):
        for visit in self:
            lines = visit.line_ids
            visit.amount_total = sum(lines.mapped("amount"))
            visit.cost_total = sum(lines.mapped("cost"))
            visit.spend_total = sum(
                line.amount for line in lines if line.payer in SPENDERS
            )
