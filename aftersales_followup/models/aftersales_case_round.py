from odoo import api, fields, models
from odoo.tools import SQL

from .aftersales_clock_mixin import Clock, result_field


def _officer_field(string):
    """Return the field that keeps in whose hands a case was when a clock stopped."""
    return fields.Many2one(
        "res.users",
        string=string,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )


class AftersalesCaseRound(models.Model):
    """A round of a case: its clocks, and what came of them (规定 4).

    What cannot be solved is reported to the supervisor within two days, is solved
    within the company's own limit, and the customer is told the very day of the
    solution. Who complains learns the result within the company's working days (seven,
    by law), counted from the day of the complaint whatever happens in between.

    A case has one round that runs. Reopening ends it, with its results, and begins the
    next one. Nobody writes rounds but the steps of the case.
    """

    _name = "aftersales.case.round"
    _description = "Round of a Case"
    _inherit = [
        "aftersales.clock.mixin",
        "aftersales.satisfaction.mixin",
        "aftersales.guarded.mixin",
        "aftersales.large.mixin",
    ]
    _order = "case_id, number"
    _check_company_auto = True
    _clocks = {
        "escalate": Clock("escalate_deadline", "date_escalated", "escalation_result"),
        "solve": Clock("solve_deadline", "date_solved", "solve_result"),
        "inform": Clock("inform_deadline", "date_informed", "inform_result"),
        "answer": Clock("answer_deadline", "date_informed", "answer_result"),
    }

    case_id = fields.Many2one(
        "aftersales.case",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    # A case is found by the round it points at without a search.
    running_case_ids = fields.One2many("aftersales.case", "round_id", string="Runs for")
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    number = fields.Integer(
        string="Round", required=True, readonly=True, aggregator=None
    )
    date_begin = fields.Datetime(
        string="Begun on",
        compute="_compute_date_begin",
        store=True,
        help="When the customer said it, or when the case was reopened.",
    )
    date_end = fields.Datetime(
        string="Reopened on",
        readonly=True,
        help="Empty: it is the last round.",
    )

    # report
    escalate_deadline = fields.Date(
        string="Report by", compute="_compute_deadlines", store=True
    )
    date_escalated = fields.Datetime(string="Reported on", readonly=True)
    escalated_by_id = fields.Many2one(
        "res.users",
        string="Reported by Officer",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    escalated_by_system = fields.Boolean(
        string="Reported by the System",
        readonly=True,
        help="Nobody reported it in time, so the system did. That counts as late.",
    )
    escalated_to_id = fields.Many2one(
        "res.users",
        string="Reported to",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    escalation_result = result_field("Report")
    escalate_user_id = _officer_field("Officer to Report It")

    # solve
    solve_deadline = fields.Date(
        string="Solve by", compute="_compute_deadlines", store=True
    )
    date_solved = fields.Datetime(string="Solved on", readonly=True)
    solved_by_id = fields.Many2one(
        "res.users",
        string="Solved by",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    solution = fields.Text(readonly=True)
    answered_on_spot = fields.Boolean(
        string="Answered on the Spot",
        readonly=True,
        help="The customer had an answer during the talk.",
    )
    solve_result = result_field("Solving")
    solve_user_id = _officer_field("Officer to Solve It")

    # inform
    inform_deadline = fields.Date(string="Tell the Customer by", readonly=True)
    date_informed = fields.Datetime(string="Customer Told on", readonly=True)
    inform_call_id = fields.Many2one(
        "aftersales.call",
        string="Told by Call",
        index="btree_not_null",
        readonly=True,
        ondelete="restrict",
    )
    inform_letter_id = fields.Many2one(
        "aftersales.letter",
        string="Told by Letter",
        index="btree_not_null",
        readonly=True,
        ondelete="restrict",
    )
    inform_result = result_field("Telling the Customer")
    inform_user_id = _officer_field("Officer to Tell It")

    # answer to a complaint
    answer_deadline = fields.Date(
        string="Answer by",
        compute="_compute_deadlines",
        store=True,
        help="Until when who complains is to learn the result, whatever happens in "
        "between.",
    )
    answer_result = result_field("Answer to the Complaint")
    answer_user_id = _officer_field("Officer to Answer It")

    date_closed = fields.Datetime(string="Closed on", readonly=True)

    _number_unique = models.UniqueIndex(
        "(case_id, number)", "This round of the case has begun already."
    )
    _escalate_due = models.Index(
        "(company_id, escalate_deadline) WHERE escalation_result IS NOT NULL"
    )
    _inform_due = models.Index(
        "(company_id, inform_deadline) WHERE inform_result IS NOT NULL"
    )
    _answer_due = models.Index(
        "(company_id, answer_deadline) WHERE answer_result IS NOT NULL"
    )
    _check_satisfaction = models.Constraint(
        "CHECK (satisfaction BETWEEN -1 AND 10)",
        "Satisfaction goes from 0 to 10 (-1: not asked).",
    )

    @api.depends("case_id", "number")
    def _compute_display_name(self):
        for case_round in self:
            case_round.display_name = self.env._(
                "%(case)s, round %(number)s",
                case=case_round.case_id.display_name,
                number=case_round.number,
            )

    @api.depends("case_id.date_raised")
    def _compute_date_begin(self):
        """The first round begins when the customer says it."""
        for case_round in self:
            first = case_round.number == 1
            case_round.date_begin = (
                case_round.case_id.date_raised if first else case_round.date_begin
            )

    @api.depends("date_begin", "case_id.date_raised", "case_id.case_type")
    def _compute_deadlines(self):
        """Days are counted with the settings of the day on which they are counted."""
        for company, rounds in self.grouped("company_id").items():
            begun = {
                case_round: company._aftersales_date(case_round.date_begin)
                for case_round in rounds
            }
            complained = {
                case_round: company._aftersales_date(case_round.case_id.date_raised)
                for case_round in rounds
                if case_round.case_id.case_type == "complaint"
            }
            for code, days, count, limit in (
                (
                    "escalate",
                    begun,
                    company._aftersales_add_days,
                    company.aftersales_escalate_days,
                ),
                (
                    "solve",
                    begun,
                    company._aftersales_add_days,
                    company.aftersales_solve_days,
                ),
                (
                    "answer",
                    complained,
                    company._aftersales_add_working_days,
                    company.aftersales_answer_days,
                ),
            ):
                deadlines = count(days.values(), limit)
                rounds._put_deadlines(
                    code,
                    {case_round: deadlines[day] for case_round, day in days.items()},
                )

    def _put_deadlines(self, code, deadlines):
        """Put the deadlines of a clock; one that stopped, or is over, stays.

        :param dict deadlines: round -> date; a round without is not to begin one
        """
        clock = self._clocks[code]
        for case_round in self:
            deadline = case_round[clock.deadline]
            moves = not deadline or (
                case_round[clock.result] == "running"
                and deadline >= case_round.company_id._aftersales_date()
            )
            case_round[clock.deadline] = (
                deadlines.get(case_round, deadline) if moves else deadline
            )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_guarded_fields(self):
        return {
            "case_id",
            "running_case_ids",
            "company_id",
            "number",
            "date_begin",
            "date_end",
            "escalate_deadline",
            "date_escalated",
            "escalated_by_id",
            "escalated_by_system",
            "escalated_to_id",
            "escalation_result",
            "escalate_user_id",
            "solve_deadline",
            "date_solved",
            "solved_by_id",
            "solution",
            "answered_on_spot",
            "solve_result",
            "solve_user_id",
            "inform_deadline",
            "date_informed",
            "inform_call_id",
            "inform_letter_id",
            "inform_result",
            "inform_user_id",
            "answer_deadline",
            "answer_result",
            "answer_user_id",
            "satisfaction",
            "satisfaction_score",
            "date_closed",
        }

    # clocks

    def _start_informing(self, moment):
        """The customer is to be told on the very day of the solution (规定 4)."""
        for company, rounds in self.grouped("company_id").items():
            rounds.write({"inform_deadline": company._aftersales_date(moment)})
        self._start_clock("inform")

    def _stop_clock(self, code, when, vals=None, stamp=True):
        """Keep as well in whose hands it was: who takes over later is not to blame."""
        for officer, rounds in self._get_by_officer(code).items():
            held = {f"{code}_user_id": officer.id} if officer else {}
            super(AftersalesCaseRound, rounds)._stop_clock(
                code, when, {**(vals or {}), **held}, stamp
            )

    def _call_off_clock(self, code, blameless=False):
        for officer, rounds in self._get_by_officer(code).items():
            if officer:
                rounds.sudo().write({f"{code}_user_id": officer.id})
        return super()._call_off_clock(code, blameless)

    def _get_by_officer(self, code):
        """Return {acting officer: rounds whose clock runs}; others under ``None``."""
        result = self._clocks[code].result
        return self.grouped(
            lambda case_round: (
                case_round.case_id.acting_user_id
                if case_round[result] == "running"
                else None
            )
        )

    # reporting

    @api.model
    def _get_clock_columns(self, code):
        columns = super()._get_clock_columns(code)
        if code == "escalate":
            # What is solved needs no report any more: that stops the clock, too.
            columns["date_stopped"] = SQL(
                "COALESCE(%s, %s)",
                columns["date_stopped"],
                super()._get_clock_columns("solve")["date_stopped"],
            )
        return columns | {
            "user_id": SQL(
                "COALESCE(%s, %s)",
                self._get_clock_column(f"{code}_user_id"),
                self._get_case_column("acting_user_id"),
            ),
            "partner_id": self._get_case_column("partner_id"),
            "vehicle_id": self._get_case_column("vehicle_id"),
            "res_model": SQL("%s", "aftersales.case"),
            "res_id": self._get_clock_column("case_id"),
        }

    @api.model
    def _get_clock_source(self, code):
        return SQL(
            "%s JOIN aftersales_case told ON told.id = record.case_id",
            super()._get_clock_source(code),
        )

    @api.model
    def _get_case_column(self, name):
        """Return the SQL of a column of the case, flushed before it is read."""
        case = self.env["aftersales.case"]
        return SQL.identifier("told", name, to_flush=case._fields[name])
