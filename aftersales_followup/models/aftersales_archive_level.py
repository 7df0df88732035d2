"""The level of a customer: given by the rules, or fixed by hand for a reason."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .personal_words import TEXT


class AftersalesArchive(models.Model):
    _inherit = "aftersales.archive"

    segment_fixed = fields.Boolean(
        string="Level Fixed",
        readonly=True,
        help="Fixed by hand: the monthly calculation leaves it.",
    )
    segment_reason = fields.Char(string="Reason for the Level", readonly=True)
    segment_change_ids = fields.One2many(
        "aftersales.segment.change",
        "archive_id",
        string="Changes of the Level",
        readonly=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    year_spend = fields.Monetary(
        string="Spent in 12 Months",
        compute="_compute_year_figures",
        help="What the customer and the insurer paid within the twelve months up to "
        "today.",
    )
    year_visits = fields.Integer(
        string="Visits in 12 Months", compute="_compute_year_figures"
    )

    # New customers, who get their level in the night.
    _without_level = models.Index(
        "(company_id) WHERE segment_id IS NULL AND segment_fixed IS NOT TRUE"
    )

    def _compute_year_figures(self):
        for company, archives in self.grouped("company_id").items():
            figures = self.env["aftersales.segment"]._get_figures(
                archives.partner_id, company
            )
            for archive in archives:
                spend, visits = figures.get(archive.partner_id.id, (0, 0))
                archive.year_spend = spend
                archive.year_visits = visits

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """Keep the history of the levels, whoever changes them."""
        if not {"segment_id", "segment_fixed"} & vals.keys():
            return super().write(vals)
        before = {archive: archive.segment_id for archive in self}
        fixed = self.filtered("segment_fixed")
        result = super().write(vals)
        settled = self if vals.get("segment_fixed") else self.browse()
        released = fixed - self.filtered("segment_fixed")
        moved = self.filtered(lambda archive: archive.segment_id != before[archive])
        (moved | settled | released)._note_level_changes(before, released)
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {
            "segment_id",
            "segment_fixed",
            "segment_reason",
            "segment_change_ids",
        }

    @api.model
    def _get_personal_fields(self):
        return super()._get_personal_fields() | {"segment_reason": TEXT}

    def _note_level_changes(self, before, released):
        """Note what was done by hand, with the figures of the day.

        :param dict before: level of each of these archives until now
        :param released: those that the rules decide on again
        """
        Segment = self.env["aftersales.segment"]
        vals_list = []
        for company, archives in self.grouped("company_id").items():
            figures = Segment._get_figures(archives.partner_id, company)
            today = company._aftersales_date()
            for archive in archives:
                spend, visits = figures.get(archive.partner_id.id, (0, 0))
                is_released = archive in released
                vals_list.append(
                    {
                        "archive_id": archive.id,
                        "company_id": company.id,
                        "date": today,
                        "old_segment_id": before[archive].id,
                        "segment_id": archive.segment_id.id,
                        "spend": spend,
                        "visits": visits,
                        "cause": "release" if is_released else "hand",
                        "user_id": self.env.uid,
                        "reason": self.env.context.get("aftersales_level_reason")
                        if is_released
                        else archive.segment_reason,
                    }
                )
        self.env["aftersales.segment.change"].sudo().create(vals_list)

    @api.model
    def _check_may_fix_level(self):
        """Raise AccessError unless the user is a supervisor."""
        if not self.env.su and not self.env["res.users"]._aftersales_is_supervisor():
            raise AccessError(
                self.env._(
                    "Only a supervisor fixes a customer's level by hand. All others "
                    "follow the rules."
                )
            )

    def _fix_level(self, segment, reason):
        """Fix the level of these customers by hand: the calculation leaves it.

        :raise AccessError: if the user is no supervisor
        :raise UserError: if the reason is missing
        """
        self._check_may_fix_level()
        self.check_access("read")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the level is fixed by hand."))
        self.sudo().write(
            {
                "segment_id": segment.id,
                "segment_fixed": True,
                "segment_reason": reason.strip(),
            }
        )

    def _release_level(self, reason):
        """Let the rules decide on the level of these customers again, from now on.

        :raise AccessError: if the user is no supervisor
        """
        self._check_may_fix_level()
        self.check_access("read")
        fixed = self.filtered("segment_fixed").sudo()
        fixed.with_context(aftersales_level_reason=(reason or "").strip()).write(
            {"segment_fixed": False, "segment_reason": False}
        )
        for company, archives in fixed.grouped("company_id").items():
            self.env["aftersales.segment"].sudo()._recalculate_partners(
                archives.partner_id, company
            )

    def _take_over_level(self, others):
        """Keep what these doubled contacts' archives know of the level.

        What was fixed by hand is kept before what the rules said.
        """
        self.ensure_one()
        if not self.segment_fixed:
            fixed = others.filtered("segment_fixed")[:1]
            first = fixed or others.filtered("segment_id")[:1]
            if fixed or not self.segment_id:
                self.with_context(tracking_disable=True).write(
                    {
                        "segment_id": first.segment_id.id,
                        "segment_fixed": first.segment_fixed,
                        "segment_reason": first.segment_reason,
                    }
                )
        others.segment_change_ids.archive_id = self
