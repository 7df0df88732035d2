from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .aftersales_origin_mixin import OriginColumns
from .none_labels import NO_LEVEL


class AftersalesArchive(models.Model):
    """What one dealership knows of one customer (客户档案), a row for each of them.

    A contact may come to several dealerships of one database; officer, level, number,
    state, last visit, wish and hours are each dealership's own. ``res.partner`` shows
    those of the current company under names that begin with ``aftersales_``.
    """

    _name = "aftersales.archive"
    _description = "Customer Archive"
    _inherit = [
        "aftersales.history.mixin",
        "aftersales.guarded.mixin",
        "aftersales.dated.mixin",
        "aftersales.large.mixin",
    ]
    _order = "number, id"
    _rec_names_search = ["number", "partner_id"]
    _check_company_auto = True
    _aftersales_origin_kind = "archive"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        check_company=True,
        ondelete="cascade",  # index: ``_partner_unique``
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    number = fields.Char(
        string="Archive Number", readonly=True, copy=False, index="btree_not_null"
    )
    officer_id = fields.Many2one(
        "res.users",
        string="Follow-up Officer",
        check_company=True,
        tracking=True,
        index="btree_not_null",
        domain=lambda self: self.env["res.users"]._aftersales_officer_domain(),
        ondelete="restrict",
        help="Whom the supervisor designated to look after this customer.",
    )
    segment_id = fields.Many2one(
        "aftersales.segment",
        string="Customer Level",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        falsy_value_label=NO_LEVEL,
    )
    wish = fields.Text(
        string="Service Wished for", help="The service that the customer hopes to get."
    )
    call_from = fields.Float(string="Call from", help="Preferred hour to be called")
    call_to = fields.Float(string="Call until", help="Preferred hour, at latest")
    contact_since = fields.Date(
        readonly=True,
        help="When an opt-out was withdrawn or a number corrected: what was over long "
        "before is not planned any more.",
    )

    # derived from the visits
    state = fields.Selection(
        [("none", "No Archive"), ("open", "To File"), ("complete", "Filed")],
        string="Archive",
        compute="_compute_from_visits",
        store=True,
        help="To file: the clock of a visit runs. Filed: all its visits are filed.",
    )
    date = fields.Date(
        string="Archive Filed on", compute="_compute_from_visits", store=True
    )
    last_visit_date = fields.Date(
        string="Last Visit", compute="_compute_from_visits", store=True
    )
    to_plan_since = fields.Datetime(
        string="Waits for Planning since",
        compute="_compute_to_plan_since",
        compute_sudo=True,
        store=True,
        copy=False,
        index="btree_not_null",
    )

    _partner_unique = models.UniqueIndex(
        "(partner_id, company_id)", "The customer has an archive here already."
    )
    _last_visit = models.Index(
        "(company_id, last_visit_date) WHERE last_visit_date IS NOT NULL"
    )
    _to_file = models.Index("(company_id) WHERE state = 'open'")

    @api.depends("number", "partner_id")
    def _compute_display_name(self):
        for archive in self:
            names = (archive.number, archive.partner_id.name)
            archive.display_name = " ".join(filter(None, names))

    @api.depends(
        "partner_id.aftersales_visit_ids.date_arrival",
        "partner_id.aftersales_visit_ids.state",
        "partner_id.aftersales_visit_ids.archive_date",
        "partner_id.aftersales_visit_ids.archive_result",
        "partner_id.aftersales_visit_ids.company_id",
    )
    def _compute_from_visits(self):
        """Read what the visits of this company tell; another's visits tell nothing."""
        told = self._read_visits() if self.ids else {}
        for archive in self:
            arrival, filed, running = told.get(archive._origin.id, (None, None, False))
            archive.last_visit_date = arrival and archive.company_id._aftersales_date(
                arrival
            )
            archive.date = filed
            if running:
                archive.state = "open"
            else:
                archive.state = "complete" if filed else "none"

    @api.depends("last_visit_date", "company_id", "partner_id.active")
    def _compute_to_plan_since(self):
        super()._compute_to_plan_since()

    @api.constrains("officer_id")
    def _check_officer(self):
        for company, archives in self.grouped("company_id").items():
            archives.officer_id._aftersales_check_officers(company)

    @api.constrains("call_from", "call_to")
    def _check_call_hours(self):
        for archive in self:
            start, stop = archive.call_from, archive.call_to
            if not (0 <= start <= 24 and 0 <= stop <= 24) or (stop and stop < start):
                raise ValidationError(
                    self.env._(
                        "The hours to call %(customer)s must lie between 0:00 and "
                        "24:00, the first before the last.",
                        customer=archive.partner_id.display_name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """Hand the open work over together with the customer."""
        result = super().write(vals)
        if vals.get("officer_id"):
            self._hand_over()
            self._notify_officer()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_merged(self):
        """Nothing in an archive is lost; a doubled contact's goes into the other."""
        if not (self.env.su and self.env.context.get("aftersales_merging")):
            raise UserError(self.env._("Customer archives are never deleted."))

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_guarded_fields(self):
        return {
            "partner_id",
            "company_id",
            "number",
            "officer_id",
            "contact_since",
            "state",
            "date",
            "last_visit_date",
            "retention",
            "to_plan_since",
        }

    def _message_auto_subscribe_followers(self, updated_values, default_subtype_ids):
        """Subscribe no officer: customers are handed over by the thousand."""
        return []

    # finding

    @api.model
    def _get_archives(self, partners, company):
        """Return the archives of customers in a company; open those that are missing.

        Two who open the same one at the same moment get one: a unique index decides.
        """
        archives = self.sudo()
        found = archives.search(
            [("partner_id", "in", partners.ids), ("company_id", "=", company.id)]
        )
        missing = partners - found.partner_id
        if not missing:
            return found
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO aftersales_archive (partner_id, company_id, state,
                       create_uid, write_uid, create_date, write_date)
                   SELECT partner_id, %(company)s, 'none',
                          %(uid)s, %(uid)s, %(now)s, %(now)s
                     FROM unnest(%(partners)s::int[]) partner_id
                       ON CONFLICT (partner_id, company_id) DO NOTHING
                RETURNING id""",
                company=company.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                partners=sorted(missing.ids),
            )
        )
        opened = archives.browse(row_id for (row_id,) in rows)
        missing.invalidate_recordset(["aftersales_archive_ids"], flush=False)
        opened.modified(["partner_id", "company_id"], create=True)
        return found | opened

    def _read_visits(self):
        """Return {id: (last arrival, last filing, whether a clock runs)}.

        One query over the visits of each customer in the archive's own company.
        """
        self.env["aftersales.visit"].flush_model(
            [
                "partner_id",
                "company_id",
                "state",
                "date_arrival",
                "archive_date",
                "archive_result",
            ]
        )
        self.flush_recordset(["partner_id", "company_id"])
        return {
            row[0]: row[1:]
            for row in self.env.execute_query(
                SQL(
                    """
                    SELECT archive.id,
                           max(visit.date_arrival)
                               FILTER (WHERE visit.state != 'cancelled'),
                           max(visit.archive_date),
                           COALESCE(bool_or(visit.archive_result = 'running'), FALSE)
                      FROM aftersales_archive archive
                      JOIN aftersales_visit visit
                        ON visit.partner_id = archive.partner_id
                       AND visit.company_id = archive.company_id
                     WHERE archive.id = ANY(%s)
                     GROUP BY archive.id
                    """,
                    self._origin.ids,
                )
            )
        }

    # numbers

    def _assign_numbers(self):
        """Give archives of customers who never came in before their numbers."""
        new = self.sudo().filtered(lambda archive: not archive.number)
        for company, archives in new.grouped("company_id").items():
            numbers = (
                self.env["ir.sequence"]
                .sudo()
                .with_company(company)
                ._aftersales_next_by_code("aftersales.archive", len(archives))
            )
            archives._write_each("number", "varchar", numbers)

    # officers

    @api.model
    def _get_officers(self, partner_ids, company):
        """Return the officer of each customer in a company: {partner id: user id}.

        A customer without one, or whose officer left, gets and keeps the officer with
        the least open work.
        """
        partners = self.env["res.partner"].sudo().browse(partner_ids)
        archives = self._get_archives(partners, company)
        users = self.env["res.users"]
        allowed = users._aftersales_possible_officers(company)
        without = archives.filtered(lambda archive: archive.officer_id not in allowed)
        if without:
            shares = users._aftersales_share_out(len(without), company)
            without._designate(shares)
            without._hand_over()
        return {archive.partner_id.id: archive.officer_id.id for archive in archives}

    def _designate(self, user_ids):
        """Write the officer of each of these archives, who is known to be one."""
        self._write_each("officer_id", "int", user_ids)

    def _write_each(self, name, kind, values):
        """Write a value of its own to each archive, in one statement, without history.

        An import opens archives by the thousand, for each of hundreds of officers.

        :param str kind: the column's type
        :param values: one for each archive, in their order
        """
        self.flush_recordset([name])
        self.env.cr.execute(
            SQL(
                """UPDATE aftersales_archive archive
                      SET %s = given.value, write_uid = %s, write_date = %s
                     FROM unnest(%s::int[], %s::%s[]) given(id, value)
                    WHERE archive.id = given.id""",
                SQL.identifier(name),
                self.env.uid,
                self.env.cr.now(),
                self.ids,
                list(values),
                SQL(kind),
            )
        )
        self.invalidate_recordset([name, "write_uid", "write_date"])
        self.modified([name])

    def _hand_over(self):
        """Give the customers' open visits, follow-ups and cases to their officers.

        What another dealership has open with them is not for these to see to. The
        history of the archive tells of it, and that of each piece of work need not.
        """
        officers = {
            (archive.company_id, archive.partner_id): archive.officer_id
            for archive in self
        }
        for name in self.env["aftersales.acting.mixin"]._get_acting_models():
            records = self.env[name].sudo().with_context(tracking_disable=True)
            field = records._designated_field
            work = records.search(
                Domain(records._get_open_domain())
                & Domain("partner_id", "in", self.partner_id.ids)
                & Domain("company_id", "in", self.company_id.ids)
            )
            for officer, theirs in work.grouped(
                lambda record: officers.get((record.company_id, record.partner_id))
            ).items():
                if officer:
                    theirs.filtered(
                        lambda record, name=field, officer=officer: (
                            record[name] != officer
                        )
                    ).write({field: officer.id})

    def _notify_officer(self):
        """Tell the officer of these customers once, however many they are.

        What the system shares out, the lists show.
        """
        officer = self.officer_id
        if officer == self.env.user or self.env.context.get("tracking_disable"):
            return
        env = self.with_context(lang=officer.lang).env
        env["mail.thread"].sudo().message_notify(
            partner_ids=officer.partner_id.ids,
            subject=env._("Customers Handed Over to You"),
            # No names: who asks to be forgotten would still be in the message.
            body=env._("Customers you look after from now on: %s more.", len(self)),
        )

    # origin of the calls to lost customers

    @api.model
    def _aftersales_origin_anchors(self):
        return {"last_visit": self.env._("Last visit")}

    @api.model
    def _aftersales_origin_columns(self, rule):
        return OriginColumns("partner_id", None, "last_visit_date", "last_visit_date")

    @api.model
    def _aftersales_due_domain(self, rule, company):
        return (
            Domain("company_id", "=", company.id)
            & Domain("partner_id.active", "=", True)
            & self._aftersales_date_due_domain(rule, company)
        )

    def _aftersales_recurring_followups(self):
        followups = self.env["aftersales.followup"].sudo()
        by_customer = followups.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "planned"),
                ("rule_id.anchor", "in", list(self._aftersales_origin_anchors())),
            ]
        ).grouped(lambda followup: (followup.partner_id, followup.company_id))
        no_followups = followups.browse()
        return {
            archive: by_customer.get(
                (archive.partner_id, archive.company_id), no_followups
            )
            for archive in self
        }
