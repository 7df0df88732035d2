from datetime import timedelta

from odoo.tests import tagged

from .test_tours import ToursCase

DASHBOARD = "/odoo/aftersales-dashboard"


class DashboardTours(ToursCase):
    """A month with a bit of everything, as the supervisor sees it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.visit.action_cancel()
        # All of it is of today, which is in this month on any day.
        cls.today_visit = cls._new_delivered_visit(cls.customer)
        first = cls.today_visit.followup_ids
        today = cls.company._aftersales_date()
        first.sudo().write({"date_earliest": today, "date_deadline": today})
        cls._new_call(first, satisfaction=9).action_register()
        yesterday = today - timedelta(days=1)
        cls._new_followup(
            cls.customer, date_earliest=yesterday, date_deadline=yesterday
        )
        cls.case = cls._new_case(cls.customer)
        cls.case.sudo().cause_id = cls.env.ref(
            "aftersales_followup.case_cause_parts_quality"
        )
        cls.env["aftersales.kpi.target"]._take_proposed(cls.company, today.year)
        cls.env["aftersales.summary"].create({})  # of the month before
        values = cls.env["aftersales.kpi.value"].sudo()
        values._compute_month(cls.company, today.replace(day=1))


@tagged("post_install", "-at_install")
class TestDashboardTours(DashboardTours):
    """On a desk, 1366 × 768: all of it in view at once."""

    browser_size = "1366x768"

    def test_a_supervisor_lands_there_and_each_number_opens_its_records(self):
        self._tour("aftersales_dashboard", self.supervisor, "/odoo")

    def test_it_is_all_in_view_in_chinese_too(self):
        self._speak_chinese()
        self._tour("aftersales_dashboard_in_view", self.supervisor, DASHBOARD)

    def test_an_empty_dealership_sees_four_steps(self):
        company = self.env(user=1)["res.company"].create({"name": "Empty Motors"})
        self.supervisor.sudo().write(
            {"company_ids": [(6, 0, company.ids)], "company_id": company.id}
        )
        self._tour("aftersales_dashboard_steps", self.supervisor, DASHBOARD)


@tagged("post_install", "-at_install")
class TestDashboardOnAPhone(DashboardTours):
    """On a phone, 390 pixels wide: one below the other, nothing cut off."""

    browser_size = "390x844"
    touch_enabled = True

    def test_the_dashboard_is_read_on_a_phone(self):
        self._tour("aftersales_dashboard_phone", self.supervisor, DASHBOARD)
