from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .aftersales_case_cause import DEPARTMENTS
from .none_labels import NO_CAUSE
from .sane_values import check_sane_values

UNSOLVED = ("open", "escalated")
# What the customer waits for an answer to.
UNTOLD = (*UNSOLVED, "solved")


class AftersalesCase(models.Model):
    """A wish, request or complaint of a customer (要求、希望、投诉, 规定 4).

    Answered on the spot, or solved by the officer, or reported to the supervisor who
    finds the solution; then the customer is told the same day, by a call or letter
    that is planned as a follow-up like any other.

    The clocks of all this are in the rounds of the case (``aftersales_case_clock.py``);
    a case that is reopened begins another one.
    """

    _name = "aftersales.case"
    _description = "Case"
    _inherit = [
        "aftersales.acting.mixin",
        "aftersales.change.mixin",
        "aftersales.large.mixin",
        "aftersales.lookup.mixin",
    ]
    _order = "date_deadline, date_raised desc, id desc"
    _rec_names_search = ["partner_id", "vehicle_id", "description"]
    _lookup_words = ("description",)
    _check_company_auto = True
    _reminder_type = "aftersales_followup.mail_activity_type_case"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,  # index: ``_raised``
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
        tracking=True,
        help="When the customer said it. The clocks run from that day.",
    )

    # why, and whose part it was
    cause_id = fields.Many2one(
        "aftersales.case.cause",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        copy=False,
        tracking=True,
        help="Why the customer complained, as found out while solving it.",
        falsy_value_label=NO_CAUSE,
    )
    department = fields.Selection(
        DEPARTMENTS,
        string="Responsible Department",
        compute="_compute_department",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
        help="Whose part it was that the customer complained about.",
    )

    # who sees to it
    user_id = fields.Many2one(
        "res.users",
        string="Designated Officer",
        compute="_compute_user_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
        domain=lambda self: self.env["res.users"]._aftersales_officer_domain(),
    )
    supervisor_id = fields.Many2one(
        "res.users",
        string="Deciding Supervisor",
        index="btree_not_null",
        check_company=True,
        copy=False,
        ondelete="restrict",
        tracking=True,
        domain=lambda self: self.env["res.users"]._aftersales_supervisor_domain(),
        help="Who finds the solution of what the officer cannot solve. Left empty, it "
        "is the supervisor with the fewest of them.",
    )

    # how far it has got
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
    followup_ids = fields.One2many(
        "aftersales.followup", "case_id", string="Follow-ups", readonly=True
    )

    # what to know
    phone = fields.Char(related="partner_id.phone")
    plate = fields.Char(related="vehicle_id.license_plate", compute_sudo=True)
    segment_id = fields.Many2one(
        "aftersales.segment",
        string="Customer Level",
        compute="_compute_segment_id",
        compute_sudo=True,
    )

    _raised = models.Index("(company_id, date_raised) INCLUDE (case_type)")

    @api.depends("partner_id.aftersales_segment_id", "company_id")
    def _compute_segment_id(self):
        """The level that the customer has in the dealership of the case."""
        for case in self:
            customer = case.partner_id.with_company(case.company_id)
            case.segment_id = customer.aftersales_segment_id

    @api.depends("case_type", "partner_id", "vehicle_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        types = dict(self._fields["case_type"]._description_selection(self.env))
        for case in self:
            who = case.partner_id._aftersales_label(case.vehicle_id)
            case.display_name = who and f"{types.get(case.case_type, '')}: {who}"

    @api.depends("call_id.partner_id", "call_id.vehicle_id", "call_id.visit_id")
    def _compute_from_call(self):
        """Whose it is, about which car; of a customer's only car nobody asks.

        What is solved stays with whom it was solved for.
        """
        for case in self:
            call = case.call_id if case.state in UNSOLVED else case.call_id.browse()
            case.partner_id = call.partner_id or case.partner_id
            vehicle = call.vehicle_id or case.vehicle_id
            if call and not vehicle:
                vehicle = call.partner_id._aftersales_get_only_vehicle()
            case.vehicle_id = vehicle
            case.visit_id = call.visit_id or case.visit_id

    @api.depends("call_id.date")
    def _compute_date_raised(self):
        """It was said during the call; a correction of the call leaves the clocks.

        While the call is a draft, its date may make the clocks begin earlier, not
        later.
        """
        for case in self:
            call = case.call_id
            said = call.date or fields.Datetime.now()
            raised = case.date_raised
            if not raised or not case._origin:
                case.date_raised = said if call or not raised else raised
            elif call.state == "draft" and case.state == "open":
                case.date_raised = min(said, raised)
            else:
                case.date_raised = raised

    @api.depends("cause_id")
    def _compute_department(self):
        """Propose whose part such a cause usually is."""
        for case in self:
            case.department = case.cause_id.department or case.department

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
        given = [{**self._get_context_defaults(), **vals} for vals in vals_list]
        check_sane_values(self, given)
        self._check_new(given)
        vals_list, _answers = self._split_off_answers(vals_list)
        _vals_list, answers = self._split_off_answers(given)
        cases = super().create(vals_list)
        cases._begin_rounds(answers)
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
        """Keep round, reminders and follow-ups in step with the case."""
        check_sane_values(self, [vals])
        self._check_change(vals)
        [vals], [answer] = self._split_off_answers([vals])
        result = super().write(vals)
        if answer:
            self.round_id.sudo().write(answer)
        if "case_type" in vals:
            self._switch_answer_clock()
        if "user_id" in vals:
            self.sudo().followup_ids.filtered(
                lambda followup: followup.state == "planned"
            ).write({"user_id": vals["user_id"]})
        moved = {"partner_id", "user_id", "acting_user_id", "supervisor_id"}
        moved |= {"date_raised", "state", "case_type"}
        # A step that sees to many cases sees to their reminders in one go.
        settled = self.env.context.get("aftersales_reminders_settled")
        if moved & vals.keys() and not settled:
            self._sync_reminders()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Cases are never deleted. Answer them, and close them.")
        )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_context_defaults(self):
        """Return what the context says that new records begin with."""
        return {
            key.removeprefix("default_"): value
            for key, value in self.env.context.items()
            if key.startswith("default_")
        }

    @api.model
    def _get_unclosed(self, partner, but_call):
        """Return what a customer told that is not closed, apart from a call's own."""
        if not partner:
            return self.browse()
        return self.search(
            Domain("partner_id", "=", partner._origin.id)
            & Domain("state", "!=", "closed")
            & Domain("call_id", "not in", but_call.ids)
        )
