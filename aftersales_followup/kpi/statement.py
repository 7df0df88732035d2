"""One statement a source: all parts of figures that count the same records."""

from odoo.tools import SQL


def count_parts(scope, source, window, parts, by_officer):
    """Count parts among the records of a source.

    :param Period window: the days of the records
    :param list parts: [(part, domain among these records)]
    :return: {user id, ``None`` for nobody, ``False`` for all: [count or sum a part]}
    """
    model = scope.env[source.model]
    query = model._search(source.get_domain(scope, window))
    if query.is_empty():
        return {False: [None] * len(parts)}
    columns = [part.get_sql(model, query, domain) for part, domain in parts]
    if not (by_officer and source.officer):
        [row] = scope.env.execute_query(query.select(*columns))
        return {False: _weigh(parts, row)}
    officer = SQL(
        "COALESCE(%s)",
        SQL(", ").join(
            model._read_group_groupby(model._table, name, query)
            for name in source.officer
        ),
    )
    query.groupby = SQL("GROUPING SETS ((), (%s))", officer)
    rows = scope.env.execute_query(
        query.select(SQL("GROUPING(%s)", officer), officer, *columns)
    )
    return {
        False if is_total else user_id: _weigh(parts, counts)
        for is_total, user_id, *counts in rows
    }


def _weigh(parts, counts):
    return [
        None if count is None else float(count) * part.weight
        for (part, _domain), count in zip(parts, counts, strict=True)
    ]
