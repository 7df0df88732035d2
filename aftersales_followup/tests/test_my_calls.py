from datetime import datetime, timedelta

from lxml import etree

from odoo.addons.aftersales_followup.models.aftersales_followup import DUE_ORDER

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
