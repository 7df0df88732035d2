"""Ways to do the same, side by side, as the rows of a table."""

import gc
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1024  # kilobytes
FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Side:
    """One way to do it.

    ``prepare(env)`` returns the function that is timed. ``part`` is the share of the
    whole work that it does, where all of it would take too long: its time is scaled.
    ``login`` does it, and
    ``database`` is ``small``, ``big``, ``plain`` (without the module), ``peer``, or
    ``served``: a copy of the small one in which a server commits.
    """

    prepare: Callable
    part: float = 1.0
    rounds: int = 3
    login: str = "supervisor"
    everywhere: bool = False  # in all companies of the user
    reads: bool = False  # and nothing else: it may be done once more
    database: str = "small"


@dataclass(frozen=True)
class Row:
    """What is compared, and the ratio to reach.

    Either ours is ``at_least`` so many times as fast as theirs, or it takes
    ``at_most`` so many times their time, and is done ``within`` so many seconds.
    Without any of these the figures are shown only.
    """

    what: str
    against: str
    ours: Side
    theirs: Side
    at_least: float = 0.0
    at_most: float = 0.0
    within: float = 0.0
    shows_memory: bool = False

    def is_growth(self):
        return self.ours.database == "big"


@dataclass(frozen=True)
class Figures:
    """What a side took: the best time of all rounds, its queries and its memory."""

    seconds: float
    queries: int
    megabytes: float


def grows(what, prepare, at_most=0.0, within=0.0, **side):
    """Return the row of what must not take longer because there is more."""
    return Row(
        what,
        "the same at the small size",
        Side(prepare, database="big", **side),
        Side(prepare, database="small", **side),
        at_most=at_most,
        within=within,
    )


def time_side(env, side, warm=False):
    """Return the ``Figures`` of one run of a side, as a list.

    :param bool warm: do it once before, so that what a server knows from then on, such
        as rights, is not what is compared
    """
    timed = side.prepare(env)
    if warm and side.reads:
        timed()
    env.cr.flush()
    env.invalidate_all()
    gc.collect()
    forget_peak()
    before, queries = read_memory("VmRSS"), env.cr.sql_log_count
    start = time.perf_counter()
    timed()
    env.cr.flush()
    seconds = time.perf_counter() - start
    return [
        seconds / side.part,
        env.cr.sql_log_count - queries,
        read_memory("VmHWM") - before,
    ]


def read_memory(name):
    """Return one of the kernel's figures of this process, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(rf"{name}:\s+(\d+)", status)[1]) / MEGABYTE


def forget_peak():
    """Let the peak of memory count from now on."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


class Worker:
    """A process with one checkout of the module, which runs sides when asked to."""

    def __init__(self, config, databases):
        self.databases = databases
        self.process = subprocess.Popen(
            [sys.executable, FOLDER / "worker.py", config],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def has(self, side):
        """Return whether there is a database to run a side in."""
        return bool(self.databases.get(side.database))

    def run(self, bench, index, name, side, warm=False):
        """Return the figures of one run, ``None`` if it could not be done."""
        if not self.has(side):
            return None
        asked = [bench, index, name, self.databases[side.database], warm]
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measure(runs, rounds):
    """Return {key: Figures, or None}, the best of the rounds of each run.

    The runs take turns, so that what slows the machine down for a while slows all.

    :param dict runs: key -> function that returns the figures of one run
    """
    taken = {key: [] for key in runs}
    for _turn in range(rounds):
        for key, run in runs.items():
            if None not in taken[key]:
                taken[key].append(run())
    return {
        key: None if None in figures else Figures(*map(min, zip(*figures, strict=True)))
        for key, figures in taken.items()
    }


def format_row(row, ours, theirs):
    """Return the line of a row in the table."""
    ratio, reach, is_held = compare(row, ours, theirs)
    cells = (
        row.what,
        row.against,
        format_figures(ours, row.shows_memory),
        format_figures(theirs, row.shows_memory),
        ratio,
        reach,
        is_held,
    )
    return f"| {' | '.join(cells)} |"


def compare(row, ours, theirs):
    """Return (ratio, what is to be reached, whether it is held), as texts."""
    reach = [
        row.at_least and f"≥ {row.at_least:g} × as fast",
        row.at_most and f"≤ {row.at_most:g} × its time",
        row.within and f"≤ {row.within:g} s",
    ]
    reach = ", ".join(filter(None, reach)) or "–"
    if not (ours and theirs):
        return "–", reach, "not measured"
    ratio = (
        theirs.seconds / ours.seconds if row.at_least else ours.seconds / theirs.seconds
    )
    held = (
        ratio >= row.at_least
        and (not row.at_most or ratio <= row.at_most)
        and (not row.within or ours.seconds <= row.within)
    )
    return f"{ratio:.2f} ×", reach, "–" if reach == "–" else "yes" if held else "**no**"


def format_figures(figures, shows_memory):
    if not figures:
        return "–"
    memory = f", {figures.megabytes:.0f} MB" if shows_memory else ""
    seconds = (
        f"{figures.seconds * 1000:.1f} ms"
        if figures.seconds < 1
        else f"{figures.seconds:.2f} s"
    )
    return f"{seconds}, {figures.queries} q{memory}"
