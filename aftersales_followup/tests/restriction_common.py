import base64
from datetime import timedelta

from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from .common import GROUP, NOW, TODAY, AftersalesCase

# What tells who Zhao Liu is. Digits stand for all ways to write a number.
TOLD = ("zhao liu", "zhao@example.com", "lotus road", "湘k98765", "lsgxyz12345")
DIGITS = "13987654321"
OTHER_DIGITS = "13522223333"  # a number that was corrected
SAID = "Zhao Liu (139-8765-4321, 湘K·98765) likes fishing"


class RestrictionCase(AftersalesCase):
    """A customer with something in every drawer of the house, who wants to go."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.admin = new_test_user(
            cls.env(user=1),
            "data_officer",
            groups="base.group_system",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.customer = cls._new_customer(
            "Zhao Liu",
            phone="139 8765 4321",
            street="8 Lotus Road",
            email="zhao@example.com",
            comment="<p>Zhao Liu is a nice man</p>",
            aftersales_wish=SAID,
            vat="430000198001010011",
        )
        cls.car = cls._new_vehicle(
            cls.customer, "湘K98765", vin_sn="LSGXYZ12345", description=f"<p>{SAID}</p>"
        )

    @classmethod
    def _restrict(cls, customer=None, user=None, **vals):
        """Restrict a customer as a supervisor, or another user, does."""
        customer = customer or cls.customer
        user = user or cls.supervisor
        dialog = (
            cls.env["aftersales.partner.restrict"]
            .with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
            .create(
                {
                    "partner_ids": [Command.set(customer.ids)],
                    "reason": "In a letter of Zhao Liu",
                    **vals,
                }
            )
        )
        dialog.action_restrict()
        return cls.env["aftersales.restriction"]._get_in_force(customer)

    @classmethod
    def _lift(cls, restriction, user=None, reason="Zhao Liu came again"):
        user = user or cls.supervisor
        dialog = cls.env["aftersales.restriction.lift"].with_user(user)
        dialog = dialog.with_context(allowed_company_ids=user.company_ids.ids)
        dialog.create(
            {"restriction_ids": [Command.set(restriction.ids)], "reason": reason}
        ).action_lift()

    @classmethod
    def _new_history(cls):
        """Fill every drawer; return the records as {name: record}."""
        first = cls._new_visit(
            cls.customer, cls.car, wish=SAID, note=SAID, odometer=12000
        )
        first.line_ids.name = f"Oil change for {SAID}"
        first.action_deliver()
        call = cls._new_call(first.followup_ids, content=SAID)
        call.action_register()
        call.with_user(cls.supervisor).with_context(correction_reason=SAID).write(
            {"phone": "135 2222 3333"}
        )
        planned = cls._new_followup(cls.customer, vehicle_id=cls.car.id, content=SAID)
        letters = cls._new_letter(
            cls.customer, vehicle_id=cls.car.id, subject=SAID, body=f"<p>{SAID}</p>"
        )
        letters |= cls._new_letter(cls.customer, send_by="email", body=f"<p>{SAID}</p>")
        letters |= cls._new_letter(cls.customer, send_by="sms", body=f"<p>{SAID}</p>")
        letters.action_register()
        case = cls._new_case(cls.customer, description=SAID, vehicle_id=cls.car.id)
        case.solution = SAID
        case.action_solve()
        case.action_inform()
        case.action_reopen()
        case.solution = SAID
        case.action_solve()
        case.action_inform()
        case.action_close()
        optout = cls._new_optout(cls.customer, channel="meeting", reason=SAID)
        unknown = cls._new_call(
            direction="inbound",
            caller_name="Zhao Liu",
            phone="+86 139 8765 4321",
            content=SAID,
        )
        history = {
            "visit": first,
            "call": call,
            "planned": planned,
            "letters": letters,
            "case": case,
            "optout": optout,
            "unknown": unknown,
        }
        cls._leave_traces(history)
        # What is tracked is written down before the transaction ends.
        cls.env.cr.flush()
        return history

    @classmethod
    def _leave_traces(cls, history):
        """What Odoo's own tables come to hold in the course of years."""
        sudo = cls.env(user=1)
        cls.env.cr.flush()
        for record in (cls.customer, cls.car, history["call"], history["visit"]):
            record = record.with_env(sudo)
            record.message_post(body=SAID, subject=SAID)
            record.message_post(
                body="See file", attachments=[("Zhao Liu.txt", SAID.encode())]
            )
        planned = history["planned"].with_env(sudo)
        done = planned.activity_schedule(
            "mail.mail_activity_data_todo", summary=SAID, note=f"<p>{SAID}</p>"
        )
        done.action_feedback(feedback=SAID)
        planned.activity_schedule(
            "mail.mail_activity_data_todo", summary=SAID, note=f"<p>{SAID}</p>"
        )
        sudo["mail.scheduled.message"].create(
            {
                "model": "aftersales.call",
                "res_id": history["call"].id,
                "author_id": 1,
                "body": SAID,
                "scheduled_date": NOW + timedelta(days=1),
            }
        )
        history["visit"].with_env(sudo).partner_id = cls._new_customer("Li Si")
        history["visit"].with_env(sudo).partner_id = cls.customer
        cls._leave_contact_data(cls.customer.with_env(sudo))
        cls._leave_dialogs(history)

    @classmethod
    def _leave_contact_data(cls, customer):
        """What Odoo knows of a contact, besides what is on its form."""
        sudo = customer.env
        customer.write({"phone": "139 8765 4321 "})
        customer.image_1920 = PIXEL
        sudo["res.partner.bank"].create(
            [
                {"partner_id": customer.id, "acc_number": f"622202{DIGITS}{n}"}
                for n in (1, 2)
            ]
        )
        sudo["res.partner"].create(
            [
                {
                    "parent_id": customer.id,
                    "type": "delivery",
                    "name": "Zhao Liu at work",
                    "street": "9 Lotus Road",
                },
                {"parent_id": customer.id, "type": "contact", "name": "Wang Wu"},
            ]
        )
        new_test_user(
            sudo,
            "zhao@example.com",
            groups="base.group_portal",
            partner_id=customer.id,
            name="Zhao Liu",
        )
        sudo["mail.message"].create(
            {
                "model": "res.partner",
                "res_id": cls.env.company.partner_id.id,
                "author_id": customer.id,
                "email_from": '"Zhao Liu" <zhao@example.com>',
                "body": "Hello",
            }
        )

    @classmethod
    def _leave_dialogs(cls, history):
        """What is open on somebody's screen."""
        cls._stage_import()
        cls.env["aftersales.call.correct"].create(
            {
                "call_id": history["call"].id,
                "reason": SAID,
                "date": NOW,
                "outcome_id": cls.reached.id,
                "content": SAID,
            }
        )

    @classmethod
    def _stage_import(cls):
        data_import = cls.env["aftersales.visit.import"].create({})
        content = cls.env["aftersales.visit.import.content"].create(
            {
                "import_id": data_import.id,
                "rows": [["W-1", "Zhao Liu", 13987654321, "湘K98765"]],
                "visit": {"customer": "Zhao Liu", "phone": "13987654321"},
                "lines": [{"name": SAID}],
            }
        )
        cls.order = cls.env["aftersales.visit.import.order"].create(
            {
                "import_id": data_import.id,
                "content_id": content.id,
                "state": "ready",
                "number": "W-1",
                "customer": "Zhao Liu",
                "name_key": "zhaoliu",
                "phone_key": DIGITS,
                "plate_key": "湘K98765",
            }
        )

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    def _walk(self):
        """Return {table.column: texts} of all columns that tell who Zhao Liu is.

        Every column of the database that holds text is looked at, but for the vault and
        the files that hang in it.
        """
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                """SELECT columns.table_name, columns.column_name
                     FROM information_schema.columns
                     JOIN information_schema.tables USING (table_schema, table_name)
                    WHERE columns.table_schema = 'public'
                      AND tables.table_type = 'BASE TABLE'
                      AND columns.data_type IN (
                          'text', 'character varying', 'json', 'jsonb')
                      AND columns.table_name != 'aftersales_restriction_value'"""
            )
        )
        self.assertGreater(len(columns), 500)
        by_table = {}
        for table, column in columns:
            by_table.setdefault(table, []).append(column)
        found = {}
        for table, names in by_table.items():
            for name, text in self._walk_table(table, names):
                found.setdefault(f"{table}.{name}", []).append(text)
        return found

    def _walk_table(self, table, names):
        in_vault = SQL("TRUE")
        if table == "ir_attachment":
            in_vault = SQL("res_model IS DISTINCT FROM 'aftersales.restriction.value'")
        texts = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s AS name, %s::text AS text FROM %s WHERE %s",
                name,
                SQL.identifier(name),
                SQL.identifier(table),
                in_vault,
            )
            for name in names
        )
        return self.env.execute_query(
            SQL(
                """SELECT name, text FROM (%s) AS written
                    WHERE LOWER(text) LIKE ANY(%s)
                       OR TRANSLATE(text, ' -.()+', '') LIKE ANY(%s)""",
                texts,
                [f"%{word}%" for word in TOLD],
                [f"%{digits}%" for digits in (DIGITS, OTHER_DIGITS)],
            )
        )


PIXEL = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
        "awAAAABJRU5ErkJggg=="
    )
)
__all__ = ["DIGITS", "GROUP", "NOW", "SAID", "TODAY", "RestrictionCase"]
