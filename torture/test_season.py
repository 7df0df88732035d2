"""Seasons at two dealerships, each lived differently, looked at every night."""

import random

from ledger import MUCH, count, much, note

from odoo.addons.aftersales_followup.tests.season import SeasonCase

SEASONS = 10
DAYS = 45
# The short form lives the same each time, the long one always something new.
FIRST = 1 if MUCH < 0.5 else random.SystemRandom().randrange(10**6)


class TestSeasons(SeasonCase):
    def test_whatever_is_done_no_rule_of_the_house_is_broken(self):
        broken, acts = [], 0
        for seed in range(FIRST, FIRST + much(SEASONS)):
            with self.env.cr.savepoint() as season:
                found = self.live(seed, DAYS, acts=25)
                season.rollback()
            self.env.registry.clear_all_caches()
            broken += [f"season {seed}: {text}" for text in found]
            acts += self.done.total()
        count(
            "seasons", f"acts of people in {much(SEASONS)} seasons", acts, len(broken)
        )
        for text in broken:
            note(text)
        self.assertFalse(broken)
