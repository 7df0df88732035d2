from .season import SeasonCase


class TestSeason(SeasonCase):
    def test_ten_days_lived_at_random_break_no_rule_of_the_house(self):
        self.assertEqual(self.live(seed=1, days=10, acts=40), [])
        for act in ("receive_visit", "end_visit", "call", "step_case"):
            self.assertGreater(self.done[act], 3, act)
