from odoo import api, fields, models
from odoo.exceptions import UserError

DEPARTMENTS = [
    ("front_desk", "Front Desk"),
    ("workshop", "Workshop"),
    ("parts", "Parts"),
    ("sales", "Sales"),
    ("maker", "Maker"),
    ("customer", "Customer"),
]


class AftersalesCaseCause(models.Model):
    """Why customers complain, to see where most of it comes from."""

    _name = "aftersales.case.cause"
    _description = "Cause of Complaints"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    department = fields.Selection(
        DEPARTMENTS,
        string="Usually Responsible",
        help="Proposed as responsible where this cause is chosen.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        default=lambda self: self.env.company,
        help="Empty: for every company.",
    )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """A cause stays with its dealership: its cases are counted by it."""
        if "company_id" in vals and not self._may_share():
            raise UserError(
                self.env._(
                    "A cause stays with its company. Create one for the other company "
                    "instead."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "Causes are never deleted: cases are counted by them. Archive them."
            )
        )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _may_share(self):
        """Return whether the user sets up what all dealerships have in common."""
        return self.env.su or self.env.user.has_group("base.group_system")
