import heapq
from collections import Counter

from odoo import api, models
from odoo.exceptions import UserError

OFFICER = "aftersales_followup.aftersales_followup_group_officer"
SUPERVISOR = "aftersales_followup.aftersales_followup_group_supervisor"


class ResUsers(models.Model):
    _inherit = "res.users"

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_aftersales_history(self):
        """Nothing in an archive can be lost, not even who kept it."""
        for model, field in self._aftersales_history_fields():
            record = (
                self.env[model]
                .sudo()
                .with_context(active_test=False)
                .search([(field, "in", self.ids)], limit=1)
            )
            if record:
                raise UserError(
                    self.env._(
                        "%(user)s has after-sales records (%(record)s). Archive the "
                        "user instead of deleting.",
                        user=record[field].display_name,
                        record=record.display_name,
                    )
                )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _aftersales_history_fields(self):
        """Return the (model, field) pairs that make up a user's history."""
        return [
            ("aftersales.visit", "officer_id"),
            ("aftersales.visit", "acting_user_id"),
            ("aftersales.visit", "advisor_id"),
            ("aftersales.followup", "user_id"),
            ("aftersales.followup", "acting_user_id"),
            ("aftersales.call", "user_id"),
            ("aftersales.letter", "user_id"),
            ("aftersales.campaign", "user_id"),
            ("aftersales.substitution", "user_id"),
            ("aftersales.substitution", "substitute_id"),
        ]

    def _aftersales_is_officer(self):
        """Return whether this is somebody who works as an officer, wherever."""
        return bool(self) and self.active and self.has_group(OFFICER)

    @api.model
    def _aftersales_officers(self, company):
        """Return the active officers of a company.

        Supervisors make calls only where a company has no officer of its own.
        """
        users = self.sudo().search(
            [
                ("all_group_ids", "in", self.env.ref(OFFICER).ids),
                ("company_ids", "in", company.ids),
                ("share", "=", False),
            ]
        )
        supervisors = users.filtered(lambda user: user.has_group(SUPERVISOR))
        return users - supervisors or supervisors

    @api.model
    def _aftersales_share_out(self, count, company):
        """Return ``count`` user ids, each time the officer with the least open work.

        Who is away gets none, unless everybody is.

        Open work are planned follow-ups and visits whose archive is not filed.

        :raise UserError: if the company has nobody to do the work
        """
        officers = self._aftersales_officers(company)
        if not officers:
            raise UserError(
                self.env._(
                    "%(company)s has no follow-up officer. Give a user the role "
                    "Follow-up Officer under Settings > Users.",
                    company=company.name,
                )
            )
        away = self.env["aftersales.substitution"]._get_current(company)
        present = officers.filtered(lambda officer: officer.id not in away)
        officers = present or officers
        work = officers._aftersales_open_work(company)
        heap = [(work[officer], officer.id) for officer in officers]
        heapq.heapify(heap)
        chosen = []
        for _n in range(count):
            load, officer_id = heap[0]
            chosen.append(officer_id)
            heapq.heapreplace(heap, (load + 1, officer_id))
        return chosen

    def _aftersales_open_work(self, company):
        """Return how many open things each officer has to see to in a company."""
        followups = self.env["aftersales.followup"].sudo()
        visits = self.env["aftersales.visit"].sudo()
        work = Counter(dict.fromkeys(self, 0))
        work.update(
            dict(
                followups._read_group(
                    [
                        ("acting_user_id", "in", self.ids),
                        ("company_id", "=", company.id),
                        ("state", "=", "planned"),
                    ],
                    ["acting_user_id"],
                    ["__count"],
                )
            )
        )
        work.update(
            dict(
                visits._read_group(
                    [
                        ("acting_user_id", "in", self.ids),
                        ("company_id", "=", company.id),
                        *visits._get_reminder_domain(),
                    ],
                    ["acting_user_id"],
                    ["__count"],
                )
            )
        )
        return work
