from datetime import datetime

from freezegun import freeze_time

from odoo.modules import Manifest
from odoo.tests import TransactionCase
from odoo.tools import convert_file

MODULE = "aftersales_followup"


class TestDemo(TransactionCase):
    """The demo dealership, loaded as Odoo loads it, in a database without demo data."""

    def _load_demo(self, moment):
        freezer = freeze_time(moment)
        freezer.start()
        self.addCleanup(freezer.stop)
        self.patch(self.env.cr, "now", lambda: moment)
        if not self.env.ref("fleet.model_category_suv", raise_if_not_found=False):
            category = self.env["fleet.vehicle.model.category"].create({"name": "SUV"})
            self.env["ir.model.data"]._update_xmlids(
                [{"xml_id": "fleet.model_category_suv", "record": category}]
            )
        idref = {}
        for path in Manifest.for_addon(MODULE)["demo"]:
            convert_file(self.env, MODULE, path, idref, "init", noupdate=True)

    def test_the_demo_dealership_lives_on_any_day(self):
        # Half past midnight on the first of a month in Shanghai, the day before in UTC.
        now = datetime(2028, 2, 29, 16, 30)
        self._load_demo(now)
        vip = self.env.ref(f"{MODULE}.segment_vip")
        officers = [self.env.ref(f"{MODULE}.demo_user_officer{n}") for n in (1, 2, 3)]
        # The first officer stands in for the third.
        for officer, acting in zip(officers, (*officers[:2], officers[0]), strict=True):
            followups = self.env["aftersales.followup"].with_user(acting)
            due = followups.search(
                [("user_id", "=", officer.id), *followups._get_due_domain()]
            )
            self.assertIn(len(due), range(6, 16))
            self.assertIn(len(due.filtered("is_overdue")), range(1, 4))
            self.assertIn(vip, due.segment_id)
        ours = [("company_id", "=", self.env.ref("base.main_company").id)]
        visits = self.env["aftersales.visit"].search(ours)
        calls = self.env["aftersales.call"].search([*ours, ("number", "!=", False)])
        letters = self.env["aftersales.letter"].search([*ours, ("number", "!=", False)])
        self.assertEqual(len(visits), 150)
        self.assertGreaterEqual(len(calls), 100)
        self.assertGreaterEqual(len(letters), 20)
        self.assertLessEqual(max(visits.mapped("date_arrival")), now)
        self.assertLessEqual(max(calls.mapped("date")), now)
        dates = calls.sorted("number").mapped("date")
        self.assertEqual(dates, sorted(dates), "numbers rise with the dates")
        cases = self.env["aftersales.case"].search(ours)
        self.assertEqual(
            set(cases.mapped("state")), {"open", "escalated", "solved", "closed"}
        )
        self.assertTrue(self.env["aftersales.optout"].search(ours))
        campaign = self.env["aftersales.campaign"].search(
            [*ours, ("state", "=", "confirmed")]
        )
        self.assertEqual((campaign.called_count, campaign.coming_count), (4, 2))
        suggested = [*ours, ("letter_suggested", "=", True)]
        self.assertTrue(self.env["aftersales.followup"].search(suggested))
        models = ("aftersales.letter", "aftersales.case", "aftersales.substitution")
        mails = self.env["mail.mail"].search([("model", "in", models)])
        self.assertEqual(set(mails.mapped("state")), {"sent"}, "none is to go out")
