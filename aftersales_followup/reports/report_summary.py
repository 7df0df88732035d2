from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from ..kpi.period import add_months, month_start
from ..models.groups import SUPERVISOR
from . import charts

# Rows of figures on a page, each 23 px high, so that none is cut in two.
FIRST_PAGE, NEXT_PAGE, LANDSCAPE_PAGE = 61, 67, 38
ROWS_WITH_CHARTS = 50  # on the first page
MONTHS_SHOWN = 13
CAUSES_SHOWN = 8


class ReportSummary(models.AbstractModel):
    """Summary of a month, half year or year (月小结、年总结)."""

    _name = "report.aftersales_followup.report_summary"
    _description = "Summary"
    _inherit = ["aftersales.form"]
    _doc_model = "aftersales.summary"

    @api.model
    def _get_docs(self, docids):
        """Return the summaries: they are a supervisor's to print."""
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            raise AccessError(self.env._("Only supervisors print summaries."))
        return super()._get_docs(docids)

    @api.model
    def _prepare_values(self, docs):
        return {
            "get_pages": self._get_pages,
            "get_charts": self._get_charts,
            "has_room": self._has_room,
            "get_label": self._get_label,
            "format_day": self._format_day,
            "CAUSES_SHOWN": CAUSES_SHOWN,
        }

    @api.model
    def _get_annexes(self, docs):
        """Return what is printed behind: [(report, records)]."""
        longer = docs.filtered(lambda summary: summary.period != "month")
        return [("aftersales_followup.aftersales_summary_report_months", longer)]

    @api.model
    def _format_day(self, day):
        return format_date(self.env, day) if day else ""

    @api.model
    def _get_label(self, record, name):
        field = record._fields[name]
        return dict(field._description_selection(self.env)).get(record[name], "")

    @api.model
    def _get_lines(self, summary):
        """Return the lines with something in them: on paper an empty row tells none."""
        return summary.line_ids.filtered(
            lambda line: line.has_value or line.has_before or line.has_target
        )

    @api.model
    def _get_pages(self, summary):
        """Return the rows of each page; the words follow on the last one.

        So the last one is never the first: words have room, and are not cut from
        their headings.
        """
        pages = self._paginate(self._get_rows(summary), FIRST_PAGE, NEXT_PAGE)
        return pages if len(pages) > 1 else [*pages, []]

    @api.model
    def _has_room(self, rows):
        """Return whether the charts fit below the rows of the first page."""
        return len(rows) <= ROWS_WITH_CHARTS

    @api.model
    def _get_rows(self, summary):
        """Return the rows: ("group", its name) and ("line", its line)."""
        rows = []
        for lines in self._get_lines(summary).grouped("group").values():
            rows.append(("group", self._get_label(lines[0].kpi_id, "group")))
            rows += [("line", line) for line in lines]
        return rows

    @api.model
    def _paginate(self, rows, first, following):
        """Return the rows of each page; a group's name is never the last of them."""
        pages, size = [], first
        while rows or not pages:
            if size < len(rows) and rows[size - 1][0] == "group":
                size -= 1
            pages.append(rows[:size])
            rows, size = rows[size:], following
        return pages

    # charts

    @api.model
    def _get_charts(self, summary):
        """Return the pictures: revenue, satisfaction, and what is complained of."""
        pictures = [
            self._draw(summary, "revenue", charts.draw_columns),
            self._draw(summary, "csi", charts.draw_line),
        ]
        causes = summary.cause_ids.filtered("count")[:CAUSES_SHOWN]
        if causes:
            pictures.append(
                charts.draw_bars(
                    self.env._("Causes of Complaints"),
                    causes.mapped("name"),
                    causes.mapped("count"),
                )
            )
        return pictures

    @api.model
    def _draw(self, summary, code, draw):
        """Draw the thirteen months up to the end of the period of one figure."""
        kpi = self.env.ref(f"aftersales_followup.kpi_{code}")
        last = month_start(summary.date_to)
        first = add_months(last, 1 - MONTHS_SHOWN)
        numbers = self.env["aftersales.kpi.value"]._get_numbers(
            kpi, summary.company_id, first, last
        )[kpi]
        months = [add_months(first, number) for number in range(MONTHS_SHOWN)]
        target = kpi._get_target(summary.company_id, last, summary.date_to)
        return draw(kpi.name, [str(month.month) for month in months], numbers, target)


class ReportSummaryMonths(models.AbstractModel):
    """The months of a half year or a year side by side (年总结)."""

    _name = "report.aftersales_followup.report_summary_months"
    _description = "Months of a Summary"
    _inherit = ["report.aftersales_followup.report_summary"]

    @api.model
    def _prepare_values(self, docs):
        return {
            **super()._prepare_values(docs),
            "get_months": self._get_month_names,
            "get_month_pages": self._get_month_pages,
        }

    @api.model
    def _get_month_pages(self, summary):
        return self._paginate(self._get_rows(summary), LANDSCAPE_PAGE, LANDSCAPE_PAGE)

    @api.model
    def _get_annexes(self, docs):
        return []

    @api.model
    def _get_month_names(self, summary):
        months = summary._get_period().get_months()
        return [
            format_date(self.env, month.first, date_format="LLL") for month in months
        ]
