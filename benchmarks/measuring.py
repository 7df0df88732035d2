"""One row of the table: two ways to do the same, and how fast they are."""

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
    whole work that it does where all of it would take too long; its time is scaled.
    """

    prepare: Callable
    part: float = 1.0
    repeat: int = 2


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


def read_memory(name):
    """Return one of the kernel's figures of this process, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(rf"{name}:\s+(\d+)", status)[1]) / MEGABYTE


def forget_peak():
    """Let the peak of memory count from now on."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


class Measuring:
    """Runs the sides of rows, each in a process of its own."""

    def __init__(self, registry, user_id):
        self._registry = registry
        self._user_id = user_id
        self._known = {}

    def run(self, row):
        """Return the line of a row in the table."""
        ours, ours_memory = self._measure(row.ours)
        theirs, theirs_memory = self._measure(row.theirs)
        if row.at_least:
            ratio, target = theirs / ours, f"≥ {row.at_least:g} × as fast"
            reached = ratio >= row.at_least
        else:
            ratio, target = ours / theirs, f"≤ {row.at_most:g} × its time"
            reached = ratio <= row.at_most
        memory = ("", "")
        if row.shows_memory:
            memory = (f", {ours_memory:.0f} MB", f", {theirs_memory:.0f} MB")
        cells = (
            row.what,
            row.against,
            f"{ours:.2f} s{memory[0]}",
            f"{theirs:.2f} s{memory[1]}",
            f"{ratio:.2f} ×",
            target,
            "yes" if reached else "**no**",
        )
        return f"| {' | '.join(cells)} |"

    def _measure(self, side):
        """Return the best time of a side and the memory it took, measured once."""
        if side not in self._known:
            runs = [self._run_in_process(side) for _n in range(side.repeat)]
            seconds, megabytes = (min(values) for values in zip(*runs, strict=True))
            self._known[side] = seconds / side.part, megabytes
        return self._known[side]

    def _run_in_process(self, side):
        # A process that inherited a connection would talk in between.
        sql_db.close_all()
        receiver, sender = FORK.Pipe(duplex=False)
        process = FORK.Process(target=partial(self._work, sender, side))
        process.start()
        sender.close()
        try:
            return receiver.recv()
        except EOFError:
            sys.exit(f"error: {side.prepare.__name__} failed")
        finally:
            process.join()

    def _work(self, sender, side):
        try:
            with self._registry.cursor() as cr:
                sender.send(self._time(cr, side))
                cr.rollback()
        except Exception:
            traceback.print_exc()
            sys.exit(1)

    def _time(self, cr, side):
        """Return the seconds and the megabytes that a side takes."""
        env = api.Environment(cr, self._user_id, {"lang": "en_US"})
        work = side.prepare(env)
        env.flush_all()
        env.invalidate_all()
        gc.collect()
        forget_peak()
        before = read_memory("VmRSS")
        start = time.perf_counter()
        work()
        env.flush_all()
        seconds = time.perf_counter() - start
        return seconds, read_memory("VmHWM") - before
