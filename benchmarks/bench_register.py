"""Registering a call, beside the pieces that a user of Odoo has today."""

from measuring import Row, Side, grows
from records import take_up_again

CALLS = 40
WHAT = "registering a call: number, follow-up, reminder, what follows"


def register_calls(env):
    """Each call: created, registered, its follow-up done and the next one planned."""
    followups = take_up_again(env, CALLS + 2)
    reached = env.ref("aftersales_followup.outcome_reached")
    calls = env["aftersales.call"]

    def register(followup):
        call = calls.create(
            {
                "followup_id": followup.id,
                "outcome_id": reached.id,
                "content": "All is well",
            }
        )
        call.action_register()
        env.cr.flush()

    # The caches of settings and rights are full in a server that runs.
    for followup in followups[CALLS:]:
        register(followup)

    def register_all():
        for followup in followups[:CALLS]:
            env.invalidate_all()
            register(followup)

    return register_all


def note_phone_calls(env):
    """OCA's `crm_phonecall`, an activity of a partner, a number without gap.

    By a user with rights, as ours is by an officer: the superuser is asked for none.
    """
    partners = env["res.partner"].create(
        [{"name": f"Customer {n}", "phone": f"139{n:08}"} for n in range(CALLS + 2)]
    )
    sequence = (
        env["ir.sequence"]
        .sudo()
        .create({"name": "Calls", "implementation": "no_gap", "prefix": "C"})
    )
    phonecalls = env["crm.phonecall"]
    env.cr.flush()

    def note(partner):
        call = phonecalls.create(
            {
                "name": "All is well",
                "partner_id": partner.id,
                "direction": "out",
                "state": "open",
            }
        )
        call.state = "done"
        activity = partner.activity_schedule("mail.mail_activity_data_call")
        activity.action_feedback("All is well")
        sequence.next_by_id()
        env.cr.flush()

    for partner in partners[CALLS:]:
        note(partner)

    def note_all():
        for partner in partners[:CALLS]:
            env.invalidate_all()
            note(partner)

    return note_all


OURS = Side(register_calls, part=CALLS, login="officer0", rounds=5)
ROWS = [
    Row(
        WHAT,
        "OCA `crm_phonecall`, an activity, a `no_gap` number",
        OURS,
        Side(note_phone_calls, part=CALLS, login="admin", database="peer", rounds=5),
        at_most=1.0,
    ),
    grows(WHAT, register_calls, 1.3, part=CALLS, login="officer0"),
]
