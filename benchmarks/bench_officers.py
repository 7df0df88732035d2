"""Officers of one dealership who register calls at once, over the network."""

from measuring import Row, Side
from records import take_up_again
from serving import PASSWORD, Client, Server, at_once

OFFICERS = 8
WORKERS = 4
CALLS = 20  # of each officer
WARM_UP = 3  # calls of each before, so that each worker has its caches


def new_officers(env):
    """Return the officer who asks and seven colleagues; all can log in."""
    officer = officers = env.user.sudo()
    for number in range(1, OFFICERS):
        login = f"colleague{number}"
        officers |= officer.search([("login", "=", login)]) or officer.copy(
            {"name": f"Colleague {number}", "login": login}
        )
    for each in officers:
        each.password = PASSWORD
    return officers


def serve(env, prepare):
    """Return the function in which eight officers do their work at once.

    What they do is committed, in a database that is there for that alone.

    :param prepare: function of the environment and the officers that returns what
        one does: a function of the client, its number and the number of the turn
    """
    officers = new_officers(env)
    work = prepare(env, officers)
    env.cr.commit()
    server = Server(env.cr.dbname, WORKERS)
    clients = [Client(server, officer.login) for officer in officers]
    env.cr.commit()

    def do(turns):
        def go_on(client, number):
            for turn in turns:
                work(client, number, turn)

        at_once(go_on, clients)

    do(range(WARM_UP))

    def do_all():
        try:
            do(range(WARM_UP, WARM_UP + CALLS))
        finally:
            server.stop()

    return do_all


def register_calls(env):
    """Each call in two requests: it is created, and registered."""

    def prepare(env, officers):
        reached = env.ref("aftersales_followup.outcome_reached").id
        followups = take_up_again(env, OFFICERS * (CALLS + WARM_UP))
        shares = []
        for number, officer in enumerate(officers):
            shares.append(followups[number::OFFICERS])
            shares[-1].sudo().write({"user_id": officer.id})
        ids = [share.ids for share in shares]

        def register(client, number, turn):
            vals = {
                "followup_id": ids[number][turn],
                "outcome_id": reached,
                "content": "All is well",
            }
            [call_id] = client.call("aftersales.call", "create", [vals])
            client.call("aftersales.call", "action_register", [call_id])

        return register

    return serve(env, prepare)


def write_partners(env):
    """As many requests that each write one field of a customer."""

    def prepare(env, officers):
        partners = env["aftersales.archive"].search(
            [("officer_id", "=", env.uid)], limit=OFFICERS * (CALLS + WARM_UP)
        )
        ids = partners.partner_id.ids

        def write(client, number, turn):
            partner_id = ids[turn * OFFICERS + number]
            for text in ("Called", "Is well"):
                client.call("res.partner", "write", [partner_id], {"comment": text})

        return write

    return serve(env, prepare)


ROWS = [
    Row(
        f"{OFFICERS} officers registering {CALLS} calls each at once, "
        f"{WORKERS} workers: created and registered",
        "two writes on `res.partner` instead",
        Side(register_calls, login="officer0", database="served"),
        Side(write_partners, login="officer0", database="served"),
        at_least=0.6,
    ),
]
