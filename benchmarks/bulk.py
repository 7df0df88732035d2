"""Copies of a record by the million: one INSERT a table, without its indexes."""

from contextlib import contextmanager

from odoo.tools import SQL


def clone(env, record, count, where="TRUE", **expressions):
    """Insert copies of a record by SQL; return the id before the first one.

    The n-th copy has this id plus n, so that other tables can name it by counting.

    :param str where: SQL of which n are copied
    :param expressions: column -> SQL text of its value, with ``n`` going from 1 to
        ``count``; columns that the table lacks are left out
    """
    env.flush_all()
    if not count:
        return 0
    table = record._table
    columns = get_columns(env, table)
    base = env.execute_query(
        SQL(
            "SELECT COALESCE(max(id), 0) FROM %(table)s",
            table=SQL.identifier(table),
        )
    )[0][0]
    values = {name: f'template."{name}"' for name in columns}
    values |= {name: text for name, text in expressions.items() if name in columns}
    values["id"] = f"{base} + n"
    names = ", ".join(f'"{name}"' for name in values)
    env.cr.execute(
        f"""INSERT INTO "{table}" ({names})
            SELECT {", ".join(values.values())}
              FROM "{table}" template, generate_series(1, {count}) AS copy(n)
             WHERE template.id = {record.id} AND ({where})"""
    )
    restart_sequence(env, table)
    env.invalidate_all()
    return base


def relate(env, field, first, second, count, where="TRUE"):
    """Insert the rows of a many2many field.

    :param str first: SQL of the ids on the side of the field, with ``n`` as in clone
    :param str second: SQL of the ids on the other side
    """
    env.cr.execute(
        f"""INSERT INTO "{field.relation}" ("{field.column1}", "{field.column2}")
            SELECT {first}, {second} FROM generate_series(1, {count}) n
             WHERE {where}"""
    )


def get_columns(env, table):
    """Return the names of the columns of a table, without its id."""
    rows = env.execute_query(
        SQL(
            """SELECT column_name FROM information_schema.columns
                WHERE table_schema = 'public' AND table_name = %s
                  AND column_name != 'id' AND is_generated = 'NEVER'""",
            table,
        )
    )
    return [name for (name,) in rows]


def restart_sequence(env, table):
    """Let the next id follow upon the last one."""
    env.cr.execute(
        f"""SELECT setval(pg_get_serial_sequence('"{table}"', 'id'),
                          (SELECT max(id) FROM "{table}"))"""
    )


@contextmanager
def without_indexes(env, tables):
    """Fill tables without their indexes and foreign keys, and make those anew.

    Each row would be sorted into some twenty indexes. The foreign keys are not checked
    for what was filled in: that would take longer than filling it in.
    """
    dropped = drop_foreign_keys(env, tables) + drop_indexes(env, tables)
    env.cr.commit()
    yield
    env.cr.execute("SET maintenance_work_mem = '512MB'")
    for restore in reversed(dropped):
        env.cr.execute(restore)
        env.cr.commit()


def drop_foreign_keys(env, tables):
    """Drop the foreign keys of tables; return the SQL that makes them anew."""
    rows = env.execute_query(
        SQL(
            """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
                 FROM pg_constraint
                WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)""",
            list(tables),
        )
    )
    for table, name, _definition in rows:
        env.cr.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    return [
        f'ALTER TABLE {table} ADD CONSTRAINT "{name}" '
        f"{definition.removesuffix(' NOT VALID')} NOT VALID"
        for table, name, definition in rows
    ]


def drop_indexes(env, tables):
    """Drop the indexes of tables; return the SQL that makes them anew.

    Those of primary keys and other constraints stay. The comment is how Odoo knows an
    index whose definition changed.
    """
    rows = env.execute_query(
        SQL(
            """SELECT class.relname, pg_get_indexdef(index.indexrelid),
                      obj_description(index.indexrelid, 'pg_class')
                 FROM pg_index index
                 JOIN pg_class class ON class.oid = index.indexrelid
                WHERE index.indrelid::regclass::text = ANY(%s)
                  AND NOT EXISTS (SELECT FROM pg_constraint
                                   WHERE conindid = index.indexrelid)""",
            list(tables),
        )
    )
    restore = []
    for name, definition, comment in rows:
        env.cr.execute(f'DROP INDEX "{name}"')
        if comment:
            text = comment.replace("'", "''")
            definition += f"; COMMENT ON INDEX \"{name}\" IS '{text}'"
        restore.append(definition)
    return restore
