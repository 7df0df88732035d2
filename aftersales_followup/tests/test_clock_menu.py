"""Odoo's clock menu opens what the user is reminded of on those days."""

from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo.fields import Domain

from .common import TODAY, AftersalesCase

# The names that core's menu asks for, see mail's ``activity_menu.js``.
OVERDUE = {"filter_activities_my", "activities_overdue"}
TODAYS = {"filter_activities_my", "activities_today"}
LATER = {"filter_activities_my", "activities_upcoming_all"}


class TestClockMenu(AftersalesCase):
    def _open(self, model, names, user):
        """Return the records that a menu's line opens for a user."""
        records = self.env[model].with_user(user)
        view = etree.fromstring(records.get_view(False, "search")["arch"])
        # As the web client does: filters up to a separator are alternatives.
        groups = [[]]
        for node in view:
            if node.tag != "filter":
                groups.append([])
            elif node.get("name") in names:
                domain = node.get("domain").replace("uid", str(user.id))
                groups[-1].append(Domain(literal_eval(domain)))
        self.assertEqual(sum(map(len, groups)), len(names), model)
        return records.search(Domain.AND(map(Domain.OR, filter(None, groups))))

    def test_clock_menu_opens_my_records_of_that_day(self):
        customer = self._new_customer()
        window = {"date_earliest": TODAY - timedelta(days=9)}
        late, now, later = (
            self._new_followup(
                customer, **window, date_deadline=TODAY + timedelta(days=days)
            )
            for days in (-1, 0, 1)
        )
        self._new_followup(
            customer, **window, date_deadline=TODAY, user_id=self.other_officer.id
        )
        done = self._new_followup(customer, **window, date_deadline=TODAY)
        self._new_call(done).action_register()
        for names, expected in ((OVERDUE, late), (TODAYS, now), (LATER, later)):
            found = self._open("aftersales.followup", names, self.officer)
            self.assertEqual(found, expected)

    def test_each_model_with_reminders_has_the_filters_of_the_clock_menu(self):
        for model in (
            "aftersales.visit",
            "aftersales.followup",
            "aftersales.case",
            "aftersales.summary",
            "fleet.vehicle",
            "res.partner",
        ):
            view = self.env[model].get_view(False, "search")
            names = set(etree.fromstring(view["arch"]).xpath("//filter/@name"))
            self.assertLessEqual(OVERDUE | TODAYS | LATER, names, model)
