from datetime import date, datetime, time, timedelta

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

GROUP = "aftersales_followup.aftersales_followup_group_"
# A Monday, ten o'clock in Shanghai; no public holiday is near.
NOW = datetime(2026, 3, 2, 2, 0)
TODAY = NOW.date()


class AftersalesData:
    """A dealership with one user a role, and factories for its records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context={**cls.env.context, "tracking_disable": True, "lang": "en_US"}
        )
        cls.company = cls.env["res.company"].create(
            {"name": "Yusen Motors", "country_id": cls.env.ref("base.cn").id}
        )
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.company.email = "service@yusen.example.com"
        cls.officer = cls._new_user("officer", "officer")
        cls.other_officer = cls._new_user("other_officer", "officer")
        cls.supervisor = cls._new_user("supervisor", "supervisor")
        cls.advisor = cls._new_user("advisor", "advisor")
        cls.outsider = cls._new_user("outsider")
        cls.env = cls.env(
            user=cls.supervisor,
            context={**cls.env.context, "allowed_company_ids": cls.company.ids},
        )
        cls.company = cls.company.with_env(cls.env)
        cls.brand = cls.env["fleet.vehicle.model.brand"].create({"name": "Buick"})
        cls.model = cls.env["fleet.vehicle.model"].create(
            {"name": "Regal", "brand_id": cls.brand.id}
        )
        # What all companies share is changed by the administrator alone.
        shared = cls.env(user=1)
        cls.rule_first = shared.ref("aftersales_followup.rule_first")
        cls.rule_second = shared.ref("aftersales_followup.rule_second")
        cls.rule_maintenance = shared.ref("aftersales_followup.rule_maintenance")
        rules = cls.env["aftersales.followup.rule"].with_context(active_test=False)
        rules.search([]).sudo().date_active = TODAY - timedelta(days=365)
        cls.reached = cls.env.ref("aftersales_followup.outcome_reached")
        cls.no_answer = cls._get_outcome("no_answer")

    @classmethod
    def _get_outcome(cls, code):
        return cls.env(user=1).ref(f"aftersales_followup.outcome_{code}")

    # ------------------------------------------------------------
    # Factories
    # ------------------------------------------------------------

    @classmethod
    def _new_user(cls, login, role=None, company=None, **vals):
        company = company or cls.company
        groups = f"base.group_user,{GROUP}{role}" if role else "base.group_user"
        return new_test_user(
            cls.env(user=1),
            f"aftersales_{login}",
            groups=groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            tz="Asia/Shanghai",
            **{"name": login.replace("_", " ").title(), **vals},
        )

    @classmethod
    def _new_customer(cls, name="Zhang San", **vals):
        officer = vals.pop("officer", cls.officer)
        return cls.env["res.partner"].create(
            {
                "name": name,
                "phone": "138 0013 8000",
                "street": "1 Xiangzhong Avenue",
                "city": "Loudi",
                "company_id": cls.company.id,
                "aftersales_officer_id": officer.id,
                **vals,
            }
        )

    @classmethod
    def _new_vehicle(cls, owner=None, plate=None, **vals):
        """A car; without a plate of its own the next one from 湘K12345 on."""
        if plate is None:
            cars = cls.env["fleet.vehicle"].sudo().with_context(active_test=False)
            count = cars.search_count([("license_plate", "=like", "湘K123__")])
            plate = f"湘K{12345 + count}"
        return cls.env["fleet.vehicle"].create(
            {
                "model_id": cls.model.id,
                "license_plate": plate,
                "company_id": cls.company.id,
                "aftersales_owner_id": owner.id if owner else False,
                **vals,
            }
        )

    @classmethod
    def _new_visit(cls, partner=None, vehicle=None, trade="maintenance", **vals):
        partner = partner or cls._new_customer()
        if vehicle is None and vals.get("visit_type") != "consultation":
            vehicle = partner.aftersales_vehicle_ids[:1] or cls._new_vehicle(partner)
        return cls.env["aftersales.visit"].create(
            {
                "partner_id": partner.id,
                "vehicle_id": vehicle.id if vehicle else False,
                "advisor_id": cls.advisor.id,
                "line_ids": [
                    Command.create(
                        {"name": "Oil change", "trade": trade, "amount": 300.0}
                    )
                ],
                **vals,
            }
        )

    @classmethod
    def _import_visit(cls, partner=None, vehicle=None, **vals):
        """A visit that comes from another program, over since ``date_delivery``."""
        partner = partner or cls._new_customer()
        vehicle = vehicle or partner.aftersales_vehicle_ids or cls._new_vehicle(partner)
        importing = cls.env["aftersales.visit"].with_context(import_file=True)
        visit = importing.create(
            {
                "partner_id": partner.id,
                "vehicle_id": vehicle.id,
                "line_ids": [Command.create({"name": "Oil", "trade": "maintenance"})],
                **vals,
            }
        )
        return visit.with_env(cls.env)

    @classmethod
    def _new_delivered_visit(cls, partner=None, vehicle=None, **vals):
        visit = cls._new_visit(partner, vehicle, **vals)
        visit.action_deliver()
        return visit

    @classmethod
    def _new_followup(cls, partner=None, **vals):
        partner = partner or cls._new_customer()
        today = cls.company._aftersales_date()
        return cls.env["aftersales.followup"].create(
            {
                "partner_id": partner.id,
                "user_id": cls.officer.id,
                "date_earliest": today,
                "date_deadline": today + timedelta(days=4),
                **vals,
            }
        )

    @classmethod
    def _new_call(cls, followup=None, user=None, **vals):
        """A draft call; without a follow-up it needs a ``partner_id``."""
        user = user or cls.officer
        return (
            cls.env["aftersales.call"]
            .with_user(user)
            .create(
                {
                    "followup_id": followup.id if followup else False,
                    "outcome_id": cls.reached.id,
                    "content": "All is well",
                    **vals,
                }
            )
        )

    @classmethod
    def _new_letter(cls, partner=None, user=None, **vals):
        partner = partner or cls._new_customer()
        return (
            cls.env["aftersales.letter"]
            .with_user(user or cls.officer)
            .create(
                {
                    "partner_id": partner.id,
                    "subject": "Your car",
                    "body": "<p>Dear customer</p>",
                    **vals,
                }
            )
        )

    @classmethod
    def _new_substitution(cls, first=0, last=0, **vals):
        """A stand-in for the officer, from ``first`` to ``last`` days from today."""
        today = cls.company._aftersales_date()
        return cls.env["aftersales.substitution"].create(
            {
                "user_id": cls.officer.id,
                "substitute_id": cls.other_officer.id,
                "date_from": today + timedelta(days=first),
                "date_to": today + timedelta(days=last),
                **vals,
            }
        )

    @classmethod
    def _new_campaign(cls, **vals):
        """A draft for all customers with an archive, thirty days ahead."""
        begin = cls.company._aftersales_date() + timedelta(days=30)
        return cls.env["aftersales.campaign"].create(
            {
                "name": "Free Check Week",
                "kind": "free_service",
                "date_begin": begin,
                "date_end": vals.get("date_begin", begin),
                "venue": "Workshop 2",
                "description": "We check brakes and tyres for nothing.",
                **vals,
            }
        )

    @classmethod
    def _new_optout(cls, partner, **vals):
        return cls.env["aftersales.optout"].create(
            {"partner_id": partner.id, "reason": "Asked not to be called", **vals}
        )

    @classmethod
    def _count_working_days(cls):
        """Count working days, with the Spring Festival of 2026 and its make-up days.

        Holiday from Sunday 15 to Monday 23 February; Saturday 14 and Saturday 28
        February are worked instead.
        """
        cls.company.sudo().aftersales_use_working_days = True
        days = [
            ("leave", date(2026, 2, 15), date(2026, 2, 23)),
            ("other", date(2026, 2, 14), date(2026, 2, 14)),
            ("other", date(2026, 2, 28), date(2026, 2, 28)),
        ]
        shanghai = timedelta(hours=8)
        cls.env["resource.calendar.leaves"].sudo().create(
            [
                {
                    "name": "Spring Festival",
                    "calendar_id": cls.company.sudo().resource_calendar_id.id,
                    "company_id": cls.company.id,
                    "time_type": time_type,
                    "date_from": datetime.combine(first, time.min) - shanghai,
                    "date_to": datetime.combine(last, time.max) - shanghai,
                }
                for time_type, first, last in days
            ]
        )

    @classmethod
    def _new_case(cls, partner=None, user=None, **vals):
        """An open complaint; of a call, it takes customer and car from there."""
        if not partner and not vals.get("call_id"):
            partner = cls._new_customer()
        return (
            cls.env["aftersales.case"]
            .with_user(user or cls.officer)
            .create(
                {
                    "case_type": "complaint",
                    "description": "The brakes squeak",
                    **({"partner_id": partner.id} if partner else {}),
                    **vals,
                }
            )
        )

    @classmethod
    def _new_audience(cls, count, **vals):
        """``count`` customers with an archive."""
        customers = (
            cls.env["res.partner"]
            .sudo()
            .create(
                [
                    {
                        "name": f"Customer {n}",
                        "phone": f"139 0000 {n:04}",
                        "street": f"{n} Xiangzhong Avenue",
                        "company_id": cls.company.id,
                        "aftersales_archive_number": f"T{n}",
                        "aftersales_officer_id": cls.officer.id,
                        **vals,
                    }
                    for n in range(count)
                ]
            )
        )
        customers.flush_recordset()
        return customers.with_env(cls.env)


class AftersalesCase(AftersalesData, TransactionCase):
    """The dealership on a fixed Monday."""

    def setUp(self):
        super().setUp()
        self._freezer = None
        self.addCleanup(self._release_clock)
        self.set_now(NOW)

    # ------------------------------------------------------------
    # Clock
    # ------------------------------------------------------------

    def set_now(self, moment):
        """Move the clock to a naive UTC ``moment`` for the rest of the test."""
        self._release_clock()
        self._freezer = freeze_time(moment)
        self._freezer.start()
        self.patch(self.env.cr, "now", lambda: moment)
        # What is computed from the date is computed anew, as in the next request.
        self.env.invalidate_all()

    def _release_clock(self):
        if self._freezer:
            self._freezer.stop()
            self._freezer = None

    def pass_days(self, days):
        """Let ``days`` pass."""
        self.set_now(datetime.now() + timedelta(days=days))

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    def _get_reminders(self, record):
        """Return the open activities of a record, whoever they belong to."""
        return (
            self.env["mail.activity"]
            .sudo()
            .search([("res_model", "=", record._name), ("res_id", "in", record.ids)])
        )

    def _run_planning(self):
        """Run the nightly scheduler as cron does, commits included."""
        cron = self.env.ref("aftersales_followup.ir_cron_plan").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
