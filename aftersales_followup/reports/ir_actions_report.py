import io

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.pdf import merge_pdf

from .pdf_text import restore_characters


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _is_aftersales_form(self, report_ref):
        """Return whether a report is one of this module's forms."""
        form = self._get_rendering_context_model(self._get_report(report_ref))
        return isinstance(form, self.env.registry["aftersales.form"])

    def _render_qweb_html(self, report_ref, docids, data=None):
        """Print our forms in the language of whoever prints, from wherever."""
        reports = self
        if not self.env.lang and self._is_aftersales_form(report_ref):
            reports = self.with_context(lang=self.env.user.lang)
        return super(IrActionsReport, reports)._render_qweb_html(
            report_ref, docids, data=data
        )

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Hand our forms to wkhtmltopdf as they are, all records in one document.

        They lay out their own pages and carry their own styles. The layout that Odoo
        wraps around a report would only add headers that an unpatched wkhtmltopdf
        drops, and asset bundles that it would have to fetch from the server.
        """
        if not self._is_aftersales_form(report_ref):
            return super()._render_qweb_pdf_prepare_streams(
                report_ref, data, res_ids=res_ids
            )
        if self.get_wkhtmltopdf_state() == "install":
            raise UserError(
                self.env._("There is no wkhtmltopdf on this system to print with.")
            )
        html = self._render_qweb_html(report_ref, res_ids, data=data)[0]
        pdf = self._run_wkhtmltopdf([html.decode()], report_ref=report_ref)
        pdf = restore_characters(pdf)
        annexes = self._render_aftersales_annexes(report_ref, res_ids)
        if annexes:
            pdf = merge_pdf([pdf, *annexes])
        stream = io.BytesIO(pdf)
        return {False: {"stream": stream, "attachment": None}}

    def _render_aftersales_annexes(self, report_ref, res_ids):
        """Return the PDF that follow a form, on sheets of their own size."""
        form = self._get_rendering_context_model(self._get_report(report_ref))
        docs = form._get_docs(res_ids)
        return [
            self._render_qweb_pdf(annex, records.ids)[0]
            for annex, records in form._get_annexes(docs)
            if records
        ]
