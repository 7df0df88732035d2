from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

MODULE = "aftersales_followup"


class AftersalesGuardedMixin(models.AbstractModel):
    """A record whose read-only fields are written by the house rules' steps only.

    A form shows such fields and lets nobody type in them, but RPC, an import or a
    default in the context would. So a register number, an archive date or the end of a
    follow-up could be made up. The steps that write them check first who asks and
    then write as superuser.
    """

    _name = "aftersales.guarded.mixin"
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
        self._check_guarded(given)
        return super().create(vals_list)

    def write(self, vals):
        self._check_guarded(vals.keys())
        self._check_settled(vals.keys())
        return super().write(vals)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _is_guarded(self, name):
        """Return whether a field of this module is stored and read-only for users.

        The company is guarded by record rules and may be chosen by a new record.
        """
        field = self._fields.get(name)
        return (
            field
            and field.readonly
            and field.store
            and MODULE in field._modules
            and name != "company_id"
        )

    def _may_write_guarded(self):
        """Return whether guarded fields may be written: by the house rules' steps."""
        return self.env.su

    def _check_guarded(self, names):
        if self._may_write_guarded():
            return
        guarded = [name for name in names if self._is_guarded(name)]
        if guarded:
            labels = self.fields_get(guarded, ["string"])
            raise AccessError(
                self.env._(
                    "These fields cannot be filled in by hand: %(fields)s.",
                    fields=format_list(
                        self.env, sorted(label["string"] for label in labels.values())
                    ),
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
            labels = self.fields_get(settled, ["string"])
            raise UserError(
                self.env._(
                    "%(record)s is over: %(fields)s cannot be changed any more.",
                    record=over[0].display_name,
                    fields=format_list(
                        self.env, sorted(label["string"] for label in labels.values())
                    ),
                )
            )
