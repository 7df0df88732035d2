from .common import AftersalesCase


class TestFirstSteps(AftersalesCase):
    """Who begins is led, and not told that all calls are done."""

    def _get_help(self, user, model="aftersales.followup", **context):
        records = self.env[model].with_user(user).with_context(**context)
        return str(records.get_empty_list_help("<p>All calls are done</p>"))

    def test_a_supervisor_of_an_empty_dealership_sees_what_to_do_first(self):
        for model, context in (
            ("aftersales.followup", {}),
            ("res.partner", {"aftersales_archive": True}),
        ):
            with self.subTest(model=model):
                help_text = self._get_help(self.supervisor, model, **context)
                self.assertIn('href="/odoo/aftersales-import"', help_text)
                self.assertIn('href="/odoo/aftersales-rules"', help_text)
                self.assertIn("Note the first call", help_text)
                self.assertNotIn("All calls are done", help_text)

    def test_officers_and_other_lists_are_left_alone(self):
        self.assertIn("All calls are done", self._get_help(self.officer))
        self.assertIn(
            "All calls are done", self._get_help(self.supervisor, "res.partner")
        )

    def test_the_steps_go_when_visits_and_a_call_are_there(self):
        visit = self._new_visit()
        self.assertNotIn("All calls are done", self._get_help(self.supervisor))
        self._new_call(partner_id=visit.partner_id.id).action_register()
        self.assertIn("All calls are done", self._get_help(self.supervisor))
