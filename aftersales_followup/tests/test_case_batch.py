from datetime import datetime, timedelta

from .case_common import CaseCase

MANY = 20


class TestCaseBatch(CaseCase):
    """Many cases cost no more queries than one."""

    def _new_cases(self, count):
        """Complaints of a customer each, raised in a call each that is a draft."""
        customers = self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {n}",
                    "company_id": self.company.id,
                    "phone": f"139 0000 {n:04}",
                    "aftersales_officer_id": self.officer.id,
                }
                for n in range(count)
            ]
        )
        calls = (
            self.env["aftersales.call"]
            .with_user(self.officer)
            .create(
                [
                    {
                        "partner_id": customer.id,
                        "outcome_id": self.reached.id,
                        "date": datetime.now() - timedelta(minutes=n),
                    }
                    for n, customer in enumerate(customers)
                ]
            )
        )
        return (
            self.env["aftersales.case"]
            .with_user(self.officer)
            .create(
                [
                    {
                        "case_type": "complaint",
                        "description": "The brakes squeak",
                        "call_id": call.id,
                    }
                    for call in calls
                ]
            )
        )

    def _new_solved(self, count):
        cases = self._new_cases(count)
        for case in cases:
            case.solution = "New brake pads"
        cases.action_solve()
        return cases

    def _new_told(self, count):
        cases = self._new_solved(count)
        now = datetime.now()
        cases._inform(dict.fromkeys(cases, (now, None)))
        return cases

    def _count_queries(self, step, cases):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        step(cases)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _assert_same_count(self, step, prepare):
        prepared = [prepare(count) for count in (2, 2, MANY)]
        # The first one fills the caches that every later step finds.
        _warm, one, many = (self._count_queries(step, cases) for cases in prepared)
        self.assertLessEqual(many, one, f"{one} queries for two, {many} for {MANY}")

    def test_creating(self):
        counts = []
        for count in (1, 1, MANY):
            calls = self._new_cases(count).call_id

            def create(calls):
                self.env["aftersales.case"].with_user(self.officer).create(
                    [{"description": "x", "call_id": call.id} for call in calls]
                )

            counts.append(self._count_queries(create, calls))
        self.assertLessEqual(counts[2], counts[1])

    def test_escalating(self):
        self._assert_same_count(lambda cases: cases.action_escalate(), self._new_cases)

    def test_escalating_with_history_in_the_chatter(self):
        def escalate(cases):
            cases.with_context(tracking_disable=False).action_escalate()

        self._assert_same_count(escalate, self._new_cases)

    def test_answering_on_the_spot(self):
        self._assert_same_count(
            lambda cases: cases.action_answer_on_spot(), self._new_cases
        )

    def test_solving(self):
        def prepare(count):
            cases = self._new_cases(count)
            for case in cases:
                case.solution = "New brake pads"
            return cases

        self._assert_same_count(lambda cases: cases.action_solve(), prepare)

    def test_informing(self):
        """Each customer is told by a call of his own, at a time of its own."""

        def inform(cases):
            cases._inform({case: (case.call_id.date, case.call_id) for case in cases})

        self._assert_same_count(inform, self._new_solved)

    def test_registering_that_customers_were_told(self):
        self._assert_same_count(lambda cases: cases.action_inform(), self._new_solved)

    def test_closing(self):
        self._assert_same_count(lambda cases: cases.action_close(), self._new_told)

    def test_reopening(self):
        self._assert_same_count(lambda cases: cases.action_reopen(), self._new_told)

    def test_waiting(self):
        self._assert_same_count(
            lambda cases: cases.action_wait_for_parts(), self._new_cases
        )

    def test_answering_during_calls(self):
        def prepare(count):
            cases = self._new_cases(count)
            for case in cases:
                case.answered_on_spot = True
            return cases

        self._assert_same_count(lambda cases: cases.call_id._answer_cases(), prepare)

    def test_escalating_at_night(self):
        counts = []
        for count in (1, 1, MANY):
            cases = self._new_cases(count)
            self.pass_days(3)
            nightly = self.env["aftersales.case"].sudo()
            counts.append(
                self._count_queries(
                    lambda _cases, nightly=nightly: nightly._escalate_due(
                        self.company, set()
                    ),
                    cases,
                )
            )
            self.assertEqual(set(cases.mapped("state")), {"escalated"})
        self.assertLessEqual(counts[2], counts[1])
