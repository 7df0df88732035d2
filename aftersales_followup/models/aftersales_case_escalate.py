"""Reporting to the supervisor what cannot be solved; the system does it if need be."""

from odoo import api, fields, models

from .locking import lock_until_done
from .scheduler import commit_step, do_or_skip

ESCALATE_BATCH = 200


class AftersalesCase(models.Model):
    _inherit = "aftersales.case"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_escalate(self):
        """Report to the supervisor what the officer cannot solve (规定 4).

        :raise UserError: if a case was reported or solved before
        """
        self._check_step("open")
        self._escalate()

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _escalate(self, by_system=False, moment=None):
        """Hand cases to the supervisor, by reminder and e-mail.

        :param bool by_system: nobody reported it in time, which counts as late
        :param moment: naive UTC; default now
        """
        moment = moment or fields.Datetime.now()
        cases = self.sudo().with_context(aftersales_reminders_settled=True)
        cases._choose_supervisors()
        for supervisor, theirs in cases.grouped("supervisor_id").items():
            theirs.round_id.write({"escalated_to_id": supervisor.id})
        cases.round_id._stop_clock(
            "escalate",
            moment,
            {
                "escalated_by_id": not by_system and self.env.uid,
                "escalated_by_system": by_system,
            },
        )
        cases.write({"state": "escalated"})
        cases._sync_reminders()
        cases._mail_supervisors()

    def _choose_supervisors(self):
        """Let the supervisors with the fewest reported cases decide."""
        Users = self.env["res.users"]
        for company, cases in self.grouped("company_id").items():
            allowed = Users._aftersales_supervisors(company)
            without = cases.filtered(
                lambda case, allowed=allowed: case.supervisor_id not in allowed
            )
            shares = allowed._aftersales_share_out_cases(len(without), company)
            given = {}
            for case, user_id in zip(without, shares, strict=False):
                given.setdefault(user_id, []).append(case.id)
            for user_id, case_ids in given.items():
                without.browse(case_ids).write({"supervisor_id": user_id})

    def _mail_supervisors(self):
        """Tell the supervisors by e-mail, whatever they chose for notifications.

        Outside a supervisor's working hours it waits until they begin: the reminder is
        there at once, and nobody's phone rings at night.
        """
        template = self.env.ref(
            "aftersales_followup.mail_template_case_escalated", False
        )
        cases = self.filtered("supervisor_id")
        if not template or not cases:
            return
        now = fields.Datetime.now()
        for (company, supervisor), theirs in cases.grouped(
            lambda case: (case.company_id, case.supervisor_id)
        ).items():
            moment = company._aftersales_next_working_moment(now, supervisor)
            later = {"scheduled_date": moment} if moment > now else None
            template.sudo().send_mail_batch(theirs.ids, email_values=later)

    @api.model
    def _replace_absent_officers(self, company):
        """Give what absent supervisors had to decide to another one as well.

        Where there was none when a case was reported, the first one gets it.
        """
        orphans = super()._replace_absent_officers(company)
        allowed = self.env["res.users"]._aftersales_supervisors(company)
        undecided = self.sudo().search(
            [
                ("state", "=", "escalated"),
                ("company_id", "=", company.id),
                ("supervisor_id", "not in", allowed.ids),
            ]
        )
        if not allowed or not undecided:
            return orphans
        undecided._choose_supervisors()
        undecided._mail_supervisors()
        return orphans | undecided

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_escalate(self):
        """Report what officers did not report in time; that counts as late (规定 4).

        Each batch is committed. Days without the scheduler lose nothing, two of them
        at once report a case once, and what fails in one company stops no other.
        """
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            failed = set()
            while True:
                due, left = commit_step(self.env, self._escalate_due, company, failed)
                if not left:
                    return
                if len(due) < ESCALATE_BATCH:
                    break
        self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _escalate_due(self, company, failed):
        """Report the next cases of a company and return those that were due.

        :param set failed: ids of cases that could not be reported in this run
        """
        found = do_or_skip(
            company, lambda company: self._find_to_escalate(company, failed), set()
        )
        due = self.union(*found)
        do_or_skip(due, lambda cases: cases._escalate(by_system=True), failed)
        return due

    @api.model
    def _find_to_escalate(self, company, failed):
        """Return the next cases that nobody reported, locked for this transaction."""
        today = company._aftersales_date()
        due = self.sudo().search(
            [
                ("state", "=", "open"),
                ("company_id", "=", company.id),
                # The clock that runs out first; it has an index of its own.
                ("date_deadline", "<", today),
                ("escalate_deadline", "<", today),
                ("id", "not in", list(failed)),
            ],
            order="date_deadline, id",
            limit=ESCALATE_BATCH,
        )
        return lock_until_done(due)
