"""The one draft of a call about a follow-up: begun once, and found again."""

from odoo import api, models
from odoo.exceptions import AccessError

from .locking import lock_until_done


class AftersalesFollowup(models.Model):
    _inherit = "aftersales.followup"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _open_draft(self):
        """Return the draft of a call about this follow-up, begun now if there is none.

        It is kept at once, so that customer and notes are still there after a reload,
        and there is never more than one: whoever calls goes on with what was begun, in
        his own name.

        :raise AccessError: if it is for somebody else to call
        """
        self.ensure_one()
        return self._begin_calls({self: {}})

    @api.model
    def _begin_calls(self, vals_by_followup):
        """Return the one draft of a call about each follow-up, begun now or earlier.

        :param dict vals_by_followup: follow-up -> vals to note in its draft
        :raise AccessError: if one is for somebody else to call
        """
        followups = self.union(*vals_by_followup)
        followups._check_may_call()
        drafts = followups._find_drafts()
        missing = followups - drafts.followup_id
        for draft in drafts:
            draft._take_over(vals_by_followup[draft.followup_id.with_env(self.env)])
        if missing:
            lock_until_done(missing.sudo())
            drafts |= drafts.create(
                [
                    followup._prepare_draft_vals() | vals_by_followup[followup]
                    for followup in missing
                ]
            )
        return drafts

    def _find_drafts(self):
        return self.env["aftersales.call"].search(
            [("followup_id", "in", self.ids), ("state", "=", "draft")]
        )

    def _check_may_call(self):
        """Raise unless these are the user's to do; a supervisor does any."""
        if self.env.su or self.env["res.users"]._aftersales_is_supervisor():
            return
        for followup in self.sudo():
            if self.env.user not in followup.user_id | followup.acting_user_id:
                raise AccessError(
                    self.env._(
                        "%(followup)s is for %(officer)s to do. Ask a supervisor to "
                        "hand it over.",
                        followup=followup.display_name,
                        officer=followup.acting_user_id.name,
                    )
                )

    def _prepare_draft_vals(self):
        return {
            "followup_id": self.id,
            "company_id": self.company_id.id,
            "user_id": self.env.uid,
            "mode": "in_person" if self.channel == "meeting" else "phone",
        }
