from datetime import date, timedelta
from functools import partial
from unittest.mock import patch

from odoo import api, fields
from odoo.api import SUPERUSER_ID
from odoo.exceptions import UserError, ValidationError

from .common import AftersalesData
from .processes import FORK, PATIENCE, ScratchDatabaseCase


class ConcurrencyCase(AftersalesData, ScratchDatabaseCase):
    """A dealership whose users and schedulers do something at the same time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        visits = [cls._new_delivered_visit() for _n in range(3)]
        cls.visit_vals = {
            "partner_id": visits[0].partner_id.id,
            "vehicle_id": visits[0].vehicle_id.id,
            "company_id": cls.company.id,
        }
        # Both the designated officer and the one who acts may do it.
        visits[0].followup_ids.acting_user_id = cls.other_officer
        cls.followup_id = visits[0].followup_ids.id
        cls.reminded_ids = [visit.followup_ids.id for visit in visits[1:]]
        cls.customer_id = visits[0].partner_id.id
        cls.rule_id = cls.rule_first.id
        cls.outcome_id = cls.reached.id
        cls.officer_ids = [cls.officer.id, cls.other_officer.id]
        cls.supervisor_id = cls.supervisor.id
        cls.company_id = cls.company.id
        cursor = cls.env.cr
        cursor.commit()
        cursor.close()

    def _new_open_visits(self):
        """Return the ids of visits that are not over yet."""
        return self.request(
            SUPERUSER_ID,
            lambda env: (
                env["aftersales.visit"]
                .create([dict(self.visit_vals) for _n in range(5)])
                .ids
            ),
        )

    def _new_unplanned_visits(self):
        """Return the ids of visits that are over and have no follow-up."""
        visit_ids = self._new_open_visits()

        def deliver(env):
            rule = env["aftersales.followup.rule"].browse(self.rule_id)
            rule.active = False
            env["aftersales.visit"].browse(visit_ids).action_deliver()
            rule.active = True

        self.request(SUPERUSER_ID, deliver)
        return visit_ids

    def _new_draft_campaign(self):
        """Return the ids of a campaign for five customers, and of these."""

        def create(env):
            customers = env["res.partner"].create(
                [
                    {
                        "name": f"Customer {n}",
                        "company_id": self.company_id,
                        "aftersales_archive_number": f"X{n}",
                    }
                    for n in range(5)
                ]
            )
            today = date.today()
            campaign = env["aftersales.campaign"].create(
                {
                    "name": "Free Check Week",
                    "venue": "Workshop 2",
                    "description": "We check brakes for nothing.",
                    "company_id": self.company_id,
                    "user_id": self.supervisor_id,
                    "date_begin": today + timedelta(days=30),
                    "date_end": today + timedelta(days=30),
                    "audience_domain": repr([("id", "in", customers.ids)]),
                }
            )
            return campaign.id, customers.ids

        return self.request(SUPERUSER_ID, create)

    def _register_calls(self, count, env, **vals):
        """Register calls, one after the other, in one transaction."""
        calls = env["aftersales.call"].create(
            [
                {
                    "partner_id": self.customer_id,
                    "outcome_id": self.outcome_id,
                    "date": fields.Datetime.now(),
                    **vals,
                }
                for _n in range(count)
            ]
        )
        calls.action_register()
        return calls.mapped("number")

    def _register_letter(self, env):
        env["aftersales.letter"].create(
            {
                "partner_id": self.customer_id,
                "subject": "Your car",
                "body": "Dear customer",
            }
        ).action_register()

    def _register_in_requests(self, user_id, requests, count):
        numbers = []
        for _n in range(requests):
            numbers += self.request(user_id, partial(self._register_calls, count))
        return numbers

    def _register_batch_at_once(self, user_id, meeting, count):
        """Return how often the transaction began, and the numbers of its batch."""
        attempts = []

        def register(env):
            attempts.append(1)
            env["aftersales.call"].search_count([])  # from here on it sees no more
            meeting.join()
            self._register_calls(count, env)
            mine = [("user_id", "=", user_id), ("company_id", "=", self.company_id)]
            calls = env["aftersales.call"].search(mine, order="id desc", limit=count)
            return sorted(calls.mapped("register_sequence"))

        numbers = self.request(user_id, register)
        return len(attempts), numbers

    def _register_and_wait(self, user_id, holding):
        """Take a number and keep the transaction open until the process is killed."""
        with self.registry.cursor() as cr:
            self._register_calls(1, api.Environment(cr, user_id, {}))
            holding.set()
            FORK.Event().wait(PATIENCE)

    def _register_crosswise(self, user_id, meeting, *steps):
        first, second = steps

        def register(env):
            first(env)
            meeting.join()
            second(env)

        self.request(user_id, register)

    def _call_customer_of_followup(self, user_id, meeting):
        def register(env):
            followup = env["aftersales.followup"].browse(self.followup_id)
            followup.mapped("state")
            meeting.join()
            self._register_calls(1, env, followup_id=followup.id)

        self.request(user_id, register)

    def _open_draft_of_followup(self, user_id, meeting, followup_id):
        """Open the call of a follow-up that both officers see without a draft."""

        def open_draft(env):
            followup = env["aftersales.followup"].browse(followup_id)
            followup.mapped("call_ids.state")
            meeting.join()
            return followup.action_call()["res_id"]

        return self.request(user_id, open_draft)

    def _work_on_visits(self, visit_ids, meeting, method):
        """Do something with visits that both processes saw as they were before."""

        def work(env):
            visits = env["aftersales.visit"].browse(visit_ids)
            visits.mapped("state")
            meeting.join()
            getattr(visits, method)()

        try:
            self.request(SUPERUSER_ID, work)
        except UserError as error:
            return str(error)
        return ""

    def _name_stand_in(self, meeting, first, last):
        """Name a stand-in, as somebody else does who does not know of it either."""

        def work(env):
            env["aftersales.substitution"].search([])
            meeting.join()
            env["aftersales.substitution"].create(
                {
                    "company_id": self.company_id,
                    "user_id": self.officer_ids[0],
                    "substitute_id": self.officer_ids[1],
                    "date_from": first,
                    "date_to": last,
                }
            )

        try:
            self.request(SUPERUSER_ID, work)
        except ValidationError as error:
            return str(error)
        return ""

    def _work_on_campaign(self, campaign_id, meeting, method):
        """Do something with a campaign that both processes saw as it was before."""

        def work(env):
            campaign = env["aftersales.campaign"].browse(campaign_id)
            campaign.mapped("state")
            meeting.join()
            getattr(campaign, method)()

        try:
            self.request(self.supervisor_id, work)
        except UserError as error:
            return str(error)
        return ""

    def _run_scheduler(self, meeting, model, method):
        """Run the scheduler; what its method found, both processes have found."""
        step = getattr(self.registry[model], method)

        def step_together(*args, **kwargs):
            result = step(*args, **kwargs)
            if result:
                meeting.join()
            return result

        with (
            self.registry.cursor() as cr,
            patch.object(self.registry[model], method, step_together),
        ):
            api.Environment(cr, SUPERUSER_ID, {})["aftersales.followup"]._cron_plan()

    def _run_escalation(self, meeting):
        """Report cases; both processes know them as they were before."""
        with self.registry.cursor() as cr:
            cases = api.Environment(cr, SUPERUSER_ID, {})["aftersales.case"]
            cases.search_count([])
            meeting.join()
            cases._cron_escalate()

    def _get_sequences(self, model):
        return self.look(
            lambda env: sorted(
                env[model]
                .search([("company_id", "=", self.company_id), ("number", "!=", False)])
                .mapped("register_sequence")
            )
        )

    def assertNoGap(self, model="aftersales.call"):
        sequences = self._get_sequences(model)
        self.assertEqual(sequences, list(range(1, len(sequences) + 1)))

    def _count_planned(self, env, visit_ids):
        """Return ``(follow-ups, reminders)`` of each visit."""
        visits = env["aftersales.visit"].browse(visit_ids)
        return [
            (len(visit.followup_ids), len(visit.followup_ids.activity_ids))
            for visit in visits
        ]

    def assertPlannedOnce(self, visit_ids):
        planned = self.look(partial(self._count_planned, visit_ids=visit_ids))
        self.assertEqual(planned, [(1, 1)] * len(visit_ids))
