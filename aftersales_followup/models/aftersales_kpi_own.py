"""Figures of a supervisor's own: typed in, or counted over a domain; never in code."""

import ast

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..kpi.formula import PERCENT, Formula
from ..kpi.part import Part
from ..kpi.source import Source

# What changes the meaning of a figure.
DEFINITION = {
    "kind",
    "model_name",
    "date_field",
    "measure",
    "measure_field",
    "domain",
    "denominator_domain",
    "officer_field",
    "is_typed",
}
NUMBERS = ("integer", "float", "monetary")
# What no figure counts, whatever its conditions say.
COUNTED = {
    "aftersales.visit": Domain("state", "!=", "cancelled"),
    "aftersales.visit.line": Domain("visit_id.state", "!=", "cancelled"),
    "aftersales.call": Domain("state", "!=", "draft"),
    "aftersales.letter": Domain("state", "!=", "draft"),
}


class AftersalesKpi(models.Model):
    _inherit = "aftersales.kpi"

    # Supervisors may read no list of models and fields: their names are kept.
    model_name = fields.Selection(
        selection="_get_model_selection", string="Records", help="What is counted."
    )
    date_field = fields.Char(
        string="In the Month of",
        help="The date that decides in which month a record counts.",
    )
    measure = fields.Selection(
        [("count", "How Many"), ("sum", "The Sum of")], default="count"
    )
    measure_field = fields.Char(string="Number to Add Up")
    domain = fields.Char(string="Which Records", default="[]")
    denominator_domain = fields.Char(
        string="Out of Which",
        help="Of a ratio: the records that the others are a part of, in percent.",
    )
    officer_field = fields.Char(
        string="Whose It Is", help="The officer for whom it is told."
    )
    definition_version = fields.Integer(default=1, readonly=True, copy=False)

    @api.constrains(*DEFINITION, "by_officer", "company_id")
    def _check_definition(self):
        """Refuse what cannot be counted, or would tell of what is not ours."""
        for kpi in self:
            if kpi._is_shipped() or kpi.is_typed:
                continue
            kpi._check_source()
            kpi._check_measure()
            model = self.env[kpi.model_name]
            for name in ("domain", "denominator_domain"):
                kpi._check_domain(model, kpi[name])

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """Count the version of a figure on when its meaning changes.

        Targets of a ratio that becomes a sum are spread anew.
        """
        changed = DEFINITION & vals.keys()
        if changed and not self.env.su:
            self._check_not_shipped()
        result = super().write(vals)
        if changed:
            for kpi in self.filtered(lambda kpi: not kpi._is_shipped()):
                kpi.sudo().definition_version += 1
        if "kind" in vals:
            targets = self.sudo().target_ids
            targets.filtered(lambda target: not target._adds_up()).action_spread()
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _is_shipped(self):
        """Return whether the application says how the figure is counted."""
        return bool(self.code)

    def _check_not_shipped(self):
        for kpi in self:
            if kpi._is_shipped():
                raise UserError(
                    self.env._(
                        "%(kpi)s came with the application: what it counts cannot be "
                        "changed. Add a figure of your own.",
                        kpi=kpi.name,
                    )
                )

    @api.model
    def _get_model_selection(self):
        """Return the records that own figures may count, as users know them."""
        names = self._get_countable_models()
        return [
            (model.model, model.name)
            for name in names
            for model in self.env["ir.model"].sudo()._get(name)
        ]

    @api.model
    def _get_countable_models(self):
        """Return the names of the models that own figures may count."""
        return [
            "aftersales.visit",
            "aftersales.visit.line",
            "aftersales.followup",
            "aftersales.call",
            "aftersales.letter",
            "aftersales.case",
            "aftersales.case.round",
            "aftersales.campaign",
            "aftersales.optout",
            "aftersales.archive",
        ]

    def _check_source(self):
        """The records are ours, and have the date that decides on the month."""
        if self.model_name not in self._get_countable_models():
            raise ValidationError(
                self.env._(
                    "%(kpi)s: choose visits, calls or other after-sales records to "
                    "count.",
                    kpi=self.name,
                )
            )
        self._check_field("date_field", ("date", "datetime"))
        if self.by_officer:
            self._check_field("officer_field", ("many2one",), "res.users")

    def _check_field(self, name, types, comodel=None):
        """Refuse a field that is not stored with the records, or of another kind."""
        field = self.env[self.model_name]._fields.get(self[name])
        fits = field and field.store and field.type in types
        if not fits or (comodel and field.comodel_name != comodel):
            raise ValidationError(
                self.env._(
                    "%(kpi)s: “%(field)s” has to be a stored field of the records, of "
                    "the right kind.",
                    kpi=self.name,
                    field=self._get_label(name),
                )
            )

    def _get_label(self, name):
        return self._fields[name]._description_string(self.env)

    def _check_measure(self):
        """A sum needs a number to add up, a ratio what it is a part of."""
        if self.measure == "sum":
            self._check_field("measure_field", NUMBERS)
        if self.kind == "stock":
            raise ValidationError(
                self.env._(
                    "%(kpi)s: a level can only be typed in. Choose a sum or a ratio.",
                    kpi=self.name,
                )
            )
        if (self.kind == "ratio") != bool(self.denominator_domain):
            raise ValidationError(
                self.env._(
                    "%(kpi)s: a ratio, and only a ratio, says out of which records it "
                    "is a part.",
                    kpi=self.name,
                )
            )

    def _check_domain(self, model, text):
        """Refuse conditions on what is not ours, or not stored, and any code."""
        domain = self._read_domain(text)
        try:
            domain.validate(model)
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "%(kpi)s: these conditions fit no record: %(error)s",
                    kpi=self.name,
                    error=error,
                )
            ) from error
        self._check_conditions(model, domain)

    def _check_conditions(self, model, domain):
        for condition in domain.iter_conditions():
            comodel = self._check_path(model, condition.field_expr)
            if "any" in condition.operator:
                if comodel is None or comodel._name not in self._get_countable_models():
                    raise self._make_path_error(condition.field_expr)
                self._check_conditions(comodel, Domain(condition.value))

    def _check_path(self, model, path):
        """Refuse a path through records that are not ours, or to what is not stored.

        :return: the model at the end of it, or ``None``
        """
        names = path.split(".")
        for place, name in enumerate(names):
            field = model is not None and model._fields.get(name)
            if not field or not (field.store or field.type == "one2many"):
                raise self._make_path_error(path)
            model = self.env[field.comodel_name] if field.relational else None
            is_last = place == len(names) - 1
            if not is_last and (
                model is None or model._name not in self._get_countable_models()
            ):
                raise self._make_path_error(path)
        return model

    def _make_path_error(self, path):
        return ValidationError(
            self.env._(
                "%(kpi)s: the condition on “%(field)s” cannot be counted by. Use "
                "stored fields of after-sales records.",
                kpi=self.name,
                field=path,
            )
        )

    def _read_domain(self, text):
        """Return a domain that was typed in: values only, no code."""
        try:
            return Domain(ast.literal_eval((text or "[]").strip()))
        except (
            ValueError,
            SyntaxError,
            TypeError,
            MemoryError,
            RecursionError,
        ) as error:
            raise ValidationError(
                self.env._(
                    "%(kpi)s: the conditions are not readable. They are made of "
                    "fields, comparisons and plain values.",
                    kpi=self.name,
                )
            ) from error

    def _get_own_formula(self):
        """Return how a figure of a supervisor's own is counted."""
        self._check_source()
        field = self.env[self.model_name]._fields[self.date_field]
        source = Source(
            "own",
            self.model_name,
            self.date_field,
            is_datetime=field.type == "datetime",
            officer=(self.officer_field,) if self.by_officer else (),
            domain=COUNTED.get(self.model_name, Domain.TRUE),
        )
        total = (self.measure_field,) if self.measure == "sum" else ()
        numerator = Part(source, self._read_domain(self.domain), total=total)
        if self.kind != "ratio":
            return Formula(f"own {self.id}", "flow", numerator)
        denominator = Part(
            source, self._read_domain(self.denominator_domain), total=total
        )
        return Formula(
            f"own {self.id}", "ratio", numerator, denominator, factor=PERCENT
        )
