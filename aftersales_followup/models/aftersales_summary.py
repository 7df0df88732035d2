from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..kpi.period import Period, add_months, month_end, month_start
from .aftersales_kpi_text import format_month

# Kinds of periods, and how many calendar months they have.
MONTHS = {"month": 1, "half_year": 6, "year": 12}
PERIODS = [("month", "Month"), ("half_year", "Half Year"), ("year", "Year")]


class AftersalesSummary(models.Model):
    """What a month or a year came to, and what is drawn from it (月小结、年总结; 五).

    It is drafted when the period is over, with its figures beside those before and the
    targets. The supervisor adds results, problems and their causes, and what comes
    next; then it is submitted to the meeting, and filed. What is filed stays.
    """

    _name = "aftersales.summary"
    _description = "Summary of a Period"
    _inherit = ["mail.thread", "mail.activity.mixin", "aftersales.guarded.mixin"]
    _order = "date_from desc, date_to desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,  # index: ``_period_unique``
    )
    period = fields.Selection(PERIODS, required=True, default="month")
    date_from = fields.Date(
        string="First Day",
        required=True,
        index=True,
        default=lambda self: self._get_default_first(),
        help="Any day of the period: it is set to the first one.",
    )
    date_to = fields.Date(
        string="Last Day", compute="_compute_date_to", store=True, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Supervisor",
        default=lambda self: self.env.user,
        required=True,
        index=True,
        tracking=True,
        check_company=True,
        domain=lambda self: self.env["res.users"]._aftersales_supervisor_domain(),
    )
    state = fields.Selection(
        [("draft", "Draft"), ("submitted", "Submitted"), ("filed", "Filed")],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many(
        "aftersales.summary.line", "summary_id", string="Figures", copy=False
    )
    cause_ids = fields.One2many(
        "aftersales.summary.cause",
        "summary_id",
        string="Causes of Complaints",
        copy=False,
    )
    results = fields.Html(help="What was reached in the period.")
    problems = fields.Html(
        string="Problems and Causes", help="What was not reached, and why."
    )
    next_plan = fields.Html(help="Who does what until when, so that it gets better.")
    date_meeting = fields.Date(string="Date of the Meeting", tracking=True)
    attendance = fields.Text(help="Who was at the meeting, and who was excused.")
    date_counted = fields.Datetime(
        string="Counted on", readonly=True, help="When its figures were counted last."
    )
    date_submitted = fields.Datetime(string="Submitted on", readonly=True, copy=False)
    date_filed = fields.Datetime(string="Filed on", readonly=True, copy=False)
    filed_by_id = fields.Many2one(
        "res.users", string="Filed by", readonly=True, copy=False, index=True
    )
    date_reminded = fields.Date(readonly=True, copy=False)
    attachment_id = fields.Many2one(
        "ir.attachment",
        string="Filed Document",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    correction_ids = fields.One2many(
        "aftersales.correction", "summary_id", string="Reopened"
    )
    missed_count = fields.Integer(
        string="Targets Missed", compute="_compute_counts", store=True
    )
    met_count = fields.Integer(
        string="Targets Met", compute="_compute_counts", store=True
    )

    _period_unique = models.UniqueIndex(
        "(company_id, period, date_from)", "There is a summary of this period already."
    )

    @api.model
    def _get_default_first(self):
        """The month before this one: it is over, and to be summed up."""
        return add_months(month_start(self.env.company._aftersales_date()), -1)

    @api.depends("date_from", "period")
    def _compute_date_to(self):
        for summary in self:
            summary.date_to = summary.date_from and month_end(
                add_months(summary.date_from, MONTHS[summary.period or "month"] - 1)
            )

    @api.depends("line_ids.result")
    def _compute_counts(self):
        for summary in self:
            results = summary.line_ids.mapped("result")
            summary.met_count = results.count("met")
            summary.missed_count = results.count("missed")

    @api.depends("period", "date_from", "company_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for summary in self:
            summary.display_name = summary._get_title()

    def _get_title(self):
        """Return what the summary is called, in the user's language."""
        if not self.date_from:
            return self.env._("New Summary")
        year = self.date_from.year
        if self.period == "year":
            return self.env._("Summary of %(year)s", year=year)
        if self.period == "half_year":
            half = 1 if self.date_from.month <= 6 else 2
            return self.env._(
                "Summary of half year %(half)s of %(year)s", half=half, year=year
            )
        return self.env._(
            "Summary of %(month)s", month=format_month(self.env, self.date_from)
        )

    @api.constrains("date_from", "company_id")
    def _check_begun(self):
        """What has not begun has no figures."""
        for summary in self:
            if summary.date_from > summary.company_id._aftersales_date():
                raise ValidationError(
                    self.env._(
                        "The period begins on %(day)s: there is nothing to sum up yet.",
                        day=format_date(self.env, summary.date_from),
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        defaults = self.default_get(["period", "date_from"])
        for vals in vals_list:
            first = fields.Date.to_date(vals.get("date_from", defaults["date_from"]))
            period = vals.get("period", defaults["period"])
            if first and period in MONTHS:
                vals["date_from"] = self._get_first(period, first)
        summaries = super().create(vals_list)
        summaries._draft()
        return summaries

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        """What was submitted or filed stays (五)."""
        for summary in self:
            if summary.state != "draft" or summary.correction_ids:
                raise UserError(
                    self.env._(
                        "%(summary)s was submitted or filed already: it is kept.",
                        summary=summary.display_name,
                    )
                )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_first(self, period, day):
        """Return the first day of the period of this kind that has ``day``."""
        months = MONTHS[period]
        return day.replace(day=1, month=(day.month - 1) // months * months + 1)

    def _get_period(self):
        return Period(self.date_from, self.date_to)

    @api.model
    def _get_guarded_fields(self):
        return {
            "company_id",
            "period",
            "date_from",
            "date_to",
            "state",
            "line_ids",
            "cause_ids",
            "date_counted",
            "date_submitted",
            "date_filed",
            "filed_by_id",
            "date_reminded",
            "attachment_id",
            "correction_ids",
            "missed_count",
            "met_count",
        }

    @api.model
    def _get_fields_free_at_creation(self):
        return {"company_id", "period", "date_from"}

    @api.model
    def _get_settled_fields(self):
        return {
            "user_id",
            "results",
            "problems",
            "next_plan",
            "date_meeting",
            "attendance",
        }

    def _is_settled(self):
        """A filed summary is read, not written."""
        self.ensure_one()
        return self.state == "filed"
