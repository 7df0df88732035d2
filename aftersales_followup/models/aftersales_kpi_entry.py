from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date


class AftersalesKpiEntry(models.Model):
    """A figure that no record knows, typed in: a cost, a stock, a lecture held.

    Several a month: a sum adds them up, a level takes the last one. What is corrected
    afterwards is kept with who did it and when, as in a register; an entry that was a
    mistake is archived, and counts no more.
    """

    _name = "aftersales.kpi.entry"
    _description = "Typed-In Figure"
    _inherit = ["mail.thread", "aftersales.guarded.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    kpi_id = fields.Many2one(
        "aftersales.kpi",
        string="Figure",
        required=True,
        index=True,
        check_company=True,
        domain=[("is_typed", "=", True)],
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date = fields.Date(
        required=True, default=lambda self: self.env.company._aftersales_date()
    )
    amount = fields.Float(
        string="Value", digits=(16, 2), required=True, aggregator=None
    )
    note = fields.Char()
    user_id = fields.Many2one(
        "res.users",
        string="Typed In by",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    active = fields.Boolean(
        default=True, help="An archived entry was a mistake, and does not count."
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Attachments", bypass_search_access=True
    )
    correction_ids = fields.One2many(
        "aftersales.correction", "entry_id", string="Corrections", readonly=True
    )
    unit = fields.Selection(related="kpi_id.unit")

    _counted = models.Index("(company_id, date, kpi_id) WHERE active IS TRUE")

    @api.depends("kpi_id", "date")
    def _compute_display_name(self):
        for entry in self:
            day = entry.date and format_date(self.env, entry.date)
            entry.display_name = f"{entry.kpi_id.name or ''} {day or ''}".strip()

    @api.constrains("kpi_id")
    def _check_typed(self):
        for entry in self:
            if not entry.kpi_id.is_typed:
                raise ValidationError(
                    self.env._(
                        "%(kpi)s is counted from the records: nothing is typed in.",
                        kpi=entry.kpi_id.name,
                    )
                )

    @api.constrains("date")
    def _check_date(self):
        """What happened is not dated in the future."""
        for entry in self:
            if entry.date > entry.company_id._aftersales_date():
                raise ValidationError(
                    self.env._(
                        "%(entry)s lies in the future: type in what is known.",
                        entry=entry.display_name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        entries._own_attachments()
        return entries

    def write(self, vals):
        """Keep what was corrected, for everybody to see."""
        names = self._get_told_fields() & vals.keys()
        before = self._get_texts(names)
        result = super().write(vals)
        self._keep_corrections(before)
        if "attachment_ids" in vals:
            self._own_attachments()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "What was typed in is never deleted. Archive an entry that was a "
                "mistake: then it does not count."
            )
        )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_guarded_fields(self):
        return {"user_id", "company_id"} if self else {"user_id"}

    @api.model
    def _get_told_fields(self):
        """Return the names of the fields whose corrections are kept."""
        return {"kpi_id", "date", "amount", "note", "active"}

    def _own_attachments(self):
        """Let attachments be seen by whoever sees the entry."""
        for entry in self:
            entry.attachment_ids.filtered(
                lambda attachment: not attachment.res_id
            ).sudo().write({"res_model": self._name, "res_id": entry.id})

    def _get_texts(self, names):
        """Return {entry: {name: (value, text)}} in the language of whoever corrects."""
        lang = self.env.user.lang or self.env.lang
        return {
            entry: {name: (entry[name], entry._get_text(name)) for name in names}
            for entry in self.with_context(lang=lang)
        }

    def _get_text(self, name):
        value = self[name]
        if name == "kpi_id":
            return value.name
        if name == "date":
            return str(value)
        if name == "active":
            return self.env._("Yes") if value else self.env._("No")
        return "" if value is False else str(value)

    def _keep_corrections(self, before):
        labels = self.with_context(lang=self.env.user.lang).fields_get(
            self._get_told_fields(), ["string"]
        )
        reason = self.env.context.get("correction_reason")
        names = next(iter(before.values()), {})
        after = self._get_texts(names)
        vals_list = [
            {
                "company_id": entry.company_id.id,
                "entry_id": entry.id,
                "user_id": self.env.uid,
                "reason": reason or self.env._("Typed in anew"),
                "field_name": name,
                "field_label": labels[name]["string"],
                "before": text,
                "after": after[entry][name][1],
            }
            for entry, values in before.items()
            for name, (value, text) in sorted(values.items())
            if value != after[entry][name][0]
        ]
        if vals_list:
            self.env["aftersales.correction"].sudo().create(vals_list)
