import contextlib
from datetime import datetime, time, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from .none_labels import NO_CAR, NO_LEVEL

_lt = LazyTranslate(__name__)

MONTHS = [
    ("01", "January"),
    ("02", "February"),
    ("03", "March"),
    ("04", "April"),
    ("05", "May"),
    ("06", "June"),
    ("07", "July"),
    ("08", "August"),
    ("09", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]
# No day anywhere begins or ends further than this from the day in UTC.
BEFORE = timedelta(days=1)
AFTER = timedelta(days=2)


class Ratio(NamedTuple):
    """A measure that divides two sums, whichever rows are summed up."""

    numerator: str  # measure
    denominator: str  # measure; where it sums up to nothing, there is no ratio
    factor: int = 1  # 100: per cent
    is_distinct: bool = False  # the values of the denominator are counted, each once


def measure_field(string, **attributes):
    """Return the field of a number that is summed up, and never grouped by.

    What only a ratio needs has ``aggregator=None`` and is not offered.
    """
    return fields.Float(
        string=string, readonly=True, **{"digits": (16, 0), **attributes}
    )


def ratio_field(string, **attributes):
    """Return the field of a ratio of ``_ratios``."""
    return fields.Float(
        string=string,
        readonly=True,
        **{"digits": (16, 1), "aggregator": "avg", **attributes},
    )


def same_selection(model, name, **attributes):
    """Return the field that tells the same as one of the record, in the same words."""
    return fields.Selection(
        lambda report: (
            report.env[model]._fields[name]._description_selection(report.env)
        ),
        readonly=True,
        **attributes,
    )


class AftersalesReportMixin(models.AbstractModel):
    """Records of one kind, a row each, for the supervisor to count and compare.

    Days are those of each dealership, whatever the time zone of whoever looks. A ratio
    is the ratio of the sums of a cell, never a mean of ratios: three calls of one
    officer weigh more than one call of another.

    A report names its columns and where they come from; what nobody asks for in a cell
    costs nothing, as each join brings one row at most and is left out then.
    """

    _name = "aftersales.report.mixin"
    _description = "Analysis"
    # Ratios by the names of their fields.
    _ratios = {}
    # The day that a row counts in, and the moment behind it where it has an index.
    _day = "date"
    _moment = None
    # The model whose record a row tells of, under the same id.
    _record_model = None

    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        falsy_value_label=_lt("Unknown Customer"),
    )
    vehicle_id = fields.Many2one(
        "fleet.vehicle", string="Car", readonly=True, falsy_value_label=NO_CAR
    )
    vehicle_model_id = fields.Many2one(
        "fleet.vehicle.model",
        string="Car Model",
        readonly=True,
        falsy_value_label=NO_CAR,
    )
    segment_id = fields.Many2one(
        "aftersales.segment",
        string="Customer Level",
        readonly=True,
        falsy_value_label=NO_LEVEL,
        help="The level that the customer has today.",
    )
    month = fields.Selection(
        MONTHS,
        string="Month of the Year",
        readonly=True,
        help="Beside the years, it compares each month with the same one of other "
        "years.",
    )

    @property
    def _table_query(self):
        columns = self._get_report_columns()
        columns["month"] = SQL("to_char(%s, 'MM')", columns[self._day])
        for name, ratio in self._ratios.items():
            columns[name] = self._get_row_ratio(ratio, columns)
        return SQL(
            "SELECT %s FROM %s",
            SQL(", ").join(
                SQL("%s AS %s", value, SQL.identifier(name))
                for name, value in columns.items()
            ),
            self._get_report_source(),
        )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Lead days to the index of their moments.

        A day of the dealership is computed from a moment, so no index knows it; the
        moments that can be of that day are found by theirs.
        """
        if self._moment:
            # What is no domain is core's to refuse; the first day has none before it.
            problems = (AttributeError, OverflowError, TypeError, ValueError)
            with contextlib.suppress(*problems):
                read = Domain(domain).optimize_full(self)
                domain = read.map_conditions(self._add_moments)
        return super()._search(domain, *args, **kwargs)

    def _read_group_select(self, aggregate_spec, query):
        """Divide sums: a mean of ratios would tell nothing."""
        name, _colon, aggregator = aggregate_spec.partition(":")
        ratio = self._ratios.get(name)
        if not ratio:
            return super()._read_group_select(aggregate_spec, query)
        aggregator = "sum_currency" if aggregator == "sum_currency" else "sum"
        denominator = "count_distinct" if ratio.is_distinct else "sum"
        return SQL(
            "%s * (%s)::float / NULLIF(%s, 0)",
            ratio.factor,
            super()._read_group_select(f"{ratio.numerator}:{aggregator}", query),
            super()._read_group_select(f"{ratio.denominator}:{denominator}", query),
        )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_record(self):
        """Open the record that this row tells of."""
        self.ensure_one()
        self.check_access("read")
        record = self._get_record()
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _search_display_name(self, operator, value):
        """A row is called by its day: what cannot be one finds nothing."""
        try:
            return super()._search_display_name(operator, value)
        except TypeError:  # core lets a wrong text pass, and no other wrong value
            return Domain.FALSE

    def _get_record(self):
        """Return the record that this row tells of."""
        return self.env[self._record_model].browse(self.id)

    @api.model
    def _get_report_columns(self):
        """Return the SQL of the columns: {field: SQL}. Other modules add theirs."""
        raise NotImplementedError

    @api.model
    def _get_report_source(self):
        """Return the SQL behind FROM: the rows, what is joined, and which count."""
        raise NotImplementedError

    @api.model
    def _get_customer_columns(self, alias):
        """Return the SQL of the columns about whom it is, as each report has them."""
        told = {
            name: SQL.identifier(alias, name)
            for name in ("company_id", "partner_id", "vehicle_id")
        }
        return told | {
            "vehicle_model_id": SQL("car.model_id"),
            "segment_id": SQL("archive.segment_id"),
        }

    @api.model
    def _get_customer_joins(self, alias):
        """Return the SQL of the joins that ``_get_customer_columns`` reads."""
        return SQL(
            """LEFT JOIN aftersales_archive archive
                      ON archive.partner_id = %(partner)s
                     AND archive.company_id = %(company)s
               LEFT JOIN fleet_vehicle car ON car.id = %(car)s""",
            partner=SQL.identifier(alias, "partner_id"),
            company=SQL.identifier(alias, "company_id"),
            car=SQL.identifier(alias, "vehicle_id"),
        )

    @api.model
    def _get_row_ratio(self, ratio, columns):
        """Return the SQL of a ratio of one row."""
        numerator, denominator = columns[ratio.numerator], columns[ratio.denominator]
        if ratio.is_distinct:
            return SQL("CASE WHEN %s IS NOT NULL THEN %s END", denominator, numerator)
        return SQL(
            "%s * (%s)::float / NULLIF(%s, 0)", ratio.factor, numerator, denominator
        )

    @api.model
    def _add_moments(self, condition):
        """Return a condition, and if it is about the day, the moments it allows."""
        if condition.field_expr != self._day or not condition.value:
            return condition
        since = until = None
        if condition.operator in (">", ">="):
            since = condition.value
        elif condition.operator in ("<", "<="):
            until = condition.value
        elif condition.operator == "in" and all(condition.value):
            since, until = min(condition.value), max(condition.value)
        found = condition
        if since:
            found &= self._get_moment_domain(SQL(">="), since - BEFORE)
        if until:
            found &= self._get_moment_domain(SQL("<"), until + AFTER)
        return found

    @api.model
    def _get_moment_domain(self, operator, day):
        """Return the domain of the moments before or after the beginning of a day.

        :param SQL operator: that compares them
        """
        moment = datetime.combine(day, time.min)
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s %s %s", SQL.identifier(alias, model._moment), operator, moment
            )
        )
