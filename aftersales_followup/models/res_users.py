import heapq
from collections import Counter

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from .groups import OFFICER, SUPERVISOR
from .reading import fetch_joined


class ResUsers(models.Model):
    """Who is who in the department: officers, supervisors, and who can do the work."""

    _inherit = "res.users"

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_except_aftersales_history(self):
        """Nothing in an archive can be lost, not even who kept it."""
        for model, field in self._aftersales_history_fields():
            records = self.env[model].sudo().with_context(active_test=False)
            # In no order: by date, PostgreSQL would walk through all history.
            record = records.browse(records._search([(field, "in", self.ids)], limit=1))
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
            ("aftersales.archive", "officer_id"),
            ("aftersales.substitution", "user_id"),
            ("aftersales.substitution", "substitute_id"),
            ("aftersales.case", "user_id"),
            ("aftersales.case", "acting_user_id"),
            ("aftersales.case", "supervisor_id"),
            ("aftersales.case.round", "escalated_by_id"),
            ("aftersales.case.round", "escalated_to_id"),
            ("aftersales.case.round", "solved_by_id"),
            ("aftersales.restriction", "user_id"),
            ("aftersales.restriction", "lifted_by_id"),
            ("aftersales.restriction.look", "user_id"),
            *(
                ("aftersales.case.round", f"{code}_user_id")
                for code in ("escalate", "solve", "inform", "answer")
            ),
        ]

    def _aftersales_fetch(self):
        """Read names and languages of users, and not their whole wide rows."""
        fetch_joined(self.sudo(), [], "partner_id", ["name", "lang", "tz"])

    # roles

    @api.model
    def _aftersales_officer_domain(self):
        """Return the domain of users who can be designated for customers."""
        return self._aftersales_role_domain(OFFICER)

    @api.model
    def _aftersales_supervisor_domain(self):
        """Return the domain of users who decide what officers cannot solve."""
        return self._aftersales_role_domain(SUPERVISOR)

    @api.model
    def _aftersales_role_domain(self, group):
        role = self.env.ref(group, False)
        return [
            ("share", "=", False),
            ("all_group_ids", "in", role.ids if role else []),
        ]

    def _aftersales_is_officer(self):
        """Return whether this is somebody who works as an officer, wherever."""
        return bool(self) and self.active and self.has_group(OFFICER)

    @api.model
    def _aftersales_is_supervisor(self):
        """Return whether the current user supervises the department."""
        return self.env.user.has_group(SUPERVISOR)

    def _aftersales_check_officers(self, company):
        """Raise ValidationError if somebody here cannot do an officer's work there.

        :param company: where the work is; empty: anywhere
        """
        for user in self.sudo():
            works_there = not company or company in user.company_ids
            if not (user._aftersales_is_officer() and works_there):
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot look after customers of %(company)s: choose "
                        "an active user of the company with the role Follow-up "
                        "Officer.",
                        user=user.name,
                        company=company.name or self.env._("the company"),
                    )
                )

    @api.model
    def _aftersales_officers(self, company):
        """Return the active officers of a company.

        Supervisors make calls only where a company has no officer of its own.
        """
        users = self._aftersales_possible_officers(company)
        supervisors = users.filtered(lambda user: user.has_group(SUPERVISOR))
        return users - supervisors or supervisors

    @api.model
    def _aftersales_possible_officers(self, company):
        """Return the active users who may look after a customer in ``company``."""
        return self.sudo().search(
            [*self._aftersales_officer_domain(), ("company_ids", "in", company.ids)]
        )

    @api.model
    def _aftersales_supervisors(self, company):
        """Return who decides in a company; the administrator only where nobody else."""
        users = self.sudo().search(
            [*self._aftersales_supervisor_domain(), ("company_ids", "in", company.ids)]
        )
        admin = self.env.ref("base.user_admin", False) or self.browse()
        return users - admin or users

    # sharing work out

    @api.model
    def _aftersales_share_out(self, count, company):
        """Return ``count`` user ids, each time the officer with the least open work.

        Who is away gets none, unless everybody is.

        Open work are planned follow-ups, visits whose archive is not filed and cases
        to be solved or reported.

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
        away = self.env["aftersales.substitution"]._get_running(company).user_id
        officers = officers - away or officers
        return self._aftersales_deal(officers._aftersales_open_work(company), count)

    @api.model
    def _aftersales_deal(self, work, count):
        """Return ``count`` user ids, each time the one with the least work.

        :param dict work: user -> how much he has to do already
        """
        heap = [(load, user.id) for user, load in work.items()]
        heapq.heapify(heap)
        chosen = []
        for _n in range(count if heap else 0):
            load, user_id = heap[0]
            chosen.append(user_id)
            heapq.heapreplace(heap, (load + 1, user_id))
        return chosen

    def _aftersales_share_out_cases(self, count, company):
        """Return ``count`` ids of these supervisors, each time the least busy one."""
        cases = self.env["aftersales.case"].sudo()
        work = dict(
            cases._read_group(
                [
                    ("supervisor_id", "in", self.ids),
                    ("company_id", "=", company.id),
                    ("state", "=", "escalated"),
                ],
                ["supervisor_id"],
                ["__count"],
            )
        )
        return self._aftersales_deal({user: work.get(user, 0) for user in self}, count)

    def _aftersales_open_work(self, company):
        """Return how many open things each officer has to see to in a company."""
        work = Counter(dict.fromkeys(self, 0))
        for model in self.env["aftersales.acting.mixin"]._get_acting_models():
            records = self.env[model].sudo()
            work.update(
                dict(
                    records._read_group(
                        [
                            ("acting_user_id", "in", self.ids),
                            ("company_id", "=", company.id),
                            *records._get_own_work_domain(),
                        ],
                        ["acting_user_id"],
                        ["__count"],
                    )
                )
            )
        return work
