from odoo import api, fields, models
from odoo.exceptions import UserError

from .none_labels import NO_LEVEL
from .personal_words import TEXT


class AftersalesSegmentChange(models.Model):
    """A customer came to another level: when, from what, by which figures, by whom.

    The monthly calculation writes thousands of them in one statement, and each says
    what was decisive that day; so they stand, as they are no notes in the chatter.
    """

    _name = "aftersales.segment.change"
    _description = "Change of a Customer's Level"
    _inherit = ["aftersales.personal.mixin", "aftersales.large.mixin"]
    _order = "date desc, id desc"
    _rec_name = "archive_id"
    _check_company_auto = True
    _personal_owner = "archive_id.partner_id"

    archive_id = fields.Many2one(
        "aftersales.archive",
        string="Customer Archive",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(string="Day", required=True)
    old_segment_id = fields.Many2one(
        "aftersales.segment",
        string="Level Before",
        index="btree_not_null",
        ondelete="restrict",
        falsy_value_label=NO_LEVEL,
    )
    segment_id = fields.Many2one(
        "aftersales.segment",
        string="Level",
        index="btree_not_null",
        ondelete="restrict",
        falsy_value_label=NO_LEVEL,
    )
    spend = fields.Monetary(
        string="Spent in 12 Months",
        aggregator=None,
        help="What the customer and the insurer paid within twelve months.",
    )
    visits = fields.Integer(string="Visits in 12 Months", aggregator=None)
    cause = fields.Selection(
        [
            ("rules", "By the Rules"),
            ("hand", "Fixed by Hand"),
            ("release", "Released"),
        ],
        string="How",
        required=True,
    )
    user_id = fields.Many2one(
        "res.users", string="By", index="btree_not_null", ondelete="restrict"
    )
    reason = fields.Char()

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("The history of a customer's level is never deleted.")
        )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_personal_fields(self):
        return {"reason": TEXT}
