from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import TODAY
from .levels_common import LevelsCase


class TestLevelsByHand(LevelsCase):
    """A supervisor gives a level, and says why."""

    def test_a_level_fixed_by_hand_stays_until_it_is_released(self):
        customer = self._new_served(500)
        self._recalculate()
        self._fix(customer, self.vip, "Owns the taxi company")
        self.assertTrue(customer.aftersales_segment_fixed)
        self.assertEqual(customer.aftersales_segment_reason, "Owns the taxi company")
        self.assertEqual(self._recalculate(), 0)
        self.assertEqual(customer.aftersales_segment_id, self.vip)
        dialog = self.env["aftersales.segment.fix"].create(
            {"partner_ids": [Command.set(customer.ids)], "reason": "Sold the company"}
        )
        dialog.action_release()
        self.env.invalidate_all()
        self.assertFalse(customer.aftersales_segment_fixed)
        self.assertFalse(customer.aftersales_segment_reason)
        self.assertEqual(customer.aftersales_segment_id, self.other)
        empty = self.env["aftersales.segment"]
        self.assertEqual(
            self._get_history(customer),
            [
                (TODAY, empty, self.other, 500, 1, "rules"),
                (TODAY, self.other, self.vip, 500, 1, "hand"),
                (TODAY, self.vip, self.vip, 500, 1, "release"),
                (TODAY, self.vip, self.other, 500, 1, "rules"),
            ],
        )
        changes = customer.aftersales_archive_id.segment_change_ids.sorted("id")
        self.assertEqual(
            changes.mapped("reason"),
            [False, "Owns the taxi company", "Sold the company", False],
        )
        self.assertEqual(changes.user_id, self.supervisor)

    def test_a_level_is_fixed_for_a_reason(self):
        customer = self._new_served(500)
        with self.assertRaisesRegex(UserError, "Say why"):
            self._fix(customer, self.vip, "  ")
        with self.assertRaisesRegex(UserError, "Choose the level"):
            self._fix(customer, self.env["aftersales.segment"])
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        with self.assertRaisesRegex(UserError, "Stranger has no archive"):
            self._fix(stranger, self.vip)
        self.assertFalse(customer.aftersales_segment_id)

    def test_what_is_not_fixed_cannot_be_released(self):
        customer = self._new_served(500)
        form = Form(
            self.env["aftersales.segment.fix"].with_context(
                default_partner_ids=customer.ids
            )
        )
        form.reason = "x"
        with self.assertRaisesRegex(UserError, "follow the rules already"):
            form.save().action_release()

    def test_only_supervisors_give_levels_by_hand(self):
        customer = self._new_served(500)
        for user in (self.advisor, self.officer):
            with (
                self.assertRaises(AccessError),
                mute_logger("odoo.addons.base.models.ir_model"),
            ):
                self._fix(customer, self.vip, user=user)
            archive = customer.aftersales_archive_id.with_user(user)
            for step in (archive._fix_level, archive._release_level):
                arguments = ["x"] if step == archive._release_level else [self.vip, "x"]
                with self.assertRaisesRegex(AccessError, "Only a supervisor"):
                    step(*arguments)
            with self.assertRaisesRegex(AccessError, "Only a supervisor"):
                customer.with_user(user).aftersales_segment_id = self.vip
        self.env.invalidate_all()
        self.assertFalse(customer.aftersales_segment_id)

    def test_a_level_that_a_supervisor_typed_in_stays(self):
        customer = self._new_served(500)
        customer.aftersales_segment_id = self.vip
        imported = self._new_customer("By File", aftersales_segment_id=self.level_1.id)
        self._recalculate()
        self.assertEqual(customer.aftersales_segment_id, self.vip)
        self.assertEqual(imported.aftersales_segment_id, self.level_1)
        self.assertEqual(customer.aftersales_segment_reason, "Entered by hand")
        customer.aftersales_segment_id = False
        self.assertFalse(customer.aftersales_segment_fixed)
        self._run_night()
        self.assertEqual(customer.aftersales_segment_id, self.other)

    def test_of_two_contacts_merged_the_level_fixed_by_hand_is_kept(self):
        kept, doubled = self._new_served(500), self._new_served(500)
        self._recalculate()
        self._fix(doubled, self.vip, "Chairs the club")
        (kept | doubled).invalidate_recordset()
        doubled.sudo()._aftersales_merge_archives(kept.sudo())
        self.env.invalidate_all()
        self.assertEqual(kept.aftersales_segment_id, self.vip)
        self.assertEqual(kept.aftersales_segment_reason, "Chairs the club")
        causes = [change[-1] for change in self._get_history(kept)]
        self.assertEqual(sorted(causes), ["hand", "hand", "rules", "rules"])
