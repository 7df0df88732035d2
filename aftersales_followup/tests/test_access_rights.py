from datetime import timedelta

from odoo.api import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw, get_public_method
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import NOW, TODAY, AftersalesCase, AftersalesData

MODULE = "aftersales_followup"
DENIALS = (
    "odoo.addons.base.models.ir_model",
    "odoo.addons.base.models.ir_rule",
    "odoo.models",
)
# What each role may do: create, read, update, delete. The columns with an
# asterisk are about records of another officer or advisor.
RIGHTS = """
model                           outsider advisor advisor* officer officer* supervisor

aftersales.archive              -        r       r        r       r        r
aftersales.visit                -        cru     cr       cru     cr       crud
aftersales.visit.line           -        crud    r        crud    r        crud
aftersales.followup             -        r       -        cru     r        cru
aftersales.call                 -        r       -        crud    r        crud
aftersales.letter               -        -       -        crud    r        crud
aftersales.correction           -        r       -        r       r        r
aftersales.optout               -        r       r        cru     cru      cru
aftersales.case                 -        r       -        cru     cr       cru
aftersales.case.round           -        r       -        r       r        r
aftersales.campaign             -        -       -        r       r        crud
aftersales.substitution         -        -       -        r       r        crud
aftersales.segment.change       -        r       r        r       r        r

aftersales.kpi                  -        -       -        r       r        crud
aftersales.kpi.value            -        -       -        r       -        r
aftersales.kpi.target           -        -       -        -       -        crud
aftersales.kpi.entry            -        -       -        -       -        cru
aftersales.kpi.target.copy      -        -       -        -       -        crud
aftersales.summary              -        -       -        -       -        crud
aftersales.summary.line         -        -       -        -       -        r
aftersales.summary.cause        -        -       -        -       -        r
aftersales.summary.reopen       -        -       -        -       -        -

aftersales.restriction          -        -       -        -       -        r
aftersales.restriction.look     -        -       -        -       -        r
aftersales.restriction.value    -        -       -        -       -        -

aftersales.followup.rule        -        r       r        r       r        crud
aftersales.topic                -        r       r        r       r        crud
aftersales.tip                  -        -       -        r       r        crud
aftersales.call.outcome         -        r       r        r       r        crud
aftersales.segment              -        r       r        r       r        crud
aftersales.optout.reason        -        r       r        r       r        crud
aftersales.case.cause           -        r       r        r       r        crud
aftersales.letter.template      -        -       -        r       r        crud
aftersales.import.header        -        -       -        -       -        crud

aftersales.followup.cancel      -        -       -        crud    c        crud
aftersales.optout.withdraw      -        -       -        crud    c        crud
aftersales.call.correct         -        -       -        -       -        crud
aftersales.call.give            -        -       -        crud    c        crud
aftersales.letter.correct       -        -       -        -       -        crud
aftersales.register.print       -        -       -        crud    c        crud
aftersales.partner.hand.over    -        -       -        -       -        crud
aftersales.partner.restrict     -        -       -        -       -        crud
aftersales.restriction.lift     -        -       -        -       -        crud
aftersales.restriction.show     -        -       -        -       -        crud
aftersales.restriction.find     -        -       -        -       -        crud
aftersales.segment.fix          -        -       -        -       -        crud
aftersales.segment.preview      -        -       -        -       -        crud
aftersales.segment.preview.line -        -       -        -       -        crud
aftersales.segment.preview.move -        -       -        -       -        r
aftersales.visit.import         -        -       -        -       -        crud
aftersales.visit.import.header  -        -       -        -       -        crud
aftersales.visit.import.order   -        -       -        -       -        crud
aftersales.visit.import.content -        -       -        -       -        crud

res.partner                     r        cru     cru      cru     cru      cru
fleet.vehicle                   -        cru     cru      cru     cru      cru
fleet.vehicle.odometer          -        cr      cr       cr      cr       cr
fleet.vehicle.model             -        r       r        r       r        cru
fleet.vehicle.model.brand       -        r       r        r       r        cru
fleet.vehicle.model.category    -        r       r        r       r        cru
fleet.service.type              -        r       r        r       r        cru
fleet.vehicle.state             -        r       r        r       r        r
fleet.vehicle.tag               -        r       r        r       r        r
"""
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


