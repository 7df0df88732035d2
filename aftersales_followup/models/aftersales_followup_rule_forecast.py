"""What the rules are bound to bring in days to come."""

from odoo import api, models
from odoo.tools import split_every

FORECAST_BATCH = 2000  # records looked ahead for at a time


class AftersalesFollowupRule(models.Model):
    _inherit = "aftersales.followup.rule"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _forecast(self, company, date_from, date_to):
        """Yield what recurring dates will bring in a period and is not planned yet.

        The nightly scheduler plans on the day when a window begins. Whoever plans the
        month wants to see already what is bound to come: dates of cars and of long
        absence. What customers refused is not among it.

        :param date date_from: first day of the deadlines
        :param date date_to: last day of them
        :return: iterator of (rule, vals as those of a follow-up)
        """
        dated = self.env.registry["aftersales.dated.mixin"]
        ahead = self.with_context(aftersales_ahead=date_to)
        for origin, rules in ahead._get_scheduled_rules(company):
            if not isinstance(origin, dated):
                continue  # what has not happened yet
            for rule in rules:
                due = rule._find_due(company)
                for batch in split_every(FORECAST_BATCH, due.ids, due.browse):
                    yield from rule._foresee(batch, company, date_from, date_to)

    def _foresee(self, records, company, date_from, date_to):
        """Yield what this rule will plan for records, where it is due in a period."""
        rows = [
            record._aftersales_prepare_followup_vals(self, company)
            for record in records
        ]
        windows = self._get_windows({row["date_anchor"] for row in rows}, company)
        for row in rows:
            earliest, latest = windows[row["date_anchor"]]
            if date_from <= latest <= date_to:
                row |= {"date_earliest": earliest, "date_deadline": latest}
                yield self, row
