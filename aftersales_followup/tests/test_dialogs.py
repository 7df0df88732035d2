from odoo.api import SUPERUSER_ID
from odoo.fields import Command
from odoo.tests import tagged

from .common import TODAY
from .rights import AccessCase


@tagged("post_install", "-at_install")
class TestDialogsOfAnotherCompany(AccessCase):
    """No dialog tells anything about records that its user may not read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        root = cls.env(user=SUPERUSER_ID)
        company = root["res.company"].create({"name": "Pacific Motors"})
        home = cls.officer, cls.company
        cls.officer, cls.company = (
            cls._new_user("stranger", "officer", company),
            company,
        )
        root = root(context={**root.context, "allowed_company_ids": company.ids})
        own_env, cls.env = cls.env, root
        cls.foreign_customer = cls._new_customer("Secret Wang")
        cls.foreign_call = cls._new_call(
            user=cls.officer, partner_id=cls.foreign_customer.id
        )
        cls.foreign_call.action_register()
        cls.foreign_letter = cls._new_letter(cls.foreign_customer, subject="Secret")
        cls.foreign_letter.action_register()
        cls.foreign_unknown = cls._new_call(
            direction="inbound", caller_name="Secret Li", phone="139 1234 5678"
        )
        cls.foreign_unknown.action_register()
        cls.foreign_followup = cls._new_followup(cls.foreign_customer)
        cls.foreign_optout = cls._new_optout(cls.foreign_customer)
        cls.env = own_env
        cls.foreign_company = company
        cls.officer, cls.company = home
        cls.customer = cls._new_customer()
        cls.call = cls._new_call(partner_id=cls.customer.id).with_env(cls.env)
        cls.call.action_register()
        cls.letter = cls._new_letter(cls.customer).with_env(cls.env)
        cls.letter.action_register()
        cls.unknown = cls._new_call(direction="inbound", phone="1").with_env(cls.env)
        cls.unknown.action_register()
        cls.followup = cls._new_followup(cls.customer)
        cls.optout = cls._new_optout(cls.customer)

    def _get_dialogs(self):
        """Yield (model, field, own record, foreign record, other vals)."""
        call, letter = self.call, self.letter
        vals = {"reason": "x", "date": call.date, "outcome_id": self.reached.id}
        yield "aftersales.call.correct", "call_id", call, self.foreign_call, vals
        yield (
            *("aftersales.call.correct", "partner_id", self.customer),
            *(self.foreign_customer, {**vals, "call_id": call.id}),
        )
        vals = {"reason": "x", "date_sent": TODAY, "subject": "x"}
        yield (
            "aftersales.letter.correct",
            "letter_id",
            letter,
            self.foreign_letter,
            vals,
        )
        vals = {"partner_id": self.customer.id}
        yield (
            "aftersales.call.give",
            "call_id",
            self.unknown,
            self.foreign_unknown,
            vals,
        )
        yield (
            *("aftersales.call.give", "partner_id", self.customer),
            *(self.foreign_customer, {"call_id": self.unknown.id}),
        )
        vals = {"reason": "x"}
        yield (
            *("aftersales.followup.cancel", "followup_ids", self.followup),
            *(self.foreign_followup, vals),
        )
        yield (
            *("aftersales.optout.withdraw", "optout_ids", self.optout),
            *(self.foreign_optout, vals),
        )
        vals = {"officer_id": self.officer.id}
        yield (
            *("aftersales.partner.hand.over", "partner_ids", self.customer),
            *(self.foreign_customer, vals),
        )
        yield (
            *("aftersales.register.print", "company_id", self.company),
            *(self.foreign_company, {}),
        )

    def _point(self, model, name, record):
        """Return the value that points the field of a dialog at a record."""
        if self.env[model]._fields[name].type == "many2one":
            return record.id
        return [Command.set(record.ids)]

    def _get_attempts(self, user, model, name, record, vals):
        """Yield ways to have a dialog point at a record and tell about it."""
        value = self._point(model, name, record)
        spec = {name: {"fields": {"display_name": {}}}}
        for field in ("campaign_id", "caller_name", "phone", "followup_id"):
            if field in self.env[model]._fields:
                spec[field] = {}
        # The client of the web asks for defaults in this way, too.
        yield lambda: self._rpc(
            user,
            model,
            "onchange",
            [],
            {},
            [],
            spec,
            context={f"default_{name}": value},
        )
        yield lambda: self._rpc(
            user, model, "onchange", [], {**vals, name: value}, [name], spec
        )
        yield lambda: self._rpc(
            user, model, "default_get", [name], context={f"default_{name}": value}
        )
        yield lambda: self._rpc(user, model, "create", [{**vals, name: value}])
        # A correction starts from its call, whatever the context says.
        if "call_id" not in vals or model != "aftersales.call.correct":
            yield lambda: self._rpc(
                user, model, "create", [vals], context={f"default_{name}": value}
            )
        yield lambda: self._rpc(
            user, model, "web_save", [], {**vals, name: value}, spec
        )

    def _get_links(self, name, record):
        return (
            [Command.link(record.id)],
            [Command.update(record.id, {})],
            [record.id],
            [(6, 0, record.ids)],
        )

    def test_dialogs_do_not_open_on_records_of_another_company(self):
        for model, name, _own, foreign, vals in self._get_dialogs():
            for user in (self.officer, self.supervisor):
                attempts = self._get_attempts(user, model, name, foreign, vals)
                for number, attempt in enumerate(attempts):
                    with self.subTest(
                        model=model, field=name, user=user.name, attempt=number
                    ):
                        self.assertDenied(attempt)

    def test_dialogs_open_on_own_records(self):
        for model, name, own, _foreign, vals in self._get_dialogs():
            attempts = self._get_attempts(self.supervisor, model, name, own, vals)
            for number, attempt in enumerate(attempts):
                with self.subTest(model=model, field=name, attempt=number):
                    self.assertTrue(attempt())

    def test_an_own_dialog_is_not_turned_to_records_of_another_company(self):
        for model, name, own, foreign, vals in self._get_dialogs():
            value = self._point(model, name, own)
            with self.subTest(model=model, field=name):
                dialog_id = self._rpc(
                    self.supervisor, model, "create", [{**vals, name: value}]
                )
                self.assertDenied(
                    self._rpc,
                    self.supervisor,
                    model,
                    "write",
                    dialog_id,
                    {name: self._point(model, name, foreign)},
                )

    def test_no_way_to_name_a_record_goes_unseen(self):
        model, name = "aftersales.followup.cancel", "followup_ids"
        for value in self._get_links(name, self.foreign_followup):
            with self.subTest(value=value):
                self.assertDenied(
                    self._rpc,
                    self.officer,
                    model,
                    "onchange",
                    [],
                    {name: value},
                    [name],
                    {name: {"fields": {"display_name": {}}}},
                )
