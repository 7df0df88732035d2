from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import TODAY, AftersalesCase

MODULE = "aftersales_followup"
# Each model with what it needs, and something of it that came with the module.
MODELS = {
    "aftersales.followup.rule": ({"name": "x", "code": "x"}, "rule_first"),
    "aftersales.topic": ({"name": "x"}, "topic_services"),
    "aftersales.tip": ({"name": "x", "text": "x"}, "tip_winter"),
    "aftersales.call.outcome": ({"name": "x", "code": "x"}, "outcome_busy"),
    "aftersales.segment": ({"name": "x"}, "segment_vip"),
    "aftersales.optout.reason": ({"name": "x"}, "optout_reason_calls"),
    "aftersales.case.cause": ({"name": "x"}, "case_cause_price"),
    "aftersales.letter.template": (
        {"name": "x", "subject": "x", "body": "x"},
        "letter_template_invitation",
    ),
}
DENIAL = "odoo.addons.base.models.ir_rule"


class ConfigurationCase(AftersalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].sudo().create({"name": "Branch"})
        cls.administrator = cls._new_user("administrator", "supervisor")
        cls.administrator.group_ids |= cls.env.ref("base.group_system")

    def _each(self):
        """Yield (model, vals, record that came with the module)."""
        for model, (vals, shipped) in MODELS.items():
            yield self.env[model], {**vals}, self.env.ref(f"{MODULE}.{shipped}")

    def assertShared(self, function, *args):
        with (
            self.assertRaisesRegex(AccessError, "shared by all companies"),
            mute_logger(DENIAL),
            self.env.cr.savepoint(),
        ):
            function(*args)
            self.env.flush_all()
        self.env.invalidate_all()


