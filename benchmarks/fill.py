"""Fill the fresh database BENCH_DB with a group of dealerships of a size.

fill.py small
"""

import os
import sys
import time

from dealership import SIZES, open_dealership

from odoo.modules.registry import Registry
from odoo.sql_db import db_connect
from odoo.tools import config


def start_odoo(database):
    """Load Odoo and the registry of a database; return the registry."""
    config.parse_config(
        ["-c", os.environ["ODOO_RC"], "-d", database, "--log-level=warn"],
        setup_logging=True,
    )
    return Registry(database)


def vacuum(database):
    """Let PostgreSQL know what is in the tables, as it does by itself in time."""
    with db_connect(database).cursor() as cr:
        cr._cnx.autocommit = True
        cr.execute("VACUUM (ANALYZE)")


def main(size):
    started = time.monotonic()
    database = os.environ["BENCH_DB"]
    open_dealership(start_odoo(database), SIZES[size])
    vacuum(database)
    print(f"{time.monotonic() - started:.0f} seconds to fill {database}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
