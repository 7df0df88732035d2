from lxml import etree

from odoo.tests import tagged, warmup

from .screens import MODULE, Screen, ScreensCase

# Models whose records colleagues read, and do not change.
MODELS = ("visit", "followup", "call", "case", "letter")


@tagged("post_install", "-at_install")
class TestOwnRecords(ScreensCase):
    """Who may not change a record is shown so before he types anything."""

    def _new_of_each(self):
        """Return one record of each model, all of them ``officer``'s."""
        visit = self._new_delivered_visit(self.customer)
        followup = visit.followup_ids[:1]
        return {
            "visit": visit,
            "followup": followup,
            "call": self._new_call(followup),
            "case": self._new_case(self.customer),
            "letter": self._new_letter(self.customer),
        }

    def _may_change(self, user, record):
        self.env.invalidate_all()
        return self.as_browser(user, record._name).browse(record.id).may_change

    def _see(self, user, record):
        return Screen(self.as_browser(user, record._name).browse(record.id))

    # ------------------------------------------------------------
    # Whose it is
    # ------------------------------------------------------------

    def test_officer_and_supervisor_may_change_it_colleagues_may_not(self):
        for name, record in self._new_of_each().items():
            with self.subTest(model=name):
                self.assertTrue(self._may_change(self.officer, record))
                self.assertTrue(self._may_change(self.supervisor, record))
                self.assertFalse(self._may_change(self.other_officer, record))

    def test_advisor_may_change_own_visits_only(self):
        own = self._new_visit(advisor_id=self.advisor.id)
        other = self._new_visit(advisor_id=self.officer.id)
        self.assertTrue(self._may_change(self.advisor, own))
        self.assertFalse(self._may_change(self.advisor, other))

    def test_what_one_begins_is_ones_own(self):
        for name in MODELS:
            with self.subTest(model=name):
                model = self.as_browser(self.officer, f"aftersales.{name}")
                self.assertTrue(model.new({}).may_change)

    @warmup
    def test_looking_at_many_costs_as_much_as_looking_at_one(self):
        visits = self.env["aftersales.visit"]
        for _n in range(6):
            visits |= self._new_visit(advisor_id=self.officer.id)
        visits = self.as_browser(self.advisor, visits._name).browse(visits.ids)
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            self.assertEqual(visits.mapped("may_change"), [False] * 6)

    # ------------------------------------------------------------
    # What the form shows
    # ------------------------------------------------------------

    def test_each_form_of_them_is_closed_to_colleagues(self):
        for name in MODELS:
            views = self.iter_own_views("form")
            for view in (one for one in views if one.model == f"aftersales.{name}"):
                if view.xml_id != f"{MODULE}.aftersales_{name}_view_form":
                    continue
                [field] = etree.fromstring(view.arch).xpath(
                    "//field[@name='may_change']"
                )
                self.assertEqual(field.get("widget"), "aftersales_may_change")

    def test_no_button_to_change_it_is_offered_to_a_colleague(self):
        """What only shows something, or asks for something new, is there."""
        harmless = {
            "visit": {"action_open_followups", "action_open_calls"},
            "followup": set(),
            "call": set(),
            "case": set(),
            "letter": {"action_print"},
        }
        for name, record in self._new_of_each().items():
            with self.subTest(model=name):
                form = self._see(self.other_officer, record)
                shown = {node.get("name") for node in form.iter_visible("button")}
                self.assertEqual(shown - harmless[name], set())

    def test_advisors_get_no_button_to_withdraw_a_refusal(self):
        form = self._see(self.advisor, self.optout)
        self.assertEqual(list(form.iter_visible("button")), [])

    def test_what_a_closed_record_keeps_is_read_only_on_its_form(self):
        visit = self._new_delivered_visit(self.customer)
        planned = visit.followup_ids[:1]
        kept = [
            (visit, visit._get_settled_fields()),
            (planned, planned._get_planned_fields()),
            (self.call, self.call._get_settled_fields()),
            (self.letter, self.letter._get_settled_fields()),
        ]
        for record, names in kept:
            form = self._see(self.supervisor, record)
            opened = {name for name in names if form.is_open(name)}
            with self.subTest(model=record._name):
                self.assertEqual(opened, set())

    def test_planned_content_shows_the_caller_by_name_to_who_only_reads_it(self):
        followup = self._new_followup(
            self.customer, content="I am {officer}.", user_id=self.officer.id
        )
        followup.visit_id = self._new_delivered_visit(
            self.customer, advisor_id=self.advisor.id
        )
        shown = {}
        for role in ("advisor", "other_officer", "officer"):
            form = self._see(getattr(self, role), followup)
            shown[role] = {
                node.get("name")
                for node in form.iter_visible("field")
                if node.get("name") in ("content", "script")
            }
        self.assertEqual(followup.script, f"I am {self.officer.name}.")
        self.assertEqual(shown["advisor"], {"script"})
        self.assertEqual(shown["other_officer"], {"script"})
        self.assertEqual(shown["officer"], {"content", "script"})

    def test_what_is_being_entered_is_called_new(self):
        """And not by a slash, or by the plate that it lacks."""
        for model in ("aftersales.visit", "fleet.vehicle"):
            new = self.as_browser(self.officer, model).new({})
            self.assertFalse(new.display_name, model)
        visit = self._new_visit()
        self.assertEqual(visit.display_name, visit.name)
