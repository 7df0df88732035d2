from datetime import date, timedelta

from .common import TODAY
from .test_multicompany import TwoCompanies


class TestRetention(TwoCompanies):
    """Active, at risk, lost: by the last visit, the company's months, and today."""

    def _new_seen(self, name, last, company=None):
        """A customer whose last visit was on a day."""
        company = company or self.company
        customer = self.env["res.partner"].sudo().create({"name": name})
        archive = self.env["aftersales.archive"]._get_archives(customer, company)
        archive.flush_recordset()
        archive.sudo().last_visit_date = last
        archive.flush_recordset()
        return customer.with_env(self.env)

    def _set_months(self, company, at_risk, lost):
        company.sudo().write(
            {"aftersales_at_risk_months": at_risk, "aftersales_lost_months": lost}
        )
        self.env.invalidate_all()

    def test_the_day_decides_and_month_ends_are_month_ends(self):
        # Six months after 29, 30 and 31 August is the last day of February.
        for today, last, retention in (
            (date(2026, 2, 27), date(2025, 8, 27), "at_risk"),
            (date(2026, 2, 27), date(2025, 8, 28), "active"),
            (date(2026, 2, 28), date(2025, 8, 28), "at_risk"),
            (date(2026, 2, 28), date(2025, 8, 31), "at_risk"),
            (date(2026, 2, 28), date(2025, 9, 1), "active"),
            (date(2026, 2, 28), date(2025, 2, 28), "lost"),
            (date(2026, 2, 28), date(2025, 3, 1), "at_risk"),
            (date(2028, 2, 28), date(2027, 2, 28), "lost"),
            (date(2029, 2, 28), date(2028, 2, 29), "lost"),
        ):
            with self.subTest(today=today, last=last):
                self.set_now(self.company._aftersales_moment(today))
                customer = self._new_seen("Zhao", last)
                self.assertEqual(customer.aftersales_retention, retention)
                found = self.env["res.partner"].search(
                    [
                        ("id", "=", customer.id),
                        ("aftersales_retention", "=", retention),
                    ]
                )
                self.assertEqual(found, customer)

    def test_nobody_writes_rows_for_it_to_be_right_the_next_day(self):
        customer = self._new_seen("Zhao", date(2025, 9, 3))
        self.assertEqual(customer.aftersales_retention, "active")
        self.pass_days(1)
        self.assertEqual(customer.aftersales_retention, "at_risk")

    def test_lists_sort_and_group_by_it(self):
        lost = self._new_seen("Lost", TODAY - timedelta(days=500))
        active = self._new_seen("Active", TODAY)
        at_risk = self._new_seen("At Risk", TODAY - timedelta(days=200))
        never = self._new_seen("Never", False)
        all_of_them = lost | active | at_risk | never
        Partner = self.env["res.partner"].with_user(self.officer)
        domain = [("id", "in", all_of_them.ids)]
        self.assertEqual(
            Partner.search(domain, order="aftersales_retention"),
            active | at_risk | lost | never,
        )
        self.assertEqual(
            Partner._read_group(domain, ["aftersales_retention"], ["__count"]),
            [("active", 1), ("at_risk", 1), ("lost", 1), (False, 1)],
        )
        described = Partner.fields_get(["aftersales_retention"])["aftersales_retention"]
        for ability in ("searchable", "sortable", "groupable"):
            self.assertTrue(described[ability], ability)
        groups = Partner.web_read_group(domain, ["aftersales_retention"], ["__count"])
        for group in groups["groups"]:
            found = Partner.search([*domain, *group["__extra_domain"]])
            self.assertEqual(len(found), group["__count"])

    def test_each_dealership_has_its_own_months_and_its_own_day(self):
        branch = self.branch["company"]
        self._set_months(branch, 1, 2)
        here = self._new_seen("Here", TODAY - timedelta(days=70))
        there = self._new_seen("There", TODAY - timedelta(days=70), branch)
        # It is still 1 March in Los Angeles, a month after 1 February.
        edge = self._new_seen("Edge", date(2026, 2, 2), branch)
        archives = (here | there | edge).sudo().aftersales_archive_ids
        told = {
            archive.partner_id.name: archive.retention
            for archive in archives.with_context(allowed_company_ids=[])
        }
        self.assertEqual(told, {"Here": "active", "There": "lost", "Edge": "active"})
        domain = [("id", "in", archives.ids)]
        Archive = self.env["aftersales.archive"].sudo()
        self.assertEqual(
            Archive._read_group(domain, ["retention"], ["__count"]),
            [("active", 2), ("lost", 1)],
        )
        for retention, names in (("active", {"Here", "Edge"}), ("lost", {"There"})):
            found = Archive.search([*domain, ("retention", "=", retention)])
            self.assertEqual(set(found.partner_id.mapped("name")), names)

    def test_lost_before_at_risk_leaves_nobody_at_risk(self):
        self._set_months(self.company, 6, 3)
        customer = self._new_seen("Zhao", TODAY - timedelta(days=120))
        self.assertEqual(customer.aftersales_retention, "lost")
        Partner = self.env["res.partner"]
        for retention, found in (("lost", customer), ("at_risk", Partner)):
            domain = [
                ("id", "=", customer.id),
                ("aftersales_retention", "=", retention),
            ]
            self.assertEqual(Partner.search(domain), found)
