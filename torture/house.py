"""A dealership in a database of its own, and what must be true of it at all times."""

import itertools
import random
import shutil
import threading
import time

import psycopg2
from server import Server, User, wait_until

from odoo.api import SUPERUSER_ID
from odoo.tools import config

from odoo.addons.aftersales_followup.tests.common import AftersalesData
from odoo.addons.aftersales_followup.tests.processes import ScratchDatabaseCase

CRONS = ("ir_cron_plan", "ir_cron_escalate", "ir_cron_kpi")


class HouseCase(AftersalesData, ScratchDatabaseCase):
    """Users at a real server, whose work is committed."""

    workers = 1
    crons = 1

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supervisor.sudo().email = "boss@yusen.example.com"
        cls.company_id = cls.company.id
        cls.model_id = cls.model.id
        cls.officer_id = cls.officer.id
        cls.other_officer_id = cls.other_officer.id
        cls.advisor_id = cls.advisor.id
        cls.supervisor_id = cls.supervisor.id
        cls.reached_id = cls.reached.id
        cls.numbers = itertools.count(1)
        crons = cls.env(user=SUPERUSER_ID)["ir.cron"].search([])
        ours = [cls.env.ref(f"aftersales_followup.{name}").id for name in CRONS]
        crons.filtered(lambda cron: cron.id not in ours).active = False
        cursor = cls.env.cr
        cursor.commit()
        cursor.close()
        cls.addClassCleanup(cls._forget_files)
        cls._open_house()

    @classmethod
    def _forget_files(cls):
        shutil.rmtree(config.filestore(cls.scratch), ignore_errors=True)

    @classmethod
    def _open_house(cls):
        """Start the server, once the database is where it is to be."""
        log = config.filestore(cls.scratch) + ".log"
        cls.server = Server(cls.scratch, log, cls.workers, cls.crons)
        cls.addClassCleanup(cls.server.log.unlink, missing_ok=True)
        cls.addClassCleanup(cls.server.stop)

    def next_number(self):
        return next(self.numbers)

    def new_work(self, kind):
        """Return work of a kind, ready to be done."""
        work = kind(self)
        self.request(SUPERUSER_ID, work.prepare)
        return work

    def new_user(self, kind):
        return User(self.server, self.scratch, kind.login)

    def do_alone(self, work, user):
        if work.cron:
            self.wait_for(work)
        else:
            work.do(user)

    def trigger(self, work):
        """Have the scheduled action of a work run now."""

        def trigger(env):
            env.ref(work.cron)._trigger()

        self.request(SUPERUSER_ID, trigger)

    def wait_for(self, work, again=10):
        """Have a scheduled action do its work; remind it every few seconds."""
        reminded = -again

        def is_done():
            nonlocal reminded
            try:
                if time.monotonic() > reminded + again:
                    reminded = time.monotonic()
                    self.trigger(work)
                return not self.find_wrong(work)
            except psycopg2.Error:  # the database is being killed just now
                return False

        try:
            wait_until(work.name, is_done)
        except AssertionError as error:
            log = self.server.log.read_text()[-3000:]
            raise AssertionError(f"{error}: {self.find_wrong(work)}\n{log}") from error

    def find_wrong(self, work):
        return self.look(lambda env: list(work.check(env)))

    # ------------------------------------------------------------
    # Strokes of fate
    # ------------------------------------------------------------

    def do_struck(self, work, user, strike, seconds):
        """Do a work and strike at a random moment of the ``seconds`` that it takes.

        :return: the exception that it ended with, if any
        """
        failed = []

        def do():
            try:
                self.do_alone(work, user)
            except Exception as error:
                failed.append(error)

        thread = threading.Thread(target=do)
        thread.start()
        time.sleep(random.uniform(0, seconds))
        strike()
        thread.join()
        return failed[0] if failed else None

    # ------------------------------------------------------------
    # What is always true
    # ------------------------------------------------------------

    def pass_night(self):
        """Lose some reminders, then let the scheduled actions do their work."""

        def lose(env):
            reminders = env["mail.activity"].search(
                [("res_model", "=", "aftersales.followup")], limit=5
            )
            reminders.unlink()

        self.request(SUPERUSER_ID, lose)
        for model, method in (
            ("aftersales.followup", "_cron_plan"),
            ("aftersales.case", "_cron_escalate"),
        ):
            self.look(lambda env, m=model, name=method: getattr(env[m], name)())

    def find_wrong_in_house(self):
        """Return what is wrong with the whole dealership after a night."""
        return self.look(
            lambda env: [
                *self._find_gaps(env),
                *self._find_doubles(env),
                *self._find_wrong_reminders(env),
                *self._find_unplanned(env),
            ]
        )

    def _find_gaps(self, env):
        for model in ("aftersales.call", "aftersales.letter"):
            groups = env[model]._read_group(
                [("number", "!=", False)],
                ["company_id", "register_year"],
                ["register_sequence:array_agg"],
            )
            for company, year, numbers in groups:
                if sorted(numbers) != list(range(1, len(numbers) + 1)):
                    yield f"{model} of {company.name} {year}: {sorted(numbers)}"

    def _find_doubles(self, env):
        env.cr.execute(
            """
            SELECT rule_id, visit_id, previous_id, campaign_id, partner_id, count(*)
              FROM aftersales_followup
             WHERE rule_id IS NOT NULL AND state <> 'cancelled'
          GROUP BY 1, 2, 3, 4, 5, vehicle_id HAVING count(*) > 1
            """
        )
        for row in env.cr.fetchall():
            yield f"planned twice: {row}"

    def _find_wrong_reminders(self, env):
        for name in env.registry.descendants(["aftersales.reminder.mixin"], "_inherit"):
            model = env[name]
            if model._abstract:
                continue
            to_do = model.search(model._get_reminder_domain())
            reminders = env["mail.activity"].search(
                [("res_model", "=", name), ("automated", "=", True)]
            )
            reminded = sorted(reminders.mapped("res_id"))
            if reminded != sorted(to_do.ids):
                yield f"{name}: {len(to_do)} to be done, {len(reminded)} reminders"

    def _find_unplanned(self, env):
        visits = env["aftersales.visit"].search(
            [("state", "=", "delivered"), ("is_history", "=", False)]
        )
        without = visits.filtered(
            lambda visit: "first" not in visit.followup_ids.rule_id.mapped("code")
        )
        if without:
            yield f"{len(without)} visits without a follow-up"
        if visits.filtered("to_plan_since"):
            yield f"{len(visits.filtered('to_plan_since'))} visits still to be planned"
