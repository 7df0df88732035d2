"""What Odoo's own tables, and dialogs that are open, tell of a restricted customer."""

from odoo import api, models
from odoo.tools import SQL

from .personal_words import CLEARED, HIDDEN, MASK, NOTE, PLATE, TEXT, UNIQUE

VAULT = "aftersales.restriction.value"
# What Odoo keeps beside a record: messages, reminders and so on.
MESSAGE = {
    "subject": TEXT,
    "body": TEXT,
    "email_from": NOTE,
    "reply_to": NOTE,
    "incoming_email_to": NOTE,
    "incoming_email_cc": NOTE,
    "outgoing_email_to": NOTE,
}
# By message: what is left of it elsewhere.
BY_MESSAGE = {
    "mail.tracking.value": {
        "old_value_char": NOTE,
        "new_value_char": NOTE,
        "old_value_text": NOTE,
        "new_value_text": NOTE,
    },
    "mail.mail": {
        "body_html": TEXT,
        "email_to": NOTE,
        "email_cc": NOTE,
        "headers": NOTE,
        "failure_reason": NOTE,
    },
    "mail.notification": {
        "mail_email_address": NOTE,
        "sms_number": NOTE,
        "failure_reason": NOTE,
    },
}
# By the record that it is about.
BY_RECORD = {
    "mail.activity": {
        "res_name": NOTE,
        "summary": NOTE,
        "note": TEXT,
        "feedback": TEXT,
    },
    "mail.scheduled.message": {"subject": TEXT, "body": TEXT},
}
# By the contact itself.
BY_CONTACT = {
    "res.partner.bank": {
        "acc_number": UNIQUE,
        "acc_holder_name": HIDDEN,
        "note": TEXT,
    },
    # Logins to the portal; somebody who works here cannot be restricted.
    "res.users": {"login": UNIQUE, "signature": TEXT, "active": CLEARED},
    "sms.sms": {"number": HIDDEN, "body": TEXT},
}
# By the car: Fleet's own records carry its name.
BY_CAR = {
    "fleet.vehicle.odometer": {"name": NOTE},
    "fleet.vehicle.log.contract": {"name": NOTE, "notes": TEXT},
    "fleet.vehicle.log.services": {"description": NOTE, "notes": TEXT},
}
ORDER = "aftersales.visit.import.order"
CONTENT = "aftersales.visit.import.content"