def read_table(text):
    """Yield ``(model, {column: rights})`` of a table like ``RIGHTS``."""
    head, *rows = [line.split() for line in text.splitlines() if line.strip()]
    for model, *cells in rows:
        yield model, dict(zip(head[1:], cells, strict=True))


class AccessCase(AftersalesCase):
    """Users who ask through RPC, where no view holds anybody back."""

    def _rpc(self, user, model, method, *args, context=None, **kwargs):
        """Call a method as a client does, in the user's own environment."""
        env = self.env(user=user, su=False, context={})
        return call_kw(env[model], method, args, {**kwargs, "context": context or {}})

    def _is_allowed(self, method, *args):
        """Return whether access is granted, and undo what was done."""
        self.env.invalidate_all()
        try:
            with mute_logger(*DENIALS), self.env.cr.savepoint() as savepoint:
                method(*args)
                savepoint.rollback()
        except AccessError:
            return False
        finally:
            self.env.invalidate_all()
        return True

    def assertDenied(self, method, *args, **kwargs):
        with (
            self.assertRaises(AccessError),
            mute_logger(*DENIALS),
            self.env.cr.savepoint(),
        ):
            method(*args, **kwargs)
            self.env.flush_all()
        self.env.invalidate_all()


class RightsCase(AccessCase):
    """Records of every model, each belonging to the users of a column of ``RIGHTS``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_advisor = cls._new_user("other_advisor", "advisor")
        cls.customer = cls._new_customer()
        cls.car = cls._new_vehicle(cls.customer)

    def _users_of(self, column):
        """Return the user of a column, and whose visit and follow-up it is about."""
        other = column.endswith("*")
        user = getattr(self, column.rstrip("*"))
        advisor = user if user == self.advisor and not other else self.other_advisor
        officer = user if user == self.officer and not other else self.other_officer
        return user, advisor, officer

    def _prepare_all_vals(self, advisor, officer):
        """Return {model: vals of a record that belongs to these users}."""
        customer, car = self.customer.id, self.car.id
        visit_vals = {
            "partner_id": customer,
            "vehicle_id": car,
            "advisor_id": advisor.id,
            "officer_id": officer.id,
        }
        visit = self.env["aftersales.visit"].sudo().create({**visit_vals})
        followup_vals = {
            "partner_id": customer,
            "visit_id": visit.id,
            "user_id": officer.id,
        }
        followup = self.env["aftersales.followup"].sudo().create(followup_vals)
        call_vals = {"followup_id": followup.id, "user_id": officer.id}
        call = self.env["aftersales.call"].sudo().create(call_vals)

        def prepare_call_vals():
            """Of a follow-up without a draft: it never has two."""
            other = followup.create(followup_vals)
            return {**call_vals, "followup_id": other.id}

        letter_vals = {"partner_id": customer, "subject": "x", "user_id": officer.id}
        letter = self.env["aftersales.letter"].sudo().create(letter_vals)
        case_vals = {
            "partner_id": customer,
            "visit_id": visit.id,
            "user_id": officer.id,
            "description": "x",
        }
        case = self.env["aftersales.case"].sudo().create(case_vals)
        round_vals = {
            "case_id": case.id,
            "number": 2,
            "date_begin": NOW,
            "date_end": NOW,
        }
        data_import = {"import_id": self._new_import().id}
        content = self.env["aftersales.visit.import.content"].sudo().create(data_import)
        own = {"name": "x", "company_id": self.company.id}
        newcomer = self.env["res.partner"].sudo().create({"name": "x"})
        return {
            "aftersales.archive": {"partner_id": newcomer.id},
            "aftersales.visit": visit_vals,
            "aftersales.visit.line": {"visit_id": visit.id, "name": "Oil"},
            "aftersales.followup": followup_vals,
            "aftersales.call": prepare_call_vals,
            "aftersales.letter": letter_vals,
            "aftersales.optout": {"partner_id": customer, "reason": "x"},
            "aftersales.optout.withdraw": {
                "optout_ids": [Command.set([])],
                "reason": "x",
            },
            "aftersales.case": case_vals,
            "aftersales.case.round": round_vals,
            "aftersales.campaign": {
                "name": "x",
                "date_begin": TODAY,
                "date_end": TODAY,
                "user_id": officer.id,
            },
            "aftersales.substitution": {
                "user_id": self.officer.id,
                "substitute_id": self.other_officer.id,
                "date_from": TODAY + timedelta(days=1),
                "date_to": TODAY + timedelta(days=1),
            },
            "aftersales.followup.rule": {**own, "code": "x"},
            "aftersales.topic": own,
            "aftersales.tip": {**own, "text": "x"},
            "aftersales.call.outcome": {**own, "code": "x"},
            "aftersales.segment": own,
            "aftersales.optout.reason": own,
            "aftersales.case.cause": own,
            "aftersales.letter.template": {**own, "subject": "x", "body": "x"},
            "aftersales.followup.cancel": {
                "followup_ids": [Command.link(followup.id)],
                "reason": "x",
            },
            "aftersales.call.correct": {
                "call_id": call.id,
                "reason": "x",
                "date": NOW,
                "outcome_id": self.reached.id,
            },
            "aftersales.correction": {
                "company_id": self.company.id,
                "call_id": call.id,
                "user_id": officer.id,
                "reason": "x",
                "field_name": "content",
                "field_label": "x",
            },
            "aftersales.call.give": {"call_id": call.id, "partner_id": customer},
            "aftersales.letter.correct": {
                "letter_id": letter.id,
                "reason": "x",
                "date_sent": TODAY,
                "subject": "x",
            },
            "aftersales.partner.hand.over": {
                "partner_ids": [Command.link(customer)],
                "officer_id": officer.id,
            },
            "aftersales.register.print": {},
            **self._prepare_level_vals(visit),
            **self._prepare_restriction_vals(),
            **self._prepare_kpi_vals(officer),
            "aftersales.visit.import": {},
            "aftersales.visit.import.header": data_import,
            "aftersales.visit.import.order": {
                **data_import,
                "content_id": content.id,
                "state": "ready",
            },
            "aftersales.visit.import.content": data_import,
            "fleet.vehicle": {"model_id": self.model.id},
            "fleet.vehicle.odometer": {"vehicle_id": car, "value": 1},
            "fleet.vehicle.model": {"name": "x", "brand_id": self.brand.id},
            "fleet.service.type": {"name": "x", "category": "service"},
        }

    def _prepare_level_vals(self, visit):
        archive = (
            self.env["aftersales.archive"]
            .sudo()
            ._get_archives(visit.partner_id, self.company)
        )
        level = self.env.ref(f"{MODULE}.segment_vip")
        preview = self.env["aftersales.segment.preview"].sudo().create({})
        return {
            "aftersales.segment.change": {
                "archive_id": archive.id,
                "company_id": self.company.id,
                "date": TODAY,
                "cause": "hand",
            },
            "aftersales.segment.fix": {
                "partner_ids": [Command.set([])],
                "reason": "x",
            },
            "aftersales.segment.preview": {},
            "aftersales.segment.preview.line": {
                "preview_id": preview.id,
                "segment_id": level.id,
            },
            "aftersales.segment.preview.move": {
                "preview_id": preview.id,
                "archive_id": archive.id,
            },
        }

    def _prepare_restriction_vals(self):
        def new_restriction_vals():
            customer = self._new_customer("Wang Wu")
            vals = {"partner_id": customer.id, "company_id": self.company.id}
            return {**vals, "reason": "x"}

        restriction = self.env["aftersales.restriction"].sudo()
        restriction = restriction.create(new_restriction_vals())
        of_restriction = {"restriction_id": restriction.id}
        dialog = {"restriction_ids": [Command.set([])], "reason": "x"}
        return {
            "aftersales.restriction": new_restriction_vals(),
            "aftersales.restriction.look": {**of_restriction, "reason": "x"},
            "aftersales.restriction.value": {
                **of_restriction,
                "res_model": "res.partner",
                "res_id": 1,
                "field": "name",
            },
            "aftersales.partner.restrict": {
                "partner_ids": [Command.set([])],
                "reason": "x",
            },
            "aftersales.restriction.lift": dialog,
            "aftersales.restriction.show": {**of_restriction, "reason": "x"},
            "aftersales.restriction.find": {"text": "x", "reason": "x"},
        }

    def _prepare_summary_vals(self):
        summary = self.env["aftersales.summary"].search([], limit=1)
        summary = summary or self.env["aftersales.summary"].create({})
        kpi = self.env.ref("aftersales_followup.kpi_calls")
        return {
            "aftersales.summary": {"date_from": TODAY},
            "aftersales.summary.line": {"summary_id": summary.id, "kpi_id": kpi.id},
            "aftersales.summary.cause": {"summary_id": summary.id},
            "aftersales.summary.reopen": {"summary_id": summary.id, "reason": "Late"},
        }

    def _prepare_kpi_vals(self, officer):
        def get_kpi(code):
            return {"kpi_id": self.env.ref(f"aftersales_followup.kpi_{code}").id}

        return {
            "aftersales.kpi": {
                "name": "x",
                "is_typed": True,
                "company_id": self.company.id,
            },
            "aftersales.kpi.value": {
                **get_kpi("calls"),
                "company_id": self.company.id,
                "user_id": officer.id,
                "date": TODAY,
            },
            "aftersales.kpi.target": {**get_kpi("intake"), "target": 12},
            "aftersales.kpi.entry": {**get_kpi("fixed_cost"), "amount": 1},
            "aftersales.kpi.target.copy": {},
            **self._prepare_summary_vals(),
        }

    def _new_import(self):
        return self.env["aftersales.visit.import"].sudo().create({})


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


# Fields that nobody fills in by hand, whatever the role: written by hand from the
# house rules, not asked of the code.
GUARDED = {
    "aftersales.visit": """
        state is_history archive_deadline archive_date archive_result archive_user_id
        to_plan_since substitution_id amount_total cost_total date_end previous_end
        next_end reminder_lost
    """,
    "aftersales.followup": """
        state result date_done date_anchor date_next attempts is_call_back
        letter_suggested cancel_reason planning_note origin_key rule_id previous_id
        case_id campaign_id campaign_reply substitution_id together_call_ids
        to_plan_since reminder_lost
    """,
    "aftersales.call": """
        state number register_year register_sequence date_registered is_corrected
        designated_user_id plate address visit_id
    """,
    "aftersales.letter": """
        state number register_year register_sequence date_registered is_corrected
        designated_user_id plate campaign_id date_returned result
    """,
    "aftersales.optout": "user_id call_id date_withdrawn withdraw_reason",
    "aftersales.kpi": "code definition_version has_seed_target last_error seed_target",
    "aftersales.kpi.entry": "user_id",
    "aftersales.summary": """
        date_to state date_counted date_submitted date_filed filed_by_id date_reminded
        attachment_id missed_count met_count
    """,
    "res.partner": """
        aftersales_archive_number aftersales_archive_state aftersales_archive_date
        aftersales_last_visit_date aftersales_retention aftersales_phone_digits
        aftersales_wrong_number aftersales_segment_fixed aftersales_segment_reason
    """,
}
# What a visit or follow-up that is over keeps: its results were made from it.
SETTLED = {
    "aftersales.visit": """
        visit_type partner_id contact_id vehicle_id plate phone address advisor_id
        advisor_name odometer date_arrival date_delivery rework_of_id rework_reference
    """,
    "aftersales.followup": """
        partner_id vehicle_id visit_id channel purpose topic_ids content user_id
        acting_user_id date_earliest date_deadline
    """,
}


class TestGuard(AccessCase):
    """What the house rules' steps write cannot be made up."""

    def _some_value(self, record, name):
        field = record._fields[name]
        if field.type == "selection":
            return field.get_values(self.env)[-1]
        return {
            "boolean": True,
            "char": "x",
            "date": TODAY,
            "datetime": NOW,
            "many2many": [Command.clear()],
        }.get(field.type, 1)

    def _assert_guarded(self, users, record, vals):
        model = record._name
        for user in users:
            for name in GUARDED[model].split():
                value = self._some_value(record, name)
                rpc = (self._rpc, user, model)
                with self.subTest(model=model, field=name, user=user.login):
                    self.assertDenied(*rpc, "write", record.ids, {name: value})
                    self.assertDenied(*rpc, "create", [{**vals, name: value}])
                    context = {f"default_{name}": value}
                    self.assertDenied(*rpc, "create", [vals], context=context)

    def test_nobody_makes_up_what_filing_a_summary_writes(self):
        summary = self.env["aftersales.summary"].create({})
        users = (self.supervisor,)
        self._assert_guarded(users, summary, {"date_from": TODAY})

    def test_nobody_makes_up_what_registration_writes(self):
        call = self._new_call(self._new_followup())
        vals = {"partner_id": call.partner_id.id}
        users = (self.officer, self.supervisor)
        self._assert_guarded(users, call, vals)
        self._assert_guarded(users, self._new_letter(), {**vals, "subject": "x"})

    def test_nobody_makes_up_that_a_followup_was_done_or_planned_by_a_rule(self):
        followup = self._new_followup()
        vals = {"partner_id": followup.partner_id.id}
        self._assert_guarded((self.officer, self.supervisor), followup, vals)

    def test_nobody_makes_up_a_withdrawal_or_who_noted_an_opt_out(self):
        optout = self._new_optout(self._new_customer())
        vals = {"partner_id": self._new_customer("Li Si").id, "reason": "x"}
        self._assert_guarded((self.officer, self.supervisor), optout, vals)

    def test_nobody_makes_up_that_an_archive_was_filed_not_even_a_supervisor(self):
        visit = self._new_visit()
        vals = {"partner_id": visit.partner_id.id, "vehicle_id": visit.vehicle_id.id}
        users = (self.advisor, self.officer, self.supervisor)
        self._assert_guarded(users, visit, vals)
        self._assert_guarded(users, visit.partner_id, {"name": "x"})
        number = {"name": "W-1"}
        for user in users:
            with self.subTest(user=user.login):
                self.assertDenied(
                    self._rpc, user, "aftersales.visit", "write", visit.ids, number
                )

    def test_nobody_makes_up_how_a_figure_is_counted_or_who_typed_it_in(self):
        kpi = self.env["aftersales.kpi"].create({"name": "Cars", "is_typed": True})
        entry = self.env["aftersales.kpi.entry"].create(
            {"kpi_id": kpi.id, "amount": 1, "date": TODAY}
        )
        users = (self.supervisor,)
        self._assert_guarded(users, kpi, {"name": "x", "is_typed": True})
        self._assert_guarded(users, entry, {"kpi_id": kpi.id, "amount": 1})
        moved = {"company_id": self.company.id}
        rpc = (self._rpc, self.supervisor, "aftersales.kpi.entry", "write")
        self.assertDenied(*rpc, entry.ids, moved)

    def test_visits_of_another_program_bring_their_numbers_along(self):
        visit = self._new_visit(name="W-2026-17")
        self.assertEqual(visit.name, "W-2026-17")

    def test_what_is_over_stands(self):
        visit = self._new_delivered_visit()
        followup = visit.followup_ids
        self._new_call(followup).action_register()
        self.assertEqual(followup.result, "early")
        supervised = [(self.supervisor, visit), (self.supervisor, followup)]
        own = [(self.advisor, visit), (self.officer, followup)]
        for user, record in own + supervised:
            for name in SETTLED[record._name].split():
                field = record._fields[name]
                vals = {name: field.convert_to_write(record[name], record)}
                with (
                    self.subTest(model=record._name, field=name, user=user.login),
                    self.assertRaisesRegex(UserError, "any more|was planned by a rule"),
                ):
                    self._rpc(user, record._name, "write", record.ids, vals)

    def test_officers_do_not_open_the_window_of_a_rule_wider(self):
        followup = self._new_delivered_visit().followup_ids
        rpc = (self._rpc, self.officer, "aftersales.followup", "write", followup.ids)
        for vals in (
            {"date_earliest": followup.date_earliest - timedelta(days=1)},
            {"date_deadline": followup.date_deadline + timedelta(days=1)},
        ):
            with self.assertRaisesRegex(UserError, "Only a supervisor"):
                rpc[0](*rpc[1:], vals)
        vals = {"date_earliest": followup.date_earliest + timedelta(days=1)}
        rpc[0](*rpc[1:], vals)

    def test_a_registered_letter_does_not_become_a_draft_again(self):
        letter = self._new_letter()
        letter.action_register()
        self.assertDenied(
            self._rpc,
            self.officer,
            "aftersales.letter",
            "write",
            letter.ids,
            {"state": "draft"},
        )

    def test_reason_in_the_context_is_of_no_use_to_who_may_not_correct(self):
        call = self._new_call(self._new_followup())
        call.action_register()
        with self.assertRaisesRegex(UserError, "Ask a supervisor"):
            self._rpc(
                self.officer,
                "aftersales.call",
                "write",
                call.ids,
                {"content": "Other"},
                context={"correction_reason": "Because"},
            )

    def test_correction_by_rpc_stays_visible(self):
        call = self._new_call(self._new_followup())
        call.action_register()
        self._rpc(
            self.supervisor,
            "aftersales.call",
            "write",
            call.ids,
            {"content": "Other"},
            context={
                "correction_reason": "Misheard",
                "tracking_disable": True,
                "mail_create_nolog": True,
                "mail_notrack": True,
            },
        )
        self.assertTrue(call.is_corrected)
        self.assertEqual(call.correction_ids.reason, "Misheard")

    def test_registered_entries_cannot_be_changed_through_other_records(self):
        followup = self._new_followup()
        call = self._new_call(followup, outcome_id=self.no_answer.id)
        call.action_register()
        for commands in (
            [Command.update(call.id, {"content": "Other"})],
            [Command.unlink(call.id)],
            [Command.delete(call.id)],
            [Command.clear()],
        ):
            for record, name in (
                (followup, "call_ids"),
                (followup.partner_id, "aftersales_call_ids"),
            ):
                arguments = (record._name, "write", record.ids, {name: commands})
                with (
                    self.subTest(commands=commands, field=name),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    self._rpc(self.officer, *arguments)
        self.assertEqual(call.content, "All is well")

    def test_nobody_puts_an_entry_into_somebody_elses_mouth(self):
        call, letter = self._new_call(self._new_followup()), self._new_letter()
        for entry in (call, letter):
            self.assertDenied(
                self._rpc,
                self.officer,
                entry._name,
                "write",
                entry.ids,
                {"user_id": self.other_officer.id},
            )

    def test_finished_reminder_registers_its_call_whatever_the_context(self):
        followup = self._new_followup()
        self._rpc(
            self.officer,
            "mail.activity",
            "action_feedback",
            self._get_reminders(followup).ids,
            feedback="All is well",
            context={"aftersales_reminder_sync": True},
        )
        self.assertEqual(followup.call_ids.state, "registered")

    def test_another_officers_reminder_cannot_be_finished_or_moved(self):
        reminder = self._get_reminders(self._new_followup())
        rpc = (self._rpc, self.other_officer, "mail.activity")
        self.assertDenied(*rpc, "action_feedback", reminder.ids, feedback="x")
        self.assertDenied(*rpc, "write", reminder.ids, {"date_deadline": TODAY})
        self.assertDenied(*rpc, "unlink", reminder.ids)

    def test_only_supervisors_designate_officers(self):
        customer = self._new_customer()
        vals = {"aftersales_officer_id": self.other_officer.id}
        context = {"default_aftersales_officer_id": self.other_officer.id}
        for user in (self.advisor, self.officer):
            rpc = (self._rpc, user, "res.partner")
            self.assertDenied(*rpc, "write", customer.ids, vals)
            self.assertDenied(*rpc, "create", [{"name": "x", **vals}])
            self.assertDenied(*rpc, "create", [{"name": "x"}], context=context)


class TestReports(AccessCase):
    """What is printed is read with the rights of whoever prints."""

    def _print(self, user, report, records):
        reports = self.env(user=user, su=False, context={})["ir.actions.report"]
        return reports._render_qweb_html(report.report_name, records.ids)[0].decode()

    def _get_reports(self):
        reports = self.env["ir.actions.report"].sudo().search([])
        return reports.filtered(lambda report: report.xml_id.startswith(MODULE))

    def _get_entries(self):
        """Return {model: record with something to be printed}."""
        visit = self._new_delivered_visit()
        call = self._new_call(visit.followup_ids, content="Secret")
        letter = self._new_letter(visit.partner_id, body="<p>Secret</p>")
        call.action_register()
        letter.action_register()
        entries = (
            visit.partner_id,
            call,
            letter,
            self.env["aftersales.register.print"].create({}),
            self.env["aftersales.summary"].create({}),
        )
        self.env.invalidate_all()
        return {entry._name: entry for entry in entries}

    def test_reports_are_for_officers(self):
        entries = self._get_entries()
        for report in self._get_reports():
            record = entries[report.model]
            users = [self.outsider, self.advisor]
            if report.model == "aftersales.summary":
                self._print(self.supervisor, report, record)
                users.append(self.officer)
            elif not record._transient:
                self._print(self.officer, report, record)
            for user in users:
                if user == self.advisor and report.model == "res.partner":
                    continue
                with self.subTest(report=report.name, user=user.name):
                    self.assertDenied(self._print, user, report, record)

    def test_reports_of_another_dealership_are_denied(self):
        entries = self._get_entries()
        branch = self.env(user=SUPERUSER_ID)["res.company"].create({"name": "B"})
        stranger = self._new_user("stranger", "supervisor", branch)
        for report in self._get_reports():
            with self.subTest(report=report.name):
                self.assertDenied(self._print, stranger, report, entries[report.model])

    def test_register_of_another_dealership_cannot_be_asked_for(self):
        branch = self.env(user=SUPERUSER_ID)["res.company"].create({"name": "B"})
        stranger = self._new_user("stranger", "supervisor", branch)
        dialog = self.env["aftersales.register.print"].with_env(
            self.env(user=stranger, su=False, context={})
        )
        dialog = dialog.create({})
        self.assertDenied(dialog.write, {"company_id": self.company.id})
        dialog.sudo().company_id = self.company.id
        self.assertDenied(dialog._prepare_sheets)
        for register in ("plan", "statistics"):
            dialog.register = register
            self.assertDenied(dialog._prepare_sheets)


@tagged("post_install", "-at_install")
class TestDownload(AftersalesData, HttpCase):
    def _download(self, user, dialog):
        self.authenticate(user.login, user.login)
        return self.url_open(f"/aftersales_followup/register/{dialog.id}.xlsx")

    def test_register_goes_to_whoever_asked_for_it(self):
        dialog = self.env["aftersales.register.print"].with_user(self.officer)
        dialog = dialog.create({})
        self.assertEqual(self._download(self.officer, dialog).status_code, 200)
        for user in (self.other_officer, self.supervisor):
            self.assertEqual(self._download(user, dialog).status_code, 404)
        for user in (self.outsider, self.advisor):
            with mute_logger("odoo.http", *DENIALS):
                self.assertEqual(self._download(user, dialog).status_code, 403)
