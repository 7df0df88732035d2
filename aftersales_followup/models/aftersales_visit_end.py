"""How a visit ends: delivered, closed or called off; and how it is taken back."""

from odoo import fields, models
from odoo.exceptions import UserError

from .aftersales_visit import OVER


class AftersalesVisit(models.Model):
    _inherit = "aftersales.visit"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_deliver(self):
        """Hand the cars over to their customers: the follow-ups are planned."""
        self._end("workshop", "delivered")

    def action_close(self):
        """End consultations: the follow-ups are planned."""
        self._end("consultation", "closed")

    def action_cancel(self):
        """Cancel visits that did not take place, with their follow-ups."""
        self.check_access("write")
        self._call_off_clock("archive")
        self.sudo().write({"state": "cancelled", "to_plan_since": False})
        self._unplan(lambda env: env._("The visit was cancelled."))
        self._log_odometer()

    def action_reopen(self):
        """Take visits back into progress; the follow-ups are planned anew later."""
        self.check_access("write")
        self._resume_clock("archive")
        self.sudo().write(
            {
                "state": "open",
                "date_delivery": False,
                "is_history": False,
                "to_plan_since": False,
            }
        )
        self._unplan(lambda env: env._("The visit was reopened."))
        self._log_odometer()

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _end(self, visit_type, state):
        """End visits of a type, and plan what follows."""
        self.check_access("write")
        for visit in self:
            if visit.state != "open" or visit.visit_type != visit_type:
                raise UserError(
                    self.env._(
                        "Visit %(visit)s (%(type)s, %(state)s) cannot be ended this "
                        "way: a car in the workshop is delivered, a consultation is "
                        "closed.",
                        visit=visit.name,
                        type=visit._get_label("visit_type"),
                        state=visit._get_label("state"),
                    )
                )
        self.sudo().write({"state": state, "to_plan_since": False})
        self._plan_followups()

    def _end_imported(self):
        """Visits that come from a file with a past delivery are over."""
        now = fields.Datetime.now()
        ended = self.sudo().filtered(
            lambda visit: (
                visit.state == "open"
                and visit.date_delivery
                and visit.date_delivery <= now
            )
        )
        for visit_type, visits in ended.grouped("visit_type").items():
            is_workshop = visit_type == "workshop"
            visits.state = "delivered" if is_workshop else "closed"

    def _date_end(self):
        """What ended, ended at some time: without one nothing could be planned."""
        undated = self.sudo().filtered(
            lambda visit: visit.state in OVER and not visit.date_delivery
        )
        undated.write({"date_delivery": fields.Datetime.now()})

    def _mark_history(self):
        """Mark visits that come in when even their first follow-up would be over."""
        over = self.filtered(lambda visit: visit.state in OVER)
        for company, visits in over.grouped("company_id").items():
            today = company._aftersales_date()
            rules = self.env["aftersales.followup.rule"]._get_rules("delivery", company)
            days = max(rules.mapped("latest_days"), default=0)
            oldest = company._aftersales_add_days([today], -days)[today]
            visits.sudo().filtered(
                lambda visit, company=company, oldest=oldest: (
                    company._aftersales_date(visit.date_delivery or visit.date_arrival)
                    < oldest
                )
            ).is_history = True
