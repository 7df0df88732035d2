from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class AftersalesWaitingMixin(models.AbstractModel):
    """An origin that is marked when the nightly scheduler has to look at it.

    The night costs what is marked, not what is there. Marks only tell where to look:
    what is due, and what was planned already, the records and origin keys decide.
    """

    _name = "aftersales.waiting.mixin"
    _description = "Origin That Waits for the Scheduler"
    _inherit = ["aftersales.origin.mixin"]
    # Name of the field with the mark: since when the record waits.
    _to_plan_field = "to_plan_since"
    # Name of the field with the customer whom follow-ups are planned for.
    _customer_field = "partner_id"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _mark_to_plan(self):
        """Let the nightly scheduler look at these records again.

        Those that wait already are marked anew: the scheduler may have looked at them
        before what happened now. It is as writing the field on each.
        """
        field = self._fields[self._to_plan_field]
        self.flush_recordset([field.name])
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id = ANY(%s)",
                SQL.identifier(self._table),
                SQL.identifier(field.name),
                self.env.cr.now(),
                sorted(self.ids),
            )
        )
        self.invalidate_recordset([field.name], flush=False)

    @api.model
    def _mark_customers_to_plan(self, partners, companies=None):
        """Let the scheduler look at what these customers have.

        :param companies: where; default everywhere
        """
        records = self.sudo().with_context(active_test=False)
        domain = Domain(self._customer_field, "in", partners.ids)
        if companies is not None:
            domain &= Domain("company_id", "in", [*companies.ids, False])
        records.search(domain)._mark_to_plan()

    @api.model
    def _aftersales_waiting(self, company):
        """Return what is marked in a company: {id: since when}.

        :param company: empty: what belongs to no company
        """
        mark = self._fields[self._to_plan_field]
        owner = self._fields["company_id"]
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT id, %(mark)s FROM %(table)s
                        WHERE %(mark)s IS NOT NULL
                          AND COALESCE(%(owner)s, 0) = %(company)s""",
                    mark=SQL.identifier(mark.name, to_flush=mark),
                    owner=SQL.identifier(owner.name, to_flush=owner),
                    table=SQL.identifier(self._table),
                    company=company.id or 0,
                )
            )
        )

    @api.model
    def _forget_waiting(self, waiting):
        """Take the marks off that were looked at; what was marked anew stays.

        :param dict waiting: {id: since when}, as ``_aftersales_waiting`` gave it
        :return: the records
        """
        mark = self._fields[self._to_plan_field]
        self.flush_model([mark.name])
        rows = self.env.execute_query(
            SQL(
                """UPDATE %(table)s record SET %(mark)s = NULL
                     FROM unnest(%(ids)s::int[], %(since)s::timestamp[])
                          looked_at(id, since)
                    WHERE record.id = looked_at.id
                      AND record.id = ANY(%(ids)s)  -- by its key, however large
                      AND record.%(mark)s = looked_at.since
                RETURNING record.id""",
                table=SQL.identifier(self._table),
                mark=SQL.identifier(mark.name),
                ids=list(waiting),
                since=list(waiting.values()),
            )
        )
        self.invalidate_model([mark.name], flush=False)
        return self.browse(row_id for (row_id,) in rows)

    @api.model
    def _aftersales_to_look_at(self, rule, company, waiting):
        return [(record_id, None) for record_id in sorted(waiting)]
