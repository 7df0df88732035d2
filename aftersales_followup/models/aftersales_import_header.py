from odoo import api, fields, models

from ..dms.columns import COLUMNS, header_key


class AftersalesImportHeader(models.Model):
    """A column header of the dealership's DMS export that somebody matched by hand."""

    _name = "aftersales.import.header"
    _description = "Remembered Column of the DMS Export"
    _inherit = ["aftersales.sane.mixin"]
    _order = "name"
    _rec_name = "name"

    name = fields.Char(string="Column in the File", required=True)
    key = fields.Char(compute="_compute_key", store=True, precompute=True)
    column = fields.Selection(
        lambda self: self._get_columns(),
        string="Means",
        help="Empty: the column is not imported.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )

    _key_unique = models.UniqueIndex(
        "(company_id, key)", "This column is remembered already."
    )

    @api.depends("name")
    def _compute_key(self):
        for header in self:
            header.key = header_key(header.name)

    @api.model
    def _get_columns(self):
        translate = self.env._
        return [(column.name, translate(column.label)) for column in COLUMNS]

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_remembered(self, company):
        """Return {header key: column or ``False``} of a company."""
        headers = self.search([("company_id", "=", company.id)])
        return {header.key: header.column for header in headers}

    @api.model
    def _remember(self, matches, company):
        """Keep matches made by hand.

        :param dict matches: header -> column or ``False``
        """
        known = self.search(
            [
                ("company_id", "=", company.id),
                ("key", "in", [header_key(name) for name in matches]),
            ]
        ).grouped("key")
        vals_list = []
        for name, column in matches.items():
            header = known.get(header_key(name))
            if header:
                header.column = column
            else:
                vals_list.append(
                    {"name": name, "column": column, "company_id": company.id}
                )
        self.create(vals_list)
