"""Masking: what a customer's records hold goes into the vault, and back again."""

import json

from odoo import api, models
from odoo.tools import SQL

from .aftersales_restriction_traces import BY_CAR
from .personal_words import (
    ANONYMISED,
    CLEARED,
    MASK,
    NAME,
    NOTE,
    TEXT,
    UNIQUE,
    WORDS_KNOWN_BY,
    PersonalWords,
)


class AftersalesRestriction(models.Model):
    """The columns are read and written as they are, past all rules of the house.

    Registered calls are locked, results of visits settled, and a change of a name or a
    plate is tracked: all that is right, and none of it may stand in the way here.
    """

    _inherit = "aftersales.restriction"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_personal_models(self):
        """Return the models that hold data of customers, each as an empty record."""
        registry = self.env.registry
        return [
            self.env[name].sudo().with_context(active_test=False)
            for name in sorted(
                registry.descendants(["aftersales.personal.mixin"], "_inherit")
            )
            if not registry[name]._abstract
        ]

    def _mask(self):
        """Mask the customer in all there is, however often this is done."""
        self.ensure_one()
        self.env.flush_all()
        own = self._find_own()
        words = self._get_words(own)
        mentions = [
            model._find_mentions(self.partner_id, words)
            for model in self._get_personal_models()
        ]
        for records in own:
            self._mask_records(records, words)
        for records in mentions:
            self._mask_records(records, words, is_own=False)
        self._mask_traces(own, mentions, words)
        self._mask_transient(words)
        self.env.invalidate_all()

    def _mask_anew(self, records):
        """Mask what was written about the customer since.

        :param records: of one personal model, the customer's own
        """
        records.flush_recordset()
        for restriction in self:
            if restriction.state == "restricted":
                restriction._mask_records(records, restriction._get_words())

    def _find_own(self):
        """Return the customer's own records, one recordset a model."""
        return [
            model.search(model._get_personal_domain(self.partner_id))
            for model in self._get_personal_models()
        ]

    def _get_words(self, own=()):
        """Return by which words the customer can be known.

        :param own: records to read them from, besides the vault
        """
        words = PersonalWords()
        for records in own:
            for kind, text in records._get_known_words():
                words.add(kind, text)
        for model, name, text in self._read_vault_words():
            words.add(self.env[model]._get_personal_fields()[name], text)
        return words

    def _read_vault_words(self):
        """Return [(model, field, text)] of the words that are in the vault."""
        known = [
            f"{model._name}.{name}"
            for model in self._get_personal_models()
            for name, kind in model._get_personal_fields().items()
            if kind in WORDS_KNOWN_BY
        ]
        return self.env.execute_query(
            SQL(
                """SELECT DISTINCT res_model, field, value #>> '{}'
                     FROM aftersales_restriction_value
                    WHERE restriction_id = %s AND res_model || '.' || field = ANY(%s)
                """,
                self.id,
                known,
            )
        )

    # masking

    def _mask_records(self, records, words, is_own=True):
        """Mask the personal fields of records.

        :param bool is_own: else they are another person's, and lose the words only
        """
        kinds = records._get_personal_fields()
        if not is_own:
            kinds = dict.fromkeys(kinds, NOTE)
        self._mask_rows(records, kinds, words)

    def _mask_rows(self, records, kinds, words, but=()):
        """Mask columns, and keep in the vault what stood there.

        :param dict kinds: {name of a stored field: kind of what it holds}
        :param but: kinds of words that may stay
        """
        if not records or not kinds:
            return
        changes = []
        for row in self._read_rows(records, kinds):
            for name, kind in kinds.items():
                shown = _get_shown(
                    kind, row["id"], row[name], words, _is_html(records, name), but
                )
                if shown != row[name]:
                    changes.append((row["id"], name, row[name], shown))
        self._put_away(records, changes)

    def _put_away(self, records, changes):
        """Write what is shown from now on, and keep in the vault what it replaces.

        :param list changes: (id, name, value as it was, value that is shown)
        """
        if not changes:
            return
        self.env.execute_query(
            SQL(
                """INSERT INTO aftersales_restriction_value (
                          restriction_id, res_model, res_id, field, value, shown)
                   SELECT %s, %s, res_id, field, value, shown
                     FROM jsonb_to_recordset(%s)
                          AS kept(res_id int, field varchar, value jsonb, shown jsonb)
                RETURNING id""",
                self.id,
                records._name,
                _to_json(
                    [
                        {
                            "res_id": res_id,
                            "field": name,
                            "value": value,
                            "shown": shown,
                        }
                        for res_id, name, value, shown in changes
                    ]
                ),
            )
        )
        vals = {}
        for res_id, name, _value, shown in changes:
            vals.setdefault(res_id, {})[name] = shown
        self._write_rows(records, vals)

    @api.model
    def _read_rows(self, records, names):
        """Return the columns of records, each a dict with ``id``."""
        return self.env.execute_query_dict(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s) ORDER BY id",
                SQL(", ").join(map(SQL.identifier, names)),
                SQL.identifier(records._table),
                list(records._ids),
            )
        )

    @api.model
    def _write_rows(self, records, vals):
        """Write columns as they are, and let be computed anew what depends on them.

        Neither who wrote last nor any rule of the house is touched.

        :param dict vals: {id: {name: value}}
        """
        names = {name for row in vals.values() for name in row}
        if not names:
            return
        columns = SQL(", ").join(
            SQL(
                "%s = (jsonb_populate_record(record, changed.vals)).%s",
                SQL.identifier(name),
                SQL.identifier(name),
            )
            for name in sorted(names)
        )
        self.env.execute_query(
            SQL(
                """UPDATE %s AS record SET %s
                     FROM jsonb_to_recordset(%s) AS changed(id int, vals jsonb)
                    WHERE record.id = changed.id
                RETURNING record.id""",
                SQL.identifier(records._table),
                columns,
                _to_json([{"id": res_id, "vals": row} for res_id, row in vals.items()]),
            )
        )
        changed = records.browse(vals)
        changed.invalidate_recordset(names, flush=False)
        changed.modified(names)

    # back again

    def _restore(self, records=None):
        """Take what is in the vault out, where nobody wrote something else since.

        :param records: only of these, all of one model; default all
        """
        self.ensure_one()
        self.env.flush_all()
        of_records = SQL()
        if records is not None:
            of_records = SQL(
                "AND res_model = %s AND res_id = ANY(%s)", records._name, records.ids
            )
        # The newest first: what was masked twice goes back in two steps.
        rows = self.env.execute_query(
            SQL(
                """WITH taken AS (
                    DELETE FROM aftersales_restriction_value
                     WHERE restriction_id = %s %s RETURNING *)
                   SELECT res_model, res_id, field, value, shown
                     FROM taken ORDER BY id DESC""",
                self.id,
                of_records,
            )
        )
        kept = {}
        for model, *row in rows:
            kept.setdefault(model, []).append(row)
        for model, values in kept.items():
            if model in self.env:
                self._restore_rows(self.env[model].sudo(), values)
        self.env.invalidate_all()

    def _restore_car(self, car):
        """Give a car that has another owner now its plate back, and what names it."""
        self._restore(car)
        for name in BY_CAR:
            self._restore(self._search_all(name, "vehicle_id", car.ids))

    def _restore_rows(self, model, values):
        """Write values of one model back.

        :param list values: (id, name, value, shown), the newest first
        """
        if model._name == "mail.message":
            values = self._attach_again(values)
        records = model.browse({res_id for res_id, *_rest in values})
        names = {name for _id, name, *_rest in values if name in model._fields}
        if not names:
            return
        current = {row["id"]: row for row in self._read_rows(records, names)}
        vals = {}
        for res_id, name, value, shown in values:
            row = current.get(res_id)
            if row and name in names and row[name] == shown:
                row[name] = vals.setdefault(res_id, {})[name] = value
        self._write_rows(records, vals)

    # anonymising

    def _empty(self):
        """Empty the vault and what was said with the customer; masks stay."""
        self.ensure_one()
        own = self._find_own()
        for records in own:
            self._empty_rows(records, records._get_personal_fields())
        for records, kinds, is_own, _but in self._find_traces(own, ()):
            if is_own:
                self._empty_rows(records, kinds)
        self._delete_attachments()
        self.env.execute_query(
            SQL(
                "DELETE FROM aftersales_restriction_value WHERE restriction_id = %s"
                " RETURNING id",
                self.id,
            )
        )
        self.env.invalidate_all()

    def _empty_rows(self, records, kinds):
        """Put a neutral word in place of what was written freely."""
        texts = [name for name, kind in kinds.items() if kind == TEXT]
        if not records or not texts:
            return
        vals = {}
        for row in self._read_rows(records, texts):
            for name in texts:
                if row[name]:
                    text = ANONYMISED
                    if _is_html(records, name):
                        text = f"<p>{ANONYMISED}</p>"
                    vals.setdefault(row["id"], {})[name] = text
        self._write_rows(records, vals)


def _is_html(records, name):
    """Return whether a field holds HTML; ``body_html`` of mails is a plain text."""
    return records._fields[name].type == "html" or name == "body_html"


def _get_shown(kind, row_id, value, words, is_html, but):
    """Return what is shown in place of a value of this kind."""
    if not value:
        return value
    if kind in (TEXT, NOTE):
        return words.take_out(value, is_html, but)
    if kind == CLEARED:
        return None
    # A customer has a name that tells masked ones apart.
    return f"{MASK} {row_id}" if kind in (NAME, UNIQUE) else MASK


def _to_json(rows):
    return json.dumps(rows, default=str, ensure_ascii=False)
