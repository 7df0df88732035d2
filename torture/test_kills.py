"""Workers and PostgreSQL are killed at random moments of all kinds of work."""

import time
from collections import Counter

from cluster import Cluster
from house import HouseCase
from ledger import count, much, note
from works import WORKS

from odoo import sql_db

KILLS = 100
RESTARTS = 10


class KillCase(HouseCase):
    def strike_often(self, times, strike, topic):
        """Interrupt all kinds of work in turn, and look for what was lost."""
        users = {kind: self.new_user(kind) for kind in WORKS}
        struck, lost, durations = Counter(), Counter(), {}
        wrong = []
        for number in range(times):
            kind = WORKS[number % len(WORKS)]
            if kind not in durations:
                durations[kind] = self._measure(kind, users[kind])
            work = self.new_work(kind)
            failed = self.do_struck(
                work,
                users[kind],
                lambda kind=kind: strike(bool(kind.cron)),
                durations[kind],
            )
            found = [repr(failed)] if failed else []
            found += self.find_wrong(work)
            wrong += [f"{kind.name}: {each}" for each in found]
            struck[kind] += 1
            lost[kind] += bool(found)
        self.pass_night()
        in_house = self.find_wrong_in_house()
        for kind, times in struck.items():
            count(topic, kind.name, times, lost[kind])
        count(topic, "the whole house after the next night", 1, len(in_house))
        broken = sum(user.broken for user in users.values())
        note(f"{topic}: users got no answer {broken} times, and tried again")
        self.assertFalse(wrong + in_house)

    def _measure(self, kind, user):
        """Return how long the work takes if nobody interrupts it."""
        work = self.new_work(kind)
        began = time.monotonic()
        self.do_alone(work, user)
        seconds = time.monotonic() - began
        self.assertFalse(self.find_wrong(work))
        return seconds


class TestWorkersKilled(KillCase):
    def test_nothing_is_lost_when_workers_are_killed(self):
        self.strike_often(much(KILLS, 3), self.server.kill_worker, "kill -9 of workers")


class TestPostgresKilled(KillCase):
    @classmethod
    def _open_house(cls):
        """Move into a PostgreSQL that may be killed."""
        cls.cluster = Cluster()
        cls.addClassCleanup(cls.cluster.remove)
        cls.cluster.take(cls.scratch)
        cls.enterClassContext(cls.cluster.in_use())
        cls.registry._db = sql_db.db_connect(cls.scratch)  # it knew the other server
        super()._open_house()

    def test_nothing_is_lost_when_postgresql_is_killed(self):
        self.strike_often(
            much(RESTARTS), lambda cron: self.cluster.kill(), "kill of PostgreSQL"
        )
