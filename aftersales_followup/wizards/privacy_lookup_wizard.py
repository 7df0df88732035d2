from odoo import models
from odoo.tools import SQL


class PrivacyLookupWizard(models.TransientModel):
    _inherit = "privacy.lookup.wizard"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_query(self):
        """Look everywhere: for callers who never became customers, and in the vault.

        Whoever answers a data subject's request is an administrator and need not work
        in after-sales, whose fields on other records are for its own people. Of a
        restricted customer only the restriction is found: everything else is masked.
        """
        query = super(PrivacyLookupWizard, self.sudo())._get_query()
        name, email = self.name.strip(), self.email.strip()
        return SQL(
            """
            %s
            UNION ALL
            SELECT %s AS res_model_id, id AS res_id, TRUE AS is_active
              FROM aftersales_call
             WHERE partner_id IS NULL AND caller_name ILIKE %s
            UNION ALL
            SELECT DISTINCT %s AS res_model_id, restriction_id AS res_id, TRUE
              FROM aftersales_restriction_value
             WHERE res_model = 'res.partner'
               AND ((field = 'name' AND value #>> '{}' ILIKE %s)
                    OR (field = 'email' AND value #>> '{}' ILIKE %s))
            """,
            query,
            self.env["ir.model"]._get_id("aftersales.call"),
            name,
            self.env["ir.model"]._get_id("aftersales.restriction"),
            name,
            email,
        )
