from odoo import api, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    @api.depends("user_id")
    def _compute_res_name(self):
        """Name our records in the language of who is reminded, all in one go.

        Core looks each one up by itself, in the language of whoever writes.
        """
        models_ = self._aftersales_reminder_models()
        ours = self.filtered(lambda activity: activity.res_model in models_)
        for (model, lang), activities in ours.grouped(
            lambda activity: (activity.res_model, activity.user_id.sudo().lang)
        ).items():
            records = self.env[model].browse(activities.mapped("res_id"))
            named = records.with_context(lang=lang or self.env.lang)
            names = {record.id: record.display_name for record in named}
            for activity in activities:
                activity.res_name = names.get(activity.res_id)
        return super(MailActivity, self - ours)._compute_res_name()

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """Let the record follow a reminder that a user handed over or moved."""
        losing = {"active", "automated", "activity_type_id", "res_id", "res_model_id"}
        records = self._aftersales_reminded() if losing & vals.keys() else {}
        result = super().write(vals)
        self._aftersales_mark_lost(records)
        if {"user_id", "date_deadline"} & vals.keys():
            for activity in self._aftersales_user_reminders():
                activity._aftersales_record()._on_reminder_changed(activity)
        return result

    def unlink(self):
        """Let the scheduler make anew what still reminds, whoever deletes it."""
        records = self._aftersales_reminded()
        result = super().unlink()
        self._aftersales_mark_lost(records)
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _action_done(self, feedback=False, attachment_ids=None):
        """Complete the record behind a reminder before the reminder itself."""
        for activity in self._aftersales_user_reminders():
            activity._aftersales_record()._complete_from_reminder(feedback)
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    def _aftersales_reminded(self):
        """Return the ids of the records that these remind of: {model: ids}."""
        return {
            model: activities.mapped("res_id")
            for model, activities in self._aftersales_user_reminders()
            .grouped("res_model")
            .items()
        }

    @api.model
    def _aftersales_mark_lost(self, records):
        """Note which records have lost their reminders: {model: ids}."""
        for model, ids in records.items():
            self.env[model].sudo().browse(ids)._mark_reminder_lost()

    def _aftersales_user_reminders(self):
        """Return the open reminders among these, if it is not a record moving them."""
        if self.env.su and self.env.context.get("aftersales_reminder_sync"):
            return self.browse()
        models_ = self._aftersales_reminder_models()
        return self.filtered(
            lambda activity: (
                activity.active
                and activity.res_model in models_
                and activity.activity_type_id
                == self.env[activity.res_model]._get_reminder_type()
            )
        )

    @api.model
    def _aftersales_reminder_models(self):
        """Return the names of the models that keep reminders."""
        return self.env.registry.descendants(["aftersales.reminder.mixin"], "_inherit")

    def _aftersales_record(self):
        """Return the record behind a reminder; what follows from it is one step."""
        self.ensure_one()
        return (
            self.env[self.res_model]
            .with_context(aftersales_reminder_sync=True)
            .browse(self.res_id)
        )
