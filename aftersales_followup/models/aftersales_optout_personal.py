"""Whoever asked to be forgotten is not contacted at all, whatever else was noted."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .personal_words import TEXT


class AftersalesOptout(models.Model):
    _name = "aftersales.optout"
    _inherit = ["aftersales.optout", "aftersales.personal.mixin"]

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_personal_fields(self):
        return {"reason": TEXT, "note": TEXT, "withdraw_reason": TEXT}

    # the one decision

    @api.model
    def _get_refusal_sql(
        self, company, partner, vehicle, channel, purpose, number=None, email=None
    ):
        """Who asked to be forgotten (``restricted``) comes before all else."""
        return SQL(
            "COALESCE(CASE WHEN %s THEN 'restricted' END, %s)",
            self.env["aftersales.restriction"]._get_restricted_sql(partner),
            super()._get_refusal_sql(
                company, partner, vehicle, channel, purpose, number, email
            ),
        )

    @api.model
    def _get_refusing_partners_sql(self):
        return SQL(
            """(SELECT partner_id FROM aftersales_restriction WHERE state <> 'lifted'
                 UNION %s)""",
            super()._get_refusing_partners_sql(),
        )

    @api.model
    def _get_refusal_text(self, refusal):
        if refusal == "restricted":
            return self.env._("The customer asked to be forgotten.")
        return super()._get_refusal_text(refusal)

    @api.model
    def _raise_refusal(self, customer, refusal):
        if refusal == "restricted":
            raise UserError(
                self.env._(
                    "%(customer)s asked to be forgotten and is not contacted any more. "
                    "If the customer came again, ask a supervisor to lift the "
                    "restriction.",
                    customer=customer.display_name,
                )
            )
        return super()._raise_refusal(customer, refusal)
