from odoo import api, fields, models


class AftersalesLetterCorrect(models.TransientModel):
    """A supervisor's correction of a registered letter: with a reason, and visible."""

    _name = "aftersales.letter.correct"
    _description = "Correct a Registered Letter"

    letter_id = fields.Many2one("aftersales.letter", required=True, readonly=True)
    reason = fields.Char(required=True)
    address = fields.Char()
    date_sent = fields.Date(required=True)
    subject = fields.Char(required=True)

    @api.model
    def default_get(self, fields):
        """Start from the letter as it is registered."""
        defaults = super().default_get(fields)
        letter = self.env["aftersales.letter"].browse(defaults.get("letter_id"))
        if letter:
            defaults |= self._prepare_vals(letter)
        return defaults

    def action_correct(self):
        """Write the correction on the letter and close the dialog."""
        self.ensure_one()
        before = self._prepare_vals(self.letter_id)
        changed = {
            name: value
            for name, value in self._prepare_vals(self).items()
            if value != before[name]
        }
        self.letter_id.with_context(correction_reason=self.reason).write(changed)
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _prepare_vals(self, record):
        """Return the corrigible vals of a letter, or of this correction of it."""
        return {name: record[name] for name in ("address", "date_sent", "subject")}
