"""What customers of the demo dealership wished, requested and complained of."""

from ..models.aftersales_case_waiting import DAYS
from . import texts
from .part import Part


class Cases(Part):
    """Plays the cases of a ``History``."""

    def note(self):
        """Note what customers said lately, and how far it has got."""
        for days, customer, case_type, words, *steps in texts.CASES:
            held = {}
            self.at(days, 10.5, self.bring_up, held, customer, case_type, words)
            for step, after, *args in steps:
                hour = 11 + len(words) % 5
                self.at(days - after, hour, getattr(self, step), held, *args)

    def note_complaint(self, held, days, after, solution, cause=None):
        """Note how a complaint goes on: who cannot solve it in a day reports it."""
        if after > 1:
            self.at(days - 1, 11, self.escalate, held)
        self.at(days - after, 10, self.solve, held, solution, cause)
        self.at(days - after - 1, 11, self.close, held, 7 + days % 3)

    # steps

    def bring_up(self, moment, held, customer, case_type, words):
        """A customer says what he wishes, requests or complains of."""
        partner = self.history.customers[customer]
        held["case"] = (
            self.env["aftersales.case"]
            .with_user(partner.aftersales_officer_id)
            .create(
                {
                    "partner_id": partner.id,
                    "vehicle_id": partner.aftersales_vehicle_ids[:1].id,
                    "case_type": case_type,
                    "description": words,
                    "date_raised": moment,
                }
            )
        )

    def answer(self, moment, held, solution):
        """Answer on the spot."""
        case = held["case"].sudo()
        case.solution = solution
        case._answer_on_spot({case: moment})

    def escalate(self, moment, held, by_system=False):
        """Report a case to the supervisor, or let the system do so."""
        case = held["case"]
        case.with_user(case.user_id).sudo()._escalate(by_system, moment)

    def wait(self, moment, held, what):
        """Wait for parts, or for the maker."""
        case = held["case"].sudo()
        case._wait(what)
        case.waiting_since = self.company._aftersales_date(moment)

    def stop_waiting(self, moment, held):
        """What the case waited for has come."""
        case = held["case"].sudo()
        name, since = DAYS[case.waiting_for], case.waiting_since
        before = case[name]
        case._stop_waiting()
        case[name] = before + (self.company._aftersales_date(moment) - since).days

    def solve(self, moment, held, solution, cause=None):
        """Solve a case: the supervisor's if it was reported, else the officer's."""
        case = held["case"]
        escalated = case.state == "escalated"
        solver = self.history.supervisor if escalated else case.user_id
        case.sudo().solution = solution
        if cause:
            case.sudo().cause_id = self.ref(f"case_cause_{cause}")
        case.with_user(solver).sudo()._solve(moment)

    def inform(self, moment, held):
        """Tell the customer the solution by phone."""
        case = held["case"].sudo()
        [followup] = case.followup_ids.filtered(lambda f: f.state == "planned")
        vals = {
            **followup._prepare_call_vals(),
            "date": moment,
            "duration": 4,
            "content": texts.INFORMED.format(case.solution),
        }
        self.history.calls.register(followup.acting_user_id, vals)

    def close(self, moment, held, satisfaction):
        """File the case away."""
        case = held["case"].sudo()
        case.satisfaction = satisfaction
        case._close(moment)

    def reopen(self, moment, held):
        """Begin another round: the customer is not satisfied."""
        case = held["case"].sudo()
        before = case.round_id
        case._reopen()
        before.date_end = moment
        case.round_id.date_begin = moment
