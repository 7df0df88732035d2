"""The clocks of a case: those of the round that runs; earlier rounds keep theirs."""

from odoo import api, fields, models
from odoo.fields import Domain

# What is said in a round, and may be written through its case.
ANSWERS = {"solution", "answered_on_spot", "satisfaction", "satisfaction_score"}


class AftersalesCase(models.Model):
    _inherit = "aftersales.case"

    round_ids = fields.One2many(
        "aftersales.case.round", "case_id", string="Rounds", readonly=True
    )
    round_id = fields.Many2one(
        "aftersales.case.round",
        string="Running Round",
        compute="_compute_round_id",
        store=True,
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
    )
    round_number = fields.Integer(
        related="round_id.number", help="Two and more: it was reopened."
    )
    date_begin = fields.Datetime(related="round_id.date_begin")

    # report
    escalate_deadline = fields.Date(related="round_id.escalate_deadline")
    date_escalated = fields.Datetime(related="round_id.date_escalated")
    escalated_by_id = fields.Many2one(related="round_id.escalated_by_id")
    escalated_by_system = fields.Boolean(related="round_id.escalated_by_system")
    escalation_result = fields.Selection(related="round_id.escalation_result")

    # solve
    solve_deadline = fields.Date(related="round_id.solve_deadline")
    date_solved = fields.Datetime(related="round_id.date_solved")
    solved_by_id = fields.Many2one(related="round_id.solved_by_id")
    solution = fields.Text(related="round_id.solution", readonly=False)
    answered_on_spot = fields.Boolean(
        related="round_id.answered_on_spot", readonly=False
    )
    solve_result = fields.Selection(related="round_id.solve_result")

    # inform
    inform_deadline = fields.Date(related="round_id.inform_deadline")
    date_informed = fields.Datetime(related="round_id.date_informed")
    inform_call_id = fields.Many2one(related="round_id.inform_call_id")
    inform_letter_id = fields.Many2one(related="round_id.inform_letter_id")
    inform_result = fields.Selection(related="round_id.inform_result")

    # answer to a complaint
    answer_deadline = fields.Date(related="round_id.answer_deadline")
    answer_result = fields.Selection(related="round_id.answer_result")

    date_closed = fields.Datetime(related="round_id.date_closed")
    satisfaction = fields.Integer(
        related="round_id.satisfaction", readonly=False, aggregator=None
    )
    satisfaction_score = fields.Selection(
        related="round_id.satisfaction_score", readonly=False
    )

    # what presses
    date_deadline = fields.Date(
        string="Deadline",
        compute="_compute_date_deadline",
        store=True,
        help="Until when the next step is due: to report, to solve or to tell the "
        "customer.",
    )
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )

    _to_report = models.Index("(company_id, date_deadline) WHERE state = 'open'")
    _unclosed = models.Index(
        "(company_id, acting_user_id, date_deadline) WHERE state <> 'closed'"
    )

    @api.depends("round_ids.number")
    def _compute_round_id(self):
        """Only the last round can run."""
        for case in self:
            case.round_id = case.round_ids.sorted("number")[-1:]

    @api.depends(
        "round_id.escalate_deadline",
        "round_id.escalation_result",
        "round_id.solve_deadline",
        "round_id.solve_result",
        "round_id.inform_deadline",
        "round_id.inform_result",
        "round_id.answer_deadline",
        "round_id.answer_result",
    )
    def _compute_date_deadline(self):
        """What presses is the clock that runs out first of those that run."""
        clocks = self.env["aftersales.case.round"]._clocks.values()
        for case in self:
            case_round = case.round_id
            case.date_deadline = min(
                (
                    case_round[clock.deadline]
                    for clock in clocks
                    if case_round[clock.result] == "running"
                ),
                default=False,
            )

    @api.depends("date_deadline")
    def _compute_is_overdue(self):
        today = self.env.company._aftersales_date()
        for case in self:
            case.is_overdue = bool(case.date_deadline and case.date_deadline < today)

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("date_deadline", "<", self.env.company._aftersales_date())
        return Domain.OR(overdue if flag else ~overdue for flag in value)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _split_off_answers(self, vals_list):
        """Return what is for the cases, and what is for their rounds: two lists."""
        cases = [
            {name: value for name, value in vals.items() if name not in ANSWERS}
            for vals in vals_list
        ]
        answers = [
            {name: vals[name] for name in ANSWERS & vals.keys()} for vals in vals_list
        ]
        return cases, answers

    def _begin_rounds(self, vals_list=None):
        """Begin a round of each case: the first one, or anew what was no good.

        :param list vals_list: what the rounds begin with, by case
        """
        begun = [
            {
                "case_id": case.id,
                "number": case.round_number + 1,
                "date_begin": case.round_id and fields.Datetime.now(),
                **vals,
            }
            for case, vals in zip(self, vals_list or [{}] * len(self), strict=True)
        ]
        rounds = self.env["aftersales.case.round"].sudo().create(begun)
        for code in ("escalate", "solve", "answer"):
            rounds._start_clock(code)

    def _switch_answer_clock(self):
        """Only who complains has a right to an answer in a number of days.

        What is no complaint any more may be one again: then the clock runs on.
        """
        rounds = self.sudo().round_id
        complaints = rounds.filtered(
            lambda case_round: case_round.case_id.case_type == "complaint"
        )
        complaints._start_clock("answer")
        complaints._resume_clock("answer")
        (rounds - complaints)._call_off_clock("answer")
