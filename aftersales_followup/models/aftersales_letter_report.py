from odoo import api, fields, models
from odoo.tools import SQL

from .aftersales_clock_mixin import RESULTS
from .aftersales_followup_rule import PURPOSES
from .aftersales_letter_template import LETTER_KINDS, SEND_BY
from .aftersales_report_mixin import Ratio, measure_field, ratio_field
from .none_labels import NO_CAMPAIGN, NO_DEADLINE, NO_OFFICER, NO_RULE


class AftersalesLetterReport(models.Model):
    """Registered letters, a row each, by the day they were sent."""

    _name = "aftersales.letter.report"
    _description = "Letter Analysis"
    _inherit = ["aftersales.report.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "date"
    _record_model = "aftersales.letter"
    _ratios = {"returned_rate": Ratio("returned_count", "letter_count", factor=100)}
    _depends = {
        "aftersales.letter": [
            "company_id",
            "partner_id",
            "vehicle_id",
            "user_id",
            "designated_user_id",
            "date_sent",
            "kind",
            "purpose",
            "send_by",
            "campaign_id",
            "followup_id",
            "result",
            "state",
        ],
        "aftersales.followup": ["rule_id"],
        "aftersales.archive": ["partner_id", "company_id", "segment_id"],
        "fleet.vehicle": ["model_id"],
    }

    date = fields.Date(string="Sent on", readonly=True)
    user_id = fields.Many2one("res.users", string="Written by", readonly=True)
    designated_user_id = fields.Many2one(
        "res.users",
        string="Designated Officer",
        readonly=True,
        falsy_value_label=NO_OFFICER,
    )
    kind = fields.Selection(LETTER_KINDS, readonly=True)
    purpose = fields.Selection(PURPOSES, readonly=True)
    send_by = fields.Selection(SEND_BY, readonly=True)
    rule_id = fields.Many2one(
        "aftersales.followup.rule",
        readonly=True,
        falsy_value_label=NO_RULE,
    )
    campaign_id = fields.Many2one(
        "aftersales.campaign",
        readonly=True,
        falsy_value_label=NO_CAMPAIGN,
    )
    result = fields.Selection(RESULTS, readonly=True, falsy_value_label=NO_DEADLINE)

    # measures
    letter_count = measure_field("Letters", aggregator=None)
    returned_count = measure_field("Returned Letters")
    returned_rate = ratio_field(
        "Returned (%)", help="Letters that came back, out of all that were sent."
    )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_report_columns(self):
        plain = (
            "id",
            "user_id",
            "designated_user_id",
            "kind",
            "purpose",
            "send_by",
            "campaign_id",
            "result",
        )
        return {
            **{name: SQL.identifier("letter", name) for name in plain},
            **self._get_customer_columns("letter"),
            "date": SQL("letter.date_sent"),
            "rule_id": SQL("followup.rule_id"),
            "letter_count": SQL("1"),
            "returned_count": SQL("(letter.state = 'returned')::int"),
        }

    @api.model
    def _get_report_source(self):
        return SQL(
            """aftersales_letter letter
               LEFT JOIN aftersales_followup followup
                      ON followup.id = letter.followup_id
               %s
               WHERE letter.state != 'draft'""",
            self._get_customer_joins("letter"),
        )
