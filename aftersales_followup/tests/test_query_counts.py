"""Batches of one and of twenty take the same number of queries."""

from datetime import timedelta

from odoo.fields import Command

from .common import TODAY, AftersalesCase

# Few are as many as there are kinds of letters here.
FEW, MANY = 4, 20


class TestQueryCounts(AftersalesCase):
    """What a step costs does not grow with the number of records it is given."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule_insurance = cls.env.ref("aftersales_followup.rule_insurance")
        cls.template = cls.env.ref("aftersales_followup.letter_template_maintenance")

    def _new_customers(self, count):
        customers = self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {n}",
                    "phone": f"139 0000 {n:04}",
                    "street": f"{n} Xiangzhong Avenue",
                    "company_id": self.company.id,
                    "aftersales_officer_id": self.officer.id,
                }
                for n in range(count)
            ]
        )
        self.env["fleet.vehicle"].create(
            [
                {
                    "model_id": self.model.id,
                    "license_plate": f"湘K{customer.id:05}",
                    "company_id": self.company.id,
                    "aftersales_owner_id": customer.id,
                    "aftersales_insurance_date": TODAY + timedelta(days=20),
                }
                for customer in customers
            ]
        )
        return customers

    def _new_visits(self, count):
        return self.env["aftersales.visit"].create(
            [
                {
                    "partner_id": customer.id,
                    "vehicle_id": customer.aftersales_vehicle_ids.id,
                    "advisor_id": self.advisor.id,
                    "wish": f"Wish {customer.id}",
                    "next_service_content": "Winter check",
                    "next_contact_date": TODAY + timedelta(days=30),
                    "line_ids": [
                        Command.create({"name": "Oil", "trade": "maintenance"})
                    ],
                }
                for customer in self._new_customers(count)
            ]
        )

    def _new_followups(self, count, **vals):
        return self.env["aftersales.followup"].create(
            [
                {
                    "partner_id": customer.id,
                    "user_id": self.officer.id,
                    "date_earliest": TODAY,
                    "date_deadline": TODAY + timedelta(days=4),
                    **vals,
                }
                for customer in self._new_customers(count)
            ]
        )

    def _new_calls(self, count, outcome="reached", **vals):
        followups = self._new_followups(count)
        return (
            self.env["aftersales.call"]
            .with_user(self.officer)
            .create(
                [
                    {
                        "followup_id": followup.id,
                        "outcome_id": self._get_outcome(outcome).id,
                        "content": "All is well",
                        **vals,
                    }
                    for followup in followups
                ]
            )
        )

    def _prepare_letters(self, followups):
        return [
            {
                "followup_id": followup.id,
                "partner_id": followup.partner_id.id,
                "template_id": self.template.id,
                "date_due": TODAY,
                "send_by": way,
                "email": "customer@example.com",
            }
            for followup, way in zip(
                followups, ["post", "email", "sms", "post"] * 10, strict=False
            )
        ]

    def _new_letters(self, count):
        followups = self._new_followups(count, channel="letter")
        letters = self.env["aftersales.letter"].with_user(self.officer)
        return letters.create(self._prepare_letters(followups))

    def _count(self, records, step):
        """Return how many queries a step takes, from an empty cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        step(records)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _steps(self):
        """Return (what is done, its records for a count, the step)."""
        Letter = self.env["aftersales.letter"].with_user(self.officer)
        return [
            ("delivering", self._new_visits, lambda visits: visits.action_deliver()),
            ("filing", self._new_visits, lambda visits: visits.action_file_archive()),
            ("cancelling", self._new_visits, lambda visits: visits.action_cancel()),
            (
                "planning",
                self._new_customers,
                lambda customers: self.rule_insurance._plan(
                    customers.aftersales_vehicle_ids, self.company
                ),
            ),
            *(
                (
                    f"registering calls: {outcome}",
                    lambda count, outcome=outcome: self._new_calls(count, outcome),
                    lambda calls: calls.action_register(),
                )
                for outcome in ("reached", "no_answer", "busy", "wrong_number")
            ),
            (
                "registering calls: refused",
                lambda count: self._new_calls(
                    count, "refused", optout_scope="contact", optout_reason="No"
                ),
                lambda calls: calls.action_register(),
            ),
            (
                "writing letters",
                lambda count: self._new_followups(count, channel="letter"),
                lambda followups: Letter.create(self._prepare_letters(followups)),
            ),
            (
                "registering letters",
                self._new_letters,
                lambda letters: letters.action_register(),
            ),
            (
                "handing over",
                lambda count: self._new_followups(count).partner_id,
                lambda customers: customers.write(
                    {"aftersales_officer_id": self.other_officer.id}
                ),
            ),
        ]

    def test_no_step_takes_more_queries_for_many_records_than_for_few(self):
        for what, prepare, step in self._steps():
            self.company.sudo().aftersales_ceiling_contacts = 2
            self._count(prepare(FEW), step)  # fills the caches of settings and rights
            few = self._count(prepare(FEW), step)
            many = self._count(prepare(MANY), step)
            with self.subTest(step=what, few=few, many=many):
                self.assertLessEqual(many, few)

    def test_registering_a_call_reads_nothing_twice_and_writes_it_in_one_go(self):
        """A call is registered hundreds of times a day: each query counts.

        What would be read twice: customer, car, officer, the call itself to show its
        number, and the follow-up that was planned just now.
        """
        for _turn in range(2):  # the first fills the caches of settings and rights
            visit = self._new_visits(1)
            visit.action_deliver()
            call = self._new_call(visit.followup_ids)
            queries = self._count(call, lambda call: call.action_register())
        self.assertEqual(len(visit.followup_ids), 2, "The next one is planned")
        self.assertLessEqual(queries, 31)
