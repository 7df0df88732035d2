"""A season at two dealerships, lived at random: what people do there all day.

Whatever is refused in words is part of life. What is left in the database is looked at
each night by the rules of the house, see ``season_rules``.
"""

import logging
import random
from collections import Counter
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import MissingError, UserError
from odoo.tools import mute_logger

from .common import NOW, AftersalesCase
from .season_acts import SeasonActs
from .season_desk import SeasonDesk
from .season_rules import SeasonRules

_logger = logging.getLogger(__name__)

# What is done, and how often.
ACTS = {
    "receive_customer": 4,
    "note_car": 3,
    "note_car_dates": 3,
    "sell_car": 1,
    "receive_visit": 9,
    "change_visit": 2,
    "change_lines": 2,
    "file_archive": 6,
    "end_visit": 9,
    "cancel_visit": 1,
    "reopen_visit": 1,
    "call": 16,
    "be_called": 4,
    "give_call": 1,
    "correct_call": 1,
    "note_case": 3,
    "step_case": 8,
    "write_letter": 3,
    "opt_out": 1,
    "withdraw_opt_out": 1,
    "name_stand_in": 1,
    "end_stand_in": 0.5,
    "hand_over": 1,
    "designate": 1,
    "plan_by_hand": 1,
    "cancel_followup": 1,
    "reopen_followup": 1,
    "finish_reminder": 2,
    "delete_reminder": 1,
    "begin_campaign": 1,
    "step_campaign": 1,
    "restrict": 0.3,
    "merge": 0.3,
    "archive_customer": 0.3,
    "change_setting": 1,
    "change_rule": 0.5,
    "change_outcome": 0.3,
    "import_orders": 1,
    "type_in": 1,
    "file_summary": 0.5,
}
CRONS = ("plan", "escalate", "levels")
SELDOM = ("kpi", "draft_summary")


class SeasonCase(SeasonActs, SeasonDesk, SeasonRules, AftersalesCase):
    """Two dealerships of one database, with some customers in common."""

    def live(self, seed, days, acts):
        """Live so many days, with up to ``acts`` a day; return what broke a rule."""
        self.rnd = random.Random(seed)
        self.done, self.broken = Counter(), {}
        self.results, self.filed = {}, {}  # what stands since it was written
        self._found_branch(seed)
        self.set_now(NOW)
        for day in range(days):
            morning = NOW + timedelta(days=day)
            for minute in sorted(
                self.rnd.randint(0, 600) for _act in range(self.rnd.randint(1, acts))
            ):
                self.set_now(morning + timedelta(minutes=minute))
                [name] = self.rnd.choices([*ACTS], [*ACTS.values()])
                self._act(name)
            self._look(f"day {day}")
            self.set_now(
                morning + timedelta(hours=15, minutes=self.rnd.randint(0, 299))
            )
            self._pass_night(day)
            self._look(f"night {day}", is_morning=True)
        return [f"{text} ({when})" for text, when in self.broken.items()]

    def _found_branch(self, seed):
        root = self.env(user=1)
        self.branch = root["res.company"].create(
            {"name": f"Branch {seed}", "country_id": root.ref("base.cn").id}
        )
        self.branch.resource_calendar_id.tz = "Asia/Shanghai"

        def hire(name, role, company):
            return self._new_user(f"{name}_{seed}", role, company)

        officers = self.officer | self.other_officer
        officers |= hire("third", "officer", self.company)
        self.teams = [
            (self.company, self.supervisor, officers, self.advisor),
            (
                self.branch,
                hire("branch_supervisor", "supervisor", self.branch),
                hire("branch_officer", "officer", self.branch),
                hire("branch_advisor", "advisor", self.branch),
            ),
        ]

    # ------------------------------------------------------------
    # Living
    # ------------------------------------------------------------

    def _act(self, name):
        """Let somebody of one of the houses do something."""
        self.house, self.boss, self.officers, advisor = self.rnd.choice(
            [self.teams[0], self.teams[0], self.teams[1]]
        )
        self._become(self.rnd.choice([*self.officers, self.boss, advisor]))
        quiet = ("odoo.sql_db", "odoo.models", "odoo.addons.base.models.ir_rule")
        try:
            with mute_logger(*quiet), self.env.cr.savepoint():
                getattr(self, f"_act_{name}")()
                self.env.flush_all()
            self.done[name] += 1
        except (UserError, MissingError, IntegrityError):
            self.done["refused"] += 1  # in words, those of a constraint too
        except Exception as error:
            _logger.exception("%s failed", name)
            self.broken[f"{name} fails: {error!r}"] = "act"
        self.env.invalidate_all()

    def _become(self, user):
        """Act as a user, in a browser or through RPC without any language."""
        self.as_user = self.env(
            user=user,
            context={
                "allowed_company_ids": self.house.ids,
                "tracking_disable": True,
                "lang": self.rnd.choice(["en_US", None]),
                "tz": self.rnd.choice(["Asia/Shanghai", None]),
            },
        )
        self.today = self.house._aftersales_date()

    def _pass_night(self, day):
        for name in CRONS if day % 5 else (*CRONS, *SELDOM):
            cron = self.env.ref(f"aftersales_followup.ir_cron_{name}").sudo()
            with (
                self.enter_registry_test_mode(),
                self.assertNoLogs("odoo", logging.ERROR),
            ):
                cron.method_direct_trigger()
        self.env.invalidate_all()
