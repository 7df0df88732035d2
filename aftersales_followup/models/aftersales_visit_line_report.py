from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from .aftersales_report_mixin import Ratio, measure_field, ratio_field
from .aftersales_visit_line import CLAIM_STATES, PAYERS, TRADES
from .none_labels import NO_OFFICER

_lt = LazyTranslate(__name__)


def _money_field(string, **attributes):
    return fields.Monetary(string=string, readonly=True, **attributes)


class AftersalesVisitLineReport(models.Model):
    """Lines of workshop visits that were delivered, a row each, by that day.

    Revenue is what customer, insurer and maker pay; work for the house is none, and its
    cost is no part of the profit.
    """

    _name = "aftersales.visit.line.report"
    _description = "Revenue Analysis"
    _inherit = ["aftersales.report.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "date"
    _ratios = {
        "margin": Ratio("gross_profit", "revenue", factor=100),
        "average_ticket": Ratio("revenue", "visit_count", is_distinct=True),
        "claims_passed": Ratio("approved_count", "decided_count", factor=100),
    }
    _depends = {
        "aftersales.visit": [
            "company_id",
            "partner_id",
            "vehicle_id",
            "officer_id",
            "advisor_id",
            "visit_type",
            "state",
            "date_end",
        ],
        "aftersales.visit.line": [
            "visit_id",
            "trade",
            "payer",
            "service_type_id",
            "claim_state",
            "amount",
            "cost",
        ],
        "aftersales.archive": ["partner_id", "company_id", "segment_id"],
        "fleet.vehicle": ["model_id"],
        "res.company": ["currency_id"],
    }

    date = fields.Date(string="Delivered on", readonly=True)
    visit_id = fields.Many2one("aftersales.visit", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Follow-up Officer",
        readonly=True,
        falsy_value_label=NO_OFFICER,
    )
    advisor_id = fields.Many2one(
        "res.users",
        string="Service Advisor",
        readonly=True,
        falsy_value_label=_lt("No Service Advisor"),
    )
    trade = fields.Selection(TRADES, readonly=True)
    payer = fields.Selection(PAYERS, readonly=True)
    service_type_id = fields.Many2one(
        "fleet.service.type",
        string="Service",
        readonly=True,
        falsy_value_label=_lt("No Service"),
    )
    claim_state = fields.Selection(CLAIM_STATES, string="Warranty Claim", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)

    # measures
    revenue = _money_field("Revenue", help="What customer, insurer and maker pay.")
    cost = _money_field("Cost", help="Of the lines that bring revenue.")
    gross_profit = _money_field("Gross Profit")
    margin = ratio_field("Margin (%)", help="Gross profit, out of the revenue.")
    internal_amount = _money_field(
        "Internal Work", help="Work for the house itself, which nobody pays for."
    )
    visit_count = measure_field(
        "Number of Visits",
        aggregator="count_distinct",
        help="Visits that bring revenue; each counts once.",
    )
    average_ticket = _money_field(
        "Average Ticket", aggregator="avg", help="Revenue, a visit that brings some."
    )
    approved_count = measure_field("Claims Approved")
    decided_count = measure_field("Claims Decided")
    claims_passed = ratio_field(
        "Claims Passed (%)", help="Claims that were approved, out of all decided."
    )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_record(self):
        return self.visit_id

    @api.model
    def _get_report_columns(self):
        paid = SQL("line.payer != 'internal'")
        plain = ("id", "visit_id", "trade", "payer", "service_type_id", "claim_state")
        columns = {
            **{name: SQL.identifier("line", name) for name in plain},
            **self._get_customer_columns("visit"),
            "date": SQL("visit.date_end"),
            "user_id": SQL("visit.officer_id"),
            "advisor_id": SQL("visit.advisor_id"),
            "currency_id": SQL("company.currency_id"),
            "revenue": SQL("CASE WHEN %s THEN line.amount ELSE 0 END", paid),
            "cost": SQL("CASE WHEN %s THEN line.cost ELSE 0 END", paid),
            "internal_amount": SQL("CASE WHEN %s THEN 0 ELSE line.amount END", paid),
            "visit_count": SQL("CASE WHEN %s THEN line.visit_id END", paid),
            "approved_count": SQL("(line.claim_state = 'approved')::int"),
            "decided_count": SQL("(line.claim_state IN ('approved', 'rejected'))::int"),
        }
        columns["gross_profit"] = SQL(
            "CASE WHEN %s THEN COALESCE(line.amount, 0) - COALESCE(line.cost, 0) "
            "ELSE 0 END",
            paid,
        )
        return columns

    @api.model
    def _get_report_source(self):
        return SQL(
            """aftersales_visit visit
               JOIN aftersales_visit_line line ON line.visit_id = visit.id
               LEFT JOIN res_company company ON company.id = visit.company_id
               %s
               WHERE visit.visit_type = 'workshop' AND visit.state = 'delivered'
                 AND visit.date_end IS NOT NULL""",
            self._get_customer_joins("visit"),
        )
