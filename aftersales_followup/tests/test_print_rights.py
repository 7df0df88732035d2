from odoo.api import SUPERUSER_ID
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import AftersalesData
from .rights import DENIALS, MODULE, AccessCase


class TestReports(AccessCase):
    """What is printed is read with the rights of whoever prints."""

    def _print(self, user, report, records):
        reports = self.env(user=user, su=False, context={})["ir.actions.report"]
        return reports._render_qweb_html(report.report_name, records.ids)[0].decode()

    def _get_reports(self):
        reports = self.env["ir.actions.report"].sudo().search([])
        return reports.filtered(lambda report: report.xml_id.startswith(MODULE))

    def _get_entries(self):
        """Return {model: record with something to be printed}."""
        visit = self._new_delivered_visit()
        call = self._new_call(visit.followup_ids, content="Secret")
        letter = self._new_letter(visit.partner_id, body="<p>Secret</p>")
        call.action_register()
        letter.action_register()
        entries = (
            visit.partner_id,
            call,
            letter,
            self.env["aftersales.register.print"].create({}),
            self.env["aftersales.summary"].create({}),
        )
        self.env.invalidate_all()
        return {entry._name: entry for entry in entries}

    def test_reports_are_for_officers(self):
        entries = self._get_entries()
        for report in self._get_reports():
            record = entries[report.model]
            users = [self.outsider, self.advisor]
            if report.model == "aftersales.summary":
                self._print(self.supervisor, report, record)
                users.append(self.officer)
            elif not record._transient:
                self._print(self.officer, report, record)
            for user in users:
                if user == self.advisor and report.model == "res.partner":
                    continue
                with self.subTest(report=report.name, user=user.name):
                    self.assertDenied(self._print, user, report, record)

    def test_reports_of_another_dealership_are_denied(self):
        entries = self._get_entries()
        branch = self.env(user=SUPERUSER_ID)["res.company"].create({"name": "B"})
        stranger = self._new_user("stranger", "supervisor", branch)
        for report in self._get_reports():
            with self.subTest(report=report.name):
                self.assertDenied(self._print, stranger, report, entries[report.model])

    def test_register_of_another_dealership_cannot_be_asked_for(self):
        branch = self.env(user=SUPERUSER_ID)["res.company"].create({"name": "B"})
        stranger = self._new_user("stranger", "supervisor", branch)
        dialog = self.env["aftersales.register.print"].with_env(
            self.env(user=stranger, su=False, context={})
        )
        dialog = dialog.create({})
        self.assertDenied(dialog.write, {"company_id": self.company.id})
        dialog.sudo().company_id = self.company.id
        self.assertDenied(dialog._prepare_sheets)
        for register in ("plan", "statistics"):
            dialog.register = register
            self.assertDenied(dialog._prepare_sheets)


@tagged("post_install", "-at_install")
class TestDownload(AftersalesData, HttpCase):
    def _download(self, user, dialog):
        self.authenticate(user.login, user.login)
        return self.url_open(f"/aftersales_followup/register/{dialog.id}.xlsx")

    def test_register_goes_to_whoever_asked_for_it(self):
        dialog = self.env["aftersales.register.print"].with_user(self.officer)
        dialog = dialog.create({})
        self.assertEqual(self._download(self.officer, dialog).status_code, 200)
        for user in (self.other_officer, self.supervisor):
            self.assertEqual(self._download(user, dialog).status_code, 404)
        for user in (self.outsider, self.advisor):
            with mute_logger("odoo.http", *DENIALS):
                self.assertEqual(self._download(user, dialog).status_code, 403)
