"""Drafting a summary: its figures, the causes of complaints, a first sentence each."""

from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

from ..kpi.formulas import FORMULAS
from ..kpi.period import add_months
from ..kpi.scope import Scope
from .aftersales_summary import MONTHS
from .locking import lock_until_done
from .scheduler import commit_step, do_or_skip

LAST_DAY = 10  # of the month after: a summary is filed by then


class AftersalesSummary(models.Model):
    _inherit = "aftersales.summary"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_count(self):
        """Count the figures anew; what the supervisor wrote stays."""
        self.check_access("write")
        self._check_step("draft", "submitted")
        for summary in self:
            summary._fill()
        return True

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _draft(self):
        """Fill new summaries: with figures, and with what they give to say."""
        for summary in self:
            reader = summary.sudo().with_context(lang=summary._get_language())
            reader._fill()
            reader.write(
                {
                    name: text
                    for name, text in reader._propose_texts().items()
                    if not reader[name]
                }
            )

    def _get_language(self):
        return self.user_id.lang or self.company_id.partner_id.lang

    # figures

    def _find_kpis(self):
        """Return the figures that the company has."""
        kpis = self.env["aftersales.kpi"]
        return kpis.search(kpis._get_company_domain(self.company_id))

    def _count(self, kpis, period, as_now=False):
        """Return the figures of the company in a period: {kpi: value or ``None``}."""
        figures = kpis._get_figures(
            kpis, period.first, period.last, self.company_id, as_now=as_now
        )
        return {kpi: found[False][0] for kpi, found in figures.items()}

    def _fill(self):
        """Count figures and causes, in place of those counted before."""
        self.ensure_one()
        summary = self.sudo()
        kpis, period = summary._find_kpis(), summary._get_period()
        counted = summary._count(kpis, period)
        before = summary._count(kpis, period.before())
        year_ago = summary._count(kpis, period.shift(-12))
        months = summary._get_months(kpis)
        targets = self.env["aftersales.kpi.target"]._get_targets(
            kpis, self.company_id, *period
        )
        summary.line_ids.unlink()
        lines = self.env["aftersales.summary.line"].sudo()
        vals_list = []
        for kpi, value in counted.items():
            target = targets[kpi]
            vals_list.append(
                {
                    "summary_id": self.id,
                    "kpi_id": kpi.id,
                    "sequence": kpi.sequence,
                    "result": kpi._judge(lines._round(value), target),
                    "months": months.get(kpi),
                    **lines._prepare_numbers(
                        value=value,
                        before=before.get(kpi),
                        year_ago=year_ago.get(kpi),
                        target=target,
                    ),
                }
            )
        lines.create(vals_list)
        summary._fill_causes(period)
        summary.date_counted = fields.Datetime.now()

    def _get_months(self, kpis):
        """Return the figures of the months of a longer period: {kpi: [value, …]}."""
        if self.period == "month":
            return {}
        return self.env["aftersales.kpi.value"]._get_numbers(
            kpis, self.company_id, self.date_from, self.date_to
        )

    def _fill_causes(self, period):
        """Count complaints by cause, in place of what was counted before."""
        counted = self._count_causes(period)
        before = self._count_causes(period.before())
        self.cause_ids.unlink()
        self.env["aftersales.summary.cause"].sudo().create(
            [
                {
                    "summary_id": self.id,
                    "cause_id": cause.id,
                    "count": counted.get(cause, 0),
                    "before": before.get(cause, 0),
                }
                for cause in {**counted, **before}
            ]
        )

    def _count_causes(self, period):
        """Return how often each cause was complained of: {cause, maybe none: count}."""
        complaints = FORMULAS["complaints"].numerator
        domain = complaints.get_records_domain(Scope(self.company_id), period)
        cases = self.env[complaints.source.model].sudo()
        return dict(cases._read_group(domain, ["cause_id"], ["__count"]))

    # words

    def _propose_texts(self):
        """Return a first sentence for each target: reached, missed, and what next."""
        met = self.line_ids.filtered(lambda line: line.result == "met")
        missed = self.line_ids.filtered(lambda line: line.result in ("near", "missed"))
        return {
            "results": self._make_list([line._tell_met() for line in met]),
            "problems": self._make_list(
                [line._tell_missed() for line in missed] + self._tell_causes()
            ),
            "next_plan": self._make_list([line._tell_next() for line in missed]),
        }

    @api.model
    def _make_list(self, sentences):
        if not sentences:
            return False
        items = Markup().join(
            Markup("<li>%s</li>") % sentence for sentence in sentences
        )
        return Markup("<ul>%s</ul>") % items

    def _tell_causes(self):
        """Tell what customers complained of most."""
        first = self.cause_ids.filtered("count")[:1]
        if not first:
            return []
        return [
            self.env._(
                "Most complaints were about: %(cause)s (%(count)s, before %(before)s).",
                cause=first.name,
                count=first.count,
                before=first.before,
            )
        ]

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_draft(self):
        """Draft what was not summed up yet, and remind of what was not filed in time.

        A day without the scheduler loses nothing: it looks at the last month, half year
        and year, whatever day it is. What fails in one company stops no other.
        """
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            failed = set()
            for step in (self._draft_due, self._remind_due):
                _found, left = commit_step(self.env, do_or_skip, company, step, failed)
                if not left:
                    return
        self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _draft_due(self, company):
        """Draft the summaries of the last month, half year and year of a company."""
        supervisor = self.env["res.users"]._aftersales_supervisors(company)[:1]
        first_day = self.env["aftersales.kpi"]._find_first_day(company)
        drafted = self.browse()
        if not supervisor or not first_day:
            return drafted
        lock_until_done(company)
        for vals in self._find_undrafted(company, first_day):
            vals["user_id"] = supervisor.id
            drafted |= (
                self.sudo()
                .with_company(company)
                .with_context(lang=supervisor.lang, mail_auto_subscribe_no_notify=True)
                .create(vals)
            )
        drafted._plan_filing()
        return drafted

    @api.model
    def _find_undrafted(self, company, first_day):
        """Return the vals of the summaries of the last periods that are not there yet.

        :param date first_day: when the company's records begin
        """
        today = company._aftersales_date()
        vals_list = [
            {
                "company_id": company.id,
                "period": period,
                "date_from": add_months(self._get_first(period, today), -months),
            }
            for period, months in MONTHS.items()
        ]
        known = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("date_from", "in", [vals["date_from"] for vals in vals_list]),
            ]
        )
        known = {(summary.period, summary.date_from) for summary in known}
        return [
            vals
            for vals in vals_list
            if (vals["period"], vals["date_from"]) not in known
            and first_day < add_months(vals["date_from"], MONTHS[vals["period"]])
        ]

    def _get_filing_day(self):
        """Return the last day on which the summary is filed in time."""
        return self.date_to + timedelta(days=LAST_DAY)

    def _plan_filing(self):
        """Remind the supervisor to file what was drafted."""
        for summary in self:
            # No e-mail beside it: the clock in the corner shows it.
            summary = summary.with_context(
                lang=summary._get_language(), mail_activity_quick_update=True
            )
            summary.activity_schedule(
                "mail.mail_activity_data_todo",
                summary._get_filing_day(),
                summary=summary.env._("Add your words, hold the meeting, and file it"),
                user_id=summary.user_id.id,
            )

    @api.model
    def _remind_due(self, company):
        """Write to the supervisors once of what was not filed by the tenth."""
        today = company._aftersales_date()
        late = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("state", "!=", "filed"),
                ("date_reminded", "=", False),
                ("date_to", "<", today - timedelta(days=LAST_DAY)),
            ]
        )
        late = lock_until_done(late)
        template = self.env.ref("aftersales_followup.mail_template_summary_late", False)
        if late and template:
            template.sudo().send_mail_batch(late.ids)
        late.write({"date_reminded": today})
        return late
