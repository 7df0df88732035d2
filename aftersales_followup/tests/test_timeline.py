from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from ..models.res_partner_story import STORY_MAX
from .common import NOW, TODAY, AftersalesCase

DENIALS = ("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


class TestTimeline(AftersalesCase):
    """What the customer's page tells at a glance."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_customer()
        cls.vehicle = cls._new_vehicle(cls.customer)

    def _get_story(self, user=None, **kwargs):
        user = user or self.officer
        customer = self.customer.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )
        self.env.invalidate_all()
        return customer.aftersales_get_story(**kwargs)

    def _get_card(self, key, user=None):
        cards = {card["key"]: card for card in self._get_story(user)["head"]}
        return cards[key]

    def _new_past_call(self, days, **vals):
        return self._new_call(
            partner_id=self.customer.id, date=NOW - timedelta(days=days), **vals
        )

    def _get_titles(self, **kwargs):
        return [event["title"] for event in self._get_story(**kwargs)["events"]]

    # what happened

    def test_what_happened_last_comes_first_whatever_it_was(self):
        self._new_past_call(1)
        visit = self._new_visit(
            self.customer, self.vehicle, date_arrival=NOW - timedelta(days=2)
        )
        letter = self._new_letter(self.customer, kind="invitation")
        letter.sudo().date_sent = TODAY - timedelta(days=2)
        self._new_past_call(3, direction="inbound", inbound_kind="complaint")
        self._new_past_call(4, mode="in_person")
        self.assertEqual(
            self._get_titles(),
            [
                "Call to the Customer",
                "Invitation · Post",  # sent on the day of the visit
                "Workshop · 湘K12345",
                "Inbound Call · Complaint",
                "Talk in Person",
            ],
        )
        event = self._get_story()["events"][2]
        self.assertEqual(
            (event["date"], event["text"], event["who"], event["badge"]),
            (visit.date_arrival, "Oil change", "Advisor", "In Progress"),
        )
        self.assertEqual(
            (event["res_model"], event["res_id"]), ("aftersales.visit", visit.id)
        )

    def test_each_kind_of_talk_has_a_sign_of_its_own(self):
        self._new_past_call(1)
        self._new_past_call(2, direction="inbound")
        self._new_past_call(3, mode="in_person")
        icons = [event["icon"] for event in self._get_story()["events"]]
        self.assertEqual(len(set(icons)), 3)

    def test_a_call_tells_how_it_ended_once_it_is_registered(self):
        draft = self._new_past_call(1)
        self.assertEqual(self._get_story()["events"][0]["badge"], "Draft")
        draft.action_register()
        self._new_past_call(2, outcome_id=self.no_answer.id).action_register()
        badges = [
            (event["badge"], event["tone"]) for event in self._get_story()["events"]
        ]
        self.assertEqual(
            badges, [(self.reached.name, "success"), (self.no_answer.name, "warning")]
        )

    def test_returned_mail_is_marked(self):
        letter = self._new_letter(self.customer)
        letter.action_register()
        self.assertEqual(self._get_story()["events"][0]["tone"], "success")
        letter.action_return()
        [event] = self._get_story()["events"]
        self.assertEqual((event["badge"], event["tone"]), ("Returned", "danger"))

    def test_only_the_last_events_are_told_until_more_are_asked_for(self):
        for days in range(1, 4):
            self._new_past_call(days)
            self._new_visit(
                self.customer, self.vehicle, date_arrival=NOW - timedelta(days=days)
            )
        story = self._get_story(limit=4)
        self.assertEqual(len(story["events"]), 4)
        self.assertTrue(story["more"])
        self.assertEqual(
            [event["date"].day for event in story["events"]], [1, 1, 28, 28]
        )
        story = self._get_story(limit=6)
        self.assertEqual((len(story["events"]), story["more"]), (6, False))

    def test_a_story_has_its_bounds_whatever_is_asked_for(self):
        self._new_past_call(1)
        self._new_past_call(2)
        for limit in (0, -5):
            self.assertEqual(len(self._get_story(limit=limit)["events"]), 1)
        self.assertFalse(self._get_story(limit=STORY_MAX * 1000)["more"])

    def test_a_new_customer_has_no_story_yet(self):
        story = self._get_story()
        self.assertEqual((story["events"], story["more"]), ([], False))
        self.assertEqual(
            {card["key"]: card["value"] for card in story["head"]},
            {
                "next": "None planned",
                "followups": "0",
                "archive": "No Archive",
                "last_visit": "No visit yet",
            },
        )

    def test_what_a_customer_says_stays_text_on_one_line(self):
        said = "<b>Loud</b>\n<script>alert(1)</script> & more"
        self._new_past_call(1, content=said)
        self._new_past_call(2, content="空调不制冷" * 100)
        first, second = self._get_story()["events"]
        self.assertEqual(first["text"], said.replace("\n", " "))
        self.assertIs(type(first["text"]), str)
        self.assertLessEqual(len(second["text"]), 140)
        self.assertTrue(second["text"].endswith("…"))

    # what is next

    def test_the_contact_that_is_due_first_is_the_next(self):
        self.assertNotIn("res_id", self._get_card("next"))
        self._new_followup(self.customer, date_deadline=TODAY + timedelta(days=9))
        first = self._new_followup(
            self.customer, date_deadline=TODAY + timedelta(days=3)
        )
        first.sudo().rule_id = self.rule_first
        card = self._get_card("next")
        self.assertEqual((card["res_id"], card["tone"]), (first.id, "primary"))
        self.assertEqual(card["value"], "03/02/2026 – 03/05/2026")
        self.assertEqual(card["text"], f"{self.rule_first.name} · Officer")
        self.assertEqual(self._get_card("followups")["value"], "2")
        self.pass_days(4)
        card = self._get_card("next")
        self.assertEqual(card["tone"], "danger")
        self.assertIn("Overdue", card["text"])

    def test_an_archive_to_file_is_promised_until_its_deadline(self):
        visit = self._new_visit(self.customer, self.vehicle)
        card = self._get_card("archive")
        self.assertEqual(
            (card["value"], card["tone"], card["res_id"]),
            ("To file by 03/04/2026", "warning", visit.id),
        )
        self.pass_days(3)
        self.assertEqual(self._get_card("archive")["tone"], "danger")
        visit.write(
            {
                "wish": "A call",
                "next_service_content": "Winter check",
                "next_contact_date": TODAY + timedelta(days=3),
            }
        )
        visit.action_file_archive()
        self.assertEqual(self._get_card("archive")["value"], "Filed")

    def test_the_last_visit_is_one_that_took_place(self):
        earlier = NOW - timedelta(hours=1)
        visit = self._new_visit(self.customer, self.vehicle, date_arrival=earlier)
        self._new_visit(self.customer, self.vehicle).action_cancel()
        card = self._get_card("last_visit")
        self.assertEqual(
            (card["res_id"], card["value"], card["text"]),
            (visit.id, "03/02/2026", "Oil change"),
        )

    # who sees what

    def _new_full_story(self):
        """A visit of another advisor, what followed, and a letter."""
        advisor = self._new_user("other_advisor", "advisor")
        visit = self._new_visit(
            self.customer,
            self.vehicle,
            advisor_id=advisor.id,
            date_arrival=NOW - timedelta(days=4),
            date_delivery=NOW - timedelta(days=4),
        )
        visit.action_deliver()
        self._new_call(visit.followup_ids)
        self._new_letter(self.customer)
        self._new_story_case()
        return advisor

    def test_everybody_sees_what_the_lists_would_show(self):
        advisor = self._new_full_story()
        for user, kinds, planned in (
            (self.supervisor, {"visit", "call", "letter", "case"}, "1"),
            (self.other_officer, {"visit", "call", "letter", "case"}, "1"),
            (advisor, {"visit", "call"}, "1"),
            (self.advisor, {"visit"}, "0"),  # not his visit
        ):
            with self.subTest(user=user.name):
                models = {
                    event["res_model"] for event in self._get_story(user)["events"]
                }
                self.assertEqual(models, {f"aftersales.{kind}" for kind in kinds})
                self.assertEqual(self._get_card("followups", user)["value"], planned)

    @mute_logger(*DENIALS)
    def test_outsiders_are_told_nothing(self):
        self._new_full_story()
        with self.assertRaises(AccessError):
            self._get_story(self.outsider)

    def test_another_dealerships_records_are_not_told(self):
        self._new_full_story()
        self.customer.sudo().company_id = False
        branch = self.env["res.company"].sudo().create({"name": "Branch"})
        stranger = self._new_user("stranger", "supervisor", branch)
        story = self._get_story(stranger)
        self.assertEqual(story["events"], [])
        self.assertEqual(story["head"][0]["value"], "None planned")

    def test_an_officer_who_moved_to_another_dealership_is_still_named(self):
        self._new_past_call(1)
        branch = self.env["res.company"].sudo().create({"name": "Branch"})
        self.officer.sudo().write(
            {"company_ids": [(6, 0, branch.ids)], "company_id": branch.id}
        )
        [event] = self._get_story(self.other_officer)["events"]
        self.assertEqual(event["who"], "Officer")

    # cases

    def _new_story_case(self, case_type="complaint", **vals):
        return (
            self.env["aftersales.case"]
            .with_user(self.officer)
            .create(
                {
                    "partner_id": self.customer.id,
                    "case_type": case_type,
                    "description": "The <b>brakes</b> squeak",
                    **vals,
                }
            )
        )

    def test_an_open_case_is_told_and_promised_until_it_is_closed(self):
        case = self._new_story_case()
        [event] = self._get_story()["events"]
        self.assertEqual(
            (event["title"], event["text"], event["tone"], event["res_id"]),
            ("Complaint", "The <b>brakes</b> squeak", "warning", case.id),
        )
        card = self._get_card("cases")
        self.assertEqual((card["value"], card["tone"]), ("1", "warning"))
        self.pass_days(5)
        [event] = self._get_story()["events"]
        self.assertEqual(event["tone"], "danger")
        self.assertEqual(self._get_card("cases")["tone"], "danger")
        case.action_answer_on_spot()
        [event] = self._get_story()["events"]
        self.assertEqual(event["tone"], "success")
        keys = [card["key"] for card in self._get_story()["head"]]
        self.assertNotIn("cases", keys)

    def test_a_complaint_is_told_apart_from_a_wish(self):
        self._new_story_case()
        self._new_story_case("wish")
        icons = {event["icon"] for event in self._get_story()["events"]}
        self.assertEqual(len(icons), 2)

    # speed

    def _count_queries(self, limit=50):
        self._get_story(limit=limit)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.customer.with_user(self.officer).aftersales_get_story(limit=limit)
        return self.env.cr.sql_log_count - before

    def _tell_more(self, count):
        for days in range(1, count + 1):
            self._new_past_call(days, topic_ids=self.rule_first.topic_ids.ids)
            self._new_letter(
                self.customer,
                self.supervisor,
                date_sent=TODAY - timedelta(days=days),
            )
            self._new_visit(
                self.customer, self.vehicle, date_arrival=NOW - timedelta(days=days)
            )

    def test_a_long_story_takes_no_more_queries_than_a_short_one(self):
        self._tell_more(1)
        short = self._count_queries()
        self._tell_more(16)
        self.assertEqual(len(self._get_story(limit=50)["events"]), 50)
        self.assertLessEqual(self._count_queries(), short)
