from odoo import models
from odoo.tools import SQL


class PrivacyLookupWizard(models.TransientModel):
    _inherit = "privacy.lookup.wizard"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_query(self):
        """Look everywhere, also for callers who never became customers.

        Whoever answers a data subject's request is an administrator and need not work
        in after-sales, whose fields on other records are for its own people.
        """
        query = super(PrivacyLookupWizard, self.sudo())._get_query()
        return SQL(
            """
            %s
            UNION ALL
            SELECT %s AS res_model_id, id AS res_id, TRUE AS is_active
              FROM aftersales_call
             WHERE partner_id IS NULL AND caller_name ILIKE %s
            """,
            query,
            self.env["ir.model"]._get_id("aftersales.call"),
            self.name.strip(),
        )
