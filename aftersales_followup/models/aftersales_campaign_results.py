"""What came of a campaign: figures counted from its follow-ups, and what they count."""

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

NOTICE = Domain("previous_id", "=", False)
# The follow-ups that a figure counts; the button of the figure lists the same ones.
FIGURES = {
    "planned_count": NOTICE & Domain("origin_key", "!=", False),
    "called_count": NOTICE & Domain("attempts", ">", 0),
    "reached_count": NOTICE & Domain("state", "=", "done"),
    "coming_count": NOTICE & Domain("campaign_reply", "=", "coming"),
    "came_count": NOTICE & Domain("came", "=", True),
}
SENT = Domain("number", "!=", False)


class AftersalesCampaign(models.Model):
    _inherit = "aftersales.campaign"

    followup_ids = fields.One2many(
        "aftersales.followup", "campaign_id", string="Follow-ups"
    )
    planned_count = fields.Integer(string="Planned", compute="_compute_figures")
    called_count = fields.Integer(string="Called", compute="_compute_figures")
    reached_count = fields.Integer(string="Reached", compute="_compute_figures")
    coming_count = fields.Integer(string="Coming", compute="_compute_figures")
    letter_count = fields.Integer(string="Letters Sent", compute="_compute_figures")
    came_count = fields.Integer(string="Came", compute="_compute_figures")

    def _compute_figures(self):
        """Count all results of all campaigns by one query."""
        figures = self._count_figures() if self.ids else {}
        for campaign in self:
            counted = figures.get(campaign._origin.id, {})
            for name in (*FIGURES, "letter_count"):
                campaign[name] = counted.get(name, 0)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_customers(self):
        """Open each customer's call with reply and whether he or she came."""
        return self._open_followups("planned_count", self.env._("Customers"))

    def action_open_called(self):
        return self._open_followups("called_count", self.env._("Called"))

    def action_open_reached(self):
        return self._open_followups("reached_count", self.env._("Reached"))

    def action_open_coming(self):
        return self._open_followups("coming_count", self.env._("Coming"))

    def action_open_came(self):
        return self._open_followups("came_count", self.env._("Came"))

    def action_open_letters(self):
        """Open the letters that were sent."""
        self.ensure_one()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_letter_action"
        ) | {
            "domain": [("campaign_id", "=", self.id), *SENT],
            "context": {"create": False},
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _count_figures(self):
        """Return {campaign id: {figure: number}}.

        The condition of each figure is that of the list behind its button.
        """
        Followup = self.env["aftersales.followup"].sudo()
        self.env["aftersales.letter"].flush_model(["campaign_id", "number"])
        query = Followup._search(Domain("campaign_id", "in", self.ids))
        own = SQL.identifier(query.table, "campaign_id")
        query.groupby = own
        counted = [
            SQL(
                "count(*) FILTER (WHERE %s)",
                domain.optimize_full(Followup)._to_sql(Followup, query.table, query),
            )
            for domain in FIGURES.values()
        ]
        letters = SQL(
            """(SELECT count(*) FROM aftersales_letter letter
                WHERE letter.campaign_id = %s AND letter.number IS NOT NULL)""",
            own,
        )
        rows = self.env.execute_query(query.select(own, letters, *counted))
        return {
            campaign_id: {
                "letter_count": sent,
                **dict(zip(FIGURES, numbers, strict=True)),
            }
            for campaign_id, sent, *numbers in rows
        }

    def _open_followups(self, figure, name):
        """Return the action that lists the customers whom a figure counts."""
        self.ensure_one()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_followup_action_campaign"
        ) | {
            "display_name": f"{self.name} · {name}",
            "domain": [("campaign_id", "=", self.id), *FIGURES[figure]],
        }
