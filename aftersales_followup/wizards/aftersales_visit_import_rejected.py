import base64
import tempfile

from odoo import models

from ..dms import columns, values
from ..xlsx import TextWorkbook

ORDER = "aftersales.visit.import.order"
READ = 500  # orders read at a time


class AftersalesVisitImport(models.TransientModel):
    """Hands the rejected orders back as a file, to be corrected and imported again."""

    _inherit = "aftersales.visit.import"

    # ------------------------------------------------------------
    # BUSINESS: rejected orders
    # ------------------------------------------------------------

    def _build_rejected_file(self):
        """Write the rejected orders as they were, with the reason in one more column.

        The file can be imported again once it was corrected.
        """
        if not self.rejected_count:
            self.rejected_file = False
            return
        with tempfile.TemporaryFile() as file:
            with TextWorkbook(file) as book:
                self._write_rejected_orders(book)
            file.seek(0)
            self.rejected_file = base64.b64encode(file.read())
        stem = (self.filename or "").rpartition(".")[0] or self.env._("orders")
        self.rejected_filename = self.env._("%(file)s – rejected.xlsx", file=stem)

    def _write_rejected_orders(self, book):
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        positions = self.header_ids.mapped("sequence")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(positions) - 1, 16)
        sheet.set_column(len(positions), len(positions), 40)
        translate = self.env._
        titles = [*self.header_ids.mapped("name"), translate(columns.REASON)]
        for position, title in enumerate(titles):
            sheet.write_string(0, position, title, bold)
        line = 0
        for rejected in self._get_rejected_orders():
            for cells in rejected.content_id.rows:
                line += 1
                cells = values.unpack(cells)
                picked = [cells[position] for position in positions]
                for position, cell in enumerate([*picked, rejected.reason]):
                    sheet.write_cell(line, position, cell)

    def _get_rejected_orders(self):
        """Yield the rejected orders as they stand in the file, some at a time."""
        last = 0
        while orders := self.env[ORDER].search(
            [
                ("import_id", "=", self.id),
                ("state", "=", "rejected"),
                ("row", ">", last),
            ],
            limit=READ,
        ):
            last = orders[-1].row
            yield from orders
            self.env.invalidate_all()
