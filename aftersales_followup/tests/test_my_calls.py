from datetime import datetime, timedelta

from lxml import etree

from odoo.addons.aftersales_followup.models.aftersales_followup_today import DUE_ORDER

from .common import NOW, TODAY, AftersalesCase


class TestMyCalls(AftersalesCase):
    """Who is called first: to call back now, overdue, the best customers, the date."""

    def setUp(self):
        super().setUp()
        self.vip = self.env.ref("aftersales_followup.segment_vip")
        self.action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_followup_action_today"
        )

    def _new_due(self, name, days, **vals):
        """A follow-up due since yesterday, until so many days from today."""
        segment = vals.pop("segment", self.env["aftersales.segment"])
        return self._new_followup(
            self._new_customer(name, aftersales_segment_id=segment.id),
            date_earliest=TODAY - timedelta(days=9),
            date_deadline=TODAY + timedelta(days=days),
            **vals,
        )

    def _get_order(self, kind):
        """Return the order that a view of My Calls asks the server for."""
        views = {view_type: view_id for view_id, view_type in self.action["views"]}
        view = self.env["aftersales.followup"].get_view(views[kind], kind)
        return etree.fromstring(view["arch"]).get("default_order")

    def test_list_and_cards_are_in_the_order_of_the_work(self):
        for kind in ("list", "kanban"):
            self.assertEqual(self._get_order(kind), DUE_ORDER)

    def test_best_customers_come_first_of_those_who_are_due(self):
        plain = self._new_due("Plain", 1)
        vip = self._new_due("Vip", 6, segment=self.vip)
        late = self._new_due("Late", -1)
        later = self._new_due("Later", 3)
        waits = self._new_due("Waits", -2)
        back = self._new_due("Back", 5)
        called = datetime(2026, 3, 2, 1)
        back.sudo().write({"is_call_back": True, "date_next": called})
        # Who named a time that has not come yet is not called before it.
        waits.sudo().write({"is_call_back": True, "date_next": NOW + timedelta(1)})
        Followup = self.env["aftersales.followup"].with_user(self.officer)
        found = Followup.web_search_read(
            Followup._get_due_domain(),
            {"partner_id": {"fields": {"display_name": {}}}},
            order=self._get_order("list"),
        )["records"]
        self.assertEqual(
            [record["id"] for record in found],
            [back.id, late.id, vip.id, plain.id, later.id],
        )
        self.assertEqual(Followup._get_next_due(), back)

    def _get_groups(self, moment):
        """Return the groups of My Calls with the customers in each, in their order."""
        self.set_now(moment)
        Followup = self.env["aftersales.followup"].with_user(self.officer)
        groups = Followup.web_read_group(
            Followup._get_due_domain(),
            ["due_group"],
            ["__count"],
            order=DUE_ORDER,
            auto_unfold=True,
            unfold_read_specification={
                "partner_id": {"fields": {"display_name": {}}},
                "due_group": {},
            },
        )["groups"]
        for group in groups:
            rows = group["__records"]
            self.assertEqual(group["__count"], len(rows))
            self.assertEqual({row["due_group"] for row in rows}, {group["due_group"]})
        return [
            (
                group["due_group"],
                [row["partner_id"]["display_name"] for row in group["__records"]],
            )
            for group in groups
        ]

    def test_what_is_due_today_comes_before_what_a_vip_is_due_next_month(self):
        self._new_due("Vip", 30, segment=self.vip)
        self._new_due("Today", 0)
        self._new_due("Plain", 1)
        self._new_due("Late", -3)
        self._new_due("Late Vip", -1, segment=self.vip)
        back = self._new_due("Back", 5)
        back.sudo().write({"is_call_back": True, "date_next": NOW})
        self.assertEqual(
            self._get_groups(NOW),
            [
                ("now", ["Back"]),
                ("overdue", ["Late Vip", "Late"]),
                ("today", ["Today"]),
                ("upcoming", ["Vip", "Plain"]),
            ],
        )

    def test_who_may_not_be_called_at_this_hour_comes_later(self):
        late = self._new_due("Late", -1)
        late.partner_id.write({"aftersales_call_from": 14, "aftersales_call_to": 17.5})
        self._new_due("Plain", 3)
        self.assertEqual(
            self._get_groups(NOW),
            [("upcoming", ["Late", "Plain"])],
            "it is ten o'clock",
        )
        afternoon = NOW + timedelta(hours=4)
        self.assertEqual(
            self._get_groups(afternoon),
            [("overdue", ["Late"]), ("upcoming", ["Plain"])],
        )
        evening = NOW + timedelta(hours=7.5)
        self.assertEqual(self._get_groups(evening)[0][0], "upcoming")

    def test_the_time_that_was_named_counts_whatever_hours_are_liked(self):
        back = self._new_due("Back", 5)
        back.partner_id.aftersales_call_to = 8
        back.sudo().write({"is_call_back": True, "date_next": NOW})
        self.assertEqual(self._get_groups(NOW), [("now", ["Back"])])

    def test_my_calls_are_in_the_groups_from_the_first(self):
        views = {view_type: view_id for view_id, view_type in self.action["views"]}
        view = self.env["aftersales.followup"].get_view(views["list"], "list")
        arch = etree.fromstring(view["arch"])
        self.assertEqual(arch.get("default_group_by"), "due_group")
        self.assertEqual(arch.get("expand"), "1")

    def test_the_line_above_tells_of_today_and_of_this_month(self):
        Followup = self.env["aftersales.followup"].with_user(self.officer)
        line = Followup.aftersales_get_my_figures()
        self.assertEqual(line, {"text": "0 of 0 today · 0 calls", "details": ""})
        on_time = self._new_followup(self._new_customer("On Time"))
        self._new_call(on_time, satisfaction=9).action_register()
        self._new_call(
            partner_id=on_time.partner_id.id, satisfaction=10
        ).action_register()
        late = self._new_due("Late", -1)
        self._new_call(late).action_register()
        self._new_due("Overdue", -1)
        self._new_due("Later", 3)
        # What rules planned has to be kept; what somebody planned by hand has not.
        planned = Followup.search([]).sudo()
        planned.rule_id = self.rule_first
        self._new_due("By Hand", -1).sudo().state = "done"
        # Another officer's work, and another month's, are not in it.
        self._new_followup(user_id=self.other_officer.id)
        self._new_due("Last Month", -2).sudo().state = "done"
        line = Followup.aftersales_get_my_figures()
        self.assertEqual(
            line["text"],
            "2 of 4 today · 1 overdue · this month: 1 of 3 on time · 3 calls · "
            "satisfaction 9.5",
        )
        self.assertEqual(line["details"], "First Follow-Up on Time: 1 / 3")

    def test_other_lists_go_by_the_deadline(self):
        vip = self._new_due("Vip", 6, segment=self.vip)
        plain = self._new_due("Plain", 1)
        both = vip | plain
        self.assertEqual(both.search([("id", "in", both.ids)]), plain | vip)

    def test_new_level_counts_at_once_and_rewrites_nothing(self):
        plain, other = self._new_due("Plain", 6), self._new_due("Other", 1)
        both = plain | other
        written = plain.write_date
        self.set_now(NOW + timedelta(minutes=5))
        plain.partner_id.aftersales_segment_id = self.vip
        self.env.flush_all()
        found = both.search([("id", "in", both.ids)], order=DUE_ORDER)
        self.assertEqual(found, plain | other)
        self.assertEqual(plain.write_date, written)
        self.vip.sudo().sequence = 2000
        found = both.search([("id", "in", both.ids)], order=DUE_ORDER)
        self.assertEqual(found, other | plain)
