"""What to say in a follow-up: scripts with the customer's data, nothing repeated."""

from odoo import api, fields, models
from odoo.tools import format_date, format_list

from .placeholders import fill

# Who speaks is filled in when the script is shown: it may be a stand-in by then.
SPEAKER = "officer"


class AftersalesFollowup(models.Model):
    _inherit = "aftersales.followup"

    script = fields.Text(
        string="What to Say",
        compute="_compute_script",
        help="The planned content, in the name of whoever calls.",
    )

    @api.depends("content", "acting_user_id")
    def _compute_script(self):
        for followup in self:
            followup.script = followup._get_script(followup.acting_user_id)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_script(self, user):
        """Return the planned content with the name of ``user``, who calls."""
        return fill(self.content, {SPEAKER: user.name or ""})

    def _get_placeholder_values(self):
        """Return the values for planned content: who will call is left open."""
        values = self._prepare_placeholder_values(
            self.partner_id,
            self.vehicle_id.sudo(),
            self.visit_id,
            self.acting_user_id or self.env.user,
            self.company_id or self.env.company,
            self.campaign_id,
        )
        values.pop(SPEAKER)
        return values

    @api.model
    def _prepare_placeholder_values(
        self, partner, vehicle, visit, user, company, campaign=None
    ):
        """Return what scripts and letters can name in braces, see ``fill``."""
        campaign = campaign or self.env["aftersales.campaign"]
        return {
            **self._prepare_customer_values(partner, vehicle, visit, user, company),
            **campaign.with_env(self.env).sudo()._prepare_placeholder_values(),
        }

    @api.model
    def _prepare_customer_values(self, partner, vehicle, visit, user, company):
        """Return what differs from one customer to the next, looked up if named."""
        return {
            "customer": lambda: partner.with_context(
                lang=self.env.lang
            )._aftersales_salute(),
            "vehicle": lambda: vehicle._aftersales_label() if vehicle else "",
            "plate": lambda: vehicle.license_plate or "",
            "last_service": lambda: visit._last_service_text() if visit else "",
            "next_maintenance": lambda: self._get_date_ahead(
                vehicle.aftersales_next_maintenance_date, company
            ),
            "officer": lambda: user.name or "",
            "company": lambda: company.name or "",
        }

    @api.model
    def _get_date_ahead(self, date, company):
        """Return a date as it is told on the phone: what is over is due now."""
        if date and date < company._aftersales_date():
            return self.env._("now")
        return format_date(self.env, date)

    def _get_discussed_topics(self):
        """Return the topics talked about with the customer since the last visit."""
        self.ensure_one()
        return self.env["aftersales.call"]._get_discussed_topics(
            self.partner_id, self.vehicle_id
        )

    @api.model
    def _get_repetition_warning(self, topics):
        return {
            "title": self.env._("Topic repeated"),
            "message": self.env._(
                "Already talked about since the last visit: %(topics)s. The next "
                "contact should not repeat the one before.",
                topics=format_list(self.env, topics.mapped("name")),
            ),
        }
