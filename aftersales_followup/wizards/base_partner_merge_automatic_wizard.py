from odoo import models
from odoo.exceptions import UserError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Merge the archives, too, company by company, whoever cleans up the contacts.

        Visits, calls and letters follow; registered ones keep the name, number and
        address they were written with.
        """
        partners = src_partners | dst_partner
        restricted = self.env["aftersales.restriction"]._get_in_force(partners)
        if restricted:
            raise UserError(
                self.env._(
                    "%(customer)s asked to be forgotten and cannot be merged with "
                    "another contact. Ask a supervisor to lift the restriction first.",
                    customer=restricted[0].partner_id.display_name,
                )
            )
        src_partners.sudo()._aftersales_merge_archives(dst_partner.sudo())
        result = super()._update_foreign_keys(src_partners, dst_partner)
        dst_partner.sudo()._aftersales_derive_archives()
        dst_partner._aftersales_look_at_again()
        return result
