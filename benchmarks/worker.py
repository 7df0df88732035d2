"""Runs sides of benchmarks, each in a process of its own, and rolls back what it did.

Each line of its input asks for one: a JSON list of the name of the bench, the number
of the row, ``ours`` or ``theirs``, the database, and whether to do it once before. The
answer is a list of figures, or null if the module cannot do it.
"""

import importlib
import json
import multiprocessing
import os
import sys
import traceback
from functools import cache

from measuring import time_side

from odoo import api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import config

FORK = multiprocessing.get_context("fork")


@cache
def load_registry(database):
    return Registry(database)


def run_in_process(registry, side, warm):
    """Return the figures of a side, run in a process of its own."""
    # A process that inherited a connection would talk in between.
    sql_db.close_all()
    receiver, sender = FORK.Pipe(duplex=False)
    process = FORK.Process(target=work, args=(sender, registry, side, warm))
    process.start()
    sender.close()
    try:
        return receiver.recv()
    except EOFError:
        return None
    finally:
        process.join()


def work(sender, registry, side, warm):
    try:
        with registry.cursor() as cr:
            root = api.Environment(cr, api.SUPERUSER_ID, {})
            user = root["res.users"].search([("login", "=", side.login)]) or root.user
            companies = user.company_id
            if side.everywhere:
                companies |= user.company_ids
            context = {
                "lang": "en_US",
                "tz": "Asia/Shanghai",
                "allowed_company_ids": companies.ids,
            }
            env = api.Environment(cr, user.id, context)
            sender.send(time_side(env, side, warm))
            cr.rollback()
    except Exception:
        traceback.print_exc()
        os._exit(1)


def main(path):
    # Answers alone go to the output.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    config.parse_config(["-c", path, "--log-level=warn"], setup_logging=True)
    for line in sys.stdin:
        bench, index, name, database, warm = json.loads(line)
        row = importlib.import_module(bench).ROWS[index]
        figures = run_in_process(load_registry(database), getattr(row, name), warm)
        print(json.dumps(figures), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
