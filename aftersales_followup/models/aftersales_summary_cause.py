from odoo import api, fields, models
from odoo.fields import Domain


class AftersalesSummaryCause(models.Model):
    """How often customers complained of one cause in the period of a summary."""

    _name = "aftersales.summary.cause"
    _description = "Cause of Complaints in a Summary"
    _inherit = ["aftersales.guarded.mixin"]
    _order = "count desc, id"
    _check_company_auto = True

    summary_id = fields.Many2one(
        "aftersales.summary",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="summary_id.company_id", store=True, index=True
    )
    cause_id = fields.Many2one(
        "aftersales.case.cause",
        string="Cause on the List",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: the cause has not been found out yet.",
    )
    name = fields.Char(string="Cause", compute="_compute_name")
    count = fields.Integer(string="Complaints", readonly=True)
    before = fields.Integer(string="Period Before", readonly=True)

    @api.depends("cause_id")
    @api.depends_context("lang")
    def _compute_name(self):
        for cause in self:
            cause.name = cause.cause_id.name or self.env._("Not Found Out Yet")

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_cases(self):
        """Open the complaints of this cause."""
        self.ensure_one()
        self.check_access("read")
        action = (
            self.env.ref("aftersales_followup.kpi_complaints")
            .sudo(False)
            ._get_counted_action(
                self.summary_id.date_from, self.summary_id.date_to, self.company_id
            )
        )
        domain = Domain(action["domain"]) & Domain(
            "cause_id", "=", self.cause_id.id or False
        )
        return {**action, "domain": list(domain), "name": self.name}

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_guarded_fields(self):
        return {"summary_id", "company_id", "cause_id", "count", "before"}
