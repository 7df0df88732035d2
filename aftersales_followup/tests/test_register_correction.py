from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import NOW, TODAY
from .register_common import RegisterData, read_pdf
from .rights import AccessCase

CORRECTION = "aftersales.correction"


class CorrectionCase(RegisterData, AccessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._new_customer("李四", phone="138 0013 8000")

    def _correct(self, entry, reason="Misheard", **vals):
        entry.with_env(self.env).with_context(correction_reason=reason).write(vals)

    def _read(self, entry):
        """Return what was corrected, as ``(field, before, after)``."""
        return [
            (line.field_name, line.before, line.after) for line in entry.correction_ids
        ]


@tagged("post_install", "-at_install")
class TestCorrection(CorrectionCase):
    """A correction is a record that nobody rewrites or deletes (规定 7, 8)."""

    # what is kept

    def test_a_correction_is_kept_with_who_when_why_and_what(self):
        call = self._new_registered_calls({"content": "Brakes squeak"})
        self.pass_days(2)
        self._correct(call, "Misheard", content="Radio squeaks")
        [line] = call.correction_ids
        self.assertEqual(line.user_id, self.supervisor)
        self.assertEqual(line.date, NOW + timedelta(days=2))
        self.assertEqual(line.reason, "Misheard")
        self.assertEqual(
            (line.field_name, line.field_label), ("content", "What Was Said")
        )
        self.assertEqual((line.before, line.after), ("Brakes squeak", "Radio squeaks"))
        self.assertEqual(line.company_id, self.company)
        self.assertTrue(call.is_corrected)

    def test_a_correction_of_a_letter_is_kept_with_the_letter(self):
        letter = self._new_letter(self.customer).with_env(self.env)
        letter.action_register()
        self._correct(letter, subject="Your new car")
        self.assertEqual(self._read(letter), [("subject", "Your car", "Your new car")])
        self.assertFalse(letter.correction_ids.call_id)

    def test_each_field_is_kept_as_the_text_that_was_read_that_day(self):
        topics = self.env["aftersales.topic"].create([{"name": "A"}, {"name": "B"}])
        call = self._new_registered_calls({"topic_ids": topics[:1].ids})
        self._correct(
            call,
            outcome_id=self.no_answer.id,
            topic_ids=[Command.set(topics.ids)],
            mode="in_person",
            date=NOW - timedelta(hours=1),
            satisfaction=0,
            duration=3,
        )
        topics[0].name = "Another name"
        self.assertEqual(
            self._read(call),
            [
                ("date", "2026-03-02 10:00", "2026-03-02 09:00"),
                ("duration", "0", "3"),
                ("mode", "Phone", "In Person"),
                ("outcome_id", "Reached", "No Answer"),
                ("satisfaction", "", "0"),
                ("topic_ids", "A", "A and B"),
            ],
        )

    def test_a_correction_is_in_the_language_of_who_corrects(self):
        self.env["res.lang"].sudo()._activate_lang("zh_CN")
        self.no_answer.sudo().with_context(lang="zh_CN").name = "无人接听"
        self.supervisor.sudo().lang = "zh_CN"
        call = self._new_registered_calls()
        self._rpc(
            self.supervisor,
            "aftersales.call",
            "write",
            call.ids,
            {"outcome_id": self.no_answer.id},
            context={"correction_reason": "听错"},
        )
        self.assertEqual(call.correction_ids.after, "无人接听")

    def test_several_entries_corrected_at_once_have_each_their_own(self):
        calls = self._new_registered_calls({"content": "A"}, {"content": "B"})
        self._correct(calls, content="B")
        self.assertEqual(self._read(calls[0]), [("content", "A", "B")])
        self.assertFalse(calls[1].correction_ids)
        self.assertEqual(calls.mapped("is_corrected"), [True, False])

    def test_correcting_many_entries_takes_no_more_queries_than_few(self):
        few = self._new_registered_calls({}, {})
        many = self._new_registered_calls(*[{}] * 12)
        costs = []
        for calls in (self._new_registered_calls({}), few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._correct(calls, content="Corrected")
            self.env.flush_all()
            costs.append(self.env.cr.sql_log_count - before)
        self.assertEqual(costs[1], costs[2])

    def test_a_correction_leaves_address_plate_and_results_of_that_day(self):
        car = self._new_vehicle(self.customer, plate="湘K11111")
        other = self._new_customer("王五", street="2 Elsewhere", phone="1")
        call = self._new_registered_calls({"vehicle_id": car.id})
        letter = self._new_letter(self.customer, date_due=TODAY).with_env(self.env)
        letter.action_register()
        before = call.read(["address", "phone", "plate", "designated_user_id"])
        self._correct(call, partner_id=other.id, vehicle_id=False)
        self.assertEqual(
            call.read(["address", "phone", "plate", "designated_user_id"]), before
        )
        self._correct(letter, date_sent=TODAY - timedelta(days=1))
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(letter.result, "on_time")
        self.assertEqual(call.address, before[0]["address"])

    def test_a_correction_leaves_the_result_of_the_follow_up(self):
        followup = self._new_followup(self.customer)
        call = self._new_registered_calls({"followup_id": followup.id})
        before = followup.read(["state", "date_done", "result", "attempts"])
        self._correct(call, outcome_id=self.no_answer.id, date=NOW - timedelta(days=30))
        self.assertEqual(
            followup.read(["state", "date_done", "result", "attempts"]), before
        )
        self.assertEqual(call.number, "2026-000001")

    # who may

    def test_a_correction_needs_a_reason_that_says_something(self):
        call = self._new_registered_calls()
        for reason in (None, "", "  \n", 7, ["x"]):
            with (
                self.subTest(reason=reason),
                self.assertRaisesRegex(UserError, "give the reason"),
            ):
                self._correct(call, reason, content="Else")
        self.assertFalse(call.correction_ids)

    def test_nobody_makes_rewrites_or_deletes_a_correction(self):
        call = self._new_registered_calls()
        self._correct(call, content="Else")
        line = call.correction_ids
        vals = {
            "call_id": call.id,
            "company_id": self.company.id,
            "user_id": self.officer.id,
            "reason": "x",
            "field_name": "content",
            "field_label": "x",
        }
        self.supervisor.sudo().group_ids += self.env.ref("base.group_system")
        for user in (self.outsider, self.advisor, self.officer, self.supervisor):
            with self.subTest(user=user.name):
                self.assertDenied(self._rpc, user, CORRECTION, "create", [vals])
                self.assertDenied(
                    self._rpc, user, CORRECTION, "write", line.ids, {"reason": "x"}
                )
                self.assertDenied(self._rpc, user, CORRECTION, "unlink", line.ids)
        for command in (
            Command.create(vals),
            Command.update(line.id, {"reason": "x"}),
            Command.delete(line.id),
            Command.clear(),
        ):
            with self.subTest(command=command):
                self.assertDenied(
                    self._rpc,
                    self.supervisor,
                    "aftersales.call",
                    "write",
                    call.ids,
                    {"correction_ids": [command]},
                    context={"correction_reason": "x"},
                )
        with self.assertRaisesRegex(UserError, "never deleted"):
            line.sudo().unlink()
        self.assertEqual(line.reason, "Misheard")

    def test_nothing_in_the_chatter_is_the_only_trace_of_a_correction(self):
        call = self._new_registered_calls()
        self._correct(call, content="Else")
        call.message_ids.sudo().unlink()
        self.assertEqual(self._read(call), [("content", "All is well", "Else")])

    def test_who_reads_the_entry_reads_its_corrections_and_nobody_else(self):
        visit = self._new_delivered_visit(self.customer)
        call = self._new_registered_calls({"followup_id": visit.followup_ids.id})
        letter = self._new_letter(self.customer).with_env(self.env)
        letter.action_register()
        self._correct(call, content="Else")
        self._correct(letter, subject="Else")
        other_advisor = self._new_user("other_advisor", "advisor")
        stranger = self._new_user("stranger", "supervisor", self._new_company())
        for user, count in (
            (self.supervisor, 2),
            (self.officer, 2),
            (self.other_officer, 2),
            (self.advisor, 1),
            (other_advisor, 0),
            (stranger, 0),
        ):
            with self.subTest(user=user.name):
                found = self._rpc(user, CORRECTION, "search_count", [])
                self.assertEqual(found, count)
        self.assertDenied(self._rpc, self.outsider, CORRECTION, "search_count", [])

    def test_form_of_a_corrected_entry_shows_its_corrections(self):
        call = self._new_registered_calls()
        self._correct(call, content="Else")
        form = Form(call.with_user(self.advisor).sudo(False).with_user(self.officer))
        self.assertEqual(len(form.correction_ids), 1)

    # customer and number of a call

    def _open(self, call):
        return Form(
            self.env["aftersales.call.correct"].with_context(default_call_id=call.id)
        )

    def test_customer_car_and_number_of_a_call_can_be_corrected(self):
        other = self._new_customer("王五", street="2 Elsewhere", phone="139 0000 0000")
        car = self._new_vehicle(other, plate="湘K22222")
        call = self._new_registered_calls(
            {"vehicle_id": self._new_vehicle(self.customer).id}
        )
        wizard = self._open(call)
        wizard.reason = "Wrong card"
        wizard.partner_id = other
        self.assertFalse(wizard.vehicle_id)
        wizard.vehicle_id = car
        wizard.phone = "139 0000 0000"
        wizard.save().action_correct()
        self.assertEqual(call.partner_id, other)
        self.assertEqual((call.vehicle_id, call.plate), (car, "湘K22222"))
        self.assertIn("2 Elsewhere", call.address)
        self.assertIn(call, other.aftersales_call_ids)
        self.assertEqual(
            {name for name, _before, _after in self._read(call)},
            {"partner_id", "vehicle_id", "plate", "address", "phone"},
        )
        self.assertIn(("partner_id", "李四", "王五"), self._read(call))

    def test_customer_of_a_call_that_led_to_something_is_not_replaced(self):
        other = self._new_customer("王五")
        followup = self._new_followup(self.customer)
        by_followup = self._new_registered_calls({"followup_id": followup.id})
        by_case, by_letter, by_optout = self._new_registered_calls(
            {},
            {},
            {
                "outcome_id": self._get_outcome("refused").id,
                "optout_scope": "contact",
                "optout_reason": "No more",
            },
        )
        self._new_case(call_id=by_case.id)
        self._new_letter(self.customer, call_id=by_letter.id)
        for call in (by_followup, by_case, by_letter, by_optout):
            with (
                self.subTest(call=call.number),
                self.assertRaisesRegex(UserError, "cannot be replaced"),
            ):
                self._correct(call, partner_id=other.id)
            self._correct(call, partner_id=self.customer.id, content="Else")
            self.assertEqual(call.partner_id, self.customer)

    def test_what_another_program_leaves_out_of_a_correction_stays(self):
        call = self._new_registered_calls({"content": "Brakes", "satisfaction": 9})
        letter = self._new_letter(self.customer).with_env(self.env)
        letter.action_register()
        for model, vals in (
            ("aftersales.call.correct", {"call_id": call.id, "duration": 5}),
            ("aftersales.letter.correct", {"letter_id": letter.id, "subject": "Else"}),
        ):
            dialog_id = self._rpc(
                self.supervisor, model, "create", [{"reason": "x", **vals}]
            )
            self._rpc(self.supervisor, model, "action_correct", dialog_id)
        self.assertEqual(self._read(call), [("duration", "0", "5")])
        self.assertEqual(self._read(letter), [("subject", "Your car", "Else")])

    def test_dialog_opened_and_left_as_it_is_corrects_nothing(self):
        car = self._new_vehicle(self.customer)
        call = self._new_registered_calls({"vehicle_id": car.id})
        car.aftersales_owner_id = self._new_customer("王五")
        wizard = self._open(call)
        wizard.reason = "Nothing"
        wizard.save().action_correct()
        self.assertFalse(call.correction_ids)
        self.assertEqual(call.vehicle_id, car)


@tagged("post_install", "-at_install")
class TestCorrectionInRegister(CorrectionCase):
    """What was corrected, by whom, when and why, on paper and in the workbook."""

    def test_the_register_says_what_was_corrected_by_whom_when_and_why(self):
        calls = self._new_registered_calls({"content": "Brakes"}, {})
        self._correct(calls[0], content="Radio", satisfaction=9)
        self.pass_days(1)
        self._correct(calls[0], "Called again", satisfaction=8)
        rows = self._get_rows(self._new_wizard())
        self.assertEqual(
            rows[0]["corrected"],
            "Corrected 2026-03-02 10:00 by Supervisor (Misheard): "
            "What Was Said: Brakes → Radio; Satisfaction: – → 9\n"
            "Corrected 2026-03-03 10:00 by Supervisor (Called again): "
            "Satisfaction: 9 → 8",
        )
        self.assertIsNone(rows[1]["corrected"])

    def test_the_letter_register_says_it_too(self):
        letter = self._new_letter(self.customer).with_env(self.env)
        letter.action_register()
        self._correct(letter, "Moved", address="2 Elsewhere")
        [row] = self._get_rows(self._new_wizard(register="letter"))
        self.assertEqual(
            row["corrected"],
            "Corrected 2026-03-02 10:00 by Supervisor (Moved): "
            f"Address: {self.customer._aftersales_address()} → 2 Elsewhere",
        )

    def test_a_correction_stands_below_its_entry_on_the_same_page(self):
        said = "空调不制冷，要求尽快安排检查；希望下次提前一天预约，并且提供代步车。"
        calls = self._new_registered_calls(
            *[{"content": f"开始{said * (n % 6)}结束"} for n in range(60)]
        )
        for index, call in enumerate(calls[::2]):
            self._correct(
                call, f"理由{index:03}完", content=f"更正{said * 20}", duration=3
            )
        wizard = self._new_wizard()
        report = wizard.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        pages = read_pdf(
            report._render_qweb_pdf(
                "aftersales_followup.aftersales_register_print_report", wizard.ids
            )[0]
        )
        self.assertGreater(len(pages), 3)
        seen = []
        for index, page in enumerate(pages, start=1):
            self.assertIn(f"Page {index} of {len(pages)}", page)
            self.assertIn("Entries: 60", page)
            self.assertEqual("Prepared by" in page, index == len(pages))
            texts = page.split("2026-000")[1:]
            self.assertEqual(len(texts), len(set(texts)))
            for text in texts:
                number = int(text[:3])
                seen.append(number)
                corrected = number % 2
                self.assertEqual(text.count("Corrected 2026"), corrected)
                if corrected:
                    self.assertIn(f"理由{number // 2:03}完", text)
                    self.assertIn("Duration (min): 0 → 3", text)
        self.assertEqual(seen, [*range(1, 61)])

    def test_the_workbook_has_the_whole_correction_in_one_cell(self):
        call = self._new_registered_calls({"content": "=1+1"})
        self._correct(call, "<b>Misheard", content="=2+2")
        sheet = self._read_workbook(self._new_wizard()).active
        heads = [cell.value for cell in sheet[1]]
        cell = sheet.cell(2, heads.index("Corrected") + 1)
        self.assertEqual(
            cell.value,
            "Corrected 2026-03-02 10:00 by Supervisor (<b>Misheard): "
            "What Was Said: =1+1 → =2+2",
        )
        self.assertNotEqual(cell.data_type, "f")

    def test_phones_in_corrections_are_masked_for_who_may_not_take_them_along(self):
        call = self._new_registered_calls({"content": "Wife: +86 139-1234-5678"})
        self._correct(
            call, "He has 0738-1234567 now", content="None", phone="137 0000 1111"
        )
        for user, shown in ((self.officer, False), (self.supervisor, True)):
            [row] = self._get_rows(self._new_wizard(user))
            text = row["corrected"]
            for number in ("139-1234-5678", "0738-1234567", "137 0000 1111"):
                self.assertEqual(number in text, shown)
            self.assertEqual("138****8000 → 137****1111" in text, not shown)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_long_texts_are_shortened_but_not_before_phones_are_masked(self):
        call = self._new_registered_calls({"content": f"{'字' * 72} 13912345678"})
        self._correct(call, content="字" * 200)
        [row] = self._get_rows(self._new_wizard(self.officer))
        self.assertNotIn("1391", row["corrected"])
        self.assertIn(f"→ {'字' * 79}…", row["corrected"])
        with self.assertRaises(AccessError):
            call.correction_ids.with_user(self.officer).write({"reason": "x"})
