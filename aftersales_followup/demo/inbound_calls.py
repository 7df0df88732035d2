"""Who called the demo dealership, and what was put right in the register later."""

from odoo.fields import Command

from . import texts
from .part import Part
from .plan import OFFICERS

OUTCOMES = {"complaint": "outcome_case", "other": "outcome_passed_on"}


class InboundCalls(Part):
    """Plays the calls of a ``History`` that came in."""

    def note(self):
        """Note the calls of customers and strangers, and what followed."""
        for n, (days, customer, kind, content, *steps) in enumerate(texts.INBOUND):
            held = {}
            hour = 9 + n * 5 % 8 + n % 6 / 6
            self.at(days, hour, self.answer, held, customer, kind, content)
            if kind == "complaint" and not steps:
                explain = self.history.cases.answer
                self.at(days, hour, explain, held, texts.EXPLAINED)
            for step, after, *args in steps:
                if step == "solve":
                    self.history.cases.note_complaint(held, days, after, *args)
                    step, args = "reply", args[:1]
                self.at(days - after, 16, getattr(self, step), held, *args)

    # steps

    def answer(self, moment, held, customer, kind, content):
        """Register an inbound call; ``customer`` is a number, or who was unknown."""
        vals = {
            "direction": "inbound",
            "inbound_kind": kind,
            "date": moment,
            "duration": 2 + len(content) % 7,
            "content": content,
            "outcome_id": self.ref(OUTCOMES.get(kind, "outcome_informed")).id,
        }
        if kind == "consultation":
            vals["topic_ids"] = [Command.set(self.ref("topic_consultation").ids)]
        if isinstance(customer, int):
            partner = self.history.customers[customer]
            officer = partner.aftersales_officer_id
            car = partner.aftersales_vehicle_ids[:1]
            vals |= {"partner_id": partner.id, "vehicle_id": car.id}
            if kind == "complaint":
                case = {"case_type": kind, "description": content}
                vals["case_ids"] = [Command.create(case)]
        else:
            name, phone = customer
            officer = self.history.officers[len(content) % OFFICERS]
            vals |= {"caller_name": name, "phone": phone}
        held["call"] = self.history.calls.register(officer, vals)
        held["case"] = held["call"].case_ids

    def reply(self, moment, held, text):
        """Answer by a letter."""
        self.history.letters.reply(moment, held["call"], text)

    def give(self, moment, held, customer):
        """Give the call of a stranger to the customer he turned out to be."""
        call = held["call"]
        partner = self.history.customers[customer]
        self.env["aftersales.call.give"].with_user(call.user_id).create(
            {
                "call_id": call.id,
                "partner_id": partner.id,
                "vehicle_id": partner.aftersales_vehicle_ids[:1].id,
                "reason": texts.KNOWN_NOW,
            }
        ).action_give()
        call.sudo().correction_ids.date = moment

    def correct(self, moment, held, content, reason):
        """The supervisor puts right what was said."""
        call = held["call"]
        self.env["aftersales.call.correct"].with_user(self.history.supervisor).create(
            {"call_id": call.id, "content": content, "reason": reason}
        ).action_correct()
        call.sudo().correction_ids.date = moment
