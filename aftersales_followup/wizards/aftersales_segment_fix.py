from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesSegmentFix(models.TransientModel):
    """Fix the level of customers by hand, or let it follow the rules again."""

    _name = "aftersales.segment.fix"
    _description = "Fix the Level of Customers"
    _inherit = ["aftersales.dialog.mixin"]

    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        required=True,
        default=lambda self: self._get_selected_ids("res.partner"),
    )
    segment_id = fields.Many2one(
        "aftersales.segment",
        string="Level",
        help="Stays until somebody releases it, whatever the customer spends.",
    )
    reason = fields.Char(required=True)
    fixed_count = fields.Integer(
        string="Fixed by Hand so Far", compute="_compute_fixed_count"
    )

    @api.depends("partner_ids")
    @api.depends_context("company")
    def _compute_fixed_count(self):
        for dialog in self:
            dialog.fixed_count = len(
                dialog.partner_ids.filtered("aftersales_segment_fixed")
            )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_fix(self):
        """Fix the level: the monthly calculation leaves it from now on."""
        self.ensure_one()
        if not self.segment_id:
            raise UserError(self.env._("Choose the level to fix first."))
        self._get_archives()._fix_level(self.segment_id, self.reason)
        return {"type": "ir.actions.act_window_close"}

    def action_release(self):
        """Let the rules decide again, at once."""
        self.ensure_one()
        archives = self._get_archives()
        if not any(archives.mapped("segment_fixed")):
            raise UserError(
                self.env._(
                    "None of these levels is fixed by hand: they follow the rules "
                    "already."
                )
            )
        archives._release_level(self.reason)
        return {"type": "ir.actions.act_window_close"}

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_archives(self):
        """Return the customers' archives in the current company.

        :raise UserError: if somebody is no customer here
        """
        if not self.partner_ids:
            raise UserError(self.env._("Choose the customers first."))
        strangers = self.partner_ids.filtered(
            lambda partner: not partner.aftersales_archive_id
        )
        if strangers:
            raise UserError(
                self.env._(
                    "A level belongs to a customer of this dealership, and "
                    "%(contacts)s has no archive here yet.",
                    contacts=strangers[0].display_name,
                )
            )
        return self.partner_ids.aftersales_archive_id
