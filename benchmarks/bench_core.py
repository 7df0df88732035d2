"""Core's own screens and deletions, for people who have nothing to do with us."""

from bulk import clone
from measuring import Row, Side, grows

CONTACTS = 2_000


def read_contacts(env):
    """The contact list, page by page, and the forms of its first contacts.

    Somebody reads them who has no role of ours, and all rules apply to.
    """
    reader = env["res.users"].sudo().create({"name": "Reader", "login": "reader"})
    partner = (
        env["res.partner"].sudo().create({"name": "Zhang San", "phone": "1390001"})
    )
    base = clone(env, partner, CONTACTS, name="'Contact ' || n")
    partners = env(user=reader, context={})["res.partner"]
    columns = ("complete_name", "phone", "email", "country_id", "category_id")

    def read():
        for page in range(10):
            found = partners.search_fetch(
                [("id", ">", base)], columns, offset=page * 80, limit=80
            )
            found.web_read({name: {} for name in columns})
        for partner in partners.browse(range(base + 1, base + 21)):
            partner.web_read({"name": {}, "child_ids": {}, "comment": {}, "lang": {}})

    read()  # the caches of rights and settings are full in a server that runs
    return read


def delete_user(env):
    """Somebody without any history leaves."""
    user = (
        env["res.users"]
        .sudo()
        .create({"name": "Short Stay", "login": "short_stay", "email": "s@example.com"})
    )
    return user.unlink


def delete_service_type(env):
    return (
        env["fleet.service.type"]
        .sudo()
        .create({"name": "Mistake", "category": "service"})
        .unlink
    )


ROWS = [
    Row(
        "core's list and form of contacts for others",
        "the same without the module",
        Side(read_contacts, rounds=7),
        Side(read_contacts, rounds=7, database="plain"),
        at_most=1.05,
    ),
    grows("deleting a user", delete_user, rounds=2),
    grows("deleting a service type", delete_service_type, rounds=2),
]
