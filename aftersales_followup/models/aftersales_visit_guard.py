"""What nobody may change on a visit, so that its clock and its record stand."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from .aftersales_visit import CLOCK_DRIFT
from .typed_values import check_number

MAX_KM = 3_000_000  # no car was ever driven farther
MAX_STAY = timedelta(days=366)  # in the workshop


class AftersalesVisit(models.Model):
    _name = "aftersales.visit"
    _inherit = ["aftersales.visit", "aftersales.typed.mixin"]

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _check_typed(self, names):
        super()._check_typed(names)
        names = set(names)
        if {"date_arrival", "date_delivery"} & names:
            self._check_typed_delivery()
        if "odometer" in names:
            self._check_typed_odometer()
        if "next_contact_date" in names:
            self._check_next_contact()
        if "phone" in names:
            self._check_typed_phone()

    def _check_typed_delivery(self):
        """A car is handed over within the year: else the date is a slip."""
        now = fields.Datetime.now() + CLOCK_DRIFT
        for visit in self:
            if visit.date_delivery and visit.date_delivery > now:
                raise ValidationError(
                    self.env._(
                        "Delivery of visit %(visit)s cannot lie in the future: it is "
                        "noted when the customer has taken the car.",
                        visit=visit.name,
                    )
                )
            if (
                visit.date_delivery
                and visit.date_delivery - visit.date_arrival > MAX_STAY
            ):
                raise ValidationError(
                    self.env._(
                        "Visit %(visit)s cannot last more than a year: it began on "
                        "%(arrival)s. Correct the arrival or the delivery.",
                        visit=visit.name,
                        arrival=format_date(
                            self.env,
                            visit.company_id._aftersales_date(visit.date_arrival),
                        ),
                    )
                )

    def _check_typed_odometer(self):
        for visit in self:
            if visit.odometer > MAX_KM:
                raise ValidationError(
                    self.env._(
                        "An odometer shows at most %(most)s km, not %(typed)s km: read "
                        "it again.",
                        most=f"{MAX_KM:,}",
                        typed=f"{visit.odometer:,.0f}",
                    )
                )

    def _check_typed_phone(self):
        for visit in self:
            if visit.phone not in (visit.partner_id | visit.contact_id).mapped("phone"):
                check_number(self.env, visit.phone)

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
            "spend_total",
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

    def _check_next_contact(self):
        """Nobody can be called on a day that is over."""
        for visit in self:
            date = visit.next_contact_date
            if date and date < visit.company_id._aftersales_date():
                raise ValidationError(
                    self.env._(
                        "Date to Contact of visit %(visit)s is over: %(date)s. Choose "
                        "today or a later day.",
                        visit=visit.name,
                        date=format_date(self.env, date),
                    )
                )

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
