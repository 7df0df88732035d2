import logging

from odoo import api, fields, models

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
        domain=lambda self: self.env["res.partner"]._aftersales_officer_domain(),
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

    @api.model
    def _replace_absent_officers(self):
        """Give the open work of archived users to the least busy officers.

        :return: the records that got another acting officer
        """
        orphans = self.sudo().search(
            [*self._get_open_domain(), ("acting_user_id.active", "=", False)]
        )
        for company, records in orphans.grouped("company_id").items():
            users = self.env["res.users"]
            if not users._aftersales_officers(company):
                _logger.warning("%s has no follow-up officer", company.name)
                continue
            shares = users._aftersales_share_out(len(records), company)
            for record, user_id in zip(records, shares, strict=True):
                record.acting_user_id = user_id
        return orphans
