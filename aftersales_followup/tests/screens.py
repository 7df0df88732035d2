"""What a user's browser loads, fills in and offers on a form."""

import base64
from contextlib import closing
from datetime import timedelta
from types import SimpleNamespace

from lxml import etree

from odoo.tests import Form
from odoo.tools.safe_eval import safe_eval, time

from odoo.addons.web.controllers.utils import clean_action

from .common import TODAY, AftersalesCase

MODULE = "aftersales_followup"
ROLES = ("advisor", "officer", "supervisor", "administrator")
ALWAYS = ("1", "True", "true")
NEVER = ("0", "False", "false")
# Widgets that let the user choose a record, and never create one.
CHOOSERS = {
    "many2many_binary",
    "many2many_avatar_user",
    "many2many_checkboxes",
    "many2many_tags_avatar",
    "radio",
    "selection",
    "selection_badge",
    "statusbar",
}

LATER = TODAY + timedelta(days=30)

# What is typed into a new form, in the order in which it is typed.
VALUES = {
    "aftersales.visit": {
        "vehicle_id": lambda test: test.vehicle,
        "partner_id": lambda test: test.customer,
        "odometer": 21000,
        "line_ids": {"name": "Oil change", "trade": "maintenance"},
    },
    "aftersales.followup": {
        "partner_id": lambda test: test.customer,
        "vehicle_id": lambda test: test.vehicle,
        "date_earliest": TODAY,
        "date_deadline": LATER,
        "content": "Ask about the new tyres",
    },
    "aftersales.call": {
        "partner_id": lambda test: test.customer,
        "vehicle_id": lambda test: test.vehicle,
        "outcome_id": lambda test: test.reached,
        "content": "All is well",
        "case_ids": {"case_type": "wish", "description": "A loan car"},
    },
    "aftersales.letter": {
        "partner_id": lambda test: test.customer,
        "vehicle_id": lambda test: test.vehicle,
        "subject": "Your car",
        "body": "<p>Dear customer</p>",
    },
    "aftersales.case": {
        "partner_id": lambda test: test.customer,
        "vehicle_id": lambda test: test.vehicle,
        "description": "The brakes squeak",
    },
    "aftersales.optout": {
        "partner_id": lambda test: test.customer,
        "vehicle_id": lambda test: test.vehicle,
        "reason_id": lambda test: test.env.ref(f"{MODULE}.optout_reason_calls"),
        "note": "No calls at work",
    },
    "aftersales.optout.reason": {"name": "Lives abroad"},
    "aftersales.case.cause": {"name": "Noise of another part"},
    "aftersales.campaign": {
        "name": "Free Check Week",
        "date_begin": LATER,
        "date_end": LATER,
        "description": "We check brakes and tyres for nothing.",
    },
    "aftersales.substitution": {
        "user_id": lambda test: test.officer,
        "substitute_id": lambda test: test.other_officer,
        "date_from": LATER,
        "date_to": LATER,
    },
    "aftersales.followup.rule": {"name": "Winter tyres", "code": "winter"},
    "aftersales.topic": {"name": "Winter tyres", "script": "It gets cold"},
    "aftersales.tip": {"name": "Winter tyres", "text": "Below 7 degrees"},
    "aftersales.call.outcome": {"name": "Line dead", "code": "dead", "effect": "retry"},
    "aftersales.segment": {"name": "Companies"},
    "aftersales.letter.template": {
        "name": "Thanks",
        "subject": "Thank you",
        "body": "<p>Dear {customer}</p>",
    },
    "aftersales.call.correct": {"reason": "Wrong topic", "content": "The horn"},
    "aftersales.call.give": {"partner_id": lambda test: test.customer},
    "aftersales.letter.correct": {"reason": "Wrong day", "date_sent": TODAY},
    "aftersales.followup.cancel": {"reason": "Moved away"},
    "aftersales.optout.withdraw": {"reason": "Changed his mind"},
    "aftersales.partner.restrict": {"reason": "Asked to be forgotten"},
    "aftersales.restriction.show": {"reason": "A court asks"},
    "aftersales.restriction.lift": {"reason": "Comes again"},
    "aftersales.restriction.find": {"text": "137 0000 0001", "reason": "He calls"},
    "aftersales.partner.hand.over": {"officer_id": lambda test: test.other_officer},
    "aftersales.segment.fix": {
        "segment_id": lambda test: test.env.ref(f"{MODULE}.segment_vip"),
        "reason": "Owns the taxi company",
    },
    "aftersales.segment.preview": {},
    "aftersales.register.print": {
        "month": LATER.replace(day=1),
        "date_from": TODAY,
        "date_to": LATER,
    },
    "aftersales.visit.import": {
        "data_file": base64.b64encode(
            "工单号,客户姓名,手机,车牌号,车型,进厂时间,出厂时间,项目名称\n"
            "RO1,张三,13800138000,湘K12345,君威,2026-01-05,2026-01-06,换机油\n".encode()
        )
    },
    "aftersales.kpi": {"name": "Cars washed", "is_typed": True},
    "aftersales.kpi.target": {
        "kpi_id": lambda test: test.env.ref(f"{MODULE}.kpi_intake"),
        "target": 12,
    },
    "aftersales.kpi.entry": {
        "kpi_id": lambda test: test.env.ref(f"{MODULE}.kpi_fixed_cost"),
        "amount": 5000,
        "note": "Rent",
    },
    "aftersales.kpi.target.copy": {"percent": 10},
    "aftersales.summary": {
        "date_from": (TODAY - timedelta(days=40)).replace(day=1),
        "attendance": "All were there",
    },
    "aftersales.summary.reopen": {"reason": "Invoices were missing"},
    "digest.digest": {"name": "Figures of the Week"},
    "res.config.settings": {"aftersales_archive_days": 3},
    "res.partner": {"name": "Li Si", "phone": "+86 139 0000 0001"},
    "fleet.vehicle": {
        "model_id": lambda test: test.model,
        "license_plate": "湘K99999",
        "vin_sn": "LSGWS52X27S999999",
        "aftersales_owner_id": lambda test: test.customer,
    },
    "fleet.vehicle.model": {"brand_id": lambda test: test.brand, "name": "Lacrosse"},
    "fleet.vehicle.model.brand": {"name": "Wuling"},
    "fleet.vehicle.model.category": {"name": "Van"},
    "fleet.vehicle.odometer": {"vehicle_id": lambda test: test.vehicle, "value": 9},
    "fleet.service.type": {"name": "Rust check", "category": "service"},
}
# Dialogs that a button or the gear menu opens, for whom, and with what.
DIALOGS = [
    ("officer", "aftersales_followup_cancel_action", "followup", None),
    ("officer", "aftersales_call_action_new", "customer", "default_partner_id"),
    ("officer", "aftersales_call_action_workbench", "followup", "default_followup_id"),
    ("officer", "aftersales_call_action_inbound", "customer", None),
    ("officer", "aftersales_call_give_action", "unknown_call", "default_call_id"),
    ("officer", "aftersales_letter_action_new", "followup", "default_followup_id"),
    ("officer", "aftersales_optout_action_new", "customer", "default_partner_id"),
    ("officer", "aftersales_optout_withdraw_action", "optout", "default_optout_ids"),
    ("supervisor", "aftersales_call_correct_action", "call", "default_call_id"),
    ("supervisor", "aftersales_letter_correct_action", "letter", "default_letter_id"),
    ("supervisor", "aftersales_partner_hand_over_action", "customer", None),
    ("supervisor", "aftersales_segment_fix_action", "customer", None),
    ("supervisor", "aftersales_segment_fix_action", "favourite", None),
    ("supervisor", "aftersales_segment_preview_action", "customer", None),
    ("supervisor", "aftersales_partner_restrict_action", "newcomer", None),
    (
        "supervisor",
        "aftersales_restriction_show_action",
        "restriction",
        "default_restriction_id",
    ),
    (
        "supervisor",
        "aftersales_restriction_lift_action",
        "restriction",
        "default_restriction_ids",
    ),
    ("supervisor", "aftersales_restriction_find_action", "restriction", None),
    ("supervisor", "aftersales_kpi_target_copy_action", "newcomer", None),
    (
        "administrator",
        "aftersales_summary_reopen_action",
        "summary",
        "default_summary_id",
    ),
]


