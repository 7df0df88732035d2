import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class AftersalesActingMixin(models.AbstractModel):
    """Open work of an officer, done by a stand-in while the officer is away (四).

    The designated officer stays on the record; reminder and lists go to the acting
    one. ``substitution_id`` tells by which stand-in period it is somebody else.
    """

    _name = "aftersales.acting.mixin"
    _description = "Work That a Stand-In Can Do"
    _inherit = ["aftersales.reminder.mixin"]
    # Name of the field with the designated officer.
    _designated_field = "user_id"

    acting_user_id = fields.Many2one(
        "res.users",
        string="Acting Officer",
        compute="_compute_acting_user_id",
        store=True,
        precompute=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
        copy=False,
        tracking=True,
        domain=lambda self: self.env["res.users"]._aftersales_officer_domain(),
        ondelete="restrict",
    )
    substitution_id = fields.Many2one(
        "aftersales.substitution",
        string="Stand-In Period",
        compute="_compute_acting_user_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
    )

    @api.depends(lambda self: (self._designated_field,))
    def _compute_acting_user_id(self):
        """The designated officer, or who stands in for him or her today."""
        for company, records in self.grouped("company_id").items():
            current = self.env["aftersales.substitution"]._get_current(company)
            for record in records:
                officer = record[self._designated_field]
                substitution = current.get(officer.id)
                record.acting_user_id = (
                    substitution.substitute_id if substitution else officer
                )
                record.substitution_id = substitution

    @api.constrains(lambda self: (self._designated_field,))
    def _check_designated(self):
        """Designate nobody who cannot do it: no role, another company, left."""
        for company, records in self.grouped("company_id").items():
            records[self._designated_field]._aftersales_check_officers(company)

    @api.constrains("acting_user_id")
    def _check_acting(self):
        """Let nobody act who cannot do it, whoever was designated once."""
        for company, records in self.grouped("company_id").items():
            records.acting_user_id._aftersales_check_officers(company)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_acting_models(self):
        """Return the names of the models whose open work can change hands."""
        registry = self.env.registry
        return [
            name
            for name in registry.descendants(["aftersales.acting.mixin"], "_inherit")
            if not registry[name]._abstract
        ]

    def _get_open_domain(self):
        """Return the domain of the records that still are work for somebody."""
        return self._get_reminder_domain()

    def _get_own_work_domain(self):
        """Return the domain of what counts as open work of its acting officer."""
        return self._get_reminder_domain()

    @api.model
    def _find_absent_ids(self, company, allowed):
        """Return the ids of all others than ``allowed`` who act for open work.

        As grouping the open work of the company by them. But each one is looked up in
        the index of open work: there are hundreds of officers, and hundreds of
        thousands to call.
        """
        self.flush_model()
        query = self._search(
            Domain(self._get_open_domain()) & Domain("company_id", "=", company.id)
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT officer.id FROM res_users officer
                    WHERE officer.id != ALL(%(allowed)s::int[])
                      AND EXISTS (SELECT FROM %(work)s
                                   WHERE %(open)s AND %(acting)s = officer.id)""",
                allowed=allowed.ids,
                work=query.from_clause,
                open=query.where_clause,
                acting=SQL.identifier(query.table, "acting_user_id"),
            )
        )
        return [user_id for (user_id,) in rows]

    @api.model
    def _replace_absent_officers(self, company):
        """Give the work of who cannot do it any more to the least busy officers.

        That is whoever left, lost the role or may no longer work in the company.

        :return: the records that got another acting officer
        """
        users = self.env["res.users"]
        allowed = users._aftersales_possible_officers(company)
        absent = self.sudo()._find_absent_ids(company, allowed)
        orphans = self.sudo().search(
            Domain(self._get_open_domain())
            & Domain("company_id", "=", company.id)
            & Domain("acting_user_id", "in", absent)
        )
        if not orphans:
            return orphans
        if not users._aftersales_officers(company):
            _logger.warning("%s has no follow-up officer", company.name)
            return orphans.browse()
        shares = users._aftersales_share_out(len(orphans), company)
        by_officer = {}
        for record, user_id in zip(orphans, shares, strict=True):
            by_officer.setdefault(user_id, []).append(record.id)
        for user_id, record_ids in by_officer.items():
            orphans.browse(record_ids).write({"acting_user_id": user_id})
        return orphans
