"""Measure the module against what a dealership would otherwise use, side by side.

    make bench                    everything
    make bench ARGS="planning"    what is in bench_planning.py

Prints a table of ratios; the seconds depend on the machine, the ratios hardly do. Each
side runs in a process of its own that starts like all the others, and rolls back what
it did. The data they work on stays in the database BENCH_DB, which is made for this.
"""

import importlib
import os
import sys
import time
from pathlib import Path

from dealership import open_dealership
from measuring import format_row, measure

from odoo.modules.registry import Registry
from odoo.tools import config

FOLDER = Path(__file__).resolve().parent

HEAD = "| what | measured against | ours | theirs | ratio | target | reached |"


def start_odoo():
    """Load Odoo and the registry of the database; return the registry."""
    config.parse_config(
        ["-c", os.environ["ODOO_RC"], "-d", os.environ["BENCH_DB"], "--log-level=warn"],
        setup_logging=True,
    )
    return Registry(os.environ["BENCH_DB"])


def load_benches(names):
    """Return the modules ``bench_*.py`` that are named, or all."""
    modules = [path.stem for path in sorted(FOLDER.glob("bench_*.py"))]
    if names:
        modules = [name for name in modules if name.removeprefix("bench_") in names]
    return [importlib.import_module(name) for name in modules]


def main(names):
    started = time.monotonic()
    registry = start_odoo()
    user_id = open_dealership(registry)
    print(HEAD)
    print("|---" * HEAD.count(" | ") + "|---|")
    for bench in load_benches(names):
        measured = measure(registry, user_id, bench.ROWS)
        for row in bench.ROWS:
            print(format_row(row, measured), flush=True)
    print(f"\n{time.monotonic() - started:.0f} seconds in all.")


if __name__ == "__main__":
    main(sys.argv[1:])
