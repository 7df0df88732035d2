from datetime import date, datetime, timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import mute_logger

from .common import NOW, TODAY
from .levels_common import LevelsCase


class TestLevels(LevelsCase):
    """Levels by the rules of the last twelve months, first match wins."""

    def test_shipped_levels_are_reached_by_spend_or_by_visits(self):
        table = [
            (20000.00, 1, self.vip),
            (19999.99, 1, self.level_1),
            (0, 8, self.vip),
            (0, 7, self.level_1),
            (8000.00, 1, self.level_1),
            (7999.99, 1, self.level_2),
            (0, 4, self.level_1),
            (0, 3, self.level_2),
            (2000.00, 1, self.level_2),
            (1999.99, 1, self.other),
            (0, 2, self.level_2),
            (0, 1, self.other),
            (0, 0, self.other),
        ]
        customers = [self._new_served(spend, visits) for spend, visits, _ in table]
        self.assertEqual(self._recalculate(), len(table))
        for customer, (spend, visits, level) in zip(customers, table, strict=True):
            with self.subTest(spend=spend, visits=visits):
                self.assertEqual(customer.aftersales_segment_id, level)

    def test_what_customer_and_insurer_paid_counts_and_nothing_else(self):
        customer = self._new_served(1500)
        self._serve(customer, 400, 100, payer="insurance")
        for payer in ("warranty", "internal"):
            other = self._new_served(50000, payer=payer)
            self._recalculate()
            self.assertEqual(other.aftersales_segment_id, self.other, payer)
        self.assertEqual(customer.aftersales_segment_id, self.level_2)
        archive = customer.aftersales_archive_id
        self.assertEqual((archive.year_spend, archive.year_visits), (2000, 2))

    def test_twelve_months_up_to_today_are_the_dealerships_own_days(self):
        # Today is 2 March 2026 in Shanghai; the twelve months begin on 3 March 2025.
        before = self._new_served(30000, ended=datetime(2025, 3, 2, 15, 59, 59))
        first = self._new_served(30000, ended=datetime(2025, 3, 2, 16, 0))
        self._recalculate()
        self.assertEqual(before.aftersales_segment_id, self.other)
        self.assertEqual(first.aftersales_segment_id, self.vip)

    def test_visits_that_did_not_end_count_nothing(self):
        customer = self._new_customer()
        self._new_vehicle(customer)
        self._new_visit(customer)
        cancelled = self._new_visit(customer)
        cancelled.action_cancel()
        for _n in range(2):
            talk = self._new_visit(customer, visit_type="consultation")
            talk.line_ids.unlink()
            talk.action_close()
        self._recalculate()
        archive = customer.aftersales_archive_id
        # A consultation is a visit, too.
        self.assertEqual((archive.year_spend, archive.year_visits), (0, 2))
        self.assertEqual(archive.segment_id, self.level_2)

    def test_where_both_are_asked_for_both_must_be_reached(self):
        loyal = self._new_level(
            "Loyal",
            sequence=0,
            minimum_spend=1000,
            minimum_visits=2,
            requirement="both",
        )
        only_spend = self._new_served(1000)
        only_visits = self._new_served(999, 2)
        both = self._new_served(1000, 2)
        self._recalculate()
        self.assertEqual(both.aftersales_segment_id, loyal)
        self.assertEqual(only_spend.aftersales_segment_id, self.other)
        self.assertEqual(only_visits.aftersales_segment_id, self.level_2)

    def test_the_first_level_that_is_reached_wins(self):
        self._new_level("Later", sequence=2, minimum_spend=1)
        customer = self._new_served(9000)
        self._recalculate()
        self.assertEqual(customer.aftersales_segment_id, self.level_1)

    def test_a_level_that_is_given_by_hand_is_given_by_no_rule(self):
        taxis = self._new_level("Taxis", sequence=0, by_rule=False)
        customer = self._new_served(9000)
        self._recalculate()
        self.assertEqual(customer.aftersales_segment_id, self.level_1)
        self._fix(customer, taxis)
        self._recalculate()
        self.assertEqual(customer.aftersales_segment_id, taxis)

    def test_where_no_level_is_given_by_rule_all_keep_theirs(self):
        customer = self._new_served(9000)
        self._recalculate()
        self.env["aftersales.segment"].sudo().search([]).by_rule = False
        self.assertEqual(self._recalculate(), 0)
        self.assertEqual(customer.aftersales_segment_id, self.level_1)

    def test_minimums_are_not_negative(self):
        with (
            self.assertRaisesRegex(CheckViolation, "check_minimum"),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self._new_level("Owing", minimum_spend=-1)

    def test_each_change_is_kept_with_day_levels_and_figures(self):
        customer = self._new_served(2500)
        self._recalculate()
        self.pass_days(10)
        self._serve(customer, 5500)
        self._recalculate()
        empty = self.env["aftersales.segment"]
        self.assertEqual(
            self._get_history(customer),
            [
                (TODAY, empty, self.level_2, 2500, 1, "rules"),
                (date(2026, 3, 12), self.level_2, self.level_1, 8000, 2, "rules"),
            ],
        )

    def test_calculating_again_writes_nothing(self):
        customer = self._new_served(2500)
        self._recalculate()
        archive = customer.aftersales_archive_id
        history, written = self._get_history(customer), archive.write_date
        self.pass_days(1)
        self.assertEqual(self._recalculate(), 0)
        self.assertEqual(self._get_history(customer), history)
        self.assertEqual(archive.write_date, written)

    def test_history_is_never_deleted(self):
        customer = self._new_served(2500)
        self._recalculate()
        changes = customer.aftersales_archive_id.segment_change_ids
        with self.assertRaisesRegex(UserError, "never deleted"):
            changes.sudo().unlink()
        for user in (self.advisor, self.officer, self.supervisor):
            theirs = changes.with_user(user)
            self.assertTrue(theirs.mapped("spend"))
            with (
                self.assertRaises(AccessError),
                mute_logger("odoo.addons.base.models.ir_model"),
            ):
                theirs.write({"spend": 1})

    def test_each_dealership_counts_its_own_visits_and_levels(self):
        customer = self._new_served(30000)
        customer.company_id = False
        with self.at_branch():
            theirs = customer.with_env(self.env(**self._at_branch_env()))
            car = self._new_vehicle(plate="8ABC123", company_id=self.company.id)
            self._import_visit(
                theirs,
                car,
                company_id=self.company.id,
                date_arrival=NOW - timedelta(days=9),
                date_delivery=NOW - timedelta(days=9),
            )
        branch = self.branch["company"]
        self.assertGreater(self._recalculate(), 0)
        self.assertFalse(theirs.aftersales_segment_id)
        self._recalculate(branch.with_env(self.env))
        self.assertEqual(customer.aftersales_segment_id, self.vip)
        self.assertEqual(theirs.aftersales_segment_id, self.other)
        self.env.invalidate_all()
        seen = customer.with_user(self.officer).aftersales_archive_ids
        self.assertEqual(seen.company_id, self.company)

    def _at_branch_env(self):
        return {
            "user": self.branch["supervisor"],
            "context": {"allowed_company_ids": self.branch["company"].ids},
        }

    def test_own_minimums_take_the_place_of_the_shared_ones_here_alone(self):
        customer = self._new_served(5000)
        fixed = self._new_served(0)
        self._recalculate()
        self._fix(fixed, self.level_2)
        history = self._get_history(customer)
        campaign = self._new_campaign(segment_ids=[Command.set(self.level_2.ids)])
        self.level_2.with_context(aftersales_stay=True).action_make_own_copy()
        own = self.level_2._get_own(self.company)
        self.assertTrue(own.by_rule)
        self.env.invalidate_all()
        # It is the same level by another record: nobody moved.
        self.assertEqual((customer | fixed).aftersales_segment_id, own)
        self.assertEqual(campaign.segment_ids, own)
        self.assertEqual(self._get_history(customer), history)
        self.assertEqual(self._recalculate(), 0)
        own.minimum_spend = 5001
        self._recalculate()
        self.assertEqual(customer.aftersales_segment_id, self.other)
        self.assertEqual(fixed.aftersales_segment_id, own)
        branch = self.branch["company"]
        levels = self.env["aftersales.segment"]._get_levels(branch)
        self.assertIn(self.level_2, levels)
        self.assertNotIn(own, levels)

    def test_all_levels_are_calculated_in_the_first_night_of_a_month(self):
        customer = self._new_served(2500)
        self._run_night()
        self.assertEqual(customer.aftersales_segment_id, self.level_2)
        self.assertEqual(self.company.aftersales_levels_date, TODAY)
        self._serve(customer, 30000)
        # 31 March in Shanghai, then 1 April there while it is still March in UTC.
        self.set_now(datetime(2026, 3, 31, 2, 0))
        self._run_night()
        self.assertEqual(customer.aftersales_segment_id, self.level_2)
        self.set_now(datetime(2026, 3, 31, 16, 30))
        self._run_night()
        self.assertEqual(customer.aftersales_segment_id, self.vip)
        self.assertEqual(self.company.aftersales_levels_date, date(2026, 4, 1))

    def test_a_first_night_that_was_missed_is_made_up_for(self):
        customer = self._new_served(2500)
        self._run_night()
        self._serve(customer, 30000)
        self.set_now(datetime(2026, 4, 17, 2, 0))
        self._run_night()
        self.assertEqual(customer.aftersales_segment_id, self.vip)

    def test_a_new_customer_has_a_level_after_the_next_night(self):
        self._run_night()
        customer = self._new_served(2500)
        self._run_night()
        self.assertEqual(customer.aftersales_segment_id, self.level_2)

    def test_a_company_that_fails_stops_no_other(self):
        customer = self._new_served(2500)
        Segment = self.env.registry["aftersales.segment"]
        recalculate = Segment._recalculate_all
        broken = self.branch["company"].id

        def fail(self, company):
            if company.id == broken:
                raise ValueError("broken")
            return recalculate(self, company)

        with (
            patch.object(Segment, "_recalculate_all", fail),
            self.assertLogs(
                "odoo.addons.aftersales_followup.models.scheduler", "ERROR"
            ),
        ):
            self._run_night()
        self.assertEqual(customer.aftersales_segment_id, self.level_2)
        self.assertFalse(self.branch["company"].aftersales_levels_date)

    def test_one_statement_calculates_however_many_customers_there_are(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["aftersales.segment"].sudo()._recalculate(self.company)
            return self.env.cr.sql_log_count - before

        for _n in range(4):
            self._new_served(2500)
        count()
        for _n in range(4):
            self._new_served(2500)
        few = count()
        for _n in range(20):
            self._new_served(2500)
        self.assertEqual(count(), few)

    def test_campaigns_choose_customers_by_level_and_retention(self):
        lost = self._new_served(100, ended=datetime(2025, 3, 1, 2, 0))
        at_risk = self._new_served(100, ended=datetime(2025, 8, 1, 2, 0))
        active = self._new_served(2500)
        self._recalculate()
        for vals, told in (
            ({"retention": "lost"}, lost),
            ({"retention": "at_risk"}, at_risk),
            ({"retention": "active"}, active),
            (
                {"retention": "active", "segment_ids": self.other.ids},
                self.env["res.partner"],
            ),
            ({"segment_ids": self.other.ids}, lost | at_risk),
        ):
            campaign = self._new_campaign(**vals)
            found = self.env["res.partner"].search(campaign._get_audience_domain())
            self.assertEqual(found & (lost | at_risk | active), told, vals)
