import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..dms import values
from ..dms.limits import MAX_SHOWN

MIN_PHONE_DIGITS = 5
MIN_VIN = 6
KEYS = (
    "name_key",
    "phone_key",
    "contact_name_key",
    "contact_phone_key",
    "plate_key",
    "vin_key",
)


class AftersalesVisitImportOrder(models.TransientModel):
    """An order of the file being imported, read and checked but not yet a visit.

    The rows wait in this table and not in memory, so a file may have any length, and
    finding the orders of one customer or car is a matter of a query.
    """

    _name = "aftersales.visit.import.order"
    _description = "Order of a DMS Export"
    _inherit = ["aftersales.sane.mixin"]
    _order = "row"
    _rec_name = "number"
    # They go with their import.
    _transient_max_hours = 0
    _transient_max_count = 0

    import_id = fields.Many2one(
        "aftersales.visit.import", required=True, ondelete="cascade"
    )
    row = fields.Integer(help="Where the order begins in the file.")
    number = fields.Char(string="Order Number")
    customer = fields.Char()
    state = fields.Selection(
        [
            ("ready", "To Import"),
            ("imported", "Imported"),
            ("skipped", "There Already"),
            ("rejected", "Rejected"),
        ],
        required=True,
    )
    reason = fields.Text(string="Reason for Rejection")
    error = fields.Char(help="What is wrong with its rows, before reading their cells.")
    content_id = fields.Many2one(
        "aftersales.visit.import.content", required=True, index=True, ondelete="cascade"
    )
    date_arrival = fields.Datetime()
    line_count = fields.Integer()
    amount = fields.Float(digits=(16, 2))

    # what tells who and which car it is
    name_key = fields.Char()
    phone_key = fields.Char()
    contact_name_key = fields.Char()
    contact_phone_key = fields.Char()
    plate_key = fields.Char()
    vin_key = fields.Char()
    customer_group = fields.Integer(help="The same in all orders of one customer.")
    contact_group = fields.Integer(
        help="The customer group of the person who brings the car, if it has one."
    )
    vehicle_group = fields.Char(help="The same in all orders of one car.")
    partner_id = fields.Many2one("res.partner", ondelete="set null")
    vehicle_id = fields.Many2one("fleet.vehicle", ondelete="set null")

    _number_index = models.Index("(import_id, number)")
    _state_index = models.Index("(import_id, state, date_arrival, id)")
    _customer_index = models.Index("(import_id, customer_group)")
    _vehicle_index = models.Index("(import_id, vehicle_group)")

    # ------------------------------------------------------------
    # BUSINESS: staging
    # ------------------------------------------------------------

    @api.model
    def _prepare_order_vals(self, order, row, rows, error):
        """Return the vals of a staged order.

        :param order: ``dms.order.Order``
        :param int row: where it begins in the file
        :param list rows: its packed rows
        :param str error: what is wrong with the rows themselves, or ``False``
        """
        translate = self.env._
        reasons = [
            f"{translate(reason)}: {value[:60]}" if value else translate(reason)
            for reason, value in order.reasons
        ]
        reasons = list(dict.fromkeys([*([error] if error else []), *reasons]))
        visit = {name: value for name, value in order.visit.items() if value}
        arrival = visit.pop("date_arrival", None)
        if "date_delivery" in visit:
            visit["date_delivery"] = fields.Datetime.to_string(visit["date_delivery"])
        return {
            "row": row,
            "number": order.number[:MAX_SHOWN] or None,
            "customer": order.customer[:MAX_SHOWN] or None,
            "state": "rejected" if reasons else "ready",
            "reason": "; ".join(reasons) or None,
            "error": error or None,
            "content": {"rows": rows, "visit": visit, "lines": order.lines},
            "date_arrival": arrival and fields.Datetime.to_string(arrival),
            "line_count": len(order.lines),
            "amount": sum(line["amount"] for line in order.lines),
            # Of a rejected order nobody asks who it was.
            **(dict.fromkeys(KEYS) if reasons else self._prepare_key_vals(order.visit)),
        }

    @api.model
    def _prepare_key_vals(self, visit):
        def phone_key(number):
            digits = self.env["res.partner"]._aftersales_phone_digits(number)
            return digits if digits and len(digits) >= MIN_PHONE_DIGITS else None

        vehicle_key = self.env["fleet.vehicle"]._aftersales_key
        vin_key = vehicle_key(visit["vin"]) or ""
        return {
            "name_key": values.name_key(visit["customer"]) or None,
            "phone_key": phone_key(visit["phone"]),
            "contact_name_key": values.name_key(visit["contact"]) or None,
            "contact_phone_key": phone_key(visit["contact_phone"]),
            "plate_key": vehicle_key(visit["plate"]) or None,
            "vin_key": vin_key if len(vin_key) >= MIN_VIN else None,
        }

    @api.model
    def _stage(self, data_import, vals_list):
        """Insert staged orders and what they say; as ``create`` would, but quick."""
        if not vals_list:
            return
        Content = self.env["aftersales.visit.import.content"]
        ids = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"{Content._table}_id_seq",
                len(vals_list),
            )
        )
        contents = [
            {"id": id_, **vals.pop("content")}
            for (id_,), vals in zip(ids, vals_list, strict=True)
        ]
        for content, vals in zip(contents, vals_list, strict=True):
            vals["content_id"] = content["id"]
        for model, rows in ((Content, contents), (self, vals_list)):
            model.env.cr.execute(
                SQL(
                    """
                    INSERT INTO %(table)s (import_id, create_uid, write_date, %(names)s)
                    SELECT %(import)s, %(uid)s, %(now)s, %(names)s
                      FROM jsonb_populate_recordset(NULL::%(table)s, %(rows)s)
                    """,
                    table=SQL.identifier(model._table),
                    names=SQL(", ").join(map(SQL.identifier, rows[0])),
                    **{"import": data_import.id},
                    uid=self.env.uid,
                    now=self.env.cr.now(),
                    rows=json.dumps(rows),
                )
            )

    @api.model
    def _analyze(self):
        """Let PostgreSQL know what the staged orders look like.

        Right after the insertion it does not, and would read the whole table for each
        order of a long file.
        """
        for model in (self, self.env["aftersales.visit.import.content"]):
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(model._table)))

    @api.model
    def _discard(self, data_imports):
        """Delete the staged orders of some imports by one statement, as ``unlink``."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE import_id = ANY(%s)",
                SQL.identifier(self.env["aftersales.visit.import.content"]._table),
                data_imports.ids,
            )
        )
        self.env.invalidate_all(flush=False)

    @api.model
    def _forget_people(self, data_import):
        """Delete the orders that came in or were there before: their visits tell all.

        The rejected ones stay until the import goes.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM %s content USING %s staged
                 WHERE staged.content_id = content.id AND staged.import_id = %s
                   AND staged.state IN ('imported', 'skipped')
                """,
                SQL.identifier(self.env["aftersales.visit.import.content"]._table),
                SQL.identifier(self._table),
                data_import.id,
            )
        )
        self.env.invalidate_all(flush=False)

    @api.model
    def _get_split_numbers(self, data_import, limit):
        """Return numbers of orders whose rows do not stand together in the file."""
        rows = self.env.execute_query(
            SQL(
                """SELECT number FROM %s WHERE import_id = %s AND number IS NOT NULL
                    GROUP BY number HAVING count(*) > 1 LIMIT %s""",
                SQL.identifier(self._table),
                data_import.id,
                limit,
            )
        )
        return [number for (number,) in rows]

    @api.model
    def _count(self, data_import):
        """Return the figures of a staged file, as a dict of the wizard's fields."""
        [figures] = self.env.execute_query_dict(
            SQL(
                """
                SELECT count(*) AS order_count,
                       count(*) FILTER (WHERE state = 'ready') AS ready_count,
                       count(*) FILTER (WHERE state = 'imported') AS imported_count,
                       count(*) FILTER (WHERE state = 'skipped') AS skipped_count,
                       count(*) FILTER (WHERE state = 'rejected') AS rejected_count,
                       COALESCE(sum(line_count) FILTER (WHERE state != 'rejected'), 0)
                           AS line_count,
                       COALESCE(sum(amount) FILTER (WHERE state != 'rejected'), 0)
                           AS amount_total,
                       count(DISTINCT customer_group) FILTER (WHERE state != 'rejected')
                           AS customer_count,
                       count(DISTINCT vehicle_group) FILTER (WHERE state != 'rejected')
                           AS vehicle_count
                  FROM %s WHERE import_id = ANY(%s)
                """,
                SQL.identifier(self._table),
                data_import.ids,
            )
        )
        return figures
