from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class AftersalesEventMixin(models.AbstractModel):
    """An origin that happens once, such as the end of a visit.

    What happens plans its follow-ups at once. What could not be planned then, as the
    customer must not be contacted or a rule is switched on later, waits: it is marked,
    and the nightly scheduler looks at what is marked, not at all that ever happened.
    """

    _name = "aftersales.event.mixin"
    _description = "Event That Plans Follow-ups"
    _inherit = ["aftersales.origin.mixin"]

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

    def _mark_to_plan(self):
        """Let the nightly scheduler look at these events again.

        Those that wait already are marked anew: the scheduler may have looked at them
        before what happened now.
        """
        self.sudo().with_context(tracking_disable=True).write(
            {"to_plan_since": self.env.cr.now()}
        )

    @api.model
    def _mark_happened(self, rule):
        """Let the scheduler look at what happened since a rule is switched on."""
        if not rule.date_active:
            return
        Company = self.env["res.company"].sudo()
        companies = rule.company_id or Company.search([("active", "=", True)])
        for company in companies:
            self.sudo().with_context(active_test=False).search(
                self._get_happened_domain(rule, company)
                & self._get_happened_since_domain(rule.date_active)
                & self._aftersales_unplanned_domain(rule, company)
            )._mark_to_plan()

    @api.model
    def _aftersales_waiting(self, company):
        """Return what is marked in a company: {id: since when}."""
        self.flush_model(["company_id", "to_plan_since"])
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT id, to_plan_since FROM %s
                        WHERE company_id = %s AND to_plan_since IS NOT NULL""",
                    SQL.identifier(self._table),
                    company.id,
                )
            )
        )

    @api.model
    def _forget_waiting(self, waiting):
        """Take the marks off that were looked at; what was marked anew stays.

        :param dict waiting: {id: since when}, as ``_aftersales_waiting`` gave it
        :return: the records
        """
        self.flush_model(["to_plan_since"])
        rows = self.env.execute_query(
            SQL(
                """UPDATE %s record SET to_plan_since = NULL
                     FROM unnest(%s::int[], %s::timestamp[]) looked_at(id, since)
                    WHERE record.id = looked_at.id
                      AND record.to_plan_since = looked_at.since
                RETURNING record.id""",
                SQL.identifier(self._table),
                list(waiting),
                list(waiting.values()),
            )
        )
        self.invalidate_model(["to_plan_since"], flush=False)
        return self.browse(row_id for (row_id,) in rows)
