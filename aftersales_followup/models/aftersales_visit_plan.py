"""The end of a visit plans its follow-ups; taking it back withdraws them."""

from odoo import api, models
from odoo.fields import Domain

from .aftersales_origin_mixin import OriginColumns


class AftersalesVisit(models.Model):
    _inherit = "aftersales.visit"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    # origin of follow-ups

    @api.model
    def _aftersales_origin_anchors(self):
        return {"delivery": self.env._("Delivery, or end of a consultation")}

    @api.model
    def _aftersales_origin_columns(self, rule):
        return OriginColumns("partner_id", "vehicle_id", "date_delivery")

    def _aftersales_prepare_followup_vals(self, rule, company):
        vals = super()._aftersales_prepare_followup_vals(rule, company)
        return vals | {"visit_id": self.id, "user_id": self.officer_id.id}

    @api.model
    def _get_happened_domain(self, rule, company):
        """Return the domain of visits that ended; history plans nothing."""
        return Domain(
            [
                ("company_id", "=", company.id),
                ("state", "in", ("delivered", "closed")),
                ("is_history", "=", False),
            ]
        )

    @api.model
    def _get_happened_since_domain(self, date):
        return Domain("date_delivery", ">=", date)

    # planning

    def _plan_followups(self):
        """Plan the follow-ups that the end of these visits calls for (规定 4)."""
        # Of ten thousand visits what planning needs is read, not all their columns.
        self.fetch(
            [
                "is_history",
                "company_id",
                "partner_id",
                "vehicle_id",
                "officer_id",
                "date_delivery",
                "archive_date",
                "next_contact_date",
                "to_plan_since",
            ]
        )
        current = self.filtered(lambda visit: not visit.is_history)
        for company, visits in current.grouped("company_id").items():
            for rule in self.env["aftersales.followup.rule"]._get_rules(
                "delivery", company
            ):
                rule._plan(visits, company)
        current._plan_next_service()
        current._plan_following_again()
        current.vehicle_id._aftersales_cancel_superseded()
        self.sudo().filtered("to_plan_since").write({"to_plan_since": False})

    def _plan_following_again(self):
        """What follows upon contacts done earlier was withdrawn by a reopening."""
        done = (
            self.env["aftersales.followup"]
            .sudo()
            .search([("visit_id", "in", self.ids), ("state", "=", "done")])
        )
        done._plan_following()

    def _plan_next_service(self):
        """Plan the contact that the officer designed when filing (规定 3).

        A date within an open follow-up of the visit needs no call of its own: its
        content joins that of the follow-up.
        """
        alone = self.browse()
        for visit in self.filtered("archive_date").filtered("next_contact_date"):
            content, date = visit.next_service_content, visit.next_contact_date
            near = visit.sudo().followup_ids.filtered(
                lambda followup, date=date: (
                    followup.state == "planned"
                    and followup.date_earliest <= date <= followup.date_deadline
                )
            )[:1]
            if not near:
                alone |= visit
            elif content not in (near.content or ""):
                near.content = "\n".join(filter(None, [near.content, content]))
        self.env["aftersales.followup"]._plan(
            [visit._prepare_next_service_vals() for visit in alone]
        )

    def _prepare_next_service_vals(self):
        """Return the vals of a follow-up on the day the officer chose."""
        key = f"next_service:visit:{self.id}:{self.partner_id.id}:{self.company_id.id}"
        return {
            "origin_key": key,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "vehicle_id": self.vehicle_id.id,
            "visit_id": self.id,
            "user_id": self.officer_id.id,
            "channel": "call",
            "purpose": "maintenance",
            "content": self.next_service_content,
            "date_anchor": self.next_contact_date,
            "date_earliest": self.next_contact_date,
            "date_deadline": self.next_contact_date,
        }

    def _unplan(self, reason):
        """Withdraw what is still planned because of these visits.

        :param reason: as ``aftersales.followup._cancel`` takes it
        """
        followups = (
            self.env["aftersales.followup"]
            .sudo()
            .search(
                [
                    ("visit_id", "in", self.ids),
                    ("case_id", "=", False),
                    ("state", "=", "planned"),
                ]
            )
        )
        followups._cancel(reason, withdrawn=True, blameless=True)
