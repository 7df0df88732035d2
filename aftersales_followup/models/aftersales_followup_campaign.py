"""The part that follow-ups have in a campaign: invited by phone, then by letter."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

REPLIES = [
    ("coming", "Coming"),
    ("not_coming", "Not Coming"),
    ("undecided", "Undecided"),
]


class AftersalesFollowup(models.Model):
    """The part of a follow-up in a campaign: who replied, and who came."""

    _inherit = "aftersales.followup"

    campaign_id = fields.Many2one(
        "aftersales.campaign",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        readonly=True,
        copy=False,
    )
    campaign_reply = fields.Selection(
        REPLIES,
        string="Coming to the Campaign",
        readonly=True,
        copy=False,
        help="What the customer last said about coming to the campaign.",
    )
    came_by_hand = fields.Boolean(copy=False)
    came = fields.Boolean(
        compute="_compute_came",
        inverse="_inverse_came",
        search="_search_came",
        help="The customer's car came in during the campaign. Tick it by hand where "
        "people come without their cars.",
    )

    @api.depends("campaign_id", "came_by_hand")
    def _compute_came(self):
        invited = self.filtered("campaign_id")
        came = invited and self.search([("id", "in", invited.ids), ("came", "=", True)])
        for followup in self:
            followup.came = followup._origin in came

    def _inverse_came(self):
        for followup in self:
            followup.came_by_hand = followup.came

    def _search_came(self, operator, value):
        if operator != "in":
            return NotImplemented
        came = Domain("campaign_id", "!=", False) & Domain.custom(
            to_sql=lambda model, alias, query: self._get_came_sql(alias)
        )
        return Domain.OR(came if flag else ~came for flag in value)

    @api.model
    def _get_came_sql(self, alias):
        """Return the SQL of whether the customer of a campaign's follow-up came.

        Marked by hand, or with a car that arrived on one of the campaign's days, as
        the company's clock counts them.
        """
        self.env["aftersales.visit"].flush_model(
            ["partner_id", "company_id", "state", "date_arrival"]
        )
        self.env["aftersales.campaign"].flush_model(["date_begin", "date_end"])
        self.flush_model(["came_by_hand", "campaign_id", "partner_id"])
        return SQL(
            """
            (%(followup)s.came_by_hand IS TRUE OR EXISTS (
                SELECT FROM aftersales_visit visit
                  JOIN aftersales_campaign campaign
                    ON campaign.id = %(followup)s.campaign_id
                 WHERE visit.partner_id = %(followup)s.partner_id
                   AND visit.company_id = campaign.company_id
                   AND visit.state != 'cancelled'
                   AND %(arrival_day)s
                       BETWEEN campaign.date_begin AND campaign.date_end
            ))
            """,
            followup=SQL.identifier(alias),
            arrival_day=self.env["res.company"]._aftersales_date_sql(
                SQL("visit.date_arrival"), SQL("campaign.company_id")
            ),
        )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _note_campaign_reply(self):
        """Take over what the customer said in the last call that asked for it."""
        for followup in self.filtered("campaign_id"):
            replies = followup.call_ids.filtered(
                lambda call: call.state == "registered" and call.campaign_reply
            )
            followup.campaign_reply = replies.sorted("date")[-1:].campaign_reply