def iter_fields(node, model, infos):
    """Yield the fields of a view, not of the lists in it, with what is known of them.

    :param dict infos: of all models in the view, as ``get_views`` returns them
    """
    known = infos.get(model, {}).get("fields", {})
    for child in node.iterchildren("*"):
        if child.tag != "field":
            yield from iter_fields(child, model, infos)
        elif child.get("name") in known:
            yield child, known[child.get("name")]


def get_read_spec(node, model, infos):
    """Return what the browser reads of ``model`` for the view ``node``."""
    spec = {}
    for field, info in iter_fields(node, model, infos):
        name = field.get("name")
        spec.setdefault(name, {})
        if {field.get("invisible"), field.get("column_invisible")} & set(ALWAYS):
            continue
        if info["type"] == "many2one":
            spec[name] = {"fields": {"display_name": {}}}
        elif info["type"] in ("one2many", "many2many"):
            rows = [rows for rows in field if rows.tag in ("list", "kanban")]
            columns = get_read_spec(rows[0], info["relation"], infos) if rows else {}
            spec[name] = {"fields": {"display_name": {}, **columns}}
    return spec


def read_rows(model, view, kind, domain):
    """Load a list or cards with the search above, and read the first rows."""
    model.env.invalidate_all()
    loaded = model.get_views([(view, kind), (False, "search")])
    arch = etree.fromstring(loaded["views"][kind]["arch"])
    spec = get_read_spec(arch, model._name, loaded["models"])
    return model.web_search_read(domain, spec, limit=8)


