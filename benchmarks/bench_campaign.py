"""Confirming a campaign: a call planned for each of its customers."""

from datetime import timedelta

from activities import compare_with_core
from dealership import CUSTOMERS
from measuring import Side

from odoo import fields

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


OURS = Side(confirm)
ROWS = compare_with_core(
    WHAT, OURS, get_customers, "aftersales_officer_id", CUSTOMERS, rounds=2
)
