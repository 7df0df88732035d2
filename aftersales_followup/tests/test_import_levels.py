from .common_import import ImportCase, row


class TestLevelsOfImport(ImportCase):
    def test_customers_of_an_import_have_their_level_when_it_is_over(self):
        self._import(row("RO1", amount="1999"))
        customer = self._get_visit("RO1").partner_id
        self.assertEqual(self._get_level(customer), "other")
        self._import(row("RO2", amount="6001", date_delivery="2025-06-03 17:00"))
        self.assertEqual(self._get_visit("RO2").partner_id, customer)
        self.assertEqual(self._get_level(customer), "level_1")

    def _get_level(self, customer):
        self.env.invalidate_all()
        return customer.aftersales_segment_id.code
