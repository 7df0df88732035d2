"""How a figure and its month are read, in the user's language."""

from babel.dates import format_skeleton

from odoo import models
from odoo.tools import formatLang
from odoo.tools.misc import babel_locale_parse, get_lang

DIGITS = {"money": 0, "count": 0, "percent": 1, "number": 1}


class AftersalesKpi(models.Model):
    _inherit = "aftersales.kpi"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _format(self, number):
        """Return a value of the figure as it is read; "" where there is none."""
        self.ensure_one()
        if number is None:
            return ""
        text = formatLang(self.env, number, digits=DIGITS[self.unit])
        return f"{text} %" if self.unit == "percent" else text


def format_month(env, day, skeleton="yMMMM"):
    """Return the month of a day as the user's language writes it."""
    locale = babel_locale_parse(get_lang(env).code)
    return format_skeleton(skeleton, day, locale=locale)
