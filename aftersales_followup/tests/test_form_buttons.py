from datetime import datetime, time, timedelta

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import NOW
from .screens import MODULE, ROLES, Screen, ScreensCase, read_rows

# What a button may return besides a window: it is over, a file, a paper.
OTHER_ACTIONS = {
    "ir.actions.act_url",
    "ir.actions.act_window_close",
    "ir.actions.report",
}
# Wizards of the menu, and how they go on.
MENUS = [
    ("officer", "aftersales_register_print_action"),
    ("officer", "aftersales_register_print_action_plan"),
    ("supervisor", "aftersales_visit_import_action"),
]
STEPS = {
    "aftersales.segment.preview": ["action_preview"],
    "aftersales.visit.import": ["action_preview", "import_batch"],
}
CLIENT_ACTIONS = {
    "display_notification",
    "soft_reload",
    f"{MODULE}.replace_action",
}


def is_button(node):
    """Return whether a node calls the server: a button, or a widget of ours."""
    calls = node.get("name") if node.tag == "button" else node.get("method")
    return bool(calls) and not node.get("special")


def get_key(model, node):
    """Return what tells the buttons of a model apart, those of one name too."""
    return model, node.get("method") or node.get("name"), node.get("invisible") or ""


@tagged("post_install", "-at_install")
class TestFormButtons(ScreensCase):
    """A button does its work or says why not, for whoever sees it."""

    def setUp(self):
        super().setUp()
        self.outcomes = {}  # by button and user
        self.opened = set()
        self.openers = set()  # buttons that open a window: once for each user is enough

    # ------------------------------------------------------------
    # Records in each state
    # ------------------------------------------------------------

    def _new_records(self):
        """Return records in each state in which a form shows other buttons."""
        records = [
            *self._new_visits(),
            *self._new_calls(),
            *self._new_letters(),
            *self._new_cases(),
            *self._new_campaigns(),
            *self._new_stand_ins(),
            *self._new_summaries(),
            *self._new_figures(),
            self.optout,
            self._new_withdrawn_optout(),
            *self._get_shared(),
            self.customer,
            self._new_visit(self.optout.partner_id).partner_id,
            self._new_wrong_number(),
            self.vehicle,
        ]
        return records + self._get_different_followups()

    def _get_different_followups(self):
        """Return one follow-up of each kind that came about so far."""
        followups = self.env["aftersales.followup"].search([])
        alike = followups.grouped(
            lambda followup: (
                *(followup.state, followup.channel, followup.letter_suggested),
                *(followup.campaign_id.state, bool(followup.case_id)),
            )
        )
        return [like[:1] for like in alike.values()]

    def _new_visits(self):
        filed = self._new_delivered_visit(
            self.customer,
            wish="Fetch the car",
            next_service_content="Oil change",
            next_contact_date=NOW.date() + timedelta(days=60),
        )
        filed.action_file_archive()
        to_file = filed.copy(
            {
                "next_service_content": "Oil",
                "next_contact_date": filed.next_contact_date,
            }
        )
        case = self._new_case(self.customer, visit_id=filed.id)
        case.vehicle_id = self.vehicle
        self._new_call(filed.followup_ids[:1]).action_register()
        consultations = [self._new_visit(visit_type="consultation") for _n in range(2)]
        consultations[0].action_close()
        cancelled = self._new_visit(advisor_id=self.advisor.id)
        cancelled.action_cancel()
        return [filed, to_file, *consultations, cancelled, self._new_visit()]

    def _new_calls(self):
        due = self._new_followup(self.customer)
        tried = self._new_followup(self.customer)
        for _attempt in range(3):
            call = self._new_call(tried, outcome_id=self.no_answer.id)
            call.action_register()
        called_off = self._new_followup(self.customer)
        called_off._cancel("Moved away")
        wants_letter = self._new_call(partner_id=self.customer.id, letter_needed=True)
        wants_letter.action_register()
        return [
            self._new_call(due),
            self._new_call(partner_id=self.customer.id),
            self._new_call(partner_id=self.customer.id, satisfaction=2),
            self.unknown_call,
            self.restriction.with_env(self.env),
            wants_letter,
            self._new_call(partner_id=self.customer.id, satisfaction=2),
            call,
            self.call,
        ]

    def _new_letters(self):
        returned = self._new_letter(self.customer)
        returned.action_register()
        returned.action_return()
        by_mail = self._new_letter(self.customer, send_by="email")
        return [self._new_letter(self.customer), by_mail, self.letter, returned]

    def _new_cases(self):
        cases = [self._new_case() for _n in range(5)]
        for case in cases[1:]:
            case.solution = "New brake pads"
        for case in cases[2:]:
            case.action_solve()
        for case in cases[3:]:
            case.action_inform()
        cases[4].action_close()
        escalated, waiting = self._new_case(), self._new_case()
        escalated.action_escalate()
        waiting.action_wait_for_parts()
        return [*cases, escalated, waiting]

    def _new_campaigns(self):
        self._new_audience(2)
        self.set_now(NOW - timedelta(days=40))
        over = self._new_campaign()
        over.action_confirm()
        self.set_now(NOW)
        cancelled, confirmed, unplanned = (self._new_campaign() for _n in range(3))
        cancelled.action_cancel()
        confirmed.action_confirm()
        unplanned.action_confirm_stepwise()
        late = self._new_campaign(date_begin=NOW.date() + timedelta(days=5))
        return [self._new_campaign(), late, unplanned, confirmed, over, cancelled]

    def _new_stand_ins(self):
        current = self._new_substitution(0, 3)
        return [current, self._new_substitution(10, 12)]

    def _new_summaries(self):
        """Return two drafts, a submitted summary and a filed one."""
        months = [NOW.date() - timedelta(days=days) for days in (31, 62, 93)]
        summaries = self.summary | self.env["aftersales.summary"].create(
            [{"date_from": month} for month in months]
        )
        words = dict.fromkeys(("results", "problems", "next_plan"), "<p>Good</p>")
        summaries.write(words)
        self.summary.action_count()  # with what happened meanwhile
        summaries[2:].action_submit()
        summaries[3].action_file()
        # Brought in after the month was filed: it would be another one now.
        day = datetime.combine(summaries[3].date_from, time(2))
        line = {"name": "Oil", "trade": "maintenance", "amount": 100}
        self._import_visit(
            self.customer,
            self.vehicle,
            date_arrival=day,
            date_delivery=day,
            line_ids=[Command.create(line)],
        )
        self.summary = summaries[3]
        return list(summaries)

    def _new_figures(self):
        """Return targets of two years and figures of a month."""
        kpi = self.env.ref(f"{MODULE}.kpi_intake")
        targets = self.env["aftersales.kpi.target"].create(
            [
                {"kpi_id": kpi.id, "year": year, "target": 12}
                for year in (NOW.year - 1, NOW.year)
            ]
        )
        values = self.env["aftersales.kpi.value"].sudo()
        for code in ("calls", "csi"):
            values |= values.create(
                {
                    "kpi_id": self.env.ref(f"{MODULE}.kpi_{code}").id,
                    "company_id": self.company.id,
                    "user_id": self.officer.id,
                    "date": NOW.date().replace(day=1),
                }
            )
        return [*targets, *values]

    def _get_shared(self):
        """Return what is shipped for all dealerships, one of a kind."""
        for name in ("followup.rule", "letter.template", "tip", "topic"):
            models = self.env[f"aftersales.{name}"]
            yield models.search([("company_id", "=", False)], limit=1)

    def _new_wrong_number(self):
        customer = self._new_visit(self._new_customer("Zhao Liu")).partner_id
        outcome = self._get_outcome("wrong_number")
        followup = self._new_followup(customer)
        self._new_call(followup, outcome_id=outcome.id).action_register()
        return customer

    def _new_withdrawn_optout(self):
        optout = self._new_optout(self._new_customer("Chen Qi"))
        self.env["aftersales.optout.withdraw"].create(
            {"optout_ids": [Command.set(optout.ids)], "reason": "Changed his mind"}
        ).action_withdraw()
        return optout

    # ------------------------------------------------------------
    # Pressing
    # ------------------------------------------------------------

    def _press_all(self, user, view, record):
        """Press each button that ``user`` sees on the form of ``record``."""
        context = record.env.context if record.is_transient() else {}
        record = self.as_browser(user, record._name, **context).browse(record.id)
        if not record.has_access("read"):
            return
        form = Screen(record, view)
        for tag in ("button", "widget"):
            for node in filter(is_button, form.iter_visible(tag)):
                context = form.get_evaluated(node.get("context"))
                self._press(user, record.with_context(**context), node)

    def _press(self, user, records, node):
        """Do what the browser does, open what the button returns, and take it back."""
        key = get_key(records._name, node)
        if (user, key) in self.openers:
            return
        outcomes = self.outcomes.setdefault(key, {})
        names = str(records)
        with self.subTest(user=user.name, button=key[:2], records=names), self.undone():
            if node.get("type") == "action":
                windows = self.env["ir.actions.act_window"].sudo()
                xmlid = windows.browse(int(node.get("name"))).xml_id
                self._open(user, xmlid, records)
                outcome = "done"
            else:
                outcome = self._call(user, records, key)
            outcomes.setdefault(user, set()).add(outcome)

    def _call(self, user, records, key):
        """Call a method as a button does.

        :return: ``done``, ``refused`` with a reason, or ``denied``, since it is for
            somebody else to change the records
        """
        try:
            context = {"context": dict(records.env.context)}
            result = call_kw(records, key[1], [records.ids], context)
            self.env.flush_all()
        except AccessError:
            self.assertFalse(records.has_access("write"))
            return "denied"
        except UserError as error:
            self.assertRegex(str(error), r"(?s)^[A-Z0-9].{20,}[.?]$")
            return "refused"
        if isinstance(result, dict) and result.get("type"):
            self._open(user, result, records)
            if result["type"] == "ir.actions.act_window":
                self.openers.add((user, key))
        return "done"

    def _press_in_dialogs(self, role):
        """Fill in each dialog that ``role`` may open, and press its buttons."""
        user = getattr(self, role)
        dialogs = list(self.iter_dialogs(role))
        for first_role, name in MENUS:
            if ROLES.index(role) >= ROLES.index(first_role):
                dialogs.append((*self.load_action(user, f"{MODULE}.{name}"), name))
        for model, views, _xmlid in dialogs:
            if model.is_transient():
                with self.undone():
                    form = Screen(model, views["form"])
                    form.fill(self.get_values(model._name))
                    record = form.save()
                    self._press_all(user, views["form"], record)
                    for step in STEPS.get(model._name, ()):
                        getattr(record, step)()
                        self._press_all(user, views["form"], record)

    def _get_declared(self, views):
        """Return the buttons that the views of this module add."""
        return {
            get_key(view.model, node)
            for view in views
            for node in etree.fromstring(view.arch).iter("button", "widget")
            if is_button(node)
        }

    # ------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------

    def _open(self, user, action, records):
        """Open what a button returned, each window once for each user."""
        if isinstance(action, dict) and action["type"] != "ir.actions.act_window":
            self._open_other(user, action, records)
            return
        active = {
            "active_model": records._name,
            "active_id": records[:1].id,
            "active_ids": records.ids,
        }
        model, views = self.load_action(user, action, **active)
        action = action if isinstance(action, dict) else {}
        domain = action.get("domain") or []
        if isinstance(domain, str):
            domain = safe_eval(domain, {"uid": user.id})
        record = model.browse(action.get("res_id") or None)
        opened = (
            *(user, bool(record), model._name, *views.items()),
            *(*sorted(model.env.context), *(term[0] for term in domain)),
        )
        if opened not in self.opened:
            self.opened.add(opened)
            self._open_window(model, views, domain, record)

    def _open_window(self, model, views, domain, record):
        for kind, view in views.items():
            if kind in ("list", "kanban"):
                rows = read_rows(model, view, kind, domain)
                self.assertGreaterEqual(rows["length"], 0)
            elif kind != "form":
                self.assertTrue(model.get_view(view, kind)["arch"])
            elif record:
                Screen(record, view)
            elif model.has_access("create") and model.env.context.get("create", True):
                Screen(model, view)

    def _open_other(self, user, action, records):
        """Open what is no window, and what that leads to."""
        if action["type"] != "ir.actions.client":
            self.assertIn(action["type"], OTHER_ACTIONS)
            return
        self.assertIn(action["tag"], CLIENT_ACTIONS)
        for name in ("action", "next"):
            following = action.get("params", {}).get(name)
            if following:
                self._open(user, following, records)

    # ------------------------------------------------------------
    # Tests
    # ------------------------------------------------------------

    def test_each_button_of_a_form_works_or_says_why_not(self):
        records = self._new_records()
        views = list(self.iter_own_views("form"))
        for role in ("other_officer", *ROLES):
            for view in views:
                for record in records:
                    if record._name == view.model:
                        user = getattr(self, role)
                        self._press_all(user, not view.inherit_id and view.id, record)
            if role in ROLES:
                self._press_in_dialogs(role)
        self.assertEqual(self._get_declared(views) - self.outcomes.keys(), set())
        for key, outcomes in self.outcomes.items():
            with self.subTest(button=key):
                self.assertIn("done", set().union(*outcomes.values()), "never works")
                for user, outcome in outcomes.items():
                    self.assertNotIn("denied", outcome, f"not always for {user.name}")

    def test_each_button_of_a_list_works_or_says_why_not(self):
        self._new_records()
        # What a lookup finds, and its buttons, the tests of privacy look at.
        views = [
            view
            for view in self.iter_own_views("list")
            if view.model != "privacy.lookup.wizard.line"
        ]
        for role in ROLES:
            user = getattr(self, role)
            for view in views:
                model = self.as_browser(user, view.model)
                if self._get_declared(view) and model.has_access("read"):
                    self._press_in_list(user, view, model.search([], limit=8))
        self.assertEqual(self._get_declared(views) - self.outcomes.keys(), set())

    def _press_in_list(self, user, view, rows):
        """Press the buttons above a list for all its rows, and those of each row."""
        for row in rows:
            form = Screen(row, view.id)
            for node in filter(is_button, form.iter_visible("button")):
                self._press(user, row, node)
                if row == rows[:1] and node.getparent().tag == "header":
                    self._press(user, rows, node)
