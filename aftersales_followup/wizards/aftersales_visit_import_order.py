import json
import logging

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..dms import values
from ..models.scheduler import do_in_parts

_logger = logging.getLogger(__name__)

MIN_PHONE_DIGITS = 5
MIN_VIN = 6


class AftersalesVisitImportOrder(models.TransientModel):
    """An order of the file being imported, read and checked but not yet a visit.

    The rows wait in this table and not in memory, so a file may have any length, and
    finding the orders of one customer or car is a matter of a query.
    """

    _name = "aftersales.visit.import.order"
    _description = "Order of a DMS Export"
    _inherit = ["aftersales.visit.import.archive"]
    _order = "row"
    _rec_name = "number"
    _transient_max_hours = 24.0

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
    flaw = fields.Char(help="What is wrong with its rows, before reading their cells.")
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
    def _prepare_order_vals(self, order, row, rows, flaw):
        """Return the vals of a staged order.

        :param order: ``dms.order.Order``
        :param int row: where it begins in the file
        :param list rows: its packed rows
        :param str flaw: what is wrong with the rows themselves, or ``False``
        """
        translate = self.env._
        reasons = [
            f"{translate(reason)}: {value[:60]}" if value else translate(reason)
            for reason, value in order.reasons
        ]
        reasons = list(dict.fromkeys([*([flaw] if flaw else []), *reasons]))
        visit = {name: value for name, value in order.visit.items() if value}
        arrival = visit.pop("date_arrival", None)
        if "date_delivery" in visit:
            visit["date_delivery"] = fields.Datetime.to_string(visit["date_delivery"])
        return {
            "row": row,
            "number": order.number or None,
            "customer": order.customer or None,
            "state": "rejected" if reasons else "ready",
            "reason": "; ".join(reasons) or None,
            "flaw": flaw or None,
            "content": {"rows": rows, "visit": visit, "lines": order.lines},
            "date_arrival": arrival and fields.Datetime.to_string(arrival),
            "line_count": len(order.lines),
            "amount": sum(line["amount"] for line in order.lines),
            **self._prepare_key_vals(order.visit),
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
    def _skip_known(self, data_import):
        """Mark orders that are visits already; they tell who and which car it was."""
        self.env["aftersales.visit"].flush_model(
            ["name", "company_id", "partner_id", "vehicle_id"]
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE %s staged
                   SET state = 'skipped', partner_id = visit.partner_id,
                       vehicle_id = visit.vehicle_id
                  FROM aftersales_visit visit
                 WHERE staged.import_id = %s AND staged.state = 'ready'
                   AND visit.company_id = %s AND visit.name = staged.number
                """,
                SQL.identifier(self._table),
                data_import.id,
                data_import.company_id.id,
            )
        )

    @api.model
    def _group_vehicles(self, data_import):
        """Tell one car from another: by VIN, without one by plate.

        A plate alone means the car that carried it last, if the file knows its VIN.
        """
        self.env.cr.execute(
            SQL(
                """
                WITH carriers AS (
                    SELECT id, first_value(vin_key) OVER (
                               PARTITION BY plate_key
                               ORDER BY vin_key IS NULL, date_arrival DESC, id DESC)
                               AS vin_key
                      FROM %(table)s
                     WHERE import_id = %(import)s AND state != 'rejected')
                UPDATE %(table)s staged
                   SET vehicle_group = CASE
                       WHEN staged.vin_key IS NOT NULL THEN 'vin ' || staged.vin_key
                       WHEN staged.plate_key IS NULL THEN NULL
                       WHEN carriers.vin_key IS NOT NULL THEN 'vin ' || carriers.vin_key
                       ELSE 'plate ' || staged.plate_key END
                  FROM carriers WHERE carriers.id = staged.id
                """,
                table=SQL.identifier(self._table),
                **{"import": data_import.id},
            )
        )

    @api.model
    def _group_customers(self, data_import):
        """Tell one customer from another: the same name with the same phone or car.

        Each order begins as a group of its own; orders that share name and phone, or
        name and car, take the lowest number among them until nothing changes. Whole
        groups move at once, so a few rounds do.
        """
        table, import_id = SQL.identifier(self._table), data_import.id
        self.env.cr.execute(
            SQL(
                """UPDATE %s SET customer_group = id
                    WHERE import_id = %s AND state != 'rejected'""",
                table,
                import_id,
            )
        )
        merge = SQL(
            """
            WITH neighbours AS (
                SELECT id, customer_group,
                       LEAST(customer_group,
                             CASE WHEN phone_key IS NOT NULL
                                  THEN min(customer_group) OVER same_phone END,
                             CASE WHEN vehicle_group IS NOT NULL
                                  THEN min(customer_group) OVER same_car END) AS lowest
                  FROM %(table)s
                 WHERE import_id = %(import)s AND state != 'rejected'
                WINDOW same_phone AS (PARTITION BY name_key, phone_key),
                       same_car AS (PARTITION BY name_key, vehicle_group)),
            merged AS (
                SELECT id, min(lowest) OVER (PARTITION BY customer_group) AS lowest
                  FROM neighbours)
            UPDATE %(table)s staged SET customer_group = merged.lowest
              FROM merged
             WHERE staged.id = merged.id AND staged.customer_group != merged.lowest
            """,
            table=table,
            **{"import": import_id},
        )
        self.env.cr.execute(merge)
        while self.env.cr.rowcount:
            self.env.cr.execute(merge)

    @api.model
    def _group_contacts(self, data_import):
        """Find those who bring a car and are customers in the file themselves."""
        self.env.cr.execute(
            SQL(
                """
                WITH persons AS (
                    SELECT id, TRUE AS is_contact, NULL AS customer_group,
                           contact_name_key AS name, contact_phone_key AS phone
                      FROM %(table)s WHERE import_id = %(import)s
                 UNION ALL
                    SELECT id, FALSE, customer_group, name_key, phone_key
                      FROM %(table)s WHERE import_id = %(import)s),
                found AS (
                    SELECT id, is_contact,
                           min(customer_group) OVER (PARTITION BY name, phone)
                               AS customer_group
                      FROM persons WHERE name IS NOT NULL AND phone IS NOT NULL)
                UPDATE %(table)s staged SET contact_group = found.customer_group
                  FROM found
                 WHERE staged.id = found.id AND found.is_contact
                   AND found.customer_group IS NOT NULL
                """,
                table=SQL.identifier(self._table),
                **{"import": data_import.id},
            )
        )

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

    # ------------------------------------------------------------
    # BUSINESS: import
    # ------------------------------------------------------------

    def _import(self):
        """Make visits of these orders; what fails is rejected, the rest comes in."""
        do_in_parts(
            self,
            lambda orders: orders._create_visits(),
            lambda order, error: order._reject(error),
        )

    def _reject(self, error):
        if isinstance(error, UserError):
            reason = str(error)
        else:
            _logger.warning("Order %s cannot be imported", self.number, exc_info=error)
            reason = self.env._("cannot be saved: %(error)s", error=error)
        self.write({"state": "rejected", "reason": reason})

    def _create_visits(self):
        """Make visits of these orders, with the customers and cars they need.

        The number of queries does not depend on the number of orders, but for the
        three that Fleet needs for each new car.
        """
        customers = self._get_customer_groups()
        vehicles = self._get_vehicle_groups(customers)
        self._find_vehicles(vehicles)
        self._find_customers(customers, vehicles)
        self._create_customers(customers)
        self._create_vehicles(vehicles, customers)
        contacts = self._get_contacts(customers)
        services = self._get_service_types()
        advisors = self._get_advisors()
        vals_list = []
        for order in self:
            vehicle = vehicles.get(order.vehicle_group)
            vals_list.append(
                {
                    **order._prepare_visit_vals(services, advisors),
                    "partner_id": customers[order.customer_group]["partner"].id,
                    "contact_id": contacts[order].id,
                    "vehicle_id": vehicle["vehicle"].id if vehicle else False,
                }
            )
        visits = self.env["aftersales.visit"].create(vals_list)
        self._link_reworks(visits)
        self._update_customers(customers)
        self._update_vehicles(vehicles, customers)
        self.env.flush_all()
        self._mark_imported(customers)

    def _prepare_visit_vals(self, services, advisors):
        """Return the vals of the visit, but for who came with which car."""
        visit = self.content_id.visit
        advisor = visit.get("advisor")
        vals = {
            "name": self.number,
            "company_id": self.import_id.company_id.id,
            "visit_type": visit["visit_type"],
            "state": visit["state"],
            "date_arrival": self.date_arrival,
            "date_delivery": visit.get("date_delivery"),
            "odometer": visit.get("odometer"),
            "advisor_id": advisors.get(advisor),
            "advisor_name": advisor,
            "wish": visit.get("wish"),
            "note": visit.get("note"),
            "rework_reference": visit.get("rework_of"),
            "line_ids": [
                Command.create(self._prepare_line_vals(line, services))
                for line in self.content_id.lines or []
            ],
        }
        # What the order leaves open is taken from the customer and the car.
        vals.update(
            (name, visit[name])
            for name in ("plate", "phone", "address")
            if name in visit
        )
        return vals

    @api.model
    def _prepare_line_vals(self, line, services):
        vals = {
            name: line[name]
            for name in ("name", "trade", "payer", "amount", "cost", "claim_state")
        }
        vals["service_type_id"] = services.get(line["service"])
        return vals

    def _get_service_types(self):
        """Return {name: id}, creating what is missing; names count in any language."""
        wanted = {
            line["service"] for order in self for line in order.content_id.lines or []
        }
        wanted.discard("")
        ServiceType = self.env["fleet.service.type"]
        ServiceType.flush_model(["name", "category"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT translation.value, min(type.id)
                  FROM fleet_service_type type, jsonb_each_text(type.name) translation
                 WHERE type.category = 'service' AND translation.value = ANY(%s)
                 GROUP BY translation.value
                """,
                list(wanted),
            )
        )
        services = dict(rows)
        missing = sorted(wanted - services.keys())
        created = ServiceType.create(
            [{"name": name, "category": "service"} for name in missing]
        )
        services.update(zip(missing, created.ids, strict=True))
        return services

    def _get_advisors(self):
        """Return {name: user id} of the company's users who are named only once."""
        names = {order.content_id.visit.get("advisor") for order in self} - {None}
        users = self.env["res.users"].search(
            [
                ("name", "in", list(names)),
                ("company_ids", "in", self.import_id.company_id.ids),
                ("share", "=", False),
            ]
        )
        return {
            name: namesakes.id
            for name, namesakes in users.grouped("name").items()
            if len(namesakes) == 1
        }

    def _link_reworks(self, visits):
        """Link reworks to the visits they repair, in whichever order they come in."""
        company = Domain("company_id", "=", self.import_id.company_id.id)
        waiting = visits.search(
            company
            & Domain("rework_of_id", "=", False)
            & Domain("rework_reference", "!=", False)
            & (
                Domain("id", "in", visits.ids)
                | Domain("rework_reference", "in", visits.mapped("name"))
            )
        ).grouped("rework_reference")
        for repaired in visits.search(company & Domain("name", "in", list(waiting))):
            reworks = waiting[repaired.name] - repaired
            reworks.write({"rework_of_id": repaired.id, "rework_reference": False})

    def _mark_imported(self, customers):
        """Note the outcome, and who the customers of the orders to come are."""
        table = SQL.identifier(self._table)
        self.env.cr.execute(
            SQL("UPDATE %s SET state = 'imported' WHERE id = ANY(%s)", table, self.ids)
        )
        known = [
            SQL("(%s, %s)", key, group["partner"].id)
            for key, group in customers.items()
            if not group["partner_id"]
        ]
        if known:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE %(table)s staged SET partner_id = known.partner_id
                      FROM (VALUES %(known)s) AS known(customer_group, partner_id)
                     WHERE staged.import_id = %(import)s AND staged.state = 'ready'
                       AND staged.customer_group = known.customer_group
                    """,
                    table=table,
                    known=SQL(", ").join(known),
                    **{"import": self.import_id.id},
                )
            )
        self.invalidate_model(["state", "partner_id"], flush=False)
