from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


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
        src_partners._aftersales_check_company(dst_partner.company_id.id)
        src_partners.sudo()._aftersales_merge_archives(dst_partner.sudo())
        self._aftersales_move_origin_keys(src_partners, dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        dst_partner.sudo()._aftersales_derive_archives()
        dst_partner._aftersales_look_at_again()
        return result

    def _aftersales_move_origin_keys(self, src_partners, dst_partner):
        """Let the keys of planned follow-ups name whom they are for from now on.

        A key that named the contact that is gone would be planned once more. It reads
        rule:kind:id:partner:company, see ``aftersales.origin.mixin``; an archive is
        the customer's in that company. Where both have a follow-up under one key, the
        kept contact's stands for it.
        """
        self.env["aftersales.followup"].flush_model(["origin_key", "partner_id"])
        self.env["aftersales.archive"].flush_model(["partner_id", "company_id"])
        self.env.cr.execute(
            SQL(
                """
                WITH planned AS (
                    SELECT id, company_id, string_to_array(origin_key, ':') AS parts
                      FROM aftersales_followup
                     WHERE partner_id = ANY(%(gone)s) AND origin_key IS NOT NULL
                ), moved AS (
                    SELECT planned.id, array_to_string(
                               parts[:2] || CASE parts[2] WHEN 'archive'
                               THEN COALESCE(archive.id::text, parts[3])
                               ELSE parts[3] END || %(kept)s::text || parts[5:], ':'
                           ) AS origin_key
                      FROM planned
                 LEFT JOIN aftersales_archive archive
                        ON archive.partner_id = %(kept)s
                       AND archive.company_id = planned.company_id
                     WHERE parts[4] = ANY(%(names)s)
                ), first AS (
                    SELECT DISTINCT ON (origin_key) id, origin_key FROM moved
                     ORDER BY origin_key, id
                )
                UPDATE aftersales_followup followup SET origin_key = first.origin_key
                  FROM first
                 WHERE followup.id = first.id
                   AND NOT EXISTS (SELECT FROM aftersales_followup there
                                    WHERE there.origin_key = first.origin_key)
                """,
                gone=src_partners.ids,
                kept=dst_partner.id,
                names=[str(partner_id) for partner_id in src_partners.ids],
            )
        )
        self.env["aftersales.followup"].invalidate_model(["origin_key"], flush=False)
