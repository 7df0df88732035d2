"""Everybody reads the records of colleagues; who changes them is for rules to say."""

from odoo import api, fields, models


class AftersalesChangeMixin(models.AbstractModel):
    """A record that shows beforehand whether the user may change it.

    Officers and advisors see what their colleagues do, and change what is their own.
    A form that takes what somebody types, and refuses it when it is saved, has wasted
    his time: the record of a colleague is read-only from the start, and the buttons
    that would change it are not there.
    """

    _name = "aftersales.change.mixin"
    _description = "Record That Some May Change"

    may_change = fields.Boolean(
        string="I May Change It",
        compute="_compute_may_change",
        exportable=False,
        help="The user may change this record. Those of colleagues are read-only.",
    )

    @api.depends_context("uid")
    def _compute_may_change(self):
        saved = self._origin
        mine = saved._filtered_access("write")
        for record in self:
            record.may_change = not record._origin or record._origin in mine
