from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.aftersales_kpi_target import MONTHS, PLACES


class AftersalesKpiTargetCopy(models.TransientModel):
    """Sets the targets of a year by those of another one, more or less by a part."""

    _name = "aftersales.kpi.target.copy"
    _description = "Copy Targets"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    year_from = fields.Integer(
        string="Targets of", required=True, default=lambda self: self._get_year() - 1
    )
    year = fields.Integer(
        string="For the Year", required=True, default=lambda self: self._get_year()
    )
    percent = fields.Float(
        string="More (%)",
        help="How much higher sums are to be; negative: lower. Ratios and levels stay.",
    )
    replace = fields.Boolean(
        string="Replace Targets That Are Set",
        help="Otherwise the figures that have a target for the year keep it.",
    )

    @api.model
    def _get_year(self):
        return self.env.company._aftersales_date().year

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_copy(self):
        """Copy the targets, each month with its own share."""
        self.ensure_one()
        targets = self.env["aftersales.kpi.target"]
        own = [("company_id", "=", self.company_id.id)]
        models_ = targets.search([*own, ("year", "=", self.year_from)])
        if not models_ or self.year_from == self.year:
            raise UserError(
                self.env._(
                    "There are no targets of %(year)s to copy. Choose another year.",
                    year=self.year_from,
                )
            )
        known = targets.search([*own, ("year", "=", self.year)]).grouped("kpi_id")
        new = []
        for model in models_:
            vals = self._prepare_vals(model)
            if model.kpi_id not in known:
                new.append(
                    {
                        **vals,
                        "kpi_id": model.kpi_id.id,
                        "company_id": self.company_id.id,
                        "year": self.year,
                    }
                )
            elif self.replace:
                known[model.kpi_id].write(vals)
        targets.create(new)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_kpi_target_action"
        )
        return action | {"target": "main"}

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _prepare_vals(self, model):
        """Return target and months: those of a sum are raised, and add up to it."""
        factor = 1 + self.percent / 100 if model.kind == "flow" else 1
        months = {name: round(model[name] * factor, PLACES) for name in MONTHS}
        target = model.target
        if model.kind == "flow":
            target = round(sum(months.values()), PLACES)
        return {"target": target, **months}
