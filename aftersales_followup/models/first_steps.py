"""First use: a supervisor of an empty dealership is led, instead of told it is done."""

from typing import NamedTuple

from markupsafe import Markup

from odoo import api, models

from .groups import SUPERVISOR


class Step(NamedTuple):
    """One step to begin with."""

    code: str
    name: str
    text: str
    is_done: bool
    path: str  # where it is done, behind ``/odoo/``; false: by somebody else


class ResCompany(models.Model):
    _inherit = "res.company"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _aftersales_get_first_steps(self):
        """Return the four steps with which a dealership begins.

        :return: list of ``Step``
        """
        self.ensure_one()
        here = [("company_id", "=", self.id)]
        registered = [*here, ("state", "=", "registered")]
        users = self.env["res.users"]
        officers = users._aftersales_officers(self)
        supervisors = users._aftersales_supervisors(self)
        is_admin = self.env.user.has_group("base.group_erp_manager")
        return [
            Step(
                "import",
                self.env._("Bring in customers, cars and visits"),
                self.env._(
                    "From the file of your dealer management system, or from Excel "
                    "with our templates."
                ),
                bool(self.env["aftersales.archive"].search_count(here, limit=1)),
                "aftersales-import",
            ),
            Step(
                "users",
                self.env._("Say who does what"),
                self.env._(
                    "Give the people their roles: officers call, service advisors "
                    "register visits."
                )
                if is_admin
                else self.env._(
                    "Ask the administrator to give people their roles: officers call, "
                    "service advisors register visits."
                ),
                bool(officers - supervisors),
                is_admin and "action-base.action_res_users",
            ),
            Step(
                "rules",
                self.env._("Look through the rules"),
                self.env._("Whom to contact, when, and what about."),
                False,
                "aftersales-rules",
            ),
            Step(
                "call",
                self.env._("Note the first call"),
                self.env._("Figures appear here as soon as something is noted."),
                bool(self.env["aftersales.call"].search_count(registered, limit=1)),
                "aftersales-call",
            ),
        ]

    def _aftersales_has_begun(self):
        """Return whether visits are there and the first call is registered."""
        here = [("company_id", "=", self.id)]
        registered = [*here, ("state", "=", "registered")]
        return bool(
            self.env["aftersales.visit"].search_count(here, limit=1)
            and self.env["aftersales.call"].search_count(registered, limit=1)
        )

    @api.model
    def _aftersales_lead(self, help_text):
        """Return the help of an empty list, or the first steps in its place."""
        if not self.env.user.has_group(SUPERVISOR):
            return help_text
        company = self.env.company
        if company._aftersales_has_begun():
            return help_text
        items = Markup().join(
            Markup('<li class="{}"><i class="fa {} me-2"></i>{}</li>').format(
                "text-muted" if step.is_done else "",
                "fa-check-square-o" if step.is_done else "fa-square-o",
                Markup('<a href="/odoo/{}">{}</a>').format(step.path, step.name)
                if step.path and not step.is_done
                else step.name,
            )
            for step in company._aftersales_get_first_steps()
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
