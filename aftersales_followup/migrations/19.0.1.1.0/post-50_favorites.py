"""Let what users saved, favourites and lists of columns, name results.

They name "on time or not", which is gone, and would break the screens they open.
"""

import re

from odoo import SUPERUSER_ID, api

# By model: the old field, and the result that tells it now.
RESULTS = {
    "aftersales.followup": {"on_time": "result"},
    "aftersales.letter": {"on_time": "result"},
    "aftersales.visit": {"archive_on_time": "archive_result"},
    "aftersales.case": {
        "escalation_on_time": "escalation_result",
        "escalation_status": "escalation_result",
        "solve_on_time": "solve_result",
        "solve_status": "solve_result",
        "inform_on_time": "inform_result",
        "inform_status": "inform_result",
    },
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for model, fields in RESULTS.items():
        fields = {
            old: new
            for old, new in fields.items()
            if old not in env[model]._fields and new in env[model]._fields
        }
        _rename_in_favorites(env, model, fields)
        _rename_in_exports(env, model, fields)


def _rename_in_favorites(env, model, fields):
    """Search, group and sort by the result."""
    for favorite in env["ir.filters"].search(
        [("model_id", "=", model), ("active", "in", (True, False))]
    ):
        vals = {
            "domain": _rename_in_domain(favorite.domain, fields),
            "context": _rename(favorite.context, fields),
            "sort": _rename(favorite.sort, fields),
        }
        changed = {name: text for name, text in vals.items() if text != favorite[name]}
        if changed:
            favorite.write(changed)


def _rename_in_exports(env, model, fields):
    """Export the result."""
    for line in env["ir.exports.line"].search(
        [("export_id.resource", "=", model), ("name", "in", list(fields))]
    ):
        line.name = fields[line.name]


def _rename_in_domain(text, fields):
    """Return a saved domain with the new names: on time is a result among others."""
    for old, new in fields.items():
        text = re.sub(
            rf"""(["']){old}\1, *(["'])(=|!=)\2, *(True|False)""",
            lambda found, new=new: _get_condition(new, found[3], found[4]),
            text or "",
        )
    return text


def _get_condition(name, operator, value):
    """Return the condition that a result is on time, or is not."""
    on_time = (operator == "=") == (value == "True")
    return f"""'{name}', '{"=" if on_time else "!="}', 'on_time'"""


def _rename(text, fields):
    """Return what lists are grouped or sorted by, with the new names."""
    for old, new in fields.items():
        text = re.sub(rf"""(["']){old}(?=[ :]|\1)""", rf"\g<1>{new}", text or "")
    return text
