"""The supervisor's first screen: is the month all right, where not, what to do."""

from datetime import date
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from ..kpi.period import Period, add_months, month_start
from .aftersales_kpi_records import to_json
from .aftersales_kpi_text import format_month
from .groups import OFFICER, SUPERVISOR

# What is to be kept in time, and the field with what came of it.
KEPT = {
    "archive_on_time": "archive_result",
    "first_on_time": "result",
    "second_on_time": "result",
    "escalated_on_time": "escalation_result",
    "informed_on_time": "inform_result",
    "complaint_answered": "answer_result",
    "campaign_called_on_time": "result",
    "letter_on_time": "result",
}
SIGNS = {"met": "✓", "near": "~", "missed": "✗", False: ""}
FIRST_MONTH = date(2000, 1, 1)


class Sight(NamedTuple):
    """What the supervisor looks at: a dealership, a month, and which day it is."""

    company: object
    month: Period
    today: date


class AftersalesDashboard(models.AbstractModel):
    """What a supervisor sees first (五): three rows, each number a way to its records.

    The browser shows what it is given: all is counted and written here, in the user's
    language, for one call of ``get_data``. Each piece that can be clicked has a
    word ``opens``, which ``open_records`` turns into the window with the records.
    """

    _name = "aftersales.dashboard"
    _description = "Supervisor's Dashboard"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    @api.readonly
    def get_data(self, month=None, company_id=None):
        """Return all that the screen shows of a month.

        :param str month: any day of it; default, and for what is to come: this month
        :param int company_id: one of the user's companies; default: the current one
        :raise AccessError: if the user is no supervisor, or not of that company
        """
        board, sight = self._look(month, company_id)
        data = board._get_head(sight)
        if not board.env["aftersales.kpi"]._find_first_day(sight.company):
            return {**data, "steps": board._get_steps(sight)}
        return {
            **data,
            **board._get_figures(sight),
            "charts": board._get_charts(sight),
            "today": board._get_today(sight),
        }

    @api.model
    @api.readonly
    def open_records(self, opens, month=None, company_id=None):
        """Return the action that opens exactly what a piece of the screen counts.

        :param dict opens: as ``get_data`` gave it
        """
        board, sight = self._look(month, company_id)
        what = isinstance(opens, dict) and opens.get("what")
        if not what:
            raise UserError(board._get_unknown_text())
        if what in ("figure", "kept", "months", "goal", "summary"):
            action = getattr(board, f"_open_{what}")(sight, opens)
        elif what == "step":
            return board._open_step(sight, opens)
        else:
            action = board._open_count(sight, opens)
        action["context"] = {
            **(action.get("context") or {}),
            "allowed_company_ids": sight.company.ids,
        }
        return action

    @api.model
    @api.readonly
    def get_my_line(self):
        """Return how the month goes for the officer who asks, in one quiet line.

        Nobody but the supervisor sees how it goes for a colleague.

        :return: {"text": …, "details": what was kept of each deadline}
        """
        user, company = self.env.user, self.env.company
        if not user.has_group(OFFICER):
            return {"text": "", "details": ""}
        kpis = self._find_kpis(company, (*KEPT, "calls", "csi"))
        month = Period.of_month(company._aftersales_date())
        figures = kpis._get_figures(kpis, *month, company, by_officer=True)
        mine = {kpi: found[user] for kpi, found in figures.items() if user in found}
        values = {kpi.code: value for kpi, (value, *_parts) in mine.items()}
        kept = {
            kpi: (int(on_time), int(due))
            for kpi, (_value, on_time, due) in mine.items()
            if kpi.code in KEPT and due
        }
        return {
            "text": self._get_my_text(values, [*kept.values()]),
            "details": "\n".join(
                f"{kpi.name}: {on_time} / {due}" for kpi, (on_time, due) in kept.items()
            ),
        }

    def _get_my_text(self, values, kept):
        on_time, due = (sum(one[n] for one in kept) for n in (0, 1))
        texts = []
        if due:
            texts.append(
                self.env._(
                    "this month: %(on_time)s of %(due)s on time",
                    on_time=on_time,
                    due=due,
                )
            )
        calls = int(values.get("calls") or 0)
        texts.append(self.env._("%(count)s calls", count=calls))
        if values.get("csi") is not None:
            score = formatLang(self.env, values["csi"] / 10, digits=1)
            texts.append(self.env._("satisfaction %(score)s", score=score))
        return " · ".join(texts)

    # what is looked at

    @api.model
    def _look(self, month, company_id):
        """Return the dashboard as one dealership sees it, and what is looked at."""
        if not self.env.user.has_group(SUPERVISOR):
            raise AccessError(
                self.env._("The dashboard is for supervisors of the department.")
            )
        company_id = company_id or self.env.company.id
        if company_id not in self.env.user.company_ids.ids:
            raise AccessError(
                self.env._("This is not one of the companies you work for.")
            )
        board = self.with_context(allowed_company_ids=[company_id])
        company = board.env["res.company"].browse(company_id)
        today = company._aftersales_date()
        try:
            day = fields.Date.to_date(month) or today
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("%(month)s is no month: choose another one.", month=month)
            ) from error
        day = min(max(day, FIRST_MONTH), today)
        return board, Sight(company, Period.of_month(day), today)

    @api.model
    def _find_kpis(self, company, codes):
        """Return figures in the order of their codes."""
        kpis = self.env["aftersales.kpi"]
        found = kpis.search(
            kpis._get_company_domain(company) & Domain("code", "in", list(codes))
        )
        return found.sorted(lambda kpi: list(codes).index(kpi.code))

    @api.model
    def _get_summary_state(self, company, month):
        """Return how far the summary of the month is; of one that runs, the last one's.

        :param date month: its first day
        :return: {"text", "verdict" (as of figures), "opens"}; ``False``: there is none
        """
        today = company._aftersales_date()
        months = [month]
        if month == month_start(today):
            months.append(add_months(month, -1))
        summary = self.env["aftersales.summary"].search(
            [
                ("company_id", "=", company.id),
                ("period", "=", "month"),
                ("date_from", "in", months),
            ],
            order="date_from desc",
            limit=1,
        )
        if not summary:
            return False
        labels = dict(summary._fields["state"]._description_selection(self.env))
        state, verdict = labels[summary.state], "met"
        if summary.state != "filed":
            until = summary._get_filing_day()
            verdict = "missed" if until < today else False
            state = self.env._(
                "%(state)s, to be filed by %(date)s",
                state=state,
                date=format_date(self.env, until),
            )
        return {
            "text": f"{summary.display_name}: {state}",
            "opens": {"what": "summary", "id": summary.id},
            **get_sign(verdict),
        }

    def _get_head(self, sight):
        first = sight.month.first
        following = add_months(first, 1)
        return {
            "month": fields.Date.to_string(first),
            "month_name": format_month(self.env, first),
            "previous": fields.Date.to_string(add_months(first, -1)),
            "next": following <= sight.today and fields.Date.to_string(following),
            "running": fields.Date.to_string(sight.today.replace(day=1)),
            "company": {"id": sight.company.id, "name": sight.company.name},
            "companies": [
                {"id": company.id, "name": company.name}
                for company in self.env.user.company_ids
            ],
            "summary": self._get_summary_state(sight.company, first),
        }

    def _get_window(self, name, model, domain, views=("list", "form")):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": ",".join(views),
            "views": [(False, view) for view in views],
            "domain": to_json(domain),
            "context": {"create": False},
        }

    def _get_unknown_text(self):
        return self.env._("There are no records behind this. Load the page again.")

    def _open_summary(self, sight, opens):
        domain = Domain("id", "=", opens.get("id"))
        domain &= Domain("company_id", "=", sight.company.id)
        summary = self.env["aftersales.summary"].search(domain)
        action = self._get_window(summary.display_name, summary._name, domain, ["form"])
        return {**action, "res_id": summary.id}


def get_sign(verdict):
    """Return how a verdict is told: by its color and by its sign."""
    return {"verdict": verdict, "sign": SIGNS[verdict]}
