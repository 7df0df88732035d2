from odoo import api, fields, models
from odoo.exceptions import UserError

from .personal_words import NOTE


class AftersalesRestrictionLook(models.Model):
    """That somebody looked who a restricted customer is: who, when and why."""

    _name = "aftersales.restriction.look"
    _description = "Look at a Restricted Customer"
    _inherit = ["aftersales.personal.mixin"]
    _order = "date desc, id desc"
    _rec_name = "restriction_id"
    _personal_owner = "restriction_id.partner_id"

    restriction_id = fields.Many2one(
        "aftersales.restriction",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="restriction_id.company_id", store=True, index="btree_not_null"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Looked at by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        index=True,
        ondelete="restrict",
    )
    date = fields.Datetime(
        string="Looked at on",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
    )
    reason = fields.Char(required=True, readonly=True)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("That somebody looked is never deleted."))

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_personal_fields(self):
        return {"reason": NOTE}
