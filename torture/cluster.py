"""A PostgreSQL of its own that keeps what it promised, to be killed again and again."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo import sql_db
from odoo.tools import config

PORT = "5432"  # of a socket in a folder of its own: nobody else's
SETTINGS = """
listen_addresses = ''
max_connections = 100
shared_buffers = 128MB
fsync = on
synchronous_commit = on
full_page_writes = on
jit = off
"""


def find_programs():
    """Return the folder of the newest server on this machine."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: float(path.parent.parent.name),
    )
    return (folders[-1] if folders else Path(shutil.which("initdb")).resolve()).parent


class Cluster:
    """Runs as the user postgres where we are root, which PostgreSQL refuses to be."""

    user = "aftersales"

    def __init__(self):
        self.programs = find_programs()
        self.owner = [] if os.geteuid() else ["runuser", "-u", "postgres", "--"]
        self.folder = Path(tempfile.mkdtemp(prefix="aftersales-pg-"))
        if self.owner:
            shutil.chown(self.folder, "postgres")
        self.data = self.folder / "data"
        self._run(
            *("initdb", "-D", self.data, "-U", self.user, "-A", "trust"),
            *("-E", "UTF8", "--locale=C.UTF-8"),
        )
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(f"{SETTINGS}port = {PORT}\n")
            settings.write(f"unix_socket_directories = '{self.folder}'\n")
        self._start()

    def _run(self, program, *arguments):
        subprocess.run(
            [*self.owner, self.programs / program, *arguments],
            check=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    def _start(self):
        log = self.folder / "log"
        self._run("pg_ctl", "-D", self.data, "-l", log, "-w", "-t", "300", "start")

    def _stop(self):
        """Stop at once, without a last word to the disk."""
        self._run(
            "pg_ctl", "-D", self.data, "-m", "immediate", "-w", "-t", "300", "stop"
        )

    def kill(self):
        self._stop()
        sql_db.close_all()  # connections to a server that is no more
        self._start()

    def remove(self):
        with contextlib.suppress(subprocess.CalledProcessError):
            self._stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def take(self, database):
        """Copy a database of the other server into this one."""
        dump = self.folder / "dump"
        subprocess.run(
            [self.programs / "pg_dump", "-Fc", "-Z0", "-f", dump, database], check=True
        )
        with self.in_use():
            subprocess.run([self.programs / "createdb", database], check=True)
            subprocess.run(
                [self.programs / "pg_restore", "--no-owner", "-d", database, dump],
                check=True,
            )
        dump.unlink()

    @contextlib.contextmanager
    def in_use(self):
        """Let this process, and those that it starts, use this server.

        Odoo looked at the environment once, when it read its settings.
        """
        address = {"host": str(self.folder), "port": PORT, "user": self.user}
        sql_db.close_all()
        with (
            patch.dict(os.environ, {f"PG{k.upper()}": v for k, v in address.items()}),
            patch.dict(
                config.options.maps[0],
                {**{f"db_{k}": v for k, v in address.items()}, "db_port": int(PORT)},
            ),
        ):
            try:
                yield self
            finally:
                sql_db.close_all()
