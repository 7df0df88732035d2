"""Fill ``{customer}``-like placeholders of call scripts and letters.

Plain replacement: what a supervisor writes is a text with names in braces, what
customers typed is data. An unknown name stays as it is, so that a slip shows.
"""

import re

from markupsafe import Markup, escape

PLACEHOLDER = re.compile(r"\{(\w+)\}")


def fill(text, values):
    """Return ``text`` with each ``{name}`` replaced by the string ``values[name]``."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text or "")


def fill_html(html, values):
    """Return ``html`` filled likewise, the values escaped: data never is markup.

    Only the line breaks of a value are kept as such.
    """
    escaped = {
        name: str(escape(value)).replace("\n", "<br/>")
        for name, value in values.items()
    }
    return Markup(fill(str(html or ""), escaped))
