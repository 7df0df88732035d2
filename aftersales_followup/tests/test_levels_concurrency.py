from odoo.api import SUPERUSER_ID
from odoo.tests import tagged

from .common import AftersalesData
from .processes import Meeting, ScratchDatabaseCase


@tagged("post_install", "-at_install")
class TestLevelsConcurrency(AftersalesData, ScratchDatabaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        customers = cls._new_audience(2)
        archives = customers.sudo().aftersales_archive_ids.sorted("id")
        cls.fixed_id, cls.other_id = archives.ids
        cls.vip_id = cls.env.ref("aftersales_followup.segment_vip").id
        cls.rest_id = cls.env.ref("aftersales_followup.segment_other").id
        cls.company_id = cls.company.id
        cls.supervisor_id = cls.supervisor.id
        cursor = cls.env.cr
        cursor.commit()
        cursor.close()

    def _recalculate(self, begun, fixed):
        def recalculate(env):
            company = env["res.company"].browse(self.company_id)
            company._aftersales_date()  # From here on it sees what is committed now.
            begun.join()
            fixed.join()
            env["aftersales.segment"]._recalculate_all(company)

        self.request(SUPERUSER_ID, recalculate)

    def _fix(self, begun, fixed):
        begun.join()

        def fix(env):
            archive = env["aftersales.archive"].browse(self.fixed_id)
            level = env["aftersales.segment"].browse(self.vip_id)
            archive._fix_level(level, "Chairs the club")

        self.request(self.supervisor_id, fix)
        fixed.join()

    def test_a_level_fixed_while_all_are_calculated_stays_fixed(self):
        begun, fixed = Meeting(), Meeting()
        self.finish(
            self.start(self._recalculate, begun, fixed),
            self.start(self._fix, begun, fixed),
        )

        def read(env):
            archives = env["aftersales.archive"].browse([self.fixed_id, self.other_id])
            changes = archives[0].segment_change_ids
            return archives.mapped("segment_id.id"), changes.mapped("cause")

        levels, causes = self.look(read)
        self.assertEqual(levels, [self.vip_id, self.rest_id])
        self.assertEqual(causes, ["hand"])
