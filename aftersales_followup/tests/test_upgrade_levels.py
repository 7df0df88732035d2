import importlib.util

from odoo.tools import file_path

from .levels_common import SHIPPED, LevelsCase

SCRIPTS = "aftersales_followup/migrations/19.0.1.2.0"


class TestUpgradeOfLevels(LevelsCase):
    def _load(self, name):
        path = file_path(f"{SCRIPTS}/{name}.py")
        spec = importlib.util.spec_from_file_location("migration", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        return script

    def test_visits_before_the_upgrade_tell_what_was_spent(self):
        both = self._new_served(0).aftersales_visit_ids.sudo()
        lines = [("customer", 300), ("insurance", 200), ("warranty", 70)]
        unpaid = self._new_served(0).aftersales_visit_ids
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM aftersales_visit_line")
        for payer, amount in lines:
            self.env.cr.execute(
                """INSERT INTO aftersales_visit_line
                          (visit_id, company_id, name, trade, payer, amount,
                           claim_state)
                   VALUES (%s, %s, 'Work', 'mechanical', %s, %s, 'none')""",
                (both.id, self.company.id, payer, amount),
            )
        self.env.cr.execute("ALTER TABLE aftersales_visit DROP COLUMN spend_total")
        script = self._load("pre-10_spend")
        for _n in range(2):  # Running it twice does what running it once does.
            script.migrate(self.env.cr, "19.0.1.1.0")
        self.env.invalidate_all()
        self.assertEqual((both.spend_total, unpaid.spend_total), (500, 0))

    def test_levels_given_by_hand_before_the_upgrade_are_kept(self):
        levels = self.env["aftersales.segment"].sudo()
        taxis = self._new_level("Taxis", sequence=0, by_rule=False)
        shipped = levels.union(*(getattr(self, code) for code in SHIPPED)).sudo()
        shipped.write({"code": False, "by_rule": False})
        shipped.write({"minimum_spend": 0, "minimum_visits": 0})
        self.vip.sudo().name = "Gold"
        by_hand = self._new_served(0)
        by_hand.sudo().aftersales_segment_id = self.vip
        without = self._new_served(0)
        self.env.flush_all()
        script = self._load("post-levels")
        for _n in range(2):  # Running it twice does what running it once does.
            script.migrate(self.env.cr, "19.0.1.1.0")
        self.env.invalidate_all()
        self.assertEqual(
            [
                (level.name, level.code, level.minimum_spend, level.minimum_visits)
                for level in shipped.sorted("sequence")
            ],
            [
                ("Gold", "vip", 20000, 8),
                ("Level 1", "level_1", 8000, 4),
                ("Level 2", "level_2", 2000, 2),
                ("Other", "other", 0, 0),
            ],
        )
        self.assertFalse(taxis.by_rule)
        self.assertTrue(by_hand.aftersales_segment_fixed)
        self.assertIn("by hand", by_hand.aftersales_segment_reason)
        self.assertFalse(without.aftersales_segment_fixed)
        self._recalculate()
        self.assertEqual(by_hand.aftersales_segment_id, self.vip)
        self.assertEqual(without.aftersales_segment_id, self.other)
