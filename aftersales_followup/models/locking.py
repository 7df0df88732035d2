"""One lock, with one meaning: one transaction at a time goes on with these records."""

from odoo.tools import SQL


def lock_until_done(records):
    """Let no other transaction go on with these records until this one is over.

    Each row is touched: of two transactions that come here for the same record the
    second one waits, fails when the first commits, and is begun anew by Odoo's retry
    or by ``commit_step``. So it sees what the first one did, which a mere row lock in
    a running snapshot would not show.

    :return: the records
    """
    if records:
        records.flush_recordset()
        records.env.execute_query(
            SQL(
                "UPDATE %s SET write_date = write_date WHERE id = ANY(%s) RETURNING id",
                SQL.identifier(records._table),
                sorted(records.ids),
            )
        )
    return records
