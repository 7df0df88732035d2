"""The letters of the demo dealership: replies, invitations, reminders."""

from datetime import timedelta

from . import texts
from .part import Part
from .plan import INVITED, LOST, OFFICERS, REMINDED, RETURNED


class Letters(Part):
    """Plays the letters of a ``History``."""

    def note(self):
        """Note invitations, and reminders of a maintenance that is due."""
        for officer in range(OFFICERS):
            for row in INVITED:
                customer = self.history.get_customer(row, officer)
                self.at(9, 10, self.invite, customer)
            for row in REMINDED:
                customer = self.history.get_customer(row, officer)
                send_by = "sms" if row % 2 else "post"
                self.at(27 - row % 4 * 7, 15, self.remind, customer, send_by)

    # steps

    def reply(self, moment, call, text):
        """Reply to a call; who complained is told the solution by it."""
        call = call.sudo()
        due = self.company._aftersales_date(call.date) + timedelta(days=2)
        values = {
            "customer": call.partner_id.name,
            "officer": call.user_id.name,
            "company": self.company.name,
            "text": text,
        }
        vals = {
            **self._prepare_vals(call.partner_id, "reply", due),
            "call_id": call.id,
            "followup_id": call.case_ids.followup_ids[:1].id,
            "subject": texts.REPLY_SUBJECT,
            "body": texts.REPLY.format_map(values),
        }
        self._send(moment, vals)

    def invite(self, moment, customer):
        """Invite a customer to an event."""
        due = self.company._aftersales_date(moment) + timedelta(days=1)
        self._send(moment, self._prepare_vals(customer, "invitation", due))

    def remind(self, moment, customer, send_by):
        """Remind a customer of a maintenance."""
        due = self.company._aftersales_date(moment)
        self._send(moment, self._prepare_vals(customer, "maintenance", due, send_by))

    def return_some(self):
        """Let some letters come back from addresses that are not right any more."""
        posted = self.env["aftersales.letter"].search(
            [("send_by", "=", "post"), ("state", "=", "registered")],
            order="number",
            limit=RETURNED,
        )
        for letter in posted:
            letter.with_user(letter.user_id).action_return()
            letter.date_returned = letter.date_sent + timedelta(days=9)

    def write_drafts(self):
        """Leave each officer a letter that is due tomorrow."""
        due = self.today + timedelta(days=1)
        for officer in range(OFFICERS):
            customer = self.history.get_customer(LOST[1], officer)
            self._write(self._prepare_vals(customer, "maintenance", due))

    # how

    def _prepare_vals(self, customer, template, due, send_by=None):
        template = self.ref(f"letter_template_{template}")
        by_mail = customer.email and template.kind != "notification"
        return {
            "kind": template.kind,
            "template_id": template.id,
            "partner_id": customer.id,
            "vehicle_id": customer.aftersales_vehicle_ids[:1].id,
            "user_id": customer.aftersales_officer_id.id,
            "send_by": send_by or ("email" if by_mail else "post"),
            "date_due": due,
        }

    def _write(self, vals):
        """Write a letter as its officer; what the template says is filled in."""
        officer = self.env["res.users"].browse(vals["user_id"])
        return self.env["aftersales.letter"].with_user(officer).create(vals)

    def _send(self, moment, vals):
        """Register a letter at ``moment``. No mail leaves the demo dealership."""
        letter = self._write(vals).sudo()
        letter.date_sent = self.company._aftersales_date(moment)
        letter.action_register()
        letter.date_registered = moment
        self.env["mail.mail"].search(
            [("model", "=", letter._name), ("res_id", "=", letter.id)]
        ).state = "sent"
        self.env["sms.sms"].search(
            [("partner_id", "=", letter.partner_id.id), ("state", "=", "outgoing")]
        ).state = "sent"
