from odoo import api, fields, models

from .aftersales_summary import MONTHS


class AftersalesSummaryLine(models.Model):
    """One figure of a summary: of the period, before, a year ago, and its target.

    The numbers are those that were counted with the summary, and are kept as they were
    filed. What there is no figure for is no zero: it has a mark of its own.
    """

    _name = "aftersales.summary.line"
    _description = "Figure of a Summary"
    _inherit = ["aftersales.guarded.mixin"]
    _order = "sequence, id"
    _rec_name = "kpi_id"
    _check_company_auto = True

    summary_id = fields.Many2one(
        "aftersales.summary",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="summary_id.company_id", store=True, index=True
    )
    kpi_id = fields.Many2one(
        "aftersales.kpi",
        string="Figure",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    sequence = fields.Integer(readonly=True)
    group = fields.Selection(related="kpi_id.group")
    value = fields.Float(readonly=True, digits=(16, 2), aggregator=None)
    has_value = fields.Boolean(readonly=True)
    before = fields.Float(readonly=True, digits=(16, 2), aggregator=None)
    has_before = fields.Boolean(readonly=True)
    year_ago = fields.Float(readonly=True, digits=(16, 2), aggregator=None)
    has_year_ago = fields.Boolean(readonly=True)
    target = fields.Float(
        string="Target of the Period", readonly=True, digits=(16, 2), aggregator=None
    )
    has_target = fields.Boolean(readonly=True)
    result = fields.Selection(
        [("met", "Met"), ("near", "Nearly Met"), ("missed", "Not Met")],
        readonly=True,
        index="btree_not_null",
    )
    months = fields.Json(
        readonly=True, help="Of a longer period: the figure of each of its months."
    )
    value_text = fields.Char(string="This Period", compute="_compute_texts")
    before_text = fields.Char(string="Period Before", compute="_compute_texts")
    year_ago_text = fields.Char(string="A Year Ago", compute="_compute_texts")
    target_text = fields.Char(string="Target", compute="_compute_texts")
    now_text = fields.Char(
        string="As It Would Be Now",
        compute="_compute_now",
        help="What the records come to today. It differs from what was filed where "
        "records were corrected since.",
    )
    is_changed = fields.Boolean(string="Corrected Since", compute="_compute_now")

    @api.depends("value", "before", "year_ago", "target", "kpi_id")
    @api.depends_context("lang")
    def _compute_texts(self):
        for line in self:
            for name in ("value", "before", "year_ago", "target"):
                number = line._get_number(name)
                line[f"{name}_text"] = line.kpi_id._format(number)

    @api.depends("value", "summary_id.state")
    @api.depends_context("lang")
    def _compute_now(self):
        """Count what was filed anew: as the records are today."""
        self.now_text = False
        self.is_changed = False
        filed = self.filtered(lambda line: line.summary_id.state == "filed")
        for summary, lines in filed.grouped("summary_id").items():
            figures = summary._count(lines.kpi_id, summary._get_period(), as_now=True)
            for line in lines:
                now = line._round(figures[line.kpi_id])
                line.now_text = line.kpi_id._format(now)
                line.is_changed = now != line._get_number("value")

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_records(self):
        """Open the records that the figure counts."""
        return self._open("numerator")

    def action_open_denominator(self):
        """Open the records that the figure is a part of."""
        return self._open("denominator")

    def action_open_changes(self):
        """Open the records that were changed since the summary was filed."""
        self.ensure_one()
        self.check_access("read")
        return self.kpi_id._get_changes_action(
            self.summary_id._get_period(),
            self.company_id,
            self.summary_id.date_filed,
        )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _open(self, part):
        self.ensure_one()
        self.check_access("read")
        period = self.summary_id._get_period()
        return self.kpi_id._get_counted_action(
            period.first, period.last, self.company_id, part=part
        )

    def _get_number(self, name):
        """Return a number of the line; ``None`` where there is none."""
        return self[name] if self[f"has_{name}"] else None

    @api.model
    def _round(self, number):
        """Return a number as the line keeps it."""
        return None if number is None else round(number, 2)

    @api.model
    def _prepare_numbers(self, **numbers):
        """Return the vals of numbers, some of which there may not be."""
        vals = {}
        for name, number in numbers.items():
            vals[name] = self._round(number) or 0.0
            vals[f"has_{name}"] = number is not None
        return vals

    def _get_months(self):
        """Return the texts of the months of a longer period, empty ones included."""
        count = MONTHS[self.summary_id.period]
        months = self.months or [None] * count
        return [self.kpi_id._format(number) for number in months]

    # words

    def _tell_met(self):
        """Return the sentence of a target that was met."""
        return self.env._(
            "%(kpi)s: %(value)s, target %(target)s.",
            kpi=self.kpi_id.name,
            value=self.value_text,
            target=self.target_text,
        )

    def _tell_missed(self):
        """Return the sentence of a target that was missed: by how much."""
        gap = self.kpi_id._format(abs(self.value - self.target))
        words = {
            "kpi": self.kpi_id.name,
            "value": self.value_text,
            "target": self.target_text,
            "gap": gap,
        }
        if self.kpi_id.goal == "at_least":
            return self.env._(
                "%(kpi)s: %(value)s, target %(target)s, %(gap)s too little. The cause:",
                **words,
            )
        return self.env._(
            "%(kpi)s: %(value)s, target %(target)s, %(gap)s too much. The cause:",
            **words,
        )

    def _tell_next(self):
        """Return the beginning of what is planned against a missed target."""
        return self.env._(
            "%(kpi)s, target %(target)s. What is done, by whom, until when:",
            kpi=self.kpi_id.name,
            target=self.target_text,
        )

    @api.model
    def _get_guarded_fields(self):
        return {
            "summary_id",
            "company_id",
            "kpi_id",
            "sequence",
            "value",
            "has_value",
            "before",
            "has_before",
            "year_ago",
            "has_year_ago",
            "target",
            "has_target",
            "result",
            "months",
        }
