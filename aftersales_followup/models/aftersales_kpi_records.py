"""From a figure to the records behind it."""

from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..kpi.part import WorkingDays
from ..kpi.period import Period
from ..kpi.scope import Scope


class AftersalesKpi(models.Model):
    _inherit = "aftersales.kpi"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_counted_action(
        self, date_from, date_to, company, user=None, part="numerator"
    ):
        """Return the action that opens the records behind a part of a figure.

        They are found by the very domain that the figure is counted by.

        :param str part: ``numerator`` or ``denominator``
        :raise UserError: if no records are behind it, as behind working days
        """
        self.ensure_one()
        formula = self.sudo()._get_formula()
        chosen = getattr(formula, part)
        if not chosen or isinstance(chosen, WorkingDays):
            raise UserError(self._get_no_records_text(chosen))
        period = Period(date_from, date_to)
        if formula.is_rolling:
            period = period.get_months()[-1]
        model, domain = self._get_records(chosen, Scope(company), period, user)
        return {
            "type": "ir.actions.act_window",
            "name": self._get_records_name(date_from, date_to, user, part),
            "res_model": model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": to_json(domain),
            "context": {"active_test": False, "create": False},
        }

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
        here = Domain("company_id", "=", company.id)
        found = source.get_days_domain(scope, part.get_window(scope, period))
        if self.env[source.model]._log_access:
            found |= Domain(source.date, "=", False) & Domain(
                "create_date", "<=", since
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "%(kpi)s: changed since %(day)s",
                kpi=self.name,
                day=format_date(self.env, company._aftersales_date(since)),
            ),
            "res_model": source.model,
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": to_json(here & source.get_changed_domain(since) & found),
            "context": {"active_test": False, "create": False},
        }

    def _get_no_records_text(self, part):
        if part:
            return self.env._(
                "%(kpi)s is divided by the working days of the company: there are no "
                "records behind them.",
                kpi=self.name,
            )
        return self.env._("%(kpi)s is a sum: it is divided by nothing.", kpi=self.name)

    @api.model
    def _get_records(self, part, scope, period, user=None):
        """Return (model, domain) of the records behind a part."""
        domain = part.get_records_domain(scope, period, user)
        model = scope.env[part.source.model]
        if part.is_last:
            order = f"{part.source.date} desc, id desc"
            last = model.search(domain, order=order, limit=1)
            return model._name, Domain("id", "in", last.ids)
        if part.distinct:
            field = model._fields[part.distinct]
            return field.comodel_name, Domain(part.inverse, "any", domain)
        return model._name, domain

    def _get_records_name(self, date_from, date_to, user, part):
        """Return what a window with the records is called."""
        values = {
            "kpi": self.name,
            "first": format_date(self.env, date_from),
            "last": format_date(self.env, date_to),
        }
        if part == "denominator":
            name = self.env._("%(kpi)s, all of them: %(first)s – %(last)s", **values)
        else:
            name = self.env._("%(kpi)s: %(first)s – %(last)s", **values)
        return f"{name} ({user.name})" if user else name


def to_json(domain):
    """Return a domain as a list that a browser takes."""

    def convert(value):
        if isinstance(value, Domain):
            return [convert(item) for item in value]
        if isinstance(value, datetime):
            return fields.Datetime.to_string(value)
        if isinstance(value, date):
            return fields.Date.to_string(value)
        if isinstance(value, tuple):
            return tuple(convert(item) for item in value)
        if isinstance(value, (list, set, frozenset)) or hasattr(value, "union"):
            return [convert(item) for item in value]
        return value

    return convert(domain)
