"""The past of the demo dealership, lived through the module's own methods.

Demo files make who and what there is: people, customers, cars. What happened between
them hangs together too closely for data files (a call completes a follow-up, which
plans the next one), and it is dated from today, so that officers find work on whatever
day the demo data is installed. So it is played here: visits arrive, are delivered and
filed, calls and letters are registered, each by the user whose work it is, in order of
time. As superuser is only written what those steps would have dated otherwise.

``plan.py`` says who comes when, ``texts.py`` what is said; each part of what happens
has a file of its own. Nothing is drawn by lot: a day's demo data is the same wherever
it is installed. ``res.company._aftersales_generate_demo`` imports this package, and
does so only when demo data is loaded.
"""

from datetime import datetime, time, timedelta
from itertools import count

import pytz

from odoo import fields

from ..models.typed_values import HISTORY
from .calls import Calls
from .campaigns import Campaigns
from .car_dates import CarDates
from .cases import Cases
from .figures import Figures
from .inbound_calls import InboundCalls
from .letters import Letters
from .levels import Levels
from .plan import OFFICERS
from .summaries import Summaries
from .visits import Visits

MODULE = "aftersales_followup"


class History:
    """Plays what happened at ``company``; ``live`` is the whole of it."""

    def __init__(self, company):
        # Chatter would tell that all of it happened on the day of installation.
        self.env = company.with_context(
            lang="zh_CN",
            tz="Asia/Shanghai",
            tracking_disable=True,
            **{HISTORY: True},
        ).env
        self.company = company.with_env(self.env)
        self.today = self.company._aftersales_date()
        self.now = fields.Datetime.now()
        self.diary = []  # (moment, number, what happens, its arguments)
        self.numbers = count()
        self.officers = self._people("officer1", "officer2", "officer3")
        self.advisors = self._people("advisor1", "advisor2")
        [self.supervisor] = self._people("supervisor")
        self.customers = self._numbered("res.partner", "customer", 60)
        self.cars = self._numbered("fleet.vehicle", "car", 80)
        self.car_numbers = {car.id: n for n, car in enumerate(self.cars)}
        self.second_cars = self.cars[len(self.customers) :]
        self.car_dates = CarDates(self)
        self.calls = Calls(self)
        self.inbound_calls = InboundCalls(self)
        self.cases = Cases(self)
        self.letters = Letters(self)
        self.levels = Levels(self)
        self.visits = Visits(self)
        self.campaigns = Campaigns(self)
        self.figures = Figures(self)
        self.summaries = Summaries(self)

    def live(self):
        """Play the history of the demo dealership up to now."""
        self.car_dates.date()
        self.visits.bring_in_old()
        self.visits.note()
        self.calls.note_maintenance()
        self.calls.note_meetings()
        self.inbound_calls.note()
        self.cases.note()
        self.letters.note()
        self.calls.note_refusals()
        for moment, _number, happens, args in sorted(self.diary):
            happens(moment, *args)
        self.letters.return_some()
        self.letters.write_drafts()
        self.levels.give()
        self._plan_due()
        self._name_stand_ins()
        self.campaigns.run()
        self.figures.type_in()
        self.figures.set_targets()
        self.figures.count()
        self.summaries.draft()
        self._keep_mail()

    # ------------------------------------------------------------
    # People, cars, days
    # ------------------------------------------------------------

    def ref(self, name):
        """Return the record with this id of ours."""
        return self.env.ref(f"{MODULE}.{name}")

    def _people(self, *names):
        return [self.ref(f"demo_user_{name}") for name in names]

    def _numbered(self, model, name, size):
        """Return the demo records ``name``_01 to ``size`` in that order."""
        ids = [self.ref(f"demo_{name}_{n:02}").id for n in range(1, size + 1)]
        return self.env[model].browse(ids)

    def get_customer(self, row, officer):
        """Return the customer of a row; customers take turns among the officers."""
        return self.customers[row * OFFICERS + officer]

    def get_car(self, row, officer):
        """Return the first car of the customer of a row."""
        return self.cars[row * OFFICERS + officer]

    def get_moment(self, days, hour=9.0):
        """Return the naive UTC moment ``days`` ago, at an hour of the dealership's."""
        clock = time(int(hour), int(hour % 1 * 60))
        local = datetime.combine(self.today - timedelta(days=days), clock)
        moment = self.company._aftersales_tz().localize(local).astimezone(pytz.utc)
        return min(moment.replace(tzinfo=None), self.now)

    def at(self, days, hour, happens, *args):
        """Note in the diary what happens ``days`` ago, at an hour."""
        entry = (self.get_moment(days, hour), next(self.numbers), happens, args)
        self.diary.append(entry)

    # ------------------------------------------------------------
    # What is not dated
    # ------------------------------------------------------------

    def _plan_due(self):
        """Plan what is due by now, as the nightly scheduler does (but it commits)."""
        Rule = self.env["aftersales.followup.rule"]
        for _origin, rules in Rule._get_scheduled_rules(self.company):
            for rule in rules:
                rule._plan(rule._find_due(self.company, limit=1000), self.company)

    def _name_stand_ins(self):
        """Let the first officer stand in for the third today, and for others before."""
        first, *others = self.officers
        periods = [(others[0], 52, 48, "年休假"), (others[1], 1, -3, "厂家培训")]
        self.env["aftersales.substitution"].with_user(self.supervisor).with_context(
            mail_notify_force_send=False
        ).create(
            [
                {
                    "user_id": officer.id,
                    "substitute_id": first.id,
                    "date_from": self.today - timedelta(days=begin),
                    "date_to": self.today - timedelta(days=end),
                    "reason": reason,
                }
                for officer, begin, end, reason in periods
            ]
        )

    def _keep_mail(self):
        """No mail leaves the demo dealership."""
        self.env["mail.mail"].search(
            [
                ("model", "in", ("aftersales.case", "aftersales.substitution")),
                ("state", "=", "outgoing"),
            ]
        ).state = "sent"
