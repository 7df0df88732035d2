from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from .common_import import ImportCase, as_csv, row, table

STAGED = (
    "aftersales.visit.import.order",
    "aftersales.visit.import.content",
    "aftersales.visit.import.header",
)


@tagged("-at_install", "post_install")
class TestImportPrivacy(ImportCase):
    """What a file tells of people is kept no longer than the import needs it."""

    def _count(self, model, data_import):
        return self.env[model].search_count([("import_id", "=", data_import.id)])

    def _vacuum(self, data_import, hours):
        """Let the nightly clean-up run ``hours`` after the last change."""
        self.env.flush_all()
        moment = self.env.cr.now() - timedelta(hours=hours)
        for model in (data_import._name, *STAGED):
            table = SQL.identifier(self.env[model]._table)
            self.env.cr.execute(SQL("UPDATE %s SET write_date = %s", table, moment))
        self.env.invalidate_all()
        for model in (*STAGED, data_import._name):
            self.env[model].sudo()._transient_vacuum()
        self.env.invalidate_all()

    def _get_attachments(self, data_import):
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", data_import._name),
                    ("res_id", "=", data_import.id),
                    ("res_field", "!=", False),
                ]
            )
        )

    def test_orders_that_came_in_are_forgotten_at_once(self):
        self._import(row("RO0"))
        data_import = self._import(row("RO0"), row("RO1"), row("RO2", amount="x"))
        figures = {
            "order_count": 3,
            "ready_count": 0,
            "imported_count": 1,
            "skipped_count": 1,
            "rejected_count": 1,
            "line_count": 2,
            "amount_total": 200,
            "customer_count": 1,
            "vehicle_count": 1,
        }
        self.assertFigures(data_import, **figures)
        data_import.invalidate_recordset()
        self.assertFigures(data_import, **figures)
        for model in STAGED[:2]:
            [left] = self.env[model].search([("import_id", "=", data_import.id)])
        self.assertEqual(data_import.rejected_order_ids.number, "RO2")
        self.assertEqual(left, data_import.rejected_order_ids.content_id)

    def test_the_night_deletes_what_was_imported_or_given_up(self):
        given_up = self._new_import(as_csv(table([row("RO1"), row("RO2")])))
        given_up.action_preview()
        done = self._import(row("RO3"), row("RO4", amount="x"))
        self._vacuum(done, hours=13)
        for data_import in (given_up, done):
            self.assertFalse(data_import.exists())
            self.assertFalse(self._get_attachments(data_import), "The files go, too")
            for model in STAGED:
                self.assertFalse(self._count(model, data_import))
        self.assertEqual(self._get_visits().mapped("name"), ["RO3"])

    def test_the_night_leaves_an_import_that_is_at_work(self):
        """Whole: its orders do not go before it."""
        data_import = self._new_import(as_csv(table([row("RO1"), row("RO2")])))
        data_import.action_preview()
        self._vacuum(data_import, hours=11)
        for model in STAGED[:2]:
            self.assertEqual(self._count(model, data_import), 2)
        data_import.action_import()
        self.assertEqual(self._get_visits().mapped("name"), ["RO1", "RO2"])

    def test_of_a_rejected_order_nobody_asks_who_it_was(self):
        data_import = self._new_import(as_csv(table([row("RO1", amount="x")])))
        data_import.action_preview()
        order = data_import.rejected_order_ids
        for name in ("name_key", "phone_key", "plate_key", "vin_key"):
            self.assertFalse(order[name])
