from odoo import fields, models


class AftersalesTip(models.Model):
    """Knowledge tip (汽车运用知识): a short text for a season and a kind of car."""

    _name = "aftersales.tip"
    _description = "Car Knowledge Tip"
    _inherit = ["aftersales.configuration.mixin"]
    _order = "season, id"

    name = fields.Char(required=True, translate=True)
    text = fields.Text(required=True, translate=True)
    season = fields.Selection(
        [
            ("spring", "Spring"),
            ("summer", "Summer"),
            ("autumn", "Autumn"),
            ("winter", "Winter"),
        ],
        help="Empty: offered all the year round.",
    )
    category_ids = fields.Many2many(
        "fleet.vehicle.model.category",
        string="Car Categories",
        help="Empty: for every kind of car.",
    )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_season(self, date):
        """Return the season of ``date``: winter is December to February."""
        return ("winter", "spring", "summer", "autumn")[date.month % 12 // 3]

    def _get_tips_domain(self, vehicle, date):
        """Return the domain of the tips that fit a car on a date."""
        return [
            ("season", "in", [self._get_season(date), False]),
            "|",
            ("category_ids", "=", False),
            ("category_ids", "in", vehicle.category_id.ids),
        ]
