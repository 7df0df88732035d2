"""What people type is held to what can be; what another program knows is history."""

import re

from odoo.exceptions import ValidationError

# In the context of a program that plays or brings in what happened elsewhere.
HISTORY = "aftersales_history"
# The same, of an import whose own steps end the visits.
IMPORTED = "aftersales_imported"
# An extension is part of a number, and so is a remark in Chinese, e.g. （手机）.
EXTENSION = re.compile(r"(?:ext\.?|x)\s*(?=\d)", re.IGNORECASE)
LATIN = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]")


def is_typed(env):
    """Return whether values come from a person, and not from a file or a step.

    An import brings what another program holds, right or wrong, and the steps of the
    house rules write as superuser.
    """
    context = env.context
    return not (
        env.su
        or context.get("import_file")
        or context.get("install_mode")
        or context.get(HISTORY)
        or context.get(IMPORTED)
    )


def is_imported(env):
    """Return whether a file brings in what happened elsewhere."""
    return bool(env.context.get("import_file") or env.context.get(IMPORTED))


def check_number(env, number):
    """Raise ValidationError if somebody typed a phone number that cannot be dialled.

    :param number: as it was typed; empty is no number at all
    """
    if not number or not is_typed(env):
        return
    dialled = EXTENSION.sub("", number)
    if LATIN.search(dialled) or not re.search(r"\d", dialled):
        raise ValidationError(
            env._(
                "“%(number)s” is no phone number: it holds letters or no digits. Write "
                "the digits, and a name or remark elsewhere.",
                number=number[:40],
            )
        )
