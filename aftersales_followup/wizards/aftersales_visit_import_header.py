from odoo import fields, models


class AftersalesVisitImportHeader(models.TransientModel):
    """One column header of the file being imported, and the column it is taken for."""

    _name = "aftersales.visit.import.header"
    _description = "Column of a DMS Export"
    _inherit = ["aftersales.sane.mixin"]
    _order = "sequence"
    _transient_max_hours = 0
    _transient_max_count = 0

    import_id = fields.Many2one(
        "aftersales.visit.import", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    name = fields.Char(string="Column in the File", readonly=True)
    sample = fields.Char(string="First Value", readonly=True)
    column = fields.Selection(
        lambda self: self.env["aftersales.import.header"]._get_columns(),
        string="Means",
        help="Left empty, the column is not imported. The choice is remembered for the "
        "next file.",
    )
    suggestion = fields.Char(
        help="What the column was taken for before somebody chose.", readonly=True
    )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """The orders are to be read again when a column means something else."""
        result = super().write(vals)
        if "column" in vals:
            self.import_id._forget_orders()
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _remember(self, company):
        """Keep what was chosen by hand for the next file."""
        chosen = self.filtered(
            lambda header: (header.column or "") != header.suggestion
        )
        self.env["aftersales.import.header"]._remember(
            {header.name: header.column for header in chosen}, company
        )
