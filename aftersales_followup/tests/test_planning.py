from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from odoo.addons.aftersales_followup.models.aftersales_origin_mixin import OriginColumns

from .common import TODAY, AftersalesCase


class TestInsert(AftersalesCase):
    """Planned follow-ups are inserted set-based, with the meaning of ``create``."""

    # What two rows that mean the same have each for itself.
    OWN = {"id", "origin_key", "create_date", "write_date"}

    def _read_row(self, followup):
        self.env.flush_all()
        [row] = self.env.execute_query_dict(
            SQL("SELECT * FROM aftersales_followup WHERE id = %s", followup.id)
        )
        return {name: value for name, value in row.items() if name not in self.OWN}

    def _prepare_vals(self, **vals):
        visit = self._new_visit()
        return {
            "company_id": self.company.id,
            "partner_id": visit.partner_id.id,
            "user_id": self.officer.id,
            "content": "Say hello",
            "date_anchor": TODAY,
            "date_earliest": TODAY + timedelta(days=3),
            "date_deadline": TODAY + timedelta(days=7),
            **vals,
        }

    def assertSame(self, vals, topics):
        Followup = self.env["aftersales.followup"].sudo()
        planned = Followup._plan([{**vals, "origin_key": "test:planned"}])
        created = Followup.create(
            {
                **vals,
                "origin_key": "test:created",
                "topic_ids": [Command.set(topics.ids)],
            }
        )
        self.assertEqual(self._read_row(planned), self._read_row(created))
        self.assertEqual(planned.topic_ids, created.topic_ids)
        for record in planned | created:
            self.assertEqual(record.topic_ids, topics)
        reminder, other = self._get_reminders(planned), self._get_reminders(created)
        self.assertEqual(len(reminder), 1)
        for name in ("user_id", "date_deadline", "summary", "note", "res_name"):
            self.assertEqual(reminder[name], other[name], name)

    def test_planned_row_is_the_created_one_field_by_field(self):
        visit = self._new_visit()
        self.assertSame(
            self._prepare_vals(
                vehicle_id=visit.vehicle_id.id,
                visit_id=visit.id,
                rule_id=self.rule_first.id,
                previous_id=self._new_followup().id,
                channel="meeting",
                purpose="survey",
            ),
            self.rule_first.topic_ids,
        )

    def test_row_that_says_little_is_the_created_one_too(self):
        self.assertSame(self._prepare_vals(), self.env["aftersales.topic"])

    def test_row_planned_while_the_officer_is_away_is_the_created_one_too(self):
        substitution = self._new_substitution(0, 5)
        self.assertSame(self._prepare_vals(), self.env["aftersales.topic"])
        self.assertEqual(substitution.followup_count, 2)

    def test_nul_character_is_left_out(self):
        row = self._prepare_vals(origin_key="test:nul", content="Say\0 hello")
        planned = self.env["aftersales.followup"].sudo()._plan([row])
        self.assertEqual(planned.content, "Say hello")


