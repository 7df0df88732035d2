from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from .aftersales_followup_plan import PLAN_BATCH
from .locking import lock_until_done
from .scheduler import commit_step, do_or_skip


class AftersalesCampaign(models.Model):
    """A club event, offer or free service that customers are told of (规定 6).

    Two weeks ahead by phone, then within two days by letter where one is needed.
    Confirming freezes the audience and plans a notice call for each customer of it.
    """

    _name = "aftersales.campaign"
    _description = "Campaign"
    _inherit = ["mail.thread", "aftersales.guarded.mixin", "aftersales.origin.mixin"]
    _order = "date_begin desc, id desc"
    _check_company_auto = True
    _aftersales_origin_kind = "campaign"
    # Its calls are planned when it is confirmed, see ``aftersales_campaign_plan``.
    _aftersales_origin_scheduled = False

    name = fields.Char(required=True, tracking=True)
    kind = fields.Selection(
        [
            ("club", "Club Event"),
            ("offer", "Offer"),
            ("free_service", "Free Service"),
        ],
        required=True,
        default="club",
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        index=True,
        check_company=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain=lambda self: self.env["res.users"]._aftersales_officer_domain(),
        ondelete="restrict",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("confirmed", "Confirmed"),
            ("done", "Over"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )

    # what, when and where
    date_begin = fields.Date(
        string="First Day", required=True, index=True, tracking=True
    )
    date_end = fields.Date(string="Last Day", required=True, tracking=True)
    venue = fields.Char(tracking=True, help="Where it takes place.")
    description = fields.Text(
        string="Content", help="What it is about, as the customers are told."
    )
    letter_template_id = fields.Many2one(
        "aftersales.letter.template",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="Offered when a customer of this campaign needs a letter.",
    )

    # the notice
    notice_deadline = fields.Date(
        string="Tell until",
        compute="_compute_notice_deadline",
        store=True,
        precompute=True,
        tracking=True,
        help="Customers are to be told by phone two weeks ahead.",
    )
    is_late = fields.Boolean(compute="_compute_is_late")
    is_over = fields.Boolean(compute="_compute_is_over")
    date_confirmed = fields.Date(string="Confirmed on", readonly=True, copy=False)
    is_planned = fields.Boolean(
        string="Planning Finished",
        readonly=True,
        copy=False,
        help="Each customer of the campaign has a notice call.",
    )

    _dates = models.Constraint(
        "CHECK (date_begin <= date_end)", "A campaign cannot end before it begins."
    )
    _confirmed = models.Index("(company_id) WHERE state = 'confirmed'")

    @api.depends("date_begin", "company_id")
    def _compute_notice_deadline(self):
        """The rule counts back from the first day; a confirmed campaign keeps it."""
        for campaign in self:
            if campaign.state == "draft":
                campaign.notice_deadline = campaign._count_notice_deadline()
            else:
                campaign.notice_deadline = campaign.notice_deadline

    @api.depends("state", "date_begin", "notice_deadline", "company_id")
    def _compute_is_late(self):
        for campaign in self:
            today = (campaign.company_id or self.env.company)._aftersales_date()
            first, deadline = campaign.date_begin, campaign.notice_deadline
            campaign.is_late = bool(
                campaign.state == "draft"
                and first
                and deadline
                and deadline < today < first
            )

    @api.depends("date_end", "company_id")
    def _compute_is_over(self):
        for campaign in self:
            today = (campaign.company_id or self.env.company)._aftersales_date()
            campaign.is_over = bool(campaign.date_end and campaign.date_end < today)

    @api.onchange("date_begin")
    def _onchange_date_begin(self):
        """Offer one day."""
        if self.date_begin and (not self.date_end or self.date_end < self.date_begin):
            self.date_end = self.date_begin

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Name campaigns after what they are, where another program gives no name."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        default = self.default_get(["name", "kind"])
        for vals in vals_list:
            if not vals.get("name") and not default.get("name"):
                kind = kinds[vals.get("kind") or default["kind"]]
                vals["name"] = f"{kind} {vals.get('date_begin') or ''}".strip()
        return super().create(vals_list)

    def copy_data(self, default=None):
        """Tell the copy from what was copied."""
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for campaign, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(campaign)s (copy)", campaign=campaign.name)
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_worked_on(self):
        for campaign in self:
            if campaign.state != "draft" or campaign.sudo().followup_ids:
                raise UserError(
                    self.env._(
                        "%(campaign)s was confirmed before: cancel it instead of "
                        "deleting.",
                        campaign=campaign.name,
                    )
                )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_confirm(self):
        """Confirm campaigns and plan the notice calls of all their customers.

        :raise UserError: if a campaign is confirmed already, has begun, or is for
            nobody
        """
        self._confirm()
        for campaign in self:
            while campaign._plan_next():
                pass
        return True

    def action_confirm_stepwise(self):
        """Confirm a campaign; the browser then asks for its calls batch by batch."""
        self.ensure_one()
        self._confirm()
        return True

    def action_cancel(self):
        """Call campaigns off: nobody is told any more; what was done stays."""
        self.check_access("write")
        for campaign in self:
            if campaign.state not in ("draft", "confirmed"):
                raise UserError(
                    self.env._(
                        "%(campaign)s is over or cancelled already.",
                        campaign=campaign.name,
                    )
                )
        self.sudo().state = "cancelled"
        self._cancel_followups(
            lambda env: env._("The campaign was cancelled."), withdrawn=True
        )
        self.env["aftersales.letter"].sudo().search(
            [("campaign_id", "in", self.ids), ("state", "=", "draft")]
        ).unlink()
        return True

    def action_done(self):
        """End campaigns whose last day is over."""
        self.check_access("write")
        for campaign in self:
            if campaign.state != "confirmed" or not campaign.is_over:
                raise UserError(
                    self.env._(
                        "%(campaign)s is not confirmed, or its last day is not over.",
                        campaign=campaign.name,
                    )
                )
        self._end()
        return True

    def action_draft(self):
        """Take cancelled campaigns up again, to change and to confirm them anew.

        Customers who were called already know other dates: they are told of a new
        campaign, and what was done for the old one stays.
        """
        self.check_access("write")
        for campaign in self:
            if campaign.state != "cancelled":
                raise UserError(
                    self.env._("%(campaign)s is not cancelled.", campaign=campaign.name)
                )
            if campaign.called_count or campaign.letter_count:
                raise UserError(
                    self.env._(
                        "Customers were told of %(campaign)s already. Duplicate it "
                        "instead, so that they are told anew.",
                        campaign=campaign.name,
                    )
                )
        self.sudo().write(
            {
                "state": "draft",
                "audience_ids": [Command.clear()],
                "confirmed_optout_count": 0,
                "date_confirmed": False,
                "is_planned": False,
            }
        )
        self.sudo()._compute_notice_deadline()
        return True

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_guarded_fields(self):
        return {
            "state",
            "date_confirmed",
            "is_planned",
            "notice_deadline",
            "audience_ids",
            "confirmed_optout_count",
        }

    def _get_settled_fields(self):
        return {
            "kind",
            "company_id",
            "date_begin",
            "segment_ids",
            "retention",
            "model_ids",
            "last_visit_from",
            "last_visit_to",
            "audience_domain",
        }

    def _is_settled(self):
        return self.state != "draft"

    # confirming

    def _confirm(self):
        """Freeze the audience, and designate officers for those who have none.

        Of two supervisors who confirm it at the same moment, the second waits, begins
        anew and finds it confirmed.
        """
        self.check_access("write")
        lock_until_done(self)
        for campaign in self:
            campaign._check_confirmable()
            optouts = campaign._find_optouts()
            everybody = self.env["res.partner"].search(campaign._get_audience_domain())
            contacts = everybody - optouts
            if not contacts:
                raise UserError(
                    self.env._(
                        "%(campaign)s is for nobody: no customer meets its "
                        "conditions and may be called.",
                        campaign=campaign.name,
                    )
                )
            campaign.sudo().write(
                {
                    "state": "confirmed",
                    "date_confirmed": campaign.company_id._aftersales_date(),
                    "notice_deadline": campaign._count_notice_deadline(),
                    "audience_ids": [Command.set(contacts.ids)],
                    "confirmed_optout_count": len(optouts),
                }
            )
            self.env["aftersales.archive"]._get_officers(
                contacts.ids, campaign.company_id
            )
        self.env.flush_all()
        self.env.invalidate_all()

    def _check_confirmable(self):
        self.ensure_one()
        if self.state != "draft":
            raise UserError(
                self.env._("%(campaign)s is confirmed already.", campaign=self.name)
            )
        if self.date_begin <= self.company_id._aftersales_date():
            raise UserError(
                self.env._(
                    "%(campaign)s has begun already: it is too late to tell the "
                    "customers.",
                    campaign=self.name,
                )
            )
        missing = [
            name for name in ("venue", "description") if not (self[name] or "").strip()
        ]
        if missing:
            raise UserError(
                self.env._(
                    "Customers cannot be told of %(campaign)s yet. Fill in: "
                    "%(fields)s.",
                    campaign=self.name,
                    fields=self._get_field_labels(missing),
                )
            )
        self._check_notice_rule()

    # ending

    def _end(self):
        """End campaigns: it is too late to tell anybody of them."""
        self.sudo().state = "done"
        self._cancel_followups(lambda env: env._("The campaign is over."))

    def _cancel_followups(self, reason, withdrawn=False):
        """Cancel what is still to be done for these campaigns, batch by batch.

        The follow-ups tell the reason; no message repeats it a thousand times.
        """
        Followup = (
            self.env["aftersales.followup"].sudo().with_context(tracking_disable=True)
        )
        domain = [("campaign_id", "in", self.ids), ("state", "=", "planned")]
        while followups := Followup.search(domain, limit=PLAN_BATCH, order="id"):
            followups._cancel(reason, withdrawn)
            self.env.flush_all()
            self.env.invalidate_all()

    # telling

    def _prepare_placeholder_values(self):
        """Return what scripts and letters can name in braces; empty for no campaign."""
        days = [self.date_begin, self.date_end]
        days = [format_date(self.env, day) for day in dict.fromkeys(days) if day]
        return {
            "campaign": self.name or "",
            "campaign_dates": " – ".join(days),
            "campaign_venue": self.venue or "",
            "campaign_content": self.description or "",
        }

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_keep_up(self):
        """Finish planning that was interrupted, and end campaigns that are over.

        :return: whether there is time left
        """
        failed = set()
        for step in (self._resume_planning, self._end_one_over):
            while True:
                campaign, left = commit_step(self.env, step, failed)
                if not left:
                    return False
                if not campaign:
                    break
        return True

    @api.model
    def _end_one_over(self, failed):
        """End a campaign whose last day is over where it took place."""
        confirmed = self.sudo().search(
            [("state", "=", "confirmed"), ("id", "not in", list(failed))]
        )
        over = confirmed.filtered("is_over")[:1]
        do_or_skip(over, lambda found: found._end(), failed)
        return over
