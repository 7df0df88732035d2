"""Keep which columns of the DMS's export somebody matched by hand."""

from odoo.tools import sql


def migrate(cr, version):
    """Move them to the table of the model's new name."""
    old, new = "aftersales_import_head", "aftersales_import_header"
    if not (sql.table_exists(cr, old) and sql.table_exists(cr, new)):
        return
    cr.execute(
        """
        INSERT INTO aftersales_import_header (
               name, key, "column", company_id,
               create_uid, create_date, write_uid, write_date)
        SELECT name, key, "column", company_id,
               create_uid, create_date, write_uid, write_date
          FROM aftersales_import_head
            ON CONFLICT DO NOTHING
        """
    )
