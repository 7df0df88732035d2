from datetime import date, datetime, timedelta

from .common import TODAY, AftersalesCase
from .test_multicompany import TwoCompanies


class OriginCase(AftersalesCase):
    def _get_planned(self, code, **fields):
        """Return the follow-ups of a rule, oldest first."""
        return (
            self.env["aftersales.followup"]
            .sudo()
            .search(
                [
                    ("rule_id.code", "=", code),
                    *((name, "=", value.id) for name, value in fields.items()),
                ],
                order="id",
            )
        )


class TestKeys(OriginCase):
    """The identity of what is planned: rule, origin, whom it is for, company."""

    def test_each_key_names_rule_origin_customer_and_company(self):
        company, customer = self.company.id, self._new_customer()
        owned = f"{customer.id}:{company}"
        car = self._new_vehicle(
            customer,
            aftersales_last_maintenance_date=date(2025, 9, 10),
            aftersales_insurance_date=date(2026, 3, 20),
            aftersales_inspection_date=date(2026, 3, 21),
            aftersales_warranty_date=date(2026, 4, 20),
        )
        new_car = self._new_vehicle(
            customer, "湘K54321", aftersales_sale_date=date(2025, 9, 11)
        )
        visit = self._new_visit(
            customer,
            car,
            wish="A loan car",
            next_service_content="Tyres",
            next_contact_date=TODAY + timedelta(days=90),
        )
        visit.action_file_archive()
        self._run_planning()
        visit.action_deliver()
        first = self._get_planned("first")
        self.pass_days(4)
        self._new_call(first).action_register()
        lost = self._import_visit(
            self._new_customer("Li Si"),
            self._new_vehicle(plate="湘K00001"),
            date_arrival=datetime(2025, 2, 20, 2),
            date_delivery=datetime(2025, 2, 20, 4),
        ).partner_id
        # Calls are spread until two weeks ahead; who has no archive is not told.
        campaign = self._new_campaign()
        campaign.action_confirm()
        notice = self._get_planned("campaign_call", partner_id=customer)
        self._new_call(notice, letter_needed=True).action_register()
        self._run_planning()
        archive = lost.sudo().aftersales_archive_ids
        keys = {
            "first": f"first:visit:{visit.id}:{owned}",
            "second": f"second:followup:{first.id}:{owned}",
            "maintenance": f"maintenance:vehicle:{car.id}:{owned}:2025-09-10",
            "insurance": f"insurance:vehicle:{car.id}:{owned}:2026-03-20",
            "inspection": f"inspection:vehicle:{car.id}:{owned}:2026-03-21",
            "warranty": f"warranty:vehicle:{car.id}:{owned}:2026-04-20",
            "first_maintenance": (
                f"first_maintenance:vehicle:{new_car.id}:{owned}:2025-09-11"
            ),
            "lost": f"lost:archive:{archive.id}:{lost.id}:{company}:2025-02-20",
            "campaign_call": f"campaign_call:campaign:{campaign.id}:{owned}",
            "campaign_letter": f"campaign_letter:followup:{notice.id}:{owned}",
        }
        for code, key in keys.items():
            with self.subTest(code):
                planned = self._get_planned(code).filtered(
                    lambda followup, code=code: (
                        followup.partner_id == (lost if code == "lost" else customer)
                    )
                )
                self.assertEqual(planned.mapped("origin_key"), [key])
        by_hand = visit.followup_ids.filtered(lambda followup: not followup.rule_id)
        self.assertEqual(by_hand.origin_key, f"next_service:visit:{visit.id}:{owned}")

    def test_key_in_sql_is_the_key_in_python(self):
        customer = self._new_customer()
        self._new_visit(
            customer, self._new_vehicle(customer, aftersales_insurance_date=TODAY)
        )
        rules = self.env["aftersales.followup.rule"].with_context(active_test=False)
        self.env.flush_all()
        checked = set()
        for rule in rules.search([]):
            origin = rule._get_origin().sudo()
            if not origin._aftersales_origin_scheduled:
                continue
            for record in origin.search([], limit=5):
                [[key]] = self.env.execute_query(
                    origin._search([("id", "=", record.id)]).select(
                        origin._aftersales_origin_key_sql(
                            rule, self.company, origin._table
                        )
                    )
                )
                checked.add(origin._name)
                self.assertEqual(key, record._aftersales_origin_key(rule, self.company))
        self.assertLessEqual({"aftersales.visit", "fleet.vehicle"}, checked)


