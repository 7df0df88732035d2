"""Work that changes hands: customers, an officer who is away, cases reported."""

from datetime import timedelta

from measuring import Row, Side, grows

from odoo.fields import Date

CUSTOMERS = 1_500  # of about two thousand that an officer has at the small size
FOLLOWUPS = 700
CASES = 200


def get_officers(env):
    """Return two officers of the company."""
    users = env["res.users"].sudo()
    return users.search(
        [("login", "=like", "officer%"), ("company_ids", "in", env.company.ids)],
        limit=1,
    ), env["res.users"].sudo().create(
        {
            "name": "Other Officer",
            "login": "other_officer",
            "company_id": env.company.id,
            "company_ids": [(6, 0, env.company.ids)],
            "group_ids": [
                (4, env.ref("base.group_user").id),
                (
                    4,
                    env.ref("aftersales_followup.aftersales_followup_group_officer").id,
                ),
            ],
        }
    )


def find_customers(env, officer):
    return env["res.partner"].search(
        [("aftersales_officer_id", "=", officer.id)], limit=CUSTOMERS, order="id"
    )


def hand_over(env):
    """Designate another officer for customers, with all that is open with them."""
    officer, other = get_officers(env)
    customers = find_customers(env, officer)
    return lambda: customers.write({"aftersales_officer_id": other.id})


def update_archives(env):
    """The same columns, and the rows of the archives' history, by plain SQL."""
    officer, other = get_officers(env)
    customers = find_customers(env, officer)

    def update():
        ids = customers.ids
        env.cr.execute(
            "UPDATE aftersales_archive SET officer_id = %s WHERE partner_id = ANY(%s)",
            [other.id, ids],
        )
        env.cr.execute(
            """UPDATE aftersales_followup SET user_id = %s, acting_user_id = %s
                WHERE partner_id = ANY(%s) AND state = 'planned' RETURNING id""",
            [other.id, other.id, ids],
        )
        move_reminders(env, [row_id for (row_id,) in env.cr.fetchall()], other)
        tell_archives(env, ids, officer, other)

    return update


def tell_archives(env, partner_ids, officer, other):
    """Insert who looked after these customers before, as core keeps it."""
    officer_field = env["ir.model.fields"]._get("aftersales.archive", "officer_id")
    note = env["ir.model.data"]._xmlid_to_res_id("mail.mt_note")
    env.cr.execute(
        """WITH message AS (
               INSERT INTO mail_message (model, res_id, body, date, author_id,
                   subtype_id, message_type, is_internal, email_from, message_id,
                   create_uid, write_uid, create_date, write_date)
               SELECT 'aftersales.archive', archive.id, '', now(), %(author)s,
                      %(note)s, 'notification', true, 'a@example.com',
                      '<' || md5(archive.id::text) || '@example.com>',
                      %(uid)s, %(uid)s, now(), now()
                 FROM aftersales_archive archive
                WHERE archive.partner_id = ANY(%(ids)s)
            RETURNING id
           )
           INSERT INTO mail_tracking_value (mail_message_id, field_id,
               old_value_integer, new_value_integer, old_value_char, new_value_char,
               create_uid, write_uid, create_date, write_date)
           SELECT id, %(field)s, %(old)s, %(new)s, %(old_name)s, %(new_name)s,
                  %(uid)s, %(uid)s, now(), now()
             FROM message""",
        {
            "author": env.user.partner_id.id,
            "uid": env.uid,
            "note": note,
            "ids": partner_ids,
            "field": officer_field.id,
            "old": officer.id,
            "new": other.id,
            "old_name": officer.name,
            "new_name": other.name,
        },
    )


def move_reminders(env, followup_ids, user):
    env.cr.execute(
        """UPDATE mail_activity SET user_id = %s WHERE active
            AND res_model = 'aftersales.followup' AND res_id = ANY(%s)""",
        [user.id, followup_ids],
    )


def stand_in(env):
    """An officer is away from today on."""
    officer, other = get_officers(env)
    today = Date.today()

    def begin():
        env["aftersales.substitution"].create(
            {
                "user_id": officer.id,
                "substitute_id": other.id,
                "company_id": env.company.id,
                "date_from": today,
                "date_to": today + timedelta(days=5),
            }
        )

    return begin


def update_followups(env):
    """The same columns by plain SQL."""
    officer, other = get_officers(env)

    def update():
        env.cr.execute(
            """UPDATE aftersales_followup SET acting_user_id = %s
                WHERE acting_user_id = %s AND state = 'planned' RETURNING id""",
            [other.id, officer.id],
        )
        move_reminders(env, [row_id for (row_id,) in env.cr.fetchall()], other)

    return update


def escalate(env):
    """Cases that nobody solved in time are reported by the system."""
    officer, _other = get_officers(env)
    customers = find_customers(env, officer)[:CASES]
    cases = (
        env["aftersales.case"]
        .sudo()
        .create(
            [
                {
                    "partner_id": customer.id,
                    "user_id": officer.id,
                    "company_id": env.company.id,
                    "description": "It rattles",
                }
                for customer in customers
            ]
        )
    )
    return lambda: cases._escalate(by_system=True)


ROWS = [
    Row(
        f"handing over {CUSTOMERS:,} customers",
        "plain `UPDATE` of the same rows, `INSERT` of their history",
        Side(hand_over, rounds=2),
        Side(update_archives, rounds=2),
        at_most=10,
    ),
    Row(
        "a stand-in for an officer with some 800 open follow-ups",
        "plain `UPDATE` of the same rows",
        Side(stand_in, rounds=2),
        Side(update_followups, rounds=2),
        at_most=10,
    ),
    grows(f"{CASES} cases reported by the system", escalate, rounds=2),
]
