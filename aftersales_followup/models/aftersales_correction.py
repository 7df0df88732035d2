from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesCorrection(models.Model):
    """What was corrected in a registered entry: by whom, when and why (规定 7, 8).

    A register is paper that nobody tears a page out of. So each correction is a record
    that is written with it and then stands: a note in the chatter would belong to its
    author, who may rewrite or delete it. There is one record a field, and it keeps the
    texts that were to be read that day, whatever becomes of a customer or a topic.
    """

    _name = "aftersales.correction"
    _description = "Correction of a Register Entry"
    _order = "date, id"
    _rec_name = "field_label"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, index=True)
    call_id = fields.Many2one(
        "aftersales.call",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    letter_id = fields.Many2one(
        "aftersales.letter",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    entry_id = fields.Many2one(
        "aftersales.kpi.entry",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    summary_id = fields.Many2one(
        "aftersales.summary",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Corrected by",
        required=True,
        index=True,
        ondelete="restrict",
    )
    date = fields.Datetime(
        string="Corrected on", required=True, default=fields.Datetime.now
    )
    reason = fields.Char(required=True)
    field_name = fields.Char(string="Technical Name of the Field", required=True)
    field_label = fields.Char(string="Field", required=True)
    before = fields.Text()
    after = fields.Text()

    _check_one_entry = models.Constraint(
        "CHECK (num_nonnulls(call_id, letter_id, entry_id, summary_id) = 1)",
        "A correction belongs to one call, letter, typed figure or summary.",
    )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Nothing is taken out of a register, whoever asks (规定 7, 8)."""
        raise UserError(self.env._("Corrections of a register are never deleted."))
