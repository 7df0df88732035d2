from datetime import datetime, timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, groupby

from ..models.groups import PHONE
from ..xlsx import TextWorkbook
from . import register_layout as layout
from .phone_mask import mask_phone, mask_text

BATCH = 5000  # rows read at a time
A4 = 9  # as Excel numbers sizes of paper
SHEET_ROWS = 1_048_575  # rows of an Excel sheet below its head
SHEET_FORMATS = {
    "date": {"num_format": "yyyy-mm-dd"},
    "datetime": {"num_format": "yyyy-mm-dd hh:mm"},
}
SHORT = 80  # characters of a corrected text; the whole one is on the entry's own form


class Names(dict):
    """Names of the few records that many rows refer to, each looked up once.

    Like the display name of any relational field, a name is shown to whoever may read
    the entry.
    """

    def __init__(self, model):
        super().__init__()
        self._model = model.sudo()

    def __missing__(self, record_id):
        name = self[record_id] = self._model.browse(record_id).display_name
        return name


class AftersalesRegister(models.AbstractModel):
    """A register (登记表, 规定 7, 8) on paper and as a workbook.

    Both are made from one list of columns and one stream of rows. The rows are read
    set-based, through the record rules of whoever prints.
    """

    _name = "aftersales.register"
    _description = "Register"
    _entry_model = None
    _date_field = None

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_title(self):
        """Return the name of the register."""
        raise NotImplementedError

    @api.model
    def _get_columns(self):
        """Return the register's columns, a list of ``register_layout.Column``."""
        raise NotImplementedError

    @api.model
    def _get_row_sql(self, query, company):
        """Return the SQL of the values that ``_prepare_row`` takes.

        :param query: query on the entries, to join other tables to
        :param company: whose register it is
        """
        raise NotImplementedError

    @api.model
    def _get_row_maker(self):
        """Return the function that makes a row of what ``_get_row_sql`` read.

        It returns the values of the columns in their order: ``None`` for no value,
        else strings, numbers, dates or naive datetimes of the company's time zone, as
        the kind of the column says.
        """
        raise NotImplementedError

    @api.model
    def _get_entry_domain(self, company, date_from, date_to, officers):
        """Return the domain of a company's registered entries of a period.

        :param date_from: first day, of the company's own days
        :param date_to: last day
        :param officers: who made the entries or was designated to; none means anyone
        """
        domain = Domain("company_id", "=", company.id)
        domain &= Domain("number", "!=", False)
        domain &= self._get_period_domain(company, date_from, date_to)
        if officers:
            domain &= Domain("user_id", "in", officers.ids) | Domain(
                "designated_user_id", "in", officers.ids
            )
        return domain

    @api.model
    def _get_period_domain(self, company, date_from, date_to):
        """Return the domain of the entries of a period, in the company's days."""
        if self.env[self._entry_model]._fields[self._date_field].type == "date":
            first, after = date_from, date_to + timedelta(days=1)
        else:
            first, after = company._aftersales_bounds(date_from, date_to)
        return Domain(self._date_field, ">=", first) & Domain(
            self._date_field, "<", after
        )

    @api.model
    def _iter_rows(self, domain, company):
        """Yield the rows of the entries in ``domain`` by register number.

        :raise AccessError: if the user may not read the register's entries
        """
        make_row = self._get_row_maker()
        for entries in self._iter_batches(domain):
            query = entries._as_query()
            values = self._get_row_sql(query, company)
            for row in self.env.execute_query(query.select(*values)):
                yield make_row(*row)

    @api.model
    def _iter_batches(self, domain):
        """Yield the entries in ``domain`` by register number, some thousands at a time.

        Each batch is looked up by the number that the one before ended with.
        """
        Entry = self.env[self._entry_model]
        self.env.flush_all()
        number = SQL(
            "%s, %s",
            SQL.identifier(Entry._table, "register_year"),
            SQL.identifier(Entry._table, "register_sequence"),
        )
        last = None
        while True:
            query = Entry._search(domain, limit=BATCH)
            query.order = number
            if last:
                query.add_where(SQL("(%s) > %s", number, last))
            rows = self.env.execute_query(
                query.select(SQL.identifier(Entry._table, "id"), number)
            )
            if rows:
                yield Entry.browse(row[0] for row in rows)
            if len(rows) < BATCH:
                return
            last = rows[-1][1:]

    # of a period, as a dialog asks for it

    @api.model
    def _count_period(self, company, date_from, date_to, officers):
        """Return how many entries a company has of officers in a period."""
        domain = self._get_entry_domain(company, date_from, date_to, officers)
        return self.env[self._entry_model].search_count(domain)

    @api.model
    def _prepare_period_sheets(self, company, date_from, date_to, officers):
        """Return what the template draws, a list of sheets."""
        domain = self._get_entry_domain(company, date_from, date_to, officers)
        return [self._prepare_sheet(domain, company, date_from, date_to, officers)]

    @api.model
    def _write_period_workbook(self, file, company, date_from, date_to, officers):
        """Write the entries of a period into the binary ``file`` as XLSX."""
        domain = self._get_entry_domain(company, date_from, date_to, officers)
        period = self._format_period(date_from, date_to)
        register = self.with_context(aftersales_printed=f"{company.name} {period}")
        register._write_workbook(file, domain, company)

    # paper

    @api.model
    def _prepare_sheets(self, entries):
        """Return the registers of the chosen ``entries``, one a company.

        Their period goes from the first to the last of the entries.
        """
        registered = entries.filtered("number")
        sheets = []
        for company in registered.company_id or self.env.company:
            own = registered.filtered(lambda entry, c=company: entry.company_id == c)
            dates = [entry._get_register_date() for entry in own]
            period = [min(dates), max(dates)] if dates else [None, None]
            domain = Domain("id", "in", own.ids)
            sheets.append(self._prepare_sheet(domain, company, *period, own.user_id))
        return sheets

    @api.model
    def _prepare_sheet(self, domain, company, date_from, date_to, officers):
        """Return what the template of registers draws.

        :param domain: which entries
        :param date_from: first day of the period, to be shown
        :param date_to: last day of the period, to be shown
        :param officers: the officers to be shown; none means all
        """
        rows = list(self._iter_rows(domain, company))
        return self._lay_out(
            rows,
            self._get_columns(),
            company=company,
            period=date_from and self._format_period(date_from, date_to),
            officers=self._get_separator().join(officers.mapped("name"))
            or self.env._("all"),
            count=len(rows),
        )

    @api.model
    def _lay_out(self, rows, columns, **head):
        """Return what the template draws of these rows, laid out on pages.

        :param head: company, period, officers and count, as they are shown
        """
        pages = layout.paginate(
            [layout.make_row(map(self._format_value, row), columns) for row in rows]
        )
        return {
            "title": self._get_title(),
            **head,
            "columns": layout.get_paper_columns(columns),
            "pages": [
                (self._get_page_label(number, len(pages)), page)
                for number, page in enumerate(pages, start=1)
            ],
        }

    @api.model
    def _format_period(self, date_from, date_to):
        return self.env._(
            "%(first)s to %(last)s", first=str(date_from), last=str(date_to)
        )

    @api.model
    def _get_page_label(self, number, count):
        return self.env._("Page %(page)s of %(count)s", page=number, count=count)

    @api.model
    def _format_value(self, value):
        """Return a value as it is printed; days and times read alike everywhere."""
        if value is None:
            return ""
        if isinstance(value, datetime):
            return value.strftime("%Y-%m-%d %H:%M")
        return str(value)

    # workbook

    @api.model
    def _write_workbook(self, file, domain, company):
        """Write the entries in ``domain`` into the binary ``file`` as XLSX.

        Rows go to disk as they are read, so memory does not grow with their number.

        :raise UserError: if Excel cannot hold that many rows
        """
        count = self.env[self._entry_model].search_count(domain)
        self._write_sheet(file, self._iter_rows(domain, company), count)

    @api.model
    def _write_sheet(self, file, rows, count):
        """Write these rows, so many of them, into the binary ``file`` as XLSX.

        :raise UserError: if Excel cannot hold that many rows
        """
        if count > SHEET_ROWS:
            raise UserError(
                self.env._(
                    "A sheet of Excel has room for %(limit)s entries and these are "
                    "%(count)s. Choose a shorter period.",
                    limit=SHEET_ROWS,
                    count=count,
                )
            )
        with TextWorkbook(file) as workbook:
            worksheet = workbook.add_worksheet(self._get_title())
            self._write_head(workbook, worksheet)
            self._set_up_print(workbook, worksheet)
            self._write_rows(workbook, worksheet, rows)
            worksheet.autofilter(0, 0, count, len(self._get_columns()) - 1)

    @api.model
    def _set_up_print(self, workbook, worksheet):
        """Let the sheet print as the register does: across, with title and period."""
        title = self._get_title()
        whose = self.env.context.get("aftersales_printed") or self.env.company.name
        workbook.set_properties({"title": title, "subject": whose, "company": whose})
        worksheet.set_landscape()
        worksheet.set_paper(A4)
        worksheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.6)
        worksheet.fit_to_pages(1, 0)
        worksheet.repeat_rows(0)
        # A & begins a code of its own; Excel takes 255 characters.
        shown = f"{title[:60]} · {whose[:100]}".replace("&", "&&")
        worksheet.set_header(f'&C&"-,Bold"&14 {shown}')
        worksheet.set_footer("&C&P / &N")

    @api.model
    def _write_head(self, workbook, worksheet):
        head = workbook.add_format(
            {"bold": True, "bg_color": "#e7e6e6", "border": 1, "text_wrap": True}
        )
        worksheet.freeze_panes(1, 0)
        for index, column in enumerate(self._get_columns()):
            worksheet.set_column(index, index, column.width / 8)
            worksheet.write_string(0, index, column.label, head)

    @api.model
    def _write_rows(self, workbook, worksheet, rows):
        writers = {
            "text": worksheet.write_string,
            "note": worksheet.write_string,
            "number": worksheet.write_number,
            "date": worksheet.write_datetime,
            "datetime": worksheet.write_datetime,
        }
        formats = {
            kind: workbook.add_format(options)
            for kind, options in SHEET_FORMATS.items()
        }
        cells = [
            (index, writers[column.kind], formats.get(column.kind))
            for index, column in enumerate(self._get_columns())
        ]
        for number, row in enumerate(rows, start=1):
            for (index, write, cell_format), value in zip(cells, row, strict=True):
                if value is not None and value != "":
                    write(number, index, value, cell_format)

    # values

    @api.model
    def _get_separator(self):
        """Return what stands between the items of a list in the user's language."""
        return "、" if (self.env.lang or "").startswith(("zh", "ja")) else ", "

    @api.model
    def _get_labels(self, name):
        """Return the labels of a selection field of the entries, by value."""
        field = self.env[self._entry_model]._fields[name]
        return dict(field._description_selection(self.env))

    @api.model
    def _sql_field(self, query, name):
        """Return the SQL of a field of the entries."""
        return self.env[self._entry_model]._field_to_sql(query.table, name, query)

    @api.model
    def _sql_customer(self, query):
        """Return the SQL of the name of an entry's customer."""
        partner = query.left_join(
            query.table, "partner_id", "res_partner", "id", "partner_id"
        )
        return SQL.identifier(partner, "complete_name")

    # corrections

    @api.model
    def _sql_corrections(self, query, company):
        """Return the SQL of an entry's corrections, as a JSON array; NULL for none.

        Whoever may read an entry may read its corrections.
        """
        Entry = self.env[self._entry_model]
        return SQL(
            """CASE WHEN %(is_corrected)s THEN (
                SELECT json_agg(json_build_array(
                    to_char(
                        date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s,
                        'YYYY-MM-DD HH24:MI'
                    ), user_id, reason, field_name, field_label, before, after
                ) ORDER BY date, id)
                FROM aftersales_correction WHERE %(entry_field)s = %(entry_id)s
            ) END""",
            is_corrected=self._sql_field(query, "is_corrected"),
            tz=company._aftersales_tz().zone,
            entry_field=SQL.identifier(Entry._fields["correction_ids"].inverse_name),
            entry_id=SQL.identifier(query.table, "id"),
        )

    @api.model
    def _get_correction_writer(self, users):
        """Return the function that says what was corrected, by whom, when and why.

        It takes what ``_sql_corrections`` read and returns a line for each time that
        the entry was corrected, or ``None``.

        :param users: ``Names`` of the users
        """
        hide_phone, hide_phones = self._get_phone_masks()

        def shorten(text, name):
            text = hide_phone(text) if name == "phone" else hide_phones(text)
            text = " ".join((text or "").split()) or "–"
            return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"

        def write_line(occasion, changes):
            date, user_id, reason = occasion
            return self.env._(
                "Corrected %(date)s by %(user)s (%(reason)s): %(changes)s",
                date=date,
                user=users[user_id],
                reason=hide_phones(reason),
                changes="; ".join(
                    f"{label}: {shorten(before, name)} → {shorten(after, name)}"
                    for *_occasion, name, label, before, after in changes
                ),
            )

        def write_corrections(corrections):
            occasions = groupby(corrections or (), key=lambda change: tuple(change[:3]))
            return "\n".join(write_line(*occasion) for occasion in occasions) or None

        return write_corrections

    # phone numbers

    @api.model
    def _get_phone_masks(self):
        """Return two functions, for a phone number and for a text with some in it.

        They hide numbers from those who may not take them out of the house on paper.
        """
        if self.env.user.has_group(PHONE):
            return (lambda number: number), (lambda text: text)
        return mask_phone, mask_text
