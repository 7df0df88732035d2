"""What the supervisor's analyses tell, asked for as the browser asks."""

from datetime import datetime, timedelta

from odoo.tests import TransactionCase

REPORTS = [
    "aftersales.call.report",
    "aftersales.case.report",
    "aftersales.clock",
    "aftersales.letter.report",
    "aftersales.visit.line.report",
]
# One o'clock on 1 March in Shanghai; still February in UTC.
EDGE = datetime(2026, 2, 28, 17, 0)


class Analyses(TransactionCase):
    """Reads pivots; comes before a class with the dealership."""

    def _report(self, name, user=None, **context):
        """Return a report as the browser of a user asks for it."""
        user = user or self.supervisor
        self.env.flush_all()
        self.env.invalidate_all()
        context = {
            "lang": "en_US",
            "tz": user.tz,
            "allowed_company_ids": user.company_ids.ids,
            **context,
        }
        return self.env(user=user, context=context)[name]

    def _cells(self, report, groupby, *measures, domain=()):
        """Return the cells of a pivot: {name of the group: a value or all of them}.

        :param str groupby: "" for the total alone
        """
        if isinstance(report, str):
            report = self._report(report)
        specs = [
            name if name == "__count" else f"{name}:{report._fields[name].aggregator}"
            for name in measures
        ]
        groups = report.formatted_read_group(
            list(domain), [groupby] if groupby else [], specs
        )
        cells = {}
        for group in groups:
            key = group[groupby] if groupby else ""
            key = key[1] if isinstance(key, (tuple, list)) else key
            told = tuple(
                value if value is False else round(value, 1)
                for value in (group[spec] for spec in specs)
            )
            cells[key] = told[0] if len(told) == 1 else told
        return cells

    def _total(self, report, *measures, domain=()):
        return self._cells(report, "", *measures, domain=domain)[""]

    # ------------------------------------------------------------
    # What happens
    # ------------------------------------------------------------

    def _talk(self, customer, user=None, outcome=None, **vals):
        """Register a call to a customer; without an outcome it reached him."""
        call = self._new_call(
            user=user,
            partner_id=customer.id,
            outcome_id=(outcome or self.reached).id,
            **vals,
        )
        call.action_register()
        return call

    def _deliver(self, *lines, **vals):
        """Deliver a visit with lines of (trade, payer, amount, cost[, claim])."""
        customer = vals.pop("customer", None) or self._new_customer()
        visit = self._new_visit(customer, **vals)
        visit.line_ids = [
            (5, 0, 0),
            *(
                (
                    0,
                    0,
                    {
                        "name": "Work",
                        "trade": trade,
                        "payer": payer,
                        "amount": amount,
                        "cost": cost,
                        "claim_state": claim[0] if claim else "none",
                    },
                )
                for trade, payer, amount, cost, *claim in lines
            ),
        ]
        if visit.visit_type == "workshop":
            visit.action_deliver()
        else:
            visit.action_close()
        return visit

    def _promise(self, user, days, sent=None):
        """A letter to send within ``days`` from today, sent after ``sent`` days."""
        letter = self._new_letter(
            user=user, date_due=self.company._aftersales_date() + timedelta(days=days)
        )
        if sent is not None:
            self.pass_days(sent)
            letter.action_register()
            self.pass_days(-sent)
        return letter
