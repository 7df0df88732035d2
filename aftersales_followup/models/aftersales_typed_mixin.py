from odoo import api, models

from .typed_values import is_typed


class AftersalesTypedMixin(models.AbstractModel):
    """A record that asks of what people type more than of what a file brings.

    An import brings what another program holds, right or wrong: it is history. What
    somebody types can be put right at once. Constraints cannot tell the two apart,
    since Odoo runs them as superuser.
    """

    _name = "aftersales.typed.mixin"
    _description = "Record Whose Typed Values Are Checked"

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if is_typed(self.env):
            records._check_typed({name for vals in vals_list for name in vals})
        return records

    def write(self, vals):
        result = super().write(vals)
        if is_typed(self.env):
            self._check_typed(vals.keys())
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _check_typed(self, names):
        """Raise ValidationError if what was typed cannot be.

        :param names: of the fields that were typed
        """
