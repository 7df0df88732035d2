import base64
import binascii
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from ..dms import columns, limits
from ..models.typed_values import IMPORTED

ORDER = "aftersales.visit.import.order"
BATCH = 200  # orders imported by one request
FIRST_REJECTED = 20  # shown in the preview
BULK = {
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "tracking_disable": True,
    IMPORTED: True,
}


class AftersalesVisitImport(models.TransientModel):
    """Brings in what a dealership did so far: the flat file that its DMS exports.

    The file is read into a table of orders (*preview*), then orders become visits,
    batch by batch, each a whole order or not at all. An order that is there already is
    skipped, so a file can be imported again after it was corrected.

    What the file tells of people does not stay: once the import is done only the
    rejected orders are kept, and the nightly clean-up of transient records
    (``_transient_vacuum``) deletes the import with its file, columns and orders when
    nothing was done with it for twelve hours.
    """

    _name = "aftersales.visit.import"
    _description = "Import from the DMS"
    _inherit = ["aftersales.guarded.mixin"]
    _rec_name = "filename"
    _transient_max_hours = 12.0

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    data_file = fields.Binary(
        help="The DMS export, as Excel file (.xlsx) or text file (.csv)."
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
            ("draft", "Data File"),
            ("match", "Columns"),
            ("ready", "Preview"),
            ("done", "Imported"),
        ],
        default="draft",
        required=True,
        readonly=True,
    )
    header_ids = fields.One2many("aftersales.visit.import.header", "import_id")
    missing_columns = fields.Char(
        compute="_compute_missing_columns", help="Columns that the file does not have."
    )

    # what the file holds
    figures = fields.Json(
        help="Those below once the import is over: its orders are not kept."
    )
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

    @api.depends("header_ids.column")
    def _compute_missing_columns(self):
        translate = self.env._
        for data_import in self:
            found = set(data_import.header_ids.mapped("column"))
            data_import.missing_columns = format_list(
                self.env,
                [
                    translate(column.label)
                    for column in columns.COLUMNS
                    if column.name not in found
                ],
            )

    @api.depends("figures")
    def _compute_figures(self):
        for data_import in self:
            data_import.update(
                data_import.figures or self.env[ORDER]._count(data_import._origin)
            )

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
        for vals in vals_list:
            self._check_file(vals.get("data_file"))
        imports = self.with_context(aftersales_no_index=True)
        return (
            super(AftersalesVisitImport, imports).create(vals_list).with_env(self.env)
        )

    def write(self, vals):
        """Forget what was read when the file or its time zone changes."""
        self._check_file(vals.get("data_file"))
        imports = self.with_context(aftersales_no_index=True)
        result = super(AftersalesVisitImport, imports).write(vals)
        if "data_file" in vals:
            self.header_ids.unlink()
        if {"data_file", "tz"} & vals.keys():
            self._forget_orders()
        return result

    def _check_file(self, data):
        """Refuse a file that is too large, or none at all, before it is stored.

        :param data: the file in base64
        """
        if not data:
            return
        try:
            if len(data) // 4 * 3 > limits.MAX_BYTES:
                raise UserError(
                    self.env._(
                        "The file is larger than %(limit)s MB. Export a shorter "
                        "period, e.g. one year at a time.",
                        limit=limits.MAX_BYTES >> 20,
                    )
                )
            base64.b64decode(data)
        except (binascii.Error, TypeError, ValueError) as error:
            raise UserError(
                self.env._("The file did not arrive whole. Choose it again.")
            ) from error

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_preview(self):
        """Read the file and show what it holds; nothing is imported yet.

        Where a necessary column is missing and a header is not understood, the user is
        asked to match them.

        :raise UserError: if the file cannot be imported, saying why
        """
        self.ensure_one()
        self.check_access("write")
        if not self.header_ids:
            self._read_headers()
        self._check_headers()
        if self._get_missing_required() and not all(self.header_ids.mapped("column")):
            self.state = "match"
            return True
        self._check_required()
        self.header_ids._remember(self.company_id)
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

    def action_open_imported(self):
        """Show the visits that came in with this file."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_visit_action"
        )
        # The last batch and the end of the import are written at one moment.
        last = self.write_date + timedelta(seconds=1)
        action["domain"] = [
            ("company_id", "=", self.company_id.id),
            ("create_uid", "=", self.create_uid.id),
            ("create_date", ">=", fields.Datetime.to_string(self.create_date)),
            ("create_date", "<=", fields.Datetime.to_string(last)),
        ]
        action["context"] = {}
        return action

    def import_batch(self):
        """Import the next orders, as a request of its own in the browser.

        :return: dict of ``done`` and ``total`` numbers of orders
        :raise UserError: if another import of the company is at work
        """
        self.ensure_one()
        self.check_access("write")
        if self.state == "done":
            return {"done": self.order_count, "total": self.order_count}
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

    def _get_guarded_fields(self):
        return {"figures"}

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
        """Hand back what was rejected, and keep of the rest no more than figures."""
        if self.state == "ready":
            self._build_rejected_file()
            self.sudo().figures = self.env[ORDER]._count(self)
            self.env[ORDER]._forget_people(self)
            self.state = "done"

    def _forget_orders(self):
        """Forget the orders that were read: they are to be read again."""
        self.env[ORDER]._discard(self)
        self.sudo().write({"state": "draft", "rejected_file": False, "figures": False})

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
