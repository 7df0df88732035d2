from odoo import api, fields, models

from ..models.sane_values import check_sane_values


class AftersalesCorrectMixin(models.AbstractModel):
    """A supervisor's correction of a registered entry: with a reason, and visible.

    The dialog starts from the entry as it is registered, and what is not changed in it
    stays.
    """

    _name = "aftersales.correct.mixin"
    _description = "Correct a Register Entry"
    _inherit = ["aftersales.dialog.mixin"]
    # Name of the field with the entry.
    _entry_field = None

    reason = fields.Char(required=True)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        return defaults | self._get_registered_vals(defaults)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        check_sane_values(self, vals_list)
        return super().create(
            [{**self._get_registered_vals(vals), **vals} for vals in vals_list]
        )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_correct(self):
        """Write what was changed on the entry and close the dialog."""
        self.ensure_one()
        entry = self[self._entry_field]
        entry.check_access("write")
        changed = self._get_changed_vals()
        # As superuser: what a change brings along is nothing that users fill in.
        entry.sudo().with_context(correction_reason=self.reason).write(changed)
        return {"type": "ir.actions.act_window_close"}

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _prepare_vals(self, record):
        """Return the corrigible vals of an entry, or of this correction of it."""
        raise NotImplementedError

    @api.model
    def _get_registered_vals(self, vals):
        """Return the corrigible vals of the entry that ``vals`` point at, if any."""
        entry_id = vals.get(self._entry_field)
        if not entry_id:
            return {}
        model = self._fields[self._entry_field].comodel_name
        return self._prepare_vals(self.env[model].browse(entry_id))

    def _get_changed_vals(self):
        """Return the vals to write: those that differ from the entry."""
        before = self._prepare_vals(self[self._entry_field])
        return {
            name: value
            for name, value in self._prepare_vals(self).items()
            if value != before[name]
        }
