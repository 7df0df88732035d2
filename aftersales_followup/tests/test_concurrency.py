from datetime import timedelta
from functools import partial
from unittest.mock import Mock

from odoo import api, fields
from odoo.api import SUPERUSER_ID
from odoo.tests import tagged

from odoo.addons.aftersales_followup.models.scheduler import commit_step

from .concurrency_common import ConcurrencyCase
from .processes import Meeting


@tagged("post_install", "-at_install")
class TestConcurrency(ConcurrencyCase):
    """Supervisors, visits and schedulers that work at the same time."""

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
