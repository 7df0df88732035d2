from odoo import fields, models

from .aftersales_topic import PLACEHOLDER_HELP

LETTER_KINDS = [
    ("notification", "Notification"),
    ("invitation", "Invitation"),
    ("reply", "Reply"),
]
SEND_BY = [("post", "Post"), ("email", "E-mail"), ("sms", "SMS")]


class AftersalesLetterTemplate(models.Model):
    """Text of a kind of letter, with placeholders for the customer's data."""

    _name = "aftersales.letter.template"
    _description = "Letter Template"
    _inherit = ["aftersales.configuration.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(LETTER_KINDS, required=True, default="notification")
    send_by = fields.Selection(SEND_BY, required=True, default="post")
    subject = fields.Char(required=True, translate=True, help=PLACEHOLDER_HELP)
    body = fields.Html(
        required=True, translate=True, help=PLACEHOLDER_HELP, sanitize_overridable=False
    )
