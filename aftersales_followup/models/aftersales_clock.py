from odoo import api, fields, models
from odoo.tools import SQL

from .aftersales_clock_mixin import RESULTS

COLUMNS = {
    "kind": "varchar",
    "company_id": "int",
    "user_id": "int",
    "partner_id": "int",
    "vehicle_id": "int",
    "rule_id": "int",
    "date_due": "date",
    "date_stopped": "date",
    "result": "varchar",
    "res_model": "varchar",
    "res_id": "int",
}


class AftersalesClock(models.Model):
    """All clocks of all records, one row each: what was due, and what came of it.

    Whatever counts what was kept and what was not counts these rows. Days are those of
    each dealership. A model takes part by ``aftersales.clock.mixin``.
    """

    _name = "aftersales.clock"
    _description = "Clocks"
    _auto = False
    _order = "date_due desc, id desc"
    _rec_name = "kind"

    kind = fields.Selection(
        [
            ("archive", "Archive"),
            ("followup", "Follow-up"),
            ("letter", "Letter"),
            ("escalate", "Report to the Supervisor"),
            ("solve", "Solution"),
            ("inform", "Telling the Customer"),
            ("answer", "Answer to a Complaint"),
        ],
        readonly=True,
    )
    rule_id = fields.Many2one("aftersales.followup.rule", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Officer", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    vehicle_id = fields.Many2one("fleet.vehicle", string="Car", readonly=True)
    date_due = fields.Date(string="Due", readonly=True)
    date_stopped = fields.Date(string="Done on", readonly=True)
    result = fields.Selection(RESULTS, readonly=True)
    is_overdue = fields.Boolean(
        string="Overdue", readonly=True, help="Still runs though its deadline is over."
    )
    res_model = fields.Char(string="Record's Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", readonly=True
    )

    @property
    def _table_query(self):
        clocks = self._get_clocks()
        sources = SQL(" UNION ALL ").join(
            self._get_clock_query(number, len(clocks), model, code)
            for number, (model, code) in enumerate(clocks)
        )
        return SQL(
            """SELECT clock.*, clock.result = 'running' AND clock.date_due < %s
                          AS is_overdue
                 FROM (%s) clock""",
            self.env["res.company"]._aftersales_date_sql(
                SQL("timezone('UTC', now())"), SQL("clock.company_id")
            ),
            sources,
        )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_record(self):
        """Open the record whose clock this is."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_clocks(self):
        """Return all clocks there are: [(model, code)]."""
        registry = self.env.registry
        models_ = registry.descendants(["aftersales.clock.mixin"], "_inherit")
        return [
            (model, code)
            for model in sorted(models_)
            if not registry[model]._abstract
            for code in registry[model]._clocks
        ]

    @api.model
    def _get_clock_query(self, number, count, model, code):
        """Return the rows of one clock.

        :param int number: of the clock, which makes ids that no other clock has
        :param int count: of all clocks
        """
        source = self.env[model]
        known = source._get_clock_columns(code)
        columns = []
        for name, kind in COLUMNS.items():
            value = known.get(name, SQL("NULL"))
            columns.append(SQL("%s::%s AS %s", value, SQL(kind), SQL.identifier(name)))
        return SQL(
            "SELECT record.id::bigint * %s + %s AS id, %s FROM %s WHERE %s IS NOT NULL",
            count,
            number,
            SQL(", ").join(columns),
            source._get_clock_source(code),
            known["result"],
        )
