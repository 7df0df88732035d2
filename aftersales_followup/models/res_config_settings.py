from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    aftersales_interval_months = fields.Integer(
        related="company_id.aftersales_interval_months", readonly=False
    )
    aftersales_interval_km = fields.Integer(
        related="company_id.aftersales_interval_km", readonly=False
    )
    aftersales_archive_days = fields.Integer(
        related="company_id.aftersales_archive_days", readonly=False
    )
    aftersales_escalate_days = fields.Integer(
        related="company_id.aftersales_escalate_days", readonly=False
    )
    aftersales_solve_days = fields.Integer(
        related="company_id.aftersales_solve_days", readonly=False
    )
    aftersales_answer_days = fields.Integer(
        related="company_id.aftersales_answer_days", readonly=False
    )
    aftersales_note_days = fields.Integer(
        related="company_id.aftersales_note_days", readonly=False
    )
    aftersales_low_satisfaction = fields.Integer(
        related="company_id.aftersales_low_satisfaction", readonly=False
    )
    aftersales_ceiling_contacts = fields.Integer(
        related="company_id.aftersales_ceiling_contacts", readonly=False
    )
    aftersales_ceiling_days = fields.Integer(
        related="company_id.aftersales_ceiling_days", readonly=False
    )
    aftersales_first_interval_months = fields.Integer(
        related="company_id.aftersales_first_interval_months", readonly=False
    )
    aftersales_first_interval_km = fields.Integer(
        related="company_id.aftersales_first_interval_km", readonly=False
    )
    aftersales_use_working_days = fields.Boolean(
        related="company_id.aftersales_use_working_days", readonly=False
    )
    aftersales_at_risk_months = fields.Integer(
        related="company_id.aftersales_at_risk_months", readonly=False
    )
    aftersales_lost_months = fields.Integer(
        related="company_id.aftersales_lost_months", readonly=False
    )
    aftersales_calendar_id = fields.Many2one(
        related="company_id.resource_calendar_id", readonly=False
    )
