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
        if not {"active", "number"} & vals.keys():
            return super().write(vals)
        listed = self._aftersales_get_customers()
        result = super().write(vals)
        (listed - self._aftersales_get_customers())._aftersales_allow_contact()
        self._aftersales_cancel_calls()
        return result

    def unlink(self):
        listed = self._aftersales_get_customers()
        result = super().unlink()
        listed._aftersales_allow_contact()
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _aftersales_get_customers(self):
        """Return the customers whose numbers these entries keep from being called."""
        numbers = self.filtered("active").mapped("number")
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        return partners.search([("phone_sanitized", "in", numbers)])

    def _aftersales_cancel_calls(self):
        """Cancel the open calls to numbers that are on the list."""
        customers = self._aftersales_get_customers()
        self.env["aftersales.followup"]._cancel_refused(
            Domain("partner_id", "in", customers.ids)
        )
