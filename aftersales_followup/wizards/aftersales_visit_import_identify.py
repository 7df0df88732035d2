from odoo import api, models
from odoo.tools import SQL


class AftersalesVisitImportOrder(models.TransientModel):
    """Tells which orders of a file are about one customer, and which about one car."""

    _inherit = "aftersales.visit.import.order"

    # ------------------------------------------------------------
    # BUSINESS: who and which car
    # ------------------------------------------------------------

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
