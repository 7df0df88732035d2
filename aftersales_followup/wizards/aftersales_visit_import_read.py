import io
from contextlib import contextmanager

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ..dms import columns, limits, values
from ..dms.limits import DmsFileError
from ..dms.order import OrderParser, Run
from ..dms.reader import open_table

ORDER = "aftersales.visit.import.order"
STAGED = 500  # orders staged by one statement


class AftersalesVisitImport(models.TransientModel):
    """Reads the file: its column headers, then its orders."""

    _inherit = "aftersales.visit.import"

    # ------------------------------------------------------------
    # BUSINESS: file
    # ------------------------------------------------------------

    @contextmanager
    def _open_table(self):
        """Open the table in the file; whatever is wrong with it is a ``UserError``."""
        Header = self.env["aftersales.import.header"]
        remembered = Header._get_remembered(self.company_id)
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

    # ------------------------------------------------------------
    # BUSINESS: column headers
    # ------------------------------------------------------------

    def _read_headers(self):
        """Note the headers of the file, and the column that each is taken for."""
        Header = self.env["aftersales.import.header"]
        remembered = Header._get_remembered(self.company_id)
        with self._open_table() as table:
            first = next(table.rows(), None)
            if not first:
                raise UserError(
                    self.env._("There are no orders below the column headers.")
                )
            vals_list, taken = [], set()
            for position in table.kept:
                name = values.text(table.header.cells[position])[: limits.MAX_SHOWN]
                column = columns.find_column(name, remembered)
                if not name:
                    continue
                if column in taken:
                    column = None
                taken.add(column)
                vals_list.append(
                    {
                        "import_id": self.id,
                        "sequence": position,
                        "name": name,
                        "sample": values.text(first.cells[position])[:80],
                        "column": column,
                        "suggestion": column or "",
                    }
                )
        self.env["aftersales.visit.import.header"].create(vals_list)

    def _get_missing_required(self):
        found = set(self.header_ids.mapped("column"))
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

    def _check_headers(self):
        translate = self.env._
        labels = {column.name: translate(column.label) for column in columns.COLUMNS}
        for column, headers in self.header_ids.grouped("column").items():
            if column and len(headers) > 1:
                raise UserError(
                    self.env._(
                        "Only one of these columns can mean %(column)s: %(headers)s.",
                        column=labels[column],
                        headers=format_list(self.env, headers.mapped("name")),
                    )
                )

    # ------------------------------------------------------------
    # BUSINESS: orders
    # ------------------------------------------------------------

    def _stage_orders(self):
        """Read the file into the table of orders, and tell who and which car it is."""
        Order = self.env[ORDER]
        Order._discard(self)
        parser = self._get_parser()
        with self._open_table() as table:
            vals_list, size = [], 0
            for run in parser.read_runs(table.rows()):
                vals_list.append(self._prepare_run_vals(run, parser))
                size += run.size
                if len(vals_list) == STAGED or size > limits.MAX_ORDER:
                    Order._stage(self, vals_list)
                    vals_list, size = [], 0
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
            header.column: header.sequence
            for header in self.header_ids
            if header.column
        }
        return OrderParser(positions, self.tz, fields.Datetime.now())

    def _prepare_run_vals(self, run, parser):
        translate = self.env._
        errors = dict.fromkeys(translate(error) for error in run.errors)
        return self.env[ORDER]._prepare_order_vals(
            parser.parse(run.rows),
            run.row,
            [values.pack(cells) for cells in run.rows],
            "; ".join(errors),
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
                run = Run(split[0].row, number)
                run.errors.extend(part.error for part in split if part.error)
                for part in split:
                    for row in part.content_id.rows:
                        run.add(values.unpack(row))
                vals_list.append(self._prepare_run_vals(run, parser))
            parts.content_id.unlink()
            Order._stage(self, vals_list)
            self.env.invalidate_all()
