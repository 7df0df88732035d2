from odoo.tests import tagged

from .test_tours import ToursCase


@tagged("post_install", "-at_install")
class TestLevelsTour(ToursCase):
    def test_a_supervisor_sees_who_would_move_before_it_is_applied(self):
        self.visit.action_deliver()
        segments = self.env["aftersales.segment"]
        segments.sudo()._recalculate_all(self.company)
        self._tour("aftersales_change_levels", self.supervisor)
        self.env.invalidate_all()
        level = self.customer.aftersales_segment_id
        self.assertEqual((level.code, level.company_id), ("vip", self.company))
        self.assertEqual(level.minimum_spend, 250)
