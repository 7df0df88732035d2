"""Reading two records in one query, where Odoo would ask for one after the other."""

from odoo.tools import SQL, Query


def fetch_joined(records, names, link, linked_names):
    """Read records and what their required many2one points at, as two ``fetch``.

    :param list names: of columns of the records
    :param str link: name of the many2one
    :param list linked_names: of columns of what it points at
    """
    names = [link, *names]
    unknown = {
        record_id
        for name in names
        for record_id in records._fields[name]._cache_missing_ids(records)
        if record_id
    }
    if not unknown:
        records[link].fetch(linked_names)
        return
    linked = records.browse()[link]
    query = Query(records.env, records._table)
    query.add_where(
        SQL("%s IN %s", SQL.identifier(records._table, "id"), tuple(unknown))
    )
    alias = query.left_join(records._table, link, linked._table, "id", link)
    columns = [
        *(records._field_to_sql(records._table, name, query) for name in names),
        *(linked._field_to_sql(alias, name, query) for name in linked_names),
    ]
    rows = records.env.execute_query(
        query.select(SQL.identifier(records._table, "id"), *columns)
    )
    if rows:
        # Kept as ``fetch`` does: what is known already is not overwritten.
        ids, *values = zip(*rows, strict=True)
        found, pointed = records.browse(ids), linked.browse(values[0])
        for name in names:
            records._fields[name]._insert_cache(found, values.pop(0))
        for name in linked_names:
            linked._fields[name]._insert_cache(pointed, values.pop(0))
