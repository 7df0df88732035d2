"""Registering letters: who may send what to whom, and how it goes out."""

from datetime import time

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize_all, html2plaintext, is_html_empty

from .notify import say_done

LETTERS = "aftersales-letters"


class AftersalesLetter(models.Model):
    _inherit = "aftersales.letter"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_register(self):
        """Number and lock letters, and send those that go by e-mail or SMS.

        :raise UserError: if a letter was registered before or cannot reach anybody
        """
        self.check_access("write")
        for letter in self:
            letter._check_registrable()
        self._check_whose()
        self._check_contact_allowed()
        for company, letters in self.grouped("company_id").items():
            today = company._aftersales_date()
            letters.filtered(lambda letter: not letter.date_sent).date_sent = today
            for date_sent, sent in letters.grouped("date_sent").items():
                sent._stop_clock("letter", date_sent, stamp=False)
            letters.sudo().write(
                {"state": "registered", "date_registered": fields.Datetime.now()}
            )
            letters.sorted("date_sent")._assign_register_numbers()
        self._send()
        self.followup_id.sudo()._done(
            {
                letter.followup_id.sudo(): (letter._get_moment_sent(), letter)
                for letter in self.filtered("followup_id")
            }
        )
        return say_done(self.env._("Letters registered"), self, LETTERS)

    def action_return(self):
        """Note that the mail came back: the address is wrong (规定 8)."""
        self.check_access("write")
        for letter in self:
            if letter.state != "registered":
                raise UserError(
                    self.env._(
                        "%(letter)s was not sent, so it cannot have come back.",
                        letter=letter.display_name,
                    )
                )
        for company, letters in self.grouped("company_id").items():
            letters.sudo().write(
                {"state": "returned", "date_returned": company._aftersales_date()}
            )
        self._message_log_batch(
            bodies={
                letter.id: self.env._(
                    "The letter came back. Check the address of the customer: "
                    "%(address)s",
                    address=letter._get_destination() or "",
                )
                for letter in self
            }
        )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _get_label_lines(self):
        """Return what an address label says: postcode, address, and who it is for."""
        code = self.zip or ""
        address = self.address or ""
        if code:
            address = " ".join(part for part in address.split(" ") if part != code)
        name = self.env._("To: %(name)s", name=self.partner_id._aftersales_salute())
        return code, address, name

    def _get_destination(self):
        """Return where the letter goes, by the way it is sent."""
        self.ensure_one()
        return {"post": self.address, "email": self.email, "sms": self.phone}[
            self.send_by
        ]

    def _check_registrable(self):
        if self.state != "draft":
            raise UserError(
                self.env._(
                    "%(letter)s is registered already.", letter=self.display_name
                )
            )
        if is_html_empty(self.body):
            raise UserError(
                self.env._("Letter “%(subject)s” has no text.", subject=self.subject)
            )
        if not self._get_destination():
            raise UserError(
                self.env._(
                    "%(customer)s has nothing to send “%(subject)s” to: fill in the "
                    "address, e-mail or phone of the letter, or choose another way.",
                    customer=self.partner_id.display_name,
                    subject=self.subject,
                )
            )

    def _get_moment_sent(self):
        """Return when it was sent (naive UTC): now, or noon of an earlier day."""
        noon = self.company_id._aftersales_moment(self.date_sent, time(12))
        return min(fields.Datetime.now(), noon)

    # guard

    def _may_win_time(self):
        return self.env.su or self.env["res.users"]._aftersales_is_supervisor()

    def _check_dates_given(self):
        """Refuse to date the sending of a letter back: its clock stops then."""
        if self._may_win_time():
            return
        for letter in self.filtered("date_sent"):
            if letter.date_sent < letter.company_id._aftersales_date():
                raise UserError(
                    self.env._(
                        "%(letter)s is sent on the day it is registered. Only a "
                        "supervisor can note that it was sent earlier.",
                        letter=letter.display_name,
                    )
                )

    def _check_whose(self):
        """Refuse to complete what another officer is to write."""
        if self._may_win_time():
            return
        for followup in self.followup_id.sudo():
            if self.env.user not in followup.user_id | followup.acting_user_id:
                raise UserError(
                    self.env._(
                        "%(followup)s is for %(officer)s to do. Ask a supervisor to "
                        "hand it over.",
                        followup=followup.display_name,
                        officer=followup.acting_user_id.name,
                    )
                )

    def _check_contact_allowed(self):
        """Refuse to send what the customer opted out of.

        Who asked gets a reply, though not to a number or address on a blacklist.
        """
        Optout = self.env["aftersales.optout"]
        refusals = Optout._find_refusals(
            self,
            "send_by",
            "purpose",
            [
                (letter.id, letter._get_sanitized_phone(), email)
                for letter in self
                for email in email_normalize_all(letter.email) or [None]
            ],
        )
        for letter, refusal in refusals.items():
            if letter.kind != "reply" or not refusal.startswith("optout"):
                Optout._raise_refusal(letter.partner_id, refusal)

    def _get_sanitized_phone(self):
        """Return the letter's number as the phone blacklist writes it."""
        number = self.phone
        return number and (self.partner_id._phone_format(number=number) or number)

    # sending

    def _send(self):
        """Hand letters by e-mail or SMS to Odoo's own queues; post is printed."""
        by_way = self.grouped("send_by")
        empty = self.browse()
        self.env["mail.mail"].sudo().create(
            [letter._prepare_mail_vals() for letter in by_way.get("email", empty)]
        )
        self.env["sms.sms"].sudo().create(
            [letter._prepare_sms_vals() for letter in by_way.get("sms", empty)]
        )

    def _prepare_mail_vals(self):
        sender = self.company_id.email_formatted or self.user_id.email_formatted
        return {
            "subject": self.subject,
            "body_html": self.body,
            "email_to": self.email,
            "email_from": sender,
            "reply_to": sender,
            "model": self._name,
            "res_id": self.id,
        }

    def _prepare_sms_vals(self):
        return {
            "number": self.phone,
            "partner_id": self.partner_id.id,
            "body": html2plaintext(self.body),
        }
