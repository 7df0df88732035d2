from datetime import date, timedelta

from odoo.fields import Command
from odoo.tools import mute_logger

from .common import NOW, TODAY
from .test_multicompany import TwoCompanies
from .test_origins import OriginCase


class TestMarks(OriginCase):
    """What waits for the scheduler is marked; it looks at nothing else."""

    def test_delivered_visit_waits_for_nothing(self):
        visit = self._new_delivered_visit()
        self.assertFalse(visit.to_plan_since)
        self.assertFalse(visit.followup_ids.to_plan_since)

    def test_rule_that_is_switched_on_later_plans_what_happened_since(self):
        self.rule_first.sudo().active = False
        early = self._new_delivered_visit()
        self.pass_days(2)
        late = self._new_delivered_visit(self._new_customer("Li Si"))
        self.rule_first.sudo().active = True
        self.assertEqual(self.rule_first.date_active, date(2026, 3, 4))
        self.assertFalse(early.to_plan_since)
        self.assertTrue(late.to_plan_since)
        self._run_planning()
        self.assertFalse(early.followup_ids)
        self.assertEqual(late.followup_ids.state, "planned")
        self.assertFalse(late.to_plan_since, "seen to")

    def test_new_rule_plans_what_happened_since_its_day(self):
        visit = self._new_delivered_visit()
        self.env["aftersales.followup.rule"].sudo().create(
            {
                "name": "Survey",
                "code": "survey",
                "anchor": "delivery",
                "latest_days": 3,
                "purpose": "survey",
                "company_id": self.company.id,
                "date_active": TODAY,
            }
        )
        self._run_planning()
        self.assertEqual(self._get_planned("survey").visit_id, visit)

    def test_what_was_withheld_is_marked_when_the_customer_changes_his_mind(self):
        customer = self._new_customer()
        optout = self._new_optout(customer)
        visit = self._new_delivered_visit(customer)
        self.assertFalse(visit.to_plan_since)
        optout._withdraw("Asked for it")
        self.assertTrue(visit.to_plan_since)
        self._run_planning()
        self.assertEqual(visit.followup_ids.state, "planned")
        self.assertFalse(visit.to_plan_since)

    @mute_logger("odoo.addons.aftersales_followup.models.scheduler")
    def test_record_that_could_not_be_planned_stays_marked(self):
        good = self._new_delivered_visit()
        bad = self._new_delivered_visit(self._new_customer("Li Si"))
        both = good | bad
        both.followup_ids._cancel("again", withdrawn=True)
        both._mark_to_plan()
        visits = type(self.env["aftersales.visit"])
        prepare = visits._aftersales_prepare_followup_vals

        def fail_on_bad(visit, rule, company):
            if visit == bad:
                raise ValueError("broken record")
            return prepare(visit, rule, company)

        with self.subTest("broken"):
            self.patch(visits, "_aftersales_prepare_followup_vals", fail_on_bad)
            self._run_planning()
            self.assertFalse(good.to_plan_since)
            self.assertTrue(bad.to_plan_since)
        self.patch(visits, "_aftersales_prepare_followup_vals", prepare)
        self._run_planning()
        self.assertFalse(bad.to_plan_since)
        self.assertIn("planned", bad.followup_ids.mapped("state"))

    @mute_logger("odoo.addons.aftersales_followup.models.scheduler")
    def test_what_a_rule_that_failed_had_to_look_at_stays_marked(self):
        visit = self._new_delivered_visit()
        visit.followup_ids._cancel("again", withdrawn=True)
        visit._mark_to_plan()
        visits = type(self.env["aftersales.visit"])
        look_at = visits._aftersales_to_look_at

        def fail_at_first(records, rule, *args, **kwargs):
            if rule == self.rule_first:
                raise ValueError("broken rule")
            return look_at(records, rule, *args, **kwargs)

        self.patch(visits, "_aftersales_to_look_at", fail_at_first)
        self._run_planning()
        self.assertTrue(visit.to_plan_since)
        self.patch(visits, "_aftersales_to_look_at", look_at)
        self._run_planning()
        self.assertFalse(visit.to_plan_since)
        self.assertIn("planned", visit.followup_ids.mapped("state"))

    def test_mark_that_is_set_anew_while_the_scheduler_works_stays(self):
        visit = self._new_delivered_visit()
        visit._mark_to_plan()
        self.env.flush_all()
        waiting = visit._aftersales_waiting(self.company)
        self.assertEqual(list(waiting), visit.ids)
        self.set_now(NOW + timedelta(minutes=1))
        visit._mark_to_plan()
        visit._forget_waiting(waiting)
        self.assertTrue(visit.to_plan_since, "something happened meanwhile")
        visit._forget_waiting(visit._aftersales_waiting(self.company))
        self.assertFalse(visit.to_plan_since)

    def test_history_that_came_by_import_waits_for_nothing(self):
        visit = self._import_visit(
            date_arrival=NOW - timedelta(days=40),
            date_delivery=NOW - timedelta(days=40),
        )
        self.assertTrue(visit.is_history)
        self.rule_first.sudo().date_active = TODAY - timedelta(days=365)
        self._run_planning()
        self.assertFalse(visit.followup_ids)


