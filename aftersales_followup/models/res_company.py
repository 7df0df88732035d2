from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

# Settings beyond these are slips: nobody waits ten years for an archive.
LIMITS = {
    "aftersales_interval_months": (0, 120),
    "aftersales_interval_km": (0, 200_000),
    "aftersales_first_interval_months": (0, 120),
    "aftersales_first_interval_km": (0, 200_000),
    "aftersales_archive_days": (0, 365),
    "aftersales_escalate_days": (0, 365),
    "aftersales_solve_days": (0, 365),
    "aftersales_answer_days": (0, 365),
    "aftersales_note_days": (0, 31),
    "aftersales_at_risk_months": (0, 120),
    "aftersales_lost_months": (1, 120),
    "aftersales_ceiling_contacts": (0, 100),
    "aftersales_ceiling_days": (1, 365),
    "aftersales_low_satisfaction": (-1, 10),
}


class ResCompany(models.Model):
    _inherit = "res.company"

    aftersales_interval_months = fields.Integer(
        string="Maintenance Cycle (months)",
        default=6,
        help="Maintenance cycle of cars whose model has none of its own.",
    )
    aftersales_interval_km = fields.Integer(
        string="Maintenance Cycle (km)",
        default=5000,
        help="Maintenance cycle of cars whose model has none of its own.",
    )
    aftersales_first_interval_months = fields.Integer(
        string="First Maintenance (months)",
        default=6,
        help="When a new car is due for the first time, counted from its sale.",
    )
    aftersales_first_interval_km = fields.Integer(
        string="First Maintenance (km)",
        default=5000,
        help="Odometer at which a new car is due for the first time.",
    )
    aftersales_archive_days = fields.Integer(
        string="Days to File an Archive",
        default=2,
        help="An archive is due this many days after the car arrives.",
    )
    aftersales_escalate_days = fields.Integer(
        string="Days to Report a Case",
        default=2,
        help="A case that the officer cannot solve is reported to the supervisor "
        "within this many days.",
    )
    aftersales_solve_days = fields.Integer(
        string="Days to Solve a Case",
        default=7,
        help="A case should have a solution this many days after it was raised.",
    )
    aftersales_answer_days = fields.Integer(
        string="Days to Answer a Complaint",
        default=7,
        help="Who complains learns the result within this many working days, as the "
        "law asks of car dealers.",
    )
    aftersales_note_days = fields.Integer(
        string="Days to Note a Call",
        default=2,
        help="An officer can date a call back by at most this many days.",
    )
    aftersales_low_satisfaction = fields.Integer(
        string="Low Satisfaction",
        default=6,
        help="A customer who answers with this or less may have a complaint: a case is "
        "proposed. -1: never.",
    )
    aftersales_ceiling_contacts = fields.Integer(
        string="Contacts at Most",
        default=2,
        help="No customer is planned to be contacted more often than this in the days "
        "beside it, by all rules together. 0: no ceiling.",
    )
    aftersales_ceiling_days = fields.Integer(string="Contact Ceiling (days)", default=7)
    aftersales_use_working_days = fields.Boolean(
        string="Count Working Days",
        help="Deadlines count the working days of the company's working hours instead "
        "of calendar days. Public holidays are its time off; a make-up working day is "
        "an entry of its time off with the type 'Other'.",
    )
    aftersales_at_risk_months = fields.Integer(
        string="At Risk after (months)",
        default=6,
        help="A customer is at risk of being lost this long after the last visit.",
    )
    aftersales_lost_months = fields.Integer(
        string="Lost after (months)",
        default=12,
        help="A customer counts as lost this long after the last visit.",
    )
    aftersales_levels_date = fields.Date(
        string="Levels Calculated on",
        readonly=True,
        copy=False,
        help="When the levels of all customers were calculated the last time.",
    )

    @api.constrains(*LIMITS)
    def _check_aftersales_limits(self):
        """Refuse slips that would move every deadline of the company out of sight."""
        for company in self:
            wrong = [
                name
                for name, (lowest, highest) in LIMITS.items()
                if not lowest <= company[name] <= highest
            ]
            if wrong:
                labels = self.fields_get(wrong, ["string"])
                raise ValidationError(
                    self.env._(
                        "These settings are out of bounds: %(settings)s.",
                        settings=format_list(
                            self.env,
                            [
                                f"{labels[name]['string']} ({LIMITS[name][0]} – "
                                f"{LIMITS[name][1]})"
                                for name in wrong
                            ],
                        ),
                    )
                )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _aftersales_fetch(self):
        """Read what calls and letters ask of companies, and not all their columns."""
        companies = self.sudo()
        companies.fetch(
            [
                "name",
                "parent_path",
                "resource_calendar_id",
                "aftersales_tz",
                "aftersales_use_working_days",
                "aftersales_note_days",
                "aftersales_low_satisfaction",
                "aftersales_ceiling_contacts",
                "aftersales_ceiling_days",
            ]
        )

    def _aftersales_generate_demo(self):
        """Give the demo dealership its past: visits, calls, letters (see ``demo``).

        Called by the demo data alone, and imported here, so that where demo data is
        off nothing of it is even loaded.
        """
        from ..demo.history import History  # noqa: PLC0415

        History(self).live()
