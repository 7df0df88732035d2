"""Whom a campaign is for: chosen and counted as a draft, frozen when confirmed."""

import ast

from psycopg2 import errors

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

# Whom a new campaign is for until other conditions are chosen.
CUSTOMERS_WITH_ARCHIVE = (
    "['|', ('aftersales_archive_number', '!=', False), "
    "('aftersales_vehicle_ids', '!=', False)]"
)


class AftersalesCampaign(models.Model):
    """The customers whom a campaign is for, without those whom nobody may call."""

    _inherit = "aftersales.campaign"

    segment_ids = fields.Many2many(
        "aftersales.segment", string="Customer Levels", check_company=True
    )
    retention = fields.Selection(
        [("active", "Active"), ("at_risk", "At Risk"), ("lost", "Lost")],
        help="Only customers who are so on the day of confirming.",
    )
    model_ids = fields.Many2many("fleet.vehicle.model", string="Models")
    last_visit_from = fields.Date(string="Last Visit from")
    last_visit_to = fields.Date(string="Last Visit until")
    audience_domain = fields.Char(
        string="More Conditions",
        default=CUSTOMERS_WITH_ARCHIVE,
        help="Customers have to meet these as well as what is chosen above.",
    )
    audience_ids = fields.Many2many(
        "res.partner",
        "aftersales_campaign_audience_rel",
        "campaign_id",
        "partner_id",
        string="Customers to Tell",
        readonly=True,
        copy=False,
        help="As they were when the campaign was confirmed.",
    )
    confirmed_optout_count = fields.Integer(readonly=True, copy=False)
    audience_count = fields.Integer(
        string="Customers", compute="_compute_audience_counts"
    )
    optout_count = fields.Integer(
        string="Taken out",
        compute="_compute_audience_counts",
        help="Customers who must not be called.",
    )
    contact_count = fields.Integer(string="To Tell", compute="_compute_audience_counts")

    @api.depends(
        "state",
        "company_id",
        "segment_ids",
        "retention",
        "model_ids",
        "last_visit_from",
        "last_visit_to",
        "audience_domain",
    )
    def _compute_audience_counts(self):
        """Count whom it is for, whom nobody may call, and who is told."""
        drafts = self.filtered(lambda campaign: campaign.state == "draft")
        contacts = (self - drafts)._count_frozen_audience()
        for campaign in self - drafts:
            campaign.contact_count = contacts.get(campaign._origin.id, 0)
            campaign.optout_count = campaign.confirmed_optout_count
            campaign.audience_count = campaign.contact_count + campaign.optout_count
        for campaign in drafts:
            audience, optouts = campaign._count_audience()
            campaign.audience_count = audience
            campaign.optout_count = optouts
            campaign.contact_count = audience - optouts

    @api.constrains("audience_domain")
    def _check_audience_domain(self):
        """Try the conditions once: what cannot be searched cannot be saved."""
        for campaign in self:
            try:
                with self.env.cr.savepoint():
                    self.env["res.partner"].search(
                        campaign._get_audience_domain(), limit=1
                    )
            except (ValueError, TypeError, KeyError, errors.Error) as error:
                raise ValidationError(campaign._get_domain_error()) from error

    @api.constrains("last_visit_from", "last_visit_to")
    def _check_last_visit(self):
        for campaign in self:
            first, last = campaign.last_visit_from, campaign.last_visit_to
            if first and last and last < first:
                raise ValidationError(
                    self.env._(
                        "%(campaign)s: the last visit cannot be until a day before it "
                        "begins to count.",
                        campaign=campaign.name,
                    )
                )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_audience(self):
        """Open the customers whom the campaign is for."""
        self.ensure_one()
        if self.state == "draft":
            domain = self._get_audience_domain()
        else:
            domain = Domain("id", "in", self.audience_ids.ids)
        return self._open_archive(domain)

    def action_open_optouts(self):
        """Open the customers who were taken out because nobody may call them."""
        self.ensure_one()
        return self._open_archive(Domain("id", "in", self._find_optouts().ids))

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_audience_domain(self):
        """Return the domain of the customers whom this is for, no colleagues.

        Whoever evaluates it does so with his or her own rights.

        :raise ValidationError: if the conditions make no sense
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        archive = self._get_archive_domain()
        domain = (
            Domain("company_id", "in", [company.id, False])
            & Domain("active", "=", True)
            & Domain("user_ids", "=", False)
            & Domain("id", "!=", company.sudo().partner_id.id)
        )
        if archive:
            own = Domain("company_id", "=", company.id)
            domain &= Domain("aftersales_archive_ids", "any", own & Domain.AND(archive))
        if self.model_ids:
            domain &= Domain(
                "aftersales_vehicle_ids.model_id", "in", self.model_ids.ids
            )
        return domain & self._parse_audience_domain()

    def _get_archive_domain(self):
        """Return the conditions on the customer's archive, as a list of domains."""
        archive = []
        if self.segment_ids:
            archive.append(Domain("segment_id", "in", self.segment_ids.ids))
        if self.retention:
            archive.append(Domain("retention", "=", self.retention))
        if self.last_visit_from:
            archive.append(Domain("last_visit_date", ">=", self.last_visit_from))
        if self.last_visit_to:
            archive.append(Domain("last_visit_date", "<=", self.last_visit_to))
        return archive

    def _parse_audience_domain(self):
        """Return what was typed in or clicked together as more conditions."""
        text = (self.audience_domain or "").strip() or "[]"
        try:
            domain = Domain(ast.literal_eval(text))
            domain.validate(self.env["res.partner"])
        except (ValueError, TypeError, SyntaxError, KeyError, RecursionError) as error:
            raise ValidationError(self._get_domain_error()) from error
        return domain

    def _get_domain_error(self):
        return self.env._(
            "The conditions for the customers of %(campaign)s cannot be understood: "
            "%(domain)s",
            campaign=self.name or self.env._("the campaign"),
            domain=self.audience_domain,
        )

    def _count_audience(self):
        """Return how many customers a draft is for, and how many nobody may call.

        A draft whose conditions fail, as a field they name is gone, is for nobody: its
        form opens all the same, and confirming it tells what is wrong.
        """
        Partner = self.env["res.partner"]
        try:
            with self.env.cr.savepoint():
                domain = self._get_audience_domain()
                return (
                    Partner.search_count(domain),
                    Partner.search_count(domain & self._get_uncontactable_domain()),
                )
        except (ValidationError, ValueError, TypeError, KeyError, errors.Error):
            return 0, 0

    def _get_uncontactable_domain(self):
        """Return the domain of the customers whom nobody may call."""
        return self.env["res.partner"]._aftersales_get_uncontactable_domain(
            "call", "events", self.company_id or self.env.company
        )

    def _find_optouts(self):
        """Return the customers of the audience whom nobody may call."""
        return self.env["res.partner"].search(
            self._get_audience_domain() & self._get_uncontactable_domain()
        )

    def _count_frozen_audience(self):
        """Return {campaign id: number of customers} of confirmed campaigns."""
        field = self._fields["audience_ids"]
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT %(own)s, count(*) FROM %(table)s
                    WHERE %(own)s = ANY(%(ids)s) GROUP BY %(own)s""",
                    own=SQL.identifier(field.column1),
                    table=SQL.identifier(field.relation),
                    ids=self.ids,
                )
            )
        )

    def _open_archive(self, domain):
        """Return the action that lists customers of the archive."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.res_partner_action_archive"
        ) | {"domain": list(domain)}
