from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list


class AftersalesGuardedMixin(models.AbstractModel):
    """A record with fields that only the steps of the house rules write.

    A form shows such fields and lets nobody type in them, but RPC, an import or a
    default in the context would. So a register number, an archive date or the end of a
    follow-up could be made up. The steps that write them check first who asks and
    then write as superuser.

    Which fields these are, each model names in ``_get_guarded_fields``.
    """

    _name = "aftersales.guarded.mixin"
    _inherit = "aftersales.sane.mixin"
    _description = "Record with Guarded Fields"

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        given = {name for vals in vals_list for name in vals}
        given |= {
            key.removeprefix("default_")
            for key in self.env.context
            if key.startswith("default_")
        }
        self._check_guarded(given - self._get_fields_free_at_creation())
        return super().create(vals_list)

    def write(self, vals):
        self._check_guarded(vals.keys())
        self._check_settled(vals.keys())
        return super().write(vals)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_guarded_fields(self):
        """Return the names of the fields that no user writes, whatever the role."""
        return set()

    @api.model
    def _get_fields_free_at_creation(self):
        """Return the names of guarded fields that a new record may come with."""
        return set()

    def _may_write_guarded(self):
        """Return whether guarded fields may be written: by the house rules' steps."""
        return self.env.su

    @api.model
    def _check_guarded(self, names):
        """Raise AccessError if a user writes fields that are nobody's to write."""
        if self._may_write_guarded():
            return
        guarded = sorted(self._get_guarded_fields() & set(names))
        if guarded:
            raise AccessError(
                self.env._(
                    "These fields cannot be filled in by hand: %(fields)s.",
                    fields=self._get_field_labels(guarded),
                )
            )

    def _get_settled_fields(self):
        """Return the names of the fields that users change until the record is over."""
        return set()

    def _is_settled(self):
        """Return whether the record is over, so that its results stand."""
        self.ensure_one()
        return False

    def _check_settled(self, names):
        """Refuse to change afterwards what a result, such as on time, was made from."""
        settled = self._get_settled_fields() & set(names)
        if not settled or self._may_write_guarded():
            return
        over = self.filtered(lambda record: record._is_settled())
        if over:
            raise UserError(
                self.env._(
                    "%(record)s is over: %(fields)s cannot be changed any more.",
                    record=over[0].display_name,
                    fields=self._get_field_labels(settled),
                )
            )

    @api.model
    def _get_field_labels(self, names):
        """Return what users know the named fields by, as one text."""
        labels = self.fields_get(names, ["string"])
        return format_list(
            self.env, sorted(label["string"] for label in labels.values())
        )
