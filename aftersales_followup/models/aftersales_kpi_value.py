from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..kpi.formula import PERCENT
from ..kpi.formulas import FORMULAS
from ..kpi.period import Period, add_months, month_start
from .scheduler import commit_step, do_or_skip


class AftersalesKpiValue(models.Model):
    """The figure of a month (实绩), of a company or of one of its officers.

    It is kept as its two parts, so that a longer period, several officers or several
    companies add them up and divide once. Those of a filed month stay as they were
    filed; the others are counted anew each night.
    """

    _name = "aftersales.kpi.value"
    _description = "Figure of a Month"
    _inherit = ["aftersales.large.mixin"]
    _order = "date desc, sequence, kpi_id, id"
    _check_company_auto = True

    kpi_id = fields.Many2one(
        "aftersales.kpi",
        string="Figure",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Officer",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: of the whole company.",
    )
    date = fields.Date(string="Month", required=True, readonly=True, index=True)
    numerator = fields.Float(readonly=True, digits=(16, 2))
    denominator = fields.Float(readonly=True, digits=(16, 2))
    value = fields.Float(
        string="Actual", readonly=True, digits=(16, 2), aggregator="sum"
    )
    is_empty = fields.Boolean(
        string="No Figure",
        readonly=True,
        help="There was nothing to divide by, or nothing was typed in.",
    )
    is_frozen = fields.Boolean(
        string="Filed",
        readonly=True,
        help="The summary of the month was filed: the figure stays as it was.",
    )
    version = fields.Integer(
        readonly=True, aggregator=None, help="By which definition it was counted."
    )
    sequence = fields.Integer(readonly=True, aggregator=None)
    group = fields.Selection(related="kpi_id.group")
    kind = fields.Selection(related="kpi_id.kind")
    unit = fields.Selection(related="kpi_id.unit")

    _cell_unique = models.UniqueIndex(
        "(company_id, date, kpi_id, COALESCE(user_id, 0))",
        "There is a value of this figure already.",
    )

    @api.depends("kpi_id", "date")
    def _compute_display_name(self):
        for value in self:
            month = f"{value.date:%Y-%m}" if value.date else ""
            value.display_name = f"{value.kpi_id.name or ''} {month}".strip()

    def _read_group_select(self, aggregate_spec, query):
        """A ratio of many months, officers or companies is one of their sums.

        A level is that of the last month, of each company. What the whole company has
        is not added to what its officers have of it. Figures of different meaning, and
        those that have to be counted anew for a longer period, have no common value.
        """
        name, _colon, function = aggregate_spec.partition(":")
        if function != "sum" or name not in ("numerator", "denominator", "value"):
            return super()._read_group_select(aggregate_spec, query)
        own = SQL.identifier(self._table)
        if name != "value":
            return self._get_sum_sql(own, name)
        kpi = query.left_join(
            self._table, "kpi_id", self.env["aftersales.kpi"]._table, "id", "kpi_id"
        )
        code = SQL("max(%s)", SQL.identifier(kpi, "code"))
        return SQL(
            """CASE WHEN count(DISTINCT %(own)s.kpi_id) > 1
                      OR count(DISTINCT %(own)s.date) > 1
                     AND %(code)s = ANY(%(counted)s)
                    THEN NULL
                    WHEN max(%(kind)s) = 'flow' THEN %(sum)s
                    WHEN max(%(kind)s) = 'stock' THEN %(level)s
                    ELSE %(ratio)s END""",
            own=own,
            code=code,
            counted=[one.code for one in FORMULAS.values() if one.is_counted],
            kind=SQL.identifier(kpi, "kind"),
            sum=self._get_sum_sql(own, "numerator"),
            level=self._get_level_sql(own),
            ratio=self._get_ratio_sql(own, code),
        )

    @api.model
    def _get_sum_sql(self, own, name):
        """Return the SQL of a sum: of companies or, if those are left out, officers."""
        return SQL(
            """CASE WHEN bool_or(%(own)s.user_id IS NULL)
                    THEN sum(%(part)s) FILTER (WHERE %(own)s.user_id IS NULL)
                    ELSE sum(%(part)s) END""",
            own=own,
            part=SQL("%s.%s", own, SQL.identifier(name)),
        )

    @api.model
    def _get_level_sql(self, own):
        """Return the SQL of the last level of each company, added up.

        Of a company's values, which stand in the order of their months, a JSON object
        keeps the last one. A level has no officers.
        """
        return SQL(
            """(SELECT sum(level::numeric)
                  FROM jsonb_each_text(jsonb_object_agg(
                       %(own)s.company_id, %(own)s.value ORDER BY %(own)s.date
                       )) AS last_month(company, level))""",
            own=own,
        )

    @api.model
    def _get_ratio_sql(self, own, code):
        """Return the SQL of a ratio of sums, as the formula of its code says.

        A supervisor's own ratio has no code; it is a percentage.
        """
        formulas = FORMULAS.values()
        ratio = SQL(
            "%s / NULLIF(%s, 0)",
            self._get_sum_sql(own, "numerator"),
            self._get_sum_sql(own, "denominator"),
        )
        return SQL(
            """CASE WHEN %(code)s = ANY(%(change)s) THEN %(percent)s * (%(ratio)s - 1)
                    WHEN %(code)s IS NULL OR %(code)s = ANY(%(percentages)s)
                    THEN %(percent)s * %(ratio)s
                    ELSE %(ratio)s END""",
            code=code,
            ratio=ratio,
            percent=PERCENT,
            change=[one.code for one in formulas if one.is_change],
            percentages=[one.code for one in formulas if one.factor == PERCENT],
        )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_records(self):
        """Open the records that the figure counts."""
        return self._open_part("numerator")

    def action_open_denominator(self):
        """Open the records that the figure is a part of."""
        return self._open_part("denominator")

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _open_part(self, part):
        self.ensure_one()
        self.check_access("read")
        month = Period.of_month(self.date)
        return self.kpi_id._get_counted_action(
            month.first, month.last, self.company_id, self.user_id, part
        )

    @api.model
    def _get_numbers(self, kpis, company, first_month, last_month):
        """Return the figures of each month, ``None`` for none: {kpi: [number, …]}."""
        first, last = month_start(first_month), month_start(last_month)
        months = [month.first for month in Period(first, last).get_months()]
        found = self._get_months(kpis, company, first, last)
        return {
            kpi: [
                None
                if month not in values or values[month].is_empty
                else values[month].value
                for month in months
            ]
            for kpi, values in found.items()
        }

    @api.model
    def _get_months(self, kpis, company, first_month, last_month):
        """Return the stored figures of a company: {kpi: {month: value}}."""
        found = self.sudo().search(
            Domain("kpi_id", "in", kpis.ids)
            & Domain("company_id", "=", company.id)
            & Domain("user_id", "=", False)
            & Domain("date", ">=", month_start(first_month))
            & Domain("date", "<=", last_month)
        )
        months = {kpi: {} for kpi in kpis}
        for value in found:
            months[value.kpi_id][value.date] = value
        return months

    # what is filed

    @api.model
    def _read_filed(self, kpis, period, company):
        """Return rows (kpi id, month, officer's id, numerator, denominator).

        Only of whole months that were filed.
        """
        names = ["kpi_id", "date", "user_id", "numerator", "denominator", "is_frozen"]
        self.flush_model([*names, "company_id"])
        return self.env.execute_query(
            SQL(
                """SELECT kpi_id, date, user_id, numerator, denominator
                     FROM aftersales_kpi_value
                    WHERE is_frozen AND company_id = %s AND kpi_id = ANY(%s)
                      AND date BETWEEN %s AND %s""",
                company.id,
                kpis.ids,
                period.first,
                period.last,
            )
        )

    @api.model
    def _freeze(self, company, date_from, date_to):
        """Count the months of a period a last time, and let them stay so."""
        for month in self._get_period_months(date_from, date_to):
            if not self._is_frozen(company, month):
                self._compute_month(company, month)
        self._get_cells(company, date_from, date_to).is_frozen = True

    @api.model
    def _unfreeze(self, company, date_from, date_to):
        """Let the months of a period be counted anew: their summary was reopened."""
        self._get_cells(company, date_from, date_to).is_frozen = False

    @api.model
    def _get_period_months(self, date_from, date_to):
        return [month.first for month in Period(date_from, date_to).get_months()]

    @api.model
    def _get_cells(self, company, date_from, date_to):
        return self.sudo().search(
            Domain("company_id", "=", company.id)
            & Domain("date", ">=", month_start(date_from))
            & Domain("date", "<=", date_to)
        )

    @api.model
    def _is_frozen(self, company, month):
        domain = Domain("company_id", "=", company.id) & Domain("date", "=", month)
        return bool(
            self.sudo().search_count(domain & Domain("is_frozen", "=", True), limit=1)
        )

    # counting

    @api.model
    def _compute_month(self, company, month):
        """Count the figures of a month anew: of the company and of its officers.

        :param date month: its first day
        :return: the values
        """
        kpis = (
            self.env["aftersales.kpi"]
            .sudo()
            .search(self.env["aftersales.kpi"]._get_company_domain(company))
        )
        figures, run = kpis._count_figures(
            Period.of_month(month), company, by_officer=True, as_now=True
        )
        kpis._note_errors(run)
        rows = [
            (kpi, user, *parts)
            for kpi, found in figures.items()
            if kpi not in run.errors
            for user, parts in found.items()
            if not user or kpi.by_officer
        ]
        return self._write_cells(company, month, rows)

    @api.model
    def _write_cells(self, company, month, rows):
        """Write the figures of a month in one step; what is not told any more goes.

        :param list rows: (kpi, officer, value, numerator, denominator)
        """
        self.flush_model()
        written = self.env.execute_query(
            SQL(
                """
                INSERT INTO aftersales_kpi_value (
                       company_id, date, kpi_id, user_id, value, numerator, denominator,
                       is_empty, version, sequence, is_frozen,
                       create_uid, write_uid, create_date, write_date)
                SELECT %(company)s, %(month)s, kpi_id, user_id, value, numerator,
                       denominator, value IS NULL, version, sequence, FALSE,
                       %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM unnest(%(kpis)s::int[], %(users)s::int[], %(values)s::float[],
                              %(numerators)s::float[], %(denominators)s::float[],
                              %(versions)s::int[], %(sequences)s::int[])
                       told(kpi_id, user_id, value, numerator, denominator, version,
                            sequence)
                    ON CONFLICT (company_id, date, kpi_id, COALESCE(user_id, 0))
                    DO UPDATE
                   SET value = EXCLUDED.value, numerator = EXCLUDED.numerator,
                       denominator = EXCLUDED.denominator,
                       is_empty = EXCLUDED.is_empty, version = EXCLUDED.version,
                       sequence = EXCLUDED.sequence, write_uid = EXCLUDED.write_uid,
                       write_date = EXCLUDED.write_date
                 WHERE aftersales_kpi_value.is_frozen IS NOT TRUE
             RETURNING id
                """,
                company=company.id,
                month=month,
                uid=self.env.uid,
                now=self.env.cr.now(),
                kpis=[row[0].id for row in rows],
                users=[row[1].id if row[1] else None for row in rows],
                values=[row[2] for row in rows],
                numerators=[row[3] for row in rows],
                denominators=[row[4] for row in rows],
                versions=[row[0].version for row in rows],
                sequences=[row[0].sequence for row in rows],
            )
        )
        values = self.sudo().browse(value_id for (value_id,) in written)
        self.invalidate_model(flush=False)
        gone = self.sudo().search(
            Domain("company_id", "=", company.id)
            & Domain("date", "=", month)
            & Domain("is_frozen", "=", False)
            & Domain("user_id", "!=", False)
            & Domain("kpi_id", "in", [row[0].id for row in rows])
            & Domain("id", "not in", values.ids)
        )
        gone.unlink()
        return values

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_compute(self):
        """Count the open months anew: the running one, and what was not filed.

        They go back to the start of the year before. Each month of a company is
        committed; when there is no time left, the next run does the others.
        """
        for company, month in self._get_open_months():
            _values, left = commit_step(self.env, self._compute_or_skip, company, month)
            if not left:
                return
        self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _get_open_months(self):
        """Return the months to count: [(company, first day)], the latest first."""
        open_months = []
        counted = self._get_counted_months()
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            if not self.env["aftersales.kpi"]._find_first_day(company):
                continue  # nothing has happened there yet
            month = month_start(company._aftersales_date())
            first = date(month.year - 1, 1, 1)
            settled = counted | self._get_frozen_months(company, first)
            while month >= first:
                if (company.id, month) not in settled:
                    open_months.append((company, month))
                month = add_months(month, -1)
        return sorted(open_months, key=lambda one: (one[1], one[0].id), reverse=True)

    @api.model
    def _get_frozen_months(self, company, first):
        """Return the filed months of a company: {(company id, first day)}."""
        groups = self.sudo()._read_group(
            Domain("company_id", "=", company.id)
            & Domain("is_frozen", "=", True)
            & Domain("date", ">=", first),
            ["date:day"],
        )
        return {(company.id, month) for (month,) in groups}

    @api.model
    def _get_counted_months(self):
        """Return what this round has counted: {(company id, first day)}.

        A round that had no time left is begun again where it stopped.
        """
        cron = self.env["ir.cron"].sudo().browse(self.env.context.get("cron_id"))
        if not cron.exists() or cron.nextcall > fields.Datetime.now():
            return set()
        groups = self.sudo()._read_group(
            Domain("write_date", ">=", cron.nextcall), ["company_id", "date:day"]
        )
        return {(company.id, month) for company, month in groups}

    @api.model
    def _compute_or_skip(self, company, month):
        """Count a month; what goes wrong in one stops no other."""
        found = do_or_skip(
            company, lambda company: self._compute_open(company, month), set()
        )
        return self.union(*found)

    @api.model
    def _compute_open(self, company, month):
        """Count a month unless its summary was filed meanwhile."""
        if self._is_frozen(company, month):
            return self.browse()
        return self._compute_month(company, month)
