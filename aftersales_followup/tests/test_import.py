import base64
from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged

from .common import AftersalesData
from .common_import import HEADERS, IMPORT, ROW, ImportCase, as_csv, data, row, table


@tagged("-at_install", "post_install")
class TestImport(ImportCase):
    """The export of a dealership comes in whole, once, and as its columns say."""

    # the sample

    SAMPLE = {
        "order_count": 42,
        "rejected_count": 13,
        "line_count": 63,
        "amount_total": 26367.04,
        "customer_count": 26,
        "vehicle_count": 27,
    }

    def test_sample_comes_in_with_exact_numbers_and_twice_adds_nothing(self):
        # The sample's last order was delivered in September 2026.
        self.set_now(datetime(2026, 11, 2, 2, 0))
        first = self._new_import(data("dms_export.xlsx"), "export.xlsx")
        first.action_preview()
        self.assertFigures(first, **self.SAMPLE, ready_count=29, imported_count=0)
        self.assertFalse(self._get_visits(), "A preview imports nothing")
        first.action_import()
        self.assertFigures(first, **self.SAMPLE, ready_count=0, imported_count=29)
        visits = self._get_visits()
        self.assertEqual(len(visits), 29)
        self.assertEqual(len(visits.line_ids), 63)
        self.assertAlmostEqual(sum(visits.mapped("amount_total")), 26367.04)
        self.assertEqual(len(visits.partner_id), 26)
        self.assertEqual(len(visits.vehicle_id), 27)
        self.assertFalse(visits.followup_ids, "Old visits plan no calls")
        partners = self.env["res.partner"].search_count([])
        again = self._import(content=data("dms_export.csv"))
        self.assertFigures(
            again,
            **self.SAMPLE,
            ready_count=0,
            imported_count=0,
            skipped_count=29,
        )
        self.assertEqual(self._get_visits(), visits)
        self.assertEqual(self.env["res.partner"].search_count([]), partners)

    def test_each_defect_of_the_sample_is_named(self):
        self.set_now(datetime(2026, 11, 2, 2, 0))
        data_import = self._new_import(data("dms_export.xlsx"))
        data_import.action_preview()
        reasons = self._get_reasons(data_import)
        for number, reason in {
            "RO250600065": "no customer",
            "RO250700108": "no plate",
            "RO251200554": "arrival is no date: 2026-13-45",
            "RO260100622": "arrival is no date: 昨天",
            "RO260601098": "arrival is no date: 00:00",
            "RO250600072": "delivered before arrival",
            "RO250800257": "amount is no number: --",
            "RO260300825": "amount is no number: 面议",
            "RO250600035": "odometer is no positive number: -5",
            "RO251000376": "odometer is no positive number: 不详",
        }.items():
            self.assertEqual(reasons[number], reason)
        self.assertEqual(data_import.rejected_count, len(reasons))

    def test_variety_of_the_sample_comes_in_right(self):
        self._import(content=data("dms_export.xlsx"))
        for number, field, value in (
            ("RO250600000", "odometer", 48280),
            ("RO250600001", "plate", "湘KDGKD9"),
            ("RO250600001", "wish", "<b>周末</b>回访"),
            ("RO250600002", "phone", "+86-17327651148"),
            ("RO250600002", "contact_id.name", "黄静"),
            ("RO250600002", "date_arrival", datetime(2025, 6, 1, 17, 57)),
            ("RO250600002", "date_delivery", datetime(2025, 6, 1, 22, 57)),
            ("RO250600005", "wish", '=HYPERLINK("http://x","优惠")'),
            ("RO250600005", "plate", "粤A32DCK"),
            ("RO250600004", "partner_id.is_company", True),
            ("RO250600064", "state", "closed"),
            ("RO250800196", "rework_of_id.name", "RO250800189"),
            ("RO251100505", "rework_reference", "RO250600065"),
            ("RO250600000", "advisor_name", "陈志强"),
        ):
            with self.subTest(number=number, field=field):
                found = self._get_visit(number).mapped(field)
                self.assertEqual(found[0], value)

    def test_cut_and_whole_export_agree_whatever_the_format(self):
        """The CSV (GB18030) and the XLSX of one export hold the same."""
        figures = []
        for name in ("dms_export.xlsx", "dms_export.csv"):
            data_import = self._new_import(data(name))
            data_import.action_preview()
            figures.append({field: data_import[field] for field in self.SAMPLE})
        self.assertEqual(*figures)

    # columns

    def test_a_header_matched_by_hand_is_remembered(self):
        headers = {**HEADERS, "customer": "Klient", "amount": "Kwota"}
        content = as_csv(table([row()], headers))
        data_import = self._new_import(content)
        data_import.action_preview()
        self.assertEqual(data_import.state, "match")
        with self.assertRaisesRegex(UserError, "no column for: Customer"):
            data_import.action_import()
        by_name = data_import.header_ids.grouped("name")
        by_name["Klient"].column = "customer"
        by_name["Kwota"].column = "amount"
        data_import.action_preview()
        self.assertEqual(data_import.state, "ready")
        data_import.action_import()
        self.assertEqual(self._get_visit("RO1").amount_total, 100)
        following = self._import(content=as_csv(table([row("RO2")], headers)))
        self.assertFigures(following, imported_count=1)

    def test_a_known_header_can_be_matched_otherwise_or_left_out(self):
        data_import = self._new_import(as_csv(table([row()])))
        data_import.action_preview()
        by_column = data_import.header_ids.grouped("column")
        by_column["wish"].column = False
        data_import.header_ids.grouped("column")["address"].column = "note"
        data_import.header_ids.filtered(
            lambda header: header.name == "备注"
        ).column = False
        data_import.action_import()
        visit = self._get_visit("RO1")
        self.assertFalse(visit.wish)
        self.assertEqual(visit.note, ROW["address"])
        again = self._new_import(as_csv(table([row()])))
        again.action_preview()
        self.assertEqual(
            again.header_ids.filtered(lambda header: header.name == "地址").column,
            "note",
        )
        self.assertIn("Customer's wish", again.missing_columns)

    def test_two_columns_cannot_mean_the_same(self):
        data_import = self._new_import(as_csv(table([row()])))
        data_import.action_preview()
        data_import.header_ids.filtered(
            lambda header: header.column == "note"
        ).column = "wish"
        with self.assertRaisesRegex(UserError, "Only one"):
            data_import.action_preview()

    def test_a_missing_column_is_named(self):
        headers = {name: header for name, header in HEADERS.items() if name != "plate"}
        data_import = self._new_import(as_csv(table([row()], headers)))
        with self.assertRaisesRegex(UserError, "no column for: Plate"):
            data_import.action_preview()

    # the wizard

    def test_another_file_makes_the_wizard_forget_the_first(self):
        form = Form(self.env["aftersales.visit.import"])
        form.data_file = base64.b64encode(as_csv(table([row("RO1"), row("RO2")])))
        data_import = form.save()
        data_import.action_preview()
        self.assertFigures(data_import, order_count=2, state="ready")
        with Form(data_import) as form:
            form.data_file = base64.b64encode(
                as_csv(table([row("RO3", customer=None)]))
            )
        self.assertFigures(data_import, order_count=0, state="draft")
        data_import.action_preview()
        self.assertEqual(data_import.rejected_order_ids.mapped("number"), ["RO3"])
        data_import.tz = "UTC"
        self.assertFigures(data_import, order_count=0, state="draft")

    def test_without_a_file_it_asks_for_one(self):
        data_import = self.env["aftersales.visit.import"].create({})
        self.assertEqual(data_import.tz, "Asia/Shanghai")
        with self.assertRaisesRegex(UserError, "Choose the file"):
            data_import.action_preview()

    def test_batches_can_be_stopped_and_continued(self):
        self.startPatcher(patch(f"{IMPORT}.BATCH", 2))
        self.startPatcher(patch(f"{IMPORT}_read.STAGED", 2))
        data_import = self._new_import(as_csv(table(row(f"RO{n}") for n in range(5))))
        data_import.action_preview()
        self.assertEqual(data_import.import_batch(), {"done": 2, "total": 5})
        self.assertEqual(len(self._get_visits()), 2)
        self.assertEqual(data_import.state, "ready")
        self.assertEqual(data_import.import_batch(), {"done": 4, "total": 5})
        self.assertEqual(data_import.import_batch(), {"done": 5, "total": 5})
        self.assertEqual(data_import.state, "done")
        self.assertEqual(data_import.import_batch(), {"done": 5, "total": 5})

    def test_the_file_is_not_indexed_for_search(self):
        """The index of a long file would take many times its memory."""
        data_import = self._new_import(as_csv(table([row()])))
        data_import.data_file = base64.b64encode(as_csv(table([row("RO2")])))
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", data_import._name),
                    ("res_field", "=", "data_file"),
                    ("res_id", "=", data_import.id),
                ]
            )
        )
        self.assertTrue(attachment)
        self.assertFalse(attachment.index_content)

    def test_file_in_the_database_is_read_as_well(self):
        self.env["ir.config_parameter"].sudo().set_param("ir_attachment.location", "db")
        self.assertFigures(self._import(row()), imported_count=1)

    def test_two_imports_of_a_company_do_not_run_at_once(self):
        data_import = self._new_import(as_csv(table([row()])))
        data_import.action_preview()
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT pg_advisory_xact_lock(hashtext(%s), %s)",
                ["aftersales.visit.import", self.company.id],
            )
            with self.assertRaisesRegex(UserError, "Somebody else is importing"):
                data_import.import_batch()

    def test_without_an_officer_nothing_is_imported(self):
        data_import = self._new_import(as_csv(table([row()])))
        Users = self.env.registry["res.users"]
        self.startPatcher(
            patch.object(Users, "_aftersales_officers", lambda users, company: users)
        )
        with self.assertRaisesRegex(UserError, "no follow-up officer"):
            data_import.action_import()

    def test_only_supervisors_import(self):
        data_import = self._new_import(as_csv(table([row()])))
        data_import.action_preview()
        for user in (self.officer, self.advisor, self.outsider):
            mine = data_import.with_user(user)
            for method in (mine.action_preview, mine.action_import, mine.import_batch):
                with self.assertRaises(AccessError):
                    method()
            with self.assertRaises(AccessError):
                self.env["aftersales.import.header"].with_user(user).search([])
        self.assertFalse(self._get_visits())

    def test_queries_do_not_grow_with_the_orders_of_a_batch(self):
        self._import(row("RO0", contact="李四", contact_phone="13700000001"))

        def count(prefix, orders):
            data_import = self._new_import(
                as_csv(
                    table(
                        row(
                            f"{prefix}{n}",
                            contact="李四",
                            contact_phone="13700000001",
                            rework_of="RO0",
                        )
                        for n in range(orders)
                    )
                )
            )
            data_import.action_preview()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            data_import.import_batch()
            return self.env.cr.sql_log_count - before

        count("A", 2)
        few, many = count("B", 5), count("C", 50)
        self.assertLessEqual(many, few + 2)


@tagged("-at_install", "post_install")
class TestImportTour(AftersalesData, HttpCase):
    def test_supervisor_imports_a_file_in_the_browser(self):
        self.supervisor.sudo().password = self.supervisor.login
        with patch(f"{IMPORT}.BATCH", 1):
            self.start_tour(
                "/odoo", "aftersales_import_dms", login=self.supervisor.login
            )
        visits = self.env["aftersales.visit"].search(
            [("company_id", "=", self.company.id)], order="name"
        )
        self.assertEqual(visits.mapped("name"), ["RO1", "RO2"])
