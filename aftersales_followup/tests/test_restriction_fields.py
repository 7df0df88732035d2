from .common import AftersalesCase

MODULE = "aftersales_followup"
# Texts of ours that tell nothing of a customer, written by hand: names of the house's
# own things, technical keys. All others must say what they hold.
NEUTRAL = """
aftersales.archive: number
aftersales.call: number
aftersales.campaign: name venue description audience_domain
aftersales.correction: field_name field_label
aftersales.followup: origin_key
aftersales.import.header: name key
aftersales.kpi.entry: note
aftersales.letter: number
aftersales.restriction.value: res_model field value shown
aftersales.substitution: reason
aftersales.summary: results problems next_plan attendance
aftersales.summary.line: months
aftersales.visit: name rework_reference advisor_name
"""
# Configuration: written by supervisors, about no customer.
CONFIGURATION = """
aftersales.call.outcome aftersales.case.cause aftersales.followup.rule aftersales.kpi
aftersales.letter.template aftersales.optout.reason aftersales.segment aftersales.tip
aftersales.topic
"""


class TestPersonalFields(AftersalesCase):
    """Whoever adds a text says whether it tells who a customer is."""

    def _get_models(self):
        return [
            self.env[name]
            for name, model in self.env.registry.items()
            if model._original_module == MODULE
            and model._auto
            and not (model._abstract or model._transient)
        ]

    def test_each_text_of_ours_is_masked_or_known_to_tell_nothing(self):
        neutral = {}
        for line in NEUTRAL.strip().splitlines():
            model, names = line.split(":")
            neutral[model] = set(names.split())
        personal = self._get_personal_models()
        for model in self._get_models():
            if model._name in CONFIGURATION.split():
                continue
            texts = {
                name
                for name, field in model._fields.items()
                if field.store
                and field.column_type
                and field.type in ("char", "text", "html", "json")
            }
            declared = set()
            if model._name in personal:
                declared = set(model._get_personal_fields())
            with self.subTest(model=model._name):
                self.assertEqual(texts, declared | neutral.get(model._name, set()))

    def _get_personal_models(self):
        restriction = self.env["aftersales.restriction"]
        return {model._name for model in restriction._get_personal_models()}

    def test_what_is_masked_are_columns_of_the_database(self):
        for model in self.env["aftersales.restriction"]._get_personal_models():
            for name in (*model._get_personal_fields(), *model._personal_dates):
                with self.subTest(model=model._name, field=name):
                    self.assertTrue(model._fields[name].column_type)
                    self.assertTrue(model._fields[name].store)
