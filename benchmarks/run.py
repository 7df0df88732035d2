"""Measure the module against what a dealership would otherwise use, and against size.

    make bench                    everything, at the small size
    make bench SIZE=big           also against a million customers
    make bench ARGS="planning"    what is in bench_planning.py
    make bench BASE=COMMIT        against this module at an earlier commit

Prints a table of ratios; the seconds depend on the machine, the ratios hardly do. A
benchmark is a file ``bench_*.py`` with its ``ROWS``. Each side runs in a process of its
own that starts like all the others, and rolls back what it did.
"""

import importlib
import os
import sys
import time
from functools import partial

from measuring import FOLDER, Row, Worker, compare, format_figures, format_row, measure

HEADER = "| what | measured against | ours | theirs | ratio | reach | held |"
BASE_HEADER = "| what | now | then | ratio | reach | held |"


def load_benches(names):
    """Return the names of the modules ``bench_*.py`` that are asked for, or of all."""
    modules = [path.stem for path in sorted(FOLDER.glob("bench_*.py"))]
    if names:
        modules = [name for name in modules if name.removeprefix("bench_") in names]
    return modules


def print_header(header):
    print(header)
    print("|---" * header.count(" | ") + "|---|")


def compare_ways(worker, benches):
    """Print each row: ours beside theirs, or the big size beside the small one."""
    print_header(HEADER)
    for bench in benches:
        for index, row in enumerate(importlib.import_module(bench).ROWS):
            runs = {
                name: partial(worker.run, bench, index, name, side)
                for name in ("ours", "theirs")
                if worker.has(side := getattr(row, name))
            }
            figures = measure(runs, max(row.ours.rounds, row.theirs.rounds))
            print(
                format_row(row, figures.get("ours"), figures.get("theirs")), flush=True
            )


def compare_commits(now, then, benches):
    """Print each row as it is now and as it was then, at the small size."""
    print_header(BASE_HEADER)
    for bench in benches:
        for index, row in enumerate(importlib.import_module(bench).ROWS):
            name = "theirs" if row.is_growth() else "ours"
            side = getattr(row, name)
            figures = measure(
                {
                    "now": partial(now.run, bench, index, name, side, warm=True),
                    "then": partial(then.run, bench, index, name, side, warm=True),
                },
                side.rounds + 2,
            )
            both = Row(row.what, "", side, side, at_most=1.1)
            cells = (
                row.what,
                *(format_figures(figures[key], False) for key in ("now", "then")),
                *compare(both, figures["now"], figures["then"]),
            )
            print(f"| {' | '.join(cells)} |", flush=True)


def main(names):
    started = time.monotonic()
    databases = {
        name: os.environ.get(f"BENCH_{name.upper()}")
        for name in ("small", "big", "plain", "peer", "served")
    }
    workers = [Worker(os.environ["ODOO_RC"], databases)]
    if os.environ.get("BENCH_BASE"):
        base = {"small": os.environ["BENCH_BASE"], "plain": databases["plain"]}
        workers.append(Worker(os.environ["BENCH_BASE_RC"], base))
        compare_commits(*workers, load_benches(names))
    else:
        compare_ways(*workers, load_benches(names))
    for worker in workers:
        worker.close()
    print(f"\n{time.monotonic() - started:.0f} seconds in all.")


if __name__ == "__main__":
    main(sys.argv[1:])
