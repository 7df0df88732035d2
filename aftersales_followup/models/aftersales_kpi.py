from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..kpi.formula import Formula
from ..kpi.formulas import ENTRIES, FORMULAS, get_typed
from ..kpi.part import Part, up_to_the_end

GROUPS = [
    ("revenue", "Revenue"),
    ("workshop", "Workshop"),
    ("quality", "Quality"),
    ("customers", "Customers"),
    ("calls", "Calls and Letters"),
    ("complaints", "Complaints"),
    ("compliance", "Deadlines Kept"),
    ("response", "What Calls Bring"),
    ("cost", "Cost and Stock"),
    ("people", "People and Training"),
]
KINDS = [("flow", "Sum"), ("ratio", "Ratio"), ("stock", "Level")]
GOALS = [("at_least", "At Least"), ("at_most", "At Most"), ("below", "Below")]
UNITS = [
    ("money", "Money"),
    ("count", "Count"),
    ("percent", "%"),
    ("number", "Number"),
]

DIGITS = 6  # beyond them a difference is one of counting in binary numbers


class AftersalesKpi(models.Model):
    """A figure of the house (指标): what it counts, and what is good (五).

    How a figure that came with the application is counted stands in ``kpi/formulas.py``
    under its code, for the dashboard, the targets and the summaries alike. A supervisor
    adds figures of his own: typed in, or counted over a domain
    (``aftersales_kpi_own.py``).
    """

    _name = "aftersales.kpi"
    _description = "Figure"
    _inherit = ["aftersales.guarded.mixin", "aftersales.configuration.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(copy=False, readonly=True)
    description = fields.Text(
        string="Definition",
        translate=True,
        help="What is counted, and in which month it counts.",
    )
    sequence = fields.Integer(default=1000)
    group = fields.Selection(GROUPS, required=True, default="workshop")
    kind = fields.Selection(
        KINDS,
        required=True,
        default="flow",
        help="Sum: months add up to a longer period. Ratio: both its parts add up, and "
        "are divided once. Level: as it is on the last day.",
    )
    unit = fields.Selection(UNITS, required=True, default="count")
    goal = fields.Selection(
        GOALS,
        required=True,
        default="at_least",
        help="At least, at most: the target itself is good. Below: it is not.",
    )
    tolerance = fields.Float(
        string="Tolerance (%)",
        default=5.0,
        help="A figure that misses its target by no more than this part of it is near.",
    )
    is_typed = fields.Boolean(
        string="Typed In", help="Nobody's records know it: it is typed in."
    )
    by_officer = fields.Boolean(help="It is told for each officer, too.")
    seed_target = fields.Float(
        string="Proposed Target",
        readonly=True,
        copy=False,
        help="The year's target that the application proposes.",
    )
    has_seed_target = fields.Boolean(readonly=True, copy=False)
    version = fields.Integer(
        compute="_compute_version",
        help="Changes with what the figure means; it is kept with each value.",
    )
    last_error = fields.Char(
        string="Not Counted",
        readonly=True,
        copy=False,
        help="Why the figure could not be counted the last time.",
    )
    target_ids = fields.One2many("aftersales.kpi.target", "kpi_id", string="Targets")

    _code_unique = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL", "There is a figure with this code already."
    )
    _check_tolerance = models.Constraint(
        "CHECK (tolerance BETWEEN 0 AND 100)",
        "A tolerance lies between 0 and 100 percent.",
    )

    @api.depends("definition_version")
    def _compute_version(self):
        for kpi in self:
            formula = FORMULAS.get(kpi.code)
            kpi.version = formula.version if formula else kpi.definition_version

    @api.constrains("kind", "code", "is_typed")
    def _check_formula(self):
        """What came with the application is counted as its definition says."""
        for kpi in self:
            formula = FORMULAS.get(kpi.code)
            if formula and (formula.kind != kpi.kind or kpi.is_typed):
                raise ValidationError(
                    self.env._(
                        "%(kpi)s is counted as the application defines it: its kind "
                        "cannot be changed.",
                        kpi=kpi.name,
                    )
                )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_make_own_copy(self):
        """Refuse: a figure means the same in all dealerships, or nothing compares."""
        raise UserError(
            self.env._(
                "A figure means the same in all companies. Add one of your own instead."
            )
        )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_guarded_fields(self):
        """A code says that the application counts it; nobody else gives one."""
        return {
            "code",
            "definition_version",
            "has_seed_target",
            "last_error",
            "seed_target",
        }

    @api.model
    def _get_company_domain(self, company):
        """Return the domain of the figures that a company has."""
        return Domain("company_id", "in", [company.id, False])

    def _get_formula(self):
        """Return how the figure is counted.

        :raise UserError: if nothing says so
        """
        self.ensure_one()
        if self.code in FORMULAS:
            return FORMULAS[self.code]
        if self.is_typed:
            return self._get_typed_formula()
        return self._get_own_formula()

    def _get_typed_formula(self):
        """Return the formula of a typed figure: a sum, or the last one of a level."""
        if self.kind == "stock":
            last = Part(
                ENTRIES,
                Domain("kpi_id", "=", self.id),
                total=("amount",),
                is_last=True,
                window=up_to_the_end,
            )
            return Formula(f"typed {self.id}", "stock", last, is_typed=True)
        return Formula(f"typed {self.id}", "flow", get_typed(self.id), is_typed=True)

    def _judge(self, value, target):
        """Return whether a value is as good as its target.

        :return: ``met``, ``near`` (within the tolerance on the bad side), ``missed``,
            or ``False`` where there is no value or no target
        """
        if value is None or target is None:
            return False
        short = target - value if self.goal == "at_least" else value - target
        short = round(short, DIGITS)
        if short < 0 or (short == 0 and self.goal != "below"):
            return "met"
        tolerated = round(abs(target) * self.tolerance / 100, DIGITS)
        return "near" if short <= tolerated else "missed"

    def _get_target(self, company, date_from, date_to):
        """Return the target of a period; ``None`` where none was set."""
        self.ensure_one()
        return self.env["aftersales.kpi.target"]._get_target(
            self, company, date_from, date_to
        )