class TestVisitTakenBack(OriginCase):
    """What a visit planned goes with it, and comes again when it ends again."""

    def setUp(self):
        super().setUp()
        self.visit = self._new_delivered_visit()
        self.first = self._get_planned("first")

    def _do_first(self):
        self.pass_days(4)
        self._new_call(self.first).action_register()
        self.assertEqual(self._get_planned("second").state, "planned")

    def test_cancelled_visit_whose_first_was_done_gets_no_second(self):
        self._do_first()
        self.visit.action_cancel()
        self.assertEqual(self._get_planned("second").state, "cancelled")
        self._run_planning()
        self.rule_second.sudo().date_active = TODAY  # looks at all since then again
        self._run_planning()
        self.assertEqual(self._get_planned("second").mapped("state"), ["cancelled"])

    def test_reopened_visit_gets_its_second_when_it_is_delivered_again(self):
        self._do_first()
        self.visit.action_reopen()
        self.rule_second.sudo().date_active = TODAY
        self._run_planning()
        self.assertEqual(self._get_planned("second").mapped("state"), ["cancelled"])
        self.pass_days(1)
        self.visit.action_deliver()
        second = self._get_planned("second")
        self.assertEqual(second.mapped("state"), ["cancelled", "planned"])
        # Seven days after the first was done, on 6 March.
        self.assertEqual(second[1].date_earliest, date(2026, 3, 13))
        self._run_planning()
        self.assertEqual(len(self._get_planned("second")), 2)
        self.assertEqual(len(self._get_planned("first")), 1, "it was done")

    def test_reopened_visit_gets_a_new_first_when_it_is_delivered_again(self):
        self.visit.action_reopen()
        self._run_planning()
        self.assertEqual(self.first.state, "cancelled")
        self.pass_days(2)
        self.visit.action_deliver()
        self.assertEqual(
            self._get_planned("first").mapped("state"), ["cancelled", "planned"]
        )

    def test_second_that_was_called_off_by_hand_does_not_come_again(self):
        self._do_first()
        self._get_planned("second")._cancel("The customer is abroad")
        self.visit.action_reopen()
        self.visit.action_deliver()
        self._run_planning()
        self.assertEqual(self._get_planned("second").mapped("state"), ["cancelled"])


class TestNewOwner(OriginCase):
    """Who buys a car is called about it, whatever the seller was called about."""

    def test_new_owner_gets_his_own_contacts_in_the_same_cycle(self):
        seller = self._new_customer("Seller")
        car = self._new_vehicle(
            seller,
            aftersales_insurance_date=date(2026, 3, 20),
            aftersales_inspection_date=date(2026, 3, 20),
            aftersales_last_maintenance_date=date(2025, 9, 10),
        )
        self._run_planning()
        codes = ("insurance", "inspection", "maintenance")
        done = self._get_planned("inspection")
        self._new_call(done).action_register()
        buyer = self._new_customer("Buyer", phone="139 0000 0000")
        car.aftersales_owner_id = buyer
        self._run_planning()
        for code in codes:
            with self.subTest(code):
                planned = self._get_planned(code, vehicle_id=car)
                self.assertEqual(planned.partner_id, seller | buyer)
                self.assertEqual(
                    planned.mapped("state"),
                    ["done" if code == "inspection" else "cancelled", "planned"],
                )
        self._run_planning()
        for code in codes:
            self.assertEqual(len(self._get_planned(code, vehicle_id=car)), 2)

    def test_car_that_comes_back_to_its_seller_is_called_about_again(self):
        seller = self._new_customer("Seller")
        car = self._new_vehicle(seller, aftersales_insurance_date=date(2026, 3, 20))
        self._run_planning()
        car.aftersales_owner_id = self._new_customer("Buyer", phone="139 0000 0000")
        car.aftersales_owner_id = seller
        self._run_planning()
        self.assertEqual(
            self._get_planned("insurance", partner_id=seller).mapped("state"),
            ["cancelled", "planned"],
        )


