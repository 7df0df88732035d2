from functools import partial

from odoo import fields
from odoo.api import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AftersalesData
from .processes import Meeting, ScratchDatabaseCase


@tagged("post_install", "-at_install")
class TestRestrictionConcurrency(AftersalesData, ScratchDatabaseCase):
    """Nothing slips through while a customer is being restricted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer_id = cls._new_delivered_visit().partner_id.id
        cls.user_ids = [cls.supervisor.id, cls._new_user("second", "supervisor").id]
        cls.officer_id = cls.officer.id
        cls.company_id = cls.company.id
        cls.outcome_id = cls.reached.id
        cursor = cls.env.cr
        cursor.commit()
        cursor.close()

    def tearDown(self):
        self.request(SUPERUSER_ID, self._lift)
        super().tearDown()

    def _lift(self, env):
        customer = env["res.partner"].browse(self.customer_id)
        env["aftersales.restriction"]._get_in_force(customer)._lift("End of the test")

    def _restrict(self, meeting, user_id):
        """Restrict the customer after ``meeting``; return what it was answered."""

        def restrict(env):
            customer = env["res.partner"].browse(self.customer_id)
            customer.mapped("name")
            meeting.join()
            env["aftersales.restriction"]._restrict(customer, "By letter")

        try:
            self.request(user_id, restrict)
        except UserError as error:
            return error.args[0]
        return "done"

    def _register_call(self, meeting, env):
        """Register a call that came in; let somebody else go on before its end."""
        call = env["aftersales.call"].create(
            {
                "direction": "inbound",
                "partner_id": self.customer_id,
                "company_id": self.company_id,
                "outcome_id": self.outcome_id,
                "date": fields.Datetime.now(),
                "content": "Zhang San wants to be forgotten",
            }
        )
        call.action_register()
        env.flush_all()
        meeting.join()
        return call.id

    def test_two_who_restrict_one_customer_at_once_restrict_once(self):
        meeting = Meeting()
        answers = self.finish(
            *(self.start(self._restrict, meeting, user_id) for user_id in self.user_ids)
        )
        self.assertIn("done", answers)
        answers.remove("done")
        self.assertRegex(answers[0], "is restricted already")

        def look(env):
            customer = env["res.partner"].browse(self.customer_id)
            restrictions = env["aftersales.restriction"].search(
                [("partner_id", "=", self.customer_id), ("state", "=", "restricted")]
            )
            vault = env["aftersales.restriction.value"].search_count(
                [
                    ("restriction_id", "in", restrictions.ids),
                    ("res_model", "=", "res.partner"),
                    ("field", "=", "name"),
                ]
            )
            return len(restrictions), vault, customer.phone

        self.assertEqual(self.look(look), (1, 1, "***"))

    def test_call_registered_in_the_same_moment_is_masked_in_the_night(self):
        before, after = Meeting(), Meeting()

        def register(env):
            call = self._register_call(before, env)
            after.join()
            return call

        def restrict():
            answer = self._restrict(before, self.user_ids[0])
            after.join()
            return answer

        call_id, answer = self.finish(
            self.start(partial(self.request, self.officer_id, register)),
            self.start(restrict),
        )
        self.assertEqual(answer, "done")

        def look(env):
            call = env["aftersales.call"].browse(call_id)
            return call.phone, call.content

        self.assertEqual(
            self.look(look), ("138 0013 8000", "Zhang San wants to be forgotten")
        )
        self.request(
            SUPERUSER_ID, lambda env: env["aftersales.restriction"]._sweep_next(set())
        )
        self.assertEqual(self.look(look), ("***", "*** wants to be forgotten"))
