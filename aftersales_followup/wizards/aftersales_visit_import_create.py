import logging

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.scheduler import do_in_parts

_logger = logging.getLogger(__name__)


class AftersalesVisitImportOrder(models.TransientModel):
    """Makes visits of orders that were read, each as a whole or not at all."""

    _inherit = "aftersales.visit.import.order"

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
        self.env["aftersales.segment"]._recalculate_partners(
            visits.partner_id, self.import_id.company_id
        )
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
