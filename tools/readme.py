"""Puts README.rst of the module together from the fragments in its folder readme/,
in the order that OCA's modules have. With --check it only says whether README.rst is
what the fragments make."""

import ast
import sys
from pathlib import Path

SECTIONS = {
    "DESCRIPTION": None,
    "INSTALL": "Installation",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "ROADMAP": "Known issues / Roadmap",
    "HISTORY": "Changelog",
    "CONTRIBUTORS": "Contributors",
}


def title(text, line, over=False):
    rule = line * len(text)
    return [rule, text, rule] if over else [text, rule]


def readme(module):
    manifest = ast.literal_eval((module / "__manifest__.py").read_text())
    parts = ["\n".join(title(manifest["name"], "=", over=True))]
    for fragment, heading in SECTIONS.items():
        file = module / "readme" / f"{fragment}.rst"
        if file.exists():
            if heading:
                parts.append("\n".join(title(heading, "=")))
            parts.append(file.read_text().strip())
    return "\n\n".join(parts) + "\n"


def main(folder, check=None):
    module = Path(folder)
    text, file = readme(module), module / "README.rst"
    if check and (not file.exists() or file.read_text() != text):
        sys.exit("README.rst is not what readme/ makes: run make readme")
    if not check:
        file.write_text(text)


main(*sys.argv[1:])
