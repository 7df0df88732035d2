"""What nobody may change on a visit, so that its clock and its record stand."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesVisit(models.Model):
    _inherit = "aftersales.visit"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_guarded_fields(self):
        return {
            "name",
            "state",
            "is_history",
            "archive_deadline",
            "archive_date",
            "archive_result",
            "archive_user_id",
            "to_plan_since",
            "reminder_lost",
            "substitution_id",
            "amount_total",
            "cost_total",
            "date_end",
            "previous_end",
            "next_end",
        }

    @api.model
    def _get_fields_free_at_creation(self):
        """Visits of another program bring their numbers along."""
        return {"name"}

    def _get_settled_fields(self):
        """Lines guard themselves: what becomes of a claim is known later."""
        return {
            "visit_type",
            "partner_id",
            "contact_id",
            "vehicle_id",
            "plate",
            "phone",
            "address",
            "advisor_id",
            "advisor_name",
            "odometer",
            "date_arrival",
            "date_delivery",
            "rework_of_id",
            "rework_reference",
            "company_id",
        }

    def _is_settled(self):
        return self.state != "open"

    def _check_arrival_change(self, vals):
        """Refuse to win time by moving the arrival: the clock runs from it."""
        arrival = fields.Datetime.to_datetime(vals.get("date_arrival"))
        if not arrival or self.env.su:
            return
        if self.env["res.users"]._aftersales_is_supervisor():
            return
        for visit in self:
            if arrival > visit.date_arrival and visit.archive_result == "running":
                raise UserError(
                    self.env._(
                        "Only a supervisor can move the arrival of visit %(visit)s to "
                        "a later time: its archive is due by it.",
                        visit=visit.name,
                    )
                )
