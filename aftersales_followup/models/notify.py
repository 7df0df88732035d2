"""Says in passing what an action did, with links to it."""

from odoo.tools import format_list

SHOWN = 5


def say_done(text, records, path, following=None):
    """Return the action that shows ``text`` and the records it is about.

    :param str text: what was done, translated
    :param records: what it was done to; the first of them are shown
    :param str path: of their window action, for the links
    :param dict following: the action to go on with; default: reload what is shown
    """
    env = records.env
    shown = records[:SHOWN]
    # The browser fills the links in, where single % are.
    names = format_list(env, ["%s"] * len(shown))
    text = text.replace("%", "%%")
    more = len(records) - len(shown)
    if more:
        names = env._("%(names)s and %(count)s more", names=names, count=more)
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": "success",
            "message": f"{text}: {names}",
            "links": [
                {
                    "label": record.display_name or "",
                    "url": f"/odoo/{path}/{record.id}",
                }
                for record in shown
            ],
            "next": following or {"type": "ir.actions.act_window_close"},
        },
    }
