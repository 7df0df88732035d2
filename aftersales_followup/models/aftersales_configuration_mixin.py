from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .sane_values import check_sane_values


class AftersalesConfigurationMixin(models.AbstractModel):
    """What a dealership works by: rules, topics, tips, templates, outcomes, levels.

    A record without a company is shared by all dealerships of the database, so it is
    the administrator's; a supervisor changes those of his own dealership, and can make
    a copy of a shared one for it. The company of a record is never changed, since its
    follow-ups, calls and letters would lose what they were about.

    For the same reason what was ever used is archived and not deleted, and so is what
    came with the module: an update would bring it back.
    """

    _name = "aftersales.configuration.mixin"
    _inherit = "aftersales.sane.mixin"
    _description = "Configuration of After-Sales"

    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self._default_company_id(),
        ondelete="restrict",
        help="Empty: shared by all companies; the administrator changes it.",
    )

    @api.model
    def _default_company_id(self):
        """Return the company of what a supervisor adds; an administrator shares."""
        if self.env.is_system():
            return self.env["res.company"]
        return self.env.company

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Let go of what is kept of the configuration, here and in other workers."""
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def write(self, vals):
        check_sane_values(self, [vals])
        if "company_id" in vals:
            company = self.env["res.company"].browse(vals["company_id"] or ())
            moved = self.filtered(lambda record: record.company_id != company)
            if moved:
                raise UserError(
                    self.env._(
                        "%(name)s stays with its company: what was done by it would "
                        "not be found there any more. Make a copy for the other one.",
                        name=moved[0].display_name,
                    )
                )
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped_or_used(self):
        kept = self & (self._get_shipped() | self._get_used())
        if kept:
            raise UserError(
                self.env._(
                    "%(name)s came with the application or is in use. Archive it "
                    "instead: then it is not offered any more, and what was done by it "
                    "still tells so.",
                    name=kept[0].display_name,
                )
            )

    def _check_access(self, operation):
        """Say whose a shared record is, and what a supervisor can do."""
        denied = super()._check_access(operation)
        if not denied or operation == "read":
            return denied
        records, _make_error = denied
        shared = records.sudo().filtered(lambda record: not record.company_id)
        return (records, shared._make_shared_error) if shared else denied

    def _make_shared_error(self):
        return AccessError(
            self.env._(
                "%(name)s is shared by all companies, so only the administrator "
                "changes it. A supervisor can make a copy for the own company and "
                "change that.",
                name=self[0].display_name,
            )
        )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_make_own_copy(self):
        """Copy a shared record for the current company, and open the copy.

        It has the code of the shared one; a rule then takes its place
        (``aftersales.followup.rule._get_rules``).
        """
        self.ensure_one()
        if self.company_id:
            raise UserError(
                self.env._(
                    "%(name)s is a company's own already.", name=self.display_name
                )
            )
        own = self._get_own(self.env.company) or self.copy(self._prepare_own_vals())
        if self.env.context.get("aftersales_stay"):
            return True
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": own.id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Do not offer a shared record where the company has its own of that code."""
        try:
            domain = Domain(domain or Domain.TRUE)
        except (AttributeError, TypeError, ValueError):
            # What is no domain is core's to refuse.
            return super().name_search(name, domain, operator, limit)
        if "code" in self._fields:
            own = self.with_context(active_test=False).search(
                [("company_id", "=", self.env.company.id), ("code", "!=", False)]
            )
            domain &= Domain("company_id", "!=", False) | Domain(
                "code", "not in", own.mapped("code")
            )
        return super().name_search(name, domain, operator, limit)

    def _for_company(self, company):
        """Return what a company works by where these records are meant.

        Its own record stands for the shared one of the same code, and none does where
        its own is switched off.
        """
        shared = self.filtered(lambda record: record.code and not record.company_id)
        own = (
            self.with_context(active_test=False)
            .search(
                [("company_id", "=", company.id), ("code", "in", shared.mapped("code"))]
            )
            .grouped("code")
        )
        meant = [
            own.get(record.code, record) if record in shared else record
            for record in self
        ]
        return self.browse().union(*meant).filtered("active")

    def _get_own(self, company):
        """Return the record of a company that has the code of this shared one."""
        if "code" not in self._fields or not self.code:
            return self.browse()
        return self.with_context(active_test=False).search(
            [("code", "=", self.code), ("company_id", "=", company.id)], limit=1
        )

    def _prepare_own_vals(self):
        """Return what a company's own copy has that other copies have not."""
        vals = {"company_id": self.env.company.id}
        for name in ("code", "date_active"):
            if name in self._fields:
                vals[name] = self[name]
        return vals

    def _get_shipped(self):
        """Return those that came with a module, not with a user's own import."""
        data = (
            self.env["ir.model.data"]
            .sudo()
            .search([("model", "=", self._name), ("res_id", "in", self.ids)])
        )
        shipped = data.filtered(lambda line: not line.module.startswith("__"))
        return self.browse(shipped.mapped("res_id"))

    def _get_used(self):
        """Return those that a stored record refers to, whoever may see it."""
        columns = [
            (field.relation, field.column2)
            if field.type == "many2many"
            else (self.env[field.model_name]._table, field.name)
            for field in self._get_referring_fields()
        ]
        uses = [
            SQL(
                "EXISTS (SELECT FROM %s WHERE %s = record.id)",
                SQL.identifier(table),
                SQL.identifier(table, column),
            )
            for table, column in columns
        ]
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM unnest(%s::int[]) AS record (id) WHERE %s",
                self.ids,
                SQL(" OR ").join(uses) or SQL("FALSE"),
            )
        )
        return self.browse(id_ for (id_,) in rows)

    @api.model
    def _get_referring_fields(self):
        """Yield the stored fields of all models that refer to this one."""
        for model in self.env.registry.values():
            if model._abstract or model._transient or not model._auto:
                continue
            for field in model._fields.values():
                if (
                    field.type in ("many2one", "many2many")
                    and field.comodel_name == self._name
                    and field.store
                    and not field.company_dependent
                ):
                    yield field
