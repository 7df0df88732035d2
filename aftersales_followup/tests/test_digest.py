from odoo.addons.aftersales_followup.hooks import post_init_hook

from .common import AftersalesCase
from .kpi_common import KpiYear, at

FIELDS = ("revenue", "intake", "calls", "complaints", "csi", "first_on_time")
# Midnight of the dealership, on the first of June and of July.
JUNE = {"start_datetime": at(2025, 6, 1, 0), "end_datetime": at(2025, 7, 1, 0)}


class TestDigest(KpiYear):
    """The main figures in Odoo's own digests, for supervisors who ask for them."""

    def setUp(self):
        super().setUp()
        self.digest = (
            self.env["digest.digest"]
            .sudo()
            .create(
                {
                    "name": "After-Sales",
                    "company_id": self.company.id,
                    "user_ids": [(6, 0, self.supervisor.ids)],
                    **{f"kpi_aftersales_{name}": True for name in FIELDS},
                }
            )
        )

    def _as(self, user, digest=None, **context):
        digest = digest or self.digest
        return digest.with_user(user).with_company(self.company).with_context(**context)

    def _read_values(self, digest):
        return [round(digest[f"kpi_aftersales_{name}_value"], 2) for name in FIELDS]

    def _get_kpis(self, user):
        kpis = self.digest._compute_kpis(self.company, user)
        return {
            kpi["kpi_name"].removeprefix("kpi_aftersales_"): kpi
            for kpi in kpis
            if "aftersales" in kpi["kpi_name"]
        }

    def test_figures_of_a_period_are_what_was_counted_by_hand(self):
        digest = self._as(self.supervisor, **JUNE)
        self.assertEqual(self._read_values(digest), [4180, 4, 9, 2, 85, 66.67])

    def test_a_period_is_of_whole_days_of_the_dealership(self):
        """At ten in the morning of 13 June the last day is the twelfth."""
        period = {"start_datetime": at(2025, 6, 12), "end_datetime": at(2025, 6, 13)}
        digest = self._as(self.supervisor, **period)
        self.assertEqual(self._read_values(digest)[:2], [3000, 0])
        # Another period is counted anew, though the record is the same.
        digest = self._as(self.supervisor, **JUNE)
        self.assertEqual(self._read_values(digest)[:2], [4180, 4])

    def test_a_digest_counts_its_own_company(self):
        other = self.env(user=1)["res.company"].create({"name": "Branch"})
        self.supervisor.sudo().company_ids |= other
        digest = self._as(self.supervisor, self.digest.copy(), **JUNE)
        digest.sudo().company_id = other
        self.assertEqual(self._read_values(digest)[:4], [0, 0, 0, 0])
        digest.sudo().company_id = False
        self.assertEqual(self._read_values(digest)[:2], [4180, 4])

    def test_the_mail_has_them_for_a_supervisor_and_for_nobody_else(self):
        self.set_now(at(2025, 7, 1))
        kpis = self._get_kpis(self.supervisor)
        self.assertEqual(set(kpis), set(FIELDS))
        month = {code: kpi["kpi_col3"]["value"] for code, kpi in kpis.items()}
        self.assertEqual((month["intake"], month["csi"]), (4, "85.0 %"))
        day = {code: kpi["kpi_col1"]["value"] for code, kpi in kpis.items()}
        self.assertEqual((day["intake"], day["csi"]), (1, "–"), "nobody was asked")
        self.assertIn("aftersales_dashboard_action", kpis["csi"]["kpi_action"])
        for user in (self.officer, self.advisor, self.outsider):
            with self.subTest(user.name):
                self.assertFalse(self._get_kpis(user))

    def test_a_digest_of_another_company_goes_without_them(self):
        self.digest.company_id = self.env(user=1)["res.company"].create({"name": "B"})
        self.assertFalse(self._get_kpis(self.supervisor))

    def test_the_mail_is_made_and_says_the_figures(self):
        self.set_now(at(2025, 7, 1))
        self.supervisor.sudo().email = "supervisor@example.com"
        self.digest._action_send_to_user(self.supervisor)
        mails = self.env["mail.mail"].sudo()
        [mail] = mails.search([("subject", "like", "After-Sales")])
        self.assertIn("85.0 %", mail.body_html)
        self.assertIn("First Follow-ups on Time", mail.body_html)


class TestQuietDigest(AftersalesCase):
    """Nobody gets mail who did not ask for it."""

    def test_no_digest_has_them_unless_somebody_asks(self):
        digests = self.env["digest.digest"].sudo().search([])
        for name in FIELDS:
            self.assertFalse(any(digests.mapped(f"kpi_aftersales_{name}")))

    def test_installing_sends_no_mail_that_nobody_asked_for(self):
        env = self.env(user=1)
        default = env.ref("digest.digest_digest_default")
        parameters = env["ir.config_parameter"]
        default.state = "activated"
        parameters.set_param("digest.default_digest_emails", True)
        for updated, state in (([], "activated"), (["digest"], "deactivated")):
            with self.subTest(updated=updated):
                self.patch(env.registry, "updated_modules", updated)
                post_init_hook(env)
                self.assertEqual(default.state, state)
        self.assertFalse(parameters.get_param("digest.default_digest_emails"))
        user = self._new_user("newcomer")
        self.assertNotIn(user, default.user_ids)

    def test_where_another_application_uses_digests_they_stay(self):
        env = self.env(user=1)
        default = env.ref("digest.digest_digest_default")
        default.state = "activated"
        dependency = env["ir.module.module.dependency"]
        vals = {"name": "crm_of_ours", "state": "installed"}
        crm = env["ir.module.module"].create(vals)
        dependency.create({"name": "digest", "module_id": crm.id})
        self.patch(env.registry, "updated_modules", ["digest"])
        post_init_hook(env)
        self.assertEqual(default.state, "activated")
