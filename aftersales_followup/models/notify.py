"""Says in passing what an action did, with links to it."""

from odoo.tools import format_list

SHOWN = 5
CLOSE = {"type": "ir.actions.act_window_close"}


def say(text, following=None, kind="success", **params):
    """Return the action that shows ``text`` in passing.

    :param str text: translated; it has a ``%s`` for each of ``links``
    :param dict following: the action to go on with; default: close a dialog, and show
        anew what is below
    :param params: others of Odoo's *display_notification*
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": kind,
            "message": text,
            "next": following or CLOSE,
            **params,
        },
    }


def get_link(record, path):
    """Return the link to a record in a text that is shown.

    :param str path: of its window action
    """
    return {"label": record.display_name or "", "url": f"/odoo/{path}/{record.id}"}


def say_done(text, records, path):
    """Return the action that shows ``text`` and the records it is about.

    :param str text: what was done, translated
    :param records: what it was done to; the first of them are shown
    :param str path: of their window action, for the links
    """
    env = records.env
    shown = records[:SHOWN]
    # The browser fills the links in, where single % are.
    names = format_list(env, ["%s"] * len(shown))
    text = text.replace("%", "%%")
    more = len(records) - len(shown)
    if more:
        names = env._("%(names)s and %(count)s more", names=names, count=more)
    return say(f"{text}: {names}", links=[get_link(record, path) for record in shown])
