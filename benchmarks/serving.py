"""A real server with several workers, and clients that ask it at the same time."""

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import requests

import odoo

PATIENCE = 60  # seconds until a server that does not answer has failed
PASSWORD = "bench"


class Server:
    """Odoo on a database, as a dealership runs it: worker processes behind one port."""

    def __init__(self, database, workers):
        port, gevent_port = find_ports(2)
        self.database = database
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [
                *(sys.executable, Path(odoo.__path__[0]).parent / "odoo-bin"),
                *("-c", os.environ["ODOO_RC"], "-d", database),
                *("--db-filter", f"^{database}$", "--no-database-list"),
                *("--http-port", str(port), "--gevent-port", str(gevent_port)),
                *("--workers", str(workers), "--max-cron-threads", "0"),
                *("--log-level", "error"),
            ],
            stdout=subprocess.DEVNULL,
        )
        self.wait()

    def wait(self):
        """Wait until the server answers."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                Client(self).session.get(f"{self.url}/web/health", timeout=5)
            except requests.ConnectionError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise
                time.sleep(0.2)
            else:
                return

    def stop(self):
        self.process.terminate()


class Client:
    """Somebody with a browser: one session, one request after the other."""

    def __init__(self, server, login=None):
        self.server = server
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy stands in between
        if login:
            self.ask(
                "/web/session/authenticate",
                db=server.database,
                login=login,
                password=PASSWORD,
            )

    def call(self, model, method, *args):
        """Call a method as Odoo's web client does."""
        return self.ask(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs={},
        )

    def ask(self, route, **params):
        answer = self.session.post(
            self.server.url + route, json={"params": params}, timeout=PATIENCE
        ).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["debug"])
        return answer["result"]


def find_ports(count):
    """Return free ports."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _n in range(count)]
    ports = [found.getsockname()[1] for found in sockets]
    for found in sockets:
        with closing(found):
            pass
    return ports


def at_once(work, clients):
    """Let each client do the work at the same time; raise what went wrong.

    :param work: function of a client and its number
    """
    with ThreadPoolExecutor(len(clients)) as pool:
        list(pool.map(work, clients, range(len(clients))))