class Screen(Form):
    """A form with the lists on it, as the browser of its user loads it.

    :raise AccessError: if the form shows something that the user may not read
    """

    def __init__(self, record, view=None):
        record.env.invalidate_all()
        super().__init__(record, view)
        spec = get_read_spec(self._view["tree"], record._name, self._models_info)
        if record:
            record.web_read(spec)
        else:
            record.onchange({}, [], spec)
        record.env.invalidate_all()

    # ------------------------------------------------------------
    # Filling in
    # ------------------------------------------------------------

    def is_open(self, name):
        """Return whether the user can type into a field."""
        return name in self._view["fields"] and not any(
            self._get_modifier(name, modifier) for modifier in ("invisible", "readonly")
        )

    def fill(self, values):
        """Type in what there are fields for, in the order of ``values``.

        :return: the names of those fields
        """
        names = [name for name in values if self.is_open(name)]
        for name in names:
            if self._view["fields"][name]["type"] == "one2many":
                with self[name].new() as row:
                    for column, content in values[name].items():
                        row[column] = content
            else:
                self[name] = values[name]
        return names

    # ------------------------------------------------------------
    # What it offers
    # ------------------------------------------------------------

    def get_evaluated(self, expression):
        return safe_eval(expression or "{}", self._get_eval_context())

    def iter_relations(self):
        """Yield each relation that the user can set, in lists edited in place too.

        :return: tuples of its name with its model, comodel, context, domain, and
            whether it offers *Create* and creating by the name alone
        """
        values = self._get_eval_context()
        yield from self._iter_relations(self._view["tree"], self._record, values)

    def _iter_relations(self, view, model, values):
        for node, info in iter_fields(view, model._name, self._models_info):
            line = [node, *node.iterancestors()]
            hidden = ("invisible", "column_invisible")
            if any(part.get(name) in ALWAYS for part in line for name in hidden):
                continue
            if node.get("readonly", str(info.get("readonly"))) in ALWAYS:
                continue
            rows = next(node.iterchildren("list"), None)
            comodel = info.get("relation") and model.env[info["relation"]]
            if info["type"] == "one2many" and rows is not None and rows.get("editable"):
                empty = dict.fromkeys(comodel._fields, False)
                parent = SimpleNamespace(**values)
                yield from self._iter_relations(
                    rows, comodel, {**values, **empty, "parent": parent}
                )
            elif info["type"] in ("many2one", "many2many"):
                domain = node.get("domain") or info.get("domain") or []
                if isinstance(domain, str):
                    domain = safe_eval(domain, values)
                context = safe_eval(node.get("context") or "{}", values)
                offer = self._get_offer(node, rows)
                path = f"{model._name}.{node.get('name')}"
                yield path, comodel.with_context(**context), domain, *offer

    def _get_offer(self, node, rows):
        """Return whether a relation has *Create*, and whether by its name alone."""
        options = safe_eval(node.get("options") or "{}", {"true": True, "false": False})
        creates = (
            node.get("can_create") == "True"
            and not options.get("no_create")
            and node.get("widget") not in CHOOSERS
            and (rows is None or rows.get("create") not in NEVER)
        )
        return creates, creates and rows is None and not options.get("no_quick_create")

    def iter_visible(self, tag):
        """Yield the nodes that the user sees with the values of the record."""
        for node in self._view["tree"].iter(tag):
            line = [node, *node.iterancestors()]
            if any(part.tag == "field" for part in line[1:]):
                continue
            if not any(self.get_evaluated(part.get("invisible", "0")) for part in line):
                yield node


