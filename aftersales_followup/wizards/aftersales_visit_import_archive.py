from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..dms import values

LAST_FIRST = SQL("ORDER BY date_arrival DESC, staged.id DESC")


class AftersalesVisitImportOrder(models.TransientModel):
    """The customers and cars of orders being imported: found, or else created.

    Works on a batch of orders in the order of their arrival, with a number of queries
    that does not depend on how many they are. A *group* is a dict of what the whole
    file tells of one customer or car.
    """

    _inherit = "aftersales.visit.import.order"

    # ------------------------------------------------------------
    # BUSINESS: what the file tells
    # ------------------------------------------------------------

    def _get_customer_groups(self):
        """Return {group number: group} of the customers, and of who brings the cars."""
        keys = {*self.mapped("customer_group"), *self.mapped("contact_group")} - {0}
        groups = self._query_groups(
            SQL("customer_group"),
            list(keys),
            SQL(
                """
                max(partner_id) AS partner_id,
                array_agg(DISTINCT customer) AS names,
                array_agg(DISTINCT phone_key) FILTER (WHERE phone_key IS NOT NULL)
                    AS phones,
                array_agg(DISTINCT vehicle_group)
                    FILTER (WHERE vehicle_group IS NOT NULL) AS vehicle_groups,
                (array_agg(customer %s))[1] AS name
                """,
                LAST_FIRST,
            ),
            ["salutation", "phone", "address", "wish"],
        )
        Partner = self.env["res.partner"]
        for group in groups.values():
            group["partner"] = Partner.browse(group["partner_id"] or ())
        return groups

    def _get_vehicle_groups(self, customers):
        """Return {group key: group} of the cars of these orders and customers."""
        keys = set(filter(None, self.mapped("vehicle_group")))
        for customer in customers.values():
            keys.update(customer["vehicle_groups"] or ())
        groups = self._query_groups(
            SQL("vehicle_group"),
            list(keys),
            SQL(
                """
                max(vehicle_id) AS vehicle_id, max(vin_key) AS vin_key,
                array_agg(DISTINCT plate_key) FILTER (WHERE plate_key IS NOT NULL)
                    AS plate_keys
                """
            ),
            ["plate", "vin", "brand", "model", "category"],
        )
        Vehicle = self.env["fleet.vehicle"]
        for group in groups.values():
            group["vehicle"] = Vehicle.browse(group["vehicle_id"] or ())
        return groups

    def _query_groups(self, column, keys, aggregates, texts):
        """Return {key: group} with the ``aggregates`` and, of each text, the newest."""
        newest = SQL(", ").join(
            SQL(
                """(array_agg(visit->>%(name)s %(last_first)s)
                    FILTER (WHERE visit->>%(name)s IS NOT NULL))[1] AS %(alias)s""",
                last_first=LAST_FIRST,
                name=name,
                alias=SQL.identifier(name),
            )
            for name in texts
        )
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT %(column)s AS key, %(aggregates)s, %(newest)s,
                       (array_agg(staged.id %(last_first)s))[1] AS last_id
                  FROM %(table)s staged
                  JOIN %(contents)s content ON content.id = staged.content_id
                 WHERE staged.import_id = %(import)s AND %(column)s = ANY(%(keys)s)
                   AND state != 'rejected'
                 GROUP BY %(column)s
                """,
                column=column,
                last_first=LAST_FIRST,
                aggregates=aggregates,
                newest=newest,
                table=SQL.identifier(self._table),
                contents=SQL.identifier(self.content_id._table),
                **{"import": self.import_id.id},
                keys=keys,
            )
        )
        return {row["key"]: row for row in rows}

    # ------------------------------------------------------------
    # BUSINESS: cars
    # ------------------------------------------------------------

    def _find_vehicles(self, groups):
        """Find the cars that exist: by VIN, else by plate.

        A car known only by its plate takes the VIN that comes with this plate.
        """
        missing = [group for group in groups.values() if not group["vehicle"]]
        vins = [group["vin_key"] for group in missing if group["vin_key"]]
        plates = [plate for group in missing for plate in group["plate_keys"] or ()]
        vehicles = (
            self.env["fleet.vehicle"]
            .with_context(active_test=False)
            .search(
                self._get_company_domain()
                & (
                    Domain("aftersales_vin_key", "in", vins)
                    | Domain("aftersales_plate_key", "in", plates)
                ),
                order="active DESC, id DESC",
            )
        )
        by_vin, by_plate, without_vin = {}, {}, {}
        for vehicle in vehicles:
            plate, vin = vehicle.aftersales_plate_key, vehicle.aftersales_vin_key
            by_plate.setdefault(plate, vehicle)
            if vin:
                by_vin.setdefault(vin, vehicle)
            else:
                without_vin.setdefault(plate, vehicle)
        for group in missing:
            vin, plates = group["vin_key"], group["plate_keys"] or ()
            found = [by_vin[vin]] if vin in by_vin else []
            found += [
                vehicle
                for plate in plates
                if (
                    vehicle := (
                        without_vin.pop(plate, None) if vin else by_plate.get(plate)
                    )
                )
            ]
            if found:
                group["vehicle"] = found[0]

    def _create_vehicles(self, groups, customers):
        """Create the cars that do not exist yet; they belong to who came last."""
        owners = {order.vehicle_group: order.customer_group for order in self}
        missing = [groups[key] for key in owners if key and not groups[key]["vehicle"]]
        models = self._get_vehicle_models(missing)
        # What core would look up anew for each car.
        common = self.env["fleet.vehicle"].default_get(["state_id"])
        vals_list = []
        for group in missing:
            vals = common | self._prepare_vehicle_vals(group)
            vals["model_id"] = models[group["brand"], group["model"]].id
            vals["aftersales_owner_id"] = customers[owners[group["key"]]]["partner"].id
            vals_list.append(vals)
        vehicles = self.env["fleet.vehicle"].create(vals_list)
        for group, vehicle in zip(missing, vehicles, strict=True):
            group["vehicle"] = vehicle

    def _prepare_vehicle_vals(self, group):
        return {
            "company_id": self.import_id.company_id.id,
            "license_plate": group["plate"],
            "vin_sn": group["vin"],
        }

    def _get_vehicle_models(self, groups):
        """Return {(brand, model): model} for the cars, creating what is missing.

        What the file leaves open becomes a brand or model of the name *Unknown*.
        """
        unknown = self.env._("Unknown")
        wanted = {
            (group["brand"], group["model"]): group["category"] for group in groups
        }
        brands = self._get_or_create(
            "fleet.vehicle.model.brand", {brand or unknown for brand, _model in wanted}
        )
        categories = self._get_or_create(
            "fleet.vehicle.model.category", set(filter(None, wanted.values()))
        )
        known = self.env["fleet.vehicle.model"].search(
            [
                ("brand_id", "in", [brand.id for brand in brands.values()]),
                ("name", "in", [model or unknown for _brand, model in wanted]),
            ]
        )
        by_name = {(model.brand_id, model.name): model for model in known}
        for (brand, model), category in wanted.items():
            key = brands[brand or unknown], model or unknown
            if key not in by_name:
                by_name[key] = known.create(
                    {
                        "brand_id": key[0].id,
                        "name": key[1],
                        "category_id": categories[category].id if category else False,
                    }
                )
        return {
            (brand, model): by_name[brands[brand or unknown], model or unknown]
            for brand, model in wanted
        }

    def _get_or_create(self, model, names):
        """Return {name: record} of a model, creating what is missing."""
        records = self.env[model].search([("name", "in", list(names))])
        missing = sorted(names - set(records.mapped("name")))
        records |= records.create([{"name": name} for name in missing])
        return {record.name: record for record in records}

    def _update_vehicles(self, groups, customers):
        """Give cars that were found the owner and plate of their last order.

        An order older than the last visit of the car changes nothing.
        """
        last = {order.vehicle_group: order for order in self if order.vehicle_group}
        latest = self._get_latest_visits(
            "vehicle_id", [groups[key]["vehicle"].id for key in last]
        )
        for key, order in last.items():
            group = groups[key]
            vehicle = group["vehicle"]
            owner = customers[order.customer_group]["partner"]
            vals = {}
            if group["vin"] and not vehicle.vin_sn:
                vals["vin_sn"] = group["vin"]
            if order.date_arrival >= latest[vehicle.id]:
                if vehicle.aftersales_owner_id != owner:
                    vals["aftersales_owner_id"] = owner.id
                plate_key = vehicle._aftersales_key(group["plate"])
                if group["last_id"] == order.id and plate_key not in (
                    False,
                    vehicle.aftersales_plate_key,
                ):
                    vals["license_plate"] = group["plate"]
            if vals:
                vehicle.write(vals)

    # ------------------------------------------------------------
    # BUSINESS: customers
    # ------------------------------------------------------------

    def _find_customers(self, customers, vehicles):
        """Find the customers that exist: the same name with the same phone or car.

        The car is one they own or came with before.
        """
        missing = [group for group in customers.values() if not group["partner"]]
        for group in missing:
            group["vehicle_ids"] = {
                vehicles[key]["vehicle"].id for key in group["vehicle_groups"] or ()
            } - {False}
        vehicle_ids = list({id_ for group in missing for id_ in group["vehicle_ids"]})
        partners = self._search_customers(missing, vehicle_ids)
        by_phone, by_vehicle = {}, {}
        for partner in partners:
            # A contact person of a firm is not the customer of the same phone.
            if not partner.parent_id:
                phone = partner.aftersales_phone_digits
                by_phone.setdefault((values.name_key(partner.name), phone), partner)
        for partner, vehicle_id in self._get_cars_of(partners, vehicle_ids):
            by_vehicle.setdefault((values.name_key(partner.name), vehicle_id), partner)
        for group in missing:
            name = values.name_key(group["name"])
            found = [by_phone.get((name, phone)) for phone in group["phones"] or ()]
            found += [
                by_vehicle.get((name, id_)) for id_ in sorted(group["vehicle_ids"])
            ]
            group["partner"] = next(filter(None, found), group["partner"])

    def _search_customers(self, groups, vehicle_ids):
        """Return the customers that may be those of the groups."""
        names = [name for group in groups for name in group["names"]]
        phones = [phone for group in groups for phone in group["phones"] or ()]
        cars = [("id", "in", vehicle_ids)]
        visits = [("vehicle_id", "in", vehicle_ids)]
        return (
            self.env["res.partner"]
            .with_context(active_test=False)
            .search(
                self._get_company_domain()
                & Domain("name", "in", names)
                & (
                    Domain("aftersales_phone_digits", "in", phones)
                    | Domain("aftersales_vehicle_ids", "any", cars)
                    | Domain("aftersales_visit_ids", "any", visits)
                ),
                order="active DESC, id",
            )
        )

    def _get_cars_of(self, partners, vehicle_ids):
        """Return the pairs (partner, vehicle id) of owners, and of earlier visits."""
        cars = self.env["fleet.vehicle"].browse(vehicle_ids)
        pairs = [(car.aftersales_owner_id, car.id) for car in cars]
        visits = self.env["aftersales.visit"]._read_group(
            [("partner_id", "in", partners.ids), ("vehicle_id", "in", vehicle_ids)],
            ["partner_id", "vehicle_id"],
        )
        pairs += [(partner, vehicle.id) for partner, vehicle in visits]
        return [(partner, id_) for partner, id_ in pairs if partner in partners]

    def _create_customers(self, groups):
        missing = [group for group in groups.values() if not group["partner"]]
        partners = self.env["res.partner"]._load_records_create(
            [self._prepare_customer_vals(group) for group in missing]
        )
        for group, partner in zip(missing, partners, strict=True):
            group["partner"] = partner

    def _prepare_customer_vals(self, group):
        is_company = values.is_company(group["name"])
        return {
            "name": group["name"],
            "is_company": is_company,
            "aftersales_salutation": not is_company and group["salutation"],
            "company_id": self.import_id.company_id.id,
            "phone": group["phone"],
            "street": group["address"],
            **self._prepare_archive_vals(group),
        }

    def _prepare_archive_vals(self, group):
        """Return what an order tells of a customer's archive.

        Nothing else in the import writes fields of the archive.
        """
        return {"aftersales_wish": group["wish"]}

    def _update_customers(self, groups):
        """Give customers whose last order came in its wish, and what they lack.

        An order older than the last visit of the customer leaves the wish.
        """
        last = {
            order.id: group
            for order in self
            if (group := groups[order.customer_group])["last_id"] == order.id
        }
        latest = self._get_latest_visits(
            "partner_id", [group["partner"].id for group in last.values()]
        )
        for order in self.browse(last):
            group = last[order.id]
            partner = group["partner"]
            lacking = [("phone", "phone"), ("street", "address")]
            if not partner.is_company:
                lacking.append(("aftersales_salutation", "salutation"))
            vals = {
                field: group[name]
                for field, name in lacking
                if group[name] and not partner[field]
            }
            if order.date_arrival >= latest[partner.id]:
                archive_vals = self._prepare_archive_vals(group)
                vals.update(
                    (name, value)
                    for name, value in archive_vals.items()
                    if value and value != partner[name]
                )
            if vals:
                partner.write(vals)

    # ------------------------------------------------------------
    # BUSINESS: who brings the cars
    # ------------------------------------------------------------

    def _get_contacts(self, customers):
        """Return {order: person who brings the car}, empty where it is the customer.

        It is a customer of the same name and phone, a known contact, or a new contact
        of the customer.
        """
        contacts = dict.fromkeys(self, self.env["res.partner"])
        known = self._find_contacts()
        missing = {}
        for order in self:
            customer = customers[order.customer_group]["partner"]
            name, phone = order.contact_name_key, order.contact_phone_key
            if not name or name == order.name_key:
                continue
            if order.contact_group:
                contacts[order] = customers[order.contact_group]["partner"]
                continue
            contact = (phone and known.get((name, phone))) or known.get(
                (name, customer)
            )
            if contact:
                contacts[order] = contact
            else:
                missing.setdefault((customer, name, phone), []).append(order)
        # Read together what else would be read for each new contact.
        self.env["res.partner"].union(*(key[0] for key in missing)).mapped("email")
        created = self.env["res.partner"].create(
            [
                orders[-1]._prepare_contact_vals(customer)
                for (customer, _name, _phone), orders in missing.items()
            ]
        )
        for contact, orders in zip(created, missing.values(), strict=True):
            contacts.update(dict.fromkeys(orders, contact))
        return contacts

    def _find_contacts(self):
        """Return known persons by (name, phone) and by (name, customer)."""
        names = {order.content_id.visit.get("contact") for order in self} - {None}
        persons = self.env["res.partner"].search(
            self._get_company_domain() & Domain("name", "in", list(names))
        )
        known = {}
        for person in persons:
            name = values.name_key(person.name)
            if person.aftersales_phone_digits:
                known.setdefault((name, person.aftersales_phone_digits), person)
            if person.parent_id:
                known.setdefault((name, person.parent_id), person)
        return known

    def _prepare_contact_vals(self, customer):
        visit = self.content_id.visit
        return {
            "name": visit["contact"],
            "phone": visit.get("contact_phone"),
            "parent_id": customer.id,
            "type": "contact",
            "company_id": customer.company_id.id,
        }

    # ------------------------------------------------------------
    # BUSINESS: both
    # ------------------------------------------------------------

    def _get_company_domain(self):
        return Domain("company_id", "in", [False, self.import_id.company_id.id])

    def _get_latest_visits(self, field, ids):
        """Return {id: last arrival} of customers or cars."""
        rows = self.env["aftersales.visit"]._read_group(
            [
                (field, "in", ids),
                ("company_id", "=", self.import_id.company_id.id),
                ("state", "!=", "cancelled"),
            ],
            [field],
            ["date_arrival:max"],
        )
        return {record.id: arrival for record, arrival in rows}
