from .season import SeasonCase


class TestSeason(SeasonCase):
    def test_ten_days_lived_at_random_break_no_rule_of_the_house(self):
        self.assertEqual(self.live(seed=1, days=10, acts=50), [])
        self.assertGreater(len(self.done), 20, "hardly anything was done")
