from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import Form

from .common import TODAY, AftersalesCase


class TestLetter(AftersalesCase):
    def test_letter_goes_to_the_address_as_it_was(self):
        letter = self._new_letter(zip=False)
        letter.action_register()
        letter.partner_id.street = "Elsewhere"
        self.assertIn("1 Xiangzhong Avenue", letter.address)

    def test_registered_letters_are_numbered_without_gap_and_locked(self):
        letters = self._new_letter() | self._new_letter(self._new_customer("Li Si"))
        letters.action_register()
        self.assertEqual(
            sorted(letters.mapped("number")), ["2026-000001", "2026-000002"]
        )
        self.assertEqual(letters.mapped("date_sent"), [TODAY, TODAY])
        with self.assertRaisesRegex(UserError, "Ask a supervisor"):
            letters[0].subject = "Other"
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            letters.sudo().unlink()
        with self.assertRaisesRegex(UserError, "registered already"):
            letters[0].action_register()

    def test_calls_and_letters_have_registers_of_their_own(self):
        call = self._new_call(partner_id=self._new_customer().id)
        letter = self._new_letter()
        call.action_register()
        letter.action_register()
        self.assertEqual(call.number, letter.number)

    def test_template_is_filled_in_and_what_customers_typed_is_data(self):
        customer = self._new_customer("<b>Zhang</b>")
        visit = self._new_delivered_visit(customer)
        form = Form(self.env["aftersales.letter"].with_user(self.officer))
        form.partner_id = customer
        form.template_id = self.env.ref(
            "aftersales_followup.letter_template_maintenance"
        )
        letter = form.save()
        self.assertEqual(letter.vehicle_id, visit.vehicle_id)
        self.assertEqual(letter.subject, "Maintenance of your Regal 湘K12345")
        self.assertIn("&lt;b&gt;Zhang&lt;/b&gt;", letter.body)
        self.assertIn("09/02/2026", letter.body)

    def test_template_of_a_letter_made_by_another_program_is_filled_in(self):
        template = self.env.ref("aftersales_followup.letter_template_invitation")
        letter = self._new_letter(template_id=template.id, body=False)
        self.assertIn("Zhang San", letter.body)
        self.assertEqual(letter.subject, "Your car")

    def test_letter_by_email_goes_into_the_mail_queue(self):
        letter = self._new_letter(
            self._new_customer(email="zhang@example.com"), send_by="email"
        )
        letter.action_register()
        mail = self.env["mail.mail"].sudo().search([("res_id", "=", letter.id)])
        self.assertEqual(mail.email_to, "zhang@example.com")
        self.assertEqual(mail.subject, "Your car")

    def test_letter_by_sms_goes_into_the_sms_queue(self):
        letter = self._new_letter(send_by="sms")
        letter.action_register()
        sms = (
            self.env["sms.sms"]
            .sudo()
            .search([("partner_id", "=", letter.partner_id.id)])
        )
        self.assertEqual(sms.body.strip(), "Dear customer")
        self.assertEqual(sms.number, "138 0013 8000")

    def test_letter_that_can_reach_nobody_or_says_nothing_is_not_sent(self):
        nowhere = self._new_customer(street=False, city=False, phone=False)
        for send_by in ("post", "email", "sms"):
            with self.assertRaisesRegex(UserError, "nothing to send"):
                self._new_letter(nowhere, send_by=send_by).action_register()
        with self.assertRaisesRegex(UserError, "has no text"):
            self._new_letter(body=False).action_register()

    def test_letter_sent_by_its_due_date_is_on_time(self):
        letter = self._new_letter(date_due=TODAY + timedelta(days=2))
        late = self._new_letter(date_due=TODAY - timedelta(days=1))
        (letter | late).action_register()
        self.assertEqual(letter.result, "on_time")
        self.assertEqual(late.result, "late")

    def test_letter_sent_in_time_but_entered_later_completes_in_time(self):
        followup = self._new_followup(channel="letter")
        self.pass_days(6)
        vals = {"followup_id": followup.id, "date_sent": TODAY}
        with self.assertRaisesRegex(UserError, "Only a supervisor"):
            self._new_letter(followup.partner_id, **vals)
        letter = self._new_letter(followup.partner_id, self.supervisor, **vals)
        letter.action_register()
        self.assertEqual(followup.result, "on_time")

    def test_letter_completes_its_followup(self):
        followup = self._new_followup(channel="letter")
        letter = self._new_letter(followup.partner_id, followup_id=followup.id)
        letter.action_register()
        self.assertEqual(followup.state, "done")
        self.assertEqual(letter.designated_user_id, self.officer)

    def test_returned_mail_is_flagged_on_the_letter(self):
        letter = self._new_letter()
        with self.assertRaisesRegex(UserError, "was not sent"):
            letter.action_return()
        letter.action_register()
        letter.action_return()
        self.assertEqual(letter.state, "returned")
        self.assertEqual(letter.date_returned, TODAY)
        self.assertIn("1 Xiangzhong Avenue", letter.message_ids[0].body)

    def test_supervisors_correction_of_a_letter_stays_visible(self):
        letter = self._new_letter()
        letter.action_register()
        letter = letter.with_user(self.supervisor)
        self.assertEqual(
            letter.action_correct()["context"], {"default_letter_id": letter.id}
        )
        wizard = Form(
            self.env["aftersales.letter.correct"].with_context(
                default_letter_id=letter.id
            )
        )
        wizard.reason = "Wrong street"
        wizard.address = "2 Xiangzhong Avenue"
        wizard.save().action_correct()
        self.assertTrue(letter.is_corrected)
        self.assertIn("1 Xiangzhong Avenue", letter.correction_ids.before)
        self.assertIn("2 Xiangzhong Avenue", letter.correction_ids.after)
