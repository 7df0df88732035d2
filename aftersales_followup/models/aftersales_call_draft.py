"""Drafts of calls: one a follow-up, and none left behind that nobody wrote in."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# Somebody may still have an empty draft on the screen for so long.
KEPT_FOR = timedelta(days=1)
GC_LIMIT = 1000


class AftersalesCall(models.Model):
    _inherit = "aftersales.call"

    _one_draft = models.UniqueIndex(
        "(followup_id) WHERE state = 'draft'",
        "A call about this follow-up is begun already. Open it from the follow-up.",
    )

    @api.onchange("outcome_id")
    def _onchange_outcome_id(self):
        """A call takes place when it is noted, not when its draft was opened.

        Who went home with the next customer on the screen calls the other day.
        """
        saved, company = self._origin, self.company_id
        if not saved or not saved._is_untouched() or self.date != saved.date:
            return
        if company._aftersales_date(self.date) < company._aftersales_date():
            self.date = fields.Datetime.now()

    @api.onchange("direction")
    def _onchange_direction(self):
        """Whoever calls in was reached: the outcomes are others."""
        if self.outcome_id.direction not in (False, self.direction):
            self.outcome_id = False

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _is_untouched(self):
        """Return whether nobody wrote into a draft yet."""
        self.ensure_one()
        return self.state == "draft" and not (
            self.outcome_id or self.content or self.case_ids
        )

    def _take_over(self, vals):
        """Let the user go on with a draft, in his own name and with ``vals``."""
        self.ensure_one()
        vals = dict(vals)
        if self.user_id != self.env.user:
            vals["user_id"] = self.env.uid
        if self._is_untouched():
            vals["date"] = fields.Datetime.now()
        if vals:
            self.sudo().write(vals)

    @api.autovacuum
    def _gc_untouched_drafts(self):
        """Take away drafts that nobody wrote into, but for follow-ups still to do."""
        drafts = self.sudo().search(
            Domain("state", "=", "draft")
            & Domain("outcome_id", "=", False)
            & Domain("content", "in", (False, ""))
            & Domain("case_ids", "=", False)
            & ~Domain("followup_id.state", "=", "planned")
            & Domain("write_date", "<", fields.Datetime.now() - KEPT_FOR),
            limit=GC_LIMIT,
        )
        drafts.unlink()
        return len(drafts), len(drafts) == GC_LIMIT
