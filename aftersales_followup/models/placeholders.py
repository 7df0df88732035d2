"""Fill ``{customer}``-like placeholders of call scripts and letters.

Plain replacement: what a supervisor writes is a text with names in braces, what
customers typed is data. An unknown name stays as it is, so that a slip shows.
"""

import re

from markupsafe import Markup, escape

PLACEHOLDER = re.compile(r"\{(\w+)\}")


def fill(text, values, convert=str):
    """Return ``text`` with each ``{name}`` replaced by ``values[name]``.

    :param dict values: strings, or functions that return one: these are called only
        if the text names them
    :param convert: what is done to a string that is filled in
    """

    def replace(match):
        if match[1] not in values:
            return match[0]
        value = values[match[1]]
        return convert(value() if callable(value) else value)

    return PLACEHOLDER.sub(replace, text or "")


def fill_html(html, values):
    """Return ``html`` filled likewise, the values escaped: data never is markup.

    Only the line breaks of a value are kept as such.
    """
    return Markup(
        fill(
            str(html or ""),
            values,
            convert=lambda value: str(escape(value)).replace("\n", "<br/>"),
        )
    )
