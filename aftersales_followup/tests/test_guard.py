from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command

from .common import NOW, TODAY
from .rights import AccessCase

# Fields that nobody fills in by hand, whatever the role: written by hand from the
# house rules, not asked of the code.
GUARDED = {
    "aftersales.visit": """
        state is_history archive_deadline archive_date archive_result archive_user_id
        to_plan_since substitution_id amount_total cost_total spend_total date_end
        previous_end next_end reminder_lost
    """,
    "aftersales.followup": """
        state result date_done date_anchor date_next attempts is_call_back
        letter_suggested cancel_reason planning_note origin_key rule_id previous_id
        case_id campaign_id campaign_reply substitution_id together_call_ids
        to_plan_since reminder_lost
    """,
    "aftersales.call": """
        state number register_year register_sequence date_registered is_corrected
        designated_user_id plate address visit_id
    """,
    "aftersales.letter": """
        state number register_year register_sequence date_registered is_corrected
        designated_user_id plate campaign_id date_returned result
    """,
    "aftersales.optout": "user_id call_id date_withdrawn withdraw_reason",
    "aftersales.kpi": "code definition_version has_seed_target last_error seed_target",
    "aftersales.kpi.entry": "user_id",
    "aftersales.summary": """
        date_to state date_counted date_submitted date_filed filed_by_id date_reminded
        attachment_id missed_count met_count
    """,
    "aftersales.visit.import": "figures",
    "res.partner": """
        aftersales_archive_number aftersales_archive_state aftersales_archive_date
        aftersales_last_visit_date aftersales_retention aftersales_phone_digits
        aftersales_wrong_number aftersales_segment_fixed aftersales_segment_reason
    """,
}
# What a visit or follow-up that is over keeps: its results were made from it.
SETTLED = {
    "aftersales.visit": """
        visit_type partner_id contact_id vehicle_id plate phone address advisor_id
        advisor_name odometer date_arrival date_delivery rework_of_id rework_reference
    """,
    "aftersales.followup": """
        partner_id vehicle_id visit_id channel purpose topic_ids content user_id
        acting_user_id date_earliest date_deadline
    """,
}