class TestSharedCustomer(TwoCompanies, OriginCase):
    """A contact of all companies is a customer only where he comes in."""

    def _new_visit_at_branch(self, customer, car, day):
        with self.at_branch():
            return self._import_visit(
                customer,
                car,
                date_arrival=datetime.combine(day, datetime.min.time()),
                date_delivery=datetime.combine(day, datetime.min.time()),
            )

    def test_customer_of_a_branch_is_lost_there_and_nowhere_else(self):
        customer = self._new_customer(company_id=False, officer=self.env["res.users"])
        car = self._new_vehicle(company_id=False)
        self._new_visit_at_branch(customer, car, date(2025, 2, 20))
        self._run_planning()
        lost = self._get_planned("lost", partner_id=customer)
        self.assertEqual(lost.company_id, self.branch["company"])
        self.assertEqual(lost.user_id, self.branch["officer"])
        here = customer.with_user(self.supervisor)
        self.assertFalse(here.aftersales_last_visit_date)
        self.assertFalse(here.aftersales_retention)
        self.assertFalse(here.search([("aftersales_last_visit_date", "!=", False)]))
        with self.at_branch():
            there = customer.with_env(self.env)
            # Half past four in the afternoon of the day before, in Los Angeles.
            self.assertEqual(there.aftersales_last_visit_date, date(2025, 2, 19))

    def test_customer_of_both_is_lost_where_he_stays_away(self):
        customer = self._new_customer(company_id=False)
        car = self._new_vehicle(customer, company_id=False)
        self._new_visit_at_branch(customer, car, date(2025, 2, 20))
        self._new_delivered_visit(customer, car)
        self._run_planning()
        lost = self._get_planned("lost", partner_id=customer)
        self.assertEqual(lost.company_id, self.branch["company"])

    def test_shared_car_is_called_about_only_where_its_owner_comes_in(self):
        customer = self._new_customer(company_id=False, officer=self.env["res.users"])
        car = self._new_vehicle(
            customer, company_id=False, aftersales_insurance_date=date(2026, 3, 20)
        )
        self._run_planning()
        self.assertFalse(self._get_planned("insurance", vehicle_id=car))
        self._new_visit_at_branch(customer, car, date(2026, 2, 20))
        self._run_planning()
        insurance = self._get_planned("insurance", vehicle_id=car)
        self.assertEqual(insurance.company_id, self.branch["company"])
        self.assertEqual(insurance.user_id, self.branch["officer"])

    def test_customer_of_both_is_called_by_both(self):
        customer = self._new_customer(company_id=False)
        car = self._new_vehicle(
            customer, company_id=False, aftersales_insurance_date=date(2026, 3, 20)
        )
        self._new_visit_at_branch(customer, car, date(2026, 2, 20))
        self._new_delivered_visit(customer, car)
        self._run_planning()
        insurance = self._get_planned("insurance", vehicle_id=car)
        self.assertEqual(insurance.company_id, self.company | self.branch["company"])


class TestLost(OriginCase):
    """Lost customers are called twelve to thirteen calendar months after a visit."""

    def _import_last_visit(self, day):
        moment = datetime.combine(day, datetime.min.time()) + timedelta(hours=2)
        return self._import_visit(date_arrival=moment, date_delivery=moment)

    def _get_lost(self, moment):
        self.set_now(moment)
        self._run_planning()
        return self._get_planned("lost")

    def test_window_is_the_thirteenth_calendar_month(self):
        self._import_last_visit(date(2025, 4, 10))
        self.assertFalse(self._get_lost(datetime(2026, 4, 9, 2)))
        lost = self._get_lost(datetime(2026, 4, 10, 2))
        self.assertEqual(lost.date_earliest, date(2026, 4, 10))
        self.assertEqual(lost.date_deadline, date(2026, 5, 10))

    def test_window_is_the_same_where_working_days_are_counted(self):
        self._count_working_days()
        self._import_last_visit(date(2025, 4, 10))
        self.assertFalse(self._get_lost(datetime(2026, 4, 9, 2)))
        lost = self._get_lost(datetime(2026, 4, 10, 2))
        self.assertEqual(lost.date_earliest, date(2026, 4, 10))
        self.assertEqual(lost.date_deadline, date(2026, 5, 10))

    def test_days_of_a_window_in_months_are_calendar_days(self):
        self._count_working_days()
        rule = self.env.ref("aftersales_followup.rule_lost")
        rule.sudo().write({"earliest_months": 0, "earliest_days": 300})
        # 300 calendar days after 10 April 2025 are 4 February 2026.
        windows = rule._get_windows([date(2025, 4, 10)], self.company)
        self.assertEqual(
            windows, {date(2025, 4, 10): (date(2026, 2, 4), date(2026, 5, 10))}
        )

    def test_last_day_of_february_is_called_in_time(self):
        """29 February 2028 and twelve months are 28 February 2029."""
        self.set_now(datetime(2028, 3, 31, 2))
        self._import_last_visit(date(2028, 2, 29))
        self.assertFalse(self._get_lost(datetime(2029, 2, 27, 2)))
        lost = self._get_lost(datetime(2029, 2, 28, 2))
        self.assertEqual(lost.date_earliest, date(2029, 2, 28))
        self.assertEqual(lost.date_deadline, date(2029, 3, 29))

    def test_new_visit_ends_the_matter(self):
        visit = self._import_last_visit(date(2025, 2, 20))
        self._run_planning()
        lost = self._get_planned("lost")
        self.assertEqual(lost.state, "planned")
        self._new_visit(visit.partner_id, visit.vehicle_id)
        self.assertEqual(lost.state, "cancelled")
        self.assertEqual(lost.cancel_reason, "It was seen to meanwhile.")


