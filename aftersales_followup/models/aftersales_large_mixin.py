from odoo import models
from odoo.tools import SQL
from odoo.tools.sql import create_index


class AftersalesLargeMixin(models.AbstractModel):
    """A table of millions of rows, which is never read as a whole.

    PostgreSQL looks for every row that a user made or changed before it deletes the
    user. Core has no index for that: its tables are smaller, or are read whole.
    """

    _name = "aftersales.large.mixin"
    _description = "Large Table"
    # Many2many fields of the model whose other side has few records.
    _few_on_other_side = ()

    _made_by = models.Index("(create_uid)")
    _changed_by = models.Index("(write_uid)")

    def init(self):
        """Find what has to do with one of few records by a narrow index.

        Odoo makes one of both columns, the other way round: for five million calls it
        takes five times the room, as no two of its entries are the same.
        """
        result = super().init()
        for name in self._few_on_other_side:
            field = self._fields[name]
            for index in self._find_wide_indexes(field):
                self.env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(index)))
            create_index(
                self.env.cr, f"{self._table}_{name}", field.relation, [field.column2]
            )
        return result

    def _find_wide_indexes(self, field):
        """Return the names of the indexes that begin with the other side."""
        rows = self.env.execute_query(
            SQL(
                """SELECT class.relname FROM pg_index index
                     JOIN pg_class class ON class.oid = index.indexrelid
                     JOIN pg_attribute first ON first.attrelid = index.indrelid
                      AND first.attnum = index.indkey[0]
                    WHERE index.indrelid = %s::regclass AND index.indnatts = 2
                      AND first.attname = %s""",
                field.relation,
                field.column2,
            )
        )
        return [name for (name,) in rows]
