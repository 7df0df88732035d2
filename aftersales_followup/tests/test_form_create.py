from datetime import timedelta

from lxml import etree
from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.fields import Datetime
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import NOW, TODAY
from .screens import MODULE, NEVER, ROLES, Screen, ScreensCase, read_rows

LATER = TODAY + timedelta(days=30)

# What is changed when the record is opened again.
CHANGES = {
    "aftersales.visit": {"wish": "A loan car"},
    "aftersales.followup": {"content": "Ask about the brakes"},
    "aftersales.call": {"content": "The horn is weak"},
    "aftersales.letter": {"subject": "Your new car"},
    "aftersales.case": {"description": "The brakes squeak badly"},
    "aftersales.optout": {},  # It is withdrawn, never changed.
    "aftersales.optout.reason": {"name": "Lives far away"},
    "aftersales.case.cause": {"name": "Noise of the tyres"},
    "aftersales.campaign": {"venue": "Workshop 2"},
    "aftersales.substitution": {"reason": "Leave"},
    "aftersales.followup.rule": {"latest_days": 9},
    "aftersales.topic": {"script": "It gets warm"},
    "aftersales.tip": {"text": "Above 7 degrees"},
    "aftersales.call.outcome": {"name": "Line busy"},
    "aftersales.segment": {"name": "Taxis"},
    "aftersales.letter.template": {"subject": "Many thanks"},
    "aftersales.kpi": {"name": "Cars polished"},
    "aftersales.kpi.target": {"target": 24},
    "aftersales.kpi.entry": {"note": "Heating"},
    "aftersales.summary": {"date_meeting": TODAY},
    "digest.digest": {"name": "Figures of the Month"},
    "res.partner": {"name": "Li Wu"},
    "fleet.vehicle": {"license_plate": "湘K88888"},
    "fleet.vehicle.model": {"name": "Excelle"},
    "fleet.vehicle.model.brand": {"name": "Baojun"},
    "fleet.vehicle.model.category": {"name": "Bus"},
    "fleet.vehicle.odometer": {"value": 10},
    "fleet.service.type": {"name": "Dust check"},
}
# What each role may create, besides what the role before it may.
CREATES = {
    "advisor": {"aftersales.visit", "res.partner", "fleet.vehicle"},
    "officer": {
        "aftersales.call",
        "aftersales.call.give",
        "aftersales.case",
        "aftersales.followup",
        "aftersales.followup.cancel",
        "aftersales.letter",
        "aftersales.optout",
        "aftersales.optout.withdraw",
        "aftersales.register.print",
    },
    "supervisor": {
        "aftersales.call.correct",
        "aftersales.call.outcome",
        "aftersales.campaign",
        "aftersales.followup.rule",
        "aftersales.kpi",
        "aftersales.kpi.entry",
        "aftersales.kpi.target",
        "aftersales.kpi.target.copy",
        "aftersales.letter.correct",
        "aftersales.letter.template",
        "aftersales.case.cause",
        "aftersales.optout.reason",
        "aftersales.partner.hand.over",
        "aftersales.partner.restrict",
        "aftersales.restriction.find",
        "aftersales.restriction.lift",
        "aftersales.restriction.show",
        "aftersales.segment",
        "aftersales.segment.fix",
        "aftersales.segment.preview",
        "aftersales.substitution",
        "aftersales.summary",
        "aftersales.tip",
        "aftersales.topic",
        "aftersales.visit.import",
        "fleet.vehicle.model",
    },
    "administrator": {"aftersales.summary.reopen", "res.config.settings"},
}
# Rows of a list that have no screen of their own, or come out of a file.
ROWS = {
    "aftersales.segment.preview.line",
    "aftersales.visit.line",
    "aftersales.import.header",
    "aftersales.visit.import.content",
    "aftersales.visit.import.header",
    "aftersales.visit.import.order",
}
# Models of core whose screens this module changes.
CHANGED = {"fleet.vehicle", "fleet.vehicle.model", "res.partner"}
SHORT_FORMS = {
    "fleet.vehicle": f"{MODULE}.fleet_vehicle_view_form_new",
    "res.partner": f"{MODULE}.res_partner_view_form_new",
}
# Screens of other modules that this one adds to, and who works with them.
CORE_SCREENS = [
    ("fleet.fleet_group_user", "fleet.fleet_vehicle_action"),
    ("fleet.fleet_group_user", "fleet.fleet_vehicle_odometer_action"),
    ("fleet.fleet_group_manager", "fleet.fleet_vehicle_action"),
    ("fleet.fleet_group_manager", "fleet.fleet_vehicle_model_action"),
    ("base.group_partner_manager", "contacts.action_contacts"),
]
WINDOW = "ir.actions.act_window"
FLEET_CARD = "fleet.fleet_vehicle_view_form_quick_create"


