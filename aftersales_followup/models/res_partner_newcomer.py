"""A caller whom nobody knows becomes a customer with a name and a phone number."""

import re

from odoo import api, models
from odoo.exceptions import ValidationError

# A name has letters; what is typed into a look-up may be a number instead.
NUMBER = re.compile(r"[\d\s()（）+＋\-–—/.]*\d[\d\s()（）+＋\-–—/.]*")
# Fewer digits are the last ones of a number, and none to dial.
WHOLE_NUMBER = 7


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def default_get(self, fields):
        """Take a number that was looked up for the phone, and leave the name open."""
        typed = self.env.context.get("default_name")
        if not self._aftersales_is_number(typed):
            return super().default_get(fields)
        vals = {"default_name": False}
        if len(self._aftersales_phone_digits(typed) or "") >= WHOLE_NUMBER:
            vals["default_phone"] = typed.strip()
        return super(ResPartner, self.with_context(**vals)).default_get(fields)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def name_create(self, name):
        """Nobody is called 13912345678: the browser asks for the name instead."""
        if self._aftersales_is_number(name):
            raise ValidationError(
                self.env._(
                    "%(number)s is a number. Enter the customer with name and phone.",
                    number=name,
                )
            )
        return super().name_create(name)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _aftersales_is_number(self, text):
        """Return whether a look-up in our screens was for a phone number."""
        return (
            bool(self.env.context.get("aftersales_lookup"))
            and isinstance(text, str)
            and bool(NUMBER.fullmatch(text.strip()))
        )
