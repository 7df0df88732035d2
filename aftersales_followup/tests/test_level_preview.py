from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tools import mute_logger

from .levels_common import LevelsCase

DENIALS = ("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


class TestLevelPreview(LevelsCase):
    """Nobody moves before somebody has seen who would."""

    def setUp(self):
        super().setUp()
        self.customers = {
            spend: self._new_served(spend) for spend in (100, 2500, 3500, 9000)
        }
        self._recalculate()

    def _new_preview(self, user=None):
        previews = self.env["aftersales.segment.preview"]
        if user:
            previews = previews.with_env(self.env(user=user, context={}))
        return previews.create({})

    def _set(self, preview, level, **vals):
        preview.line_ids.filtered(lambda line: line.segment_id == level).write(vals)

    def _get_cells(self, preview):
        """Return {(from, to): customers} of what the matrix shows."""
        levels = [level["name"] for level in preview.matrix["levels"]]
        return {
            (old, new): count
            for old, row in zip(levels, preview.matrix["rows"], strict=True)
            for new, count in zip(levels, row, strict=True)
            if count
        }

    def test_the_preview_begins_with_the_minimums_as_they_are(self):
        preview = self._new_preview()
        self.assertEqual(
            [
                (line.segment_id, line.minimum_spend, line.minimum_visits)
                for line in preview.line_ids
            ],
            [
                (self.vip, 20000, 8),
                (self.level_1, 8000, 4),
                (self.level_2, 2000, 2),
                (self.other, 0, 0),
            ],
        )

    def test_it_shows_who_would_move_and_writes_nothing(self):
        preview = self._new_preview()
        self._set(preview, self.level_2, minimum_spend=3000)
        self._set(preview, self.vip, minimum_spend=9000)
        preview.action_preview()
        self.assertEqual(
            self._get_cells(preview),
            {
                ("Level 1", "VIP"): 1,
                ("Level 2", "Level 2"): 1,
                ("Level 2", "Other"): 1,
                ("Other", "Other"): 1,
            },
        )
        self.assertEqual(preview.moved_count, 2)
        self.assertEqual(
            [(line.count_before, line.count_after) for line in preview.line_ids],
            [(0, 1), (1, 0), (2, 1), (1, 2)],
        )
        self.env.invalidate_all()
        self.assertEqual(self.customers[2500].aftersales_segment_id, self.level_2)
        self.assertEqual(
            (self.vip.minimum_spend, self.level_2.minimum_spend), (20000, 2000)
        )

    def test_each_number_opens_those_who_move(self):
        preview = self._new_preview()
        self._set(preview, self.level_2, minimum_spend=3000)
        self._set(preview, self.vip, minimum_spend=9000)
        preview.action_preview()
        for cell, customers in (
            ((self.level_2.id, self.other.id), self.customers[2500]),
            ((self.level_1.id, self.vip.id), self.customers[9000]),
            ((), self.customers[2500] | self.customers[9000]),
        ):
            action = preview.action_open_moves(*cell)
            moves = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(moves.partner_id, customers)
        move = moves.filtered(lambda move: move.spend == 2500)
        self.assertEqual(move.action_open_customer()["res_id"], self.customers[2500].id)

    def test_applying_gives_the_dealership_minimums_of_its_own(self):
        preview = self._new_preview()
        self._set(preview, self.level_2, minimum_spend=3000)
        preview.action_preview()
        preview.action_apply()
        self.env.invalidate_all()
        own = self.level_2._get_own(self.company)
        self.assertEqual((own.minimum_spend, own.minimum_visits), (3000, 2))
        self.assertEqual(self.level_2.minimum_spend, 2000)
        self.assertEqual(self.customers[2500].aftersales_segment_id, self.other)
        self.assertEqual(self.customers[3500].aftersales_segment_id, own)
        self.assertEqual((preview.state, preview.moved_count), ("applied", 1))
        self.assertFalse(preview.move_ids)
        # What was not changed is not copied.
        self.assertFalse(self.vip._get_own(self.company))

    def test_applying_without_a_change_calculates_anew_today(self):
        self._serve(self.customers[100], 30000)
        preview = self._new_preview()
        preview.action_preview()
        self.assertEqual(self._get_cells(preview)["Other", "VIP"], 1)
        preview.action_apply()
        self.env.invalidate_all()
        self.assertEqual(self.customers[100].aftersales_segment_id, self.vip)
        self.assertFalse(self.level_2._get_own(self.company))

    def test_only_what_was_seen_is_applied(self):
        preview = self._new_preview()
        with self.assertRaisesRegex(UserError, "Look at the preview first"):
            preview.action_apply()
        preview.action_preview()
        self._set(preview, self.level_2, minimum_spend=3000)
        with self.assertRaisesRegex(UserError, "Look at the preview first"):
            preview.action_apply()

    def test_levels_fixed_by_hand_do_not_move(self):
        self._fix(self.customers[2500], self.level_2)
        preview = self._new_preview()
        self._set(preview, self.level_2, minimum_spend=3000)
        preview.action_preview()
        self.assertEqual((preview.moved_count, preview.fixed_count), (0, 1))

    def test_it_is_about_one_dealership(self):
        branch = self.branch["company"]
        preview = self._new_preview(self.branch["supervisor"])
        self.assertEqual(preview.company_id, branch)
        preview.action_preview()
        self.assertEqual(preview.moved_count, 0)
        preview.sudo().company_id = self.company
        with self.assertRaises(AccessError), mute_logger(*DENIALS):
            preview.action_preview()

    def test_a_preview_tells_nothing_of_another_dealership(self):
        user = self.branch["supervisor"]
        archive = self.customers[2500].aftersales_archive_id
        moves = "aftersales.segment.preview.move"
        preview = self._new_preview(user)
        for model, vals in (
            (moves, {"preview_id": preview.id, "archive_id": archive.id}),
            ("aftersales.segment.preview", {"company_id": self.company.id}),
        ):
            env = self.env(user=user, su=False, context={})
            with self.assertRaises(AccessError), mute_logger(*DENIALS):
                call_kw(env[model], "create", ([vals],), {})

    def test_levels_are_the_supervisors_to_change(self):
        for user in (self.advisor, self.officer):
            with self.assertRaises(AccessError), mute_logger(*DENIALS):
                self._new_preview(user)

    def test_no_level_by_rule_is_said(self):
        preview = self._new_preview()
        preview.line_ids.write({"by_rule": False})
        with self.assertRaisesRegex(UserError, "No level is given by rule"):
            preview.action_preview()

    def test_a_shared_level_of_the_administrator_has_a_code_of_its_own_once_copied(
        self,
    ):
        gold = self.env["aftersales.segment"].sudo()
        gold = gold.create({"name": "Gold", "company_id": False, "sequence": 0})
        preview = self._new_preview()
        self._set(preview, gold.with_env(self.env), by_rule=True, minimum_spend=9000)
        preview.action_preview()
        preview.action_apply()
        self.env.invalidate_all()
        own = gold._get_own(self.company)
        self.assertEqual(self.customers[9000].aftersales_segment_id, own)
        self.assertFalse(gold.by_rule)
        lines = self._new_preview().line_ids
        self.assertIn(own, lines.segment_id)
        self.assertNotIn(gold, lines.segment_id)

    def test_who_has_no_level_yet_is_in_the_matrix(self):
        self._new_customer("Newcomer")
        preview = self._new_preview()
        preview.action_preview()
        self.assertEqual(self._get_cells(preview)["No Level", "Other"], 1)
        action = preview.action_open_moves(False, self.other.id)
        moves = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(moves.partner_id.name, "Newcomer")
        self.assertEqual(Command.set(moves.ids)[2], preview.move_ids.ids)