@tagged("post_install", "-at_install")
class TestFormCreate(ScreensCase):
    """Whoever may create something can do so wherever the screens offer it."""

    # ------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------

    def _create(self, model, view=False):
        """Fill in an empty form, save it, open it again, and change it."""
        with self.undone():
            form = Screen(model, view)
            values = self.get_values(model._name)
            typed = form.fill(values)
            self.assertTrue(typed or not values, "no field is open")
            record = form.save()
            self._assert_kept(record, typed, values)
            if model.is_transient():
                return
            changes = CHANGES[model._name]
            form = Screen(record, view)
            self.assertEqual(form.fill(changes), list(changes))
            self._assert_kept(form.save(), changes, changes)

    def _assert_kept(self, record, names, values):
        for name in names:
            value, kept = values[name], record[name]
            if record._fields[name].type == "one2many":
                kept = {column: kept[column] for column in value}
            self.assertEqual(kept, value, name)

    # ------------------------------------------------------------
    # Where something can be created
    # ------------------------------------------------------------

    def _iter_menu_actions(self, user):
        """Yield the xmlids of the actions behind the menus that ``user`` sees."""
        menus = self.env["ir.ui.menu"].with_user(user)
        root = self.env.ref(f"{MODULE}.aftersales_followup_menu_root")
        visible = menus._visible_menu_ids()
        for menu in menus.sudo().search([("id", "child_of", root.id)]):
            action = menu.action
            if menu.id in visible and action and action.type == WINDOW:
                yield action.xml_id

    def _iter_actions(self, role):
        """Yield model, views and xmlid of each menu and dialog of ``role``."""
        user = getattr(self, role)
        for xmlid in self._iter_menu_actions(user):
            model, views = self.load_action(user, xmlid)
            if model.has_access("create"):
                yield model, views, xmlid
        yield from self.iter_dialogs(role)

    # ------------------------------------------------------------
    # Tests
    # ------------------------------------------------------------

    def test_the_table_names_all_that_a_role_may_create(self):
        names = self.env["ir.model"].sudo().search([]).mapped("model")
        ours = {name for name in names if name.startswith("aftersales.")} - ROWS
        named = set()
        for role in ROLES:
            named |= CREATES[role]
            user = getattr(self, role)
            may = {n for n in ours if self.as_browser(user, n).has_access("create")}
            self.assertEqual(may, named & ours, role)

    def test_whoever_may_create_it_can_from_menu_or_dialog(self):
        named = set()
        for role in ROLES:
            named |= CREATES[role]
            created = set()
            for model, views, xmlid in self._iter_actions(role):
                created.add(model._name)
                kind = "form" if "form" in views else "list"
                with self.subTest(role=role, action=xmlid):
                    self._create(model, views[kind])
            self.assertEqual(created, named, role)

    def test_a_day_of_a_calendar_begins_a_record(self):
        for role in ("officer", "supervisor"):
            for model, views, xmlid in self._iter_actions(role):
                days = "calendar" in views and self._get_days(model, views["calendar"])
                if days:
                    with self.subTest(role=role, action=xmlid):
                        self._create(model.with_context(**days), views["form"])

    def _get_days(self, model, view):
        """Return the defaults that a calendar gives to a record of the day."""
        calendar = etree.fromstring(model.get_view(view, "calendar")["arch"])
        if calendar.get("create") in NEVER:
            return None
        names = filter(None, map(calendar.get, ("date_start", "date_stop")))
        moment = Datetime.to_string(NOW)
        return {
            f"default_{name}": moment
            if model._fields[name].type == "datetime"
            else moment[:10]
            for name in names
        }

    def test_each_field_finds_its_records_and_creates_them_where_it_offers_to(self):
        for role in ROLES:
            offered = set()
            user = getattr(self, role)
            for path, comodel, domain, creates, by_name in self._iter_relations(user):
                with self.subTest(role=role, field=path):
                    self._search_more(comodel, domain)
                if creates:
                    offered.add(path)
                    with self.subTest(role=role, field=path, creates="by form"):
                        self._assert_short_form(path, comodel)
                        self._create(comodel)
                if by_name:
                    with self.subTest(role=role, field=path, creates="by name"):
                        self._create_by_name(comodel)
            for name in ("vehicle_id", "partner_id", "contact_id"):
                self.assertIn(f"aftersales.visit.{name}", offered)

    def _assert_short_form(self, path, comodel):
        """A customer or car that a field enters needs no more than reception knows."""
        if path.startswith("aftersales.") and path.endswith("_id"):
            named = comodel.env.context.get("form_view_ref")
            self.assertEqual(named, SHORT_FORMS.get(comodel._name), path)

    def _iter_relations(self, user):
        """Yield each of the module's relations that ``user`` can set on a form.

        Of core's forms those to what the module changes: customers and cars.
        """
        for model, view, xmlid in self.iter_own_forms(user):
            relations = []
            with self.undone(), self.subTest(form=xmlid, user=user.name):
                form = Screen(model, view)
                form.fill(self.get_values(model._name))
                relations += form.iter_relations()
            for path, comodel, *offers in relations:
                if view or ".aftersales_" in path or comodel._name in CHANGED:
                    yield path, comodel, *offers

    def _create_by_name(self, comodel):
        """Create by the name alone; what needs more opens its form."""
        with self.undone(), mute_logger("odoo.sql_db"):
            try:
                record_id, _name = comodel.name_create("Something new")
            except (IntegrityError, ValidationError):
                return  # The browser opens the form instead.
            self.assertTrue(record_id)

    def _search_more(self, comodel, domain):
        comodel.env.invalidate_all()
        comodel.web_name_search("a", {"display_name": {}}, domain, limit=8)
        for kind in ("list", "kanban"):
            read_rows(comodel, False, kind, domain)

    def test_cards_are_never_created_in_passing(self):
        """A name alone makes a customer without phone, or a car without model."""
        for view in self.env["ir.ui.view"].sudo().search([("type", "=", "kanban")]):
            if view.xml_id.startswith(f"{MODULE}."):
                arch = etree.fromstring(view.get_combined_arch())
                for name in ("quick_create", "group_create"):
                    self.assertIn(arch.get(name), NEVER, view.xml_id)

    def test_screens_of_core_still_enter_cars_and_contacts(self):
        for group, xmlid in CORE_SCREENS:
            for role in (None, "advisor", "officer", "supervisor"):
                with self.undone(), self.subTest(group=group, action=xmlid, role=role):
                    user = self._new_user("core", role)
                    user.sudo().group_ids += self.env.ref(group)
                    model, views = self.load_action(user, xmlid)
                    self._create(model, views["form"])
                    if model._name == "fleet.vehicle":
                        self._create(model, self.env.ref(FLEET_CARD).id)
