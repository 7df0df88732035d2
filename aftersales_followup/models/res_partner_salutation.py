"""How a customer is spoken to and written to: 先生 or 女士, when it is known."""

from odoo import fields, models

from .groups import ADVISOR
from .personal_words import CLEARED


class ResPartner(models.Model):
    _inherit = "res.partner"

    aftersales_salutation = fields.Selection(
        [("mr", "Mr"), ("ms", "Ms")],
        string="Salutation",
        tracking=True,
        copy=False,
        groups=ADVISOR,
        help="Letters, labels and call scripts name the customer with it. Nobody is "
        "guessed to be one or the other.",
    )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _aftersales_salute(self):
        """Return the name as it is spoken and written, in the language of the user."""
        name = self.name or ""
        salutation = self.sudo().aftersales_salutation
        if not name or self.is_company or not salutation:
            return name
        if salutation == "mr":
            return self.env._("Mr %(name)s", name=name)
        return self.env._("Ms %(name)s", name=name)

    def _get_personal_fields(self):
        return super()._get_personal_fields() | {"aftersales_salutation": CLEARED}
