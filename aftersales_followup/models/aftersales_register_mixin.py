from markupsafe import Markup
from psycopg2 import errors

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list


class AftersalesRegisterMixin(models.AbstractModel):
    """An entry of a register (规定 7, 8): numbered without gap, then locked.

    A supervisor may correct it, with a reason that stays visible; nobody deletes it.
    """

    _name = "aftersales.register.mixin"
    _description = "Register Entry"
    _inherit = ["mail.thread", "aftersales.guarded.mixin"]

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    number = fields.Char(
        string="Register Number", readonly=True, copy=False, index="btree_not_null"
    )
    register_year = fields.Integer(readonly=True, copy=False, aggregator=None)
    register_sequence = fields.Integer(readonly=True, copy=False, aggregator=None)
    date_registered = fields.Datetime(readonly=True, copy=False)
    is_corrected = fields.Boolean(
        string="Corrected",
        readonly=True,
        copy=False,
        help="A supervisor corrected the entry after registration; see its history.",
    )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_registered(self):
        """Registered entries are filed (规定 7, 8): nothing is ever taken out."""
        for entry in self:
            if entry.number:
                raise UserError(
                    self.env._(
                        "%(number)s is registered and cannot be deleted. A supervisor "
                        "can correct it.",
                        number=entry.number,
                    )
                )

    def write(self, vals):
        """Refuse changes of registered entries but for a supervisor's correction.

        A correction carries its reason in the context key ``correction_reason``.
        Nobody puts an entry into the mouth of somebody else.
        """
        locked = vals.keys() & self._get_locked_fields()
        registered = self.filtered("number") if locked else self.browse()
        if not registered:
            result = super().write(vals)
            if "user_id" in vals:
                self.check_access("write")
            return result
        reason = (self.env.context.get("correction_reason") or "").strip()
        self._check_correction(registered, reason)
        before = {entry: entry._get_field_texts(locked) for entry in registered}
        result = super().write(vals)
        for entry, texts in before.items():
            entry._log_correction(texts, reason)
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_locked_fields(self):
        """Return the names of the fields that registration locks."""
        raise NotImplementedError

    def _get_register_date(self):
        """Return the date (in the company's days) that decides the register's year."""
        raise NotImplementedError

    def _check_correction(self, registered, reason):
        """Raise unless a supervisor corrects the ``registered`` entries."""
        supervisor = self.env.user.has_group(
            "aftersales_followup.aftersales_followup_group_supervisor"
        )
        if not supervisor:
            raise UserError(
                self.env._(
                    "%(number)s is registered and cannot be changed. Ask a supervisor "
                    "to correct it.",
                    number=registered[0].number,
                )
            )
        if not reason:
            raise UserError(
                self.env._(
                    "%(number)s is registered: use Correct and give the reason.",
                    number=registered[0].number,
                )
            )

    def _get_field_texts(self, names):
        """Return the displayed text of each of the named fields."""
        self.ensure_one()
        texts = {}
        for name in names:
            field, value = self._fields[name], self[name]
            if field.relational:
                texts[name] = format_list(self.env, value.mapped("display_name"))
            elif field.type == "selection":
                texts[name] = (
                    dict(field._description_selection(self.env)).get(value) or ""
                )
            else:
                texts[name] = "" if value is False else str(value)
        return texts

    def _log_correction(self, before, reason):
        """Post what a correction changed, and why, for everybody to see."""
        self.ensure_one()
        after = self._get_field_texts(before)
        labels = self.fields_get(before, ["string"])
        changes = Markup("").join(
            Markup("<li>%s: <s>%s</s> → %s</li>")
            % (labels[name]["string"], old or "–", after[name] or "–")
            for name, old in before.items()
            if old != after[name]
        )
        if not changes:
            return
        self.message_post(
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (self.env._("Corrected: %s", reason), changes),
            subtype_xmlid="aftersales_followup.mt_correction",
        )
        self.sudo().is_corrected = True

    def _assign_register_numbers(self):
        """Give each entry the next number of its company and year, in their order.

        The numbers are taken under a unique index and not from a counter: whoever comes
        second waits until it is known whether the first one keeps his number, and then
        tries the next one. So there is no gap, no duplicate, and two officers do not
        make each other's transaction fail. A batch takes its numbers in one go, however
        many they are.
        """
        self.flush_recordset()
        registers = self.grouped(
            lambda entry: (entry.company_id.id, entry._get_register_date().year)
        )
        # All take their registers in one order, so that none waits for each other.
        for company_id, year in sorted(registers):
            entries = registers[company_id, year]
            first = self._get_last_register_sequence(company_id, year) + 1
            while not entries._take_register_numbers(year, first):
                first += 1
        self.invalidate_recordset(
            ["number", "register_year", "register_sequence"], flush=False
        )

    @api.model
    def _get_last_register_sequence(self, company_id, year):
        """Return the last number of a company's year that this transaction sees."""
        rows = self.env.execute_query(
            SQL(
                """SELECT register_sequence FROM %s
                WHERE company_id = %s AND register_year = %s AND number IS NOT NULL
                ORDER BY register_sequence DESC LIMIT 1""",
                SQL.identifier(self._table),
                company_id,
                year,
            )
        )
        return rows[0][0] if rows else 0

    def _take_register_numbers(self, year, first):
        """Return whether the entries got the numbers of the year from ``first`` on.

        The first number is taken alone. Whoever else wants numbers has to come past it,
        and so waits there, with no number of his own that we might wait for in turn.
        """
        sequences = range(first, first + len(self))
        try:
            with self.env.cr.savepoint(flush=False):
                self[0]._write_register_numbers(year, sequences[:1])
                if len(self) > 1:
                    self[1:]._write_register_numbers(year, sequences[1:])
        except errors.UniqueViolation:
            return False
        return True

    def _write_register_numbers(self, year, sequences):
        """Write the numbers on the entries, as ``write`` would on each, in one step."""
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s SET register_year = %(year)s,
                    register_sequence = given.sequence, number = given.number
                FROM unnest(%(ids)s::int[], %(sequences)s::int[], %(numbers)s::text[])
                    AS given(id, sequence, number)
                WHERE %(table)s.id = given.id""",
                table=SQL.identifier(self._table),
                year=year,
                ids=list(self.ids),
                sequences=list(sequences),
                numbers=[f"{year}-{sequence:06d}" for sequence in sequences],
            ),
            log_exceptions=False,
        )
