from datetime import datetime, timedelta

from odoo.tests import HttpCase, tagged

from .common import AftersalesData


class ToursCase(AftersalesData, HttpCase):
    """What a user does in the browser, at the browser's own date."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        now = datetime.now().replace(microsecond=0)
        cls.customer = cls._new_customer()
        cls.visit = cls._new_visit(
            cls.customer,
            date_arrival=now - timedelta(days=4),
            date_delivery=now - timedelta(days=4),
        )
        cls.users = cls.officer | cls.supervisor | cls.advisor
        for user in cls.users.sudo():
            user.password = user.login

    def _tour(self, name, user, url=None):
        self.start_tour(url or "/odoo", name, login=user.login, timeout=180)

    @classmethod
    def _speak_chinese(cls):
        """Let everybody see the screens in Chinese."""
        cls.env["res.lang"].sudo()._activate_lang("zh_CN")
        modules = cls.env["ir.module.module"].sudo()
        modules._load_module_terms(["aftersales_followup"], ["zh_CN"])
        cls.users.sudo().lang = "zh_CN"

    def _new_worked_visit(self, name, plate):
        """A delivered visit of another customer, whose first follow-up is due."""
        customer = self._new_customer(name, phone="139 0000 0000")
        return self._new_delivered_visit(
            customer,
            self._new_vehicle(customer, plate),
            date_arrival=self.visit.date_arrival,
            date_delivery=self.visit.date_delivery,
        )


@tagged("post_install", "-at_install")
class TestTours(ToursCase):
    def test_main_job_from_delivery_to_the_printed_register(self):
        self._new_worked_visit("Li Si", "湘K20000")
        self._new_worked_visit("Wang Wu", "湘K30000")
        self._tour("aftersales_deliver_visit", self.advisor, "/odoo/aftersales-visits")
        self.assertEqual(self.visit.followup_ids.user_id, self.officer)
        self._tour("aftersales_work_calls", self.officer)
        calls = self.env["aftersales.call"].search([("user_id", "=", self.officer.id)])
        self.assertEqual(
            calls.sorted("number").mapped("content"),
            ["The brakes squeak", "All is well", "Would like winter tyres"],
        )
        self.assertEqual(calls.sorted("number").mapped("register_sequence"), [1, 2, 3])
        self._tour(
            "aftersales_print_register",
            self.supervisor,
            "/odoo/aftersales-calls",
        )

    def test_inbound_call_is_logged_on_one_screen(self):
        self._tour(
            "aftersales_inbound_call",
            self.officer,
            "/odoo/aftersales-inbound-call",
        )
        call = self.env["aftersales.call"].search([("user_id", "=", self.officer.id)])
        self.assertEqual(call.partner_id, self.customer)
        self.assertEqual(call.direction, "inbound")
        self.assertTrue(call.number)

    def test_reception_enters_a_visit_of_a_new_customer_with_a_new_car(self):
        self._tour("aftersales_enter_visit", self.advisor)
        car = self.env["fleet.vehicle"].search([("license_plate", "=", "湘K99999")])
        self.assertEqual(car.vin_sn, "LSGWS52X27S999999")
        customer = car.aftersales_owner_id
        self.assertEqual((customer.name, customer.city), ("Li Si", "Loudi"))
        self.assertEqual(customer.phone, "+86 139 0000 0001")
        visit = car.aftersales_visit_ids
        self.assertEqual(visit.partner_id, customer)
        self.assertEqual(visit.advisor_id, self.advisor)
        self.assertEqual((visit.odometer, car.odometer), (21000, 21000))

    def test_reception_reads_a_colleagues_visit_and_changes_an_own_one(self):
        self.visit.advisor_id = self.officer
        arrival = self.visit.date_arrival - timedelta(days=1)
        self._new_visit(
            self._new_customer("Li Si"),
            date_arrival=arrival,
            date_delivery=False,
            advisor_id=self.advisor.id,
        )
        self._tour("aftersales_read_colleagues_visit", self.advisor)

    def test_supervisor_enters_a_car_from_the_menu(self):
        self._tour("aftersales_enter_car", self.supervisor)
        car = self.env["fleet.vehicle"].search([("license_plate", "=", "湘K88888")])
        self.assertEqual(car.aftersales_owner_id, self.customer)
        self.assertEqual(car.vin_sn, "LSGWS52X27S888888")

    def test_officers_screens_open_in_each_view(self):
        self.visit.action_deliver()
        self._new_call(partner_id=self.customer.id)
        self._new_letter(self.customer)
        self._new_case(self.customer)
        self._new_campaign()
        self._tour("aftersales_officer_screens", self.officer)

    def test_supervisors_configuration_opens_in_each_view(self):
        self._tour("aftersales_supervisor_screens", self.supervisor)

    def test_the_customers_page_tells_the_story_and_leads_to_it(self):
        self.visit.action_deliver()
        self._new_call(self.visit.followup_ids, content="The brakes squeak")
        self._tour("aftersales_story", self.officer, "/odoo/aftersales-customers")


@tagged("post_install", "-at_install")
class TestHouseRuleTours(ToursCase):
    """The house rules on Chinese screens, by officer and supervisor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users |= cls.other_officer
        cls.other_officer.sudo().password = cls.other_officer.login
        cls._speak_chinese()

    def _plan_first_followup(self):
        self.visit.action_deliver()
        return self.visit.followup_ids

    def test_rule_4_complaint_is_reported_solved_and_told_the_same_day(self):
        self._tour(
            "aftersales_case_raise", self.officer, "/odoo/aftersales-inbound-call"
        )
        case = self.customer.aftersales_case_ids
        self.assertEqual(case.case_type, "complaint")
        self._tour("aftersales_case_report", self.officer, "/odoo/aftersales-my-cases")
        self.assertEqual(case.supervisor_id, self.supervisor)
        self._tour(
            "aftersales_case_solve", self.supervisor, "/odoo/aftersales-my-cases"
        )
        self.assertEqual(case.solved_by_id, self.supervisor)
        self._tour("aftersales_case_inform", self.officer, "/odoo/aftersales-my-calls")
        self.assertTrue(case.inform_call_id.number)
        self._tour("aftersales_case_close", self.officer, "/odoo/aftersales-my-cases")
        self.assertEqual(case.state, "closed")
        self.assertEqual(case.escalation_result, "on_time")
        self.assertEqual(case.inform_result, "on_time")
        self.assertTrue(case.cause_id and case.department)

    def test_rule_4_who_is_not_satisfied_may_have_a_complaint(self):
        followup = self._plan_first_followup()
        self._tour("aftersales_case_propose", self.officer, "/odoo/aftersales-my-calls")
        case = followup.call_ids.case_ids
        self.assertEqual(case.case_type, "complaint")
        self.assertEqual(case.description, "刹车异响，很不满意")

    def test_rule_5_second_contact_does_not_repeat_the_first(self):
        tyres = self.env["aftersales.topic"].create({"name": "Winter Tyres"})
        first = self._plan_first_followup()
        self._new_call(first, topic_ids=tyres.ids).action_register()
        second = first.search([("previous_id", "=", first.id)])
        second.sudo().date_earliest = first.date_earliest
        self._tour(
            "aftersales_second_contact", self.officer, "/odoo/aftersales-my-calls"
        )
        self.assertEqual(second.state, "done")
        self.assertNotIn(tyres, second.call_ids.topic_ids)

    def test_rule_6_campaign_is_told_by_phone_then_by_letter(self):
        self._new_audience(2)
        campaigns = "/odoo/aftersales-campaigns"
        self._tour("aftersales_confirm_campaign", self.supervisor, campaigns)
        campaign = self.env["aftersales.campaign"].search([])
        self.assertTrue(campaign.is_planned)
        self._tour(
            "aftersales_tell_of_campaign", self.officer, "/odoo/aftersales-my-calls"
        )
        call = campaign.followup_ids.call_ids
        self.assertEqual(call.campaign_reply, "coming")
        letter = self.env["aftersales.letter"].search([])
        self.assertTrue(letter.number)
        self.assertEqual(letter.campaign_id, campaign)
        self.assertEqual(letter.followup_id.previous_id, call.followup_id)
        self._tour("aftersales_see_campaign_results", self.supervisor, campaigns)
        self.assertTrue(call.followup_id.came)

    def test_rule_7_each_attempt_is_in_the_register(self):
        followup = self._plan_first_followup()
        refusing = self._new_worked_visit("Li Si", "湘K20000")
        self._tour("aftersales_attempts", self.officer, "/odoo/aftersales-my-calls")
        self.assertEqual((followup.state, followup.attempts), ("planned", 1))
        self.assertEqual(refusing.followup_ids.state, "cancelled")
        self.assertEqual(refusing.partner_id.aftersales_optout_ids.channel, "call")
        self._tour(
            "aftersales_print_call_register",
            self.supervisor,
            "/odoo/aftersales-calls",
        )

    def test_rule_8_letters_are_registered(self):
        followup = self._plan_first_followup()
        for _attempt in range(3):
            self._new_call(followup, outcome_id=self.no_answer.id).action_register()
        self._tour(
            "aftersales_write_letters", self.officer, "/odoo/aftersales-my-letters"
        )
        self.assertEqual(followup.letter_ids.register_sequence, 1)
        self.assertEqual(followup.state, "done")

    def test_rule_four_stand_in_does_the_work_in_both_names(self):
        self.officer.sudo().name = "Officer Zhou"
        self.other_officer.sudo().name = "Officer Wu"
        followup = self._plan_first_followup()
        self._tour(
            "aftersales_name_stand_in", self.supervisor, "/odoo/aftersales-stand-ins"
        )
        self.assertEqual(followup.acting_user_id, self.other_officer)
        self._tour(
            "aftersales_stand_in_calls",
            self.other_officer,
            "/odoo/aftersales-my-calls",
        )
        self.assertEqual(followup.call_ids.user_id, self.other_officer)
        self.assertEqual(followup.call_ids.designated_user_id, self.officer)
        self._tour(
            "aftersales_end_stand_in", self.supervisor, "/odoo/aftersales-stand-ins"
        )
        self.assertEqual(self.visit.acting_user_id, self.officer, "returned")
