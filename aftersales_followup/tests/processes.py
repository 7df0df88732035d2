import logging
import multiprocessing
import traceback
from contextlib import closing
from functools import partial
from unittest.mock import patch

from psycopg2.extensions import quote_ident

from odoo import api, sql_db
from odoo.api import SUPERUSER_ID
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name
from odoo.tools import SQL, config, mute_logger

FORK = multiprocessing.get_context("fork")
PATIENCE = 30  # seconds until a process counts as stuck


class Errors(logging.Handler):
    """Keeps what a process logged as an error."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())


class Meeting:
    """Where two processes wait for each other, once, however often they begin anew."""

    def __init__(self):
        self._barrier = FORK.Barrier(2)
        self._over = False

    def join(self):
        if not self._over:
            self._over = True
            self._barrier.wait(PATIENCE)


def run(sender, work):
    """Do the work of a process and send ``(result, failure, logged errors)``."""
    errors, result, failure = Errors(), None, None
    logging.getLogger().addHandler(errors)
    try:
        # Whoever comes second begins anew: at once, and Odoo's note of it is no error.
        with (
            patch("odoo.service.model.random.uniform", return_value=0.01),
            mute_logger("odoo.sql_db"),
        ):
            result = work()
    except Exception:
        failure = traceback.format_exc()
    sender.send((result, failure, errors.messages))


class ScratchDatabaseCase(BaseCase):
    """A copy of the database, where processes commit what they do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scratch = f"{get_db_name()}_scratch"
        cls._drop_scratch()
        cls.addClassCleanup(cls._drop_scratch)
        sql_db.close_db(get_db_name())
        cls._administer("CREATE DATABASE {} TEMPLATE {}", cls.scratch, get_db_name())
        # Loading it must not run the tests in it.
        with patch.dict(config.options.maps[0], test_enable=False):
            cls.registry = Registry(cls.scratch)
        cls.env = api.Environment(cls.registry.cursor(), SUPERUSER_ID, {})

    @classmethod
    def _drop_scratch(cls):
        Registry.delete(cls.scratch)
        sql_db.close_db(cls.scratch)
        cls._administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", cls.scratch)

    @classmethod
    def _administer(cls, statement, *databases):
        with closing(sql_db.db_connect("postgres").cursor()) as cr:
            cr._cnx.autocommit = True
            names = [quote_ident(name, cr._cnx) for name in databases]
            cr.execute(SQL(statement.format(*names)))

    # ------------------------------------------------------------
    # Processes
    # ------------------------------------------------------------

    def start(self, work, *args):
        """Let another process do ``work(*args)``; return it and its pipe."""
        # A process that inherited a connection would talk in between.
        sql_db.close_db(self.scratch)
        receiver, sender = FORK.Pipe(duplex=False)
        process = FORK.Process(target=run, args=(sender, partial(work, *args)))
        process.start()
        self.addCleanup(self._end, process)
        return process, receiver

    def _end(self, process):
        process.kill()
        process.join()

    def finish(self, *started):
        """Return the results of processes, which must neither fail nor log errors."""
        results = []
        for process, receiver in started:
            self.assertTrue(receiver.poll(PATIENCE), "the process is stuck")
            result, failure, errors = receiver.recv()
            process.join()
            self.assertFalse(failure, failure)
            self.assertFalse(errors)
            results.append(result)
        return results

    def request(self, user_id, function):
        """Run ``function(env)`` in a transaction as Odoo's server does a request."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, user_id, {})
            return retrying(partial(function, env), env)

    def look(self, function):
        """Return what ``function(env)`` reads from what is committed."""
        with self.registry.cursor() as cr:
            return function(api.Environment(cr, SUPERUSER_ID, {}))
