from odoo import api, models
from odoo.tools import SQL

from .aftersales_register import Names
from .register_layout import Column


class AftersalesRegisterLetter(models.AbstractModel):
    """Letter register (跟踪服务信函登记表)."""

    _name = "aftersales.register.letter"
    _description = "Letter Register"
    _inherit = ["aftersales.register"]
    _entry_model = "aftersales.letter"
    _date_field = "date_sent"

    @api.model
    def _get_title(self):
        return self.env._("Letter Register")

    @api.model
    def _get_columns(self):
        return [
            Column("number", self.env._("Register Number"), 114),
            Column("date_sent", self.env._("Sent on"), 102, "date"),
            Column("kind", self.env._("Kind"), 108),
            Column("customer", self.env._("Customer"), 120),
            Column("plate", self.env._("Plate"), 98),
            Column("destination", self.env._("Sent to"), 358),
            Column("subject", self.env._("Subject"), 198),
            Column("send_by", self.env._("Sent via"), 70),
            Column("author", self.env._("Written by"), 84),
            Column("designated", self.env._("On Behalf of"), 84),
            Column("date_due", self.env._("Due"), 102, "date"),
            Column("on_time", self.env._("On Time"), 60),
            Column("date_returned", self.env._("Returned on"), 102, "date"),
            Column("corrected", self.env._("Corrected"), 480, "note"),
        ]

    @api.model
    def _get_row_sql(self, query, company):
        return [
            self._sql_field(query, "number"),
            self._sql_field(query, "date_sent"),
            self._sql_field(query, "kind"),
            self._sql_customer(query),
            self._sql_field(query, "plate"),
            self._sql_field(query, "address"),
            self._sql_field(query, "email"),
            self._sql_field(query, "phone"),
            self._sql_field(query, "subject"),
            self._sql_field(query, "send_by"),
            self._sql_field(query, "user_id"),
            self._sql_field(query, "designated_user_id"),
            self._sql_field(query, "date_due"),
            SQL("%s = 'on_time'", self._sql_field(query, "result")),
            self._sql_field(query, "date_returned"),
            self._sql_corrections(query, company),
        ]

    @api.model
    def _get_row_maker(self):
        mask_phone, mask_text = self._get_phone_masks()
        kinds, ways = self._get_labels("kind"), self._get_labels("send_by")
        users = Names(self.env["res.users"])
        write_corrections = self._get_correction_writer(users)
        yes, no = self.env._("Yes"), self.env._("No")

        def make_row(
            number,
            date_sent,
            kind,
            customer,
            plate,
            address,
            email,
            phone,
            subject,
            send_by,
            user_id,
            designated_id,
            date_due,
            on_time,
            date_returned,
            corrections,
        ):
            destinations = {
                "post": mask_text(address),
                "email": mask_text(email),
                "sms": mask_phone(phone),
            }
            return (
                number,
                date_sent,
                kinds[kind],
                mask_text(customer),
                plate,
                destinations[send_by],
                mask_text(subject),
                ways[send_by],
                users[user_id],
                users[designated_id] if designated_id not in (None, user_id) else None,
                date_due,
                (yes if on_time else no) if date_due else None,
                date_returned,
                write_corrections(corrections),
            )

        return make_row
