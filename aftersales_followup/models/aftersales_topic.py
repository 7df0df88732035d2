from odoo import fields, models
from odoo.tools import ormcache

from .placeholders import fill

PLACEHOLDER_HELP = (
    "Placeholders: {customer} {vehicle} {plate} {last_service} {next_maintenance} "
    "{officer} {company} {campaign} {campaign_dates} {campaign_venue} "
    "{campaign_content}"
)


class AftersalesTopic(models.Model):
    """What a call is about (通话内容), with the script the officer reads from."""

    _name = "aftersales.topic"
    _description = "Call Topic"
    _inherit = ["aftersales.configuration.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(copy=False)
    sequence = fields.Integer(default=10)
    script = fields.Text(translate=True, help=PLACEHOLDER_HELP)
    offers_tips = fields.Boolean(
        string="Offers Knowledge Tips",
        help="The tips of the season and the kind of car are shown with this topic.",
    )
    may_repeat = fields.Boolean(
        help="Asking the same again is no repetition, such as how the car is doing."
    )
    color = fields.Integer()

    _code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE code IS NOT NULL",
        "A topic with this code exists already.",
    )

    def _get_content(self, values):
        """Return the scripts of these topics with a customer's data filled in."""
        scripts = self._origin._get_scripts(self.env.lang)
        return "\n".join(fill(script, values).rstrip() for script in scripts)

    @ormcache("self._ids", "lang")
    def _get_scripts(self, lang):
        """Keep them: each follow-up is planned with some, and they rarely change."""
        return tuple(filter(None, self.sudo().with_context(lang=lang).mapped("script")))
