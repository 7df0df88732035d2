import base64
import io
import tempfile
from collections import namedtuple
from contextlib import contextmanager

import pytz
import xlsxwriter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from ..dms import columns, values
from ..dms.order import OrderParser
from ..dms.reader import CUT, DmsFileError, open_table

ORDER = "aftersales.visit.import.order"
STAGED = 500  # orders staged by one statement
BATCH = 200  # orders imported by one request
FIRST_REJECTED = 20  # shown in the preview
BULK = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "tracking_disable": True,
}

Run = namedtuple("Run", "row number rows flaws")


class AftersalesVisitImport(models.TransientModel):
    """Brings in what a dealership did so far: the flat file that its DMS exports.

    The file is read into a table of orders (*preview*), then orders become visits,
    batch by batch, each a whole order or not at all. An order that is there already is
    skipped, so a file can be imported again after it was corrected.
    """

    _name = "aftersales.visit.import"
    _description = "Import from the DMS"
    _rec_name = "filename"
    _transient_max_hours = 24.0

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    data_file = fields.Binary(
        string="File", help="The DMS export, as Excel file (.xlsx) or text file (.csv)."
    )
    filename = fields.Char()
    tz = fields.Selection(
        lambda self: [(name, name) for name in pytz.common_timezones],
        string="Time Zone of the File",
        required=True,
        default=lambda self: self._default_tz(),
    )
    state = fields.Selection(
        [
            ("draft", "File"),
            ("match", "Columns"),
            ("ready", "Preview"),
            ("done", "Imported"),
        ],
        default="draft",
        required=True,
        readonly=True,
    )
    head_ids = fields.One2many("aftersales.visit.import.head", "import_id")
    missing_columns = fields.Char(
        compute="_compute_missing_columns", help="Columns that the file does not have."
    )

    # what the file holds
    order_count = fields.Integer(string="Orders", compute="_compute_figures")
    ready_count = fields.Integer(string="To Import", compute="_compute_figures")
    imported_count = fields.Integer(string="Imported", compute="_compute_figures")
    skipped_count = fields.Integer(string="There Already", compute="_compute_figures")
    rejected_count = fields.Integer(string="Rejected", compute="_compute_figures")
    line_count = fields.Integer(string="Lines", compute="_compute_figures")
    customer_count = fields.Integer(string="Customers", compute="_compute_figures")
    vehicle_count = fields.Integer(string="Cars", compute="_compute_figures")
    amount_total = fields.Monetary(string="Total", compute="_compute_figures")
    currency_id = fields.Many2one(related="company_id.currency_id")
    rejected_order_ids = fields.Many2many(
        "aftersales.visit.import.order",
        string="First Rejected Orders",
        compute="_compute_rejected_order_ids",
    )
    rejected_file = fields.Binary(string="Rejected Orders", readonly=True)
    rejected_filename = fields.Char(readonly=True)

    def _default_tz(self):
        company = self.env.company
        return self.env.user.tz or company.resource_calendar_id.tz or "Asia/Shanghai"

    @api.depends("head_ids.column")
    def _compute_missing_columns(self):
        translate = self.env._
        for data_import in self:
            found = set(data_import.head_ids.mapped("column"))
            data_import.missing_columns = format_list(
                self.env,
                [
                    translate(column.label)
                    for column in columns.COLUMNS
                    if column.name not in found
                ],
            )

    def _compute_figures(self):
        for data_import in self:
            data_import.update(self.env[ORDER]._count(data_import._origin))

    def _compute_rejected_order_ids(self):
        for data_import in self:
            data_import.rejected_order_ids = self.env[ORDER].search(
                [("import_id", "in", data_import.ids), ("state", "=", "rejected")],
                limit=FIRST_REJECTED,
            )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        imports = self.with_context(aftersales_no_index=True)
        return (
            super(AftersalesVisitImport, imports).create(vals_list).with_env(self.env)
        )

    def write(self, vals):
        """Forget what was read when the file or its time zone changes."""
        imports = self.with_context(aftersales_no_index=True)
        result = super(AftersalesVisitImport, imports).write(vals)
        if "data_file" in vals:
            self.head_ids.unlink()
        if {"data_file", "tz"} & vals.keys():
            self._forget_orders()
        return result

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_preview(self):
        """Read the file and show what it holds; nothing is imported yet.

        Where a necessary column is missing and a head is not understood, the user is
        asked to match them.

        :raise UserError: if the file cannot be imported, saying why
        """
        self.ensure_one()
        self.check_access("write")
        if not self.head_ids:
            self._read_heads()
        self._check_heads()
        if self._get_missing_required() and not all(self.head_ids.mapped("column")):
            self.state = "match"
            return True
        self._check_required()
        self.head_ids._remember(self.company_id)
        self._stage_orders()
        self._build_rejected_file()
        self.state = "ready"
        return True

    def action_import(self):
        """Import the whole file at once: every good order that is not there yet."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "ready":
            self.action_preview()
            self._check_required()
        since = self._import_next()
        while since:
            since = self._import_next(since)
        self._finish()
        return True

    def import_batch(self):
        """Import the next orders, as a request of its own in the browser.

        :return: dict of ``done`` and ``total`` numbers of orders
        :raise UserError: if another import of the company is at work
        """
        self.ensure_one()
        self.check_access("write")
        self._import_next()
        states = dict(
            self.env[ORDER]._read_group(
                [("import_id", "=", self.id)], ["state"], ["__count"]
            )
        )
        if not states.get("ready"):
            self._finish()
        total = sum(states.values())
        return {"done": total - states.get("ready", 0), "total": total}

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _import_next(self, since=None):
        """Import the next batch of orders, by arrival.

        :param datetime since: no order that is left arrived earlier
        :return: the last arrival of the batch; ``False`` if nothing was left
        """
        self._lock_company()
        domain = Domain("import_id", "=", self.id) & Domain("state", "=", "ready")
        if since:
            domain &= Domain("date_arrival", ">=", since)
        orders = (
            self.env[ORDER]
            .sudo()
            .with_company(self.company_id)
            .with_context(**BULK)
            .search(domain, order="date_arrival, id", limit=BATCH)
        )
        last = orders[-1:].date_arrival
        if orders:
            # Without an officer not one order could come in: say so at once.
            self.env["res.users"]._aftersales_share_out(1, self.company_id)
            orders._import()
        # Nothing of one batch stays in memory during the next.
        self.env.flush_all()
        self.env.invalidate_all()
        return last

    def _finish(self):
        if self.state == "ready":
            self._build_rejected_file()
            self.state = "done"

    def _forget_orders(self):
        """Forget the orders that were read: they are to be read again."""
        self.env[ORDER]._discard(self)
        self.write({"state": "draft", "rejected_file": False})

    def _lock_company(self):
        """Let one import at a time look for the customers and cars of a company."""
        [[is_free]] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)",
                self._name,
                self.company_id.id,
            )
        )
        if not is_free:
            raise UserError(
                self.env._(
                    "Somebody else is importing for %(company)s. Continue when that is "
                    "over.",
                    company=self.company_id.name,
                )
            )

    @contextmanager
    def _open_table(self):
        """Open the table in the file; whatever is wrong with it is a ``UserError``."""
        remembered = self.env["aftersales.import.head"]._get_remembered(self.company_id)
        with self._open_file() as file:
            try:
                yield open_table(file, remembered)
            except DmsFileError as error:
                translate = self.env._
                raise UserError(translate(error.message)) from error

    def _open_file(self):
        """Return the file, from the disk where it is there, not through the memory."""
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "data_file"),
                    ("res_id", "=", self.id),
                ],
                limit=1,
            )
        )
        if not attachment:
            raise UserError(self.env._("Choose the file that the DMS exported."))
        if attachment.store_fname:
            return open(attachment._full_path(attachment.store_fname), "rb")
        return io.BytesIO(attachment.raw)

    # columns

    def _read_heads(self):
        """Note the heads of the file, and the column that each is taken for."""
        remembered = self.env["aftersales.import.head"]._get_remembered(self.company_id)
        with self._open_table() as table:
            first = next(table.rows(), None)
            if not first:
                raise UserError(
                    self.env._("There are no orders below the column heads.")
                )
            vals_list, taken = [], set()
            for position in table.kept:
                head = values.text(table.head.cells[position])
                column = columns.find_column(head, remembered)
                if not head:
                    continue
                if column in taken:
                    column = None
                taken.add(column)
                vals_list.append(
                    {
                        "import_id": self.id,
                        "sequence": position,
                        "name": head,
                        "sample": values.text(first.cells[position])[:80],
                        "column": column,
                        "suggestion": column or "",
                    }
                )
        self.env["aftersales.visit.import.head"].create(vals_list)

    def _get_missing_required(self):
        found = set(self.head_ids.mapped("column"))
        translate = self.env._
        return [
            translate(column.label)
            for column in columns.COLUMNS
            if column.name in columns.REQUIRED and column.name not in found
        ]

    def _check_required(self):
        missing = self._get_missing_required()
        if missing:
            raise UserError(
                self.env._(
                    "The file has no column for: %(missing)s. Export it with these "
                    "columns, or tell which of its columns they are.",
                    missing=format_list(self.env, missing),
                )
            )

    def _check_heads(self):
        translate = self.env._
        labels = {column.name: translate(column.label) for column in columns.COLUMNS}
        for column, heads in self.head_ids.grouped("column").items():
            if column and len(heads) > 1:
                raise UserError(
                    self.env._(
                        "Only one of these columns can mean %(column)s: %(heads)s.",
                        column=labels[column],
                        heads=format_list(self.env, heads.mapped("name")),
                    )
                )

    # reading

    def _stage_orders(self):
        """Read the file into the table of orders, and tell who and which car it is."""
        Order = self.env[ORDER]
        Order._discard(self)
        with self._open_table() as table:
            parser = self._get_parser()
            vals_list = []
            for run in self._get_runs(table, parser):
                vals_list.append(self._prepare_run_vals(run, parser))
                if len(vals_list) == STAGED:
                    Order._stage(self, vals_list)
                    vals_list = []
            Order._stage(self, vals_list)
        self._join_split_orders(parser)
        Order._analyze()
        Order._skip_known(self)
        Order._group_vehicles(self)
        Order._group_customers(self)
        Order._group_contacts(self)
        Order._analyze()
        self.invalidate_recordset()

    def _get_parser(self):
        positions = {
            head.column: head.sequence for head in self.head_ids if head.column
        }
        return OrderParser(positions, self.tz, fields.Datetime.now())

    def _get_runs(self, table, parser):
        """Yield the rows of an order that stand together, each repeated row once.

        A row that is cut off is a flaw of its own order, and of the order above when
        nobody can tell whether it was a part of it.
        """
        run, previous = None, None
        translate = self.env._
        for row in table.rows():
            if row.cells == previous:
                continue
            previous = row.cells
            number = parser.number(row.cells)
            belongs = run and (
                (number == run.number and number)
                or parser.continues(row.cells)
                or (row.flaw is CUT and parser.may_continue(row.cells, run.number))
            )
            if not belongs:
                if run:
                    yield run
                run = Run(row.number, number, [], [])
            run.rows.append(row.cells)
            if row.flaw:
                run.flaws.append(translate(row.flaw))
        if run:
            yield run

    def _prepare_run_vals(self, run, parser):
        return self.env[ORDER]._prepare_order_vals(
            parser.parse(run.rows),
            run.row,
            [values.pack(cells) for cells in run.rows],
            "; ".join(run.flaws),
        )

    def _join_split_orders(self, parser):
        """Make one order of rows with one number that stand apart in the file."""
        Order = self.env[ORDER]
        while numbers := Order._get_split_numbers(self, STAGED):
            parts = Order.search(
                [("import_id", "=", self.id), ("number", "in", numbers)], order="row"
            )
            vals_list = []
            for number, split in parts.grouped("number").items():
                rows = [
                    values.unpack(row) for part in split for row in part.content_id.rows
                ]
                flaws = [part.flaw for part in split if part.flaw]
                run = Run(split[0].row, number, rows, flaws)
                vals_list.append(self._prepare_run_vals(run, parser))
            parts.content_id.unlink()
            Order._stage(self, vals_list)
            self.env.invalidate_all()

    # rejected orders

    def _build_rejected_file(self):
        """Write the rejected orders as they were, with the reason in one more column.

        The file can be imported again once it was corrected. Whatever looks like a
        formula is a text.
        """
        if not self.rejected_count:
            self.rejected_file = False
            return
        with tempfile.TemporaryFile() as file:
            book = xlsxwriter.Workbook(
                file,
                {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"},
            )
            self._write_rejected_orders(book)
            book.close()
            file.seek(0)
            self.rejected_file = base64.b64encode(file.read())
        stem = (self.filename or "").rpartition(".")[0] or self.env._("orders")
        self.rejected_filename = self.env._("%(file)s – rejected.xlsx", file=stem)

    def _write_rejected_orders(self, book):
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        positions = self.head_ids.mapped("sequence")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(positions) - 1, 16)
        sheet.set_column(len(positions), len(positions), 40)
        translate = self.env._
        titles = [*self.head_ids.mapped("name"), translate(columns.REASON)]
        for position, title in enumerate(titles):
            sheet.write_string(0, position, title, bold)
        line = 0
        for rejected in self._get_rejected_orders():
            for cells in rejected.content_id.rows:
                line += 1
                cells = values.unpack(cells)
                picked = [cells[position] for position in positions]
                for position, cell in enumerate([*picked, rejected.reason]):
                    self._write_cell(sheet, line, position, cell)

    def _get_rejected_orders(self):
        """Yield the rejected orders as they stand in the file, some at a time."""
        last = 0
        while orders := self.env[ORDER].search(
            [
                ("import_id", "=", self.id),
                ("state", "=", "rejected"),
                ("row", ">", last),
            ],
            limit=STAGED,
        ):
            last = orders[-1].row
            yield from orders
            self.env.invalidate_all()

    @staticmethod
    def _write_cell(sheet, line, position, cell):
        if isinstance(cell, str):
            sheet.write_string(line, position, cell)
        elif hasattr(cell, "isoformat"):
            sheet.write_datetime(line, position, cell)
        elif cell is not None:
            sheet.write(line, position, cell)
