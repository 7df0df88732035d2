from odoo import fields, models


class AftersalesCallOutcome(models.Model):
    """How a call ended: data with behaviour."""

    _name = "aftersales.call.outcome"
    _description = "Call Outcome"
    _inherit = ["aftersales.configuration.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    direction = fields.Selection(
        [("outbound", "Calls to Customers"), ("inbound", "Calls That Come in")],
        string="Offered for",
        default="outbound",
        help="Empty: for both.",
    )
    sequence = fields.Integer(default=10)
    effect = fields.Selection(
        [
            ("complete", "Is done"),
            ("retry", "Is tried again"),
            ("call_back", "Waits until the time to call back"),
            ("wrong_number", "Waits until the number is corrected"),
            ("refuse", "Is cancelled; an opt-out is offered"),
        ],
        string="The Follow-up",
        required=True,
        default="retry",
    )
    retry_days = fields.Integer(
        string="Again after (days)",
        default=1,
        help="Days until the next attempt; 0: again the same day, an hour later.",
    )
    max_attempts = fields.Integer(
        string="Attempts at Most",
        default=3,
        help="After so many attempts, or when the window is over, a letter is "
        "suggested.",
    )
    color = fields.Integer()

    _check_retry = models.Constraint(
        "CHECK (retry_days >= 0 AND max_attempts > 0)",
        "Days are not negative, and there is at least one attempt.",
    )
    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "An outcome with this code exists already.",
    )
