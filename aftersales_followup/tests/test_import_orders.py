from datetime import datetime

from odoo.tests import tagged

from .common_import import ImportCase, as_csv, row, table


@tagged("-at_install", "post_install")
class TestImportOrders(ImportCase):
    """What an order says and when it was decide what becomes of it."""

    # what it is

    def test_rows_of_one_order_may_stand_apart_and_be_repeated(self):
        rows = [
            row("RO1"),
            row("RO1"),
            {},
            row("RO2"),
            row("RO1", description="四轮定位"),
            {"service": "精品", "description": "记录仪", "amount": "5"},
            row("RO2"),
        ]
        data_import = self._import(*rows)
        self.assertFigures(data_import, order_count=2, imported_count=2, line_count=5)
        self.assertEqual(
            self._get_visit("RO1").line_ids.mapped("name"),
            ["更换机油机滤", "四轮定位", "记录仪"],
        )
        self.assertEqual(len(self._get_visit("RO2").line_ids), 2)

    def test_one_number_for_two_customers_or_cars_is_rejected(self):
        data_import = self._import(
            row("RO1"),
            row("RO1", customer="李四"),
            row("RO2", vin=None),
            row("RO2", vin=None, plate="湘K99999"),
            row("RO3"),
            row("RO3", vin="VIN0000009"),
            row("RO4", plate="湘k·12345"),
            row("RO4", plate=None, customer=" 张 三"),
        )
        reasons = self._get_reasons(data_import)
        self.assertEqual(
            reasons,
            {
                "RO1": "its rows name different customers",
                "RO2": "its rows name different plates",
                "RO3": "its rows name different VINs",
            },
        )

    def test_defects_are_named_all_at_once(self):
        data_import = self._import(
            row("RO1", customer=None, plate=None, amount="x", odometer="-1"),
            row("RO2", date_arrival=None),
            row("RO7", customer="x" * 99, payer="y" * 99),
            row("RO3", date_delivery="明天", cost="-3"),
            row("RO4", payer="某人", claim_state="?"),
            row(None),
            row("RO5", date_arrival="2025-06-02 17:00", date_delivery="2025-06-02"),
            row("RO6", date_arrival="2025-06-02", date_delivery="2025-06-02 08:00"),
        )
        self.assertEqual(
            self._get_reasons(data_import),
            {
                "RO1": "odometer is no positive number: -1; no customer; no plate; "
                "amount is no number: x",
                "RO2": "no date of arrival",
                "RO3": "delivery is no date: 明天; cost is no positive number: -3",
                "RO4": "unknown payer: 某人; unknown state of the warranty claim: ?",
                "RO7": "unknown payer: " + "y" * 60,
                False: "no order number",
            },
        )
        self.assertFigures(data_import, imported_count=2)

    def test_kinds_of_work_payers_and_claims_in_chinese_and_english(self):
        self._import(
            row("RO1", trade="钣金", payer="索赔", claim_state="已通过"),
            row("RO1", trade="Paint", payer="Insurance", claim_state="Rejected"),
            row("RO1", trade="?", payer=None, claim_state=None),
            row("RO1", trade=None, payer="内部", claim_state="已提交", service=None),
        )
        lines = self._get_visit("RO1").line_ids
        self.assertEqual(
            lines.mapped("trade"), ["sheet_metal", "paint", "maintenance", "other"]
        )
        self.assertEqual(
            lines.mapped("payer"), ["warranty", "insurance", "customer", "internal"]
        )
        self.assertEqual(
            lines.mapped("claim_state"), ["approved", "rejected", "none", "submitted"]
        )

    def test_brands_models_categories_and_services_are_not_doubled(self):
        self.env["res.lang"].sudo()._activate_lang("zh_CN")
        service = self.env["fleet.service.type"].create(
            {"name": "Maintenance", "category": "service"}
        )
        service.with_context(lang="zh_CN").name = "常规保养"
        self.brand.name = "别克"
        self._import(
            row("RO1"),
            row("RO2", plate="湘K2", vin=None, service="精品", brand=None, model=None),
            row("RO3", plate="湘K3", vin=None, model="Regal", category="SUV"),
        )
        self.assertEqual(self._get_visit("RO1").line_ids.service_type_id, service)
        car = self._get_visit("RO1").vehicle_id
        self.assertEqual(car.model_id.brand_id, self.brand)
        self.assertEqual(car.category_id.name, "轿车")
        self.assertEqual(self._get_visit("RO2").vehicle_id.brand_id.name, "Unknown")
        self.assertEqual(self._get_visit("RO3").vehicle_id.model_id, self.model)

    def test_advisor_is_the_user_of_that_name_or_a_name(self):
        self._new_user("twin_a", "advisor", name="周敏")
        self._new_user("twin_b", "advisor", name="周敏")
        self._import(
            row("RO1", advisor=self.advisor.name),
            row("RO2", advisor="周敏"),
            row("RO3", advisor="李娜"),
        )
        self.assertEqual(self._get_visit("RO1").advisor_id, self.advisor)
        for number, name in (("RO2", "周敏"), ("RO3", "李娜")):
            self.assertFalse(self._get_visit(number).advisor_id)
            self.assertEqual(self._get_visit(number).advisor_name, name)

    def test_rework_finds_its_order_in_whichever_sequence_they_come(self):
        self._import(row("RO1", rework_of="RO2"), row("RO3", rework_of="RO9"))
        self.assertEqual(self._get_visit("RO1").rework_reference, "RO2")
        self._import(row("RO2"), row("RO4", rework_of="RO1"))
        self.assertEqual(self._get_visit("RO1").rework_of_id, self._get_visit("RO2"))
        self.assertEqual(self._get_visit("RO4").rework_of_id, self._get_visit("RO1"))
        self.assertFalse(self._get_visit("RO1").rework_reference)
        self.assertEqual(self._get_visit("RO3").rework_reference, "RO9")

    # when it was

    def test_only_visits_within_the_first_window_plan_calls(self):
        self._import(
            row(
                "RO1", date_arrival="2026-02-27 09:00", date_delivery="2026-02-28 09:00"
            ),
            row(
                "RO2", date_arrival="2026-02-10 09:00", date_delivery="2026-02-11 09:00"
            ),
        )
        recent, old = self._get_visit("RO1"), self._get_visit("RO2")
        self.assertEqual(recent.followup_ids.rule_id, self.rule_first)
        self.assertFalse(recent.is_history)
        self.assertTrue(old.is_history)
        self.assertFalse(old.followup_ids)

    def test_a_visit_is_over_when_its_end_is_written_and_has_come(self):
        data_import = self._import(
            row("RO1", date_arrival="2026-03-01", date_delivery=None),
            row("RO2", date_arrival="2026-03-01", date_delivery="2026-03-09"),
            row("RO3", date_arrival="2025-03-01", date_delivery=None),
            row(
                "RO4",
                visit_type="咨询",
                plate=None,
                vin=None,
                date_arrival="2025-03-01",
                date_delivery=None,
            ),
        )
        self.assertEqual(self._get_visit("RO1").state, "open")
        self.assertEqual(self._get_visit("RO2").state, "open")
        self.assertFalse(self._get_visit("RO2").date_delivery)
        self.assertEqual(
            self._get_reasons(data_import),
            {"RO3": "came more than 60 days ago and has no date of delivery"},
        )
        consultation = self._get_visit("RO4")
        self.assertEqual(consultation.state, "closed")
        self.assertEqual(consultation.date_delivery, consultation.date_arrival)
        self.assertFalse(consultation.vehicle_id)

    def test_dates_are_local_to_the_file(self):
        data_import = self._new_import(as_csv(table([row()])), tz="Europe/Paris")
        data_import.action_import()
        self.assertEqual(
            self._get_visit("RO1").date_arrival, datetime(2025, 6, 2, 7, 0)
        )