class OtherModuleCase(AftersalesCase):
    """Another module brings an origin, an anchor and a column, and changes no code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        class Recall(models.Model):
            _module = None
            _name = "aftersales.test.recall"
            _description = "Recall of a Car"
            _inherit = ["aftersales.origin.mixin"]
            _aftersales_origin_kind = "recall"

            partner_id = fields.Many2one("res.partner")
            vehicle_id = fields.Many2one("fleet.vehicle")
            company_id = fields.Many2one("res.company")
            date = fields.Date()
            action_code = fields.Char()

            @api.model
            def _aftersales_origin_anchors(self):
                return {"recall_start": "Recall begins"}

            @api.model
            def _aftersales_origin_columns(self, rule):
                return OriginColumns("partner_id", "vehicle_id", "date")

            @api.model
            def _aftersales_due_domain(self, rule, company):
                return Domain("company_id", "=", company.id) & Domain(
                    "date", "<=", rule._get_latest_anchor(company)
                )

            def _aftersales_prepare_followup_vals(self, rule, company):
                vals = super()._aftersales_prepare_followup_vals(rule, company)
                return vals | {"action_code": self.action_code}

        class AftersalesFollowup(models.Model):
            _module = None
            _inherit = "aftersales.followup"

            action_code = fields.Char()

            @api.model
            def _get_plan_columns(self):
                return super()._get_plan_columns() | {"action_code": "varchar"}

        cls._install(Recall, AftersalesFollowup)

    @classmethod
    def _install(cls, *definitions):
        """Bring the models into the registry, until the tests of the class are over."""
        from odoo.orm.model_classes import add_to_registry  # noqa: PLC0415

        registry, cr = cls.registry, cls.env.cr
        for definition in definitions:
            name = definition._name
            if name in registry:
                model = registry[name]
                cls.addClassCleanup(
                    setattr, model, "_base_classes__", model._base_classes__
                )
            else:
                for parent in definition._inherit:
                    children = registry[parent]._inherit_children
                    cls.addClassCleanup(children.discard, name)
                cls.addClassCleanup(registry.models.pop, name)
            add_to_registry(registry, definition)
        names = [definition._name for definition in definitions]
        registry._setup_models__(cr, [])
        registry.init_models(cr, names, {"module": "aftersales_followup"})
        cls.addClassCleanup(registry._setup_models__, cr)

    def setUp(self):
        super().setUp()
        self.rule = (
            self.env["aftersales.followup.rule"]
            .sudo()
            .create(
                {
                    "name": "Recall",
                    "code": "recall",
                    "anchor": "recall_start",
                    "earliest_days": -5,
                    "latest_days": 2,
                    "company_id": self.company.id,
                }
            )
        )
        self.customer = self._new_customer()
        self.car = self._new_vehicle(self.customer)

    def _new_recall(self, **vals):
        return (
            self.env["aftersales.test.recall"]
            .sudo()
            .create(
                {
                    "partner_id": self.customer.id,
                    "vehicle_id": self.car.id,
                    "company_id": self.company.id,
                    "date": TODAY + timedelta(days=4),
                    "action_code": "R-77",
                    **vals,
                }
            )
        )

    def _get_planned(self):
        return self.env["aftersales.followup"].search([("rule_id", "=", self.rule.id)])

    def test_scheduler_plans_for_the_origin_of_another_module(self):
        recall = self._new_recall()
        self._new_recall(date=TODAY + timedelta(days=6))  # from tomorrow on
        self._run_planning()
        planned = self._get_planned()
        self.assertEqual(
            planned.origin_key,
            f"recall:recall:{recall.id}:{self.customer.id}:{self.company.id}",
        )
        self.assertEqual(planned.partner_id, self.customer)
        self.assertEqual(planned.vehicle_id, self.car)
        self.assertEqual(planned.user_id, self.officer)
        self.assertEqual(planned.date_earliest, TODAY - timedelta(days=1))
        self.assertEqual(planned.date_deadline, TODAY + timedelta(days=6))
        self.assertEqual(len(self._get_reminders(planned)), 1)
        self._run_planning()
        self.assertEqual(self._get_planned(), planned, "only once")
        self.pass_days(1)
        self._run_planning()
        self.assertEqual(len(self._get_planned()), 2)

    def test_column_of_another_module_is_filled_in(self):
        self._new_recall()
        self._run_planning()
        self.assertEqual(self._get_planned().action_code, "R-77")

    def test_who_opted_out_is_not_planned_for_whatever_the_origin(self):
        self._new_optout(self.customer, purpose="care")
        self._new_recall()
        self._run_planning()
        self.assertFalse(self._get_planned())

    def test_rule_offers_the_anchor_of_another_module(self):
        selection = self.env["aftersales.followup.rule"].fields_get(["anchor"])
        self.assertIn(
            ("recall_start", "Recall begins"), selection["anchor"]["selection"]
        )

    def test_anchor_that_no_module_has_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Anchor cannot be of_nobody"):
            self.rule.anchor = "of_nobody"
