from odoo import api, models
from odoo.fields import Domain


class PhoneBlacklist(models.Model):
    _inherit = "phone.blacklist"

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        entries._aftersales_cancel_calls()
        return entries

    def write(self, vals):
        """A number that comes off the list may be called again."""
        result = super().write(vals)
        if vals.get("active"):
            self._aftersales_cancel_calls()
        elif "active" in vals:
            self._aftersales_get_customers()._aftersales_allow_contact()
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _aftersales_get_customers(self):
        """Return the customers who have these numbers."""
        return (
            self.env["res.partner"]
            .sudo()
            .search([("phone_sanitized", "in", self.mapped("number"))])
        )

    def _aftersales_cancel_calls(self):
        """Cancel the open calls to numbers that were put on the list."""
        customers = self.filtered("active")._aftersales_get_customers()
        followups = self.env["aftersales.followup"].sudo()
        followups.search(
            Domain("partner_id", "in", customers.ids) & followups._get_refused_domain()
        )._cancel(
            lambda env: env._("The number is on the phone blacklist."), blameless=True
        )
