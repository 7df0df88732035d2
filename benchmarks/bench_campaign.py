"""Confirming a campaign: a call planned for each of its customers."""

from datetime import timedelta

from activities import compare_with_core
from measuring import Row, Side, grows

from odoo import fields

CUSTOMERS = 1_800  # of a company at the small size
WHAT = f"confirming a campaign of {CUSTOMERS:,} customers"
ARCHIVE = "C____"  # numbers of the small size, at any size


def new_campaign(env, number=ARCHIVE):
    """Return a draft for customers by their archive numbers, a month ahead."""
    begin = fields.Date.today() + timedelta(days=30)
    return env["aftersales.campaign"].create(
        {
            "name": "Free Check Week",
            "kind": "free_service",
            "date_begin": begin,
            "date_end": begin + timedelta(days=6),
            "venue": "Workshop 2",
            "description": "We check brakes and tyres for nothing.",
            "audience_domain": f"[('aftersales_archive_number', '=like', '{number}')]",
        }
    )


def confirm(env):
    """The module: audience, follow-ups, topics, scripts and activities."""
    return new_campaign(env).action_confirm


def count_audience(env):
    """The figure that a supervisor sees while choosing: all customers."""
    campaign = new_campaign(env, "C%")
    return lambda: campaign.contact_count


def get_customers(env, limit=None):
    """Return the customers of the campaign."""
    domain = new_campaign(env)._get_audience_domain()
    return env["res.partner"].search(domain, limit=limit or CUSTOMERS, order="id")


OURS = Side(confirm)
ROWS: list[Row] = [
    *compare_with_core(
        WHAT, OURS, get_customers, "aftersales_officer_id", CUSTOMERS, rounds=2
    ),
    grows("counting all customers of a company for a campaign", count_audience),
]
