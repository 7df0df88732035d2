from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class OriginColumns(NamedTuple):
    """The stored fields of an origin that planning reads, also in SQL."""

    partner: str  # whom the follow-up is for
    vehicle: str  # the car it is about; empty: none
    date: str  # the date, or moment, that the window counts from
    cycle: str = None  # what tells one round of a recurring date from the next


class AftersalesOriginMixin(models.AbstractModel):
    """What follow-ups are planned for: a visit, a car, a customer, a campaign.

    A rule names an anchor, and the one model that has this anchor is its origin. The
    model tells which of its records are due, for whom, from which date and under which
    key; the rule tells when, how and about what. A further origin inherits this mixin.
    """

    _name = "aftersales.origin.mixin"
    _description = "Origin of Follow-ups"
    # How the model is called in origin keys.
    _aftersales_origin_kind = None
    # Whether the nightly scheduler looks for what is due, or the model plans itself.
    _aftersales_origin_scheduled = True

    # ------------------------------------------------------------
    # TO DEFINE
    # ------------------------------------------------------------

    @api.model
    def _aftersales_origin_anchors(self):
        """Return the anchors of this model: {code: what users call it}."""
        return {}

    @api.model
    def _aftersales_origin_columns(self, rule):
        """Return the ``OriginColumns`` of a rule with one of these anchors."""
        raise NotImplementedError

    @api.model
    def _aftersales_due_domain(self, rule, company):
        """Return the domain of the records whose window has begun.

        It takes what began on *or before* today, so that a day when the scheduler did
        not run loses nothing.
        """
        raise NotImplementedError

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _aftersales_origin_models(self):
        """Return the names of all models that are origins, in the order of loading."""
        registry = self.env.registry
        children = registry.descendants(["aftersales.origin.mixin"], "_inherit")
        return [
            name
            for name in registry
            if name in children and not registry[name]._abstract
        ]

    # what the nightly scheduler looks at

    @api.model
    def _aftersales_waiting(self, company):
        """Return what is marked for the scheduler, see the origins that wait."""
        return {}

    def _mark_to_plan(self):
        """Let the scheduler look at these records again, whatever it saw before."""

    @api.model
    def _aftersales_to_look_at(self, rule, company, waiting):
        """Return what the scheduler has to look at: [(id, the date it is due by)].

        Here that is all that is due and not planned. What costs less for a model that
        has many records, ``aftersales.dated.mixin`` shows.

        :param dict waiting: what is marked: {id: since when}
        """
        query = self._search(
            self._aftersales_due_domain(rule, company)
            & self._aftersales_unplanned_domain(rule, company),
            order="id",
        )
        return [(record_id, None) for record_id in query]

    @api.model
    def _aftersales_seen_until(self, rule, company, date=None):
        """Note until which date a rule was seen to; default all that is due by now."""

    @api.model
    def _aftersales_rule_changed(self, rule, changed):
        """Let the scheduler look at what a rule that was changed may be about.

        :param changed: names of the rule's fields
        """

    @api.model
    def _mark_customers_to_plan(self, partners, companies=None):
        """Let the scheduler look at what customers have, who may be contacted again."""

    # how follow-ups are planned

    def _aftersales_prepare_followup_vals(self, rule, company):
        """Return what a follow-up planned by ``rule`` takes from this record.

        :return: ``origin_key, date_anchor, partner_id, vehicle_id``, and whatever else
            of ``aftersales.followup._get_plan_columns`` the origin knows
        """
        columns = self._aftersales_origin_columns(rule)
        anchor = self[columns.date]
        if self._fields[columns.date].type == "datetime":
            anchor = company._aftersales_date(anchor)
        return {
            "origin_key": self._aftersales_origin_key(rule, company),
            "date_anchor": anchor,
            "partner_id": self._aftersales_origin_id(columns.partner),
            "vehicle_id": columns.vehicle
            and self._aftersales_origin_id(columns.vehicle),
        }

    def _aftersales_origin_id(self, name):
        """Return the id in a column of this record, which may be its own."""
        return self.id if name == "id" else self[name].id

    def _aftersales_origin_key(self, rule, company):
        """Return under which key ``rule`` plans for this record, and only once.

        The identity of a planned follow-up is rule, origin, whom it is for, and
        company: a new owner gets his own, a second branch its own.
        """
        columns = self._aftersales_origin_columns(rule)
        parts = [
            rule.code,
            self._aftersales_origin_kind,
            self.id,
            self._aftersales_origin_id(columns.partner),
            company.id,
        ]
        if columns.cycle:
            parts.append(self[columns.cycle] or "")
        return ":".join(map(str, parts))

    @api.model
    def _aftersales_origin_key_sql(self, rule, company, alias):
        """Return the SQL of what ``_aftersales_origin_key`` gives."""
        columns = self._aftersales_origin_columns(rule)
        key = SQL(
            "%s || %s::text || ':' || %s::text || %s",
            f"{rule.code}:{self._aftersales_origin_kind}:",
            SQL.identifier(alias, "id"),
            SQL.identifier(alias, columns.partner),
            f":{company.id}",
        )
        if columns.cycle:
            cycle = SQL.identifier(alias, columns.cycle)
            key = SQL("%s || ':' || COALESCE(%s::text, '')", key, cycle)
        return key

    @api.model
    def _aftersales_unplanned_domain(self, rule, company):
        """Return the domain of records without a follow-up by this rule."""
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                """NOT EXISTS (SELECT FROM aftersales_followup planned
                    WHERE planned.origin_key = %s)""",
                self._aftersales_origin_key_sql(rule, company, alias),
            )
        )

    @api.model
    def _aftersales_contactable_domain(self, rule, company):
        """Return the domain of records whose customer may be contacted by this rule.

        Who may be contacted again is not called about what was over long before.
        """
        columns = self._aftersales_origin_columns(rule)
        Optout = self.env["aftersales.optout"]

        def to_sql(_model, alias, _query):
            partner = SQL.identifier(alias, columns.partner)
            vehicle = (
                SQL.identifier(alias, columns.vehicle)
                if columns.vehicle
                else SQL("NULL::int")
            )
            return SQL(
                """NOT %(uncontactable)s AND NOT EXISTS (
                    SELECT FROM aftersales_archive again
                     WHERE again.partner_id = %(partner)s
                       AND again.company_id = %(company)s
                       AND %(closed)s < again.contact_since - %(catch_up)s)""",
                uncontactable=Optout._get_uncontactable_sql(
                    SQL("%s", company.id),
                    partner,
                    vehicle,
                    SQL("%s", rule.channel),
                    SQL("%s", rule.purpose),
                ),
                partner=partner,
                company=company.id,
                closed=rule._get_closing_sql(SQL.identifier(alias, columns.date)),
                catch_up=rule.catch_up_days,
            )

        return Domain.custom(to_sql=to_sql)
