"""Who came to the demo dealership, and when the archives were filed."""

from datetime import timedelta
from itertools import cycle

from dateutil.relativedelta import relativedelta

from odoo.fields import Command

from . import texts
from .part import Part
from .plan import (
    AT_RISK,
    CALLED,
    CLAIM_DAYS,
    CONSULTATIONS,
    DUE,
    IN_WORKSHOP,
    LOST,
    NEW,
    NEXT_SERVICE_ALONE,
    OFFICERS,
    REACHED,
    REWORK,
    REWORKED,
    STAGGERED,
    VISITS,
    WORK,
)


class Visits(Part):
    """Plays the visits of a ``History``."""

    def __init__(self, history):
        super().__init__(history)
        self.wishes = cycle(texts.WISHES)
        self.claims = cycle(["approved"] * 5 + ["rejected"])

    # ------------------------------------------------------------
    # Before
    # ------------------------------------------------------------

    def bring_in_old(self):
        """Bring in what the dealership had in its DMS: history, without follow-ups."""
        visits = []
        for n, car in enumerate(self.history.cars[: len(VISITS) * OFFICERS]):
            row = n // OFFICERS
            if self._is_maintenance(self._get_work(n)):
                days, jobs = VISITS[row][0] + 178 + n % 9, WORK[(n + 6) % len(WORK)]
            else:  # then the maintenance before is not long ago
                days, jobs = VISITS[row][0] + 100 + n % 9, ("service",)
            visits.append((days, car, jobs))
            if n < 27 and n % 3 == 0:
                visits.append((days + 170, car, ("oil",) if n % 9 else None))
        for rows, days, step, jobs in (
            (AT_RISK, 235, 15, ("big_service",)),
            (LOST, 372, 7, ("oil",)),
        ):
            cars = [
                self.history.get_car(row, officer)
                for row in rows
                for officer in range(OFFICERS)
            ]
            visits += [(days + step * n, car, jobs) for n, car in enumerate(cars)]
        visits += [
            (self._days_since_maintenance(n), car, ("service",))
            for n, car in enumerate(self.history.second_cars)
            if n not in NEW
        ]
        visits.sort(key=lambda visit: -visit[0])
        created = (
            self.env["aftersales.visit"]
            .with_user(self.history.supervisor)
            .sudo()
            .create(
                [self._prepare_old_vals(n, *visit) for n, visit in enumerate(visits)]
            )
        )
        self._file_old_archives(created)

    def _get_work(self, n):
        """Return the work of the recent visit of car ``n``."""
        return ("bumper",) if n // OFFICERS == REWORKED else WORK[n % len(WORK)]

    def _is_maintenance(self, work):
        return any(line[1] == "maintenance" for job in work for line in texts.JOBS[job])

    def _days_since_maintenance(self, n):
        """Return how long ago second car ``n`` came, by what it is needed for."""
        if n in DUE:
            due = self.today + timedelta(days=8 + n // OFFICERS * 4)
        elif n in CALLED:
            due = self.today + timedelta(days=7 - n)
        else:
            return 120 if n in IN_WORKSHOP else n * 5
        return (self.today - (due - relativedelta(months=6))).days

    def _prepare_old_vals(self, n, days, car, jobs):
        arrival = self.history.get_moment(days, 8.5 + n % 5)
        return {
            **self._prepare_vals(car, days, jobs or ()),
            "name": f"RO{arrival:%y%m}{n + 1:04}",
            "visit_type": "workshop" if jobs else "consultation",
            "date_arrival": arrival,
            "date_delivery": self.history.get_moment(days, 14.5 + n % 3),
            "odometer": self.history.car_dates.get_odometer(car, days),
            "state": "delivered" if jobs else "closed",
        }

    def _prepare_vals(self, car, days, jobs):
        owner = car.aftersales_owner_id
        advisor = self.history.advisors[self.history.car_numbers[car.id] % 2]
        return {
            "partner_id": owner.id,
            "contact_id": owner.child_ids[:1].id,
            "vehicle_id": car.id,
            "advisor_id": advisor.id,
            "wish": owner.aftersales_wish or next(self.wishes),
            "line_ids": [
                Command.create(self._prepare_line_vals(days, *line))
                for job in jobs
                for line in texts.JOBS[job]
            ],
        }

    def _prepare_line_vals(self, days, service, trade, payer, name, amount, cost):
        claim = "none"
        if payer == "warranty":
            claim = next(self.claims) if days > CLAIM_DAYS else "submitted"
        return {
            "service_type_id": self.ref(f"demo_service_{service}").id,
            "name": name,
            "trade": trade,
            "payer": payer,
            "amount": amount,
            "cost": cost,
            "claim_state": claim,
        }

    def _file_old_archives(self, visits):
        """File the archives of customers at risk; those of lost ones were left."""
        customers = [
            self.history.get_customer(row, n)
            for row in AT_RISK
            for n in range(OFFICERS)
        ]
        for n, customer in enumerate(customers):
            visit = visits.filtered(
                lambda visit, customer=customer: visit.partner_id == customer
            )[:1]
            moment = self.history.get_moment(40 - n)
            self.file(moment, {"visit": visit}, -10 - 3 * n)

    # ------------------------------------------------------------
    # Lately
    # ------------------------------------------------------------

    def note(self):
        """Note the visits of the plan, their filing and the calls after them."""
        for row, plan in enumerate(VISITS):
            for officer in range(OFFICERS):
                work = self._get_work(row * OFFICERS + officer)
                self._note_visit(row, officer, plan, work)
        for officer in range(OFFICERS):
            self._note_visit(REWORKED, officer, REWORK, ("rework",))
            for row, plan in CONSULTATIONS:
                self._note_visit(row, officer, plan)
        for n in IN_WORKSHOP:
            held = {"car": self.history.second_cars[n], "jobs": ("service", "brakes")}
            self.at(n % 2, 8.5 + n % OFFICERS / 4, self.arrive, held)
        cancelled = {"car": self.history.get_car(len(VISITS) - 1, 0), "jobs": ()}
        self.at(10, 9, self.arrive, cancelled)
        self.at(9, 9, self.cancel, cancelled)

    def _note_visit(self, row, officer, plan, jobs=None):
        """Note a visit, its filing and its calls; without jobs it is a consultation."""
        delivered, stay, filed, contact, first, second = plan
        if delivered >= STAGGERED:
            delivered += officer
        # What happens in the visit stays in one dict, to find it again.
        held = {"car": self.history.get_car(row, officer), "jobs": jobs}
        arrived = delivered + stay
        note_calls = self.history.calls.note
        self.at(arrived, 8.5 + row % 4 / 2, self.arrive, held)
        self.at(delivered, 15 + row % 3, self.deliver, held)
        if filed is not None:
            contacted = delivered - contact
            self.at(arrived - filed, 17.5, self.file, held, contacted)
            if NEXT_SERVICE_ALONE <= contact < delivered:
                note_calls(contacted, {0: REACHED}, held, "next_service")
        note_calls(delivered, first, held, "first")
        if REACHED in first.values():
            note_calls(delivered - max(first), second, held, "second")

    # steps

    def arrive(self, moment, held):
        """A car arrives, or its owner asks for advice."""
        car, jobs = held["car"], held["jobs"]
        days = (self.today - self.company._aftersales_date(moment)).days
        vals = self._prepare_vals(car, days, jobs or ())
        if jobs is None:
            vals |= {"visit_type": "consultation", "note": self._get_concern(car)}
        else:
            vals["odometer"] = self.history.car_dates.get_odometer(car, days)
        if jobs == ("rework",):
            vals["rework_of_id"] = car.aftersales_visit_ids[:1].id
        advisor = self.env["res.users"].browse(vals["advisor_id"])
        held["visit"] = (
            self.env["aftersales.visit"]
            .with_user(advisor)
            .with_context(ir_sequence_date=moment.date())
            .create({**vals, "date_arrival": moment})
        )

    def _get_concern(self, car):
        number = self.history.car_numbers[car.id]
        return texts.CONCERNS[number % len(texts.CONCERNS)]

    def deliver(self, moment, held):
        """The car is handed back, or the talk is over."""
        visit = held["visit"]
        visit.date_delivery = moment
        if visit.visit_type == "workshop":
            visit.action_deliver()
        else:
            visit.action_close()

    def cancel(self, moment, held):
        """The visit did not take place; its archive was not due yet that day."""
        held["visit"].action_cancel()
        held["visit"].sudo().archive_result = "void"

    def file(self, moment, held, contact):
        """File an archive; the customer is to be contacted ``contact`` days ago."""
        visit = held["visit"].with_user(held["visit"].officer_id)
        content = texts.NEXT_SERVICES[contact % len(texts.NEXT_SERVICES)]
        visit.write(
            {
                "next_service_content": content,
                "next_contact_date": self.today - timedelta(days=contact),
            }
        )
        visit.action_file_archive()
        day = self.company._aftersales_date(moment)
        late = visit.archive_deadline and day > visit.archive_deadline
        visit.sudo().write(
            {"archive_date": day, "archive_result": "late" if late else "on_time"}
        )