class TestNight(TwoCompanies, OriginCase):
    """One company whose data is wrong stops no other."""

    def _give_stand_in(self, substitute):
        return self._new_substitution(0, 5, substitute_id=substitute.id)

    def test_stand_in_who_left_the_company_stops_nobody(self):
        self._give_stand_in(self.other_officer)
        gone = self._new_followup()
        with self.at_branch():
            followup = self._new_followup()
            self._get_reminders(followup).unlink()
        self.other_officer.sudo().write(
            {
                "company_id": self.branch["company"].id,
                "company_ids": [Command.set(self.branch["company"].ids)],
            }
        )
        self._run_planning()
        self.assertEqual(gone.acting_user_id, self.officer, "may act himself")
        self.assertEqual(len(self._get_reminders(followup.sudo())), 1)

    @mute_logger("odoo.addons.aftersales_followup.models.scheduler")
    def test_company_that_cannot_be_seen_to_stops_no_other(self):
        followup = self._new_followup()
        self._get_reminders(followup).unlink()
        broken = self.branch["company"]
        with self.at_branch():
            visit = self._new_delivered_visit()
            self._get_reminders(visit.followup_ids).unlink()
        users = type(self.env["res.users"])
        possible = users._aftersales_possible_officers

        def fail_there(records, company):
            if company == broken:
                raise ValueError("broken company")
            return possible(records, company)

        self.patch(users, "_aftersales_possible_officers", fail_there)
        self._run_planning()
        self.assertEqual(len(self._get_reminders(followup)), 1)
        self.assertEqual(len(self._get_reminders(visit.followup_ids.sudo())), 1)
        cron = self.env.ref("aftersales_followup.ir_cron_plan").sudo()
        self.assertFalse(cron.failure_count)

    @mute_logger("odoo.addons.aftersales_followup.models.scheduler")
    def test_rule_that_cannot_be_asked_stops_no_other(self):
        customer = self._new_customer()
        self._new_vehicle(customer, aftersales_insurance_date=date(2026, 3, 20))
        visit = self._new_delivered_visit()
        visit.followup_ids._cancel("again", withdrawn=True)
        visit._mark_to_plan()
        self.env.flush_all()
        # As it can come from a database that knew no limits.
        self.env.cr.execute(
            "UPDATE aftersales_followup_rule SET earliest_days = 4000000 WHERE id = %s",
            [self.env.ref("aftersales_followup.rule_inspection").id],
        )
        self.env.cr.execute(
            "UPDATE aftersales_followup_rule SET latest_days = 4000000 WHERE id = %s",
            [self.rule_second.id],
        )
        self.env.invalidate_all()
        self._run_planning()
        self.assertEqual(self._get_planned("insurance").state, "planned")
        self.assertIn("planned", visit.followup_ids.mapped("state"))

    def test_company_without_officers_keeps_what_waits(self):
        with self.at_branch():
            visit = self._new_delivered_visit()
            visit.followup_ids._cancel("again", withdrawn=True)
            visit._mark_to_plan()
        people = self.branch["officer"] | self.branch["supervisor"]
        people.sudo().active = False
        self._run_planning()
        self.assertTrue(visit.sudo().to_plan_since)
        people.sudo().active = True
        self._run_planning()
        self.assertIn("planned", visit.sudo().followup_ids.mapped("state"))
