from odoo import models


class MailBlacklist(models.Model):
    _inherit = "mail.blacklist"

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """An address that comes off the list may be written to again."""
        result = super().write(vals)
        if "active" in vals and not vals["active"]:
            self._aftersales_get_customers()._aftersales_allow_contact()
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _aftersales_get_customers(self):
        """Return the customers who have these addresses."""
        return (
            self.env["res.partner"]
            .sudo()
            .search([("email_normalized", "in", self.mapped("email"))])
        )
