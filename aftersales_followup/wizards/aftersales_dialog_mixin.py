from odoo import api, models
from odoo.fields import Command

from ..models.sane_values import check_sane_values


class AftersalesDialogMixin(models.AbstractModel):
    """A dialog about records, which opens for whoever may read these.

    Odoo shows the name of the record that a field points at, and what is related to it,
    whether or not the user may read that record. A dialog belongs to its user, who can
    point it at anything through RPC: another dealership's call, with number and
    customer. So whatever comes in from outside is looked at before anything is shown.
    """

    _name = "aftersales.dialog.mixin"
    _description = "Dialog about Records"

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        self._check_readable(defaults)
        return defaults

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_readable(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_readable(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        self._check_readable(values)
        return super().onchange(values, field_names, fields_spec)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_selected_ids(self, model):
        """Return the ids of the records of a list that the dialog was opened from."""
        if self.env.context.get("active_model") == model:
            return self.env.context.get("active_ids")
        return False

    @api.model
    def _check_readable(self, vals):
        """Raise unless the user may read all records that ``vals`` point at.

        :raise AccessError: if one is not for this user
        :raise ValidationError: if a value makes no sense
        """
        check_sane_values(self, [vals])
        for name, value in vals.items():
            field = self._fields.get(name)
            if field and field.relational:
                records = self.env[field.comodel_name].browse(self._get_ids(value))
                records.check_access("read")

    @api.model
    def _get_ids(self, value):
        """Return the ids in the value of a relational field, as clients send it."""
        if isinstance(value, models.BaseModel):
            return value.ids
        if isinstance(value, dict):
            value = value.get("id")
        if not isinstance(value, (list, tuple)):
            return [value] if value else []
        ids = []
        for item in value:
            if not isinstance(item, (list, tuple)):
                ids.append(item)
            elif item[0] == Command.SET:
                ids += item[2]
            else:
                ids += item[1:2]
        return [item for item in ids if item and isinstance(item, int)]
