"""Whether a customer stays, may be lost, or is lost: by the day of the last visit."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..kpi.period import last_day_that_reaches


class AftersalesArchive(models.Model):
    """Retention follows from the last visit, the company's months, and today.

    So nothing is stored that would be wrong tomorrow: a search becomes one on the
    indexed day of the last visit, and a list sorts and groups by an expression of it.
    """

    _inherit = "aftersales.archive"

    retention = fields.Selection(
        [("active", "Active"), ("at_risk", "At Risk"), ("lost", "Lost")],
        compute="_compute_retention",
        search="_search_retention",
        help="From the last visit: at risk and lost after the company's months.",
    )

    @api.depends("last_visit_date", "company_id")
    def _compute_retention(self):
        for company, archives in self.grouped("company_id").items():
            at_risk, lost = archives._get_retention_limits(company)
            for archive in archives:
                last = archive.last_visit_date
                if not last:
                    archive.retention = False
                elif last <= lost:
                    archive.retention = "lost"
                elif last <= at_risk:
                    archive.retention = "at_risk"
                else:
                    archive.retention = "active"

    def _search_retention(self, operator, value):
        """Search by the months, and the day, of each archive's own company."""
        if operator != "in":
            return NotImplemented
        last = "last_visit_date"
        found = Domain(last, "=", False) if False in value else Domain.FALSE
        for (at_risk, lost), companies in self._group_by_retention_limits():
            statuses = {
                "lost": Domain(last, "<=", lost),
                "at_risk": Domain(last, "<=", at_risk) & Domain(last, ">", lost),
                "active": Domain(last, ">", max(at_risk, lost)),
            }
            found |= Domain("company_id", "in", companies.ids) & Domain.OR(
                domain for status, domain in statuses.items() if status in value
            )
        return found

    def _field_to_sql(self, alias, field_expr, query=None):
        """Give lists the expression that they sort and group by retention with."""
        if field_expr != "retention":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        last = super()._field_to_sql(alias, "last_visit_date", query)
        company = super()._field_to_sql(alias, "company_id", query)
        cases = [
            SQL(
                """WHEN %(company)s = ANY(%(companies)s) THEN CASE
                       WHEN %(last)s <= %(lost)s THEN 'lost'
                       WHEN %(last)s <= %(at_risk)s THEN 'at_risk'
                       WHEN %(last)s IS NOT NULL THEN 'active' END""",
                company=company,
                companies=companies.ids,
                last=last,
                lost=lost,
                at_risk=at_risk,
            )
            for (at_risk, lost), companies in self._group_by_retention_limits()
        ]
        return SQL("(CASE %s END)", SQL(" ").join(cases))

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_retention_limits(self, company):
        """Return until which last visit a customer is at risk, and lost: two dates.

        On the day that lies so many months after the last visit he is; after a short
        month several days of a visit share it.
        """
        today = company._aftersales_date()
        return (
            last_day_that_reaches(today, company.aftersales_at_risk_months),
            last_day_that_reaches(today, company.aftersales_lost_months),
        )

    @api.model
    def _group_by_retention_limits(self):
        """Return [(limits, companies)] of all companies; most share theirs."""
        companies = (
            self.env["res.company"]
            .sudo()
            .search([("active", "in", (True, False))], order="id")
        )
        return list(companies.grouped(self._get_retention_limits).items())
