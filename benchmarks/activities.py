"""Core's way to plan: it only schedules an activity for each record."""

from unittest.mock import patch

from measuring import Row, Side

from odoo.addons.mail.models.mail_activity import MailActivity

SAMPLE = 1_000  # records: core alone would take minutes for all


def compare_with_core(what, ours, find, officer_field, count, rounds=3):
    """Return the rows that compare ``ours`` with core, and with its quick way.

    :param find: function of ``env`` and ``limit`` that returns the records
    :param int count: how many records there are without a limit
    """

    def get_schedule(records, **context):
        # With us, core itself names many activities in one go. Here it is as it comes.
        as_it_comes = patch.object(
            type(records.env["mail.activity"]),
            "_compute_res_name",
            MailActivity._compute_res_name,
        )

        def schedule():
            with as_it_comes:
                records.with_context(**context).activity_schedule(
                    "mail.mail_activity_data_call",
                    summary="First Follow-up",
                    user_id=records[:1][officer_field].id,
                )
                records.env.flush_all()

        return schedule

    def schedule_activities(env):
        return get_schedule(find(env, SAMPLE))

    def schedule_activities_quickly(env):
        return get_schedule(find(env), mail_activity_quick_update=True)

    return [
        Row(
            what,
            f"core's `activity_schedule` alone ({SAMPLE:,}, scaled)",
            ours,
            Side(schedule_activities, part=SAMPLE / count, rounds=1, everywhere=True),
            at_least=20,
        ),
        Row(
            what,
            "the same with `mail_activity_quick_update`",
            ours,
            Side(schedule_activities_quickly, rounds=rounds, everywhere=True),
            at_least=2.5,
        ),
    ]
