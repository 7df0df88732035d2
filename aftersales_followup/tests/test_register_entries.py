from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..reports import aftersales_register
from .common import GROUP, NOW, TODAY, AftersalesCase
from .register_common import REPORT, WIZARD, RegisterData


@tagged("post_install", "-at_install")
class TestRegisterEntries(RegisterData, AftersalesCase):
    """Which entries a register shows to whom, and what of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_customer("李四", phone="138 0013 8000")

    # which entries

    def test_only_registered_entries_are_in_the_register(self):
        call = self._new_registered_calls()
        self._new_call(partner_id=self.customer.id)
        wizard = self._new_wizard()
        self.assertEqual(
            [row["number"] for row in self._get_rows(wizard)], [call.number]
        )
        self.assertEqual(wizard.entry_count, 1)

    def test_the_period_counts_the_dealerships_own_days(self):
        evening = datetime(2026, 2, 27, 15, 59)  # 23:59 in Shanghai
        calls = self._new_registered_calls(
            {"date": evening}, {"date": evening + timedelta(minutes=1)}
        )
        for day, call in zip((27, 28), calls, strict=True):
            day = date(2026, 2, day)
            rows = self._get_rows(self._new_wizard(date_from=day, date_to=day))
            self.assertEqual([row["number"] for row in rows], [call.number])
            self.assertEqual(rows[0]["date"].date(), day)

    def test_officers_are_those_who_called_or_were_designated(self):
        mine, stand_in, other = self._new_registered_calls(
            {},
            {"user": self.other_officer},
            {
                "user": self.other_officer,
                "partner_id": self._new_customer(officer=self.other_officer).id,
            },
        )
        rows = self._get_rows(self._new_wizard(officer_ids=self.officer.ids))
        self.assertEqual(
            [row["number"] for row in rows], [mine.number, stand_in.number]
        )
        self.assertEqual(
            [(row["caller"], row["designated"]) for row in rows],
            [("Officer", None), ("Other Officer", "Officer")],
        )
        rows = self._get_rows(self._new_wizard(officer_ids=self.other_officer.ids))
        self.assertEqual(
            [row["number"] for row in rows], [stand_in.number, other.number]
        )

    def test_a_register_is_of_one_company(self):
        company = self._new_company()
        self.supervisor.sudo().company_ids += company
        self._new_registered_calls()
        both = self.env[WIZARD].with_context(
            allowed_company_ids=[self.company.id, company.id]
        )
        for own, count in ((self.company, 1), (company, 0)):
            wizard = both.create({"company_id": own.id})
            self.assertEqual(wizard.entry_count, count)
            self.assertEqual(len(self._get_rows(wizard)), count)

    def test_entries_come_by_number_across_batches(self):
        calls = self._new_registered_calls(*[{}] * 7)
        with patch.object(aftersales_register, "BATCH", 3):
            rows = self._get_rows(self._new_wizard())
        self.assertEqual([row["number"] for row in rows], calls.mapped("number"))

    def test_the_period_is_this_month_so_far_unless_chosen(self):
        wizard = self.env[WIZARD].create({})
        self.assertEqual(wizard.date_from, TODAY.replace(day=1))
        self.assertEqual(wizard.date_to, TODAY)

    def test_a_period_cannot_end_before_it_begins(self):
        with self.assertRaises(ValidationError):
            self._new_wizard(date_from=TODAY, date_to=TODAY - timedelta(days=1))

    def test_the_count_follows_what_is_chosen(self):
        self._new_registered_calls()
        with Form(self.env[WIZARD]) as wizard:
            self.assertEqual(wizard.entry_count, 1)
            wizard.officer_ids.add(self.other_officer)
            self.assertEqual(wizard.entry_count, 0)
            wizard.officer_ids.add(self.officer)
            self.assertEqual(wizard.entry_count, 1)
            wizard.register = "letter"
            self.assertEqual(wizard.entry_count, 0)

    def test_the_count_waits_for_a_whole_period(self):
        self.assertEqual(self.env[WIZARD].new({"date_from": False}).entry_count, 0)

    # what is in them

    def test_a_row_of_the_call_register(self):
        topics = self.env["aftersales.topic"].search([], limit=2)
        followup = self._new_followup(self.customer, topic_ids=topics.ids)
        vehicle = self._new_vehicle(self.customer)
        self._new_registered_calls(
            {
                "followup_id": followup.id,
                "vehicle_id": vehicle.id,
                "content": "很好",
                "satisfaction": 9,
            }
        )
        [row] = self._get_rows(self._new_wizard())
        self.assertEqual(
            row,
            {
                "number": "2026-000001",
                "date": NOW + timedelta(hours=8),
                "customer": "李四",
                "plate": "湘K12345",
                "phone": "138 0013 8000",
                "kind": "Outbound",
                "topics": ", ".join(topics.mapped("name")),
                "content": "很好",
                "outcome": self.reached.name,
                "satisfaction": 9,
                "caller": "Officer",
                "designated": None,
                "on_time": "Yes",
                "corrected": None,
            },
        )

    def test_visits_and_complaints_are_marked_in_the_register(self):
        self._new_registered_calls(
            {"mode": "in_person"},
            {"direction": "inbound", "inbound_kind": "complaint"},
        )
        kinds = [row["kind"] for row in self._get_rows(self._new_wizard())]
        self.assertEqual(kinds, ["In Person", "Inbound: Complaint"])

    def test_satisfaction_that_was_not_asked_stays_blank(self):
        self._new_registered_calls()
        [row] = self._get_rows(self._new_wizard())
        self.assertIsNone(row["satisfaction"])

    def test_only_the_call_that_completed_the_follow_up_shows_its_time(self):
        followup = self._new_followup(
            self.customer, date_earliest=TODAY, date_deadline=TODAY
        )
        self._new_registered_calls(
            {"followup_id": followup.id, "outcome_id": self.no_answer.id}
        )
        self.pass_days(3)
        self._new_registered_calls({"followup_id": followup.id, "date": datetime.now()})
        rows = self._get_rows(self._new_wizard(date_to=TODAY + timedelta(days=3)))
        self.assertEqual([row["on_time"] for row in rows], [None, "No"])

    def test_a_correction_is_marked(self):
        call = self._new_registered_calls()
        call.with_context(correction_reason="Misheard").content = "Corrected"
        [row] = self._get_rows(self._new_wizard())
        self.assertEqual(row["content"], "Corrected")
        self.assertIn("Misheard", row["corrected"])

    def test_a_row_of_the_letter_register_says_where_it_went(self):
        for send_by in ("post", "email", "sms"):
            self._new_letter(
                self.customer,
                send_by=send_by,
                email="li@example.com",
                date_due=TODAY - timedelta(days=1) if send_by == "sms" else TODAY,
            ).with_env(self.env).action_register()
        self.env["aftersales.letter"].search([], limit=1).action_return()
        rows = self._get_rows(self._new_wizard(register="letter"))
        self.assertEqual(
            [row["destination"] for row in rows],
            [self.customer._aftersales_address(), "li@example.com", "138 0013 8000"],
        )
        self.assertEqual([row["on_time"] for row in rows], ["Yes", "Yes", "No"])
        self.assertEqual([row["date_returned"] for row in rows], [None, None, TODAY])
        self.assertEqual({row["date_sent"] for row in rows}, {TODAY})

    # phone numbers

    def test_phones_are_masked_for_who_may_not_take_them_along(self):
        self._new_registered_calls(
            {"content": "His wife: 139 1234 5678"},
            {
                "partner_id": False,
                "direction": "inbound",
                "caller_name": "Mr Wu 13912345678",
                "phone": "0738-8312345",
            },
        )
        self._new_letter(self.customer, send_by="sms").with_env(
            self.env
        ).action_register()
        for user, phones in (
            (self.officer, ["138****8000", "073****2345"]),
            (self.supervisor, ["138 0013 8000", "0738-8312345"]),
        ):
            rows = self._get_rows(self._new_wizard(user))
            self.assertEqual([row["phone"] for row in rows], phones)
            shown = str(rows).replace(" ", "")
            self.assertEqual("13912345678" in shown, user == self.supervisor)
            [row] = self._get_rows(self._new_wizard(user, register="letter"))
            self.assertEqual(row["destination"], phones[0])

    def test_the_right_to_whole_numbers_can_be_given_to_an_officer(self):
        self.officer.sudo().group_ids += self.env.ref(f"{GROUP}phone")
        self._new_registered_calls()
        [row] = self._get_rows(self._new_wizard(self.officer))
        self.assertEqual(row["phone"], "138 0013 8000")

    # rights

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_who_may_ask_for_a_register(self):
        self._new_registered_calls()
        stranger = self._new_user("stranger", "officer", self._new_company())
        for user, count in (
            (self.outsider, None),
            (self.advisor, None),
            (self.officer, 1),
            (self.supervisor, 1),
            (stranger, 0),
        ):
            with self.subTest(user=user.name):
                Wizard = (
                    self.env[WIZARD]
                    .with_user(user)
                    .with_context(allowed_company_ids=user.company_ids.ids)
                )
                if count is None:
                    with self.assertRaises(AccessError):
                        Wizard.create({})
                else:
                    self.assertEqual(Wizard.create({}).entry_count, count)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_gets_the_register_of_a_company_that_is_not_his(self):
        company = self._new_company()
        with self.assertRaises(AccessError):
            self._new_wizard(company_id=company.id).read(["entry_count"])

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_prints_what_somebody_else_asked_for(self):
        wizard = self._new_wizard(self.supervisor)
        report = self.env["ir.actions.report"].with_user(self.officer)
        with self.assertRaises(AccessError):
            report._render_qweb_pdf(REPORT, wizard.ids)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_rows_are_read_with_the_users_own_rights(self):
        self._new_registered_calls()
        wizard = self._new_wizard()
        rows = (
            self.env["aftersales.register.call"]
            .with_user(self.outsider)
            ._iter_rows(wizard._get_entry_domain(), self.company)
        )
        with self.assertRaises(AccessError):
            next(rows)
        rows = (
            self.env["aftersales.register.call"]
            .with_user(self.advisor)
            ._iter_rows(wizard._get_entry_domain(), self.company)
        )
        self.assertEqual(list(rows), [])  # the call is about no visit of his
