"""How scheduled work is done: step by step, each committed; a failure stops no other.

Users deliver cars and change follow-ups while it is at work, and a worker can be
killed at any moment: what was committed stays, and the next run does the rest.
"""

import logging

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


def commit_step(env, step, *args):
    """Do one step of a scheduled action and commit it; anew if somebody came first.

    A transaction that comes second is begun again and then sees what the first did.

    :param step: method that returns the records it worked on
    :return: these records, and how many seconds are left
    """
    while True:
        try:
            records = step(*args)
            left = env["ir.cron"]._commit_progress(len(records), remaining=1)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            env.cr.rollback()
        else:
            return records, left


def do_in_parts(records, step, reject):
    """Do ``step(records)``; if that fails each half, down to the record that fails.

    :param reject: called with each record that fails, and the exception
    :return: list of what ``step`` returned for the parts that went well
    """
    if not records:
        return []
    try:
        with records.env.cr.savepoint():
            return [step(records)]
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        raise
    except Exception as error:
        if len(records) == 1:
            reject(records, error)
            return []
    middle = len(records) // 2
    return [
        result
        for part in (records[:middle], records[middle:])
        for result in do_in_parts(part, step, reject)
    ]


def do_or_skip(records, step, failed):
    """Do ``step(records)`` in parts; log what fails, for the next run to try again.

    :param set failed: takes the ids of the records that fail
    """

    def skip(record, error):
        _logger.error("Could not see to %s", record, exc_info=error)
        failed.add(record.id)

    return do_in_parts(records, step, skip)
