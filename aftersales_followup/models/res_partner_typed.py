"""A customer is known once in a company, under a number that can be dialled."""

from odoo import api, fields, models

from .groups import ADVISOR
from .typed_values import check_number


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "aftersales.typed.mixin"]

    aftersales_twin_id = fields.Many2one(
        "res.partner",
        string="Customer Who Is Known Already",
        compute="_compute_aftersales_twin_id",
        groups=ADVISOR,
        help="Another customer with this phone number.",
    )

    @api.depends("phone", "company_id")
    def _compute_aftersales_twin_id(self):
        """Whoever enters a customer sees at once who has the number already.

        Husband and wife may share one: it is said, and nobody is stopped.
        """
        for partner in self:
            digits = self._aftersales_phone_digits(partner.phone)
            family = partner._origin | partner.parent_id | partner._origin.child_ids
            partner.aftersales_twin_id = digits and self.search(
                [
                    ("aftersales_phone_digits", "=", digits),
                    ("company_id", "in", [False, self.env.company.id]),
                    ("id", "not in", family._origin.ids),
                ],
                limit=1,
            )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _check_typed(self, names):
        """What staff type as a number is one; what was imported stays as it is."""
        super()._check_typed(names)
        if "phone" in names and self._aftersales_is_for_staff():
            for partner in self:
                check_number(self.env, partner.phone)