class TestClosure(OriginCase):
    """Working days jump over whatever closure there is."""

    def _close(self, first, last):
        shanghai = timedelta(hours=8)
        self.env["resource.calendar.leaves"].sudo().create(
            {
                "name": "Rebuilding",
                "calendar_id": self.company.sudo().resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": datetime.combine(first, datetime.min.time()) - shanghai,
                "date_to": datetime.combine(last, datetime.max.time()) - shanghai,
            }
        )
        self.company.sudo().aftersales_use_working_days = True

    def test_car_is_delivered_before_a_closure_of_sixty_days(self):
        # Closed from Tuesday 3 March to Friday 1 May.
        self._close(date(2026, 3, 3), date(2026, 5, 1))
        first = self._new_delivered_visit().followup_ids
        # Working days from Monday 4 May: 4, 5, 6 are the third, 12 is the seventh.
        self.assertEqual(first.date_earliest, date(2026, 5, 6))
        self.assertEqual(first.date_deadline, date(2026, 5, 12))
        self._run_planning()

    def test_car_is_delivered_in_the_middle_of_a_closure(self):
        self._close(date(2026, 2, 2), date(2026, 4, 2))
        first = self._new_delivered_visit().followup_ids
        # Friday 3 April, Monday 6, Tuesday 7.
        self.assertEqual(first.date_earliest, date(2026, 4, 7))

    def test_after_a_year_of_closure_calendar_days_are_counted(self):
        # Closed for two years: 3 March 2027 is the 366th day on which nobody works,
        # and from the next day on each one counts.
        self._close(date(2026, 3, 3), date(2028, 3, 2))
        first = self._new_delivered_visit().followup_ids
        self.assertEqual(first.date_earliest, date(2027, 3, 6))
        self.assertEqual(first.date_deadline, date(2027, 3, 10))
        self._run_planning()


class TestTypedDates(OriginCase):
    """Whatever ends a round closes its reminder, also when it is typed in."""

    def setUp(self):
        super().setUp()
        self.customer = self._new_customer()

    def assertSeenTo(self, followup):
        self.assertEqual(followup.state, "cancelled")
        self.assertEqual(followup.cancel_reason, "It was seen to meanwhile.")
        self.assertFalse(self._get_reminders(followup))

    def test_maintenance_done_elsewhere_closes_the_reminder(self):
        car = self._new_vehicle(
            self.customer, aftersales_last_maintenance_date=date(2025, 9, 10)
        )
        self._run_planning()
        reminder = self._get_planned("maintenance")
        self.assertEqual(reminder.state, "planned")
        car.with_user(self.advisor).aftersales_last_maintenance_date = date(2026, 3, 1)
        self.assertSeenTo(reminder)

    def test_insurance_that_was_renewed_closes_the_reminder(self):
        car = self._new_vehicle(
            self.customer,
            aftersales_insurance_date=date(2026, 3, 20),
            aftersales_inspection_date=date(2026, 3, 20),
        )
        self._run_planning()
        insurance = self._get_planned("insurance")
        car.with_user(self.officer).aftersales_insurance_date = date(2027, 3, 20)
        self.assertSeenTo(insurance)
        self.assertEqual(self._get_planned("inspection").state, "planned")
        self.set_now(datetime(2027, 3, 1, 2))
        self._run_planning()
        again = self._get_planned("insurance") - insurance
        self.assertEqual(again.date_earliest, date(2027, 2, 18))

    def test_date_that_was_a_slip_closes_the_reminder(self):
        car = self._new_vehicle(
            self.customer, aftersales_insurance_date=date(2026, 3, 20)
        )
        self._run_planning()
        car.aftersales_insurance_date = False
        self.assertSeenTo(self._get_planned("insurance"))

    def test_new_reading_of_the_odometer_closes_nothing(self):
        car = self._new_vehicle(
            self.customer,
            aftersales_last_maintenance_date=date(2025, 9, 10),
            aftersales_last_maintenance_km=10000,
        )
        self._run_planning()
        for day, km in ((date(2025, 9, 10), 10000), (TODAY, 14800)):
            self.env["fleet.vehicle.odometer"].create(
                {"vehicle_id": car.id, "date": day, "value": km}
            )
        self._run_planning()
        self.assertEqual(self._get_planned("maintenance").mapped("state"), ["planned"])
