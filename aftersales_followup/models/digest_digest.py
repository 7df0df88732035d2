from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import formatLang

from .groups import SUPERVISOR

# Field of the digest -> code of the figure.
FIGURES = {
    f"kpi_aftersales_{code}": code
    for code in ("revenue", "intake", "calls", "complaints", "csi", "first_on_time")
}


class DigestDigest(models.Model):
    """The main figures by e-mail, for supervisors who ask for them.

    They are switched on in a digest by hand; whoever is no supervisor of the
    dealership gets the same digest without them.
    """

    _inherit = "digest.digest"

    kpi_aftersales_revenue = fields.Boolean("After-Sales Revenue")
    kpi_aftersales_revenue_value = fields.Monetary(
        compute="_compute_aftersales_values", currency_field="currency_id"
    )
    kpi_aftersales_intake = fields.Boolean("Cars in the Workshop")
    kpi_aftersales_intake_value = fields.Integer(compute="_compute_aftersales_values")
    kpi_aftersales_calls = fields.Boolean("Calls to and from Customers")
    kpi_aftersales_calls_value = fields.Integer(compute="_compute_aftersales_values")
    kpi_aftersales_complaints = fields.Boolean("Complaints")
    kpi_aftersales_complaints_value = fields.Integer(
        compute="_compute_aftersales_values"
    )
    kpi_aftersales_csi = fields.Boolean("Customer Satisfaction (%)")
    kpi_aftersales_csi_value = fields.Float(compute="_compute_aftersales_values")
    kpi_aftersales_first_on_time = fields.Boolean("First Follow-ups on Time (%)")
    kpi_aftersales_first_on_time_value = fields.Float(
        compute="_compute_aftersales_values"
    )

    @api.depends("company_id")
    @api.depends_context("uid", "company", "start_datetime", "end_datetime")
    def _compute_aftersales_values(self):
        """Count whole days of the dealership: the last one is yesterday."""
        start, end, _companies = self._get_kpi_compute_parameters()
        for digest in self:
            company = digest.company_id or self.env.company
            figures = self._get_aftersales_figures(company, start, end)
            for name, code in FIGURES.items():
                digest[f"{name}_value"] = figures.get(code) or 0

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_aftersales_figures(self, company, start, end):
        """Return the figures of the days between two moments: {code: value}.

        :param start: naive UTC
        :raise AccessError: if the user is no supervisor of the dealership; the digest
            then goes without them
        """
        user = self.env.user
        if not user.has_group(SUPERVISOR) or company not in user.company_ids:
            raise AccessError(self.env._("These figures are for supervisors."))
        start, end = (
            fields.Datetime.to_datetime(start),
            fields.Datetime.to_datetime(end),
        )
        if not (start and end):
            return {}
        first = company._aftersales_date(start)
        last = company._aftersales_date(end) - timedelta(days=1)
        kpis = self.env["aftersales.kpi"].search([("code", "in", [*FIGURES.values()])])
        figures = kpis._get_figures(kpis, first, max(first, last), company)
        return {kpi.code: found[False][0] for kpi, found in figures.items()}

    def _compute_kpis(self, company, user):
        """Say "–" where there is no figure: nought would be a lie."""
        kpis = super()._compute_kpis(company, user)
        ratios = [
            kpi
            for kpi in kpis
            if FIGURES.get(kpi["kpi_name"]) in ("csi", "first_on_time")
        ]
        if not ratios:
            return kpis
        digest = self.with_user(user).with_company(company)
        whose = self.company_id or company
        for place, (_name, [now, _before]) in enumerate(
            self._compute_timeframes(company), start=1
        ):
            start, end = (fields.Datetime.to_string(moment) for moment in now)
            figures = digest._get_aftersales_figures(whose, start, end)
            for kpi in ratios:
                value = figures.get(FIGURES[kpi["kpi_name"]])
                column = kpi[f"kpi_col{place}"]
                if value is None:
                    column.update(value="–", margin=0.0)
                else:
                    column["value"] = f"{formatLang(self.env, value, digits=1)} %"
        return kpis

    def _compute_kpis_actions(self, company, user):
        """Lead from each figure to the dashboard."""
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("aftersales_followup.aftersales_followup_menu_root")
        action = f"aftersales_followup.aftersales_dashboard_action?menu_id={menu.id}"
        return {**actions, **dict.fromkeys(FIGURES, action)}
