"""The calls of the demo dealership's officers, and their visits to customers (走访)."""

from datetime import timedelta
from itertools import cycle

from odoo.fields import Command

from ..models.typed_values import HISTORY
from . import texts
from .part import Part
from .plan import CALLED, LOST, OFFICERS, REACHED


class Calls(Part):
    """Plays the calls of a ``History`` that its officers made."""

    def __init__(self, history):
        super().__init__(history)
        self.said = {key: cycle(said) for key, said in texts.SAID.items()}

    # ------------------------------------------------------------
    # About visits and cars
    # ------------------------------------------------------------

    def note(self, anchor, outcomes, held, code):
        """Note the calls of a follow-up, ``anchor`` days ago and some days later."""
        car = held["car"]
        number = self.history.car_numbers[car.id]
        begin = car.aftersales_owner_id.aftersales_call_from or 9.5
        for n, (days, outcome) in enumerate(outcomes.items()):
            hour = begin + (number + n * 3) % 8 / 6
            self.at(anchor - days, hour, self.call, held, code, outcome)

    def note_maintenance(self):
        """Plan the maintenance of some cars, and note the calls made about it."""
        called = self.history.second_cars[CALLED[0] : CALLED[-1] + 1]
        rule = self.ref("rule_maintenance").with_context(**{HISTORY: True})
        planned = rule._plan(called, self.company)
        for n, followup in enumerate(planned):
            anchor = (self.today - followup.date_earliest).days
            outcomes = {3: "no_answer", 5: REACHED} if n % 2 else {4: REACHED}
            if followup == planned[-1]:  # nobody ever answers
                outcomes = {3: "no_answer", 5: "no_answer"}
                self.at(0, 8.5, self.give_up, followup)
            self.note(anchor, outcomes, {"car": followup.vehicle_id}, "maintenance")

    def give_up(self, moment, followup):
        """Call a follow-up off, after its deadline."""
        followup._cancel(texts.NOT_REACHED)

    def call(self, moment, held, code, outcome):
        """Call about the open follow-up of the rule ``code`` of a visit or a car."""
        if "visit" in held:
            followups = held["visit"].with_env(self.env).followup_ids
        else:
            followups = held["car"].aftersales_followup_ids
        [followup] = followups.filtered(
            lambda followup: (
                followup.state == "planned"
                and (followup.rule_id.code or "next_service") == code
            )
        )
        self._register_followup(followup, moment, code, outcome)

    # ------------------------------------------------------------
    # In person
    # ------------------------------------------------------------

    def note_meetings(self):
        """Note visits to firms, one done and one planned for each officer.

        Another one of the first officer's came to nothing, which shows as missed.
        """
        for officer in range(OFFICERS):
            held = {}
            self.at(18 + officer, 9, self.plan_meeting, held, 5, officer)
            self.at(16 + officer, 14.5, self.meet, held)
            self.at(1, 17.5, self.plan_meeting, {}, 11, officer)
        missed = {}
        self.at(25, 9, self.plan_meeting, missed, 8, 0)
        self.at(16, 9, self.give_up_meeting, missed)

    def plan_meeting(self, moment, held, row, officer):
        """Plan to visit a customer within a week."""
        customer = self.history.get_customer(row, officer)
        officer = self.history.officers[officer]
        day = self.company._aftersales_date(moment)
        held["meeting"] = (
            self.env["aftersales.followup"]
            .with_user(officer)
            .create(
                {
                    "partner_id": customer.id,
                    "user_id": officer.id,
                    "channel": "meeting",
                    "topic_ids": [Command.set(self.ref("topic_meeting").ids)],
                    "content": texts.MEETING,
                    "date_earliest": day + timedelta(days=2),
                    "date_deadline": day + timedelta(days=6),
                }
            )
        )

    def meet(self, moment, held):
        """Visit the customer."""
        self._register_followup(held["meeting"], moment, "meeting")

    def give_up_meeting(self, moment, held):
        """Cancel the visit, too late for it to be called off in time."""
        held["meeting"]._cancel(texts.NOT_MET)

    # ------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------

    def note_refusals(self):
        """Note who does not want to be contacted any more, and in which way."""
        for n, (days, *said) in enumerate(texts.OPTOUTS):
            customer = self.history.get_customer(LOST[1], n)
            self.at(days, 15, self.refuse, customer, *said)

    def refuse(self, moment, customer, scope, purpose, reason, words):
        """A customer refuses to be contacted."""
        self.register(
            customer.aftersales_officer_id,
            {
                "partner_id": customer.id,
                "vehicle_id": customer.aftersales_vehicle_ids[:1].id,
                "date": moment,
                "duration": 1,
                "content": words,
                "outcome_id": self.ref("outcome_refused").id,
                "optout_scope": scope,
                "optout_purpose": purpose,
                "optout_reason_id": self.ref(f"optout_reason_{reason}").id,
                "optout_reason": words,
            },
        )

    # ------------------------------------------------------------
    # Registering
    # ------------------------------------------------------------

    def _register_followup(self, followup, moment, code, outcome=REACHED):
        """Register the call of a follow-up, made by its officer at ``moment``."""
        reached = outcome == REACHED
        content, satisfaction = next(self.said[code if reached else outcome])
        vals = {
            **followup._prepare_call_vals(),
            "outcome_id": self.ref(f"outcome_{outcome}").id,
            "date": moment,
            "duration": 2 + len(content) % 7 if reached else 0,
            "content": content,
            "letter_needed": outcome == "wrong_number",
        }
        if satisfaction is not None:
            vals["satisfaction"] = satisfaction
        self.register(followup.acting_user_id, vals)

    def register(self, officer, vals):
        """Register a call of an officer, and return it."""
        call = self.env["aftersales.call"].with_user(officer).create(vals)
        # Officers note calls of the last days only; the past is noted at once here.
        call.sudo().action_register()
        call.sudo().date_registered = call.date
        return call
