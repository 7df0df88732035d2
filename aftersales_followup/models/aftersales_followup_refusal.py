"""Who does not want a follow-up gets none: neither planned by hand nor left open."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class AftersalesFollowup(models.Model):
    _inherit = "aftersales.followup"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _check_contact_allowed(self):
        """Refuse to plan what the customer opted out of.

        Who waits for an answer gets it all the same, unless he asked to be forgotten.
        """
        Optout = self.env["aftersales.optout"]
        refusals = Optout._find_refusals(self, "channel", "purpose")
        for followup, refusal in refusals.items():
            if refusal != "restricted" and followup.case_id:
                continue
            Optout._raise_refusal(followup.partner_id, refusal)

    @api.model
    def _get_refused_domain(self):
        """Return the domain of open follow-ups that the customer opted out of."""
        unpromised = Domain("state", "=", "planned") & Domain("case_id", "=", False)
        columns = ("company_id", "partner_id", "vehicle_id", "channel", "purpose")
        return unpromised & Domain.custom(
            to_sql=lambda model, alias, query: self.env[
                "aftersales.optout"
            ]._get_refused_sql(*(SQL.identifier(alias, name) for name in columns))
        )

    @api.model
    def _cancel_refused(self, domain):
        """Cancel the open follow-ups that their customers refused, with the reason.

        :param domain: of the follow-ups to look at
        :return: those that were cancelled
        """
        refused = self.sudo().search(Domain(domain) & self._get_refused_domain())
        refusals = self.env["aftersales.optout"]._find_refusals(
            refused, "channel", "purpose"
        )
        refused._cancel(
            {
                followup: lambda env, refusal=refusal: env[
                    "aftersales.optout"
                ]._get_refusal_text(refusal)
                for followup, refusal in refusals.items()
            },
            blameless=True,
        )
        return refused

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_cancel_refused(self):
        """Cancel what was planned in the moment its customer opted out of it.

        :return: the follow-ups
        """
        Optout = self.env["aftersales.optout"]
        return self._cancel_refused(
            Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "%s IN %s",
                    SQL.identifier(alias, "partner_id"),
                    Optout._get_refusing_partners_sql(),
                )
            )
        )
