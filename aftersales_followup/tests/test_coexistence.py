from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user

from .common import NOW, TODAY, AftersalesCase

OURS = "aftersales"
MODULE = "aftersales_followup"
VIEW_TYPES = ("form", "list", "kanban", "search", "pivot", "graph", "activity")


class CoexistenceCase(AftersalesCase):
    """People who work with Odoo's own contacts and fleet, and not in after-sales."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contacts_manager = cls._new_colleague("base.group_partner_manager")
        cls.fleet_user = cls._new_colleague("fleet.fleet_group_user")
        cls.fleet_manager = cls._new_colleague("fleet.fleet_group_manager")

    @classmethod
    def _new_colleague(cls, group):
        return new_test_user(
            cls.env(user=1),
            group.replace(".", "_"),
            groups=f"base.group_user,{group}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _as(self, user, records):
        """Return the records in the user's own environment, with nothing in memory."""
        self.env.flush_all()
        self.env.invalidate_all()
        return records.with_env(self.env(user=user, su=False, context={}))


class TestViews(CoexistenceCase):
    def _get_core_views(self, model):
        """Return the views of a model that are not ours, and the default ones."""
        views = (
            self.env["ir.ui.view"]
            .sudo()
            .search(
                [
                    ("model", "=", model),
                    ("mode", "=", "primary"),
                    ("type", "!=", "qweb"),
                ]
            )
        )
        core = views.filtered(lambda view: not view.xml_id.startswith(MODULE))
        return [(view.id, view.type) for view in core] + [
            (False, view_type) for view_type in VIEW_TYPES
        ]

    def _assert_views_without_us(self, user, *models):
        for model in models:
            for view_id, view_type in self._get_core_views(model):
                with self.subTest(user=user.login, model=model, view=view_id):
                    view = self._as(user, self.env[model]).get_view(view_id, view_type)
                    self.assertNotIn(OURS, view["arch"])

    def test_contacts_look_as_ever(self):
        for user in (self.outsider, self.contacts_manager, self.fleet_user):
            self._assert_views_without_us(user, "res.partner")

    def test_fleet_looks_as_ever(self):
        for user in (self.fleet_user, self.fleet_manager):
            self._assert_views_without_us(
                user,
                "fleet.vehicle",
                "fleet.vehicle.odometer",
                "fleet.vehicle.model",
                "fleet.vehicle.log.services",
            )

    def test_users_and_companies_look_as_ever(self):
        admin = self._new_colleague("base.group_system")
        self._assert_views_without_us(admin, "res.users", "res.company")


class TestContacts(CoexistenceCase):
    def test_everybody_opens_a_customer(self):
        customer = self._new_delivered_visit().partner_id
        for user in (self.outsider, self.contacts_manager, self.fleet_user):
            form = Form(self._as(user, customer))
            self.assertEqual(form.name, "Zhang San")

    def test_contacts_manager_creates_changes_copies_and_archives(self):
        form = Form(self._as(self.contacts_manager, self.env["res.partner"]))
        form.name = "Li Si"
        form.phone = "+86 139 0013 9000"
        contact = form.save()
        with Form(contact) as form:
            form.street = "2 Xiangzhong Avenue"
            form.phone = "139 0013 9001"
        self.assertEqual(contact.sudo().aftersales_phone_digits, "13900139001")
        contact.action_archive()
        contact.action_unarchive()
        contact.copy().unlink()
        contact.unlink()

    def test_copy_of_a_customer_has_no_archive_of_its_own(self):
        customer = self._new_delivered_visit().partner_id
        copy = self._as(self.contacts_manager, customer).copy()
        archived = self.env["res.partner"].browse(copy.id).sudo()
        self.assertEqual(archived.aftersales_archive_state, "none")
        self.assertFalse(archived.aftersales_archive_number)
        self.assertFalse(archived.aftersales_officer_id)

    def test_customer_with_a_history_is_archived_but_not_deleted(self):
        customer = self._new_delivered_visit().partner_id
        customer = self._as(self.contacts_manager, customer)
        with self.assertRaisesRegex(UserError, "Archive the contact"):
            customer.unlink()
        customer.action_archive()
        self.assertFalse(customer.active)

    def test_everybody_finds_a_contact_by_phone(self):
        customer = self._new_customer()
        for user in (self.outsider, self.contacts_manager):
            partners = self._as(user, self.env["res.partner"])
            for operator, number in (("ilike", "138 0013"), ("=", "138 0013 8000")):
                found = partners.search([("phone_mobile_search", operator, number)])
                self.assertEqual(found, customer)

    def test_activities_of_others_are_scheduled_and_done_as_ever(self):
        user = self.contacts_manager
        customer = self._as(user, self._new_customer())
        for finish in (
            lambda activity: activity.action_done(),
            lambda activity: activity.action_feedback(feedback="Done"),
            lambda activity: activity.unlink(),
        ):
            activity = customer.activity_schedule(
                "mail.mail_activity_data_todo", user_id=user.id
            )
            activity.write({"date_deadline": TODAY, "user_id": user.id})
            finish(activity)
        self.assertFalse(customer.activity_ids)

    def test_portal_user_has_his_own_data_as_ever(self):
        portal = new_test_user(
            self.env(user=1), "portal_customer", groups="base.group_portal"
        )
        contact = self._as(portal, portal.partner_id)
        self.assertEqual(contact.read(["name"])[0]["name"], portal.name)
        contact.sudo().phone = "138 0013 8001"
        with self.assertRaises(AccessError):
            contact.read(["aftersales_officer_id"])

    def test_visitor_of_the_website_sees_nothing(self):
        public = self.env.ref("base.public_user")
        for model in ("aftersales.visit", "aftersales.call", "aftersales.letter"):
            with self.assertRaises(AccessError):
                self._as(public, self.env[model]).search([])


