"""First use: a supervisor of an empty dealership is led, instead of told it is done."""

from markupsafe import Markup

from odoo import api, models

from .groups import SUPERVISOR


class ResCompany(models.Model):
    _inherit = "res.company"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _aftersales_get_first_steps(self):
        """Return what is to be done first: [(text, address or ``None``, whether done)].

        Empty once visits are there and the first call is registered.
        """
        self.ensure_one()
        here = [("company_id", "=", self.id)]
        has_visits = bool(self.env["aftersales.visit"].search(here, limit=1))
        registered = [*here, ("state", "=", "registered")]
        has_calls = bool(self.env["aftersales.call"].search(registered, limit=1))
        if has_visits and has_calls:
            return []
        users = self.env["res.users"]
        may_add_users = self.env.user.has_group("base.group_erp_manager")
        officers = users._aftersales_officers(self).filtered(
            lambda user: not user.has_group(SUPERVISOR)
        )
        return [
            (
                self.env._("Bring visits and customers in from the DMS"),
                "/odoo/aftersales-import",
                has_visits,
            ),
            (
                self.env._("Name the officers and advisors among the users")
                if may_add_users
                else self.env._("Ask your administrator to name officers and advisors"),
                may_add_users and "/odoo/action-base.action_res_users",
                bool(officers),
            ),
            (
                self.env._("Check when customers are called, and about what"),
                "/odoo/aftersales-rules",
                False,
            ),
            (self.env._("Make the first call"), "/odoo/aftersales-call", has_calls),
        ]

    @api.model
    def _aftersales_lead(self, help_text):
        """Return the help of an empty list, or the first steps in its place."""
        if not self.env.user.has_group(SUPERVISOR):
            return help_text
        steps = self.env.company._aftersales_get_first_steps()
        if not steps:
            return help_text
        items = Markup().join(
            Markup('<li class="{}"><i class="fa {} me-2"></i>{}</li>').format(
                "text-muted" if is_done else "",
                "fa-check-square-o" if is_done else "fa-square-o",
                Markup('<a href="{}">{}</a>').format(address, text)
                if address and not is_done
                else text,
            )
            for text, address, is_done in steps
        )
        return Markup(
            '<p class="o_view_nocontent_smiling_face">{}</p>'
            '<ul class="o_aftersales_first_steps list-unstyled text-start '
            'd-inline-block">{}</ul>'
        ).format(self.env._("First steps"), items)


class AftersalesFollowup(models.Model):
    _inherit = "aftersales.followup"

    @api.model
    def get_empty_list_help(self, help_message):
        help_message = super().get_empty_list_help(help_message)
        return self.env["res.company"]._aftersales_lead(help_message)


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def get_empty_list_help(self, help_message):
        help_message = super().get_empty_list_help(help_message)
        if not self.env.context.get("aftersales_archive"):
            return help_message
        return self.env["res.company"]._aftersales_lead(help_message)
