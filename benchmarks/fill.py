"""Fill the fresh database BENCH_DB with a group of dealerships of a size.

fill.py small
"""

import os
import sys
import time
from unittest.mock import patch

from dealership import SIZES, open_dealership

from odoo import api
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


def pass_night(registry):
    """Let the scheduler see to what is due, as it does in a dealership each night."""
    with registry.cursor() as cr:
        followups = api.Environment(cr, api.SUPERUSER_ID, {})["aftersales.followup"]
        with patch.object(type(followups.env["ir.cron"]), "_commit_progress", commit):
            followups._cron_plan()
            segments = followups.env["aftersales.segment"]
            if hasattr(segments, "_cron_levels"):  # older commits give none by rule
                segments._cron_levels()


def commit(cron, *_args, **_kwargs):
    """Commit each step; outside of the scheduler there is time without end."""
    cron.env.cr.commit()
    return 1e9


def main(size):
    started = time.monotonic()
    database = os.environ["BENCH_DB"]
    registry = start_odoo(database)
    open_dealership(registry, SIZES[size])
    vacuum(database)
    pass_night(registry)
    vacuum(database)
    print(f"{time.monotonic() - started:.0f} seconds to fill {database}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
