from odoo import api, fields, models
from odoo.fields import Domain

from .aftersales_followup_rule import BEGINNING


class AftersalesEventMixin(models.AbstractModel):
    """An origin that happens once, such as the end of a visit.

    What happens plans its follow-ups at once. What could not be planned then, as the
    customer must not be contacted or a rule is switched on later, waits: it is marked,
    and the nightly scheduler looks at what is marked, not at all that ever happened.
    """

    _name = "aftersales.event.mixin"
    _description = "Event That Plans Follow-ups"
    _inherit = ["aftersales.waiting.mixin"]

    to_plan_since = fields.Datetime(
        string="Waits for Planning since",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    # ------------------------------------------------------------
    # TO DEFINE
    # ------------------------------------------------------------

    @api.model
    def _get_happened_domain(self, rule, company):
        """Return the domain of the events that ``rule`` is about."""
        raise NotImplementedError

    @api.model
    def _get_happened_since_domain(self, date):
        """Return the domain of the events that happened on ``date`` or later."""
        raise NotImplementedError

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _aftersales_due_domain(self, rule, company):
        return (
            self._get_happened_domain(rule, company)
            & self._get_happened_since_domain(rule.date_active)
            & Domain("to_plan_since", "!=", False)
        )

    @api.model
    def _aftersales_rule_changed(self, rule, changed):
        """Let the scheduler look at what happened since a rule is switched on."""
        if not (rule.date_active and BEGINNING & set(changed)):
            return
        Company = self.env["res.company"].sudo()
        companies = rule.company_id or Company.search([("active", "=", True)])
        for company in companies:
            self.sudo().with_context(active_test=False).search(
                self._get_happened_domain(rule, company)
                & self._get_happened_since_domain(rule.date_active)
                & self._aftersales_unplanned_domain(rule, company)
            )._mark_to_plan()
