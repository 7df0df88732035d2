from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..models.personal_words import MASK


class AftersalesRestrictionFind(models.TransientModel):
    """Find the restriction of somebody who came again: that, too, is a look."""

    _name = "aftersales.restriction.find"
    _description = "Find a Restricted Customer"

    text = fields.Char(
        string="Name, Phone, E-mail or Plate",
        required=True,
        help="All of it, as the customer says it.",
    )
    reason = fields.Char(required=True)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_find(self):
        """Open who has that name or number, and note who looked for it and why."""
        self.ensure_one()
        if not self.env["res.users"]._aftersales_is_supervisor():
            raise AccessError(
                self.env._("Only a supervisor looks for restricted customers.")
            )
        Restriction = self.env["aftersales.restriction"]
        found = Restriction._find_in_vault(self.text)
        if not found:
            raise UserError(
                self.env._("No restricted customer has this name, number or plate.")
            )
        found._look(self.reason)
        # What was looked for is a name, too; the reason stays on the look.
        self.write({"text": MASK, "reason": MASK})
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "aftersales_followup.aftersales_restriction_action"
            ),
            "domain": [("id", "in", found.ids)],
            "context": {},
        }
