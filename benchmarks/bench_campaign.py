"""Confirming a campaign: a call planned for each of its customers."""

from datetime import timedelta

from bench_planning import get_schedule
from dealership import CUSTOMERS
from measuring import Row, Side

from odoo import fields

SAMPLE = 1_000  # customers: core alone would take minutes for all
WHAT = f"confirming a campaign of {CUSTOMERS:,} customers"
AUDIENCE = "['|', ('aftersales_archive_number', '=like', 'B%'), " + (
    "('aftersales_archive_number', '=like', 'C%')]"
)


def new_campaign(env):
    """Return a draft for all customers, a month ahead."""
    begin = fields.Date.today() + timedelta(days=30)
    campaign = env["aftersales.campaign"].create(
        {
            "name": "Free Check Week",
            "kind": "free_service",
            "date_begin": begin,
            "date_end": begin + timedelta(days=6),
            "venue": "Workshop 2",
            "description": "We check brakes and tyres for nothing.",
            "audience_domain": AUDIENCE,
        }
    )
    assert campaign.contact_count == CUSTOMERS, campaign.contact_count
    return campaign


def confirm(env):
    """The module: audience, follow-ups, topics, scripts and activities."""
    return new_campaign(env).action_confirm


def get_customers(env, limit=None):
    """Return the customers of the campaign."""
    domain = new_campaign(env)._get_audience_domain()
    return env["res.partner"].search(domain, limit=limit, order="id")


def schedule_activities(env):
    customers = get_customers(env, SAMPLE)
    return get_schedule(customers, customers[:1].aftersales_officer_id)


def schedule_activities_quickly(env):
    customers = get_customers(env)
    return get_schedule(
        customers,
        customers[:1].aftersales_officer_id,
        mail_activity_quick_update=True,
    )


OURS = Side(confirm)
ROWS = [
    Row(
        WHAT,
        f"core's `activity_schedule` alone ({SAMPLE:,}, scaled)",
        OURS,
        Side(schedule_activities, part=SAMPLE / CUSTOMERS, rounds=1),
        at_least=20,
    ),
    Row(
        WHAT,
        "the same with `mail_activity_quick_update`",
        OURS,
        Side(schedule_activities_quickly, rounds=2),
        at_least=2.5,
    ),
]
