from odoo import api, fields, models


class ReportArchive(models.AbstractModel):
    """Customer archive form (客户档案基本资料表)."""

    _name = "report.aftersales_followup.report_archive"
    _description = "Customer Archive Form"
    _inherit = ["aftersales.form"]
    _doc_model = "res.partner"

    @api.model
    def _prepare_values(self, docs):
        return {
            "format_cycle": self._format_cycle,
            "format_warranty": self._format_warranty,
            "get_next_visit": self._get_next_visit,
        }

    @api.model
    def _format_cycle(self, vehicle):
        """Return the maintenance cycle of a car, in months and kilometres."""
        months = vehicle.aftersales_interval_months
        km = vehicle.aftersales_interval_km
        cycle = [
            months and self.env._("%(months)s months", months=months),
            km and self.env._("%(km)s km", km=km),
        ]
        return " / ".join(filter(None, cycle))

    @api.model
    def _format_warranty(self, vehicle):
        """Return until when and until how many kilometres a car has a warranty."""
        km = vehicle.aftersales_warranty_km
        limits = [
            fields.Date.to_string(vehicle.aftersales_warranty_date),
            km and self.env._("%(km)s km", km=km),
        ]
        return " / ".join(filter(None, limits))

    @api.model
    def _get_next_visit(self, partner):
        """Return the last visit with a next service planned (规定 3)."""
        return partner.aftersales_visit_ids.filtered("next_contact_date")[:1]
