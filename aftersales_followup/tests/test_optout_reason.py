from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form

from .common import AftersalesCase


class TestReason(AftersalesCase):
    """Why a customer does not want to be contacted, and whether he is lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_customer()
        cls.sold = cls._get_reason("sold")
        cls.letters = cls._get_reason("letters")
        cls.other = cls._get_reason("other")

    @classmethod
    def _get_reason(cls, name):
        return cls.env.ref(f"aftersales_followup.optout_reason_{name}")

    def _new_reasoned_optout(self, partner=None, **vals):
        vals = {"partner_id": (partner or self.customer).id, **vals}
        return self.env["aftersales.optout"].with_user(self.officer).create(vals)

    def test_shipped_reasons_say_which_business_is_lost(self):
        lost = {"sold", "elsewhere", "moved"}
        for name in ("calls", "letters", "no_need", "dissatisfied", "other", *lost):
            with self.subTest(name):
                self.assertEqual(self._get_reason(name).is_lost, name in lost)

    def test_reason_shown_is_that_of_the_list_and_the_note(self):
        cases = [
            ({"reason_id": self.letters.id}, "Wants letters only"),
            (
                {"reason_id": self.letters.id, "note": "no time at work"},
                "Wants letters only · no time at work",
            ),
            ({"note": "is on holiday"}, "is on holiday"),
            ({"reason": "as another program wrote it"}, "as another program wrote it"),
        ]
        for vals, reason in cases:
            with self.subTest(reason):
                optout = self._new_reasoned_optout(self._new_customer(), **vals)
                self.assertEqual(optout.reason, reason)
                self.env.flush_all()
                optout.invalidate_recordset()
                self.assertEqual(optout.reason, reason)

    def test_opt_out_without_any_reason_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "the reason why Zhang San"):
            self._new_reasoned_optout()

    def test_car_sold_counts_as_business_lost(self):
        sold = self._new_reasoned_optout(reason_id=self.sold.id)
        annoyed = self._new_reasoned_optout(
            self._new_customer("Li Si"), reason_id=self.letters.id
        )
        both = sold | annoyed
        self.assertEqual(both.filtered("is_lost"), sold)
        self.assertEqual(
            both.search([("is_lost", "=", True), ("id", "in", both.ids)]), sold
        )
        counts = both._read_group([("id", "in", both.ids)], ["is_lost"], ["__count"])
        self.assertEqual(sorted(counts), [(False, 1), (True, 1)])

    def test_later_change_of_the_list_leaves_what_was_said(self):
        sold = self._new_reasoned_optout(reason_id=self.sold.id)
        self.sold.sudo().write({"is_lost": False, "name": "Sold or scrapped"})
        self.env.flush_all()
        sold.invalidate_recordset()
        self.assertTrue(sold.is_lost)
        self.assertEqual(sold.reason, "Car sold")

    def test_nobody_counts_a_customer_as_lost_by_hand(self):
        with self.assertRaisesRegex(Exception, "cannot be filled in by hand"):
            self._new_reasoned_optout(reason_id=self.letters.id, is_lost=True)
        optout = self._new_reasoned_optout(reason_id=self.letters.id)
        with self.assertRaisesRegex(Exception, "cannot be filled in by hand"):
            optout.is_lost = True
        with self.assertRaisesRegex(UserError, "What a customer said is not changed"):
            optout.reason_id = self.sold
        with self.assertRaisesRegex(UserError, "What a customer said is not changed"):
            optout.note = "Sold it"

    def test_reason_that_was_given_is_archived_not_deleted(self):
        self._new_reasoned_optout(reason_id=self.sold.id)
        call = self._new_call(
            self._new_followup(), outcome_id=self._get_outcome("refused").id
        )
        call.write({"optout_scope": "contact", "optout_reason_id": self.other.id})
        for reason in (self.sold, self.other):
            with self.assertRaisesRegex(UserError, "Archive it instead"):
                reason.sudo().unlink()
        self.sold.sudo().active = False
        self.env["aftersales.optout.reason"].create({"name": "Slip"}).unlink()

    def test_supervisors_keep_the_list_of_their_company(self):
        reason = self.env["aftersales.optout.reason"].create(
            {"name": "On holiday", "company_id": self.company.id}
        )
        self.assertIn(reason, reason.with_user(self.officer).search([]))
        branch = self.env["res.company"].sudo().create({"name": "Branch"})
        theirs = reason.sudo().create({"name": "On holiday", "company_id": branch.id})
        self.assertNotIn(theirs, reason.with_user(self.officer).search([]))

    def test_form_asks_for_a_reason_and_says_what_is_refused(self):
        form = Form(self.env["aftersales.optout"].with_user(self.officer))
        form.partner_id = self.customer
        form.purpose = "events"
        with self.assertRaisesRegex(AssertionError, "reason_id"):
            form.save()
        form.reason_id = self.other
        form.note = "Never wins anything"
        optout = form.save()
        self.assertEqual(optout.scope, "Any contact (Events and Offers)")
        self.assertEqual(optout.reason, "Other reason · Never wins anything")


class TestRefusedOnThePhone(AftersalesCase):
    """What a customer refuses in a call becomes an opt-out, with its reason."""

    def setUp(self):
        super().setUp()
        self.customer = self._new_customer()
        self.care = self._new_followup(self.customer, purpose="care")
        self.events = self._new_followup(self.customer, purpose="events")
        self.calls = self.env.ref("aftersales_followup.optout_reason_calls")

    def _refuse(self, **vals):
        call = self._new_call(
            self.events,
            outcome_id=self._get_outcome("refused").id,
            content=False,
            **vals,
        )
        call.action_register()
        return self.env["aftersales.optout"].search([("call_id", "=", call.id)])

    def test_purpose_of_the_call_is_refused_and_the_others_are_not(self):
        optout = self._refuse(optout_scope="purpose", optout_reason_id=self.calls.id)
        self.assertEqual(optout.purpose, "events")
        self.assertEqual(optout.reason_id, self.calls)
        self.assertEqual(optout.reason, "Too many calls")
        self.assertEqual(self.events.state, "cancelled")
        self.assertEqual(self.events.cancel_reason, "Opted out: Too many calls")
        self.assertEqual(self.events.result, "void")
        self.assertEqual(self.care.state, "planned")

    def test_another_purpose_than_that_of_the_call_can_be_refused(self):
        optout = self._refuse(
            optout_scope="purpose",
            optout_purpose="care",
            optout_reason_id=self.calls.id,
            optout_reason="told you twice",
        )
        self.assertEqual(optout.purpose, "care")
        self.assertEqual(optout.reason, "Too many calls · told you twice")
        self.assertEqual(self.care.state, "cancelled")
        self.assertEqual(self.events.state, "cancelled", "it was refused as well")
        self.assertEqual(
            self.events.cancel_reason,
            "Refused on the phone: Too many calls · told you twice",
        )

    def test_reason_in_words_is_enough(self):
        optout = self._refuse(optout_scope="channel", optout_reason="Is deaf")
        self.assertEqual((optout.channel, optout.reason), ("call", "Is deaf"))

    def test_refusal_without_reason_or_purpose_is_not_registered(self):
        with self.assertRaisesRegex(UserError, "Note why"):
            self._refuse(optout_scope="contact")
        call = self._new_call(
            partner_id=self.customer.id,
            direction="inbound",
            outcome_id=self._get_outcome("refused").id,
            optout_scope="purpose",
            optout_reason="No offers",
        )
        with self.assertRaisesRegex(UserError, "Choose the purpose"):
            call.action_register()
        call.optout_purpose = "events"
        call.action_register()
        self.assertEqual(self.events.state, "cancelled")
        self.assertEqual(self.care.state, "planned")
