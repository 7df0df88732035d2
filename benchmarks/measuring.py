"""Two ways to do the same, side by side, as one row of a table."""

import gc
import multiprocessing
import re
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from odoo import api, sql_db

FORK = multiprocessing.get_context("fork")
MEGABYTE = 1024  # kilobytes


@dataclass(frozen=True)
class Side:
    """One way to do it.

    ``prepare(env)`` returns the function that is timed. ``part`` is the share of the
    whole work that it does, where all of it would take too long: its time is scaled.
    """

    prepare: Callable
    part: float = 1.0
    rounds: int = 3


@dataclass(frozen=True)
class Row:
    """What is compared, and the ratio to reach.

    Either ours is ``at_least`` so many times as fast as theirs, or it takes
    ``at_most`` so many times their time.
    """

    what: str
    against: str
    ours: Side
    theirs: Side
    at_least: float = 0.0
    at_most: float = 0.0
    shows_memory: bool = False


def measure(registry, user_id, rows):
    """Return {side: (seconds, megabytes)}, the best of the rounds of each side.

    The sides take turns, so that what slows the machine down for a while slows all.
    """
    sides = dict.fromkeys(side for row in rows for side in (row.ours, row.theirs))
    runs = {side: [] for side in sides}
    for turn in range(max(side.rounds for side in sides)):
        for side in sides:
            if turn < side.rounds:
                runs[side].append(run_in_process(registry, user_id, side))
    best = {}
    for side, figures in runs.items():
        seconds, megabytes = map(min, zip(*figures, strict=True))
        best[side] = seconds / side.part, megabytes
    return best


def format_row(row, measured):
    """Return the line of a row in the table."""
    ours, theirs = measured[row.ours][0], measured[row.theirs][0]
    if row.at_least:
        ratio, target = theirs / ours, f"≥ {row.at_least:g} × as fast"
        reached = ratio >= row.at_least
    else:
        ratio, target = ours / theirs, f"≤ {row.at_most:g} × its time"
        reached = ratio <= row.at_most
    cells = (
        row.what,
        row.against,
        format_figures(*measured[row.ours], row.shows_memory),
        format_figures(*measured[row.theirs], row.shows_memory),
        f"{ratio:.2f} ×",
        target,
        "yes" if reached else "**no**",
    )
    return f"| {' | '.join(cells)} |"


def format_figures(seconds, megabytes, shows_memory):
    memory = f", {megabytes:.0f} MB" if shows_memory else ""
    return f"{seconds:.2f} s{memory}"


# ------------------------------------------------------------------- processes ---


def run_in_process(registry, user_id, side):
    """Return the seconds and megabytes of a side, run in a process of its own."""
    # A process that inherited a connection would talk in between.
    sql_db.close_all()
    receiver, sender = FORK.Pipe(duplex=False)
    process = FORK.Process(target=partial(work, sender, registry, user_id, side))
    process.start()
    sender.close()
    try:
        return receiver.recv()
    except EOFError:
        sys.exit(f"error: {side.prepare.__name__} failed")
    finally:
        process.join()


def work(sender, registry, user_id, side):
    try:
        with registry.cursor() as cr:
            sender.send(
                time_side(api.Environment(cr, user_id, {"lang": "en_US"}), side)
            )
            cr.rollback()
    except Exception:
        traceback.print_exc()
        sys.exit(1)


def time_side(env, side):
    """Return how many seconds a side takes, and how many megabytes more."""
    timed = side.prepare(env)
    env.flush_all()
    env.invalidate_all()
    gc.collect()
    forget_peak()
    before = read_memory("VmRSS")
    start = time.perf_counter()
    timed()
    env.flush_all()
    seconds = time.perf_counter() - start
    return seconds, read_memory("VmHWM") - before


def read_memory(name):
    """Return one of the kernel's figures of this process, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(rf"{name}:\s+(\d+)", status)[1]) / MEGABYTE


def forget_peak():
    """Let the peak of memory count from now on."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
