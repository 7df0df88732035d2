from odoo import fields, models


class PrivacyLookupWizardLine(models.TransientModel):
    _inherit = "privacy.lookup.wizard.line"

    aftersales_can_restrict = fields.Boolean(
        compute="_compute_aftersales_can_restrict",
        help="A customer whose archive must be kept: restrict instead of deleting.",
    )

    def _compute_aftersales_can_restrict(self):
        Partner = self.env["res.partner"].sudo()
        ids = [line.res_id for line in self if line.res_model == "res.partner"]
        kept = Partner.browse(ids).exists()._aftersales_filter_kept()
        for line in self:
            line.aftersales_can_restrict = (
                line.res_model == "res.partner" and line.res_id in kept.ids
            )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_aftersales_restrict(self):
        """Ask how it was asked for, then restrict the customer of this line."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_partner_restrict_action"
        )
        action["context"] = {
            "default_partner_ids": [self.res_id],
            "default_lookup_line_id": self.id,
        }
        return action

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _aftersales_note_restricted(self):
        """Write into the log of the look-up what was done."""
        for line in self:
            line.execution_details = self.env._(
                "Restricted %(model)s #%(id)s",
                model=line.res_model_id.name,
                id=line.res_id,
            )
        self.flush_recordset()
        self.wizard_id.flush_recordset()
