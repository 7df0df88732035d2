from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..kpi.period import Period, month_end
from .sane_values import check_sane_defaults, check_sane_values

MONTHS = [f"month_{number:02}" for number in range(1, 13)]
PLACES = 2
LARGE = 10_000


def _month_field(string):
    return fields.Float(string=string, digits=(16, PLACES), aggregator=None)


class AftersalesKpiTarget(models.Model):
    """The target of a figure for a year, and of each of its months (目标).

    Of a sum the months add up to the year; of a ratio or a level each month has a
    level of its own.
    """

    _name = "aftersales.kpi.target"
    _description = "Target of a Figure"
    _order = "year desc, sequence, kpi_id, id"
    _check_company_auto = True

    kpi_id = fields.Many2one(
        "aftersales.kpi",
        string="Figure",
        required=True,
        check_company=True,
        ondelete="cascade",  # index: ``_year_unique``
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    year = fields.Integer(
        required=True,
        aggregator=None,
        default=lambda self: self.env.company._aftersales_date().year,
    )
    target = fields.Float(
        string="Whole Year", digits=(16, PLACES), required=True, aggregator=None
    )
    month_01 = _month_field("January")
    month_02 = _month_field("February")
    month_03 = _month_field("March")
    month_04 = _month_field("April")
    month_05 = _month_field("May")
    month_06 = _month_field("June")
    month_07 = _month_field("July")
    month_08 = _month_field("August")
    month_09 = _month_field("September")
    month_10 = _month_field("October")
    month_11 = _month_field("November")
    month_12 = _month_field("December")
    sequence = fields.Integer(related="kpi_id.sequence", store=True)
    kind = fields.Selection(related="kpi_id.kind")
    goal = fields.Selection(related="kpi_id.goal")
    unit = fields.Selection(related="kpi_id.unit")

    _year_unique = models.UniqueIndex(
        "(kpi_id, company_id, year)", "This figure has a target for the year already."
    )
    _check_year = models.Constraint(
        "CHECK (year BETWEEN 2000 AND 2100)", "The year lies between 2000 and 2100."
    )

    @api.depends("kpi_id", "year")
    def _compute_display_name(self):
        for target in self:
            target.display_name = f"{target.kpi_id.name or ''} {target.year}".strip()

    @api.constrains("kpi_id", "target", *MONTHS)
    def _check_months(self):
        """The months of a sum add up to the year."""
        for target in self:
            if not target._adds_up():
                total = sum(target._get_months())
                raise ValidationError(
                    self.env._(
                        "%(target)s: the months add up to %(total)s, the year is "
                        "%(year)s. Change one of them, or spread the year evenly.",
                        target=target.display_name,
                        total=f"{total:g}",
                        year=f"{target.target:g}",
                    )
                )

    @api.onchange("target")
    def _onchange_target(self):
        """Spread a new year's target as its months were spread, or else evenly."""
        months = self._get_months()
        total = sum(months)
        if self.kpi_id.kind != "flow":
            if len(set(months)) == 1:
                self.update(dict.fromkeys(MONTHS, self.target))
        elif round(total, PLACES) != round(self.target, PLACES):
            shares = [month / total for month in months] if total else None
            self.update(self._prepare_months(self.kpi_id.kind, self.target, shares))

    @api.onchange(*MONTHS)
    def _onchange_months(self):
        """The year of a sum is what its months add up to."""
        if self.kpi_id.kind == "flow":
            self.target = round(sum(self._get_months()), PLACES)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Spread the year evenly where the months are not told."""
        check_sane_values(self, vals_list)
        check_sane_defaults(self, vals_list)
        kpis = self.env["aftersales.kpi"]
        spread = []
        for vals in vals_list:
            if not any(vals.get(name) for name in MONTHS):
                kpi = kpis.browse(vals.get("kpi_id") or self._get_default_kpi())
                vals = {
                    **vals,
                    **self._prepare_months(kpi.kind, vals.get("target") or 0.0),
                }
            spread.append(vals)
        return super().create(spread)

    def write(self, vals):
        """Let months that were spread evenly follow the year."""
        check_sane_values(self, [vals])
        if "target" not in vals or vals.keys() & set(MONTHS):
            return super().write(vals)
        for is_even, targets in self.grouped(lambda target: target._is_even()).items():
            for kind, theirs in targets.grouped("kind").items():
                months = self._prepare_months(kind, vals["target"]) if is_even else {}
                super(AftersalesKpiTarget, theirs).write({**vals, **months})
        return True

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_spread(self):
        """Spread the targets of the year evenly over its months."""
        for target in self:
            target.write(
                {
                    "target": target.target,
                    **self._prepare_months(target.kind, target.target),
                }
            )
        return True

    def action_take_proposed(self):
        """Take the targets that the application proposes, where there are none yet.

        For the year that is looked at, else for the running one.
        """
        company = self.env.company
        year = self.env.context.get("default_year") or company._aftersales_date().year
        self._take_proposed(company, year)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _take_proposed(self, company, year):
        """Set the proposed targets of a year for figures that have none."""
        kpis = self.env["aftersales.kpi"].search(
            Domain("has_seed_target", "=", True)
            & self.env["aftersales.kpi"]._get_company_domain(company)
        )
        known = self.search(
            [("company_id", "=", company.id), ("year", "=", year)]
        ).kpi_id
        return self.create(
            [
                {
                    "kpi_id": kpi.id,
                    "company_id": company.id,
                    "year": year,
                    "target": kpi.seed_target,
                }
                for kpi in kpis - known
            ]
        )

    @api.model
    def _get_default_kpi(self):
        return self.env.context.get("default_kpi_id")

    def _get_months(self):
        return [self[name] for name in MONTHS]

    def _adds_up(self):
        """Return whether the months make up the year, as those of a sum have to."""
        total = round(sum(self._get_months()), PLACES)
        return self.kind != "flow" or total == round(self.target, PLACES)

    def _is_even(self):
        """Return whether nobody has spread the months by hand."""
        return self._prepare_months(self.kind, self.target) == {
            name: round(self[name], PLACES) for name in MONTHS
        }

    @api.model
    def _prepare_months(self, kind, target, shares=None):
        """Return the targets of the months: {name: target}.

        The last month takes what rounding leaves, so that a sum stays whole. Of a large
        one nobody wants cents.

        :param shares: of the year for each month; default: all alike
        """
        if kind != "flow":
            return dict.fromkeys(MONTHS, round(target, PLACES))
        shares = shares or [1 / 12] * 12
        places = PLACES if target < LARGE else 0
        months = [round(target * share, places) for share in shares[:-1]]
        months.append(round(target - sum(months), PLACES))
        return dict(zip(MONTHS, months, strict=True))

    @api.model
    def _get_target(self, kpi, company, date_from, date_to):
        """Return the target of a figure for a period; ``None`` where none was set.

        Of a sum it is what its months add up to, of a part of a month by its days. Of a
        ratio it is that of the year, or what its months have on average; of a level
        that of the last month.
        """
        return self._get_targets(kpi, company, date_from, date_to)[kpi]

    @api.model
    def _get_targets(self, kpis, company, date_from, date_to):
        """Return the targets of figures for a period, found in one step: {kpi: target}.

        As ``_get_target`` does.
        """
        period = Period(date_from, date_to)
        years = list(range(period.first.year, period.last.year + 1))
        found = self.sudo().search(
            Domain("kpi_id", "in", kpis.ids)
            & Domain("company_id", "=", company.id)
            & Domain("year", "in", years)
        )
        by_kpi = found.grouped(lambda target: target.kpi_id.id)
        return {
            kpi: by_kpi.get(kpi.id, self.browse())._get_period_target(kpi, period)
            for kpi in kpis
        }

    def _get_period_target(self, kpi, period):
        """Return what the targets of some years come to in a period."""
        targets = self.grouped("year")
        months = period.get_months()
        if kpi.kind == "stock":
            months = months[-1:]
        if any(month.first.year not in targets for month in months):
            return None
        if len(months) == 12 and len(targets) == 1:
            [target] = targets.values()
            return target.target
        told = {
            month: targets[month.first.year][MONTHS[month.first.month - 1]]
            for month in months
        }
        if kpi.kind != "flow":
            return sum(told.values()) / len(told)
        return sum(amount * _get_share(month) for month, amount in told.items())


def _get_share(month):
    """Return how much of its month a part of a month is."""
    days = (month.last - month.first).days + 1
    return days / month_end(month.first).day
