from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo.api import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .common import TODAY, AftersalesCase

DENIALS = "odoo.addons.base.models.ir_rule"


class TwoCompanies(AftersalesCase):
    """Two dealerships in one database: the second is in Los Angeles, a day behind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whoever creates a company belongs to it.
        root = cls.env(user=SUPERUSER_ID)
        branch = root["res.company"].create({"name": "Pacific Motors"})
        branch.resource_calendar_id.tz = "America/Los_Angeles"
        supervisor = cls._new_user("branch_supervisor", "supervisor", branch)
        env = cls.env(
            user=supervisor,
            context={**cls.env.context, "allowed_company_ids": branch.ids},
        )
        cls.branch = {
            "env": env,
            "company": branch.with_env(env),
            "officer": cls._new_user("branch_officer", "officer", branch),
            "advisor": cls._new_user("branch_advisor", "advisor", branch),
            "supervisor": supervisor,
        }

    @contextmanager
    def at_branch(self):
        """Work with the people of the second dealership."""
        cls = type(self)
        home = {name: getattr(cls, name) for name in self.branch}
        for name, value in self.branch.items():
            setattr(cls, name, value)
        try:
            yield
        finally:
            for name, value in home.items():
                setattr(cls, name, value)


class TestMultiCompany(TwoCompanies):
    def _new_history(self):
        """Return one record of each kind, of the dealership that is at work."""
        visit = self._new_delivered_visit()
        call = self._new_call(visit.followup_ids)
        call.action_register()
        letter = self._new_letter(visit.partner_id)
        letter.action_register()
        case = self._new_case(visit.partner_id)
        campaign = self._new_campaign()
        return [
            campaign,
            visit,
            visit.line_ids,
            visit.followup_ids,
            case,
            call,
            letter,
        ]

    def test_a_call_shows_what_its_own_dealership_knows_of_the_customer(self):
        customer = self._new_customer(company_id=False)
        levels = self.env["aftersales.segment"].search([], limit=2)
        branch = self.branch["company"]
        houses = ((self.company, "Wash it", 8), (branch, "Be quick", 14))
        for (house, wish, hour), level in zip(houses, levels, strict=True):
            archive = self.env["aftersales.archive"].sudo()
            archive = archive._get_archives(customer, house)
            archive.write(
                {
                    "wish": wish,
                    "call_from": hour,
                    "call_to": hour + 2,
                    "segment_id": level.id,
                }
            )
        with self.at_branch():
            followup = self._new_followup(customer.with_env(self.branch["env"]))
            call = self._new_call(followup)
            case = self._new_case(customer)
            self._new_optout(customer, channel="letter")
        home_first = (self.company | branch).ids
        self.officer.sudo().company_ids |= branch.sudo()
        env = self.env(user=self.officer, context={"allowed_company_ids": home_first})
        for records in (call, case):
            self.assertEqual(records.with_env(env).env.company, self.company)
        call, case = call.with_env(env), case.with_env(env)
        self.assertEqual(call.partner_wish, "Be quick")
        self.assertEqual((call.partner_call_from, call.partner_call_to), (14, 16))
        self.assertIn("Letter", call.partner_optout_text)
        self.assertEqual(call.partner_segment_id, levels[1])
        self.assertEqual(case.segment_id, levels[1])

    def _denied(self):
        return self.assertRaises(AccessError)

    def test_officers_see_nothing_of_another_dealership(self):
        own = self._new_history()
        with self.at_branch():
            foreign = self._new_history()
        self.env.invalidate_all()
        for mine, theirs in zip(own, foreign, strict=True):
            records = mine.browse().with_env(self.env(user=self.officer, context={}))
            theirs = theirs.with_env(records.env)
            with self.subTest(model=records._name):
                found = records.search([])
                self.assertTrue(set(mine.ids) <= set(found.ids))
                self.assertFalse(found & theirs)
                proposed = dict(records.name_search("", limit=None))
                self.assertFalse(set(theirs.ids) & set(proposed))
                companies = records._read_group([], ["company_id"])
                self.assertEqual(companies, [(self.company,)])
                with mute_logger(DENIALS), self._denied():
                    theirs.read(["display_name"])
                with mute_logger(DENIALS), self._denied():
                    theirs.write({})

    def test_officers_are_not_reminded_of_another_dealership(self):
        self._new_delivered_visit()
        with self.at_branch():
            self._new_delivered_visit()
        activities = self.env["mail.activity"].with_user(self.officer).search([])
        self.assertEqual(activities.user_id, self.officer)

    def test_lookup_by_phone_plate_or_name_finds_own_customers_only(self):
        customer = self._new_customer()
        self._new_vehicle(customer, plate="湘K12345")
        with self.at_branch():
            self._new_vehicle(self._new_customer(), plate="湘K12345")
        partners = self.env["res.partner"].with_user(self.officer)
        partners = partners.with_context(aftersales_lookup=True)
        for text in ("13800138000", "138 0013 8000", "湘K123", "Zhang San"):
            with self.subTest(text=text):
                found = [partner_id for partner_id, _name in partners.name_search(text)]
                self.assertEqual(found, customer.ids)

    def test_lookup_of_a_common_customer_does_not_name_cars_of_the_other(self):
        customer = self._new_customer(company_id=False)
        with self.at_branch():
            self._new_vehicle(customer, plate="湘K99999")
        self.env.invalidate_all()
        partners = self.env["res.partner"].with_user(self.officer)
        partners = partners.with_context(aftersales_lookup=True)
        self.assertFalse(partners.name_search("湘K99999"))
        [(_id, name)] = partners.name_search("Zhang San")
        self.assertNotIn("湘K99999", name)

    def test_each_dealership_has_registers_of_its_own(self):
        own = self._new_history()
        with self.at_branch():
            foreign = self._new_history()
        numbers = [record.number for record in (*own[-2:], *foreign[-2:])]
        self.assertEqual(numbers, ["2026-000001"] * 4)

    def test_records_of_two_dealerships_do_not_mix(self):
        with self.at_branch():
            foreign_visit = self._new_delivered_visit()
            foreign_officer = self.officer
        foreign = {
            "partner_id": foreign_visit.partner_id.id,
            "vehicle_id": foreign_visit.vehicle_id.id,
            "visit_id": foreign_visit.id,
            "followup_id": foreign_visit.followup_ids.id,
            "user_id": foreign_officer.id,
        }
        visit = self._new_delivered_visit()
        call = self._new_call(visit.followup_ids)
        own = (visit, visit.followup_ids, call, self._new_letter(), self._new_case())
        for record in own:
            for name in foreign.keys() & record._fields.keys() - {"visit_id"}:
                with (
                    self.subTest(model=record._name, field=name),
                    self.assertRaisesRegex(
                        UserError, "company|is not with|cannot look|does not work"
                    ),
                    self.env.cr.savepoint(),
                ):
                    record.sudo().write({name: foreign[name]})

    def test_a_record_is_not_moved_into_another_dealership(self):
        followup = self._new_followup()
        for user in (self.officer, self.supervisor):
            with mute_logger(DENIALS), self.assertRaises(UserError):
                followup.with_user(user).company_id = self.branch["company"]
                self.env.flush_all()

    def test_import_for_another_dealership_is_denied(self):
        imports = self.env["aftersales.visit.import"]
        with mute_logger(DENIALS), self._denied():
            imports.create({"company_id": self.branch["company"].id})
        own = imports.create({})
        with mute_logger(DENIALS), self._denied():
            own.company_id = self.branch["company"]
            own.action_preview()

    def test_common_configuration_is_there_for_both_and_own_for_one(self):
        for model, vals in (
            ("aftersales.topic", {"name": "Winter offer"}),
            ("aftersales.tip", {"name": "Winter", "text": "Check the battery"}),
            ("aftersales.call.outcome", {"name": "Moved", "code": "moved"}),
            ("aftersales.segment", {"name": "Fleet customer"}),
            ("aftersales.followup.rule", {"name": "Own", "code": "own"}),
            (
                "aftersales.letter.template",
                {"name": "Own", "subject": "Own", "body": "Own"},
            ),
        ):
            with self.subTest(model=model):
                common = self.env[model].sudo().create({**vals, "company_id": False})
                own = self.env[model].create(vals)
                with self.at_branch():
                    seen = self.env[model].with_user(self.officer).search([])
                self.assertIn(common, seen)
                self.assertNotIn(own, seen)
                mine = self.env[model].with_user(self.officer).search([])
                self.assertLessEqual({common.id, own.id}, set(mine.ids))

    def test_rule_of_one_dealership_holds_there_only(self):
        self.rule_first.copy(
            {
                "code": "first",
                "company_id": self.company.id,
                "earliest_days": 1,
                "latest_days": 2,
            }
        )
        own = self._new_delivered_visit().followup_ids
        with self.at_branch():
            foreign = self._new_delivered_visit().followup_ids
        self.assertEqual(own.date_deadline, TODAY + timedelta(days=2))
        self.assertEqual(foreign.rule_id, self.rule_first)

    def test_scheduler_plans_for_each_with_its_own_officers_and_days(self):
        self.rule_first.active = False
        own = self._new_delivered_visit()
        with self.at_branch():
            foreign = self._new_delivered_visit()
        self.rule_first.active = True
        self._run_planning()
        followups = own.sudo().followup_ids + foreign.sudo().followup_ids
        self.assertEqual(
            followups.mapped("user_id"), self.officer | self.branch["officer"]
        )
        # In Los Angeles it is still the day before.
        self.assertEqual(
            followups.mapped("date_earliest"),
            [TODAY + timedelta(days=3), TODAY + timedelta(days=2)],
        )

    def test_scheduler_out_of_time_leaves_the_rest_to_its_next_run(self):
        self.rule_first.active = False
        own = self._new_delivered_visit()
        with self.at_branch():
            foreign = self._new_delivered_visit()
        self.rule_first.active = True
        with patch.object(
            self.env.registry["ir.cron"], "_commit_progress", return_value=0
        ) as commit:
            self.env["aftersales.followup"].sudo()._cron_plan()
        self.env.invalidate_all()
        self.assertEqual(commit.call_args.kwargs, {"remaining": 1})
        self.assertLess(len((own + foreign).sudo().followup_ids), 2)
        self._run_planning()
        self.assertEqual(len((own + foreign).sudo().followup_ids), 2)

    def test_dealership_without_officers_does_not_stop_the_scheduler(self):
        own = self._new_delivered_visit()
        with self.at_branch():
            self._new_delivered_visit()
        for name in ("officer", "supervisor"):
            self.branch[name].sudo().active = False
        self._get_reminders(own.followup_ids).unlink()
        with self.assertLogs("odoo.addons.aftersales_followup", "WARNING") as logged:
            self._run_planning()
        self.assertIn("Pacific Motors has no follow-up officer", logged.output[0])
        self.assertEqual(len(self._get_reminders(own.followup_ids)), 1)

    def test_supervisor_of_both_sees_what_is_selected(self):
        own = self._new_history()
        with self.at_branch():
            foreign = self._new_history()
        companies = self.company | self.branch["company"]
        chief = self._new_user("chief", "supervisor", companies[0])
        chief.company_ids = companies
        for selected in (companies, *companies):
            for mine, theirs in zip(own, foreign, strict=True):
                records = mine.with_user(chief).with_context(
                    allowed_company_ids=selected.ids
                )
                found = records.search([("id", "in", (mine | theirs).ids)])
                with self.subTest(model=mine._name, companies=selected):
                    self.assertEqual(found.company_id, selected)

    def test_common_customer_has_an_officer_in_each_dealership(self):
        customer = self._new_customer(company_id=False)
        own = self._new_delivered_visit(customer)
        with self.at_branch():
            foreign = self._new_delivered_visit(customer, self._new_vehicle())
        self.assertEqual(own.followup_ids.user_id, self.officer)
        self.assertEqual(foreign.followup_ids.user_id, self.branch["officer"])
        self.assertEqual(customer.aftersales_officer_id, self.officer)

    def test_whom_both_dealerships_know_is_not_given_to_one_of_them(self):
        customer = self._new_customer(company_id=False)
        car = self._new_vehicle(customer, company_id=False)
        self._new_visit(customer, car)
        customer.company_id = car.company_id = self.company
        customer.company_id = car.company_id = False
        with self.at_branch():
            self._new_visit(
                customer.with_env(self.branch["env"]), car.with_env(self.branch["env"])
            )
        for record, name in ((customer, "Zhang San"), (car, car.license_plate)):
            with self.assertRaisesRegex(UserError, f"Another company.*{name}"):
                record.company_id = self.company
            record.company_id = False

    def test_merging_contacts_takes_no_customer_from_the_other_dealership(self):
        ours, common = self._new_customer(), self._new_customer(company_id=False)
        with self.at_branch():
            self._new_followup(common.with_env(self.branch["env"]))
        wizard = self.env(user=SUPERUSER_ID)["base.partner.merge.automatic.wizard"]
        both = (ours | common).sudo()
        with self.assertRaisesRegex(UserError, "Leave the company empty"):
            wizard._merge(both.ids, ours.sudo())
        ours.sudo().company_id = False
        wizard._merge(both.ids, ours.sudo())
        self.assertFalse(common.exists())

    def test_handing_a_common_customer_over_leaves_the_other_dealership_alone(self):
        customer = self._new_customer(company_id=False)
        own = self._new_delivered_visit(customer)
        with self.at_branch():
            foreign = self._new_delivered_visit(customer, self._new_vehicle())
        customer.aftersales_officer_id = self.other_officer
        for visit, officer in (
            (own, self.other_officer),
            (foreign.sudo(), self.branch["officer"]),
        ):
            self.assertEqual(visit.officer_id, officer)
            self.assertEqual(visit.followup_ids.user_id, officer)

    def test_supervisor_of_another_dealership_looks_after_nobody_here(self):
        customer = self._new_customer(company_id=False)
        with self.assertRaisesRegex(UserError, "cannot look after customers"):
            customer.sudo().aftersales_officer_id = self.branch["supervisor"]
