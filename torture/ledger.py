"""How much is done, and what was counted: printed when all is over."""

import os

# The share of the long form.
MUCH = float(os.environ.get("MUCH") or 0.02)

ROWS = []  # (topic, what, count, losses)
NOTES = []  # what is listed and not counted


def much(full, least=1):
    """Return how many of ``full`` cases this run does."""
    return max(least, round(full * MUCH))


def count(topic, what, number, losses=0):
    """Add a row to the table: what was tried how often, and what was lost by it."""
    ROWS.append((topic, what, number, losses))


def note(text):
    """List something that is nobody's loss."""
    NOTES.append(text)


def table():
    """Yield the lines of the table."""
    yield "| topic | what was tried | times | lost or wrong |"
    yield "|---|---|---|---|"
    for topic, what, number, losses in ROWS:
        yield f"| {topic} | {what} | {number:,} | {losses} |"
