"""A real Odoo with workers, its users, and what befalls it."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import requests

from odoo.tools import config

PATIENCE = 40  # seconds until something counts as stuck
ERRORS_FOR_USERS = {
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
    "odoo.exceptions.AccessError",
    "odoo.exceptions.MissingError",
}


class Broken(Exception):
    """No answer: the worker or the database died."""


class Refused(Exception):
    """An answer in words for users."""


class Failed(Exception):
    """An answer that no user should see."""


def wait_until(what, condition, patience=PATIENCE):
    """Wait until ``condition()`` is true and return it; fail with ``what`` else."""
    end = time.monotonic() + patience
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"{what} takes longer than {patience} seconds")
        time.sleep(0.1)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Server:
    """``odoo-bin`` with workers on a database; ``log`` is a file.

    It is started anew when it gives up, as where a service manager looks after it:
    Odoo ends when it can not fork a worker while PostgreSQL comes up again.
    """

    def __init__(self, database, log, workers=1, cron=1):
        self.port = free_port()
        self.log = Path(log)
        self.command = [
            sys.executable,
            Path(os.environ["PYTHONPATH"].split(":")[0]) / "odoo-bin",
            *("-c", config.rcfile or os.environ["ODOO_RC"]),
            *("-d", database, f"--db-filter=^{database}$"),
            f"--http-port={self.port}",
            f"--gevent-port={free_port()}",
            f"--workers={workers}",
            f"--max-cron-threads={cron}",
            "--log-level=warn",
            f"--logfile={log}",
        ]
        self.stopping = threading.Event()
        self._start()
        wait_until("starting Odoo", self._answers)
        threading.Thread(target=self._keep_up, daemon=True).start()

    def _start(self):
        self.process = subprocess.Popen(
            [str(part) for part in self.command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _keep_up(self):
        while not self.stopping.wait(0.5):
            if self.process.poll() is not None:
                self._start()

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"Odoo did not start:\n{self.log.read_text()[-2000:]}")
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/web/health", timeout=5)
        except requests.RequestException:
            return False

    def stop(self):
        self.stopping.set()
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        for child in children:
            if child.is_running():
                child.kill()

    def get_workers(self, cron):
        """Return the processes that answer users, or those of scheduled actions.

        Odoo makes the latter nicer than the others; a third kind is a program of its
        own, for the bus.
        """
        found = []
        for child in psutil.Process(self.process.pid).children():
            try:
                if "gevent" not in child.cmdline() and (child.nice() > 0) == cron:
                    found.append(child)
            except psutil.NoSuchProcess:
                continue
        return found

    def kill_worker(self, cron=False):
        """Kill one of the workers, at once and for good; return whether one was."""
        workers = self.get_workers(cron)
        if workers:
            os.kill(random.choice(workers).pid, signal.SIGKILL)
        return bool(workers)


class User:
    """Somebody at a browser, who does it again when there was no answer."""

    def __init__(self, server, database, login):
        self.server = server
        self.url = f"http://127.0.0.1:{server.port}"
        self.session = requests.Session()
        self.broken = 0  # how often there was no answer
        self.together = False
        password = login + "x" * (8 - len(login))
        self._until_answered(
            "/web/session/authenticate",
            {"db": database, "login": login, "password": password},
        )

    def _post(self, path, params):
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        try:
            answer = self.session.post(self.url + path, json=body, timeout=PATIENCE)
            answer = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise Broken(str(error)) from error
        if "error" in answer:
            data = answer["error"].get("data", {})
            if data.get("name") in ERRORS_FOR_USERS:
                raise Refused(data["message"])
            raise Failed(f"{data.get('name')}: {data.get('debug', answer)}")
        return answer.get("result")

    def _until_answered(self, path, params):
        """Ask again until there is an answer; a dead database is no answer."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self._post(path, params)
            except (Broken, Failed) as error:
                if isinstance(error, Failed) and not self._is_of_dead_database(error):
                    raise
                self.broken += 1
                if time.monotonic() > end:
                    raise
                time.sleep(0.3)

    def _is_of_dead_database(self, error):
        text = str(error)
        return (
            any(
                word in text
                for word in (
                    "psycopg2.OperationalError",
                    "psycopg2.InterfaceError",
                    "AdminShutdown",
                    "CrashShutdown",
                    "CannotConnectNow",
                    "server closed the connection",
                    "connection already closed",
                    "Connection refused",
                )
            )
            and "could not serialize" not in text
        )

    def call(self, model, method, *args, **kwargs):
        """Return what a method answers, however often it has to be asked."""
        return self._until_answered(
            "/web/dataset/call_kw",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def press(self, model, button, ids):
        """Press a button; who got no answer and presses again may hear it is done.

        So may who is ``together`` with others at the same work.
        """
        before = self.broken
        try:
            return self.call(model, button, ids)
        except Refused:
            if self.broken == before and not self.together:
                raise
            return None

    def begin(self, model, vals):
        """Create a record, unless one of those who are ``together`` did so before."""
        try:
            return self.call(model, "create", [vals])
        except Refused:
            if not self.together:
                raise
            return None

    def insist(self, model, button, ids):
        """Press a button until it is one's turn."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self.call(model, button, ids)
            except Refused:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def try_to(self, model, method, *args):
        """Do what somebody else may have done already."""
        try:
            return self.call(model, method, *args)
        except Refused:
            return None
