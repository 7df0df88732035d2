from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """Let the record follow a reminder that a user handed over or moved."""
        result = super().write(vals)
        if {"user_id", "date_deadline"} & vals.keys():
            for activity in self._aftersales_user_reminders():
                activity._aftersales_record()._on_reminder_changed(activity)
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _action_done(self, feedback=False, attachment_ids=None):
        """Complete the record behind a reminder before the reminder itself."""
        for activity in self._aftersales_user_reminders():
            activity._aftersales_record()._complete_from_reminder(feedback)
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    def _aftersales_user_reminders(self):
        """Return the open reminders among these, if it is not a record moving them."""
        if self.env.su and self.env.context.get("aftersales_reminder_sync"):
            return self.browse()
        models_ = self.env.registry.descendants(
            ["aftersales.reminder.mixin"], "_inherit"
        ) & set(self.mapped("res_model"))
        return self.filtered(
            lambda activity: (
                activity.active
                and activity.res_model in models_
                and activity.activity_type_id
                == self.env[activity.res_model]._get_reminder_type()
            )
        )

    def _aftersales_record(self):
        """Return the record behind a reminder; what follows from it is one step."""
        self.ensure_one()
        return (
            self.env[self.res_model]
            .with_context(aftersales_reminder_sync=True)
            .browse(self.res_id)
        )
