from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from .aftersales_segment_preview_line import RULE_FIELDS


class AftersalesSegmentPreview(models.TransientModel):
    """Show whom other minimums would move to which level, and then apply them.

    What a level takes is the dealership's decision, and nobody knows from a number how
    many customers it is about. So it is tried out first: nothing is written before
    somebody has seen who would move. Applied without a change, it calculates the levels
    anew today instead of in the first night of the next month.
    """

    _name = "aftersales.segment.preview"
    _description = "Preview of Customer Levels"
    _inherit = ["aftersales.dialog.mixin"]
    # Those who would move are many; they go with the preview.
    _transient_max_hours = 12.0

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        [("draft", "To Preview"), ("previewed", "Preview"), ("applied", "Applied")],
        default="draft",
        readonly=True,
    )
    line_ids = fields.One2many(
        "aftersales.segment.preview.line",
        "preview_id",
        default=lambda self: self._default_line_ids(),
    )
    move_ids = fields.One2many(
        "aftersales.segment.preview.move", "preview_id", readonly=True
    )
    moved_count = fields.Integer(string="Customers Who Move", readonly=True)
    fixed_count = fields.Integer(
        string="Fixed by Hand",
        readonly=True,
        help="Customers whose level was fixed by hand: they stay where they are.",
    )
    matrix = fields.Json(readonly=True)

    @api.model
    def _default_line_ids(self):
        levels = self.env["aftersales.segment"]._get_levels(self.env.company)
        return [
            Command.create(
                {
                    "segment_id": level.id,
                    "sequence": number,
                    **{name: level[name] for name in RULE_FIELDS},
                }
            )
            for number, level in enumerate(levels)
        ]

    @api.depends("state")
    def _compute_display_name(self):
        self.display_name = self.env._("Customer Levels")

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_preview(self):
        """Find the customers who would move, and write nothing of it."""
        self.ensure_one()
        self._check_own_company()
        self._forget()
        self._find_moves()
        self.write({"state": "previewed", **self._summarize()})
        return True

    def action_apply(self):
        """Set the minimums as they were previewed, and calculate all levels.

        :raise UserError: if nobody has seen yet what these minimums do
        """
        self.ensure_one()
        self._check_own_company()
        if self.state != "previewed":
            raise UserError(
                self.env._("Look at the preview first: it shows who would move.")
            )
        for line in self.line_ids:
            line._apply()
        Segment = self.env["aftersales.segment"].sudo()
        moved = Segment._recalculate_all(self.company_id)
        self._forget()
        self.write({"state": "applied", "moved_count": moved})
        return True

    def action_open_moves(self, old_id=None, new_id=None):
        """Open those who move, of one cell of the matrix or all.

        :param old_id: level so far; ``False``: none
        :param new_id: level by the previewed minimums; ``False``: none
        """
        self.ensure_one()
        domain = Domain("preview_id", "=", self.id)
        if old_id is not None:
            domain &= Domain("old_segment_id", "=", old_id)
        if new_id is not None:
            domain &= Domain("new_segment_id", "=", new_id)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_segment_preview_move_action"
        ) | {"domain": list(domain)}

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _check_own_company(self):
        """Raise AccessError if the preview was pointed at another dealership."""
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "You do not work for %(company)s here: choose it at the top first.",
                    company=self.company_id.sudo().name,
                )
            )

    def _forget(self):
        """Drop what an earlier preview found."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "DELETE FROM aftersales_segment_preview_move WHERE preview_id = %s",
                self.id,
            )
        )
        self.env.invalidate_all(flush=False)

    def _find_moves(self):
        """Note in one statement who would move, by the minimums as they are typed."""
        rules = self.line_ids.sorted("sequence")._get_level_rules()
        if not rules:
            raise UserError(
                self.env._("No level is given by rule: nobody would have one.")
            )
        Segment = self.env["aftersales.segment"].sudo()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO aftersales_segment_preview_move
                          (preview_id, archive_id, old_segment_id, new_segment_id,
                           spend, visits,
                           create_uid, write_uid, create_date, write_date)
                   SELECT %(preview)s, archive_id, old_id, new_id, spend, visits,
                          %(uid)s, %(uid)s, %(now)s, %(now)s
                     FROM (%(moves)s) moves""",
                preview=self.id,
                moves=Segment._get_moves_sql(rules, self.company_id),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )

    def _summarize(self):
        """Return the numbers of the preview: a matrix of levels so far and to come."""
        own = [("company_id", "=", self.company_id.id)]
        Archive = self.env["aftersales.archive"].sudo()
        counts = dict(Archive._read_group(own, ["segment_id"], ["__count"]))
        moves = {
            (old, new): count
            for old, new, count in self.env["aftersales.segment.preview.move"]
            .sudo()
            ._read_group(
                [("preview_id", "=", self.id)],
                ["old_segment_id", "new_segment_id"],
                ["__count"],
            )
        }
        levels = self.line_ids.sorted("sequence").segment_id
        others = self.env["aftersales.segment"].union(
            *counts, *(level for move in moves for level in move)
        )
        levels |= others
        none = self.env["aftersales.segment"]
        shown = [*levels]
        if none in counts or any(none in move for move in moves):
            shown.append(none)
        for line in self.line_ids:
            level = line.segment_id
            line.count_before = counts.get(level, 0)
            line.count_after = (
                line.count_before
                + sum(n for (_old, new), n in moves.items() if new == level)
                - sum(n for (old, _new), n in moves.items() if old == level)
            )
        return {
            "moved_count": sum(moves.values()),
            "fixed_count": Archive.search_count([*own, ("segment_fixed", "=", True)]),
            "matrix": {
                "levels": [
                    {"id": level.id, "name": level.name or self.env._("No Level")}
                    for level in shown
                ],
                "rows": [
                    [
                        counts.get(old, 0)
                        - sum(n for (left, _new), n in moves.items() if left == old)
                        if old == new
                        else moves.get((old, new), 0)
                        for new in shown
                    ]
                    for old in shown
                ],
            },
        }
