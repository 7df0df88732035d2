"""Prints what was counted, and the verdict."""

import ledger


def pytest_terminal_summary(terminalreporter, exitstatus):
    if not ledger.ROWS:
        return
    write = terminalreporter.write_line
    write("")
    for line in ledger.table():
        write(line)
    for text in ledger.NOTES:
        write(text)
    tried = sum(row[2] for row in ledger.ROWS)
    losses = sum(row[3] for row in ledger.ROWS)
    held = not losses and exitstatus == 0
    write("")
    write(
        f"Torture at {ledger.MUCH:g} of the long form: {tried:,} tried, "
        f"{losses or 'zero'} losses. {'HELD' if held else 'NOT HELD'}"
    )
