from odoo import fields, models


class AftersalesVisitImportContent(models.TransientModel):
    """What an order of the file being imported says, apart from its state.

    The state of an order changes several times, what it says never: kept apart, it is
    not copied by each change. It goes as soon as its order came in, or else with the
    import.
    """

    _name = "aftersales.visit.import.content"
    _description = "Content of an Order of a DMS Export"
    _inherit = ["aftersales.sane.mixin"]
    _transient_max_hours = 0
    _transient_max_count = 0

    import_id = fields.Many2one(
        "aftersales.visit.import", required=True, index=True, ondelete="cascade"
    )
    rows = fields.Json(prefetch=False, help="Its rows as they are in the file.")
    visit = fields.Json(help="What the order has once, as read.")
    lines = fields.Json(help="Its lines, as read.")
