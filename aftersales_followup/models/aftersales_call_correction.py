"""What may still be put right in a registered call, and who called, known later."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from .aftersales_satisfaction_mixin import NOT_ASKED


class AftersalesCall(models.Model):
    _inherit = "aftersales.call"

    correction_ids = fields.One2many(
        "aftersales.correction", "call_id", string="Corrections", readonly=True
    )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_give_to_customer(self):
        """Ask which customer it was that called from an unknown number."""
        self.ensure_one()
        self.check_access("write")
        self._check_caller_unknown()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_call_give_action"
        ) | {"context": {"default_call_id": self.id}}

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _check_caller_unknown(self):
        """Raise unless the call is registered and nobody's yet."""
        if self.partner_id:
            raise UserError(
                self.env._(
                    "%(call)s is with %(customer)s already. Ask a supervisor to "
                    "correct it if that is wrong.",
                    call=self.number or self.display_name,
                    customer=self.partner_id.display_name,
                )
            )
        if not self.number:
            raise UserError(
                self.env._(
                    "%(call)s is not registered yet: choose the customer in the call "
                    "itself.",
                    call=self.display_name,
                )
            )

    def _give_to(self, partner, vehicle, reason):
        """Give the registered call of an unknown caller to the customer he is.

        Number and name stay as they were noted. Whoever may write the call may do so,
        and it is kept as a correction. If the caller refused to be contacted, that
        holds from now on.

        :param vehicle: the car that the call was about, if any
        """
        self.ensure_one()
        self.check_access("write")
        self._check_caller_unknown()
        vals = {"partner_id": partner.id}
        if vehicle:
            vals |= {"vehicle_id": vehicle.id, "plate": vehicle.sudo().license_plate}
        self.sudo().with_context(correction_reason=reason).write(vals)
        self._note_refusals()

    def _may_correct(self, vals):
        """Let the steps here, which check who asks, name a caller unknown till now."""
        locked = vals.keys() & self._get_locked_fields()
        names_caller = locked <= {"partner_id", "vehicle_id", "plate"}
        if self.env.su and names_caller and not self.partner_id:
            return True
        return super()._may_correct(vals)

    def _check_correction(self, vals, reason):
        result = super()._check_correction(vals, reason)
        for call in self if "partner_id" in vals else ():
            if call.partner_id and call.partner_id.id != vals["partner_id"]:
                call._check_customer_replaceable()
        return result

    def _check_customer_replaceable(self):
        """Raise if the call led to what was done for its customer, and for him only."""
        optouts = self.env["aftersales.optout"].sudo()
        records = [
            *(self.followup_id | self.together_ids),
            *self.case_ids,
            *self.sudo().letter_ids,
            *optouts.search([("call_id", "=", self.id)]),
        ]
        if records:
            raise UserError(
                self.env._(
                    "The customer of call %(call)s cannot be replaced, since the call "
                    "led to: %(records)s. Correct what was said instead.",
                    call=self.number,
                    records=format_list(
                        self.env, [record.display_name for record in records]
                    ),
                )
            )

    def _get_field_text(self, name):
        if name == "satisfaction" and self.satisfaction == NOT_ASKED:
            return ""
        return super()._get_field_text(name)
