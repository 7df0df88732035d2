from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tools import mute_logger

from .common import TODAY
from .rights import DENIALS, MODULE, AccessCase

# Public methods that are no actions and no part of Odoo's own record interface.
OTHER_PUBLIC_METHODS = {
    "aftersales_get_my_figures",
    "aftersales_get_story",
    "get_data",
    "get_filters",
    "get_my_line",
    "import_batch",
    "open_records",
    "plan_batch",
}


class TestPublicMethods(AccessCase):
    def _our_models(self):
        return {
            name: model
            for name, model in self.env.registry.items()
            if any(parent._module == MODULE for parent in self._definitions(model))
        }

    def _definitions(self, model):
        return [parent for parent in model.__mro__ if hasattr(parent, "_module")]

    def _our_methods(self, model):
        """Return the names of the methods that our module defines on a model."""
        return {
            name
            for parent in self._definitions(model)
            if parent._module == MODULE
            for name, attribute in vars(parent).items()
            if callable(attribute)
        }

    def test_private_methods_cannot_be_called_from_outside(self):
        for model_name, model in self._our_models().items():
            for name in self._our_methods(model):
                if name.startswith("_"):
                    with self.subTest(model=model_name, method=name):
                        self.assertDenied(get_public_method, self.env[model_name], name)

    def test_what_can_be_called_from_outside_is_an_action_or_odoos_own(self):
        odoos_own = set(dir(self.env.registry["res.partner"])) | set(
            dir(self.env.registry["mail.thread"])
        )
        for model_name, model in self._our_models().items():
            public = {
                name
                for name in self._our_methods(model)
                if not name.startswith(("_", "action_"))
            }
            with self.subTest(model=model_name):
                self.assertFalse(public - odoos_own - OTHER_PUBLIC_METHODS)

    def _new_entries(self):
        """Return records of an officer in the states that actions look for."""
        visits = self._new_visit() | self._new_visit(visit_type="consultation")
        visits |= self._new_delivered_visit(self._new_customer())
        visits.write(
            {
                "wish": "A call",
                "next_service_content": "Winter check",
                "next_contact_date": TODAY,
            }
        )
        planned, cancelled = self._new_followup(), self._new_followup()
        cancelled._cancel("Moved abroad")
        calls = self._new_call(self._new_followup()) | self._new_call(planned)
        calls[0].action_register()
        letters = self._new_letter() | self._new_letter()
        letters[0].action_register()
        cases = self._new_case() | self._new_case() | self._new_case()
        cases.solution = "A new part"
        cases[1:].action_solve()
        cases[2].action_inform()
        return [*visits, planned, cancelled, *calls, *letters, *cases]

    def _actions_of(self, record):
        return sorted(
            name
            for name in self._our_methods(type(record))
            if name.startswith("action_")
        )

    def _try(self, user, record, method):
        """Return what an action gives: a dict to open something, or the error."""
        try:
            with mute_logger(*DENIALS), self.env.cr.savepoint():
                return self._rpc(user, record._name, method, record.ids)
        except (AccessError, UserError) as error:
            return error

    def _snapshot(self, record):
        record.invalidate_recordset()
        names = [name for name, field in record._fields.items() if field.store]
        return record.sudo().read(names)

    def _try_actions(self, user, record, before):
        """Return {action: its result} of the actions, which must change nothing."""
        results = {}
        for name in self._actions_of(record):
            results[record._name, name] = self._try(user, record, name)
            with self.subTest(user=user.login, record=record, action=name):
                self.assertEqual(self._snapshot(record), before)
        return results

    def test_actions_on_what_one_may_not_change_open_windows_at_most(self):
        other_advisor = self._new_user("other_advisor", "advisor")
        entries = [(record, self._snapshot(record)) for record in self._new_entries()]
        for user in (self.outsider, other_advisor, self.other_officer):
            tried, harmless = set(), set()
            for record, before in entries:
                results = self._try_actions(user, record, before)
                tried |= results.keys()
                harmless |= {
                    action
                    for action, result in results.items()
                    if isinstance(result, (AccessError, dict))
                }
            with self.subTest(user=user.login):
                self.assertFalse(tried - harmless)
