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
        self.assertEqual(len(visits), 148)
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
        self._check_rounds(cases)
        self._check_optouts(self.env["aftersales.optout"].search(ours))
        self._check_corrections(calls)
        self._check_dates_of_cars()
        results = {
            result
            for (result,) in self.env["aftersales.clock"]._read_group(ours, ["result"])
        }
        self.assertEqual(
            results, {"running", "on_time", "early", "late", "missed", "void"}
        )
        campaign = self.env["aftersales.campaign"].search(
            [*ours, ("state", "=", "confirmed")]
        )
        self.assertEqual((campaign.called_count, campaign.coming_count), (4, 2))
        self._check_figures()
        suggested = [*ours, ("letter_suggested", "=", True)]
        self.assertTrue(self.env["aftersales.followup"].search(suggested))
        models = ("aftersales.letter", "aftersales.case", "aftersales.substitution")
        mails = self.env["mail.mail"].search([("model", "in", models)])
        self.assertEqual(set(mails.mapped("state")), {"sent"}, "none is to go out")

    def _check_figures(self):
        """Each figure of the house has an actual this year or last, and the plan's
        targets stand beside it."""
        company = self.env.ref("base.main_company")
        values = self.env["aftersales.kpi.value"].search(
            [
                ("company_id", "=", company.id),
                ("user_id", "=", False),
                ("is_empty", "=", False),
            ]
        )
        kpis = self.env["aftersales.kpi"].search([("code", "!=", False)])
        # There were too few complaints in the month before to compare with.
        empty = (kpis - values.kpi_id).mapped("code")
        self.assertLessEqual(set(empty), {"complaint_change"})
        targets = self.env["aftersales.kpi.target"].search(
            [("company_id", "=", company.id), ("year", "=", 2028)]
        )
        self.assertEqual(len(targets), 30)
        self.assertFalse(any(kpis.mapped("last_error")))

    def _check_rounds(self, cases):
        """One complaint was reopened, and waits for the maker now."""
        reopened = cases.filtered(lambda case: case.round_number > 1)
        self.assertEqual(len(reopened), 1)
        self.assertEqual(reopened.case_type, "complaint")
        self.assertTrue(reopened.cause_id)
        self.assertEqual(reopened.round_ids.mapped("number"), [1, 2])
        self.assertEqual(reopened.waiting_for, "maker")
        self.assertEqual((reopened.parts_days, reopened.waiting_days), (2, 4))
        self.assertEqual(reopened.round_ids[0].inform_result, "on_time")

    def _check_optouts(self, optouts):
        """Each was said on the phone, for a reason from the list."""
        self.assertEqual(len(optouts), 3)
        self.assertTrue(all(optout.reason_id and optout.call_id for optout in optouts))
        self.assertEqual(
            optouts.filtered("is_lost").vehicle_id.mapped("active"), [True]
        )
        self.assertIn("events", optouts.mapped("purpose"))

    def _check_corrections(self, calls):
        """A supervisor put one call right, and one caller was unknown at first."""
        corrections = calls.correction_ids
        self.assertEqual(len(corrections.call_id), 2)
        self.assertLess(max(corrections.mapped("date")), calls[0].date)
        given = calls.filtered(lambda call: call.caller_name and call.partner_id)
        self.assertEqual(len(given), 1)
        self.assertTrue(calls.filtered(lambda call: not call.partner_id))

    def _check_dates_of_cars(self):
        """Two new cars are due for their first maintenance; all have a warranty."""
        cars = self.env["fleet.vehicle"].browse(
            self.env.ref(f"{MODULE}.demo_car_{n:02}").id for n in range(1, 81)
        )
        self.assertTrue(all(cars.mapped("aftersales_warranty_expiry_date")))
        new = cars.filtered("aftersales_first_maintenance_date")
        self.assertEqual(len(new), 2)
        rules = new.aftersales_followup_ids.rule_id
        self.assertEqual(rules.mapped("code"), ["first_maintenance"])
