from odoo import api, fields, models

NOT_ASKED = -1


class AftersalesSatisfactionMixin(models.AbstractModel):
    """What a customer answers when asked how satisfied he is; nought is an answer."""

    _name = "aftersales.satisfaction.mixin"
    _description = "Satisfaction"

    satisfaction = fields.Integer(
        default=NOT_ASKED,
        aggregator=None,
        copy=False,
        help="0 (not at all) to 10 (completely); -1: not asked.",
    )
    satisfaction_score = fields.Selection(
        [(str(score), str(score)) for score in range(11)],
        string="Satisfaction (0–10)",
        compute="_compute_satisfaction_score",
        inverse="_inverse_satisfaction_score",
        help="Empty: not asked.",
    )

    @api.depends("satisfaction")
    def _compute_satisfaction_score(self):
        for record in self:
            asked = record.satisfaction != NOT_ASKED
            record.satisfaction_score = asked and str(record.satisfaction)

    def _inverse_satisfaction_score(self):
        for record in self:
            record.satisfaction = int(record.satisfaction_score or NOT_ASKED)
