from odoo import api, models
from odoo.tools import SQL

from odoo.addons.base.models.ir_sequence import _update_nogap


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _aftersales_next_by_code(self, code, count):
        """Return the next ``count`` numbers of a sequence, drawn at once.

        As ``next_by_code`` for each, whichever way the sequence counts, in a number
        of queries that does not grow with ``count``.
        """
        sequence = self.search(
            [("code", "=", code), ("company_id", "in", [self.env.company.id, False])],
            order="company_id",
            limit=1,
        )
        if not sequence or not count:
            return [False] * count
        counter = sequence._get_current_sequence()
        if counter != sequence:  # one of its date ranges
            sequence = sequence.with_context(ir_sequence_date_range=counter.date_from)
        return [
            sequence.get_next_char(number)
            for number in sequence._aftersales_draw(counter, count)
        ]

    def _aftersales_draw(self, counter, count):
        """Return ``count`` bare numbers, counted by the sequence or its date range."""
        if self.implementation == "no_gap":
            step = self.number_increment
            first = _update_nogap(counter, count * step)
            return range(first, first + count * step, step)
        # The names that core gives to the sequences of the database.
        name = f"ir_sequence_{self.id:03d}"
        if counter != self:
            name += f"_{counter.id:03d}"
        query = SQL("SELECT nextval(%s) FROM generate_series(1, %s)", name, count)
        return [number for (number,) in self.env.execute_query(query)]
