from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from .aftersales_case_cause import DEPARTMENTS
from .aftersales_clock_mixin import RESULTS
from .aftersales_report_mixin import Ratio, measure_field, ratio_field, same_selection
from .none_labels import NO_CAUSE, NO_DEADLINE

_lt = LazyTranslate(__name__)


def _result_field(string):
    """Return the field of what came of a clock of the case's last round."""
    return fields.Selection(
        RESULTS,
        string=string,
        readonly=True,
        falsy_value_label=NO_DEADLINE,
        help="What came of it in the last round.",
    )


class AftersalesCaseReport(models.Model):
    """Wishes, requests and complaints, a row each, by the day they were raised.

    Clocks of all rounds are among the deadlines kept (``aftersales.clock``); here is
    what came of the last round.
    """

    _name = "aftersales.case.report"
    _description = "Case Analysis"
    _inherit = ["aftersales.report.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "date"
    _record_model = "aftersales.case"
    _moment = "moment"
    _ratios = {
        "days_to_solve": Ratio("solving_days", "solved_count"),
        "csi": Ratio("satisfaction_sum", "answer_count", factor=10),
    }
    _depends = {
        "aftersales.case": [
            "company_id",
            "partner_id",
            "vehicle_id",
            "user_id",
            "supervisor_id",
            "date_raised",
            "case_type",
            "cause_id",
            "department",
            "state",
            "round_id",
            "parts_days",
            "maker_days",
        ],
        "aftersales.case.round": [
            "number",
            "date_solved",
            "answered_on_spot",
            "escalation_result",
            "solve_result",
            "inform_result",
            "answer_result",
            "satisfaction",
        ],
        "aftersales.archive": ["partner_id", "company_id", "segment_id"],
        "fleet.vehicle": ["model_id"],
        "res.company": ["aftersales_tz"],
    }

    date = fields.Date(string="Raised on", readonly=True)
    user_id = fields.Many2one("res.users", string="Designated Officer", readonly=True)
    supervisor_id = fields.Many2one(
        "res.users",
        string="Deciding Supervisor",
        readonly=True,
        falsy_value_label=_lt("Not Reported"),
    )
    case_type = same_selection(
        "aftersales.case",
        "case_type",
        string="Type",
    )
    cause_id = fields.Many2one(
        "aftersales.case.cause",
        readonly=True,
        falsy_value_label=NO_CAUSE,
    )
    department = fields.Selection(
        DEPARTMENTS,
        string="Responsible Department",
        readonly=True,
        falsy_value_label=_lt("No Department"),
    )
    state = same_selection(
        "aftersales.case",
        "state",
    )
    answered_on_spot = fields.Boolean(string="Answered on the Spot", readonly=True)
    escalation_result = _result_field("Report")
    solve_result = _result_field("Solving")
    inform_result = _result_field("Telling the Customer")
    answer_result = _result_field("Answer to the Complaint")

    # measures
    reopened_count = measure_field("Reopened", help="How many times in all.")
    solved_count = measure_field("Solved")
    solving_days = measure_field("Days to Solve in All", aggregator=None)
    days_to_solve = ratio_field(
        "Days to Solve",
        help="Calendar days from the day it was raised to the last solution, a case.",
    )
    parts_days = measure_field("Days Waited for Parts")
    maker_days = measure_field("Days Waited for the Maker")
    answer_count = measure_field(
        "Answers on Satisfaction",
        help="Cases in which the customer gave a mark for the solution.",
    )
    satisfaction_sum = measure_field("Marks in All", aggregator=None)
    csi = ratio_field(
        "Satisfied with the Solution (%)",
        help="Marks in all, out of ten for each customer who gave one.",
    )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_report_columns(self):
        companies = self.env["res.company"]
        raised = companies._aftersales_day_sql(SQL("told.date_raised"))
        solved = companies._aftersales_day_sql(SQL("last.date_solved"))
        asked = SQL("last.satisfaction >= 0")
        of_case = (
            "id",
            "user_id",
            "supervisor_id",
            "case_type",
            "cause_id",
            "department",
            "state",
            "parts_days",
            "maker_days",
        )
        of_round = (
            "answered_on_spot",
            "escalation_result",
            "solve_result",
            "inform_result",
            "answer_result",
        )
        return {
            **{name: SQL.identifier("told", name) for name in of_case},
            **{name: SQL.identifier("last", name) for name in of_round},
            **self._get_customer_columns("told"),
            "moment": SQL("told.date_raised"),
            "date": raised,
            "reopened_count": SQL("last.number - 1"),
            "solved_count": SQL("(last.date_solved IS NOT NULL)::int"),
            "solving_days": SQL("%s - %s", solved, raised),
            "answer_count": SQL("(%s)::int", asked),
            "satisfaction_sum": SQL("CASE WHEN %s THEN last.satisfaction END", asked),
        }

    @api.model
    def _get_report_source(self):
        return SQL(
            """aftersales_case told
               LEFT JOIN aftersales_case_round last ON last.id = told.round_id
               %s %s""",
            self._get_customer_joins("told"),
            self.env["res.company"]._aftersales_zone_sql(SQL("told.company_id")),
        )