class TestGuard(AccessCase):
    """What the house rules' steps write cannot be made up."""

    def _some_value(self, record, name):
        field = record._fields[name]
        if field.type == "selection":
            return field.get_values(self.env)[-1]
        return {
            "boolean": True,
            "char": "x",
            "date": TODAY,
            "datetime": NOW,
            "many2many": [Command.clear()],
        }.get(field.type, 1)

    def _assert_guarded(self, users, record, vals):
        model = record._name
        for user in users:
            for name in GUARDED[model].split():
                value = self._some_value(record, name)
                rpc = (self._rpc, user, model)
                with self.subTest(model=model, field=name, user=user.login):
                    self.assertDenied(*rpc, "write", record.ids, {name: value})
                    self.assertDenied(*rpc, "create", [{**vals, name: value}])
                    context = {f"default_{name}": value}
                    self.assertDenied(*rpc, "create", [vals], context=context)

    def test_nobody_makes_up_what_filing_a_summary_writes(self):
        summary = self.env["aftersales.summary"].create({})
        users = (self.supervisor,)
        self._assert_guarded(users, summary, {"date_from": TODAY})

    def test_nobody_makes_up_what_registration_writes(self):
        call = self._new_call(self._new_followup())
        vals = {"partner_id": call.partner_id.id}
        users = (self.officer, self.supervisor)
        self._assert_guarded(users, call, vals)
        self._assert_guarded(users, self._new_letter(), {**vals, "subject": "x"})

    def test_nobody_makes_up_that_a_followup_was_done_or_planned_by_a_rule(self):
        followup = self._new_followup()
        vals = {"partner_id": followup.partner_id.id}
        self._assert_guarded((self.officer, self.supervisor), followup, vals)

    def test_nobody_makes_up_a_withdrawal_or_who_noted_an_opt_out(self):
        optout = self._new_optout(self._new_customer())
        vals = {"partner_id": self._new_customer("Li Si").id, "reason": "x"}
        self._assert_guarded((self.officer, self.supervisor), optout, vals)

    def test_nobody_makes_up_that_an_archive_was_filed_not_even_a_supervisor(self):
        visit = self._new_visit()
        vals = {"partner_id": visit.partner_id.id, "vehicle_id": visit.vehicle_id.id}
        users = (self.advisor, self.officer, self.supervisor)
        self._assert_guarded(users, visit, vals)
        self._assert_guarded(users, visit.partner_id, {"name": "x"})
        number = {"name": "W-1"}
        for user in users:
            with self.subTest(user=user.login):
                self.assertDenied(
                    self._rpc, user, "aftersales.visit", "write", visit.ids, number
                )

    def test_nobody_makes_up_how_a_figure_is_counted_or_who_typed_it_in(self):
        kpi = self.env["aftersales.kpi"].create({"name": "Cars", "is_typed": True})
        entry = self.env["aftersales.kpi.entry"].create(
            {"kpi_id": kpi.id, "amount": 1, "date": TODAY}
        )
        users = (self.supervisor,)
        self._assert_guarded(users, kpi, {"name": "x", "is_typed": True})
        self._assert_guarded(users, entry, {"kpi_id": kpi.id, "amount": 1})
        moved = {"company_id": self.company.id}
        rpc = (self._rpc, self.supervisor, "aftersales.kpi.entry", "write")
        self.assertDenied(*rpc, entry.ids, moved)

    def test_nobody_makes_up_what_an_import_brought(self):
        data_import = self.env["aftersales.visit.import"].create({})
        users = (self.officer, self.supervisor)
        self._assert_guarded(users, data_import, {"filename": "orders.csv"})

    def test_visits_of_another_program_bring_their_numbers_along(self):
        visit = self._new_visit(name="W-2026-17")
        self.assertEqual(visit.name, "W-2026-17")

    def test_what_is_over_stands(self):
        visit = self._new_delivered_visit()
        followup = visit.followup_ids
        self._new_call(followup).action_register()
        self.assertEqual(followup.result, "early")
        supervised = [(self.supervisor, visit), (self.supervisor, followup)]
        own = [(self.advisor, visit), (self.officer, followup)]
        for user, record in own + supervised:
            for name in SETTLED[record._name].split():
                field = record._fields[name]
                vals = {name: field.convert_to_write(record[name], record)}
                with (
                    self.subTest(model=record._name, field=name, user=user.login),
                    self.assertRaisesRegex(UserError, "any more|was planned by a rule"),
                ):
                    self._rpc(user, record._name, "write", record.ids, vals)

    def test_officers_do_not_open_the_window_of_a_rule_wider(self):
        followup = self._new_delivered_visit().followup_ids
        rpc = (self._rpc, self.officer, "aftersales.followup", "write", followup.ids)
        for vals in (
            {"date_earliest": followup.date_earliest - timedelta(days=1)},
            {"date_deadline": followup.date_deadline + timedelta(days=1)},
        ):
            with self.assertRaisesRegex(UserError, "Only a supervisor"):
                rpc[0](*rpc[1:], vals)
        vals = {"date_earliest": followup.date_earliest + timedelta(days=1)}
        rpc[0](*rpc[1:], vals)

    def test_a_registered_letter_does_not_become_a_draft_again(self):
        letter = self._new_letter()
        letter.action_register()
        self.assertDenied(
            self._rpc,
            self.officer,
            "aftersales.letter",
            "write",
            letter.ids,
            {"state": "draft"},
        )

    def test_reason_in_the_context_is_of_no_use_to_who_may_not_correct(self):
        call = self._new_call(self._new_followup())
        call.action_register()
        with self.assertRaisesRegex(UserError, "Ask a supervisor"):
            self._rpc(
                self.officer,
                "aftersales.call",
                "write",
                call.ids,
                {"content": "Other"},
                context={"correction_reason": "Because"},
            )

    def test_correction_by_rpc_stays_visible(self):
        call = self._new_call(self._new_followup())
        call.action_register()
        self._rpc(
            self.supervisor,
            "aftersales.call",
            "write",
            call.ids,
            {"content": "Other"},
            context={
                "correction_reason": "Misheard",
                "tracking_disable": True,
                "mail_create_nolog": True,
                "mail_notrack": True,
            },
        )
        self.assertTrue(call.is_corrected)
        self.assertEqual(call.correction_ids.reason, "Misheard")

    def test_registered_entries_cannot_be_changed_through_other_records(self):
        followup = self._new_followup()
        call = self._new_call(followup, outcome_id=self.no_answer.id)
        call.action_register()
        for commands in (
            [Command.update(call.id, {"content": "Other"})],
            [Command.unlink(call.id)],
            [Command.delete(call.id)],
            [Command.clear()],
        ):
            for record, name in (
                (followup, "call_ids"),
                (followup.partner_id, "aftersales_call_ids"),
            ):
                arguments = (record._name, "write", record.ids, {name: commands})
                with (
                    self.subTest(commands=commands, field=name),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    self._rpc(self.officer, *arguments)
        self.assertEqual(call.content, "All is well")

    def test_nobody_puts_an_entry_into_somebody_elses_mouth(self):
        call, letter = self._new_call(self._new_followup()), self._new_letter()
        for entry in (call, letter):
            self.assertDenied(
                self._rpc,
                self.officer,
                entry._name,
                "write",
                entry.ids,
                {"user_id": self.other_officer.id},
            )

    def test_finished_reminder_registers_its_call_whatever_the_context(self):
        followup = self._new_followup()
        self._rpc(
            self.officer,
            "mail.activity",
            "action_feedback",
            self._get_reminders(followup).ids,
            feedback="All is well",
            context={"aftersales_reminder_sync": True},
        )
        self.assertEqual(followup.call_ids.state, "registered")

    def test_another_officers_reminder_cannot_be_finished_or_moved(self):
        reminder = self._get_reminders(self._new_followup())
        rpc = (self._rpc, self.other_officer, "mail.activity")
        self.assertDenied(*rpc, "action_feedback", reminder.ids, feedback="x")
        self.assertDenied(*rpc, "write", reminder.ids, {"date_deadline": TODAY})
        self.assertDenied(*rpc, "unlink", reminder.ids)

    def test_only_supervisors_designate_officers(self):
        customer = self._new_customer()
        vals = {"aftersales_officer_id": self.other_officer.id}
        context = {"default_aftersales_officer_id": self.other_officer.id}
        for user in (self.advisor, self.officer):
            rpc = (self._rpc, user, "res.partner")
            self.assertDenied(*rpc, "write", customer.ids, vals)
            self.assertDenied(*rpc, "create", [{"name": "x", **vals}])
            self.assertDenied(*rpc, "create", [{"name": "x"}], context=context)
