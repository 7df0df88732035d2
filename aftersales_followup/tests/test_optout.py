from datetime import timedelta

from odoo.exceptions import UserError, ValidationError

from .common import TODAY, AftersalesCase


class TestOptout(AftersalesCase):
    """Who does not want to be contacted is not, from that moment on."""

    def setUp(self):
        super().setUp()
        self.visit = self._new_delivered_visit()
        self.customer = self.visit.partner_id
        self.followup = self.visit.followup_ids

    def _deliver_another_car(self, plate="湘K20000"):
        return self._new_delivered_visit(
            self.customer, self._new_vehicle(self.customer, plate)
        )

    def test_opt_out_cancels_what_is_open_with_the_reason(self):
        reminder = self._get_reminders(self.followup)
        self._new_optout(self.customer)
        self.assertEqual(self.followup.state, "cancelled")
        self.assertIn("Asked not to be called", self.followup.cancel_reason)
        self.assertFalse(reminder.exists())

    def test_opt_out_says_in_words_what_is_not_wanted(self):
        car = self.visit.vehicle_id
        cases = [
            ({}, "Any contact"),
            ({"channel": "call"}, "Call"),
            ({"vehicle_id": car.id}, f"Any contact ({car.license_plate})"),
        ]
        for vals, scope in cases:
            with self.subTest(scope):
                self.assertEqual(self._new_optout(self.customer, **vals).scope, scope)

    def test_who_opted_out_gets_no_followups_later(self):
        self._new_optout(self.customer)
        visit = self._deliver_another_car()
        self._run_planning()
        self.assertFalse(visit.followup_ids)

    def test_opt_out_of_a_channel_leaves_the_others(self):
        letter = self._new_followup(self.customer, channel="letter")
        self._new_optout(self.customer, channel="call")
        self.assertEqual(self.followup.state, "cancelled")
        self.assertEqual(letter.state, "planned")

    def test_opt_out_about_a_car_leaves_the_others(self):
        other = self._deliver_another_car().followup_ids
        self._new_optout(self.customer, vehicle_id=self.visit.vehicle_id.id)
        self.assertEqual(self.followup.state, "cancelled")
        self.assertEqual(other.state, "planned")

    def test_opt_out_between_planning_and_calling_ends_the_matter(self):
        self.pass_days(4)
        call = self._new_call(self.followup, outcome_id=self.no_answer.id)
        self._new_optout(self.customer)
        call.action_register()
        self.assertTrue(call.number, "the call was made, so it is in the register")
        self.assertEqual(self.followup.state, "cancelled")
        Followup = self.env["aftersales.followup"].with_user(self.officer)
        self.assertFalse(Followup.search(Followup._get_due_domain()))

    def test_opt_out_that_came_while_planning_is_seen_at_night(self):
        self._new_optout(self.customer)
        self.followup.sudo().write({"state": "planned", "cancel_reason": False})
        self._run_planning()
        self.assertEqual(self.followup.state, "cancelled")

    def test_asking_again_needs_a_withdrawal(self):
        optout = self._new_optout(self.customer)
        with self.assertRaisesRegex(UserError, "withdraw the opt-out"):
            self._new_followup(self.customer)
        with self.assertRaisesRegex(UserError, "withdraw the opt-out"):
            self.followup.action_reopen()
        self.assertEqual(self.followup.state, "cancelled")
        wizard = self.env["aftersales.optout.withdraw"].create(
            {"optout_ids": optout.ids, "reason": "Asked for it at the counter"}
        )
        wizard.action_withdraw()
        self.assertEqual(optout.date_withdrawn, TODAY)
        self.assertEqual(optout.withdraw_reason, "Asked for it at the counter")
        self.followup.action_reopen()
        self.assertEqual(self.followup.state, "planned")
        self.assertEqual(self._new_followup(self.customer).state, "planned")

    def test_what_was_withheld_is_planned_after_the_withdrawal(self):
        optout = self._new_optout(self.customer)
        visit = self._deliver_another_car()
        optout._withdraw("Changed his mind")
        self._run_planning()
        self.assertEqual(visit.followup_ids.state, "planned")

    def test_what_was_over_long_before_the_withdrawal_is_not_planned(self):
        optout = self._new_optout(self.customer)
        visit = self._deliver_another_car()
        self.pass_days(60)
        optout._withdraw("Changed his mind")
        self._run_planning()
        self.assertFalse(visit.followup_ids)

    def test_opt_out_is_neither_changed_nor_deleted_nor_noted_twice(self):
        optout = self._new_optout(self.customer)
        with self.assertRaisesRegex(UserError, "Withdraw the opt-out"):
            optout.reason = "Something else"
        with self.assertRaisesRegex(UserError, "never deleted"):
            optout.sudo().unlink()
        with self.assertRaisesRegex(ValidationError, "noted already"):
            self._new_optout(self.customer)

    def test_opt_out_that_is_withdrawn_is_shown_no_more(self):
        optout = self._new_optout(self.customer)
        self.assertEqual(
            self.customer.aftersales_optout_text, "Any contact (Asked not to be called)"
        )
        optout._withdraw("Changed his mind")
        self.assertFalse(self.customer.aftersales_optout_text)

    def test_new_owner_of_a_car_has_no_opt_outs(self):
        self._new_optout(self.customer, vehicle_id=self.visit.vehicle_id.id)
        buyer = self._new_customer("Li Si")
        self.visit.vehicle_id.aftersales_owner_id = buyer
        visit = self._new_delivered_visit(buyer, self.visit.vehicle_id)
        self.assertEqual(visit.followup_ids.state, "planned")

    def test_opt_out_at_one_dealership_is_none_at_another(self):
        self.customer.sudo().company_id = False
        self._new_optout(self.customer)
        branch = self.env["res.company"].sudo().create({"name": "Branch"})
        theirs = (
            self.env["aftersales.followup"]
            .sudo()
            .create(
                {
                    "company_id": branch.id,
                    "partner_id": self.customer.id,
                    "user_id": self._new_user("there", "officer", branch).id,
                }
            )
        )
        self.assertEqual(theirs.state, "planned")
        there = self.customer.sudo().with_company(branch)
        self.assertFalse(there.aftersales_optout_text)

    def test_queries_do_not_grow_with_the_number_of_opt_outs(self):
        def count_queries(step):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            step()
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        def opt_out(count):
            customers = self.env["res.partner"].union(
                *(self._new_customer(f"Customer {n}") for n in range(count))
            )
            followups = self.env["aftersales.followup"].union(
                *(self._new_followup(customer) for customer in customers)
            )
            optouts = self.env["aftersales.optout"]
            vals = {"reason": "Asked not to be called"}
            noting = count_queries(
                lambda: self.env["aftersales.optout"].create(
                    [{"partner_id": customer.id, **vals} for customer in customers]
                )
            )
            self.assertEqual(set(followups.mapped("state")), {"cancelled"})
            optouts = optouts.search([("partner_id", "in", customers.ids)])
            withdrawing = count_queries(lambda: optouts._withdraw("Asked for it"))
            return noting, withdrawing

        opt_out(2)  # what is read once for all
        few, many = opt_out(2), opt_out(12)
        self.assertLessEqual(many[0], few[0] + 2)
        self.assertLessEqual(many[1], few[1] + 2)

    # core's phone blacklist

    def test_number_on_the_phone_blacklist_is_not_called(self):
        blacklist = self.env["phone.blacklist"].sudo()
        letter = self._new_followup(self.customer, channel="letter")
        self.assertTrue(self.customer.phone_sanitized)
        blacklist._add([self.customer.phone_sanitized])
        self.assertEqual(self.followup.state, "cancelled")
        self.assertIn("blacklist", self.followup.cancel_reason)
        self.assertEqual(letter.state, "planned")
        visit = self._deliver_another_car()
        self.assertFalse(visit.followup_ids)
        with self.assertRaisesRegex(UserError, "blacklist"):
            self._new_followup(self.customer)
        blacklist._remove([self.customer.phone_sanitized])
        self._run_planning()
        self.assertEqual(visit.followup_ids.state, "planned")

    # whom it concerns

    def test_nothing_of_ours_is_written_in_the_customers_chatter(self):
        """Any internal user may read there: what customers said is on our records."""
        customer = self.customer.with_context(tracking_disable=False)
        Message = self.env["mail.message"].sudo()
        ours = [("model", "=", "res.partner"), ("res_id", "=", customer.id)]
        before = Message.search(ours)

        def tracked(record, user=None):
            # What was changed before is logged at the end of its transaction.
            self.env.flush_all()
            self.env.cr.flush()
            return record.with_context(tracking_disable=False).with_user(
                user or self.supervisor
            )

        # opt-outs, noted and withdrawn, by hand and on the phone
        optout = tracked(self.env["aftersales.optout"]).create(
            {"partner_id": customer.id, "reason": "Has cancer"}
        )
        optout._withdraw("Is well again")
        call = self._new_call(
            self._new_followup(customer),
            outcome_id=self._get_outcome("refused").id,
            optout_scope="purpose",
            optout_reason="Has no money",
        )
        tracked(call).action_register()
        # a number that is wrong, and the right one
        followup = self._new_followup(customer, purpose="maintenance")
        wrong = self._get_outcome("wrong_number").id
        tracked(self._new_call(followup, outcome_id=wrong)).action_register()
        self.assertTrue(customer.aftersales_wrong_number)
        tracked(customer).action_aftersales_number_is_right()
        # a letter that came back
        letter = tracked(self._new_letter(customer, purpose="maintenance"))
        letter.with_user(self.officer).action_register()
        letter.with_user(self.officer).action_return()
        # the archive, a visit, a case, another officer
        tracked(customer).write(
            {
                "aftersales_wish": "A loan car",
                "aftersales_officer_id": self.other_officer.id,
            }
        )
        tracked(self._new_visit(customer)).action_deliver()
        case = tracked(self._new_case(customer), self.officer)
        case.solution = "Came to say sorry"
        case.action_solve()
        self.env.flush_all()
        self.env.cr.flush()
        self.assertEqual(Message.search(ours), before)

    # who may

    def test_any_officer_may_note_what_a_customer_said(self):
        optout = (
            self.env["aftersales.optout"]
            .with_user(self.other_officer)
            .create({"partner_id": self.customer.id, "reason": "Told me so"})
        )
        self.assertEqual(optout.user_id, self.other_officer)
        self.assertEqual(self.followup.state, "cancelled")

    def test_nobody_makes_up_a_withdrawal(self):
        optout = self._new_optout(self.customer)
        with self.assertRaisesRegex(Exception, "cannot be filled in by hand"):
            optout.with_user(self.officer).date_withdrawn = TODAY - timedelta(days=1)
