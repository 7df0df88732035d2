from odoo import api, fields, models


class AftersalesCaseRound(models.Model):
    """An earlier round of a case that was reopened: its clocks and what came of them.

    It is written when the case is reopened, and never changed.
    """

    _name = "aftersales.case.round"
    _description = "Earlier Round of a Case"
    _inherit = ["aftersales.case.clock.mixin", "aftersales.guarded.mixin"]
    _order = "case_id, number"
    _check_company_auto = True
    _clocks_run = False

    case_id = fields.Many2one(
        "aftersales.case",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    number = fields.Integer(
        string="Round", required=True, readonly=True, aggregator=None
    )
    date_begin = fields.Datetime(string="Begun on", required=True, readonly=True)
    date_end = fields.Datetime(string="Reopened on", required=True, readonly=True)

    _number_unique = models.UniqueIndex(
        "(case_id, number)", "This round of the case is written down already."
    )

    @api.depends("case_id", "number")
    def _compute_display_name(self):
        for case_round in self:
            case_round.display_name = self.env._(
                "%(case)s, round %(number)s",
                case=case_round.case_id.display_name,
                number=case_round.number,
            )
