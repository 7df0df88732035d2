"""The data that the benchmarks work on: a dealership's visits and calls."""

from datetime import date, datetime

from odoo import api
from odoo.fields import Command
from odoo.tools import SQL

VISITS = 10_000
CUSTOMERS = 20_000  # half of them did not come in lately
CALLS = 20_000
CALLS_A_DAY = 200
FIRST_DAY = date(2026, 1, 5)
GROUP = "aftersales_followup.aftersales_followup_group_"
SAID = "The customer is content, asked for the price of winter tyres and calls again."


def clone(env, record, count, **expressions):
    """Insert copies of a record by SQL, and return their ids.

    :param expressions: column -> SQL of its value, with ``n`` going from 1 to count
    """
    env.flush_all()
    columns = [
        name
        for name, field in record._fields.items()
        if field.store and field.column_type and name != "id"
    ]
    rows = env.execute_query(
        SQL(
            """
            INSERT INTO %(table)s (%(columns)s)
            SELECT %(values)s FROM %(table)s, generate_series(1, %(count)s) n
             WHERE %(table)s.id = %(id)s ORDER BY n RETURNING id
            """,
            table=SQL.identifier(record._table),
            columns=SQL(", ").join(map(SQL.identifier, columns)),
            values=SQL(", ").join(
                expressions.get(name, SQL.identifier(record._table, name))
                for name in columns
            ),
            count=count,
            id=record.id,
        )
    )
    env.invalidate_all()
    return [row_id for (row_id,) in rows]


def pick(ids):
    """Return the SQL of the n-th of ``ids``, beginning anew after the last."""
    return SQL("(%s::int[])[1 + (n - 1) %% %s]", ids, len(ids))


def open_dealership(registry):
    """Commit the data and return the id of the supervisor who works with it."""
    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": True})
        officers = [new_user(env, f"officer{n}", "officer") for n in range(5)]
        supervisor = new_user(env, "supervisor", "supervisor")
        supervisor.group_ids |= env.ref("base.group_allow_export")
        visit = new_visit(env, officers[0], supervisor)
        officer_ids = [officer.id for officer in officers]
        partner_ids = clone_visits(env, visit, officer_ids)
        clone_customers(env, visit, officer_ids)
        clone_calls(env, visit, partner_ids, officer_ids)
        env.cr.execute("ANALYZE")
        return supervisor.id


def new_user(env, login, role):
    return env["res.users"].create(
        {
            "name": login.title(),
            "login": login,
            "group_ids": [Command.link(env.ref(f"{GROUP}{role}").id)],
        }
    )


def new_visit(env, officer, advisor):
    """Return a delivered visit whose follow-up is not planned."""
    brand = env["fleet.vehicle.model.brand"].create({"name": "Buick"})
    model = env["fleet.vehicle.model"].create({"name": "Regal", "brand_id": brand.id})
    partner = env["res.partner"].create(
        {
            "name": "Zhang San",
            "phone": "138 0013 8000",
            "street": "1 Xiangzhong Avenue",
            "aftersales_officer_id": officer.id,
        }
    )
    vehicle = env["fleet.vehicle"].create(
        {
            "model_id": model.id,
            "license_plate": "湘K12345",
            "aftersales_owner_id": partner.id,
        }
    )
    visit = env["aftersales.visit"].create(
        {
            "partner_id": partner.id,
            "vehicle_id": vehicle.id,
            "advisor_id": advisor.id,
            "line_ids": [Command.create({"name": "Oil change", "amount": 300})],
        }
    )
    rule = env.ref("aftersales_followup.rule_first")
    rule.active = False
    visit.action_deliver()
    rule.active = True
    return visit


def clone_customers(env, visit, officer_ids):
    """Make the customers without a visit, each with a car of its own."""
    count = CUSTOMERS - VISITS
    partner_ids = clone(env, visit.partner_id, count)
    clone_archives(env, visit, "C", partner_ids, officer_ids)
    clone(env, visit.vehicle_id, count, aftersales_owner_id=pick(partner_ids))


def clone_archives(env, visit, prefix, partner_ids, officer_ids):
    """Give each of these customers an archive with a number and an officer."""
    clone(
        env,
        visit.partner_id.aftersales_archive_id,
        len(partner_ids),
        partner_id=pick(partner_ids),
        number=SQL("%s || n", prefix),
        officer_id=pick(officer_ids),
    )


def clone_visits(env, visit, officer_ids):
    """Make as many visits, each of a car of its own; return the customers' ids."""
    partner_ids = clone(env, visit.partner_id, VISITS)
    clone_archives(env, visit, "B", partner_ids, officer_ids)
    vehicle_ids = clone(
        env, visit.vehicle_id, VISITS, aftersales_owner_id=pick(partner_ids)
    )
    visit_ids = clone(
        env,
        visit,
        VISITS,
        name=SQL("'B' || n"),
        partner_id=pick(partner_ids),
        vehicle_id=pick(vehicle_ids),
        officer_id=pick(officer_ids),
    )
    clone(env, visit.line_ids, VISITS, visit_id=pick(visit_ids))
    return partner_ids


def clone_calls(env, visit, partner_ids, officer_ids):
    """Fill the register of a year with calls."""
    call = env["aftersales.call"].create(
        {
            "partner_id": visit.partner_id.id,
            "vehicle_id": visit.vehicle_id.id,
            "outcome_id": env.ref("aftersales_followup.outcome_reached").id,
            "date": datetime.combine(FIRST_DAY, datetime.min.time()),
            "content": SAID,
            "satisfaction": 9,
        }
    )
    call.action_register()
    call_ids = clone(
        env,
        call,
        CALLS,
        partner_id=pick(partner_ids),
        user_id=pick(officer_ids),
        date=SQL(
            "%s::timestamp + ((n - 1) / %s) * interval '1 day' + interval '3 hours'",
            FIRST_DAY,
            CALLS_A_DAY,
        ),
        register_sequence=SQL("n + 1"),
        number=SQL("register_year || '-' || lpad((n + 1)::text, 6, '0')"),
    )
    field = call._fields["topic_ids"]
    env.cr.execute(
        SQL(
            "INSERT INTO %s (%s, %s) SELECT id, %s FROM unnest(%s) id",
            SQL.identifier(field.relation),
            SQL.identifier(field.column1),
            SQL.identifier(field.column2),
            env.ref("aftersales_followup.topic_usage").id,
            call_ids,
        )
    )
