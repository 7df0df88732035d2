from datetime import timedelta

from odoo.tests import tagged

from .test_tours import ToursCase


@tagged("post_install", "-at_install")
class TestSupervisorTours(ToursCase):
    """The supervisor's month in the browser (五)."""

    def test_a_month_is_summed_up_and_filed(self):
        first = self.company._aftersales_date().replace(day=1)
        arrival = self.company._aftersales_moment(first - timedelta(days=3))
        self._new_delivered_visit(
            self.customer, date_arrival=arrival, date_delivery=arrival
        )
        self._tour(
            "aftersales_summarize", self.supervisor, "/odoo/aftersales-summaries"
        )
        summary = self.env["aftersales.summary"].search([])
        self.assertEqual(summary.state, "filed")
        self.assertTrue(summary.attachment_id)
        self.assertIn("A good month", summary.results)

    def test_targets_of_the_year_are_taken_and_changed(self):
        self._tour(
            "aftersales_set_targets", self.supervisor, "/odoo/aftersales-targets"
        )
        intake = self.env.ref("aftersales_followup.kpi_intake").target_ids
        self.assertEqual((intake.target, intake.month_05), (9600, 800))

    def test_the_contact_plan_of_the_month_is_asked_for(self):
        self._tour(
            "aftersales_plan_contacts",
            self.supervisor,
            "/odoo/action-aftersales_followup.aftersales_register_print_action_plan",
        )
