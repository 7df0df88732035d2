"""Eight people do the same work at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from house import HouseCase
from ledger import count, much
from works import WORKS

PEOPLE = 8
ROUNDS = 10


class TestAtOnce(HouseCase):
    """They are told what is done already; nobody is shown what a database says."""

    workers = 4
    crons = 2

    def test_eight_at_once_do_it_once(self):
        wrong = []
        for kind in WORKS:
            users = [self.new_user(kind) for _n in range(PEOPLE)]
            for user in users:
                user.together = True
            found = [
                each
                for _round in range(much(ROUNDS))
                for each in self._do_together(self.new_work(kind), users)
            ]
            wrong += [f"{kind.name}: {each}" for each in found]
            count("eight at once", kind.name, much(ROUNDS), len(found))
        self.pass_night()
        in_house = self.find_wrong_in_house()
        count("eight at once", "the whole house after the night", 1, len(in_house))
        self.assertFalse(wrong + in_house)

    def _do_together(self, work, users):
        """Return what went wrong when all of them did a work at once."""
        gate = Barrier(PEOPLE)

        def do(user):
            gate.wait()
            try:
                work.do(user)
            except Exception as error:
                return repr(error)
            return None

        if work.cron:
            return self._do_at_night(work)
        with ThreadPoolExecutor(PEOPLE) as pool:
            errors = [error for error in pool.map(do, users) if error]
        return errors + self.find_wrong(work)

    def _do_at_night(self, work):
        """Let the schedulers of several hosts race for the work."""
        for _n in range(PEOPLE):
            self.trigger(work)
        self.wait_for(work)
        return self.find_wrong(work)
