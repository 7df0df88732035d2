from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Forms of a month; the registers are of any period.
MONTHLY = ("plan", "statistics")


class AftersalesRegisterPrint(models.TransientModel):
    """Ask for a register of a period and officers, on paper or as a workbook."""

    _name = "aftersales.register.print"
    _description = "Print a Register"
    _inherit = ["aftersales.dialog.mixin"]

    register = fields.Selection(
        [
            ("call", "Call Register"),
            ("letter", "Letter Register"),
            ("plan", "Monthly Contact Plan"),
            ("statistics", "Monthly Contact Statistics"),
        ],
        string="Register to Print",
        required=True,
        default="call",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    month = fields.Date(
        compute="_compute_month",
        inverse="_inverse_month",
        help="The plan and the statistics of contacts are those of a month.",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self._get_today().replace(day=1),
    )
    date_to = fields.Date(
        string="To", required=True, default=lambda self: self._get_today()
    )
    officer_ids = fields.Many2many(
        "res.users",
        string="Officers",
        domain=lambda self: self.env["res.users"]._aftersales_officer_domain(),
        help="Who made the entries, or was designated to. None: all officers.",
    )
    entry_count = fields.Integer(string="Entries", compute="_compute_entry_count")

    @api.depends("date_from")
    def _compute_month(self):
        for wizard in self:
            wizard.month = wizard.date_from and wizard.date_from.replace(day=1)

    def _inverse_month(self):
        """A month goes from its first to its last day; a register has any period."""
        for wizard in self:
            if wizard.month and wizard.register in MONTHLY:
                wizard.write(wizard._get_period_of_month())

    @api.depends("register", "company_id", "date_from", "date_to", "officer_ids")
    def _compute_entry_count(self):
        needed = ("register", "company_id", "date_from", "date_to")
        for wizard in self:
            complete = all(wizard[name] for name in needed)
            wizard.entry_count = wizard._count_entries() if complete else 0

    @api.onchange("register", "month")
    def _onchange_month(self):
        if self.register in MONTHLY and self.month:
            self.update(self._get_period_of_month())

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for wizard in self:
            if wizard.date_from > wizard.date_to:
                raise ValidationError(
                    self.env._("The first day of the period is after its last day.")
                )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_print_pdf(self):
        """Print the register."""
        self.ensure_one()
        report = self.env.ref("aftersales_followup.aftersales_register_print_report")
        # No layout to be chosen first: the register has its own.
        return report.report_action(self, config=False)

    def action_export_xlsx(self):
        """Download the register as a workbook."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/aftersales_followup/register/{self.id}.xlsx",
            "target": "download",
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_today(self):
        return self.env.company._aftersales_date()

    def _get_period_of_month(self):
        first = self.month.replace(day=1)
        return {"date_from": first, "date_to": first + relativedelta(day=31)}

    def _get_register(self):
        """Return the model of the register, for this company's entries only."""
        self.ensure_one()
        return self.env[f"aftersales.register.{self.register}"].with_context(
            allowed_company_ids=self.company_id.ids
        )

    def _get_asked(self):
        """Return what was asked for: company, first and last day, officers."""
        return self.company_id, self.date_from, self.date_to, self.officer_ids

    def _get_entry_domain(self):
        """Return the domain of the entries that were asked for."""
        return self._get_register()._get_entry_domain(*self._get_asked())

    def _count_entries(self):
        return self._get_register()._count_period(*self._get_asked())

    def _get_file_name(self):
        """Return the name of the printed file, without its extension."""
        register = self._get_register()
        period = register._format_period(self.date_from, self.date_to)
        return f"{register._get_title()} {period}"

    def _prepare_sheets(self):
        """Return what the template of registers draws."""
        return self._get_register()._prepare_period_sheets(*self._get_asked())

    def _write_workbook(self, file):
        """Write the register into the binary ``file`` as XLSX."""
        self._get_register()._write_period_workbook(file, *self._get_asked())
