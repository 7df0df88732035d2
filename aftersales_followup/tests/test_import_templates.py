from datetime import datetime

import openpyxl

from odoo.tests import tagged
from odoo.tools.misc import file_open

from .common_import import ImportCase


@tagged("-at_install", "post_install")
class TestImportTemplates(ImportCase):
    """Odoo's own import takes the templates as they are."""

    TEMPLATES = (
        ("res.partner", {"aftersales_archive": True}),
        ("fleet.vehicle", {}),
        ("aftersales.visit", {}),
    )
    OPTIONS = {
        "has_headers": True,
        "quoting": '"',
        "sheet": "",
        "name_create_enabled_fields": {"model_id": True},
    }

    def test_words_of_the_chinese_template_are_those_of_the_screens(self):
        """Where the labels are Chinese, an import takes these Chinese words."""
        self.env["res.lang"].sudo()._activate_lang("zh_CN")
        module = (
            self.env["ir.module.module"]
            .sudo()
            .search([("name", "=", "aftersales_followup")])
        )
        module._update_translations(["zh_CN"])
        with file_open(
            "aftersales_followup/static/templates/visits_zh.xlsx", "rb"
        ) as file:
            headers, *lines = openpyxl.load_workbook(file).active.iter_rows(
                values_only=True
            )
        for model, field, header in (
            ("aftersales.visit", "visit_type", "类型"),
            ("aftersales.visit.line", "trade", "工种"),
            ("aftersales.visit.line", "payer", "付款方"),
            ("aftersales.visit.line", "claim_state", "索赔状态"),
        ):
            chinese, english = (
                {
                    label
                    for _key, label in self.env[model]
                    .with_context(lang=lang)
                    .fields_get([field])[field]["selection"]
                }
                for lang in ("zh_CN", "en_US")
            )
            words = {line[headers.index(header)] for line in lines} - {None}
            if chinese != english:
                self.assertLessEqual(words, chinese)

    def _import_template(self, model, lang, **context):
        records = self.env[model].with_context(lang=lang, **context)
        [template] = records.get_import_templates()
        with file_open(template["template"].lstrip("/"), "rb") as file:
            content = file.read()
        xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        wizard = (
            self.env["base_import.import"]
            .with_context(lang=lang)
            .create({"res_model": model, "file": content, "file_type": xlsx})
        )
        preview = wizard.parse_preview(dict(self.OPTIONS))
        self.assertNotIn("error", preview)
        matches = preview["matches"]
        self.assertEqual(len(matches), len(preview["headers"]), preview["headers"])
        fields = ["/".join(matches[n]) for n in range(len(preview["headers"]))]
        options = {**preview["options"], **self.OPTIONS}
        result = wizard.execute_import(fields, preview["headers"], options)
        self.assertEqual(result["messages"], [])
        return self.env[model].browse(result["ids"])

    def test_templates_come_in_as_they_are(self):
        customers, cars, visits = (
            self._import_template(model, "en_US", **context)
            for model, context in self.TEMPLATES
        )
        self.assertEqual(customers.mapped("name")[0], "Zhang San")
        self.assertEqual(cars.aftersales_owner_id, customers)
        self.assertEqual(cars[0].model_id.display_name, "Buick/Regal")
        self.assertEqual(cars[0].model_id, self.model, "Known models are found")
        self.assertEqual(visits.mapped("name"), ["RO0001", "RO0002"])
        self.assertEqual(visits.mapped("state"), ["delivered", "closed"])
        self.assertEqual(visits[0].date_arrival, datetime(2025, 6, 2, 1, 0))
        self.assertEqual(visits[0].line_ids.mapped("amount"), [380.87, 573.38])
        self.assertTrue(all(visits.mapped("is_history")))
        self.assertFalse(visits.followup_ids, "Old visits plan no calls")

    def test_chinese_templates_are_understood(self):
        self.env["res.lang"].sudo()._activate_lang("zh_CN")
        for model, context in self.TEMPLATES[:2]:
            self.assertTrue(self._import_template(model, "zh_CN", **context))
        customer = self.env["res.partner"].search([("name", "=", "湘中物流有限公司")])
        car = customer.aftersales_vehicle_ids
        self.assertEqual(car.model_id.display_name, "别克/GL8")

    def test_any_chinese_gets_the_chinese_heads(self):
        self.env["res.lang"].sudo()._activate_lang("zh_TW")
        for model, context in self.TEMPLATES:
            records = self.env[model].with_context(lang="zh_TW", **context)
            [template] = records.get_import_templates()
            self.assertTrue(template["template"].endswith("_zh.xlsx"))
        for model, context in self.TEMPLATES[:2]:
            self.assertTrue(self._import_template(model, "zh_TW", **context))

    def test_contacts_keep_their_own_template(self):
        [template] = self.env["res.partner"].get_import_templates()
        self.assertTrue(template["template"].startswith("/base/"))
