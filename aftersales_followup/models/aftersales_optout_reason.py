from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesOptoutReason(models.Model):
    """Why customers do not want to be contacted, and whether the business is lost."""

    _name = "aftersales.optout.reason"
    _description = "Reason of Opt-Outs"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    is_lost = fields.Boolean(
        string="Business Lost",
        help="The customer will not come again, such as after selling the car. "
        "Opt-outs that are noted already keep what they were counted as.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Empty: for the customers of every company."
    )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_given(self):
        """What customers said is never lost, so a reason that was given stays."""
        for model, field in (
            ("aftersales.optout", "reason_id"),
            ("aftersales.call", "optout_reason_id"),
        ):
            record = self.env[model].sudo().search([(field, "in", self.ids)], limit=1)
            if record:
                raise UserError(
                    self.env._(
                        "Customers have given the reason “%(reason)s” already. "
                        "Archive it instead of deleting it.",
                        reason=record[field].name,
                    )
                )
