"""The campaigns of the demo dealership."""

from datetime import timedelta

from odoo.fields import Command

from . import texts
from .part import Part


class Campaigns(Part):
    """Plays the campaigns of a ``History``."""

    def run(self):
        """Prepare a club event, and confirm a free check that some heard of already."""
        free_check, *_later = self._prepare()
        free_check.action_confirm()
        due = free_check.followup_ids.sudo().filtered(
            lambda followup: followup.date_earliest <= self.today
        )
        for n, followup in enumerate(due[: len(texts.REPLIES)]):
            reply, content, letter_needed = texts.REPLIES[n]
            minutes = 10 * (len(texts.REPLIES) - n)
            vals = {
                **followup._prepare_call_vals(),
                "date": self.history.now - timedelta(minutes=minutes),
                "duration": 3,
                "content": content,
                "campaign_reply": reply,
                "letter_needed": letter_needed,
            }
            self.history.calls.register(followup.acting_user_id, vals)
        self._write_letters(free_check)

    def _write_letters(self, campaign):
        """Send the invitation that somebody asked for on the phone."""
        for followup in campaign.followup_ids.filtered(
            lambda followup: followup.channel == "letter"
        ):
            letters = self.env["aftersales.letter"].with_user(followup.acting_user_id)
            letters.create(followup._prepare_letter_vals()).action_register()

    def _prepare(self):
        invitation = self.ref("letter_template_invitation")
        levels = self.env["aftersales.segment"].union(
            *(self.ref(f"segment_{level}") for level in ("vip", "level_1", "level_2"))
        )
        return (
            self.env["aftersales.campaign"]
            .with_user(self.history.supervisor)
            .create(
                [
                    {
                        **vals,
                        "date_begin": self.today + timedelta(days=begin),
                        "date_end": self.today + timedelta(days=end),
                        "letter_template_id": invitation.id,
                        "segment_ids": [Command.set(levels.ids)],
                    }
                    for begin, end, vals in texts.CAMPAIGNS
                ]
            )
        )
