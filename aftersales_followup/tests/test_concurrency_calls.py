from functools import partial

from odoo.api import SUPERUSER_ID
from odoo.tests import tagged

from .concurrency_common import ConcurrencyCase
from .processes import FORK, PATIENCE, Meeting


@tagged("post_install", "-at_install")
class TestConcurrentCalls(ConcurrencyCase):
    """Officers who call, note and register at the same time."""

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
