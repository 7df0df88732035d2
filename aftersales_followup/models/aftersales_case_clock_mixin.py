from odoo import api, fields, models


class AftersalesCaseClockMixin(models.AbstractModel):
    """The three clocks of a case, and what came of them (规定 4).

    What cannot be solved is reported to the supervisor within two days, is solved
    within the company's own limit, and the customer is told the very day of the
    solution. Each clock has its deadline, the time it stopped, and a result of its own
    that is written down when it stops and never computed again.

    A case has the clocks that run, each earlier round of it those that ran before.
    """

    _name = "aftersales.case.clock.mixin"
    _description = "Clocks of a Case"
    _inherit = ["aftersales.satisfaction.mixin"]
    # Whether a clock that did not stop still runs.
    _clocks_run = True

    user_id = fields.Many2one(
        "res.users",
        string="Designated Officer",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    supervisor_id = fields.Many2one(
        "res.users",
        string="Deciding Supervisor",
        index="btree_not_null",
        check_company=True,
        copy=False,
        ondelete="restrict",
        help="Who finds the solution of what the officer cannot solve. Left empty, it "
        "is the supervisor with the fewest of them.",
    )

    # report
    escalate_deadline = fields.Date(string="Report by", readonly=True, copy=False)
    date_escalated = fields.Datetime(string="Reported on", readonly=True, copy=False)
    escalated_by_id = fields.Many2one(
        "res.users",
        string="Reported by Officer",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    escalated_by_system = fields.Boolean(
        string="Reported by the System",
        readonly=True,
        copy=False,
        help="Nobody reported it in time, so the system did. That counts as late.",
    )
    escalation_on_time = fields.Boolean(
        string="Reported on Time",
        readonly=True,
        copy=False,
        help="The officer solved it, or reported it, until the deadline.",
    )
    escalation_status = fields.Selection(
        selection="_get_clock_selection",
        string="Report",
        compute="_compute_clock_status",
    )

    # solve
    solve_deadline = fields.Date(string="Solve by", readonly=True, copy=False)
    date_solved = fields.Datetime(string="Solved on", readonly=True, copy=False)
    solved_by_id = fields.Many2one(
        "res.users",
        string="Solved by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    solve_on_time = fields.Boolean(string="Solved on Time", readonly=True, copy=False)
    solve_status = fields.Selection(
        selection="_get_clock_selection",
        string="Solving",
        compute="_compute_clock_status",
    )
    solution = fields.Text(copy=False)
    answered_on_spot = fields.Boolean(
        string="Answered on the Spot",
        copy=False,
        help="The customer had an answer during the talk.",
    )

    # inform
    inform_deadline = fields.Date(
        string="Tell the Customer by", readonly=True, copy=False
    )
    date_informed = fields.Datetime(
        string="Customer Told on", readonly=True, copy=False
    )
    inform_call_id = fields.Many2one(
        "aftersales.call",
        string="Told by Call",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    inform_letter_id = fields.Many2one(
        "aftersales.letter",
        string="Told by Letter",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    inform_on_time = fields.Boolean(
        string="Customer Told on Time",
        readonly=True,
        copy=False,
        help="Told the very day the solution was found.",
    )
    inform_status = fields.Selection(
        selection="_get_clock_selection",
        string="Telling the Customer",
        compute="_compute_clock_status",
    )

    date_closed = fields.Datetime(string="Closed on", readonly=True, copy=False)

    @api.model
    def _get_clock_selection(self):
        return [
            ("running", self.env._("Running")),
            ("overdue", self.env._("Overdue")),
            ("on_time", self.env._("On Time")),
            ("late", self.env._("Late")),
        ]

    @api.depends(
        "escalate_deadline",
        "date_escalated",
        "escalation_on_time",
        "solve_deadline",
        "date_solved",
        "solve_on_time",
        "inform_deadline",
        "date_informed",
        "inform_on_time",
    )
    def _compute_clock_status(self):
        for record in self:
            record.escalation_status = record._get_clock_status(
                record.escalate_deadline,
                record.date_escalated or record.date_solved,
                record.escalation_on_time,
            )
            record.solve_status = record._get_clock_status(
                record.solve_deadline, record.date_solved, record.solve_on_time
            )
            record.inform_status = record._get_clock_status(
                record.inform_deadline, record.date_informed, record.inform_on_time
            )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_clock_status(self, deadline, stopped, on_time):
        """Return how a clock stands; ``False`` if it never ran or was broken off."""
        if stopped:
            return "on_time" if on_time else "late"
        if not deadline or not self._clocks_run:
            return False
        company = self.company_id or self.env.company
        return "overdue" if deadline < company._aftersales_date() else "running"

    @api.model
    def _get_clock_fields(self):
        """Return the names of the stored fields that make up one round of a case."""
        return [
            name
            for name, field in self.env["aftersales.case.clock.mixin"]._fields.items()
            if field.store and name != "id"
        ]
