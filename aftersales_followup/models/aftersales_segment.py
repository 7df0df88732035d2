from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

REQUIREMENTS = [("one", "One Is Enough"), ("both", "Both")]


class LevelRule(NamedTuple):
    """What it takes to have a level, as it stands or as it is tried out."""

    segment_id: int
    spend: float  # in the company's currency, within twelve months; 0: does not count
    visits: int  # within twelve months; 0: does not count
    requirement: str  # one of ``REQUIREMENTS``

    def get_condition_sql(self, spend, visits):
        """Return the SQL of whether a customer's figures reach the level.

        :param SQL spend: what he and his insurer paid, never null
        :param SQL visits: how often he came, never null
        """
        reached = []
        if self.spend > 0:
            reached.append(SQL("%s >= %s", spend, self.spend))
        if self.visits > 0:
            reached.append(SQL("%s >= %s", visits, self.visits))
        link = " AND " if self.requirement == "both" else " OR "
        return SQL("(%s)", SQL(link).join(reached)) if reached else SQL("TRUE")


class AftersalesSegment(models.Model):
    """Customer level (VIP, level 1, level 2, other): who is called first.

    A level is given by what the customer spent and how often he came within twelve
    months: the first one, in their order, whose minimum is reached. One without any
    minimum takes the rest. See ``aftersales_segment_recalculate``.
    """

    _name = "aftersales.segment"
    _description = "Customer Level"
    _inherit = ["aftersales.configuration.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        copy=False,
        help="A company's own level takes the place of the shared one of it.",
    )
    sequence = fields.Integer(
        default=10, help="Of customers due the same day, the lowest is called first."
    )
    color = fields.Integer()
    by_rule = fields.Boolean(
        string="Given by Rule",
        help="Off: customers have this level only where somebody gives it by hand.",
    )
    minimum_spend = fields.Float(
        string="Spend from",
        digits=(16, 2),
        help="What the customer and the insurer paid within twelve months. 0: does not "
        "count.",
    )
    minimum_visits = fields.Integer(
        string="Visits from",
        help="How often the customer came within twelve months. 0: does not count.",
    )
    requirement = fields.Selection(
        REQUIREMENTS,
        string="Needed",
        required=True,
        default="one",
        help="Whether one of the two minimums is enough, or both must be reached.",
    )

    _check_minimum = models.Constraint(
        "CHECK (minimum_spend >= 0 AND minimum_visits >= 0)",
        "The minimum spend and number of visits of a level cannot be negative.",
    )
    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code IS NOT NULL",
        "A level with this code exists already.",
    )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_make_own_copy(self):
        """Copy a shared level for the current company, whose customers move along."""
        self.ensure_one()
        if not self.code and not self.company_id:
            self.sudo().code = f"level_{self.id}"
        known = self._get_own(self.env.company)
        action = super().action_make_own_copy()
        if not known:
            self._get_own(self.env.company)._take_the_place_of(self)
        return action

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _take_the_place_of(self, shared):
        """Give this level to the customers of its company who have the shared one.

        It is the same level by another record, so that nobody moves: nothing is noted
        in the history, and what was fixed by hand stays fixed. Campaigns not yet
        confirmed are for the same customers as before.
        """
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE aftersales_archive SET segment_id = %s
                    WHERE company_id = %s AND segment_id = %s""",
                self.id,
                self.company_id.id,
                shared.id,
            )
        )
        self.env.invalidate_all()
        campaigns = self.env["aftersales.campaign"].sudo()
        for campaign in campaigns.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "draft"),
                ("segment_ids", "in", shared.ids),
            ]
        ):
            campaign.segment_ids = campaign.segment_ids - shared + self

    @api.model
    def _get_levels(self, company):
        """Return the levels of a company, the best first.

        A company's own level takes the place of the shared one with the same code, also
        when it is switched off.
        """
        levels = (
            self.sudo()
            .with_context(active_test=False)
            .search([("company_id", "in", [company.id, False])])
        )
        own = set(levels.filtered("company_id").mapped("code")) - {False}
        return levels.filtered(
            lambda level: level.active and (level.company_id or level.code not in own)
        )

    def _get_level_rules(self):
        """Return the ``LevelRule`` of each of these levels that is given by rule."""
        return [
            LevelRule(
                level.id, level.minimum_spend, level.minimum_visits, level.requirement
            )
            for level in self
            if level.by_rule
        ]
