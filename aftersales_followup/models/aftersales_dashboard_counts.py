"""What the dashboard counts beside figures: bars, today's work, and the first steps."""

from typing import NamedTuple

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import formatLang

from ..kpi.formulas import FORMULAS
from ..kpi.scope import Scope
from .aftersales_campaign_results import NOTICE
from .aftersales_case import UNTOLD

# What a chart and a line of names have room for; the rest is told together.
BARS = 7
NAMES = 4
CAMPAIGNS = 3


class Count(NamedTuple):
    """Something that is counted by a domain, and opened by the very same one."""

    name: str
    model: str
    domain: Domain
    groupby: str = None
    measure: str = "__count"


class AftersalesDashboard(models.AbstractModel):
    _inherit = "aftersales.dashboard"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    # counting and opening by one domain

    def _get_counts(self, sight):
        """Return what is counted, by its code: {code: Count}."""
        return {**self._get_month_counts(sight), **self._get_today_counts(sight)}

    def _get_month_counts(self, sight):
        """Return what the charts of the month are drawn from: what figures count."""
        scope = Scope(sight.company)
        complaints, revenue = (
            FORMULAS[code].numerator.get_records_domain(scope, sight.month)
            for code in ("complaints", "revenue")
        )
        case, line = "aftersales.case", "aftersales.visit.line"
        name = self.env._("Revenue")
        return {
            "cause": Count(
                self.env._("Complaints by Cause"), case, complaints, "cause_id"
            ),
            "trade": Count(name, line, revenue, "trade", "amount:sum"),
            "payer": Count(name, line, revenue, "payer", "amount:sum"),
        }

    def _get_today_counts(self, sight):
        """Return what is to be done today, whatever month is looked at."""
        own = Domain("company_id", "=", sight.company.id)
        case, followup = "aftersales.case", "aftersales.followup"
        filed = own & Domain("archive_result", "=", "running")
        notices = self._get_notice_domain(sight)
        return {
            "overdue": Count(
                self.env._("Overdue"),
                followup,
                own
                & Domain("state", "=", "planned")
                & Domain("date_deadline", "<", sight.today),
                "acting_user_id",
            ),
            "tell": Count(
                self.env._("To tell today"), case, own & Domain("state", "=", "solved")
            ),
            "decide": Count(
                self.env._("To decide"), case, own & Domain("state", "=", "escalated")
            ),
            "complaint": Count(
                self.env._("Open complaints"),
                case,
                own
                & Domain("case_type", "=", "complaint")
                & Domain("state", "in", UNTOLD),
            ),
            "file": Count(
                self.env._("Not filed"),
                "aftersales.visit",
                filed & Domain("archive_deadline", "<=", sight.today),
            ),
            "campaign": Count(
                self.env._("Campaigns"),
                "aftersales.campaign",
                self._get_campaign_domain(sight),
            ),
            "notice": Count(self.env._("To be told"), followup, notices, "campaign_id"),
            "told": Count(
                self.env._("Told"),
                followup,
                notices & Domain("state", "=", "done"),
                "campaign_id",
            ),
        }

    def _get_campaign_domain(self, sight):
        """Return the domain of the campaigns that run."""
        return (
            Domain("company_id", "=", sight.company.id)
            & Domain("state", "=", "confirmed")
            & Domain("date_end", ">=", sight.today)
        )

    def _get_notice_domain(self, sight):
        """Return the domain of the calls that tell of campaigns that run."""
        return (
            NOTICE
            & Domain("origin_key", "!=", False)
            & Domain("campaign_id", "any", self._get_campaign_domain(sight))
        )

    def _count(self, count):
        """Return what is counted for each key, the most first: [(key, number)]."""
        groupby = [count.groupby] if count.groupby else []
        rows = self.env[count.model]._read_group(count.domain, groupby, [count.measure])
        if not groupby:
            return [(False, rows[0][0] or 0)]
        return sorted(rows, key=lambda row: -(row[1] or 0))

    def _get_bars(self, sight, code, count, limit):
        """Return the largest groups with their names, and the rest as one.

        :return: [{"name", "value", "text", "opens"}]
        """
        rows = self._count(count)
        if len(rows) > limit + 1:
            shown, rest = rows[:limit], rows[limit:]
        else:
            shown, rest = rows, []
        bars = [
            self._get_bar(self._get_key_name(count, key), number, code, [_plain(key)])
            for key, number in shown
        ]
        if rest:
            bars.append(
                self._get_bar(
                    self.env._("Others"),
                    sum(number or 0 for _key, number in rest),
                    code,
                    [_plain(key) for key, _number in rest],
                )
            )
        return bars

    def _get_bar(self, name, number, code, keys):
        return {
            "name": name,
            "value": number or 0,
            "text": formatLang(self.env, number or 0, digits=0),
            "opens": {"what": code, "keys": keys},
        }

    def _get_key_name(self, count, key):
        """Return what a group is called."""
        field = self.env[count.model]._fields[count.groupby]
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
            return labels.get(key) or self.env._("Not told")
        if key:
            return key.display_name
        if count.groupby == "cause_id":
            return self.env._("No cause yet")
        return self.env._("Nobody")

    def _open_count(self, sight, opens):
        """Open what is counted, or some groups of it.

        :raise UserError: if nothing like it is counted
        """
        count = self._get_counts(sight).get(opens.get("what"))
        if not count:
            raise UserError(self._get_unknown_text())
        domain, name = count.domain, count.name
        if "keys" in opens:
            if not count.groupby:
                raise UserError(self._get_unknown_text())
            domain &= Domain(count.groupby, "in", opens["keys"])
        return self._get_window(name, count.model, domain)

    # second row: where not?

    def _get_charts(self, sight):
        """Return complaints by cause, and revenue by trade and by payer."""
        counts = self._get_month_counts(sight)
        causes = self._get_bars(sight, "cause", counts["cause"], BARS)
        trades = self._get_bars(sight, "trade", counts["trade"], BARS)
        payers = self._get_bars(sight, "payer", counts["payer"], BARS)
        total = sum(bar["value"] for bar in causes)
        sofar = 0
        for bar in causes:
            sofar += bar["value"]
            bar["share"] = 100 * sofar / total
            bar["share_text"] = self.env._(
                "%(share)s %% up to here",
                share=formatLang(self.env, bar["share"], digits=0),
            )
        money = sum(bar["value"] for bar in payers)
        for bar in payers:
            share = 100 * bar["value"] / money if money else 0
            bar["share_text"] = f"{formatLang(self.env, share, digits=0)} %"
        return [
            {
                "code": "cause",
                "kind": "pareto",
                "name": counts["cause"].name,
                "text": formatLang(self.env, total, digits=0),
                "opens": {"what": "cause"},
                "bars": causes,
                "empty": self.env._("No complaint this month."),
            },
            {
                "code": "trade",
                "kind": "bar",
                "name": self.env._("Revenue by Trade"),
                "text": formatLang(self.env, money, digits=0),
                "opens": {"what": "trade"},
                "bars": trades,
                "empty": self.env._("No revenue this month."),
            },
            {
                "code": "payer",
                "kind": "pie",
                "name": self.env._("Revenue by Payer"),
                "text": "",
                "opens": {"what": "payer"},
                "bars": payers,
                "empty": self.env._("No revenue this month."),
            },
        ]

    # third row: what to do today?

    def _get_today(self, sight):
        """Return what is to be done today, and by whom: [{name, text, parts…}]."""
        counts = self._get_today_counts(sight)
        bars = self._get_bars(sight, "overdue", counts["overdue"], NAMES)
        overdue = sum(bar["value"] for bar in bars)
        items = [self._get_item("overdue", counts["overdue"], overdue, bars)]
        for code in ("tell", "decide", "complaint", "file"):
            [(_key, number)] = self._count(counts[code])
            items.append(self._get_item(code, counts[code], number))
        return items + self._get_campaigns(sight, counts)

    def _get_item(self, code, count, number, parts=()):
        return {
            "code": code,
            "name": count.name,
            "text": str(number),
            "opens": {"what": code},
            "is_urgent": bool(number) and code != "complaint",
            "parts": [
                {"text": f"{bar['name']} {bar['text']}", "opens": bar["opens"]}
                for bar in parts
            ],
        }

    def _get_campaigns(self, sight, counts):
        """Return how far the customers of each running campaign have been told."""
        campaigns = self.env["aftersales.campaign"].search(
            counts["campaign"].domain, order="date_begin, id"
        )
        if not campaigns:
            return []
        due, told = (dict(self._count(counts[code])) for code in ("notice", "told"))
        items = []
        for campaign in campaigns[:CAMPAIGNS]:
            done, all_ = told.get(campaign, 0), due.get(campaign, 0)
            share = formatLang(self.env, 100 * done / all_ if all_ else 0, digits=0)
            items.append(
                {
                    "code": "told",
                    "name": campaign.name,
                    "text": self.env._("%(done)s told", done=done),
                    "opens": {"what": "told", "keys": campaign.ids},
                    "is_urgent": False,
                    "parts": [
                        {
                            "text": self.env._(
                                "of %(all)s (%(share)s %%)", all=all_, share=share
                            ),
                            "opens": {"what": "notice", "keys": campaign.ids},
                        }
                    ],
                }
            )
        if len(campaigns) > CAMPAIGNS:
            items.append(self._get_item("campaign", counts["campaign"], len(campaigns)))
        return items

    # nothing there yet

    def _get_steps(self, sight):
        """Return the steps with which a dealership begins."""
        return [
            {
                "code": step.code,
                "name": step.name,
                "text": step.text,
                "is_done": step.is_done,
                "opens": bool(step.path) and {"what": "step", "step": step.code},
            }
            for step in sight.company._aftersales_get_first_steps()
        ]

    def _open_step(self, sight, opens):
        """Open the place where a step is done."""
        actions = {
            "import": "aftersales_followup.aftersales_visit_import_action",
            "users": "base.action_res_users",
            "rules": "aftersales_followup.aftersales_followup_rule_action",
        }
        step = opens.get("step")
        if step == "call":
            menu = self.env.ref("aftersales_followup.aftersales_call_menu_inbound")
            return menu.sudo().action._get_action_dict()
        if step not in actions:
            raise UserError(self._get_unknown_text())
        return self.env["ir.actions.act_window"]._for_xml_id(actions[step])


def _plain(key):
    """Return a group's key as a browser keeps it: the id of a record."""
    return key.id if isinstance(key, models.BaseModel) else key or False
