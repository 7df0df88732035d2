"""Drop what nothing reads any more, once all of it has moved."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL, sql

# Fields that were stored, by model. Odoo itself drops the columns of fields that are
# gone, but not of those that are there still and are only shown.
OLD_FIELDS = {
    "res.partner": (
        "aftersales_archive_number",
        "aftersales_archive_state",
        "aftersales_archive_date",
        "aftersales_officer_id",
        "aftersales_segment_id",
        "aftersales_wish",
        "aftersales_call_from",
        "aftersales_call_to",
        "aftersales_contact_since",
        "aftersales_last_visit_date",
    ),
    "aftersales.followup": ("on_time", "segment_sequence"),
    "aftersales.letter": ("on_time",),
    "aftersales.visit": ("archive_on_time",),
    "aftersales.case": (
        "escalate_deadline",
        "date_escalated",
        "escalated_by_id",
        "escalated_by_system",
        "escalation_on_time",
        "solve_deadline",
        "date_solved",
        "solved_by_id",
        "solve_on_time",
        "solution",
        "answered_on_spot",
        "inform_deadline",
        "date_informed",
        "inform_call_id",
        "inform_letter_id",
        "inform_on_time",
        "date_closed",
        "satisfaction",
        "satisfaction_score",
        "round_number",
        "date_reopened",
    ),
    "aftersales.case.round": (
        "user_id",
        "supervisor_id",
        "escalation_on_time",
        "solve_on_time",
        "inform_on_time",
    ),
}
# Tables of models that have another name now.
OLD_TABLES = {
    "aftersales.import.head": "aftersales_import_head",
    "aftersales.visit.import.head": "aftersales_visit_import_head",
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.flush_all()
    _drop_columns(env)
    _drop_tables(env)


def _drop_columns(env):
    """Drop the columns of fields that are not stored any more."""
    for model, names in OLD_FIELDS.items():
        records = env[model]
        for name in names:
            field = records._fields.get(name)
            is_stored = field is not None and field.store
            if is_stored or not sql.column_exists(env.cr, records._table, name):
                continue
            env.cr.execute(
                SQL(
                    "ALTER TABLE %s DROP COLUMN %s CASCADE",
                    SQL.identifier(records._table),
                    SQL.identifier(name),
                )
            )


def _drop_tables(env):
    """Drop what Odoo leaves behind of models that are gone: rules and tables."""
    gone = [model for model in OLD_TABLES if model not in env]
    env["ir.rule"].search([("model_id.model", "in", gone)]).unlink()
    for model in gone:
        if sql.table_exists(env.cr, OLD_TABLES[model]):
            env.cr.execute(
                SQL("DROP TABLE %s CASCADE", SQL.identifier(OLD_TABLES[model]))
            )
