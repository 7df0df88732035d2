from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .aftersales_satisfaction_mixin import NOT_ASKED
from .groups import SUPERVISOR
from .locking import lock_until_done
from .scheduler import commit_step, do_or_skip

UNSOLVED = ("open", "escalated")
# Whose deadline counts in which state; after the last one nothing presses any more.
CLOCKS = {
    "open": "escalate_deadline",
    "escalated": "solve_deadline",
    "solved": "inform_deadline",
}
ESCALATE_BATCH = 200


class AftersalesCase(models.Model):
    """A wish, request or complaint of a customer (要求、希望、投诉, 规定 4).

    Answered on the spot, or solved by the officer, or reported to the supervisor who
    finds the solution; then the customer is told the same day, by a call or letter
    that is planned as a follow-up like any other.
    """

    _name = "aftersales.case"
    _description = "Case"
    _inherit = ["aftersales.acting.mixin", "aftersales.case.clock.mixin"]
    _order = "date_deadline, date_raised desc, id desc"
    _rec_names_search = ["partner_id", "vehicle_id", "description"]
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )

    # what the customer said
    case_type = fields.Selection(
        [("wish", "Wish"), ("request", "Request"), ("complaint", "Complaint")],
        string="Type",
        required=True,
        default="request",
        tracking=True,
    )
    description = fields.Text(
        string="In the Customer's Words",
        required=True,
        help="What the customer said, as he or she said it.",
    )

    # whose, about what, and where it was said
    call_id = fields.Many2one(
        "aftersales.call",
        string="Raised in Call",
        index="btree_not_null",
        check_company=True,
        copy=False,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        compute="_compute_from_call",
        store=True,
        precompute=True,
        readonly=False,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    vehicle_id = fields.Many2one(
        "fleet.vehicle",
        string="Car",
        compute="_compute_from_call",
        store=True,
        precompute=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    visit_id = fields.Many2one(
        "aftersales.visit",
        compute="_compute_from_call",
        store=True,
        precompute=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    date_raised = fields.Datetime(
        string="Raised on",
        required=True,
        compute="_compute_date_raised",
        store=True,
        precompute=True,
        readonly=False,
        copy=False,
        index=True,
        help="When the customer said it. The clocks run from that day.",
    )

    # who sees to it
    user_id = fields.Many2one(
        compute="_compute_user_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        tracking=True,
        domain=lambda self: self.env["res.users"]._aftersales_officer_domain(),
    )
    supervisor_id = fields.Many2one(
        tracking=True, domain=lambda self: self._get_supervisor_domain()
    )

    # clocks
    escalate_deadline = fields.Date(
        compute="_compute_deadlines", store=True, precompute=True
    )
    solve_deadline = fields.Date(
        compute="_compute_deadlines", store=True, precompute=True
    )
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
    state = fields.Selection(
        [
            ("open", "Open"),
            ("escalated", "Reported"),
            ("solved", "Solved"),
            ("informed", "Customer Told"),
            ("closed", "Closed"),
        ],
        required=True,
        readonly=True,
        default="open",
        copy=False,
        tracking=True,
        group_expand=True,
    )

    # rounds
    round_number = fields.Integer(
        string="Round",
        readonly=True,
        default=1,
        copy=False,
        aggregator=None,
        help="Two and more: it was reopened.",
    )
    date_reopened = fields.Datetime(string="Reopened on", readonly=True, copy=False)
    round_ids = fields.One2many(
        "aftersales.case.round", "case_id", string="Earlier Rounds", readonly=True
    )

    # what is planned for it
    followup_ids = fields.One2many(
        "aftersales.followup", "case_id", string="Follow-ups", readonly=True
    )

    # what to know
    phone = fields.Char(related="partner_id.phone")
    plate = fields.Char(related="vehicle_id.license_plate", compute_sudo=True)
    segment_id = fields.Many2one(related="partner_id.aftersales_segment_id")

    _open = models.Index("(company_id, escalate_deadline) WHERE state = 'open'")
    _unclosed = models.Index("(acting_user_id, date_deadline) WHERE state <> 'closed'")
    _check_satisfaction = models.Constraint(
        "CHECK (satisfaction BETWEEN -1 AND 10)",
        "Satisfaction goes from 0 to 10 (-1: not asked).",
    )

    @api.model
    def _get_supervisor_domain(self):
        supervisors = self.env.ref(SUPERVISOR, False)
        return [
            ("share", "=", False),
            ("all_group_ids", "in", supervisors.ids if supervisors else []),
        ]

    @api.depends("case_type", "partner_id", "vehicle_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        types = dict(self._fields["case_type"]._description_selection(self.env))
        for case in self:
            who = case.partner_id._aftersales_label(case.vehicle_id)
            case.display_name = who and f"{types.get(case.case_type, '')}: {who}"

    @api.depends("call_id.partner_id", "call_id.vehicle_id", "call_id.visit_id")
    def _compute_from_call(self):
        """Whose it is, about which car; of a customer's only car nobody asks."""
        for case in self:
            call = case.call_id
            case.partner_id = call.partner_id or case.partner_id
            vehicle = call.vehicle_id or case.vehicle_id
            if call and not vehicle:
                vehicle = call.partner_id._aftersales_get_only_vehicle()
            case.vehicle_id = vehicle
            case.visit_id = call.visit_id or case.visit_id

    @api.depends("call_id.date")
    def _compute_date_raised(self):
        """It was said during the call; a correction of the call leaves the clocks."""
        for case in self:
            call = case.call_id
            if call.state == "draft" or not case.date_raised:
                case.date_raised = call.date or fields.Datetime.now()
            else:
                case.date_raised = case.date_raised

    @api.depends("partner_id")
    def _compute_user_id(self):
        """The customer's officer, else whoever writes it down."""
        for company, cases in self.grouped("company_id").items():
            allowed = self.env["res.users"]._aftersales_possible_officers(
                company or self.env.company
            )
            for case in cases:
                partner = case.partner_id.sudo().with_company(case.company_id)
                officer = partner.aftersales_officer_id
                case.user_id = (
                    officer if officer in allowed else case.user_id or self.env.user
                )

    @api.depends("date_raised", "date_reopened")
    def _compute_deadlines(self):
        """Days are counted with the settings of the day it was raised or reopened."""
        for company, cases in self.grouped("company_id").items():
            days = {
                case: company._aftersales_date(case._get_begin())
                for case in cases
                if company and case._get_begin()
            }
            for name, limit in (
                ("escalate_deadline", company.aftersales_escalate_days),
                ("solve_deadline", company.aftersales_solve_days),
            ):
                deadlines = days and company._aftersales_add_days(days.values(), limit)
                for case in cases:
                    case[name] = case in days and deadlines[days[case]]

    @api.depends("state", *CLOCKS.values())
    def _compute_date_deadline(self):
        for case in self:
            clock = CLOCKS.get(case.state)
            case.date_deadline = clock and case[clock]

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

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Offer the customer's only car."""
        if self.vehicle_id not in self.partner_id.aftersales_vehicle_ids:
            self.vehicle_id = self.partner_id._aftersales_get_only_vehicle()

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_customer_known(vals)
            raised = self.env.context.get("default_date_raised")
            self._check_raised_before(
                fields.Datetime.now(), {"date_raised": raised, **vals}
            )
        cases = super().create(vals_list)
        # What was taken from the call is listed there as a case without an id, too.
        for records, name in (
            (cases.partner_id, "aftersales_case_ids"),
            (cases.vehicle_id, "aftersales_case_ids"),
            (cases.visit_id, "case_ids"),
        ):
            records.invalidate_recordset([name], flush=False)
        cases._sync_reminders()
        return cases

    def write(self, vals):
        """Keep reminders and follow-ups in step with who sees to the case."""
        if "date_raised" in vals:
            self._check_clock_runs()
            for case in self:
                self._check_raised_before(case.date_raised, vals)
        result = super().write(vals)
        if "user_id" in vals:
            self.sudo().followup_ids.filtered(
                lambda followup: followup.state == "planned"
            ).write({"user_id": vals["user_id"]})
        moved = {"partner_id", "user_id", "acting_user_id", "supervisor_id"}
        if (moved | {"date_raised", "state"}) & vals.keys():
            self._sync_reminders()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Cases are never deleted. Answer them, and close them.")
        )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_answer_on_spot(self):
        """Close what was answered during the talk (规定 4: 当面或当时答复).

        The solution may stay empty: the customer has heard it.

        :raise UserError: if a case was not just raised
        """
        self._check_step("open")
        self._answer_on_spot(fields.Datetime.now())

    def action_escalate(self):
        """Report to the supervisor what the officer cannot solve (规定 4).

        :raise UserError: if a case was reported or solved before
        """
        self._check_step("open")
        self._escalate()

    def action_solve(self):
        """Note that a solution was found; today the customer is to be told (规定 4).

        :raise UserError: if a case has no solution written down, or had one before
        """
        self._check_step(*UNSOLVED)
        for case in self:
            if not (case.solution or "").strip():
                raise UserError(
                    self.env._(
                        "Write the solution down before you mark %(case)s as solved.",
                        case=case.display_name,
                    )
                )
        self._solve()

    def action_inform(self):
        """Register that the customer was told just now, by phone.

        :raise UserError: if a case has no solution yet or the customer was told before
        """
        self._check_step("solved")
        for case in self:
            followup = case._get_inform_followup()
            call = self.env["aftersales.call"].with_company(case.company_id)
            call.create(
                followup._prepare_call_vals() | {"content": case.solution}
            ).action_register()

    def action_close(self):
        """Close cases whose customers were told.

        :raise UserError: if a customer was not told yet
        """
        self._check_step("informed")
        self.sudo().write({"state": "closed", "date_closed": fields.Datetime.now()})

    def action_reopen(self):
        """Begin anew with what did not satisfy the customer; the old results stay.

        :raise UserError: if a case is not solved yet, so that nothing can be reopened
        """
        self._check_step("solved", "informed", "closed")
        self._reopen()

    def action_call(self):
        """Open the call that tells the customer the solution."""
        self.ensure_one()
        self._check_step("solved")
        return self._get_inform_followup().action_call()

    def action_write_letter(self):
        """Open a letter that tells the customer the solution."""
        self.ensure_one()
        self._check_step("solved")
        return self._get_inform_followup().action_write_letter()

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_begin(self):
        """Return when the clocks of this round began (naive UTC)."""
        return self.date_reopened or self.date_raised

    def _get_today(self):
        return self.company_id._aftersales_date()

    @api.model
    def _get_unclosed(self, partner, but_call):
        """Return what a customer told that is not closed, apart from a call's own."""
        if not partner:
            return self.browse()
        return self.search(
            [
                ("partner_id", "=", partner._origin.id),
                ("state", "!=", "closed"),
                ("call_id", "not in", but_call.ids),
            ]
        )

    # guard

    @api.model
    def _check_customer_known(self, vals):
        """Say what to do where a call of nobody known is to hold a case."""
        call = self.env["aftersales.call"].browse(
            vals.get("call_id") or self.env.context.get("default_call_id")
        )
        known = vals.get("partner_id") or self.env.context.get("default_partner_id")
        if call and not known and not call.partner_id:
            raise UserError(
                self.env._(
                    "Choose the customer of %(call)s first, or create one: a wish, "
                    "request or complaint needs somebody to be answered.",
                    call=call.display_name,
                )
            )

    @api.model
    def _check_raised_before(self, latest, vals):
        """Refuse to let the clocks begin later than they do."""
        raised = fields.Datetime.to_datetime(vals.get("date_raised"))
        if not raised or raised <= latest or self._may_write_guarded():
            return
        if not self.env.user.has_group(SUPERVISOR):
            raise UserError(
                self.env._("Only a supervisor can put off when a case was raised.")
            )

    def _check_clock_runs(self):
        """Refuse to move the beginning of a clock that stopped."""
        for case in self:
            if case.state != "open" and not self._may_write_guarded():
                raise UserError(
                    self.env._(
                        "The clock of %(case)s has stopped: when it was raised cannot "
                        "be changed any more.",
                        case=case.display_name,
                    )
                )

    def _get_settled_fields(self):
        """What was solved stands as it is; the answer how satisfied he is may come."""
        settled = {
            "case_type",
            "description",
            "call_id",
            "partner_id",
            "vehicle_id",
            "visit_id",
            "date_raised",
            "solution",
            "answered_on_spot",
        }
        if "closed" in self.mapped("state"):
            settled |= {"satisfaction", "user_id", "supervisor_id"}
        return settled

    def _is_settled(self):
        return self.state not in UNSOLVED

    def _check_step(self, *states):
        """Raise unless the user may do a step that begins in one of the states."""
        self.check_access("write")
        for case in self:
            if case.state not in states:
                raise UserError(case._get_next_step())

    def _get_next_step(self):
        """Return how the case stands and what is to be done now."""
        name = self.display_name
        return {
            "open": self.env._(
                "%(case)s is not solved yet. Write down the solution, or report it to "
                "the supervisor; then tell the customer.",
                case=name,
            ),
            "escalated": self.env._(
                "%(case)s was reported to the supervisor. Write down the solution, "
                "then tell the customer.",
                case=name,
            ),
            "solved": self.env._(
                "%(case)s is solved. Tell the customer first, by a registered call or "
                "letter; or reopen it.",
                case=name,
            ),
            "informed": self.env._(
                "The customer was told about %(case)s. Close it; or reopen it if that "
                "was no satisfying answer.",
                case=name,
            ),
            "closed": self.env._(
                "%(case)s is closed. Reopen it if the customer is not satisfied.",
                case=name,
            ),
        }[self.state]

    # steps

    def _stop_report_clock(self, day):
        """Return the result of the report: what is solved needs none any more."""
        if self.date_escalated:
            return {}
        return {"escalation_on_time": day <= self.escalate_deadline}

    def _answer_on_spot(self, moment):
        """Stop all clocks at once.

        :param moment: when the customer had the answer (naive UTC)
        """
        for case in self.sudo():
            day = case.company_id._aftersales_date(moment)
            case._finish_reminders()
            case.write(
                {
                    "state": "closed",
                    "answered_on_spot": True,
                    "date_solved": moment,
                    "solved_by_id": self.env.uid,
                    "solve_on_time": day <= case.solve_deadline,
                    "inform_deadline": day,
                    "date_informed": moment,
                    "inform_on_time": True,
                    "inform_call_id": case.call_id.id,
                    "date_closed": moment,
                    **case._stop_report_clock(day),
                }
            )

    def _escalate(self, by_system=False):
        """Hand cases to the supervisor, by reminder and e-mail.

        :param bool by_system: nobody reported it in time, which counts as late
        """
        self.sudo()._choose_supervisors()
        for case in self.sudo():
            on_time = case._get_today() <= case.escalate_deadline
            case.write(
                {
                    "state": "escalated",
                    "date_escalated": fields.Datetime.now(),
                    "escalated_by_id": not by_system and self.env.uid,
                    "escalated_by_system": by_system,
                    "escalation_on_time": on_time and not by_system,
                }
            )
        self._mail_supervisors()

    def _choose_supervisors(self):
        """Let the supervisors with the fewest reported cases decide."""
        Users = self.env["res.users"]
        for company, cases in self.grouped("company_id").items():
            allowed = Users._aftersales_supervisors(company)
            without = cases.filtered(
                lambda case, allowed=allowed: case.supervisor_id not in allowed
            )
            shares = allowed._aftersales_share_out_cases(len(without), company)
            for case, user_id in zip(without, shares, strict=False):
                case.supervisor_id = user_id

    def _mail_supervisors(self):
        """Tell the supervisors by e-mail, whatever they chose for notifications."""
        template = self.env.ref(
            "aftersales_followup.mail_template_case_escalated", False
        )
        cases = self.filtered("supervisor_id")
        if template and cases:
            template.sudo().send_mail_batch(cases.ids)

    def _solve(self):
        """Stop the clocks of report and solution, and start the one of telling."""
        for case in self.sudo():
            day = case._get_today()
            case._finish_reminders()
            case.write(
                {
                    "state": "solved",
                    "date_solved": fields.Datetime.now(),
                    "solved_by_id": self.env.uid,
                    "solve_on_time": day <= case.solve_deadline,
                    "inform_deadline": day,
                    **case._stop_report_clock(day),
                }
            )
        self.sudo()._plan_informing()

    def _inform(self, told_by):
        """Note that the customers were told.

        :param dict told_by: case -> (moment in naive UTC, the registered call or letter
            that did it, if any)
        """
        for case in self.sudo():
            if case.state != "solved":
                continue
            moment, record = told_by[case]
            told = max(moment, case.date_solved)
            day = case.company_id._aftersales_date(told)
            vals = {
                "state": "informed",
                "date_informed": told,
                "inform_on_time": day <= case.inform_deadline,
            }
            if record and record._name == "aftersales.letter":
                vals["inform_letter_id"] = record.id
            elif record:
                vals["inform_call_id"] = record.id
                if case.satisfaction == NOT_ASKED:
                    vals["satisfaction"] = record.satisfaction
            case.write(vals)

    def _reopen(self):
        """Write this round down, and begin the next with clocks of its own."""
        for case in self.sudo():
            case.followup_ids._cancel(
                lambda env: env._("The case was reopened."), withdrawn=True
            )
            self.env["aftersales.case.round"].sudo().create(case._prepare_round_vals())
            # The officer may be away, or back, since he had the case.
            for name in ("acting_user_id", "substitution_id"):
                self.env.add_to_compute(self._fields[name], case)
            case.write(case._prepare_reopening_vals())

    def _prepare_round_vals(self):
        """Return the vals that keep the round that is over."""
        return {
            "case_id": self.id,
            "number": self.round_number,
            "date_begin": self._get_begin(),
            "date_end": fields.Datetime.now(),
            **{
                name: self._fields[name].convert_to_write(self[name], self)
                for name in self._get_clock_fields()
            },
        }

    def _prepare_reopening_vals(self):
        """Return the vals that begin a new round: people stay, deadlines come anew."""
        kept = {"user_id", "supervisor_id", "escalate_deadline", "solve_deadline"}
        return {
            **dict.fromkeys(set(self._get_clock_fields()) - kept, False),
            "satisfaction": NOT_ASKED,
            "state": "open",
            "date_reopened": fields.Datetime.now(),
            "round_number": self.round_number + 1,
        }

    # telling the customer

    def _get_inform_followup(self):
        """Return the planned follow-up that tells the customer; plan it if need be."""
        self.ensure_one()
        planned = self.followup_ids.filtered(
            lambda followup: followup.state == "planned"
        )
        return (planned or self.sudo()._plan_informing().sudo(self.env.su))[:1]

    def _plan_informing(self):
        """Plan that the customers are told today, by whoever has the case in hand."""
        followups = self.env["aftersales.followup"]._plan(
            [case._prepare_followup_vals() for case in self]
        )
        self.invalidate_recordset(["followup_ids"])
        return followups

    def _prepare_followup_vals(self):
        """Return a row for ``aftersales.followup._plan`` that tells the customer."""
        return {
            "origin_key": f"inform:case:{self.id}:{self.round_number}",
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "vehicle_id": self.vehicle_id.id,
            "visit_id": self.visit_id.id,
            "case_id": self.id,
            "channel": "call",
            "content": self._get_inform_content(),
            "user_id": self.user_id.id,
            "acting_user_id": self.acting_user_id.id,
            "substitution_id": self.substitution_id.id,
            "date_anchor": self.inform_deadline,
            "date_earliest": self.inform_deadline,
            "date_deadline": self.inform_deadline,
        }

    def _get_inform_content(self):
        """Return what was asked and what the answer is, in the officer's language."""
        env = self.with_context(lang=self.acting_user_id.lang).env
        return env._(
            "The customer said: %(description)s\nTell the customer: %(solution)s",
            description=self.description,
            solution=self.solution,
        )

    # reminder

    def _get_reminder_type(self):
        return self.env.ref("aftersales_followup.mail_activity_type_case")

    def _get_reminder_domain(self):
        return [("state", "in", UNSOLVED)]

    def _get_open_domain(self):
        return [("state", "in", (*UNSOLVED, "solved"))]

    def _prepare_reminder_vals(self):
        if self.state == "escalated":
            summary = self.env._("Find a solution")
        else:
            summary = self.env._("Solve it, or report it to the supervisor")
        return {"date_deadline": self.date_deadline, "summary": summary}

    def _get_reminder_user(self):
        if self.state == "escalated":
            return self.supervisor_id or self.acting_user_id
        return self.acting_user_id

    def _get_own_work_domain(self):
        """What was reported is the supervisor's work."""
        return [("state", "=", "open")]

    def _complete_from_reminder(self, feedback):
        """Take what was written for the solution."""
        self.ensure_one()
        if not (feedback or "").strip():
            raise UserError(
                self.env._(
                    "%(case)s is done when it has a solution. Write the solution as "
                    "feedback, or open the case and report it to the supervisor.",
                    case=self.display_name,
                )
            )
        self._check_step(*UNSOLVED)
        self.solution = feedback
        self.action_solve()

    def _on_reminder_changed(self, activity):
        """Hand the case over with its reminder."""
        name = "supervisor_id" if self.state == "escalated" else "acting_user_id"
        if activity.user_id and activity.user_id != self[name]:
            self[name] = activity.user_id

    @api.model
    def _replace_absent_officers(self, company):
        """Give what absent supervisors had to decide to another one as well."""
        orphans = super()._replace_absent_officers(company)
        allowed = self.env["res.users"]._aftersales_supervisors(company)
        undecided = self.sudo().search(
            [
                ("state", "=", "escalated"),
                ("company_id", "=", company.id),
                ("supervisor_id", "not in", [*allowed.ids, False]),
            ]
        )
        undecided._choose_supervisors()
        return orphans | undecided

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_escalate(self):
        """Report what officers did not report in time; that counts as late (规定 4).

        Each batch is committed. Days without the scheduler lose nothing, and two of
        them at once report a case once.
        """
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            failed = set()
            while True:
                due, left = commit_step(self.env, self._escalate_due, company, failed)
                if not left:
                    return
                if len(due) < ESCALATE_BATCH:
                    break
        self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _escalate_due(self, company, failed):
        """Report the next cases of a company and return those that were due.

        :param set failed: ids of cases that could not be reported in this run
        """
        due = self._find_to_escalate(company, failed)
        do_or_skip(due, lambda cases: cases._escalate(by_system=True), failed)
        return due

    @api.model
    def _find_to_escalate(self, company, failed):
        """Return the next cases that nobody reported, locked for this transaction."""
        due = self.sudo().search(
            [
                ("state", "=", "open"),
                ("company_id", "=", company.id),
                ("escalate_deadline", "<", company._aftersales_date()),
                ("id", "not in", list(failed)),
            ],
            order="escalate_deadline, id",
            limit=ESCALATE_BATCH,
        )
        return lock_until_done(due)
