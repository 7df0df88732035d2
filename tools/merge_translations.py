"""Put the translation files that Odoo exported into the module's i18n folder.

Usage: merge_translations.py EXPORTED I18N COMPLETE...

The texts come from the export, their translations from the file that is there: Odoo
leaves out a translation that equals its source ("VIN") and goes on giving a label that
was worded anew the translation of its old words. Stamps of time are dropped, so that a
file changes only when a text does. Fails if one of the languages COMPLETE has
texts without a translation.
"""

import sys
from pathlib import Path

import polib


def merge(exported, target):
    """Write the file ``exported`` over ``target``; return its untranslated texts."""
    po = polib.pofile(exported)
    if target.exists():
        known = {entry.msgid: entry.msgstr for entry in polib.pofile(target)}
        for entry in po:
            entry.msgstr = known.get(entry.msgid, "")
    for stamp in ("POT-Creation-Date", "PO-Revision-Date"):
        po.metadata.pop(stamp, None)
    if target.suffix == ".po":
        po.metadata["Language"] = target.stem
    po.save(target)
    return po.untranslated_entries()


def main(exported, i18n, *complete):
    i18n = Path(i18n)
    i18n.mkdir(exist_ok=True)
    incomplete = []
    for source in sorted(Path(exported).iterdir()):
        missing = merge(source, i18n / source.name)
        if source.suffix == ".pot":
            print(f"{source.name}: {len(missing)} texts")
            continue
        print(f"{source.name}: {len(missing)} texts are not translated")
        if missing and source.stem in complete:
            incomplete.append(source.name)
            for entry in missing:
                print(f"    {entry.msgid!r}")
    if incomplete:
        sys.exit(f"error: incomplete: {', '.join(incomplete)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
