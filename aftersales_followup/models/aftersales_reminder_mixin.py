from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .locking import lock_until_done


class AftersalesReminderMixin(models.AbstractModel):
    """A record that reminds one user by one automated activity while it is open.

    The record is what counts, the activity only reminds: it follows the record, and
    when it is lost (deleted, its user archived) the nightly scheduler makes it anew.
    """

    _name = "aftersales.reminder.mixin"
    _description = "Reminder Kept in Step with Its Record"
    _inherit = [
        "aftersales.history.mixin",
        "mail.activity.mixin",
        "aftersales.guarded.mixin",
    ]
    # XML id of the activity type of these reminders.
    _reminder_type = None

    reminder_lost = fields.Boolean(
        readonly=True,
        copy=False,
        help="Its reminder was deleted or put away: the scheduler makes it anew.",
    )
    _reminder_lost = models.Index("(id) WHERE reminder_lost IS TRUE")

    # ------------------------------------------------------------
    # TO DEFINE
    # ------------------------------------------------------------

    def _get_reminder_domain(self):
        """Return the domain of the records that need a reminder."""
        raise NotImplementedError

    def _get_reminder_user(self):
        """Return the user who is reminded."""
        return self.acting_user_id

    def _prepare_reminder_vals(self):
        """Return ``date_deadline, summary`` of the record's reminder.

        The language is that of the user who is reminded.
        """
        raise NotImplementedError

    def _get_reminder_fields(self):
        """Return the names of the fields that the reminder is made from.

        For a model whose rows are wide: of many records these are read, not all.
        """
        return []

    def _complete_from_reminder(self, feedback):
        """Do what finishing the reminder from Odoo's activity menu stands for.

        :param str feedback: what the user wrote, may be empty
        :raise UserError: if that does not suffice to complete the record
        """
        raise NotImplementedError

    def _on_reminder_changed(self, activity):
        """Follow a reminder that a user handed over or moved."""

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Remind without subscribing: an officer's list is not a mailing list."""
        if self.env.context.get("aftersales_reminder_sync"):
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    def _message_auto_subscribe_followers(self, updated_values, default_subtype_ids):
        """Subscribe nobody who is designated: the reminder tells, and lists show."""
        return []

    @api.model
    def _get_reminder_type(self):
        """Return the activity type of these reminders, without asking for it anew."""
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(self._reminder_type)
        return self.env["mail.activity.type"].browse(type_id)

    def _get_reminders(self):
        """Return the open reminders of these records."""
        return (
            self.env["mail.activity"]
            .sudo()
            .search_fetch(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", self._get_reminder_type().id),
                    ("automated", "=", True),
                ],
                [
                    "active",
                    "date_deadline",
                    "date_done",
                    "note",
                    "res_id",
                    "res_model",
                    "summary",
                    "user_id",
                ],
            )
            # No e-mail for each of thousands that change hands: lists tell.
            .with_context(
                aftersales_reminder_sync=True, mail_activity_quick_update=True
            )
        )

    def _each_for_reminded(self):
        """Yield the records, each in the language of the user who is reminded."""
        for lang, records in self.grouped(
            lambda record: record._get_reminder_user().sudo().lang
        ).items():
            yield from records.with_context(lang=lang)

    def _get_all_reminder_vals(self):
        """Return the vals of the record's reminder, its user included."""
        return {
            "user_id": self._get_reminder_user().id,
            **self._prepare_reminder_vals(),
        }

    def _sync_reminders(self):
        """Give each record the one reminder it needs; take away what it does not."""
        if not self:
            return
        needing = self.filtered_domain(self._get_reminder_domain())
        reminders = self._get_reminders()
        activities = reminders.browse()
        reminders = reminders.grouped("res_id")
        needing_ids = set(needing.ids)
        superfluous, changes = [], {}
        for record in self._each_for_reminded():
            theirs = reminders.get(record.id, activities)
            keep = theirs[:1] if record.id in needing_ids else activities
            superfluous += (theirs - keep).ids
            if keep:
                changed = self._get_reminder_changes(
                    keep, record._get_all_reminder_vals()
                )
                changes.setdefault(tuple(changed.items()), []).append(keep.id)
        activities.browse(superfluous).unlink()
        # What changes alike is written at once: a stand-in takes thousands over.
        for changed, ids in changes.items():
            if changed:
                activities.browse(ids).write(dict(changed))
        needing.filtered(lambda record: record.id not in reminders)._create_reminders()

    def _get_reminder_changes(self, activity, vals):
        """Return the vals in which the reminder differs from its record."""
        return {
            name: value
            for name, value in vals.items()
            if activity._fields[name].convert_to_write(activity[name], activity)
            != value
        }

    def _create_reminders(self):
        """Create the reminders of records that have none, in one batch."""
        if not self:
            return
        self.fetch(self._get_reminder_fields())
        reminder_type = self._get_reminder_type()
        model = self.env["ir.model"].sudo()._get(self._name)
        # Core asks for the name that we have asked by.
        model._fields["model"]._insert_cache(model, [self._name])
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True, aftersales_reminder_sync=True
        ).create(
            [
                {
                    "activity_type_id": reminder_type.id,
                    "automated": True,
                    "res_model_id": model.id,
                    "res_id": record.id,
                    # Named at once, or core writes each reminder a second time.
                    "res_name": record.display_name,
                    **record._get_all_reminder_vals(),
                }
                for record in self._each_for_reminded()
            ]
        )

    def _finish_reminders(self, feedback=False):
        """Close the reminders of records that are done; core keeps them archived."""
        reminders = self and self._get_reminders()
        if reminders:
            reminders.write({"active": False, "feedback": feedback})

    def _mark_reminder_lost(self, lost=True):
        """Note that records may have lost their reminders, as writing it on each."""
        self.flush_recordset(["reminder_lost"])
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET reminder_lost = %s WHERE id = ANY(%s)",
                SQL.identifier(self._table),
                lost,
                sorted(self.ids),
            )
        )
        self.invalidate_recordset(["reminder_lost"], flush=False)

    @api.model
    def _restore_reminders(self, limit=None, everywhere=False):
        """Make anew the reminders that records in need of one have lost.

        :param bool everywhere: look at all open work, not only at what is marked
        :return: the records, at most ``limit``
        """
        lost = lock_until_done(self._find_lost_reminders(limit, everywhere))
        lost._sync_reminders()
        if not limit or len(lost) < limit:
            self.browse(
                self._search(Domain("reminder_lost", "=", True))
            )._mark_reminder_lost(False)
        return lost

    @api.model
    def _find_lost_reminders(self, limit=None, everywhere=False):
        """Return the records that need a reminder and have none.

        Whatever else users planned on them does not remind of this. They come in no
        order: sorted, the whole history would be walked through to find a few.
        """
        self.env["mail.activity"].flush_model()
        reminded = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                """EXISTS (SELECT FROM mail_activity reminder
                    WHERE reminder.res_model = %s
                      AND reminder.res_id = %s
                      AND reminder.activity_type_id = %s
                      AND reminder.automated
                      AND reminder.active)""",
                self._name,
                SQL.identifier(alias, "id"),
                self._get_reminder_type().id,
            )
        )
        domain = Domain(self._get_reminder_domain()) & ~reminded
        if not everywhere:
            domain &= Domain("reminder_lost", "=", True)
        return self.browse(self._search(domain, limit=limit))
