from odoo.tests import tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestSalutation(AftersalesCase):
    """Letters, labels and scripts say 先生 or 女士 to those of whom it is known."""

    def _greet(self, salutation, lang, **vals):
        self.env["res.lang"].sudo()._activate_lang(lang)
        customer = self._new_customer("张三", aftersales_salutation=salutation, **vals)
        return customer.with_context(lang=lang)._aftersales_salute()

    def test_chinese_puts_it_behind_the_name(self):
        self.assertEqual(self._greet("mr", "zh_CN"), "张三先生")
        self.assertEqual(self._greet("ms", "zh_CN"), "张三女士")

    def test_english_puts_it_before_the_name(self):
        self.assertEqual(self._greet("mr", "en_US"), "Mr 张三")
        self.assertEqual(self._greet("ms", "en_US"), "Ms 张三")

    def test_nobody_is_guessed_and_no_firm_is_a_person(self):
        self.assertEqual(self._greet(False, "zh_CN"), "张三")
        self.assertEqual(self._greet("mr", "zh_CN", is_company=True), "张三")

    def test_letter_label_and_script_greet_with_it(self):
        customer = self._new_customer("Zhang San", aftersales_salutation="ms")
        topic = self.env["aftersales.topic"].create(
            {"name": "Greeting", "script": "Hello {customer}"}
        )
        call = self._new_call(partner_id=customer.id, topic_ids=topic.ids)
        self.assertEqual(call.script, "Hello Ms Zhang San")
        template = self.env["aftersales.letter.template"].create(
            {"name": "Thanks", "subject": "Thanks", "body": "<p>Dear {customer},</p>"}
        )
        letter = self._new_letter(customer, template_id=template.id, body=False)
        self.assertIn("Dear Ms Zhang San,", letter.body)
        self.assertEqual(letter._get_label_lines()[2], "To: Ms Zhang San")

    def test_it_goes_when_the_customer_asks_to_be_forgotten(self):
        fields = self.env["res.partner"]._get_personal_fields()
        self.assertIn("aftersales_salutation", fields)
