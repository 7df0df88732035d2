from odoo import api, models
from odoo.exceptions import AccessError

from ..models.groups import OFFICER


class AftersalesForm(models.AbstractModel):
    """A printed form (六): who may print it, and what is in it.

    Each report of the module has a model that inherits this one and is named
    ``report.`` and the name of its template, which is where Odoo looks for it.
    """

    _name = "aftersales.form"
    _description = "Printed Form"
    _doc_model = None

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the form's template draws.

        :raise AccessError: unless an officer prints what he may read
        """
        docs = self._get_docs(docids)
        return {
            "docs": docs,
            "format_datetime": self._format_datetime,
            "format_hour": self._format_hour,
            **self._prepare_values(docs),
        }

    @api.model
    def _get_docs(self, docids):
        """Return the records to print, if the user may read and print them."""
        if not (self.env.su or self.env.user.has_group(OFFICER)):
            raise AccessError(
                self.env._("Only follow-up officers print after-sales forms.")
            )
        docs = self.env[self._doc_model].browse(docids)
        docs.check_access("read")
        return docs

    @api.model
    def _prepare_values(self, docs):
        """Return what else the template needs of the records ``docs``."""
        raise NotImplementedError

    @api.model
    def _get_annexes(self, docs):
        """Return what is printed behind the form: [(XML id of the report, records)]."""
        return []

    @api.model
    def _format_datetime(self, moment, company):
        """Return a naive UTC ``moment`` as the dealership's own date and time."""
        return company._aftersales_local(moment).strftime("%Y-%m-%d %H:%M")

    @api.model
    def _format_hour(self, hours):
        """Return hours since midnight as the time of day."""
        minutes = round(hours * 60)
        return f"{minutes // 60}:{minutes % 60:02}"
