from datetime import date, timedelta
from functools import partial
from unittest.mock import Mock, patch

from odoo import api, fields
from odoo.api import SUPERUSER_ID
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.aftersales_followup.models.scheduler import commit_step

from .common import AftersalesData
from .processes import FORK, PATIENCE, Meeting, ScratchDatabaseCase


@tagged("post_install", "-at_install")
class TestConcurrency(AftersalesData, ScratchDatabaseCase):
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

    # ------------------------------------------------------------
    # Data
    # ------------------------------------------------------------

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

    # ------------------------------------------------------------
    # Work of the processes
    # ------------------------------------------------------------

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

    # ------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------

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

    # ------------------------------------------------------------
    # Registers
    # ------------------------------------------------------------

    def test_calls_registered_at_once_have_numbers_without_gap(self):
        results = self.finish(
            *(
                self.start(self._register_in_requests, user_id, 30, 1)
                for user_id in self.officer_ids
            )
        )
        self.assertEqual(len(set(results[0] + results[1])), 60)
        self.assertNoGap()

    def test_batches_registered_at_once_have_numbers_without_gap(self):
        results = self.finish(
            *(
                self.start(self._register_in_requests, user_id, 1, 10)
                for user_id in self.officer_ids
            )
        )
        self.assertEqual(len(set(results[0] + results[1])), 20)
        self.assertNoGap()

    def test_batches_that_saw_the_same_last_number_come_after_each_other(self):
        """Nobody begins anew, and each batch has numbers that follow each other."""
        meeting = Meeting()
        results = self.finish(
            self.start(self._register_batch_at_once, self.officer_ids[0], meeting, 40),
            self.start(self._register_batch_at_once, self.officer_ids[1], meeting, 25),
        )
        numbers = []
        for attempts, taken in results:
            self.assertEqual(attempts, 1)
            self.assertEqual(taken, list(range(taken[0], taken[0] + len(taken))))
            numbers += taken
        self.assertEqual(len(set(numbers)), 65)
        self.assertNoGap()

    def test_process_killed_before_its_commit_leaves_no_gap(self):
        holding = FORK.Event()
        killed, _pipe = self.start(
            self._register_and_wait, self.officer_ids[0], holding
        )
        self.assertTrue(holding.wait(PATIENCE))
        waiting = self.start(self._register_in_requests, self.officer_ids[1], 1, 1)
        self.assertFalse(waiting[1].poll(0.5), "it should wait for the number")
        killed.kill()
        self.finish(waiting)
        self.assertNoGap()

    def test_calls_and_letters_registered_crosswise_do_not_block_each_other(self):
        steps = [partial(self._register_calls, 1), self._register_letter]
        meeting = Meeting()
        self.finish(
            self.start(self._register_crosswise, self.officer_ids[0], meeting, *steps),
            self.start(
                self._register_crosswise, self.officer_ids[1], meeting, *steps[::-1]
            ),
        )
        self.assertNoGap("aftersales.call")
        self.assertNoGap("aftersales.letter")
        self.assertEqual(len(self._get_sequences("aftersales.letter")), 2)

    def test_two_officers_who_reach_a_customer_do_the_followup_once(self):
        meeting = Meeting()
        self.finish(
            *(
                self.start(self._call_customer_of_followup, user_id, meeting)
                for user_id in self.officer_ids
            )
        )

        def look(env):
            followup = env["aftersales.followup"].browse(self.followup_id)
            following = followup.search([("previous_id", "=", followup.id)])
            return followup.state, followup.attempts, len(following)

        self.assertEqual(self.look(look), ("done", 2, 1))
        self.assertNoGap()

    def test_two_officers_who_open_a_call_at_once_have_one_draft(self):
        def plan(env):
            followup = env["aftersales.followup"].create(
                {
                    "company_id": self.company_id,
                    "partner_id": self.customer_id,
                    "user_id": self.officer_ids[0],
                }
            )
            followup.acting_user_id = self.officer_ids[1]
            return followup.id

        followup_id, meeting = self.request(SUPERUSER_ID, plan), Meeting()
        drafts = self.finish(
            *(
                self.start(self._open_draft_of_followup, user_id, meeting, followup_id)
                for user_id in self.officer_ids
            )
        )
        self.assertEqual(len(set(drafts)), 1)
        found = self.look(
            lambda env: (
                env["aftersales.call"].search([("followup_id", "=", followup_id)]).ids
            )
        )
        self.assertEqual(found, drafts[:1])

    # ------------------------------------------------------------
    # Handing over, archives
    # ------------------------------------------------------------

    def _hand_over(self, meeting, officer_id):
        def write(env):
            customer = env["res.partner"].browse(self.customer_id)
            customer.mapped("aftersales_officer_id")
            meeting.join()
            customer.aftersales_officer_id = officer_id

        self.request(self.supervisor_id, write)

    def test_two_supervisors_hand_one_customer_to_one_officer(self):
        meeting = Meeting()
        officer_id = self.officer_ids[1]
        hand_over = partial(self._hand_over, meeting, officer_id)
        self.finish(self.start(hand_over), self.start(hand_over))

        def look(env):
            customer = env["res.partner"].browse(self.customer_id)
            archives = customer.with_company(self.company_id).aftersales_archive_ids
            followups = customer.aftersales_followup_ids.filtered(
                lambda followup: followup.state == "planned"
            )
            return archives.officer_id.ids, followups.user_id.ids

        self.assertEqual(self.look(look), ([officer_id], [officer_id]))

    def _open_archive(self, meeting, partner_id):
        def write(env):
            customer = env["res.partner"].browse(partner_id)
            customer.mapped("aftersales_archive_ids")
            meeting.join()
            env["aftersales.visit"].create(
                {
                    "partner_id": partner_id,
                    "visit_type": "consultation",
                    "company_id": self.company_id,
                }
            )

        self.request(self.supervisor_id, write)

    def test_two_visits_of_a_new_customer_at_once_open_one_archive(self):
        partner_id = self.request(
            SUPERUSER_ID,
            lambda env: (
                env["res.partner"]
                .create({"name": "Newcomer", "company_id": self.company_id})
                .id
            ),
        )
        meeting = Meeting()
        visit = partial(self._open_archive, meeting, partner_id)
        self.finish(self.start(visit), self.start(visit))

        def look(env):
            archive = env["res.partner"].browse(partner_id).aftersales_archive_ids
            return len(archive), bool(archive.number), archive.state

        self.assertEqual(self.look(look), (1, True, "open"))

    # ------------------------------------------------------------
    # Stand-ins
    # ------------------------------------------------------------

    def test_two_supervisors_cannot_name_stand_ins_for_the_same_days_at_once(self):
        meeting = Meeting()
        messages = self.finish(
            self.start(self._name_stand_in, meeting, "2099-01-01", "2099-01-05"),
            self.start(self._name_stand_in, meeting, "2099-01-03", "2099-01-09"),
        )
        self.assertEqual(sorted(map(bool, messages)), [False, True])
        self.assertIn("overlaps", "".join(messages))
        count = self.look(lambda env: env["aftersales.substitution"].search_count([]))
        self.assertEqual(count, 1)

    # ------------------------------------------------------------
    # Planning
    # ------------------------------------------------------------

    def test_visits_delivered_at_once_are_planned_once(self):
        visit_ids = self._new_open_visits()
        work = (self._work_on_visits, visit_ids, Meeting(), "action_deliver")
        messages = self.finish(self.start(*work), self.start(*work))
        # Who comes second is told that the cars are delivered already.
        self.assertEqual(sorted(map(bool, messages)), [False, True])
        self.assertPlannedOnce(visit_ids)

    def test_visits_planned_at_once_are_planned_once(self):
        visit_ids = self._new_unplanned_visits()
        work = (self._work_on_visits, visit_ids, Meeting(), "_plan_followups")
        self.finish(self.start(*work), self.start(*work))
        self.assertPlannedOnce(visit_ids)

    def assertToldOnce(self, campaign_id, customer_ids):
        def look(env):
            campaign = env["aftersales.campaign"].browse(campaign_id)
            followups = campaign.followup_ids
            reminders = [len(followup.activity_ids) for followup in followups]
            return campaign.is_planned, sorted(followups.partner_id.ids), reminders

        self.assertEqual(self.look(look), (True, sorted(customer_ids), [1] * 5))

    def test_campaign_confirmed_by_two_at_once_is_planned_once(self):
        campaign_id, customer_ids = self._new_draft_campaign()
        work = (self._work_on_campaign, campaign_id, Meeting(), "action_confirm")
        messages = self.finish(self.start(*work), self.start(*work))
        # Who comes second is told that it is confirmed already.
        self.assertEqual(sorted(map(bool, messages)), [False, True])
        self.assertToldOnce(campaign_id, customer_ids)

    def test_campaign_planned_in_two_browsers_is_planned_once(self):
        campaign_id, customer_ids = self._new_draft_campaign()
        self._work_on_campaign(campaign_id, Mock(), "action_confirm_stepwise")
        work = (self._work_on_campaign, campaign_id, Meeting(), "plan_batch")
        messages = self.finish(self.start(*work), self.start(*work))
        self.assertEqual(messages, ["", ""])
        self.assertToldOnce(campaign_id, customer_ids)

    def test_two_schedulers_plan_once_and_log_no_error(self):
        visit_ids = self._new_unplanned_visits()
        work = (
            self._run_scheduler,
            Meeting(),
            "aftersales.followup.rule",
            "_find_due",
        )
        self.finish(self.start(*work), self.start(*work))
        self.assertPlannedOnce(visit_ids)

    def test_two_schedulers_restore_a_lost_reminder_once(self):
        def reminders(env):
            followups = env["aftersales.followup"].browse(self.reminded_ids)
            return [len(followup.activity_ids) for followup in followups]

        def lose(env):
            env["aftersales.followup"].browse(self.reminded_ids).activity_ids.unlink()

        self.request(SUPERUSER_ID, lose)
        self.assertEqual(self.look(reminders), [0, 0])
        work = (
            self._run_scheduler,
            Meeting(),
            "aftersales.followup",
            "_find_lost_reminders",
        )
        self.finish(self.start(*work), self.start(*work))
        self.assertEqual(self.look(reminders), [1, 1])

    def _forget_visits(self, visit_ids, seen, marked):
        """Take marks off as the scheduler does; it knows them as they were before."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            visits = env["aftersales.visit"]
            company = env["res.company"].browse(self.company_id)
            waiting = visits._aftersales_waiting(company)
            self.assertLessEqual(set(visit_ids), set(waiting))

            def forget():
                visits.search_count([])  # from here on it sees no more
                seen.join()
                marked.join()
                return visits._forget_waiting(waiting)

            commit_step(env, forget)

    def _mark_visits(self, visit_ids, seen, marked):
        """Something happens to visits that wait already."""
        seen.join()
        self.request(
            SUPERUSER_ID,
            lambda env: env["aftersales.visit"].browse(visit_ids)._mark_to_plan(),
        )
        marked.join()

    def test_visit_marked_anew_while_the_scheduler_is_at_work_stays_marked(self):
        visit_ids = self._new_unplanned_visits()
        work = (visit_ids, Meeting(), Meeting())
        self.finish(
            self.start(self._forget_visits, *work), self.start(self._mark_visits, *work)
        )
        waiting = self.look(
            lambda env: (
                env["aftersales.visit"].browse(visit_ids).filtered("to_plan_since").ids
            )
        )
        self.assertEqual(waiting, visit_ids)

    # ------------------------------------------------------------
    # Cases
    # ------------------------------------------------------------

    def _new_late_cases(self, env):
        """Return the ids of cases that nobody reported in time."""
        vals = {
            "partner_id": self.customer_id,
            "company_id": self.company_id,
            "description": "The brakes squeak",
            "date_raised": fields.Datetime.now() - timedelta(days=10),
        }
        return env["aftersales.case"].create([vals] * 3).ids

    def test_two_schedulers_report_a_case_once(self):
        case_ids = self.request(SUPERUSER_ID, self._new_late_cases)
        work = (self._run_escalation, Meeting())
        self.finish(self.start(*work), self.start(*work))

        def look(env):
            cases = env["aftersales.case"].browse(case_ids)
            mails = env["mail.mail"].search([("model", "=", cases._name)])
            return [
                (
                    case.escalated_by_system,
                    len(case.activity_ids),
                    mails.mapped("res_id").count(case.id),
                )
                for case in cases
            ]

        self.assertEqual(self.look(look), [(True, 1, 1)] * 3)