class AftersalesRestriction(models.Model):
    _inherit = "aftersales.restriction"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _mask_traces(self, own, mentions, words):
        """Mask what Odoo's own tables tell, and call back what was to be sent.

        :param own: the customer's own records, one recordset a model
        :param mentions: records of others that may name the customer
        """
        self._stop_sending(own)
        for records, kinds, _is_own, but in self._find_traces(own, mentions):
            self._mask_rows(records, kinds, words, but)
        self._lock_attachments_away(own, words)

    def _find_traces(self, own, mentions):
        """Return what is found beside records.

        Cars that went to somebody else keep the plate, which is his now.

        :return: list of (records, kinds of their fields, whether they are about the
            customer alone, kinds of words that may stay)
        """
        sold = self._find_cars_of_others(own)
        found = []
        for groups, is_own, but in (
            (own, True, ()),
            (mentions, False, ()),
            ([sold], False, (PLATE,)),
        ):
            messages = self._find_by_record("mail.message", groups)
            if is_own:
                found += [
                    (self._find_written_by(), MESSAGE, False, ()),
                    *self._find_by_contact(),
                    *self._find_by_car(own),
                ]
            found.append((messages, MESSAGE, is_own, but))
            for name, kinds in BY_MESSAGE.items():
                beside = self._search_all(name, "mail_message_id", messages.ids)
                found.append((beside, kinds, is_own, but))
            for name, kinds in BY_RECORD.items():
                beside = self._find_by_record(name, groups)
                found.append((beside, kinds, is_own, but))
        return found

    def _find_by_contact(self):
        return [
            (self._search_all(name, "partner_id", self.partner_id.ids), kinds, True, ())
            for name, kinds in BY_CONTACT.items()
        ]

    def _find_by_car(self, own):
        cars = [group.ids for group in own if group._name == "fleet.vehicle"]
        return [
            (self._search_all(name, "vehicle_id", sum(cars, [])), kinds, True, ())
            for name, kinds in BY_CAR.items()
        ]

    def _find_written_by(self):
        """Return the messages that the customer wrote, on whatever record."""
        return self._search_all("mail.message", "author_id", self.partner_id.ids)

    @api.model
    def _search_all(self, name, field, ids):
        """Return the records whose field points at one of the ids, archived or not."""
        records = self.env[name].sudo().with_context(active_test=False)
        return records.search([(field, "in", ids)]) if ids else records

    @api.model
    def _find_by_record(self, name, groups):
        """Return the records of a model of Odoo's own that stand beside others.

        :param groups: these others, one recordset a model
        """
        records = self.env[name].sudo()
        model = "res_model" if "res_model" in records._fields else "model"
        keys = [(group._name, res_id) for group in groups for res_id in group.ids]
        rows = self.env.execute_query(
            SQL(
                """SELECT beside.id FROM %s beside
                     JOIN unnest(%s::varchar[], %s::int[]) record(model, id)
                       ON beside.%s = record.model AND beside.res_id = record.id""",
                SQL.identifier(records._table),
                [key[0] for key in keys],
                [key[1] for key in keys],
                SQL.identifier(model),
            )
        )
        return records.browse(row_id for (row_id,) in rows)

    def _find_cars_of_others(self, own):
        """Return the cars that the customer came with and that are not his (any more).

        What happened to a car stands on it: who owned it before, too.
        """
        cars = self.env["fleet.vehicle"].sudo().with_context(active_test=False)
        for records in own:
            if "vehicle_id" in records._fields:
                cars |= records.vehicle_id
        drives = self._search_all(
            "fleet.vehicle.assignation.log", "driver_id", self.partner_id.ids
        )
        cars |= drives.vehicle_id
        return cars.filtered(lambda car: car.aftersales_owner_id != self.partner_id)

    # what was to be sent

    def _stop_sending(self, own):
        """Call back letters that wait in Odoo's queues."""
        letters = [group for group in own if group._name == "aftersales.letter"]
        messages = self._find_by_record("mail.message", letters)
        mails = self._search_all("mail.mail", "mail_message_id", messages.ids)
        mails.filtered(lambda mail: mail.state == "outgoing").state = "cancel"
        texts = self._search_all("sms.sms", "partner_id", self.partner_id.ids)
        texts.filtered(lambda sms: sms.state == "outgoing").state = "canceled"
        self.env.flush_all()

    # attachments

    def _lock_attachments_away(self, own, words):
        """Hang what is attached to the customer's records into the vault.

        There nobody may open it, and messages do not hand it out either.
        """
        attachments = self._find_by_record("ir.attachment", own)
        if not attachments:
            return
        self._detach(attachments)
        names = {"name": NOTE, "description": NOTE, "index_content": CLEARED}
        self._mask_rows(attachments, names, words)
        places = {
            "res_model": VAULT,
            "res_id": self.id,
            "res_field": None,
            "public": False,
            "access_token": None,
        }
        self._put_away(
            attachments,
            [
                (row["id"], name, row[name], place)
                for row in self._read_rows(attachments, places)
                for name, place in places.items()
                if row[name] != place
            ],
        )

    def _detach(self, attachments):
        """Take attachments off the messages that carry them."""
        rows = self.env.execute_query(
            SQL(
                """WITH detached AS (
                    DELETE FROM message_attachment_rel WHERE attachment_id = ANY(%s)
                 RETURNING message_id, attachment_id)
                   INSERT INTO aftersales_restriction_value (
                          restriction_id, res_model, res_id, field, value)
                   SELECT %s, 'mail.message', message_id, 'attachment_ids',
                          to_jsonb(attachment_id)
                     FROM detached
                RETURNING res_id""",
                attachments.ids,
                self.id,
            )
        )
        messages = self.env["mail.message"].browse(row_id for (row_id,) in rows)
        messages.invalidate_recordset(["attachment_ids"], flush=False)

    def _attach_again(self, values):
        """Give messages their attachments back; return the other values.

        :param list values: (id, name, value, shown) of messages
        """
        pairs = [row for row in values if row[1] == "attachment_ids"]
        self.env.execute_query(
            SQL(
                """INSERT INTO message_attachment_rel (message_id, attachment_id)
                   SELECT message.id, attachment.id
                     FROM unnest(%s::int[], %s::int[]) pair(message_id, attachment_id)
                     JOIN mail_message message ON message.id = pair.message_id
                     JOIN ir_attachment attachment
                       ON attachment.id = pair.attachment_id
                       ON CONFLICT DO NOTHING
                RETURNING message_id""",
                [row[0] for row in pairs],
                [row[2] for row in pairs],
            )
        )
        return [row for row in values if row[1] != "attachment_ids"]

    def _delete_attachments(self):
        """Delete what hangs in the vault, files included."""
        self.env["ir.attachment"].sudo().search(
            [("res_model", "=", VAULT), ("res_id", "=", self.id)]
        ).unlink()

    # dialogs and imports that are open

    @api.model
    def _mask_transient(self, words):
        """Mask the customer in dialogs and imports that are open; no vault keeps these.

        A file that waits for its import in the filestore is left alone: it is gone
        within a day.
        """
        for name, model in self.env.registry.items():
            ours = name.startswith(("aftersales.", "privacy.lookup."))
            if model._transient and ours and name not in (ORDER, CONTENT):
                records = self.env[name].sudo()
                self._mask_texts(records, words, SQL("TRUE"))
        # The look-up writes its log with an address that must look like one.
        lookups = self.env["privacy.lookup.wizard"].sudo()
        lookups.search([("email", "=", MASK)]).email = f"{MASK}@{MASK}"
        self._mask_staged(words)

    @api.model
    def _mask_staged(self, words):
        """Mask orders of a DMS that wait for their import, and reject them."""
        orders = self.env[ORDER].sudo()
        staged = self.env.execute_query(
            SQL(
                """SELECT id, content_id FROM %s
                    WHERE phone_key = ANY(%s) OR contact_phone_key = ANY(%s)
                       OR plate_key = ANY(%s) OR vin_key = ANY(%s)""",
                SQL.identifier(orders._table),
                *[list(words.keys)] * 4,
            )
        )
        if not staged:
            return
        ids = [order_id for order_id, _content_id in staged]
        orders.browse(ids).filtered(lambda order: order.state == "ready").write(
            {
                "state": "rejected",
                "reason": self.env._("The customer asked to be forgotten."),
            }
        )
        self.env.flush_all()
        self._mask_texts(orders, words, SQL("id = ANY(%s)", ids))
        contents = self.env[CONTENT].sudo()
        of_staged = SQL("id = ANY(%s)", [content_id for _id, content_id in staged])
        self._mask_texts(contents, words, of_staged)

    @api.model
    def _mask_texts(self, model, words, where):
        """Take the words out of all text columns of the rows of a table.

        :param SQL where: which rows
        """
        names = [
            name
            for name, field in model._fields.items()
            if field.store
            and field.column_type
            and field.type in ("char", "text", "html", "json")
        ]
        if not names:
            return
        vals = {}
        for row in self.env.execute_query_dict(
            SQL(
                "SELECT id, %s FROM %s WHERE %s",
                SQL(", ").join(map(SQL.identifier, names)),
                SQL.identifier(model._table),
                where,
            )
        ):
            for name in names:
                shown = _take_out_of_json(words, row[name])
                if shown != row[name]:
                    vals.setdefault(row["id"], {})[name] = shown
        self._write_rows(model, vals)


def _take_out_of_json(words, value):
    """Return a text, or what JSON holds, without the words."""
    if isinstance(value, dict):
        return {key: _take_out_of_json(words, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_take_out_of_json(words, item) for item in value]
    if isinstance(value, str):
        return words.take_out(value)
    # A cell may hold a phone as a number.
    return MASK if words.are_in(str(value)) else value
