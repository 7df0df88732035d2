from odoo.fields import Command
from odoo.tests import Form, new_test_user

from .rights import MODULE, RIGHTS, AccessCase, RightsCase, read_table


class TestRightsTable(RightsCase):
    def _find_rights(self, model, user, vals, is_own):
        """Return the letters of what the user may do."""
        theirs = self.env[model].with_user(user).with_context(tracking_disable=True)
        given = vals() if callable(vals) else {**vals}
        creates = self._is_allowed(lambda: theirs.create(given).flush_recordset())
        # A dialog belongs to whoever opened it.
        opened = theirs._transient and is_own and creates
        given = vals() if callable(vals) else {**vals}
        record = (theirs if opened else self.env[model].sudo()).create(given)
        record = record.with_user(user)
        rights = {
            "c": creates,
            "r": self._is_allowed(lambda: record.read(["create_date"])),
            "u": self._is_allowed(lambda: record.write({})),
            "d": self._is_allowed(record.unlink),
        }
        return "".join(right for right, allowed in rights.items() if allowed) or "-"

    def _find_column(self, column):
        """Return {model: letters of what the column's user may do}."""
        user, advisor, officer = self._users_of(column)
        with self.env.cr.savepoint() as savepoint:
            vals = self._prepare_all_vals(advisor, officer)
            found = {
                model: self._find_rights(
                    model,
                    user,
                    vals.get(model, {"name": "x"}),
                    not column.endswith("*"),
                )
                for model, _rights in read_table(RIGHTS)
            }
            savepoint.rollback()
        self.env.invalidate_all()
        return found

    def test_each_role_has_the_rights_of_the_table_and_no_others(self):
        table = dict(read_table(RIGHTS))
        for column in table["aftersales.visit"]:
            found = self._find_column(column)
            for model, rights in table.items():
                with self.subTest(model=model, role=column):
                    self.assertEqual(found[model], rights[column])

    def test_no_model_of_ours_is_forgotten_in_the_table(self):
        models = {
            name
            for name, model in self.env.registry.items()
            if model._original_module == MODULE and not model._abstract and model._auto
        }
        table = {model for model, _rights in read_table(RIGHTS)}
        self.assertFalse(models - table)


class TestFieldRights(AccessCase):
    """Our fields on the records of other modules are there for our people only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outsider = new_test_user(
            cls.env(user=1),
            "aftersales_fleet_user",
            groups="base.group_user,fleet.fleet_group_manager,"
            "base.group_partner_manager,base.group_allow_export",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.visit = cls._new_delivered_visit()
        cls.records = (
            cls.visit.partner_id,
            cls.visit.vehicle_id,
            cls.visit.vehicle_id.model_id,
            cls.env["fleet.vehicle.odometer"].create(
                {"vehicle_id": cls.visit.vehicle_id.id, "value": 1}
            ),
        )

    def _our_fields(self):
        """Yield each (record, field) of ours on a model that is not ours."""
        for record in self.records:
            for name, field in record._fields.items():
                if name.startswith("aftersales_"):
                    yield record.with_env(self.env), field

    def _each_field(self):
        for record, field in self._our_fields():
            with self.subTest(field=str(field)):
                yield record, field

    def test_outsiders_are_not_told_of_the_fields(self):
        for record, field in self._each_field():
            shown = self._rpc(self.outsider, record._name, "fields_get")
            self.assertNotIn(field.name, shown)

    def test_outsiders_cannot_read_the_fields(self):
        for record, field in self._each_field():
            arguments = (self.outsider, record._name, "read", record.ids, [field.name])
            self.assertDenied(self._rpc, *arguments)

    def test_outsiders_cannot_write_the_fields(self):
        for record, field in self._each_field():
            vals = {field.name: False}
            arguments = (self.outsider, record._name, "write", record.ids, vals)
            self.assertDenied(self._rpc, *arguments)

    def test_outsiders_cannot_search_by_the_fields(self):
        for record, field in self._each_field():
            if field._description_searchable:
                domain = [(field.name, "!=", False)]
                arguments = (self.outsider, record._name, "search", domain)
                self.assertDenied(self._rpc, *arguments)

    def test_outsiders_cannot_sort_or_group_by_the_fields(self):
        for record, field in self._each_field():
            if field.store and field.column_type:
                rpc = (self._rpc, self.outsider, record._name)
                self.assertDenied(*rpc, "search", [], order=field.name)
                self.assertDenied(
                    *rpc, "formatted_read_group", [], [field.name], ["__count"]
                )

    def test_outsiders_cannot_export_the_fields(self):
        for record, field in self._each_field():
            paths = ["id", field.name]
            arguments = (self.outsider, record._name, "export_data", record.ids, paths)
            self.assertDenied(self._rpc, *arguments)

    def test_outsiders_do_not_learn_of_a_car_by_its_owners_name_or_plate(self):
        names = []
        for text in ("Zhang San", "湘K12345"):
            for context in ({}, {"aftersales_lookup": True}):
                names += self._rpc(
                    self.outsider, "res.partner", "name_search", text, context=context
                )
        self.assertEqual({name for _id, name in names}, {"Zhang San"})

    def test_advisors_do_not_read_letters_of_a_customer(self):
        for name in ("aftersales_letter_ids", "aftersales_letter_count"):
            customer = self.visit.partner_id
            arguments = (self.advisor, "res.partner", "read", customer.ids, [name])
            self.assertDenied(self._rpc, *arguments)

    def test_every_role_opens_the_forms_of_what_it_sees(self):
        """Also where there are things on them that the role may not see."""
        followup = self.visit.followup_ids
        call = self._new_call(followup, letter_needed=True)
        letter = self._new_letter(self.visit.partner_id, call_id=call.id)
        letter.followup_id = followup
        case = self._new_case(call_id=call.id)
        call.sudo().action_register()
        seen = (self.visit, followup, call, case, self.visit.vehicle_id)
        views = {"fleet.vehicle": f"{MODULE}.fleet_vehicle_view_form"}
        for user in (self.advisor, self.officer, self.supervisor):
            for record in (*seen, self.visit.partner_id):
                with self.subTest(user=user.login, model=record._name):
                    self.env.invalidate_all()
                    Form(record.with_env(self.env(user=user)), views.get(record._name))

    def test_advisors_see_what_became_of_their_own_visits_only(self):
        other_visit = self._new_delivered_visit(
            self._new_customer("Li Si"),
            self._new_vehicle(plate="湘K54321"),
            advisor_id=self.supervisor.id,
        )
        calls = [
            self._new_call(visit.followup_ids) for visit in (self.visit, other_visit)
        ]
        own_call, other_call = calls
        self.env.invalidate_all()
        rpc = (self._rpc, self.advisor)
        for model, own in (
            ("aftersales.followup", self.visit.followup_ids),
            ("aftersales.call", own_call),
        ):
            found = self._rpc(self.advisor, model, "search", [])
            self.assertEqual(found, own.ids)
        self.assertDenied(*rpc, "aftersales.call", "read", other_call.ids, ["content"])
        [seen] = self._rpc(
            self.advisor,
            "res.partner",
            "read",
            other_visit.partner_id.ids,
            ["aftersales_call_ids", "aftersales_followup_ids", "aftersales_call_count"],
        )
        self.assertFalse(seen["aftersales_call_ids"] + seen["aftersales_followup_ids"])
        self.assertFalse(seen["aftersales_call_count"])
