"""Values that nobody means, refused by name before they get anywhere."""

import math
from collections.abc import Mapping
from datetime import date

from odoo import fields, models
from odoo.api import NewId
from odoo.exceptions import ValidationError
from odoo.fields import Command

OLDEST = date(1900, 1, 1)
LATEST = date(2200, 12, 31)
MAX_INTEGER = 2**31 - 1  # what a column of the database holds
MAX_NUMBER = 1e15  # kilometres or yuan: beyond that, sums lose their last digits


def check_sane_values(records, vals_list):
    """Raise ValidationError naming a field with a value that makes no sense.

    That is an infinite or immense number, a date of another age, no date where one is
    needed, a text that no database keeps, or something of another kind than the field.
    Only the fields of this module are looked at.

    :param records: of the model that ``vals_list`` is about
    :param list vals_list: dicts, as ``create`` takes them
    """
    for vals in vals_list:
        for name, value in vals.items():
            field = records._fields.get(name)
            if not field or "aftersales_followup" not in field._modules:
                continue
            if not value:
                if field.required and field.type in ("date", "datetime"):
                    raise ValidationError(
                        records.env._(
                            "%(field)s cannot be empty.",
                            field=field._description_string(records.env),
                        )
                    )
                continue
            if not _is_sane(records.env, field, value):
                raise ValidationError(
                    records.env._(
                        "%(field)s cannot be %(value)s.",
                        field=field._description_string(records.env),
                        value=_show(value),
                    )
                )


def check_sane_defaults(records, vals_list):
    """Check likewise what the context fills in where ``vals_list`` says nothing."""
    defaults = {
        key.removeprefix("default_"): value
        for key, value in records.env.context.items()
        if key.startswith("default_")
    }
    given = {name for vals in vals_list for name in vals}
    check_sane_values(
        records,
        [{name: value for name, value in defaults.items() if name not in given}],
    )


def _show(value):
    """Return a value as a message can show it."""
    text = str(value)[:40].replace("\0", "\\0")
    return text.encode("utf-8", "backslashreplace").decode()


def _is_sane(env, field, value):
    if field.type == "selection":
        return value in field.get_values(env)
    check = CHECKS.get(field.type)
    return check is None or check(value)


def _is_sane_text(value):
    if not isinstance(value, str):
        return True
    return "\0" not in value and not any("\ud800" <= char <= "\udfff" for char in value)


def _is_sane_date(value):
    try:
        return OLDEST <= fields.Date.to_date(value) <= LATEST
    except (ValueError, TypeError):
        return False


def _is_sane_integer(value):
    try:
        return abs(int(value)) <= MAX_INTEGER
    except (OverflowError, TypeError, ValueError):
        return False


def _is_sane_number(value):
    try:
        number = float(value)
    except (OverflowError, TypeError, ValueError):
        return False
    return math.isfinite(number) and abs(number) <= MAX_NUMBER


def _is_id(value):
    return isinstance(value, NewId) or (
        type(value) is int and 0 < value <= MAX_INTEGER  # and not True
    )


def _is_record(value):
    """Return whether a value is a record, its id, or one with its name."""
    if isinstance(value, models.BaseModel):
        return True
    if isinstance(value, Mapping):
        value = value.get("id") or 1
    if isinstance(value, (list, tuple)):
        value = value[0] if value else 1
    return _is_id(value)


def _is_list_of_records(value):
    """Return whether a value is records, their ids or commands that change them."""
    if isinstance(value, models.BaseModel):
        return True
    if not isinstance(value, (list, tuple)):
        return False
    return all(_is_id(item) or _is_command(item) for item in value)


def _is_command(value):
    if not isinstance(value, (list, tuple)) or not value:
        return False
    command, *rest = value
    if command == Command.CLEAR:
        return True
    if command == Command.CREATE:
        return len(rest) == 2 and isinstance(rest[1], Mapping)
    if command == Command.SET:
        ids = rest[1] if len(rest) == 2 else None
        return isinstance(ids, (list, tuple)) and all(map(_is_id, ids))
    if command == Command.UPDATE:
        return len(rest) == 2 and _is_id(rest[0]) and isinstance(rest[1], Mapping)
    if command in (Command.DELETE, Command.UNLINK, Command.LINK):
        return bool(rest) and _is_id(rest[0])
    return False


CHECKS = {
    "char": _is_sane_text,
    "text": _is_sane_text,
    "html": _is_sane_text,
    "date": _is_sane_date,
    "datetime": _is_sane_date,
    "integer": _is_sane_integer,
    "float": _is_sane_number,
    "monetary": _is_sane_number,
    "many2one": _is_record,
    "one2many": _is_list_of_records,
    "many2many": _is_list_of_records,
}
