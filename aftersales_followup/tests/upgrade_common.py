from glob import glob

from odoo.modules.migration import exec_script
from odoo.tools import SQL, file_path, sql

from .common import AftersalesCase

VERSION = "19.0.1.1.0"
# Columns of version 19.0.1.0.0 that are gone since.
OLD_COLUMNS = {
    "res_partner": {
        "aftersales_archive_number": "varchar",
        "aftersales_archive_state": "varchar",
        "aftersales_archive_date": "date",
        "aftersales_officer_id": "int4",
        "aftersales_segment_id": "int4",
        "aftersales_wish": "text",
        "aftersales_call_from": "float8",
        "aftersales_call_to": "float8",
        "aftersales_contact_since": "date",
        "aftersales_last_visit_date": "date",
    },
    "aftersales_followup": {"on_time": "bool", "segment_sequence": "int4"},
    "aftersales_letter": {"on_time": "bool"},
    "aftersales_visit": {"archive_on_time": "bool"},
    "aftersales_case": {
        "escalate_deadline": "date",
        "date_escalated": "timestamp",
        "escalated_by_id": "int4",
        "escalated_by_system": "bool",
        "escalation_on_time": "bool",
        "solve_deadline": "date",
        "date_solved": "timestamp",
        "solved_by_id": "int4",
        "solve_on_time": "bool",
        "solution": "text",
        "answered_on_spot": "bool",
        "inform_deadline": "date",
        "date_informed": "timestamp",
        "inform_call_id": "int4",
        "inform_letter_id": "int4",
        "inform_on_time": "bool",
        "date_closed": "timestamp",
        "satisfaction": "int4",
        "satisfaction_score": "varchar",
        "round_number": "int4",
        "date_reopened": "timestamp",
    },
    "aftersales_case_round": {
        "user_id": "int4",
        "supervisor_id": "int4",
        "escalation_on_time": "bool",
        "solve_on_time": "bool",
        "inform_on_time": "bool",
    },
}
# Columns that it did not have yet, and that are filled before the new fields come.
NEW_COLUMNS = {
    "aftersales_followup": ("purpose", "result", "to_plan_since"),
    "aftersales_followup_rule": ("purpose", "earliest_months", "latest_months"),
    "aftersales_letter": ("purpose", "result"),
    "aftersales_visit": ("archive_result", "to_plan_since"),
    "fleet_vehicle": (
        "aftersales_first_maintenance_date",
        "aftersales_warranty_expiry_date",
    ),
}


class UpgradeCase(AftersalesCase):
    """A database as version 19.0.1.0.0 left it, built within the test.

    Records are made as today; then ``_go_back`` takes the new columns away and adds
    the old ones, ``_set_old`` writes into them what the old version would have, and
    ``_upgrade`` runs the scripts as Odoo does.
    """

    def _go_back(self):
        """Turn the tables into those of the old version."""
        self.env.flush_all()
        self.env.invalidate_all()
        self._execute("DELETE FROM aftersales_archive")
        for table, names in NEW_COLUMNS.items():
            for name in names:
                self._execute("ALTER TABLE %s DROP COLUMN %s CASCADE", table, name)
        for table, columns in OLD_COLUMNS.items():
            for name, kind in columns.items():
                self._execute(f"ALTER TABLE %s ADD COLUMN %s {kind}", table, name)
        self._take_running_rounds_away()

    def _take_running_rounds_away(self):
        """Put the clocks of each case back into the case, in its first round."""
        self.env.cr.execute(
            """
            UPDATE aftersales_case told
               SET round_id = NULL, round_number = 1, satisfaction = -1,
                   escalate_deadline = running.escalate_deadline,
                   solve_deadline = running.solve_deadline
              FROM aftersales_case_round running
             WHERE running.id = told.round_id
            """
        )
        self.env.cr.execute("DELETE FROM aftersales_case_round")

    def _execute(self, query, *identifiers):
        self.env.cr.execute(SQL(query, *map(SQL.identifier, identifiers)))

    def _set_old(self, records, **values):
        """Write columns of the old version."""
        assert records
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id = ANY(%s)",
                SQL.identifier(records._table),
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), value)
                    for name, value in values.items()
                ),
                records.ids,
            )
        )

    def _upgrade(self):
        """Run the scripts as Odoo does, to the end of loading all modules."""
        self._load_module()
        self._run_scripts("end")
        self.env.invalidate_all()

    def _load_module(self):
        """Run the scripts before and after the module's new fields come."""
        self._run_scripts("pre")
        # The fields that need no script get their columns from Odoo.
        for table in ("aftersales_followup", "aftersales_visit"):
            if not sql.column_exists(self.env.cr, table, "to_plan_since"):
                sql.create_column(self.env.cr, table, "to_plan_since", "timestamp")
        self._run_scripts("post")

    def _run_scripts(self, stage):
        folder = file_path(f"aftersales_followup/migrations/{VERSION}")
        for path in sorted(glob(f"{folder}/{stage}-*.py")):
            exec_script(
                self.env.cr, "19.0.1.0.0", path, "aftersales_followup", stage, VERSION
            )

    def _get_archive(self, partner, company=None):
        return (
            self.env["aftersales.archive"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", partner.id),
                    ("company_id", "=", (company or self.company).id),
                ]
            )
        )