@tagged("-at_install", "post_install")
class TestSharedConfiguration(ConfigurationCase):
    """What all dealerships work by is changed by none of them alone."""

    def test_a_supervisor_does_not_change_what_all_share(self):
        for records, vals, shipped in self._each():
            self.assertShared(shipped.write, {"name": "Changed"})
            self.assertShared(shipped.action_archive)
            self.assertShared(records.create, {**vals, "company_id": False})
            common = records.sudo().create({**vals, "company_id": False})
            self.assertShared(common.with_env(self.env).unlink)

    def test_the_administrator_changes_what_all_share(self):
        for records, vals, shipped in self._each():
            shipped.with_user(self.administrator).name = "Changed"
            common = records.with_user(self.administrator).create(vals)
            self.assertFalse(common.company_id)

    def test_a_supervisor_adds_and_changes_what_is_his_dealerships(self):
        for records, vals, _shipped in self._each():
            own = records.create(vals)
            self.assertEqual(own.company_id, self.company)
            own.name = "Changed"
            own.action_archive()
            own.unlink()
            with self.assertRaises(AccessError), mute_logger(DENIAL):
                records.create({**vals, "company_id": self.branch.id})

    def test_a_company_is_never_changed(self):
        """Nor taken from the others, nor given to them, whoever tries."""
        self.administrator.company_ids |= self.branch
        for records, vals, shipped in self._each():
            own = records.create(vals)
            for record, company in (
                (own, self.branch),
                (own, self.env["res.company"]),
                (shipped, self.company),
            ):
                for user in (self.supervisor, self.administrator):
                    with self.assertRaisesRegex(UserError, "stays with its company"):
                        record.with_user(user).company_id = company
            own.company_id = self.company

    def test_a_company_does_not_leave_its_configuration_to_the_others(self):
        for records, vals, _shipped in self._each():
            company = self.env["res.company"].sudo().create({"name": records._name})
            records.sudo().create({**vals, "company_id": company.id})
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                company.unlink()

    def test_own_copy_of_what_all_share(self):
        for records, _vals, shipped in self._each():
            action = shipped.action_make_own_copy()
            own = records.browse(action["res_id"])
            self.assertNotEqual(own, shipped)
            self.assertEqual(own.company_id, self.company)
            self.assertEqual(own.name, shipped.name)
            with Form(own) as form:
                form.name = "Our own"
            self.assertNotEqual(shipped.name, "Our own")
            if "code" in records._fields:
                self.assertEqual(own.code, shipped.code)
                again = shipped.action_make_own_copy()
                self.assertEqual(again["res_id"], own.id, "There is one of a code")
            with self.assertRaisesRegex(UserError, "own already"):
                own.action_make_own_copy()

    def test_own_rule_takes_the_place_of_the_shared_one_from_the_day_that_holds(self):
        own = self.rule_first.browse(
            self.rule_first.with_env(self.env).action_make_own_copy()["res_id"]
        )
        own.write({"earliest_days": 1, "latest_days": 2})
        self.assertEqual(own.topic_ids, self.rule_first.topic_ids)
        self.assertEqual(own.date_active, TODAY - timedelta(days=365))
        followup = self._new_delivered_visit().followup_ids
        self.assertEqual(followup.rule_id, own)
        self.assertEqual(followup.date_deadline, TODAY + timedelta(days=2))
        self._new_call(followup).action_register()
        [second] = followup.search([("previous_id", "=", followup.id)])
        self.assertEqual(second.rule_id, self.rule_second)

    def test_own_topic_takes_the_place_of_the_shared_one_in_what_is_planned(self):
        shared = self.env.ref(f"{MODULE}.topic_usage")
        self.assertEqual(self.rule_first.topic_ids, shared)
        own = shared.browse(shared.action_make_own_copy()["res_id"])
        own.script = "We of Yusen ask how the car is doing."
        followup = self._new_delivered_visit().followup_ids
        self.assertEqual(followup.topic_ids, own)
        self.assertIn("We of Yusen", followup.content)
        own.action_archive()
        followup = self._new_delivered_visit(self._new_customer("Li Si")).followup_ids
        self.assertFalse(followup.topic_ids, "Switched off here")

    def test_what_a_rule_talks_about_counts_from_when_it_is_changed(self):
        usage = self.env.ref(f"{MODULE}.topic_usage")
        services = self.env.ref(f"{MODULE}.topic_services")
        rule = self.rule_first.sudo()
        steps = [
            (lambda: None, usage),
            (lambda: rule.write({"topic_ids": [Command.link(services.id)]}), None),
            (lambda: rule.write({"topic_ids": [Command.unlink(usage.id)]}), services),
            (services.sudo().action_archive, services.browse()),
            (services.sudo().action_unarchive, services),
        ]
        for number, (change, topics) in enumerate(steps):
            change()
            customer = self._new_customer(f"Customer {number}")
            followup = self._new_delivered_visit(customer).followup_ids
            with self.subTest(number):
                expected = usage | services if topics is None else topics
                self.assertEqual(followup.topic_ids, expected)

    def test_own_topic_that_is_deleted_leaves_the_shared_one_in_its_place(self):
        shared = self.env.ref(f"{MODULE}.topic_usage")
        own = shared.browse(shared.action_make_own_copy()["res_id"])
        self.assertEqual(self.rule_first._get_topics(self.company.id), own)
        own.unlink()
        self.assertEqual(self.rule_first._get_topics(self.company.id), shared)

    def test_a_shared_record_is_not_offered_beside_the_own_one(self):
        other = self._new_user("other", "officer", self.branch)
        for name in ("outcome_busy", "topic_services"):
            shared = self.env.ref(f"{MODULE}.{name}")
            own = shared.browse(shared.action_make_own_copy()["res_id"])
            offered = dict(shared.name_search(""))
            self.assertIn(own.id, offered)
            self.assertNotIn(shared.id, offered)
            elsewhere = shared.with_user(other).with_context(
                allowed_company_ids=self.branch.ids
            )
            self.assertIn(shared.id, dict(elsewhere.name_search("")))
            own.action_archive()
            offered = dict(shared.name_search(""))
            self.assertFalse({own.id, shared.id} & offered.keys(), "Switched off here")

    def test_officers_make_no_copies(self):
        for _records, _vals, shipped in self._each():
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                shipped.with_user(self.officer).action_make_own_copy()


