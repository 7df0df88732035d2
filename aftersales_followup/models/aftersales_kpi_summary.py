"""What a summary says of a figure: as text, and which records changed since."""

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import formatLang

from ..kpi.part import WorkingDays
from ..kpi.scope import Scope
from .aftersales_kpi_records import to_json

DIGITS = {"money": 0, "count": 0, "percent": 1, "number": 1}


class AftersalesKpi(models.Model):
    _inherit = "aftersales.kpi"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _format(self, number, company):
        """Return a value of the figure as it is read; "" where there is none."""
        self.ensure_one()
        if number is None:
            return ""
        text = formatLang(self.env, number, digits=DIGITS[self.unit])
        if self.unit == "percent":
            return f"{text} %"
        return text

    def _get_changes_action(self, period, company, since):
        """Return the action that opens the records of a period changed since a moment.

        Also what has no day any more, such as a visit that was reopened: it counted
        then, and does not now.

        :param since: naive UTC
        """
        self.ensure_one()
        formula = self.sudo()._get_formula()
        part = next(
            part
            for part in (formula.numerator, formula.denominator)
            if part and not isinstance(part, WorkingDays)
        )
        source = part.source
        scope = Scope(company)
        changed = Domain("write_date", ">", since)
        here = Domain("company_id", "=", company.id)
        date_field, _dot, path = source.date.partition(".")
        if path:
            changed |= Domain(f"{date_field}.write_date", ">", since)
        days = source.get_days_domain(scope, part.get_window(scope, period))
        undated = Domain(source.date, "=", False) & Domain("create_date", "<=", since)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "%(kpi)s: changed since %(day)s",
                kpi=self.name,
                day=fields.Datetime.context_timestamp(self, since).strftime("%Y-%m-%d"),
            ),
            "res_model": source.model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": to_json(here & changed & (days | undated)),
            "context": {"active_test": False, "create": False},
        }
