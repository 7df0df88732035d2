"""The dashboard's first row, figures against targets, and what was kept by officer."""

import math

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import formatLang

from ..kpi.period import add_months
from .aftersales_dashboard import KEPT, get_sign
from .aftersales_kpi_text import format_month

# The first row: figures of the month against their targets.
TILES = ("revenue", "intake", "csi", "rework", "response", "absorption")
# What is told beside a figure of the first row.
BESIDE = {"response": ("response_unreached", "response_revenue")}
GOALS = {"at_least": "≥", "at_most": "≤", "below": "<"}
NO_FIGURE = "—"
MONTHS_BEFORE = 12


class AftersalesDashboard(models.AbstractModel):
    _inherit = "aftersales.dashboard"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    # first row: the month against its targets; second row: what was kept in time

    def _get_figures(self, sight):
        """Return the tiles and the table by officer, counted in one pass."""
        beside = [code for codes in BESIDE.values() for code in codes]
        kpis = self._find_kpis(sight.company, (*TILES, *beside, *KEPT))
        figures = kpis._get_figures(kpis, *sight.month, sight.company, by_officer=True)
        tiles = kpis.filtered(lambda kpi: kpi.code in TILES)
        months = self.env["aftersales.kpi.value"]._get_numbers(
            tiles,
            sight.company,
            add_months(sight.month.first, -MONTHS_BEFORE),
            sight.month.first,
        )
        told = {kpi.code: (kpi, found[False]) for kpi, found in figures.items()}
        kept = {kpi: found for kpi, found in figures.items() if kpi.code in KEPT}
        all_goals, goals = self._get_goals(sight, kpis)
        return {
            "tiles": [
                self._get_tile(
                    sight, kpi, told, months[kpi], (all_goals[kpi], goals[kpi])
                )
                for kpi in tiles
            ],
            "kept": self._get_kept(sight, kept, goals),
        }

    def _get_goals(self, sight, kpis):
        """Return the targets of the whole month, and what is due by now.

        A sum that still grows is to have come as far as the days of the month have.
        """
        targets = self.env["aftersales.kpi.target"]
        month, company = sight.month, sight.company
        whole = targets._get_targets(kpis, company, *month)
        now = targets._get_targets(kpis, company, *month.until(sight.today))
        return whole, {kpi: (now if kpi.kind == "flow" else whole)[kpi] for kpi in kpis}

    def _get_tile(self, sight, kpi, told, months, goals):
        """Return a figure against its target, its parts, and its last months."""
        _kpi, figure = told[kpi.code]
        value, (whole, due) = figure[0], goals
        notes = [] if whole is None else [self._get_goal(kpi, value, whole)]
        for code in BESIDE.get(kpi.code, ()):
            if code in told:
                notes.append(self._get_beside(sight, *told[code]))
        return {
            "code": kpi.code,
            "name": kpi.name,
            "help": kpi.description or "",
            "notes": notes,
            "parts": self._get_parts(kpi, figure),
            "line": self._get_line(sight, kpi, value, months),
            **self._get_value(sight, kpi, value, kpi._judge(value, due)),
        }

    def _get_value(self, sight, kpi, value, verdict=False):
        if value is None:
            why = kpi._tell_why_empty(sight.company, *sight.month)
            return {"text": NO_FIGURE, "title": why, "opens": False, **get_sign(False)}
        return {
            "text": kpi._format(value),
            "title": "",
            "opens": {"what": "figure", "code": kpi.code, "part": "numerator"},
            **get_sign(verdict),
        }

    def _get_beside(self, sight, kpi, figure):
        return {"label": kpi.name, **self._get_value(sight, kpi, figure[0])}

    def _get_goal(self, kpi, value, target):
        """Return how far a sum has come, or what a ratio is to be."""
        goal = {"what": "goal", "code": kpi.code}
        text = f"{GOALS[kpi.goal]} {kpi._format(target)}"
        if kpi.kind == "flow" and target and value is not None:
            share = formatLang(self.env, 100 * value / target, digits=0)
            text = self.env._(
                "%(share)s %% of %(target)s",
                share=share,
                target=kpi._format(target),
            )
        return {
            "label": "",
            "text": text,
            "title": "",
            "opens": goal,
            **get_sign(False),
        }

    def _get_parts(self, kpi, figure):
        """Return the two parts that a ratio is made of."""
        if kpi.kind != "ratio" or None in figure:
            return []
        return [
            {
                "text": formatLang(self.env, amount, digits=0),
                "opens": {"what": "figure", "code": kpi.code, "part": part},
            }
            for part, amount in zip(
                ("numerator", "denominator"), figure[1:], strict=True
            )
        ]

    def _get_line(self, sight, kpi, value, months):
        """Return a figure of the last thirteen months; where there is none, a gap."""
        days = [add_months(sight.month.first, -n) for n in range(MONTHS_BEFORE, -1, -1)]
        values = [*months[:-1], value]
        return {
            "labels": [format_month(self.env, day, "yMMM") for day in days],
            "values": values,
            "texts": [kpi._format(one) or NO_FIGURE for one in values],
            "opens": {"what": "months", "code": kpi.code},
        }

    def _get_kept(self, sight, figures, goals):
        """Return the table of what was kept in time: a column for each officer."""
        officers = self.env["res.users"].union(
            *(user for found in figures.values() for user in found if user)
        )
        officers = officers.sorted("name")
        return {
            "officers": [{"id": user.id, "name": user.name} for user in officers],
            "rows": [
                {
                    "code": kpi.code,
                    "name": kpi.name,
                    "help": kpi.description or "",
                    "cells": [
                        self._get_cell(sight, kpi, goals[kpi], found.get(user), user)
                        for user in (*officers, False)
                    ],
                }
                for kpi, found in figures.items()
            ],
        }

    def _get_cell(self, sight, kpi, goal, figure, user):
        value, kept, due = figure or (None, None, None)
        if value is None:
            why = self.env._("Nothing was due.")
            if not user:
                why = kpi._tell_why_empty(sight.company, *sight.month)
            if user and not kpi.by_officer:
                why = self.env._("It is told for the whole company.")
            return {"text": NO_FIGURE, "title": why, "opens": False, **get_sign(False)}
        return {
            # Never rounded up: what is not all is not a hundred.
            "text": str(math.floor(value)),
            "title": self.env._(
                "%(kept)s of %(due)s on time", kept=int(kept), due=int(due)
            ),
            "opens": {"what": "kept", "code": kpi.code, "user": user and user.id},
            **get_sign(kpi._judge(value, goal)),
        }

    def _open_figure(self, sight, opens):
        kpi = self._find_kpis(sight.company, [opens.get("code")])
        part = opens.get("part")
        if not kpi or part not in ("numerator", "denominator"):
            raise UserError(self._get_unknown_text())
        return kpi._get_counted_action(*sight.month, sight.company, part=part)

    def _open_kept(self, sight, opens):
        """Open all that was due, grouped by whether it was done in time."""
        code = opens.get("code")
        kpi = self._find_kpis(sight.company, [code])
        if not kpi or code not in KEPT:
            raise UserError(self._get_unknown_text())
        user = self.env["res.users"].browse(opens.get("user") or [])
        action = kpi._get_counted_action(
            *sight.month, sight.company, user, "denominator"
        )
        action["context"] = {**action["context"], "group_by": [KEPT[code]]}
        return action

    def _open_months(self, sight, opens):
        """Open the months that a line is drawn from."""
        kpi = self._find_kpis(sight.company, [opens.get("code")])
        domain = Domain("kpi_id", "in", kpi.ids) & Domain("user_id", "=", False)
        domain &= Domain("company_id", "=", sight.company.id)
        first = add_months(sight.month.first, -MONTHS_BEFORE)
        domain &= Domain("date", ">=", first) & Domain("date", "<=", sight.month.first)
        domain &= Domain("is_empty", "=", False)
        model = "aftersales.kpi.value"
        return self._get_window(kpi.name, model, domain, ["graph", "list", "pivot"])

    def _open_goal(self, sight, opens):
        """Open the year's target of a figure."""
        kpi = self._find_kpis(sight.company, [opens.get("code")])
        domain = Domain("kpi_id", "in", kpi.ids)
        domain &= Domain("company_id", "=", sight.company.id)
        domain &= Domain("year", "=", sight.month.first.year)
        return self._get_window(kpi.name, "aftersales.kpi.target", domain, ["list"])
