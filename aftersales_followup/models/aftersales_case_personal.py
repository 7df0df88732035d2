"""What a case tells of its customer, and a customer whom nobody could answer."""

from odoo import api, models
from odoo.exceptions import UserError

from .personal_words import TEXT


class AftersalesCase(models.Model):
    _name = "aftersales.case"
    _inherit = ["aftersales.case", "aftersales.personal.mixin"]
    _personal_dates = ("date_raised",)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        cases._check_can_be_answered()
        return cases

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_personal_fields(self):
        return {"description": TEXT}

    def _reopen(self):
        self._check_can_be_answered()
        return super()._reopen()

    def _check_can_be_answered(self):
        """Promise nothing to a customer whom nobody may tell what came of it."""
        restricted = self.env["aftersales.restriction"]._get_restricted_ids()
        for case in self:
            if case.partner_id.id in restricted:
                raise UserError(
                    self.env._(
                        "%(customer)s asked to be forgotten, so nobody could tell the "
                        "answer. If the customer came again, ask a supervisor to lift "
                        "the restriction, or note down a new customer.",
                        customer=case.partner_id.display_name,
                    )
                )
