from odoo.tests import tagged

from .test_tours import ToursCase


@tagged("post_install", "-at_install")
class TestRestrictionTour(ToursCase):
    def test_supervisor_restricts_looks_and_lifts(self):
        self._tour(
            "aftersales_restrict_customer",
            self.supervisor,
            f"/odoo/aftersales-customers/{self.customer.id}",
        )
        restriction = self.env["aftersales.restriction"].search([])
        self.assertEqual(restriction.state, "lifted")
        self.assertEqual(restriction.look_ids.reason, "The police asks")
        self.assertEqual(self.customer.name, "Zhang San")

    def test_supervisor_finds_who_came_again(self):
        self.env["aftersales.restriction"]._restrict(self.customer, "In a letter")
        self._tour(
            "aftersales_find_restricted", self.supervisor, "/odoo/aftersales-restricted"
        )
        looks = self.env["aftersales.restriction.look"].search([])
        self.assertEqual(looks.reason, "He came again")
