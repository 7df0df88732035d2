"""Which lists open on whose records."""

from odoo import models

from .groups import ADVISOR, OFFICER

VISITS = "aftersales_followup.aftersales_visit_action"


class IrActionsActWindow(models.Model):
    _inherit = "ir.actions.act_window"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_action_dict(self):
        """Let an advisor's visits begin with his own; officers see to everybody's."""
        action = super()._get_action_dict()
        user = self.env.user
        if (
            action.get("res_model") == "aftersales.visit"
            and user.has_group(ADVISOR)
            and not user.has_group(OFFICER)
            and self == self.env.ref(VISITS, raise_if_not_found=False)
        ):
            action["context"] = {"search_default_my_visits": 1}
        return action
