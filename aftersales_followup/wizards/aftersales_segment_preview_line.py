from odoo import fields, models

from ..models.aftersales_segment import REQUIREMENTS, LevelRule

# What may be tried out of a level.
RULE_FIELDS = ("by_rule", "minimum_spend", "minimum_visits", "requirement")


class AftersalesSegmentPreviewLine(models.TransientModel):
    """What a level takes, as it is tried out."""

    _name = "aftersales.segment.preview.line"
    _description = "Level in a Preview"
    _inherit = ["aftersales.dialog.mixin"]
    _order = "sequence, id"
    _transient_max_hours = 0
    _transient_max_count = 0

    preview_id = fields.Many2one(
        "aftersales.segment.preview", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    segment_id = fields.Many2one(
        "aftersales.segment",
        string="Level",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    by_rule = fields.Boolean(string="Given by Rule")
    minimum_spend = fields.Float(string="Spend from", digits=(16, 2))
    minimum_visits = fields.Integer(string="Visits from")
    requirement = fields.Selection(
        REQUIREMENTS, string="Needed", required=True, default="one"
    )
    count_before = fields.Integer(string="Now", readonly=True)
    count_after = fields.Integer(string="Then", readonly=True)

    _check_minimum = models.Constraint(
        "CHECK (minimum_spend >= 0 AND minimum_visits >= 0)",
        "The minimum spend and number of visits of a level cannot be negative.",
    )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """What was seen is not what is applied once a minimum changes."""
        result = super().write(vals)
        if set(RULE_FIELDS) & vals.keys():
            self.preview_id.state = "draft"
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_level_rules(self):
        return [
            LevelRule(
                line.segment_id.id,
                line.minimum_spend,
                line.minimum_visits,
                line.requirement,
            )
            for line in self
            if line.by_rule
        ]

    def _apply(self):
        """Set the level's minimums to these.

        What all dealerships share is not changed from one of them: it gets a level of
        its own in the place of the shared one, unless it is the only dealership and
        the administrator asks.
        """
        self.ensure_one()
        level = self.segment_id
        changes = {
            name: self[name] for name in RULE_FIELDS if self[name] != level[name]
        }
        if not changes:
            return
        is_alone = self.env["res.company"].sudo().search_count([]) == 1
        if not level.company_id and not (is_alone and self.env.is_system()):
            company = self.preview_id.company_id
            level = level.with_company(company)
            level.with_context(aftersales_stay=True).action_make_own_copy()
            level = level._get_own(company)
        level.write(changes)
