"""The night: what became due is planned, and what went astray is mended."""

from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.tools import split_every

from .aftersales_followup_plan import PLAN_BATCH
from .scheduler import commit_step, do_or_skip

# Parameter: when all open work was last looked at for lost reminders.
LOOKED_EVERYWHERE = "aftersales_followup.looked_everywhere"


class AftersalesFollowup(models.Model):
    _inherit = "aftersales.followup"

    # ------------------------------------------------------------
    # CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_plan(self):
        """Plan what became due, whatever earlier runs missed, and mend reminders.

        Each batch is committed; one that fails is logged and does not stop the rest.
        A run that is out of time says so, and Odoo soon starts the next one.
        """
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        shared = self._get_shared_waiting()
        failed = {name: set() for name in shared}
        for company in companies:
            if not self._cron_plan_company(company, shared, failed):
                return
        for name, waiting in shared.items():
            self._forget_seen(self.env[name].sudo(), waiting, failed[name])
        if self.env["aftersales.campaign"]._cron_keep_up() and self._cron_keep_up():
            self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _get_shared_waiting(self):
        """Return what is marked and belongs to no company: {origin: {id: since}}.

        Each company looks at it, and the marks come off when all have.
        """
        no_company = self.env["res.company"]
        return {
            name: self.env[name].sudo()._aftersales_waiting(no_company)
            for name in self.env["aftersales.origin.mixin"]._aftersales_origin_models()
        }

    @api.model
    def _cron_plan_company(self, company, shared, failed):
        """Plan all that became due in one company.

        :return: whether there is time left
        """
        Rule = self.env["aftersales.followup.rule"]
        get_officers = self.env["res.users"]._aftersales_officers
        can_call = any(do_or_skip(company, get_officers, set()))
        for origin, rules in Rule._get_scheduled_rules(company):
            if not can_call:
                # Whoever comes to call there looks at everything first.
                rules._note_nothing_planned(company)
            elif not self._cron_plan_origin(
                origin, rules, company, shared[origin._name], failed[origin._name]
            ):
                return False
        return True

    @api.model
    def _cron_plan_origin(self, origin, rules, company, shared, failed):
        """Plan all rules that count from one model, in one company.

        :param dict shared: what is marked and belongs to no company
        :param set failed: takes the ids of records that could not be planned
        :return: whether there is time left
        """
        own = origin._aftersales_waiting(company)
        failed_rules = set()
        for rule in rules:
            found = do_or_skip(
                rule,
                partial(
                    origin._aftersales_to_look_at,
                    company=company,
                    waiting=own | shared,
                ),
                failed_rules,
            )
            for looked_at in found:
                if not self._cron_plan_rule(
                    rule, company, looked_at, failed, failed_rules
                ):
                    return False
        if failed_rules:
            failed.update(own, shared)
        return self._forget_seen(origin, own, failed)

    @api.model
    def _cron_plan_rule(self, rule, company, looked_at, failed, failed_rules):
        """Plan what is due among the records that one rule has to look at.

        :param list looked_at: (id, date), see ``_aftersales_to_look_at``
        :return: whether there is time left
        """
        for batch in split_every(PLAN_BATCH, looked_at, list):
            ids, until = [record_id for record_id, _date in batch], batch[-1][1]
            _due, left = commit_step(
                self.env, self._plan_due, rule, company, ids, failed, failed_rules
            )
            if until and rule.id not in failed_rules:
                # More of that date may follow.
                self._note_seen(rule, company, until - timedelta(days=1))
            if not left:
                return False
        if rule.id not in failed_rules:
            self._note_seen(rule, company)
        return True

    @api.model
    def _note_seen(self, rule, company, until=None):
        """Note and commit until which date a rule was seen to."""
        commit_step(self.env, self._note_until, rule, company, until)

    @api.model
    def _note_until(self, rule, company, until):
        rule._get_origin()._aftersales_seen_until(rule, company, until)
        return rule

    @api.model
    def _plan_due(self, rule, company, ids, failed, failed_rules):
        """Plan what is due among the records with these ids, and return it.

        :param set failed: ids of records that could not be planned in this run
        :param set failed_rules: ids of rules that could not be asked what is due
        """

        def find(rule):
            return rule._find_due(company, [key for key in ids if key not in failed])

        plan = partial(rule._plan, company=company)
        for due in do_or_skip(rule, find, failed_rules):
            broken = set()
            do_or_skip(due, plan, broken)
            # The next night looks at them again, whatever their date.
            due.browse(broken)._mark_to_plan()
            failed |= broken
            return due
        return self.browse()

    @api.model
    def _forget_seen(self, origin, waiting, failed):
        """Take the marks off that were looked at.

        :return: whether there is time left
        """
        seen = {key: since for key, since in waiting.items() if key not in failed}
        if not seen:
            return True
        _forgotten, left = commit_step(self.env, origin._forget_waiting, seen)
        return bool(left)

    @api.model
    def _cron_keep_up(self):
        """Drop what customers refused; let stand-ins begin and end; mend reminders.

        One company whose data is wrong stops no other.

        :return: whether there is time left
        """
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        commit_step(self.env, self._cron_cancel_refused)
        if not self.env["aftersales.restriction"]._cron_keep_up():
            return False
        Substitution = self.env["aftersales.substitution"].sudo()
        failed = set()
        for company in companies:
            commit_step(self.env, do_or_skip, company, Substitution._switch, failed)
            for model in self._get_acting_models():
                replace = self.env[model].sudo()._replace_absent_officers
                commit_step(self.env, do_or_skip, company, replace, failed)
        everywhere = self._is_week_over()
        for model in self._get_acting_models():
            records = self.env[model].sudo()
            while True:
                restored, left = commit_step(
                    self.env, records._restore_reminders, PLAN_BATCH, everywhere
                )
                if not left:
                    return False
                if len(restored) < PLAN_BATCH:
                    break
        if everywhere:
            commit_step(self.env, self._note_week)
        return True

    @api.model
    def _is_week_over(self):
        """Return whether all open work is to be looked at for lost reminders.

        Once a week that finds what was deleted past Odoo, straight in the database.
        """
        parameters = self.env["ir.config_parameter"].sudo()
        last = fields.Date.to_date(parameters.get_param(LOOKED_EVERYWHERE))
        return not last or fields.Date.today() >= last + timedelta(days=7)

    @api.model
    def _note_week(self):
        self.env["ir.config_parameter"].sudo().set_param(
            LOOKED_EVERYWHERE, fields.Date.to_string(fields.Date.today())
        )
        return self
