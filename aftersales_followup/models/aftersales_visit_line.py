from odoo import api, fields, models
from odoo.exceptions import UserError

from .sane_values import check_sane_values

TRADES = [
    ("maintenance", "Maintenance"),
    ("mechanical", "Mechanical"),
    ("sheet_metal", "Sheet Metal"),
    ("paint", "Paint"),
    ("parts", "Parts"),
    ("accessories", "Accessories"),
    ("other", "Other"),
]
PAYERS = [
    ("customer", "Customer"),
    ("insurance", "Insurance"),
    ("warranty", "Warranty"),
    ("internal", "Internal"),
]
CLAIM_STATES = [
    ("none", "No Claim"),
    ("submitted", "Submitted"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
]


class AftersalesVisitLine(models.Model):
    """One piece of work or part of a visit: who did it, who pays, how much."""

    _name = "aftersales.visit.line"
    _description = "Visit Line"
    _inherit = ["aftersales.sane.mixin", "aftersales.large.mixin"]
    _order = "visit_id, sequence, id"
    _rec_name = "name"
    _check_company_auto = True

    visit_id = fields.Many2one(
        "aftersales.visit", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    service_type_id = fields.Many2one(
        "fleet.service.type",
        string="Service",
        domain="[('category', '=', 'service')]",
        index="btree_not_null",
        ondelete="restrict",
    )
    name = fields.Char(string="Description", required=True)
    trade = fields.Selection(TRADES, required=True, default="mechanical", index=True)
    payer = fields.Selection(PAYERS, required=True, default="customer")
    amount = fields.Monetary()
    cost = fields.Monetary()
    claim_state = fields.Selection(
        CLAIM_STATES, string="Warranty Claim", required=True, default="none"
    )
    company_id = fields.Many2one(
        related="visit_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    _check_cost = models.Constraint("CHECK (cost >= 0)", "A cost cannot be negative.")

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_visit_open()
        return lines

    def write(self, vals):
        """After the visit only what becomes of a claim changes."""
        check_sane_values(self, [vals])
        if vals.keys() - {"claim_state"}:
            self._check_visit_open()
        result = super().write(vals)
        if "visit_id" in vals:
            self._check_visit_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_over(self):
        self._check_visit_open()

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _check_visit_open(self):
        """Refuse to change what was done and paid for once the visit is over."""
        over = self.visit_id.filtered(lambda visit: visit._is_settled())
        if over and not self.env.su:
            raise UserError(
                self.env._(
                    "Visit %(visit)s is over: its lines cannot be changed any more. "
                    "Reopen it first.",
                    visit=over[0].name,
                )
            )