class TestMerge(CoexistenceCase):
    """Two contacts turn out to be one customer."""

    def _merge(self, user, kept, dropped):
        wizard = self._as(user, self.env["base.partner.merge.automatic.wizard"])
        wizard.create(
            {
                "partner_ids": [Command.set((kept | dropped).ids)],
                "dst_partner_id": kept.id,
            }
        ).action_merge()
        self.env.invalidate_all()

    def _new_history(self, customer):
        """Return visit, follow-up, call and letter of a customer."""
        visit = self._new_delivered_visit(customer)
        officer = visit.followup_ids.user_id
        call = self._new_call(visit.followup_ids, officer, outcome_id=self.no_answer.id)
        letter = self._new_letter(customer)
        call.action_register()
        letter.action_register()
        return visit, visit.followup_ids, call, letter

    def test_history_follows_and_registered_entries_stay_as_they_were(self):
        for user in (self.contacts_manager, self.officer, self.supervisor):
            user.group_ids |= self.env.ref("base.group_partner_manager")
            with self.subTest(user=user.login):
                kept = self._new_customer("Zhang San", phone="139 0000 0000")
                dropped = self._new_customer("Zhang Shan", officer=self.other_officer)
                history = self._new_history(dropped)
                number = dropped.aftersales_archive_number
                self._merge(user, kept, dropped)
                self.assertFalse(dropped.exists())
                for record in history:
                    self.assertEqual(record.partner_id, kept)
                visit, followup, call, letter = history
                self.assertEqual(visit.vehicle_id.aftersales_owner_id, kept)
                self.assertEqual(call.phone, "138 0013 8000")
                self.assertTrue(call.number and letter.number)
                self.assertEqual(kept.aftersales_archive_number, number)
                self.assertEqual(kept.aftersales_archive_state, "open")
                self.assertEqual(kept.aftersales_last_visit_date, TODAY)
                self.assertEqual(followup.user_id, kept.aftersales_officer_id)
                self.assertEqual(
                    self._get_reminders(followup).user_id, kept.aftersales_officer_id
                )

    def test_contacts_outside_after_sales_are_merged_as_ever(self):
        kept, dropped = self.env["res.partner"].create(
            [{"name": "Li Si"}, {"name": "Li Shi"}]
        )
        self._merge(self.contacts_manager, kept, dropped)
        self.assertFalse(dropped.exists())
        self.assertEqual(kept.aftersales_archive_state, "none")


class TestFleet(CoexistenceCase):
    def test_fleet_users_create_change_copy_and_archive_cars(self):
        for user in (self.fleet_user, self.fleet_manager):
            form = Form(self._as(user, self.env["fleet.vehicle"]))
            form.model_id = self._as(user, self.model)
            form.license_plate = "湘K11111"
            vehicle = form.save()
            self.assertEqual(vehicle.sudo().aftersales_interval_months, 6)
            with Form(vehicle) as form:
                form.license_plate = "湘K22222"
                form.odometer = 100
            self.assertEqual(vehicle.sudo().aftersales_plate_key, "湘K22222")
            vehicle.copy()
            vehicle.action_archive()

    def test_copy_of_a_car_takes_neither_owner_nor_dates_along(self):
        vehicle = self._new_delivered_visit().vehicle_id
        vehicle.write(
            {"aftersales_insurance_date": TODAY, "aftersales_interval_months": 9}
        )
        copy = self._as(self.fleet_manager, vehicle).copy().sudo()
        self.assertFalse(copy.aftersales_owner_id)
        self.assertFalse(copy.aftersales_insurance_date)
        self.assertFalse(copy.aftersales_last_maintenance_date)
        self.assertEqual(copy.aftersales_interval_months, 6)

    def test_fleet_user_opens_a_customers_car(self):
        vehicle = self._new_delivered_visit().vehicle_id
        form = Form(self._as(self.fleet_user, vehicle))
        self.assertEqual(form.license_plate, "湘K12345")

    def test_reading_of_a_fleet_user_moves_the_next_maintenance(self):
        vehicle = self._new_vehicle(self._new_customer())
        self._new_delivered_visit(vehicle=vehicle, odometer=10000, date_arrival=NOW)
        before = vehicle.aftersales_next_maintenance_date
        self.pass_days(10)
        self._as(self.fleet_user, vehicle).odometer = 13000
        self.assertLess(vehicle.aftersales_next_maintenance_date, before)
        odometer = self._as(self.fleet_user, self.env["fleet.vehicle.odometer"])
        form = Form(odometer)
        form.vehicle_id = self._as(self.fleet_user, vehicle)
        form.value = 13500
        form.save()
        self.assertEqual(vehicle.odometer, 13500)

    def test_fleet_manager_keeps_models_and_deletes_cars_without_a_history(self):
        form = Form(self._as(self.fleet_manager, self.env["fleet.vehicle.model"]))
        form.name = "Excelle"
        form.brand_id = self._as(self.fleet_manager, self.brand)
        model = form.save()
        with Form(model) as form:
            form.name = "Excelle GT"
        vehicle = self._new_vehicle(self._new_customer())
        self._as(self.fleet_manager, vehicle).unlink()
        visited = self._new_delivered_visit().vehicle_id
        with self.assertRaisesRegex(UserError, "Archive the car"):
            self._as(self.fleet_manager, visited).unlink()

    def test_driver_of_a_customers_car_is_fleets_own_business(self):
        vehicle = self._new_delivered_visit().vehicle_id
        self.assertFalse(vehicle.driver_id)
        driver = self._new_customer("Driver")
        self._as(self.fleet_user, vehicle).driver_id = driver.id
        self.assertEqual(vehicle.aftersales_owner_id.name, "Zhang San")
