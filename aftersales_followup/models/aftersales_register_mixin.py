import re

import pytz
from psycopg2 import errors

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import (
    SQL,
    clean_context,
    format_date,
    format_list,
    html2plaintext,
    mute_logger,
)

from .sane_values import check_sane_values

DIGITS = 6  # of a register number, at least
REGISTER_NUMBER = re.compile(r"(\d{4})-(\d{1,9})", re.ASCII)


class AftersalesRegisterMixin(models.AbstractModel):
    """An entry of a register (规定 7, 8): numbered without gap, then locked.

    A supervisor may correct it, with a reason that stays visible; nobody deletes it.
    Each model that is registered has its corrections in ``correction_ids``.
    """

    _name = "aftersales.register.mixin"
    _description = "Register Entry"
    _inherit = [
        "mail.thread",
        "aftersales.guarded.mixin",
        "aftersales.large.mixin",
        "aftersales.lookup.mixin",
    ]

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    number = fields.Char(string="Register Number", readonly=True, copy=False)
    register_year = fields.Integer(readonly=True, copy=False, aggregator=None)
    register_sequence = fields.Integer(readonly=True, copy=False, aggregator=None)
    date_registered = fields.Datetime(readonly=True, copy=False)
    is_corrected = fields.Boolean(
        string="Corrected",
        readonly=True,
        copy=False,
        help="The entry was changed after registration; see its corrections.",
    )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Log no creation and let nobody follow: the entry itself tells who and when.

        A register takes hundreds of entries a day, and this would be half of the work.
        """
        self.env.company._aftersales_fetch()
        entries = super(
            AftersalesRegisterMixin,
            self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True),
        ).create(vals_list)
        return entries.with_env(self.env)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_registered(self):
        """Registered entries are filed (规定 7, 8): nothing is ever taken out."""
        for entry in self:
            if entry.number:
                raise UserError(
                    self.env._(
                        "%(entry)s is registered since %(date)s and cannot be deleted. "
                        "A supervisor can correct it.",
                        entry=entry.display_name,
                        date=format_date(self.env, entry._get_register_date()),
                    )
                )

    def write(self, vals):
        """Refuse changes of registered entries but for a supervisor's correction.

        A correction carries its reason in the context key ``correction_reason``. It
        changes what it names and nothing else: address and plate of that day, and what
        was on time, stay as they were. Nobody puts an entry into the mouth of somebody
        else.
        """
        check_sane_values(self, [vals])
        locked = vals.keys() & self._get_locked_fields()
        registered = self.filtered("number") if locked else self.browse()
        if not registered:
            result = super().write(vals)
            if "user_id" in vals:
                self.check_access("write")
            return result
        reason = self._get_correction_reason()
        registered._check_correction(vals, reason)
        before = registered._get_values_and_texts(locked)
        with self.env.protecting(self._get_derived_fields(vals), registered):
            result = super().write(vals)
        registered._keep_corrections(before, reason)
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_guarded_fields(self):
        return {
            "number",
            "register_year",
            "register_sequence",
            "date_registered",
            "is_corrected",
            "state",
            "designated_user_id",
            "plate",
        }

    def _get_locked_fields(self):
        """Return the names of the fields that registration locks."""
        raise NotImplementedError

    def _get_register_date(self):
        """Return the date (in the company's days) that decides the register's year."""
        raise NotImplementedError

    @api.model
    def _get_correction_reason(self):
        """Return the reason given for the correction under way; "" if there is none."""
        reason = self.env.context.get("correction_reason")
        return reason.strip() if isinstance(reason, str) else ""

    def _may_correct(self, vals):
        """Return whether the user may write ``vals`` on these registered entries."""
        return self.env["res.users"]._aftersales_is_supervisor()

    def _check_correction(self, vals, reason):
        """Raise unless the user may correct these registered entries, with a reason."""
        if not self._may_correct(vals):
            raise UserError(
                self.env._(
                    "%(number)s is registered and cannot be changed. Ask a supervisor "
                    "to correct it.",
                    number=self[0].number,
                )
            )
        if not reason:
            raise UserError(
                self.env._(
                    "%(number)s is registered: use Correct and give the reason.",
                    number=self[0].number,
                )
            )

    @api.model
    def _get_derived_fields(self, vals):
        """Return the stored fields that Odoo would compute anew after ``vals``."""
        return [
            field
            for name, field in self._fields.items()
            if field.compute and field.store and name not in vals
        ]

    def _get_values_and_texts(self, names):
        """Return ``{entry id: {name: (value, text)}}`` of the named fields.

        Texts are in the language of whoever corrects, who works in that dealership:
        through RPC no language comes along.
        """
        lang = self.env.user.lang or self.env.lang
        return {
            entry.id: {
                name: (entry[name], entry._get_field_text(name)) for name in names
            }
            for entry in self.sudo().with_context(lang=lang)
        }

    def _get_field_text(self, name):
        """Return the value of a field as it is read on paper; "" for none."""
        self.ensure_one()
        field, value = self._fields[name], self[name]
        if field.relational:
            return format_list(self.env, value.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value) or ""
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type == "datetime" and value:
            tz = self.company_id._aftersales_tz()
            return pytz.utc.localize(value).astimezone(tz).strftime("%Y-%m-%d %H:%M")
        if field.type == "html":
            return html2plaintext(value or "")
        return "" if value is False else str(value)

    def _keep_corrections(self, before, reason):
        """Keep what a correction changed, who made it and why, for everybody to see.

        :param before: what ``_get_values_and_texts`` returned before the change
        """
        entry_field = self._fields["correction_ids"].inverse_name
        lang = self.env.user.lang or self.env.lang
        names = {name for values in before.values() for name in values}
        labels = self.with_context(lang=lang).fields_get(names, ["string"])
        after = self._get_values_and_texts(names)
        vals_list = [
            {
                "company_id": entry.company_id.id,
                entry_field: entry.id,
                "user_id": self.env.uid,
                "reason": reason,
                "field_name": name,
                "field_label": labels[name]["string"],
                "before": text,
                "after": after[entry.id][name][1],
            }
            for entry in self
            for name, (value, text) in sorted(before[entry.id].items())
            if value != after[entry.id][name][0]
        ]
        if vals_list:
            Correction = self.env["aftersales.correction"].sudo()
            Correction = Correction.with_context(clean_context(self.env.context))
            corrected = Correction.create(vals_list)[entry_field]
            corrected.is_corrected = True

    @api.model
    def _get_lookup_arms(self, text):
        """An entry is found by its register number as well."""
        arms = super()._get_lookup_arms(text)
        number = REGISTER_NUMBER.fullmatch(text)
        if number:
            year, sequence = map(int, number.groups())
            entries = Domain("company_id", "in", self.env.companies.ids)
            entries &= Domain("register_year", "=", year)
            entries &= Domain("register_sequence", "=", sequence)
            entries &= Domain("number", "!=", False)
            arms.append(self._select_lookup_found(entries))
        return arms

    def _assign_register_numbers(self):
        """Give each entry the next number of its company and year, in their order.

        The numbers are taken under a unique index and not from a counter: whoever comes
        second waits until it is known whether the first one keeps his number, and then
        tries the next one. So there is no gap, no duplicate, and two officers do not
        make each other's transaction fail. A batch takes its numbers in one go, however
        many they are.
        """
        # What waits to be written is not to be lost with a number that is taken.
        self.flush_model()
        registers = self.sudo().grouped(
            lambda entry: (entry.company_id.id, entry._get_register_date().year)
        )
        # All take their registers in one order, so that none waits for each other.
        for register in sorted(registers):
            taken = 0
            while not registers[register]._take_register_numbers(*register, taken):
                taken += 1

    def _take_register_numbers(self, company_id, year, taken):
        """Return whether the entries got the next numbers of a company's year.

        The first number is taken alone. Whoever else wants numbers has to come past it,
        and so waits there, with no number of his own that we might wait for in turn.

        :param int taken: how many were taken meanwhile, unseen by this transaction
        """
        try:
            # That somebody else has the number by now is no error for the log.
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                last = self._get_last_register_sequence(company_id, year)
                first = self[:1]
                first._write_register_numbers(year, SQL("%s + %s", last, taken))
                self[1:]._write_register_numbers(year, first.register_sequence)
        except errors.UniqueViolation:
            return False
        return True

    def _write_register_numbers(self, year, last):
        """Write the numbers that follow upon the last one, in one query."""
        if not self:
            return
        names = ("number", "register_year", "register_sequence")
        rows = self.env.execute_query(
            SQL(
                """
                WITH given AS (
                    SELECT id, %(last)s + nth AS sequence
                      FROM unnest(%(ids)s::int[]) WITH ORDINALITY given(id, nth)
                )
                UPDATE %(table)s entry
                   SET register_year = %(year)s,
                       register_sequence = given.sequence,
                       number = %(year)s || '-' || lpad(given.sequence::text,
                           GREATEST(%(digits)s, length(given.sequence::text)), '0')
                  FROM given
                 WHERE entry.id = given.id
             RETURNING entry.id, %(names)s
                """,
                last=last,
                ids=self.ids,
                table=SQL.identifier(self._table),
                year=year,
                digits=DIGITS,
                names=SQL(", ").join(SQL.identifier("entry", name) for name in names),
            )
        )
        self.invalidate_recordset(names, flush=False)
        ids, *columns = zip(*rows, strict=True)
        for name, values in zip(names, columns, strict=True):
            self._fields[name]._insert_cache(self.browse(ids), values)
        self.modified(names)

    @api.model
    def _get_last_register_sequence(self, company_id, year):
        """Return the SQL of the last number of a company's year, 0 if there is none."""
        return SQL(
            """COALESCE((SELECT register_sequence FROM %s
                WHERE company_id = %s AND register_year = %s AND number IS NOT NULL
                ORDER BY register_sequence DESC LIMIT 1), 0)""",
            SQL.identifier(self._table),
            company_id,
            year,
        )