class ScreensCase(AftersalesCase):
    """The dealership as it shows on the screens of each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The administrator of a new database may do everything, also in Fleet.
        cls.administrator = cls._new_user("administrator")
        admin = cls.env.ref("base.user_admin").sudo()
        cls.administrator.sudo().group_ids = admin.group_ids | cls.env.ref(
            "base.group_multi_company"
        )

    def setUp(self):
        super().setUp()
        self.customer = self._new_customer()
        self.vehicle = self._new_vehicle(self.customer)
        self.followup = self._new_followup(self.customer)
        self.optout = self._new_optout(self._new_customer("Wang Wu"))
        self.call = self._new_call(partner_id=self.customer.id)
        self.unknown_call = self._new_call(
            direction="inbound", caller_name="Sun Ba", phone="139 0000 0009"
        )
        self.letter = self._new_letter(self.customer)
        (self.call | self.unknown_call).action_register()
        self.letter.action_register()
        self.restriction = self._new_restriction()
        self.summary = self.env["aftersales.summary"].create(
            {"date_from": TODAY.replace(day=1)}
        )
        self.newcomer = self._new_customer("Zhou Jiu", phone="136 0000 0002")
        vip = self.env.ref(f"{MODULE}.segment_vip")
        self.favourite = self._new_customer("Wu Shi", aftersales_segment_id=vip.id)

    def _new_restriction(self):
        """Return the restriction of a customer who asked to be forgotten."""
        customer = self._new_customer("Sun Ba", phone="137 0000 0001")
        dialog = self.env["aftersales.partner.restrict"].with_user(self.supervisor)
        dialog.create(
            {"partner_ids": [customer.id], "reason": "Asked to be forgotten"}
        ).action_restrict()
        restrictions = self.env["aftersales.restriction"].sudo()
        return restrictions.search([("partner_id", "=", customer.id)])

    def undone(self):
        """Return a context that takes back what is done in it."""
        return closing(self.env.cr.savepoint())

    def as_browser(self, user, model, **context):
        """Return ``model`` as the browser of ``user`` asks for it."""
        browser = {
            "lang": "en_US",
            "tz": "Asia/Shanghai",
            "uid": user.id,
            "allowed_company_ids": self.company.ids,
        }
        return self.env(user=user, context={**browser, **context})[model]

    def load_action(self, user, action, **active):
        """Return what the browser opens for a window action.

        :param action: its xmlid, or what a button returned
        :param active: the chosen records: active_model, active_id and active_ids
        :return: the model in the context of the action, and its view ids by kind
        """
        if isinstance(action, str):
            actions = self.as_browser(user, "ir.actions.actions")
            action = actions._for_xml_id(action)
        context = action.get("context") or {}
        if isinstance(context, str):
            context = safe_eval(context, {"uid": user.id, "time": time, **active})
        model = self.as_browser(user, action["res_model"], **{**active, **context})
        return model, {
            kind: view for view, kind in clean_action(action, self.env)["views"]
        }

    def iter_dialogs(self, role):
        """Yield model, views and xmlid of each dialog that ``role`` may open."""
        for first_role, name, about, default in DIALOGS:
            if ROLES.index(role) < ROLES.index(first_role):
                continue
            record = getattr(self, about)
            active = {
                "active_model": record._name,
                "active_id": record.id,
                "active_ids": record.ids,
            }
            xmlid = f"{MODULE}.{name}"
            model, views = self.load_action(getattr(self, role), xmlid, **active)
            if default:
                value = record.ids if default.endswith("_ids") else record.id
                model = model.with_context(**{default: value})
            yield model, views, xmlid

    def iter_own_views(self, kind):
        """Yield the views of a kind that this module adds or extends."""
        data = self.env["ir.model.data"].sudo()
        views = self.env["ir.ui.view"].sudo()
        ids = data.search([("module", "=", MODULE), ("model", "=", views._name)])
        for view in views.browse(ids.mapped("res_id")):
            if view.type == kind:
                yield view

    def iter_own_forms(self, user):
        """Yield model, view and xmlid of the forms that ``user`` may fill in.

        A list that is edited in place is one. What extends a form of another module
        counts where that form is shown.
        """
        lists = self.iter_own_views("list")
        in_place = (
            view for view in lists if etree.fromstring(view.arch).get("editable")
        )
        for view in (*self.iter_own_views("form"), *in_place):
            model = self.as_browser(user, view.model)
            if model.has_access("create"):
                yield model, not view.inherit_id and view.id, view.xml_id

    def get_values(self, model):
        """Return what is typed into a new form of ``model``."""
        return {
            name: value(self) if callable(value) else value
            for name, value in VALUES[model].items()
        }
