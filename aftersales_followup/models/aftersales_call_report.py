from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from .aftersales_report_mixin import Ratio, measure_field, ratio_field, same_selection
from .none_labels import NO_CAMPAIGN, NO_OFFICER, NO_OUTCOME, NO_RULE

_lt = LazyTranslate(__name__)


class AftersalesCallReport(models.Model):
    """Registered calls, a row each, by the day of the call; drafts count nowhere."""

    _name = "aftersales.call.report"
    _description = "Call Analysis"
    _inherit = ["aftersales.report.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "date"
    _record_model = "aftersales.call"
    _moment = "moment"
    _ratios = {
        "reached_rate": Ratio("reached_count", "outbound_count", factor=100),
        "csi": Ratio("satisfaction_sum", "answer_count", factor=10),
        "minutes_a_call": Ratio("duration", "timed_count"),
    }
    _depends = {
        "aftersales.call": [
            "company_id",
            "partner_id",
            "vehicle_id",
            "user_id",
            "designated_user_id",
            "date",
            "direction",
            "mode",
            "inbound_kind",
            "outcome_id",
            "followup_id",
            "satisfaction",
            "duration",
            "state",
        ],
        "aftersales.call.outcome": ["effect"],
        "aftersales.followup": ["rule_id", "campaign_id"],
        "aftersales.archive": ["partner_id", "company_id", "segment_id"],
        "fleet.vehicle": ["model_id"],
        "res.company": ["aftersales_tz"],
    }

    date = fields.Date(readonly=True)
    user_id = fields.Many2one("res.users", string="Called by", readonly=True)
    designated_user_id = fields.Many2one(
        "res.users",
        string="Designated Officer",
        readonly=True,
        falsy_value_label=NO_OFFICER,
    )
    direction = same_selection(
        "aftersales.call",
        "direction",
    )
    mode = same_selection(
        "aftersales.call",
        "mode",
    )
    inbound_kind = same_selection(
        "aftersales.call",
        "inbound_kind",
        string="Caller's Concern",
        falsy_value_label=_lt("No Concern"),
    )
    outcome_id = fields.Many2one(
        "aftersales.call.outcome",
        readonly=True,
        falsy_value_label=NO_OUTCOME,
    )
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

    # measures
    outbound_count = measure_field("Outbound Calls")
    inbound_count = measure_field("Inbound Calls")
    reached_count = measure_field(
        "Reached", help="Outbound calls that reached the customer."
    )
    reached_rate = ratio_field(
        "Reached (%)", help="Outbound calls that reached the customer, out of all."
    )
    customer_count = measure_field(
        "Customers Reached",
        aggregator="count_distinct",
        help="Each customer whom an outbound call reached counts once.",
    )
    answer_count = measure_field(
        "Answers on Satisfaction", help="Calls in which the customer gave a mark."
    )
    satisfaction_sum = measure_field("Marks in All", aggregator=None)
    csi = ratio_field(
        "CSI (%)", help="Marks in all, out of ten for each customer who gave one."
    )
    duration = measure_field("Minutes")
    timed_count = measure_field("Calls with a Duration", aggregator=None)
    minutes_a_call = ratio_field(
        "Minutes a Call", help="Of the calls whose duration is known."
    )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_report_columns(self):
        reached = SQL("(call.direction = 'outbound' AND outcome.effect = 'complete')")
        asked = SQL("call.satisfaction >= 0")
        plain = (
            "id",
            "user_id",
            "designated_user_id",
            "direction",
            "mode",
            "inbound_kind",
            "outcome_id",
            "duration",
        )
        return {
            **{name: SQL.identifier("call", name) for name in plain},
            **self._get_customer_columns("call"),
            "moment": SQL("call.date"),
            "date": self.env["res.company"]._aftersales_day_sql(SQL("call.date")),
            "rule_id": SQL("followup.rule_id"),
            "campaign_id": SQL("followup.campaign_id"),
            "outbound_count": SQL("(call.direction = 'outbound')::int"),
            "inbound_count": SQL("(call.direction = 'inbound')::int"),
            "reached_count": SQL("%s::int", reached),
            "customer_count": SQL("CASE WHEN %s THEN call.partner_id END", reached),
            "answer_count": SQL("(%s)::int", asked),
            "satisfaction_sum": SQL("CASE WHEN %s THEN call.satisfaction END", asked),
            "timed_count": SQL("(call.duration > 0)::int"),
        }

    @api.model
    def _get_report_source(self):
        return SQL(
            """aftersales_call call
               LEFT JOIN aftersales_call_outcome outcome
                      ON outcome.id = call.outcome_id
               LEFT JOIN aftersales_followup followup ON followup.id = call.followup_id
               %s %s
               WHERE call.state = 'registered'""",
            self._get_customer_joins("call"),
            self.env["res.company"]._aftersales_zone_sql(SQL("call.company_id")),
        )