@tagged("-at_install", "post_install")
class TestKeptConfiguration(ConfigurationCase):
    """What was done by a rule, topic or template still tells so."""

    def assertKept(self, records):
        for user in (self.supervisor, self.administrator):
            with self.assertRaises(UserError), mute_logger(DENIAL):
                records.with_user(user).unlink()
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            records.sudo().unlink()
        records.sudo().action_archive()

    def test_what_came_with_the_module_is_archived_not_deleted(self):
        """An update would bring it back."""
        for _records, _vals, shipped in self._each():
            self.assertKept(shipped)

    def test_a_topic_that_was_talked_about_is_archived_not_deleted(self):
        topic = self.env["aftersales.topic"].create({"name": "Winter Tyres"})
        call = self._new_call(self._new_followup(), topic_ids=topic.ids)
        call.action_register()
        self.assertKept(topic)
        self.assertEqual(call.topic_ids, topic)

    def test_a_topic_that_is_used_in_another_dealership_is_kept_there(self):
        topic = self.env["aftersales.topic"].sudo().create({"name": "Winter Tyres"})
        self.assertFalse(topic.company_id)
        self._new_followup(topic_ids=topic.ids)
        self.administrator.write(
            {
                "company_id": self.branch.id,
                "company_ids": [Command.set(self.branch.ids)],
            }
        )
        elsewhere = topic.with_user(self.administrator).with_context(
            allowed_company_ids=self.branch.ids
        )
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            elsewhere.unlink()

    def test_no_topic_goes_with_the_database_either(self):
        topic = self.env["aftersales.topic"].create({"name": "Winter Tyres"})
        call = self._new_call(self._new_followup(), topic_ids=topic.ids)
        followup = self._new_followup(topic_ids=topic.ids)
        for record in (call, followup):
            record.flush_recordset()
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(
                    "DELETE FROM aftersales_topic WHERE id = %s", [topic.id]
                )

    def test_outcome_level_template_and_rule_in_use_are_archived_not_deleted(self):
        create = {
            model: self.env[model].create(vals) for model, (vals, _) in MODELS.items()
        }
        outcome = create["aftersales.call.outcome"]
        self._new_call(self._new_followup(), outcome_id=outcome.id)
        level = create["aftersales.segment"]
        self._new_customer("Li Si", aftersales_segment_id=level.id)
        template = create["aftersales.letter.template"]
        self._new_letter(template_id=template.id)
        rule = create["aftersales.followup.rule"]
        self._new_followup().sudo().rule_id = rule
        for record in (outcome, level, template, rule):
            self.assertKept(record)

    def test_what_nobody_used_can_be_deleted(self):
        for records, vals, _shipped in self._each():
            own = records.create([vals])
            own.unlink()
            self.assertFalse(own.exists())

    def test_what_a_user_brought_in_by_a_file_is_no_part_of_the_module(self):
        for records, vals, _shipped in self._each():
            own = records.create(vals)
            own.sudo().export_data(["id"])
            own.unlink()


@tagged("-at_install", "post_install")
class TestConfigurationInMemory(ConfigurationCase):
    """What is kept in memory of the configuration is never an old one."""

    def _plan_content(self):
        """Return what the officer is to say in a follow-up that is planned now."""
        return self._new_delivered_visit().followup_ids.content

    def test_a_changed_script_is_spoken_from_the_next_follow_up_on(self):
        rule = self.env.ref("aftersales_followup.rule_first")
        topic = self.env["aftersales.topic"].sudo().create({"name": "x", "script": "A"})
        rule.sudo().topic_ids = topic
        self.assertEqual(self._plan_content(), "A")
        topic.script = "B"
        self.assertEqual(self._plan_content(), "B")

    def test_a_translated_script_is_spoken_from_the_next_follow_up_on(self):
        self.env["res.lang"].sudo()._activate_lang("zh_CN")
        self.officer.sudo().lang = "zh_CN"
        rule = self.env.ref("aftersales_followup.rule_first")
        topic = self.env["aftersales.topic"].sudo().create({"name": "x", "script": "A"})
        rule.sudo().topic_ids = topic
        self.assertEqual(self._plan_content(), "A")
        topic.update_field_translations("script", {"zh_CN": "您好"})
        self.assertEqual(self._plan_content(), "您好")
