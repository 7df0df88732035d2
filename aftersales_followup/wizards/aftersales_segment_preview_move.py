from odoo import fields, models


class AftersalesSegmentPreviewMove(models.TransientModel):
    """A customer who would come to another level."""

    _name = "aftersales.segment.preview.move"
    _description = "Customer Who Would Come to Another Level"
    _order = "spend desc, visits desc, id"
    _transient_max_hours = 0
    _transient_max_count = 0

    preview_id = fields.Many2one(
        "aftersales.segment.preview", required=True, index=True, ondelete="cascade"
    )
    archive_id = fields.Many2one(
        "aftersales.archive", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="archive_id.partner_id")
    officer_id = fields.Many2one(related="archive_id.officer_id")
    currency_id = fields.Many2one(related="preview_id.company_id.currency_id")
    old_segment_id = fields.Many2one(
        "aftersales.segment", string="Level so Far", ondelete="cascade"
    )
    new_segment_id = fields.Many2one(
        "aftersales.segment", string="New Level", ondelete="cascade"
    )
    spend = fields.Monetary(string="Spent in 12 Months")
    visits = fields.Integer(string="Visits in 12 Months")

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_customer(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }
