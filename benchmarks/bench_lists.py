"""What people look at all day: their list, the next customer, what was done."""

from measuring import grows

SHOWN = 80
DUE_ORDER = "is_call_back desc, is_overdue desc, segment_sequence, date_deadline, id"
READER = {"reads": True}
OFFICER = {"login": "officer0", **READER}
COLUMNS = ("display_name", "partner_id", "vehicle_id", "date_deadline", "channel")


def show(model, domain, columns=COLUMNS, order=None, limit=SHOWN):
    """Return what shows the first rows of a list, as the web client reads them."""

    def prepare(env):
        records = env[model]
        conditions = domain(env) if callable(domain) else domain
        by = DUE_ORDER if order == "due" and "is_call_back" in records._fields else None
        specification = {name: {} for name in columns}

        def read():
            found = records.search_fetch(conditions, columns, limit=limit, order=by)
            found.web_read(specification)
            records.search_count(conditions, limit=10_001)

        return read

    return prepare


def due(env):
    return env["aftersales.followup"]._get_due_domain()


def open_next(env):
    """The workbench: who is next, and what the officer has in view."""
    followups = env["aftersales.followup"]
    calls = env["aftersales.call"]

    def find_and_show():
        followup = followups._get_next_due()
        call = calls.new({"followup_id": followup.id})
        for name in (
            "partner_id",
            "near_ids",
            "last_visit_id",
            "previous_call_ids",
            "discussed_topic_ids",
            "open_case_ids",
            "remaining_count",
        ):
            if name in call._fields:
                call[name]

    return find_and_show


def group(by):
    def prepare(env):
        followups = env["aftersales.followup"]
        return lambda: followups._read_group([], [by], ["__count"])

    return prepare


ROWS = [
    grows(
        "officer's list of calls",
        show("aftersales.followup", due, order="due"),
        at_most=1.3,
        within=0.3,
        **OFFICER,
    ),
    grows("workbench: the next customer", open_next, 1.3, 0.3, **OFFICER),
    grows("all follow-ups", show("aftersales.followup", []), 1.3, 0.3, **READER),
    grows(
        "follow-ups that are done",
        show("aftersales.followup", [("state", "=", "done")]),
        1.3,
        0.3,
        **READER,
    ),
    grows(
        "all calls",
        show("aftersales.call", [], ("display_name", "partner_id", "date", "user_id")),
        1.3,
        0.3,
        **READER,
    ),
    *(
        grows(f"follow-ups of all years by {by}", group(by), **READER)
        for by in ("user_id", "state", "rule_id", "date_deadline:month")
    ),
]
