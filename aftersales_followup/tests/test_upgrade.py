from datetime import date, datetime, timedelta

from odoo.api import SUPERUSER_ID
from odoo.fields import Command

from .common import NOW, TODAY
from .upgrade_common import NEW_COLUMNS, OLD_COLUMNS, UpgradeCase

YESTERDAY = TODAY - timedelta(days=1)


class TestUpgradeArchives(UpgradeCase):
    """Officers, levels, numbers and results of version 19.0.1.0.0 stay as they were."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        root = cls.env(user=SUPERUSER_ID)
        cls.branch = root["res.company"].create({"name": "Pacific Motors"})
        cls.branch.resource_calendar_id.tz = "America/Los_Angeles"
        cls.branch_officer = cls._new_user("branch_officer", "officer", cls.branch)
        cls.level = root["aftersales.segment"].create(
            {"name": "Gold", "company_id": cls.company.id}
        )

    def _new_shared_customer(self, name="Zhang San"):
        return self.env["res.partner"].create({"name": name, "phone": "138 0013 8000"})

    def _new_branch_visit(self, partner, **vals):
        """A consultation at the branch, by its own officer."""
        env = self.env(user=SUPERUSER_ID)
        return (
            env["aftersales.visit"]
            .with_context(allowed_company_ids=self.branch.ids)
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": self.branch.id,
                    "visit_type": "consultation",
                    "officer_id": self.branch_officer.id,
                    **vals,
                }
            )
        )

    # archives

    def test_what_a_customer_had_is_in_the_archive_of_his_dealership(self):
        customer = self._new_customer()
        self._new_visit(customer)
        self._go_back()
        self._set_old(
            customer,
            aftersales_archive_number="A000042",
            aftersales_officer_id=self.other_officer.id,
            aftersales_segment_id=self.level.id,
            aftersales_wish="A quick one",
            aftersales_call_from=9.5,
            aftersales_call_to=11.0,
            aftersales_contact_since=YESTERDAY,
        )
        self._upgrade()
        archive = self._get_archive(customer)
        self.assertEqual(archive.number, "A000042")
        self.assertEqual(archive.officer_id, self.other_officer)
        self.assertEqual(archive.segment_id, self.level)
        self.assertEqual(archive.wish, "A quick one")
        self.assertEqual((archive.call_from, archive.call_to), (9.5, 11.0))
        self.assertEqual(archive.contact_since, YESTERDAY)
        self.assertEqual(customer.aftersales_officer_id, self.other_officer)
        self.assertEqual(customer.aftersales_archive_number, "A000042")
        self.assertEqual(
            self.env["res.partner"].search(
                [("aftersales_archive_number", "=", "A000042")]
            ),
            customer,
        )

    def test_each_company_that_knows_a_customer_keeps_an_archive(self):
        visitor, caller, reader, complainer = [
            self._new_customer(name) for name in ("Li", "Wang", "Zhao", "Sun")
        ]
        self._new_visit(visitor)
        self._new_call(partner_id=caller.id)
        self._new_letter(reader)
        self._new_case(complainer)
        planned = self._new_followup().partner_id
        nobody = self._new_customer("Nobody", officer=self.env["res.users"])
        self._go_back()
        self._upgrade()
        known = visitor | caller | reader | complainer | planned
        archives = self.env["aftersales.archive"].search(
            [("partner_id", "in", (known | nobody).ids)]
        )
        self.assertEqual(archives.partner_id, known)
        self.assertEqual(archives.company_id, self.company)

    def test_the_number_belongs_where_the_customer_came_in(self):
        customer, reader = self._new_shared_customer(), self._new_shared_customer("Li")
        self._new_branch_visit(customer)
        self._new_letter(customer)
        self._new_letter(reader)
        self._go_back()
        self._set_old(customer, aftersales_archive_number="A000007")
        self._set_old(reader, aftersales_archive_number="A000008")
        self._upgrade()
        self.assertFalse(self._get_archive(customer).number)
        self.assertEqual(self._get_archive(customer, self.branch).number, "A000007")
        self.assertEqual(self._get_archive(reader).number, "A000008")

    def test_officers_and_levels_go_where_they_belong(self):
        """Elsewhere the officer who had the last visit there keeps the customer."""
        customer = self._new_shared_customer()
        self._new_branch_visit(customer)
        self._new_visit(customer, visit_type="consultation")
        self._go_back()
        self._set_old(
            customer,
            aftersales_officer_id=self.officer.id,
            aftersales_segment_id=self.level.id,
        )
        self._upgrade()
        archive = self._get_archive(customer)
        self.assertEqual(archive.officer_id, self.officer)
        self.assertEqual(archive.segment_id, self.level)
        there = self._get_archive(customer, self.branch)
        self.assertEqual(there.officer_id, self.branch_officer)
        self.assertFalse(there.segment_id)

    def test_an_officer_keeps_a_customer_whom_only_others_know(self):
        customer = self._new_shared_customer()
        self._new_branch_visit(customer)
        self._go_back()
        self._set_old(customer, aftersales_officer_id=self.officer.id)
        self._upgrade()
        self.assertEqual(self._get_archive(customer).officer_id, self.officer)
        there = self._get_archive(customer, self.branch)
        self.assertEqual(there.officer_id, self.branch_officer)

    def test_who_never_came_keeps_officer_level_and_wish_in_some_company(self):
        """The customer's own one, his officer's, his level's, or else the first."""
        own = self._new_customer("Own", officer=self.env["res.users"])
        designated, levelled, wishing = [
            self._new_shared_customer(name) for name in ("Li", "Wang", "Zhao")
        ]
        self._go_back()
        self._set_old(own, aftersales_officer_id=self.branch_officer.id)
        self._set_old(designated, aftersales_officer_id=self.branch_officer.id)
        self._set_old(levelled, aftersales_segment_id=self.level.id)
        self._set_old(wishing, aftersales_wish="Wash it")
        self._upgrade()
        self.assertEqual(self._get_archive(own).officer_id, self.env["res.users"])
        archive = self._get_archive(designated, self.branch)
        self.assertEqual(archive.officer_id, self.branch_officer)
        self.assertEqual(self._get_archive(levelled).segment_id, self.level)
        first = self.env["res.company"].sudo().search([], order="id", limit=1)
        self.assertEqual(self._get_archive(wishing, first).wish, "Wash it")

    def test_the_state_of_an_archive_is_what_the_visits_tell(self):
        filed, running, both, cancelled, moved = [
            self._new_customer(name) for name in ("Li", "Wang", "Zhao", "Sun", "Zhou")
        ]
        early, late = NOW - timedelta(days=400), NOW - timedelta(days=1)
        visits = [
            self._new_visit(partner, date_arrival=arrival)
            for partner, arrival in (
                (filed, early),
                (running, late),
                (both, early),
                (both, late),
                (cancelled, late),
            )
        ]
        visits[-1].action_cancel()
        self._go_back()
        for visit in (visits[0], visits[2]):
            self._set_old(visit, archive_date=early.date(), archive_on_time=True)
        for partner in filed | running | both | cancelled:
            self._set_old(partner, aftersales_archive_state="complete")
        self._set_old(moved, aftersales_archive_state="open")
        self._set_old(moved, aftersales_officer_id=self.officer.id)
        self._upgrade()
        archives = [
            self._get_archive(partner)
            for partner in (filed, running, both, cancelled, moved)
        ]
        told = [
            ("complete", early.date(), early.date()),
            ("open", False, late.date()),
            ("open", early.date(), late.date()),
            ("none", False, False),
            ("none", False, False),
        ]
        names = ("state", "date", "last_visit_date")
        self.assertEqual(
            [tuple(archive[name] for name in names) for archive in archives], told
        )
        for archive in archives:
            archive._compute_from_visits()
        self.assertEqual(
            [tuple(archive[name] for name in names) for archive in archives], told
        )

    def test_the_last_visit_is_counted_in_the_days_of_each_company(self):
        customer = self._new_shared_customer()
        # Monday morning in Shanghai is still Sunday evening in Los Angeles.
        self._new_visit(customer, visit_type="consultation", date_arrival=NOW)
        self._new_branch_visit(customer, date_arrival=NOW)
        self._go_back()
        self._upgrade()
        self.assertEqual(self._get_archive(customer).last_visit_date, TODAY)
        there = self._get_archive(customer, self.branch)
        self.assertEqual(there.last_visit_date, YESTERDAY)

    def test_who_comes_to_several_companies_is_not_planned_for_long_ago(self):
        """Only one company planned for a shared customer until now."""
        customer, alone = self._new_shared_customer(), self._new_shared_customer("Li")
        for partner in (customer, alone):
            self._new_visit(partner, visit_type="consultation")
        self._new_branch_visit(customer)
        self._go_back()
        self._upgrade()
        self.assertEqual(self._get_archive(customer).contact_since, TODAY)
        there = self._get_archive(customer, self.branch)
        self.assertEqual(there.contact_since, YESTERDAY)
        self.assertFalse(self._get_archive(alone).contact_since)

    # results of archives

    def test_a_filed_archive_keeps_its_result(self):
        on_time, late, running, history = [self._new_visit() for _n in range(4)]
        self._go_back()
        self._set_old(on_time, archive_date=TODAY, archive_on_time=True)
        # Whatever the dates say: the result was written by another setting.
        self._set_old(late, archive_date=TODAY, archive_on_time=False)
        self._set_old(history, archive_deadline=None, is_history=True)
        self._upgrade()
        self.assertEqual(on_time.archive_result, "on_time")
        self.assertEqual(late.archive_result, "late")
        self.assertEqual(running.archive_result, "running")
        self.assertFalse(history.archive_result)

    def test_a_cancelled_visit_gets_its_deadline_back(self):
        arrival = datetime(2026, 2, 24, 2)
        void, on_time, late = [self._new_visit(date_arrival=arrival) for _n in range(3)]
        history = self._new_visit(date_arrival=arrival)
        (void | on_time | late | history).action_cancel()
        self._go_back()
        self._set_old(void | on_time | late | history, archive_deadline=None)
        self._set_old(on_time, archive_date=date(2026, 2, 26))
        self._set_old(late, archive_date=date(2026, 2, 27))
        self._set_old(history, is_history=True)
        self._upgrade()
        for visit, result in (
            (void, "void"),
            (on_time, "on_time"),
            (late, "late"),
        ):
            self.assertEqual(visit.archive_result, result)
            self.assertEqual(visit.archive_deadline, date(2026, 2, 26))
        self.assertFalse(history.archive_result)
        self.assertFalse(history.archive_deadline)
        void.action_reopen()
        self.assertEqual(void.archive_result, "running")

    # cars

    def test_a_warranty_still_ends_on_its_date(self):
        vehicle = self._new_vehicle(aftersales_warranty_date=TODAY)
        without = self._new_vehicle()
        self._go_back()
        self._upgrade()
        self.assertEqual(vehicle.aftersales_warranty_expiry_date, TODAY)
        self.assertFalse(without.aftersales_warranty_expiry_date)
        self.assertFalse(vehicle.aftersales_first_maintenance_date)

    # the tables

    def test_columns_that_moved_are_dropped(self):
        self._go_back()
        self._upgrade()
        for table, names in OLD_COLUMNS.items():
            self.assertFalse(names.keys() & self._get_columns(table))
        for table, names in NEW_COLUMNS.items():
            self.assertLessEqual(set(names), self._get_columns(table))

    def test_upgrading_twice_changes_nothing(self):
        visit = self._new_delivered_visit()
        followup = visit.followup_ids
        customer = visit.partner_id
        self._go_back()
        self._set_old(customer, aftersales_archive_number="A000042")
        self._set_old(followup, origin_key=f"first:visit:{visit.id}")
        tables = [*OLD_COLUMNS, *NEW_COLUMNS, "aftersales_archive"]
        self._load_module()
        first = [self._read_table(table) for table in tables]
        self._load_module()
        self.assertEqual([self._read_table(table) for table in tables], first)
        self._run_scripts("end")
        first = [self._read_table(table) for table in tables]
        self._upgrade()
        self.assertEqual([self._read_table(table) for table in tables], first)

    def test_columns_of_an_import_that_were_matched_by_hand_are_remembered(self):
        self._execute(
            "CREATE TABLE %s (LIKE %s INCLUDING ALL)",
            "aftersales_import_head",
            "aftersales_import_header",
        )
        self.env.cr.execute(
            """
            INSERT INTO aftersales_import_head (name, key, "column", company_id)
            VALUES ('Kennzeichen', 'kennzeichen', 'plate', %s)
            """,
            (self.company.id,),
        )
        self._go_back()
        self._upgrade()
        remembered = self.env["aftersales.import.header"]._get_remembered(self.company)
        self.assertEqual(remembered, {"kennzeichen": "plate"})
        self.assertFalse(self._get_columns("aftersales_import_head"))

    def _get_columns(self, table):
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
            (table,),
        )
        return {name for (name,) in self.env.cr.fetchall()}

    def _read_table(self, table):
        self._execute("SELECT * FROM %s ORDER BY id", table)
        return self.env.cr.dictfetchall()

    def test_what_users_saved_names_results(self):
        vals = {"model_id": "aftersales.followup", "user_ids": False}
        favorites = self.env["ir.filters"].sudo()
        on_time, late, other = favorites.create(
            [
                {
                    **vals,
                    "name": "On time",
                    "domain": '[("on_time", "=", True), ("state", "=", "done")]',
                    "context": "{'group_by': ['on_time', 'date_done:month']}",
                    "sort": '["on_time desc", "id"]',
                },
                {**vals, "name": "Late", "domain": "[('on_time', '!=', True)]"},
                {**vals, "name": "Other", "domain": "[('content', '=', 'on_time')]"},
            ]
        )
        export = (
            self.env["ir.exports"]
            .sudo()
            .create(
                {
                    "name": "Archives",
                    "resource": "aftersales.visit",
                    "export_fields": [
                        Command.create({"name": name})
                        for name in ("archive_on_time", "partner_id/name")
                    ],
                }
            )
        )
        self._go_back()
        self._upgrade()
        self.assertEqual(
            on_time.domain, "[('result', '=', 'on_time'), (\"state\", \"=\", \"done\")]"
        )
        self.assertEqual(on_time.context, "{'group_by': ['result', 'date_done:month']}")
        self.assertEqual(on_time.sort, '["result desc", "id"]')
        self.assertEqual(late.domain, "[('result', '!=', 'on_time')]")
        self.assertEqual(other.domain, "[('content', '=', 'on_time')]")
        self.assertEqual(
            export.export_fields.mapped("name"), ["archive_result", "partner_id/name"]
        )
