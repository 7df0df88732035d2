"""The night looks at the dates since the last one, and at what was changed."""

from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from odoo.addons.aftersales_followup.models import aftersales_followup_night

from .common import TODAY
from .test_multicompany import TwoCompanies
from .test_origins import OriginCase

# The rule's window begins thirty days before.
DUE = TODAY + timedelta(days=30)


class TestDatesSince(TwoCompanies, OriginCase):
    """Cost follows what is due; and nothing that is due is lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env(user=1).ref("aftersales_followup.rule_insurance")
        cls.customer = cls._new_customer()

    def _new_car(self, day, **vals):
        return self._new_vehicle(
            vals.pop("owner", self.customer), aftersales_insurance_date=day, **vals
        )

    def _look_at(self, rule=None, company=None):
        """Return the cars that the scheduler would look at for a rule."""
        cars = self.env["fleet.vehicle"].sudo()
        company = company or self.company
        looked_at = cars._aftersales_to_look_at(
            rule or self.rule, company, cars._aftersales_waiting(company)
        )
        return cars.browse(car_id for car_id, _date in looked_at)

    def test_night_looks_at_nothing_again_that_it_saw(self):
        car, later = self._new_car(DUE), self._new_car(DUE + timedelta(days=1))
        self.assertEqual(self._look_at(), car | later, "new ones, whatever the date")
        self._run_planning()
        self.assertEqual(self._get_planned("insurance").vehicle_id, car)
        self.assertFalse(self._look_at())
        self.pass_days(1)
        self.assertEqual(self._look_at(), later, "whose date has come")
        self._run_planning()
        self.assertEqual(self._get_planned("insurance").vehicle_id, car | later)

    def test_night_after_a_pause_of_the_scheduler_loses_nothing(self):
        self._run_planning()
        cars = self.browse_cars(
            self._new_car(DUE + timedelta(days=days)) for days in (1, 20, 40)
        )
        self._run_planning()
        self.assertFalse(self._get_planned("insurance"))
        self.pass_days(41)
        self._run_planning()
        self.assertEqual(self._get_planned("insurance").vehicle_id, cars)

    def browse_cars(self, cars):
        return self.env["fleet.vehicle"].union(*cars)

    def test_car_whose_date_is_put_to_a_day_gone_by_is_planned(self):
        car = self._new_car(DUE + timedelta(days=200))
        self._run_planning()
        self.assertFalse(car.sudo().aftersales_to_plan_since)
        car.aftersales_insurance_date = DUE - timedelta(days=3)
        self._run_planning()
        self.assertEqual(self._get_planned("insurance").vehicle_id, car)

    def test_car_that_is_sold_to_another_customer_is_planned_for_him(self):
        car = self._new_car(DUE)
        self._run_planning()
        buyer = self._new_customer("Li Si")
        car.aftersales_owner_id = buyer
        self._run_planning()
        planned = self._get_planned("insurance")
        self.assertEqual(planned.partner_id, self.customer | buyer)

    def test_car_of_an_archived_customer_is_planned_when_he_comes_back(self):
        self.customer.active = False
        self._new_car(DUE)
        self._run_planning()
        self.assertFalse(self._get_planned("insurance"))
        self.customer.active = True
        self._run_planning()
        self.assertTrue(self._get_planned("insurance"))

    def test_what_was_withheld_is_planned_when_the_opt_out_is_withdrawn(self):
        optout = self._new_optout(self.customer)
        self._new_car(DUE)
        self._run_planning()
        self.assertFalse(self._look_at())
        optout._withdraw("Asked for it")
        self._run_planning()
        self.assertTrue(self._get_planned("insurance"))

    def test_rule_with_another_window_looks_at_all_dates_once(self):
        car = self._new_car(DUE + timedelta(days=5))
        self._run_planning()
        self.assertFalse(self._look_at())
        self.rule.sudo().earliest_days = -40
        self.assertEqual(self._look_at(), car)
        self._run_planning()
        self.assertEqual(self._get_planned("insurance").vehicle_id, car)
        self.assertFalse(self._look_at())

    def test_rule_that_is_only_renamed_looks_at_nothing_again(self):
        self._new_car(DUE)
        self._run_planning()
        self.rule.sudo().name = "Insurance"
        self.assertFalse(self._look_at())

    def test_nobody_fills_in_until_when_dates_were_seen_to(self):
        self._run_planning()
        self.assertEqual(self.rule._get_planned_until(self.company), DUE)
        own = self.rule.with_user(self.supervisor).copy(
            {"code": "own", "company_id": self.company.id}
        )
        self.assertFalse(own.planned_until)
        with self.assertRaisesRegex(AccessError, "cannot be filled in by hand"):
            own.planned_until = {str(self.company.id): "2100-01-01"}

    def test_each_company_sees_to_its_own_dates(self):
        branch = self.branch["company"]
        car = self._new_car(DUE)
        with self.at_branch():
            there = self._new_vehicle(
                self._new_customer("Wang Wu"),
                aftersales_insurance_date=DUE - timedelta(days=1),  # its day is behind
            )
        self._run_planning()
        self.assertEqual(
            self._get_planned("insurance").mapped("vehicle_id"), car | there.sudo()
        )
        self.assertEqual(self.rule._get_planned_until(branch), DUE - timedelta(days=1))

    def test_shared_car_stays_marked_until_all_companies_looked_at_it(self):
        """The customer of both dealerships is called by both."""
        for company in (self.company, self.branch["company"]):
            archive = self.env["aftersales.archive"]._get_archives(
                self.customer, company
            )
            archive._assign_numbers()
        self.customer.sudo().company_id = False
        self._run_planning()
        car = self._new_car(DUE - timedelta(days=1), company_id=False)
        self._run_planning()
        self.assertEqual(
            self._get_planned("insurance").company_id,
            self.company | self.branch["company"].sudo(),
        )
        self.assertFalse(car.sudo().aftersales_to_plan_since)

    def test_company_that_gets_its_first_officer_looks_at_all_dates(self):
        branch = self.branch["company"]
        with self.at_branch():
            there = self._new_vehicle(
                self._new_customer("Wang Wu"),
                aftersales_insurance_date=DUE + timedelta(days=2),
            )
        self._run_planning()
        people = self.branch["officer"] | self.branch["supervisor"]
        people.sudo().active = False
        self.pass_days(5)
        self._run_planning()
        self.assertIsNone(self.rule._get_planned_until(branch))
        people.sudo().active = True
        self._run_planning()
        self.assertEqual(self._get_planned("insurance").vehicle_id, there.sudo())

    @mute_logger("odoo.addons.aftersales_followup.models.scheduler")
    def test_car_that_could_not_be_planned_is_looked_at_again(self):
        bad, good = self._new_car(DUE + timedelta(days=1)), self._new_car(DUE)
        self._run_planning()
        self.pass_days(1)
        cars = type(self.env["fleet.vehicle"])
        prepare = cars._aftersales_prepare_followup_vals

        def fail_on_bad(car, rule, company):
            if car == bad:
                raise ValueError("broken record")
            return prepare(car, rule, company)

        self.patch(cars, "_aftersales_prepare_followup_vals", fail_on_bad)
        self._run_planning()
        self.assertEqual(self._get_planned("insurance").vehicle_id, good)
        self.patch(cars, "_aftersales_prepare_followup_vals", prepare)
        self._run_planning()
        self.assertEqual(self._get_planned("insurance").vehicle_id, good | bad)

    def test_night_that_is_stopped_goes_on_where_it_was(self):
        """What was noted is behind the dates that are left."""
        cars = self.browse_cars(
            self._new_car(DUE - timedelta(days=days)) for days in (3, 2, 1)
        )
        followups = self.env["aftersales.followup"].sudo()
        looked_at = cars._aftersales_to_look_at(self.rule, self.company, {})
        self.assertEqual([car for car, _date in looked_at], cars.ids)
        self.patch(aftersales_followup_night, "PLAN_BATCH", 2)
        out_of_time = type(self.env["ir.cron"])
        progress = out_of_time._commit_progress
        self.patch(out_of_time, "_commit_progress", lambda *args, **kwargs: 0)
        self.assertFalse(
            followups._cron_plan_rule(self.rule, self.company, looked_at, set(), set())
        )
        self.assertEqual(self._get_planned("insurance").vehicle_id, cars[:2])
        self.assertEqual(
            self.rule._get_planned_until(self.company), DUE - timedelta(days=3)
        )
        self.patch(out_of_time, "_commit_progress", progress)
        self._run_planning()
        self.assertEqual(self._get_planned("insurance").vehicle_id, cars)

    def test_lost_customers_are_looked_at_by_their_last_visit(self):
        gone = self._import_visit(
            self._new_customer("Li Si"),
            self._new_vehicle(plate="湘K00001"),
            date_arrival="2025-03-05 02:00:00",
            date_delivery="2025-03-05 04:00:00",
        ).partner_id
        self._run_planning()
        self.assertFalse(self._get_planned("lost"))
        archives = self.env["aftersales.archive"].sudo()
        rule = self.env(user=1).ref("aftersales_followup.rule_lost")
        self.assertFalse(archives._aftersales_to_look_at(rule, self.company, {}))
        self.set_now(self.company._aftersales_moment(date(2026, 3, 6)))
        looked_at = archives._aftersales_to_look_at(rule, self.company, {})
        self.assertEqual(
            archives.browse(key for key, _date in looked_at).partner_id, gone
        )
        self._run_planning()
        self.assertEqual(self._get_planned("lost").partner_id, gone)


class TestNightQueries(OriginCase):
    """A night with nothing due costs the same whatever there is."""

    def _count_night(self):
        self._run_planning()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._run_planning()
        return self.env.cr.sql_log_count - before

    def _grow(self, first, last):
        for n in range(first, last):
            customer = self._new_customer(f"Customer {n}", phone=f"1390000{n:04}")
            self._new_vehicle(
                customer,
                f"湘K{n:05}",
                aftersales_insurance_date=DUE,
                aftersales_inspection_date=DUE,
            )
            self._new_delivered_visit(customer)

    def test_night_with_nothing_due_asks_no_more_for_more_customers(self):
        self._grow(0, 2)
        self._count_night()  # fills the caches of settings and rights
        few = self._count_night()
        self._grow(2, 10)
        self.assertLessEqual(self._count_night(), few)

    def test_night_reads_no_car_whose_date_was_seen_to(self):
        """Its plan goes by an index of the date, and finds nothing there."""
        self._grow(0, 3)
        self._run_planning()
        rule = self.env(user=1).ref("aftersales_followup.rule_insurance")
        cars = self.env["fleet.vehicle"].sudo()
        self.assertEqual(cars._aftersales_to_look_at(rule, self.company, {}), [])

    def test_lost_reminders_are_sought_among_open_work_only(self):
        """Visits are not walked through in the order of their arrival."""
        visits = self.env["aftersales.visit"].sudo()
        queries = []
        execute = type(self.env.cr).execute

        def note(cr, query, *args, **kwargs):
            queries.append(str(getattr(query, "code", query)))
            return execute(cr, query, *args, **kwargs)

        self.patch(type(self.env.cr), "execute", note)
        visits._find_lost_reminders(10, everywhere=True)
        text = next(text for text in queries if "reminder.automated" in text)
        self.assertNotIn("ORDER BY", text)

    def test_reminder_that_was_deleted_is_made_anew_the_next_night(self):
        followup = self._new_followup()
        self._get_reminders(followup).unlink()
        self.assertTrue(followup.reminder_lost)
        self._run_planning()
        self.assertEqual(len(self._get_reminders(followup)), 1)
        self.assertFalse(followup.reminder_lost)

    def test_reminder_that_was_put_away_is_made_anew_the_next_night(self):
        followup = self._new_followup()
        self._get_reminders(followup).active = False
        self._run_planning()
        self.assertEqual(len(self._get_reminders(followup)), 1)

    def test_reminder_deleted_past_odoo_is_made_anew_within_a_week(self):
        followup = self._new_followup()
        self._run_planning()
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM mail_activity WHERE id = %s",
            [self._get_reminders(followup).id],
        )
        self.env.invalidate_all()
        self._run_planning()
        self.assertFalse(self._get_reminders(followup))
        self.pass_days(7)
        self._run_planning()
        self.assertEqual(len(self._get_reminders(followup)), 1)

    def test_what_is_done_loses_no_reminder(self):
        followup = self._new_followup()
        self._new_call(followup).action_register()
        self.assertFalse(followup.reminder_lost)

    def test_absent_officers_are_found_whoever_they_are(self):
        self._new_followup()
        self._new_followup().sudo().acting_user_id = self.other_officer
        self._new_followup(user_id=self.supervisor.id)._cancel("Moved away")
        followups = self.env["aftersales.followup"].sudo()
        self.assertEqual(
            followups._find_absent_ids(self.company, self.officer),
            self.other_officer.ids,
        )
