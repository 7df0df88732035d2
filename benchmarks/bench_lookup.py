"""Finding customers, cars and their records by what one knows of them."""

from measuring import grows


def look_up(model, field):
    """Return what finds the record in the middle by a part of one of its fields."""

    def prepare(env):
        records = env[model].with_context(aftersales_lookup=True)
        text = field(env)
        return lambda: records.name_search(text, limit=8)

    return prepare


def list_found(model, field):
    """Return what shows the first page of a list, searched by a part of a field."""

    def prepare(env):
        domain = [("aftersales_lookup", "ilike", field(env))]
        return lambda: env[model].search_fetch(domain, ["company_id"], limit=80)

    return prepare


def find_one(env):
    """Return a customer of the company, far from the first one."""
    return env["res.partner"].search(
        [
            ("aftersales_archive_number", "!=", False),
            ("aftersales_vehicle_ids", "!=", False),
        ],
        order="id desc",
        limit=777,
    )[-1:]


LOOKED_FOR = {
    "phone": ("res.partner", lambda env: find_one(env).phone),
    "last digits of a phone": ("res.partner", lambda env: find_one(env).phone[-6:]),
    "name": ("res.partner", lambda env: find_one(env).name),
    "part of a name": ("res.partner", lambda env: find_one(env).name[1:]),
    "plate": (
        "fleet.vehicle",
        lambda env: find_one(env).aftersales_vehicle_ids[:1].license_plate,
    ),
    "last signs of a plate": (
        "fleet.vehicle",
        lambda env: find_one(env).aftersales_vehicle_ids[:1].license_plate[-5:],
    ),
    "customer by plate": (
        "res.partner",
        lambda env: find_one(env).aftersales_vehicle_ids[:1].license_plate,
    ),
    "VIN": (
        "fleet.vehicle",
        lambda env: find_one(env).aftersales_vehicle_ids[:1].vin_sn,
    ),
}
LISTED = {
    "customers by two signs of a name": (
        "res.partner",
        lambda env: find_one(env).name[:2],
    ),
    "calls by phone": ("aftersales.call", lambda env: find_one(env).phone),
    "calls by a name nobody has": ("aftersales.call", lambda env: "李雷雷"),
    "visits by plate": (
        "aftersales.visit",
        lambda env: find_one(env).aftersales_vehicle_ids[:1].license_plate,
    ),
    "follow-ups by last signs of a VIN": (
        "aftersales.followup",
        lambda env: find_one(env).aftersales_vehicle_ids[:1].vin_sn[-6:],
    ),
}
OFFICER = {"login": "officer0", "reads": True}
ROWS = [
    grows(f"look-up: {what}", look_up(model, field), 2, 0.1, **OFFICER)
    for what, (model, field) in LOOKED_FOR.items()
] + [
    grows(f"list of {what}", list_found(model, field), 2, 0.1, **OFFICER)
    for what, (model, field) in LISTED.items()
]
