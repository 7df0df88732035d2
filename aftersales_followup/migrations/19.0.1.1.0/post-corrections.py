"""Make records of the corrections that were notes in the chatter until now."""

from lxml import html

from odoo import api
from odoo.api import SUPERUSER_ID

ENTRIES = {"aftersales.call": "call_id", "aftersales.letter": "letter_id"}


def migrate(cr, version):
    """Keep each correction as a record, and its note as any other note.

    A note is ``<p>Corrected: reason</p>`` in the language of whoever wrote it, and
    below it ``<li>label: <s>before</s> → after</li>`` for each field.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    subtype = env.ref("aftersales_followup.mt_correction", raise_if_not_found=False)
    if not subtype:
        return
    notes = env["mail.message"].search(
        [("subtype_id", "=", subtype.id), ("model", "in", list(ENTRIES))], order="id"
    )
    names = {model: _get_field_names(env, model) for model in ENTRIES}
    vals_list = []
    for note in notes:
        entry = env[note.model].browse(note.res_id).exists()
        if entry:
            vals_list += _prepare_vals_list(note, entry, names[note.model])
    env["aftersales.correction"].create(vals_list)
    notes.subtype_id = env.ref("mail.mt_note")
    subtype.unlink()


def _get_field_names(env, model):
    """Return ``{label: technical name}`` of the lockable fields in all languages."""
    names = env[model]._get_locked_fields()
    labels = {}
    for code, _name in env["res.lang"].get_installed():
        fields = env[model].with_context(lang=code).fields_get(names, ["string"])
        labels |= {field["string"]: name for name, field in fields.items()}
    return labels


def _prepare_vals_list(note, entry, names):
    """Return the vals of the corrections that a note tells of, one a field."""
    user = note.author_id.with_context(active_test=False).user_ids[:1]
    body = html.fromstring(f"<div>{note.body}</div>")
    head = "".join(text for part in body.findall("p") for text in part.itertext())
    common = {
        "company_id": entry.company_id.id,
        ENTRIES[note.model]: entry.id,
        "user_id": user.id or note.create_uid.id or SUPERUSER_ID,
        "date": note.date,
        "reason": head.replace("：", ":").partition(":")[2].strip() or head or "–",
    }
    changes = [_read_change(item, names) for item in body.iter("li")]
    # An author may have rewritten the note: what is left of it is kept as it is.
    changes = changes or [{"field_name": "", "field_label": "–", "after": head}]
    return [{**common, **change} for change in changes]


def _read_change(item, names):
    """Return what was changed in one field, as one item of a note tells it."""
    label = (item.text or "").strip().rstrip(":：").strip()
    before, _arrow, after = "".join(item.itertext()).partition(" → ")
    before = before.removeprefix(item.text or "").strip()
    return {
        "field_name": names.get(label, ""),
        "field_label": label,
        "before": "" if before == "–" else before,
        "after": "" if after.strip() == "–" else after.strip(),
    }
