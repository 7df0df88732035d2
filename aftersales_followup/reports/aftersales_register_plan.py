from odoo import api, models
from odoo.fields import Domain

from ..models.aftersales_followup import NO_LEVEL
from .register_layout import Column


class AftersalesRegisterPlan(models.AbstractModel):
    """Monthly contact plan (月访客户计划表): whom to contact, by day, and why."""

    _name = "aftersales.register.plan"
    _description = "Monthly Contact Plan"
    _inherit = ["aftersales.register.contact"]

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_title(self):
        return self.env._("Monthly Contact Plan")

    @api.model
    def _get_own_columns(self):
        return [
            Column("day", self.env._("Contact from"), 102, "date"),
            Column("deadline", self.env._("Until"), 102, "date"),
            Column("occasion", self.env._("Occasion"), 210),
            Column("channel", self.env._("Channel"), 90),
            Column("customer", self.env._("Customer"), 160),
            Column("level", self.env._("Level"), 80),
            Column("phone", self.env._("Phone"), 130),
            Column("plate", self.env._("Plate"), 98),
            Column("car", self.env._("Car"), 200),
            Column("topics", self.env._("Topics"), 242),
            Column("designated", self.env._("On Behalf of"), 84),
            Column("done", self.env._("Done on"), 102, "date"),
        ]

    @api.model
    def _get_entry_domain(self, company, date_from, date_to, officers):
        """Add what was left over from before to what is due in the month."""
        due = super()._get_entry_domain(company, date_from, date_to, officers)
        begin, _end = company._aftersales_bounds(date_from, date_to)
        # What is not due yet may still be done before the month begins.
        overdue = Domain("date_deadline", "<", company._aftersales_date())
        left_over = Domain("date_deadline", "<", date_from) & (
            (Domain("state", "=", "planned") & overdue)
            | Domain("date_done", ">=", begin)
        )
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("result", "!=", "void")
            & left_over
        )
        if officers:
            domain &= Domain("acting_user_id", "in", officers.ids)
        return due | domain

    @api.model
    def _count_period(self, company, date_from, date_to, officers):
        parts = self._get_rows_by_officer(company, date_from, date_to, officers)
        return sum(count for _name, count, _rows in parts)

    @api.model
    def _get_rows_by_officer(self, company, date_from, date_to, officers):
        """Return the plan of each officer: by day, the best customers first."""
        domain = self._get_entry_domain(company, date_from, date_to, officers)
        followups = self.env["aftersales.followup"].search(domain).sudo()
        lines = self._plan_planned(followups, company, date_from)
        if date_to >= company._aftersales_date():
            lines += self._plan_forecast(company, date_from, date_to, officers)
        lines.sort(key=lambda line: line[0])
        by_officer = {}
        for (name, *_order), row in lines:
            by_officer.setdefault(name, []).append(row)
        return [
            (name or self.env._("Without Officer"), len(rows), rows)
            for name, rows in by_officer.items()
        ]

    @api.model
    def _plan_planned(self, followups, company, date_from):
        """Return (what to sort by, row) of what is planned, done or missed."""
        channels = self._get_labels("channel")
        lines = []
        for followup in followups:
            acting, designated = followup.acting_user_id, followup.user_id
            done = followup.date_done and company._aftersales_date(followup.date_done)
            line = self._make_line(
                acting,
                followup.partner_id,
                followup.vehicle_id,
                followup.segment_id,
                day=max(followup.date_earliest, date_from),
                deadline=followup.date_deadline,
                occasion=followup.occasion,
                channel=channels[followup.channel],
                topics=followup.topic_ids,
                designated=designated.name if designated != acting else None,
                done=done or None,
            )
            lines.append(line)
        return lines

    @api.model
    def _plan_forecast(self, company, date_from, date_to, officers):
        """Return the same of what recurring dates will bring in the month."""
        Rule = self.env["aftersales.followup.rule"].sudo()
        due = list(Rule._forecast(company, date_from, date_to))
        channels = self._get_labels("channel")
        partners = Rule.env["res.partner"].browse(
            {vals["partner_id"] for _rule, vals in due}
        )
        vehicles = Rule.env["fleet.vehicle"].browse(
            {vals["vehicle_id"] for _rule, vals in due if vals["vehicle_id"]}
        )
        archives = Rule.env["aftersales.archive"].search(
            [("partner_id", "in", partners.ids), ("company_id", "=", company.id)]
        )
        of_partner = {archive.partner_id.id: archive for archive in archives}
        none = archives.browse()
        lines = []
        for rule, vals in due:
            archive = of_partner.get(vals["partner_id"], none)
            if officers and archive.officer_id not in officers:
                continue
            line = self._make_line(
                archive.officer_id,
                partners.browse(vals["partner_id"]).with_prefetch(partners.ids),
                vehicles.browse(vals["vehicle_id"] or ()).with_prefetch(vehicles.ids),
                archive.segment_id,
                day=max(vals["date_earliest"], date_from),
                deadline=vals["date_deadline"],
                occasion=rule.name,
                channel=channels[rule.channel],
                topics=rule.topic_ids,
            )
            lines.append(line)
        return lines

    @api.model
    def _make_line(self, officer, partner, vehicle, level, **cells):
        """Return (what to sort by, row) of a contact."""
        mask_phone, mask_text = self._get_phone_masks()
        order = (
            officer.name or "",
            cells["day"],
            level.sequence if level else NO_LEVEL,
            cells["deadline"],
            partner.name or "",
        )
        row = (
            cells["day"],
            cells["deadline"],
            mask_text(cells["occasion"]),
            cells["channel"],
            mask_text(partner.complete_name),
            level.name or None,
            mask_phone(partner.phone) or None,
            vehicle.license_plate or None,
            vehicle.model_id.display_name or None,
            self._get_separator().join(cells["topics"].mapped("name")) or None,
            cells.get("designated"),
            cells.get("done"),
        )
        return order, row
