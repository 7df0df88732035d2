from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .groups import ADVISOR

# What the archive of the current company is shown as on a customer.
ARCHIVE_FIELDS = {
    "aftersales_archive_number": "number",
    "aftersales_archive_state": "state",
    "aftersales_archive_date": "date",
    "aftersales_officer_id": "officer_id",
    "aftersales_segment_id": "segment_id",
    "aftersales_segment_fixed": "segment_fixed",
    "aftersales_segment_reason": "segment_reason",
    "aftersales_wish": "wish",
    "aftersales_call_from": "call_from",
    "aftersales_call_to": "call_to",
    "aftersales_last_visit_date": "last_visit_date",
    "aftersales_retention": "retention",
}
# Those that users fill in; the rest is the house rules' own.
WRITABLE = {
    "aftersales_officer_id",
    "aftersales_segment_id",
    "aftersales_wish",
    "aftersales_call_from",
    "aftersales_call_to",
}


class ResPartner(models.Model):
    """The customer archive (客户档案) of the current company, shown on the customer.

    Each field stands for one of ``aftersales.archive``. They are searched, sorted and
    grouped by joining that table, and written to it.
    """

    _inherit = "res.partner"

    aftersales_archive_ids = fields.One2many(
        "aftersales.archive", "partner_id", string="Archives", groups=ADVISOR
    )
    aftersales_archive_id = fields.Many2one(
        "aftersales.archive",
        string="Customer Archive",
        compute="_compute_aftersales_archive_id",
        search="_search_aftersales_archive_id",
        compute_sudo=True,
        groups=ADVISOR,
    )
    aftersales_archive_number = fields.Char(
        related="aftersales_archive_id.number", groups=ADVISOR
    )
    aftersales_archive_state = fields.Selection(
        [("none", "No Archive"), ("open", "To File"), ("complete", "Filed")],
        string="Archive",
        compute="_compute_aftersales_archive_state",
        search="_search_aftersales_archive_state",
        compute_sudo=True,
        groups=ADVISOR,
    )
    aftersales_archive_date = fields.Date(
        related="aftersales_archive_id.date", groups=ADVISOR
    )
    aftersales_officer_id = fields.Many2one(
        related="aftersales_archive_id.officer_id",
        domain=lambda self: self.env["res.users"]._aftersales_officer_domain(),
        readonly=False,
        groups=ADVISOR,
    )
    aftersales_segment_id = fields.Many2one(
        related="aftersales_archive_id.segment_id", readonly=False, groups=ADVISOR
    )
    aftersales_segment_fixed = fields.Boolean(
        related="aftersales_archive_id.segment_fixed", groups=ADVISOR
    )
    aftersales_segment_reason = fields.Char(
        related="aftersales_archive_id.segment_reason", groups=ADVISOR
    )
    aftersales_wish = fields.Text(
        related="aftersales_archive_id.wish", readonly=False, groups=ADVISOR
    )
    aftersales_call_from = fields.Float(
        related="aftersales_archive_id.call_from", readonly=False, groups=ADVISOR
    )
    aftersales_call_to = fields.Float(
        related="aftersales_archive_id.call_to", readonly=False, groups=ADVISOR
    )
    aftersales_last_visit_date = fields.Date(
        related="aftersales_archive_id.last_visit_date", groups=ADVISOR
    )
    aftersales_retention = fields.Selection(
        related="aftersales_archive_id.retention", groups=ADVISOR
    )

    @api.depends("aftersales_archive_ids.company_id")
    @api.depends_context("company")
    def _compute_aftersales_archive_id(self):
        for partner in self:
            partner.aftersales_archive_id = partner.aftersales_archive_ids.filtered(
                lambda archive: archive.company_id == self.env.company
            )

    def _search_aftersales_archive_id(self, operator, value):
        own = Domain("company_id", "=", self.env.company.id)
        if operator == "in":
            ids = [archive_id for archive_id in value if archive_id]
            found = Domain(
                "aftersales_archive_ids", "any!", own & Domain("id", "in", ids)
            )
            if False in value:
                found |= ~Domain("aftersales_archive_ids", "any!", own)
            return found
        if operator in ("any", "any!"):
            if not isinstance(value, Domain):
                value = Domain("id", "in", value)
            return Domain("aftersales_archive_ids", operator, own & value)
        return NotImplemented

    @api.depends("aftersales_archive_id.state")
    def _compute_aftersales_archive_state(self):
        for partner in self:
            partner.aftersales_archive_state = (
                partner.aftersales_archive_id.state or "none"
            )

    def _search_aftersales_archive_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = Domain("aftersales_archive_id", "any!", [("state", "in", list(value))])
        if "none" in value:
            found |= Domain("aftersales_archive_id", "=", False)
        return found

    def _field_to_sql(self, alias, field_expr, query=None):
        """Join the archive of the current company, where a query sorts or groups by it.

        There is at most one, so that the join multiplies nothing.
        """
        if query is None or field_expr not in (
            "aftersales_archive_id",
            "aftersales_archive_state",
        ):
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        archive = self._join_aftersales_archive(alias, query)
        if field_expr == "aftersales_archive_id":
            return SQL.identifier(archive, "id")
        return SQL("COALESCE(%s, 'none')", SQL.identifier(archive, "state"))

    def _join_aftersales_archive(self, alias, query):
        """Join the archives of the current company; return the alias of the table."""
        Archive = self.env["aftersales.archive"]
        Archive.flush_model(["partner_id", "company_id", "state"])
        archive = query.make_alias(alias, "aftersales_archive")
        query.add_join(
            "LEFT JOIN",
            archive,
            Archive._table,
            SQL(
                "%s = %s AND %s = %s",
                SQL.identifier(archive, "partner_id"),
                SQL.identifier(alias, "id"),
                SQL.identifier(archive, "company_id"),
                self.env.company.id,
            ),
        )
        return archive

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """What a new customer comes with for the archive opens one."""
        names = {f"default_{name}": name for name in ARCHIVE_FIELDS}
        context = self.env.context
        defaults = {name: context[key] for key, name in names.items() if key in context}
        split = [self._split_archive_vals({**defaults, **vals}) for vals in vals_list]
        others = {key: value for key, value in context.items() if key not in names}
        partners = super(ResPartner, self.with_env(self.env(context=others))).create(
            [vals for _own, vals in split]
        )
        partners = partners.with_env(self.env)
        partners._write_archives([own for own, _vals in split])
        return partners

    def write(self, vals):
        own, others = self._split_archive_vals(vals)
        result = super().write(others) if others or not own else True
        if own:
            self._write_archives([own] * len(self))
        return result

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_aftersales_fix_level(self):
        """Open the dialog that fixes the level by hand, or lets it follow the rules."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_segment_fix_action"
        ) | {"context": {"default_partner_ids": self.ids}}

    def action_aftersales_open_archive(self):
        """Open the archive of the current company, with what changed in it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "aftersales.archive",
            "res_id": self.aftersales_archive_id.id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _split_archive_vals(self, vals):
        """Return (vals of the archive, the other vals), and check who may write them.

        :raise AccessError: if somebody without the right designates an officer, or
            writes what is the house rules' own
        """
        names = ARCHIVE_FIELDS.keys() & vals.keys()
        if not names:
            return {}, vals
        if not self.env.su:
            if not self._aftersales_is_for_staff():
                raise AccessError(
                    self.env._("Only the after-sales department keeps archives.")
                )
            self.env["aftersales.archive"]._check_guarded(
                {ARCHIVE_FIELDS[name] for name in names - WRITABLE}
            )
            designating = "aftersales_officer_id" in names
            if designating and not self.env["res.users"]._aftersales_is_supervisor():
                raise AccessError(
                    self.env._("Only a supervisor designates a customer's officer.")
                )
        own = {ARCHIVE_FIELDS[name]: vals[name] for name in names}
        if "segment_id" in own and not self.env.su:
            own |= self._fix_entered_level(own["segment_id"])
        return own, {name: vals[name] for name in vals.keys() - names}

    @api.model
    def _fix_entered_level(self, segment_id):
        """Return what makes a level stay that somebody typed in, or brought in by file.

        Otherwise the next calculation would take it away again without a word.

        :raise AccessError: if the user is no supervisor
        """
        self.env["aftersales.archive"]._check_may_fix_level()
        if not segment_id:
            return {"segment_fixed": False, "segment_reason": False}
        return {"segment_fixed": True, "segment_reason": self.env._("Entered by hand")}

    def _write_archives(self, vals_list):
        """Write what belongs to the archives of the current company.

        A customer of one dealership has an archive there and nowhere else.

        :param list vals_list: for each of the customers; those without any vals get no
            archive
        """
        written = {}
        for partner, vals in zip(self.sudo().browse(self.ids), vals_list, strict=True):
            opens = any(vals.values())
            if opens or (vals and partner.aftersales_archive_id):
                company = partner.company_id or self.env.company
                written.setdefault(company, []).append((partner, vals))
        for company, theirs in written.items():
            partners = self.sudo().union(*(partner for partner, _vals in theirs))
            archives = self.env["aftersales.archive"]._get_archives(partners, company)
            by_partner = archives.grouped("partner_id")
            alike = {}
            for partner, vals in theirs:
                archive = by_partner[partner]
                alike.setdefault(tuple(sorted(vals.items())), []).append(archive.id)
            for vals, archive_ids in alike.items():
                archives.browse(archive_ids).write(dict(vals))

    def _aftersales_merge_archives(self, kept):
        """Move these customers' archives to the one that is kept.

        Where that one has an archive in a company already, it takes over what it lacks
        and the other goes, as its contact does.
        """
        archives = self.aftersales_archive_ids
        for company, theirs in archives.grouped("company_id").items():
            archive = archives._get_archives(kept, company)
            for name in ("number", "officer_id", "wish", "contact_since"):
                first = next(filter(None, theirs.mapped(name)), False)
                if first and not archive[name]:
                    archive.with_context(tracking_disable=True)[name] = first
            archive._take_over_level(theirs)
            theirs.with_context(aftersales_merging=True).unlink()

    def _aftersales_derive_archives(self):
        """Read anew what the visits tell, and let the officers see to all there is."""
        self.invalidate_recordset(["aftersales_archive_ids", "aftersales_visit_ids"])
        archives = self.aftersales_archive_ids
        self.env["aftersales.visit"]._place_visits(
            {(archive.partner_id.id, archive.company_id.id) for archive in archives}
        )
        archives.filtered("officer_id")._hand_over()
        for name in ("state", "date", "last_visit_date"):
            self.env.add_to_compute(archives._fields[name], archives)
