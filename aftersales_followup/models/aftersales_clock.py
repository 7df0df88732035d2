from odoo import api, fields, models
from odoo.tools import SQL

from .aftersales_clock_mixin import RESULTS
from .aftersales_report_mixin import Ratio, measure_field, ratio_field
from .none_labels import NO_OFFICER, NO_RULE

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

    What was called off in time, or through nobody's fault, is due no more. What still
    runs is due once its deadline is over, and counts as missed until it is done, late.
    """

    _name = "aftersales.clock"
    _description = "Clocks"
    _inherit = ["aftersales.report.mixin"]
    _auto = False
    _order = "date_due desc, id desc"
    _rec_name = "kind"
    _day = "date_due"
    _ratios = {"on_time_rate": Ratio("on_time_count", "due_count", factor=100)}
    _depends = {
        "aftersales.archive": ["partner_id", "company_id", "segment_id"],
        "fleet.vehicle": ["model_id"],
    }

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
    rule_id = fields.Many2one(
        "aftersales.followup.rule",
        readonly=True,
        falsy_value_label=NO_RULE,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Officer",
        readonly=True,
        falsy_value_label=NO_OFFICER,
    )
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

    # measures
    due_count = measure_field(
        "Deadlines Due",
        help="Deadlines that are over or were met; not those called off.",
    )
    on_time_count = measure_field("Done on Time")
    on_time_rate = ratio_field("On Time (%)", help="Done on time, out of what was due.")

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_record(self):
        return self.env[self.res_model].browse(self.res_id)

    @api.model
    def _get_report_columns(self):
        today = self.env["res.company"]._aftersales_date_sql(
            SQL("%s::timestamp", fields.Datetime.now()), SQL("clock.company_id")
        )
        # Asked of what runs alone: the rest needs no date.
        overdue = SQL(
            "CASE clock.result WHEN 'running' THEN clock.date_due < %s ELSE FALSE END",
            today,
        )
        return {
            "id": SQL("clock.id"),
            **{name: SQL.identifier("clock", name) for name in COLUMNS},
            **self._get_customer_columns("clock"),
            "is_overdue": overdue,
            "due_count": SQL(
                "(CASE WHEN clock.result = 'void' THEN FALSE "
                "WHEN clock.result = 'running' THEN %s ELSE TRUE END)::int",
                overdue,
            ),
            "on_time_count": SQL("(clock.result = 'on_time')::int"),
        }

    @api.model
    def _get_report_source(self):
        clocks = self._get_clocks()
        return SQL(
            "(%s) clock %s",
            SQL(" UNION ALL ").join(
                self._get_clock_query(number, len(clocks), model, code)
                for number, (model, code) in enumerate(clocks)
            ),
            self._get_customer_joins("clock"),
        )

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
