"""Values that nobody means, refused by name before they get anywhere."""

import math
from datetime import date

from odoo import fields
from odoo.exceptions import ValidationError

OLDEST = date(1900, 1, 1)
LATEST = date(2200, 12, 31)


def check_sane_values(records, vals_list):
    """Raise ValidationError naming a field with a value that makes no sense.

    That is an infinite number, a date of another age, no date where one is needed, or a
    text with a NUL character, which no database keeps. Only the fields of this module
    are looked at.

    :param records: of the model that ``vals_list`` is about
    :param list vals_list: dicts, as ``create`` takes them
    """
    for vals in vals_list:
        for name, value in vals.items():
            field = records._fields.get(name)
            if not field or "aftersales_followup" not in field._modules:
                continue
            label = field._description_string(records.env)
            if not value:
                if field.required and field.type in ("date", "datetime"):
                    raise ValidationError(
                        records.env._("%(field)s cannot be empty.", field=label)
                    )
                continue
            if not _is_sane(field.type, value):
                raise ValidationError(
                    records.env._(
                        "%(field)s cannot be %(value)s.",
                        field=label,
                        value=str(value).replace("\0", "\\0")[:40],
                    )
                )


def _is_sane(field_type, value):
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, str) and "\0" in value:
        return False
    if field_type in ("date", "datetime"):
        try:
            return OLDEST <= fields.Date.to_date(value) <= LATEST
        except (ValueError, TypeError):
            return False
    return True
