from odoo import api, models

from .sane_values import check_sane_defaults, check_sane_values


class AftersalesSaneMixin(models.AbstractModel):
    """A record that takes no value which nobody means.

    A form lets nobody type an infinite amount or a date of the year 1; RPC, an import
    or a default in the context would, and the database would refuse it later, in words
    that tell nobody which field it was.
    """

    _name = "aftersales.sane.mixin"
    _description = "Record with Sane Values"

    @api.model_create_multi
    def create(self, vals_list):
        check_sane_values(self, vals_list)
        check_sane_defaults(self, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        check_sane_values(self, [vals])
        return super().write(vals)
