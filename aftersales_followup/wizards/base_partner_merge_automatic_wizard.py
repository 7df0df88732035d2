from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _update_values(self, src_partners, dst_partner):
        """Merge the archives, too, whoever cleans up the contacts.

        Visits, calls and letters have followed already; registered ones keep the
        name, number and address they were written with. An archive that was still to
        be filed stays so.
        """
        src_partners, dst_partner = src_partners.sudo(), dst_partner.sudo()
        states = (src_partners | dst_partner).mapped("aftersales_archive_state")
        result = super()._update_values(src_partners, dst_partner)
        dst_partner.aftersales_archive_state = min(
            states, key=("open", "complete", "none").index
        )
        self.env.add_to_compute(
            dst_partner._fields["aftersales_last_visit_date"], dst_partner
        )
        return result
