"""The past of the demo dealership, lived through the module's own methods.

Demo files make who and what there is: people, customers, cars. What happened between
them hangs together too closely for data files (a call completes a follow-up, which
plans the next one), and it is dated from today, so that officers find work on whatever
day the demo data is installed. So it is played here: visits arrive, are delivered and
filed, calls and letters are registered, each by the user whose work it is, in order of
time. As superuser is only written what those steps would have dated otherwise.

Nothing is drawn by lot: a day's demo data is the same wherever it is installed.
``res.company._aftersales_generate_demo`` imports this package, and does so only when
demo data is loaded.
"""

from datetime import datetime, time, timedelta
from itertools import count, cycle

import pytz
from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Command

from . import texts
from .cases import Cases

MODULE = "aftersales_followup"
SPAN = 430  # days that odometer readings go back: fourteen months
OFFICERS = 3
REACHED = "reached"

# One visit of each officer a row, the first customers first: delivered how many days
# ago, days in the workshop, archive filed how many days after arrival (None: not yet),
# next service how many days after delivery, and the calls of the first and second
# follow-up: {days after delivery or after the first one: outcome}.
VISITS = [
    (44, 0, 1, 28, {4: REACHED}, {8: REACHED}),
    (41, 1, 2, 25, {3: REACHED}, {9: "no_answer", 10: REACHED}),
    (38, 2, 2, 90, {4: "busy", 6: REACHED}, {7: REACHED}),
    (35, 0, 5, 120, {5: REACHED}, {13: "no_answer", 16: REACHED}),  # all late
    (32, 0, 2, 32, {3: REACHED}, {9: REACHED}),  # next service today
    (29, 3, 1, 5, {6: "no_answer", 7: "no_answer", 8: REACHED}, {8: REACHED}),  # late
    (26, 0, 0, 150, {4: REACHED}, {10: "call_back", 11: REACHED}),
    (23, 2, 2, 100, {5: REACHED}, {8: REACHED}),
    (20, 0, 1, 6, {4: REACHED}, {8: "no_answer", 13: "call_back"}),  # overdue
    (17, 1, 4, 160, {3: "no_answer", 4: REACHED}, {8: REACHED}),  # filed late
    (13, 0, 2, 110, {5: REACHED}, {}),
    (11, 0, 1, 5, {4: REACHED}, {}),
    (8, 1, 2, 6, {4: "no_answer", 6: "wrong_number"}, {}),  # overdue
    (6, 0, 1, 7, {4: "busy"}, {}),
    (4, 1, None, None, {}, {}),  # to file, late
    (1, 0, None, None, {}, {}),  # to file
]
NEXT_SERVICE_ALONE = 20  # an earlier one joins the first follow-up
STAGGERED = 33  # older visits of the second and third officer were a day or two earlier
REWORKED = 7  # row whose paint work had to be done again
REWORK = (12, 1, 2, 80, {4: REACHED}, {})
# Consultations likewise, with the row of the customer who came.
CONSULTATIONS = [
    (6, (28, 0, 1, 60, {4: REACHED}, {9: REACHED})),
    (9, (2, 0, None, None, {}, {})),
]
WORK = [
    ("service",),
    ("oil", "brakes"),
    ("door",),
    ("big_service",),
    ("oil", "coil"),
    ("tyres",),
    ("service", "air"),
    ("bumper", "screen"),
    ("oil", "battery"),
    ("service", "film"),
    ("damper", "air"),
    ("oil", "inspection"),
    ("big_service", "brakes"),
]

# Rows of customers who have not come for long, by what became of them.
AT_RISK, LOST = (16, 17), (18, 19)
# Second cars, by their place after everybody's first car.
DUE, CALLED, IN_WORKSHOP = range(6), range(6, 12), range(12, 15)

INVITED = (1, 3, 5, 13)  # rows of customers who got an invitation
REMINDED = (16, 17, 18)  # rows of customers who got a letter about their maintenance
CLAIM_DAYS = 15  # that the manufacturer takes to decide upon a claim
RETURNED = 2  # how many of the first letters by post came back


class History:
    """Plays what happened at ``company``; ``live`` is the whole of it."""

    def __init__(self, company):
        # Chatter would tell that all of it happened on the day of installation.
        self.env = company.with_context(
            lang="zh_CN", tz="Asia/Shanghai", tracking_disable=True
        ).env
        self.company = company.with_env(self.env)
        self.today = self.company._aftersales_date()
        self.now = fields.Datetime.now()
        self.diary = []  # (moment, number, what happens, its arguments)
        self.numbers = count()
        self.said = {key: cycle(said) for key, said in texts.SAID.items()}
        self.wishes = cycle(texts.WISHES)
        self.claims = cycle(["approved"] * 5 + ["rejected"])
        self.officers = self._people("officer1", "officer2", "officer3")
        self.advisors = self._people("advisor1", "advisor2")
        [self.supervisor] = self._people("supervisor")
        self.customers = self._numbered("res.partner", "customer", 60)
        self.cars = self._numbered("fleet.vehicle", "car", 80)
        self.car_numbers = {car.id: n for n, car in enumerate(self.cars)}
        self.cases = Cases(self)
        self.second_cars = self.cars[len(self.customers) :]

    # ------------------------------------------------------------
    # People, cars, days
    # ------------------------------------------------------------

    def _ref(self, name):
        return self.env.ref(f"{MODULE}.{name}")

    def _people(self, *names):
        return [self._ref(f"demo_user_{name}") for name in names]

    def _numbered(self, model, name, size):
        """Return the demo records ``name``_01 to ``size`` in that order."""
        ids = [self._ref(f"demo_{name}_{n:02}").id for n in range(1, size + 1)]
        return self.env[model].browse(ids)

    def _customer(self, row, officer):
        """Return the customer of a row; customers take turns among the officers."""
        return self.customers[row * OFFICERS + officer]

    def _car(self, row, officer):
        return self.cars[row * OFFICERS + officer]

    def _moment(self, days, hour=9.0):
        """Return the naive UTC moment ``days`` ago, at an hour of the dealership's."""
        clock = time(int(hour), int(hour % 1 * 60))
        local = datetime.combine(self.today - timedelta(days=days), clock)
        moment = self.company._aftersales_tz().localize(local).astimezone(pytz.utc)
        return min(moment.replace(tzinfo=None), self.now)

    def _at(self, days, hour, happens, *args):
        """Note in the diary what happens ``days`` ago, at an hour."""
        entry = (self._moment(days, hour), next(self.numbers), happens, args)
        self.diary.append(entry)

    def _odometer(self, car, days):
        """Return what the odometer of a car showed ``days`` ago."""
        n = self.car_numbers[car.id]
        per_day = (28, 33, 39, 25, 37, 30, 35)[n % 7]
        return 6000 + n * 2719 % 52000 + per_day * (SPAN - days)

    # ------------------------------------------------------------
    # Life
    # ------------------------------------------------------------

    def live(self):
        """Play the history of the demo dealership up to now."""
        self._date_cars()
        self._bring_in_old_visits()
        self._note_visits()
        self._note_maintenance_calls()
        self._note_meetings()
        self._note_inbound_calls()
        self.cases.note()
        self._note_letters()
        self._note_optouts()
        for moment, _number, happens, args in sorted(self.diary):
            happens(moment, *args)
        self._return_letters()
        self._write_drafts()
        self._plan_due()
        self._name_stand_ins()
        self._run_campaigns()
        self._keep_mail()

    def _date_cars(self):
        """Give the cars their registration, warranty, insurance and inspection."""
        for n, car in enumerate(self.cars):
            bought = self.today - timedelta(days=SPAN + 40 + n * 389 % 1900)
            insured = bought + relativedelta(years=1)
            inspected = bought + relativedelta(years=2)
            # Few of them are to be called about it now.
            far = self.today + timedelta(days=45)
            while insured < far:
                insured += relativedelta(years=1)
            while inspected < far:
                inspected += relativedelta(years=2)
            if n % 26 == 3:
                insured = self.today + timedelta(days=14 + n % 12)
            if n % 27 == 5:
                inspected = self.today + timedelta(days=14 + n % 9)
            car.write(
                {
                    "acquisition_date": bought,
                    "model_year": str(bought.year),
                    "aftersales_warranty_date": bought + relativedelta(years=3),
                    "aftersales_insurance_date": n % 5 != 4 and insured,
                    "aftersales_inspection_date": n % 4 != 1 and inspected,
                }
            )

    # ------------------------------------------------------------
    # Visits
    # ------------------------------------------------------------

    def _bring_in_old_visits(self):
        """Bring in what the dealership had in its DMS: history, without follow-ups."""
        visits = []
        for n, car in enumerate(self.cars[: len(VISITS) * OFFICERS]):
            row = n // OFFICERS
            if self._is_maintenance(self._get_work(n)):
                days, jobs = VISITS[row][0] + 178 + n % 9, WORK[(n + 6) % len(WORK)]
            else:  # then the maintenance before is not long ago
                days, jobs = VISITS[row][0] + 100 + n % 9, ("service",)
            visits.append((days, car, jobs))
            if n < 27 and n % 3 == 0:
                visits.append((days + 170, car, ("oil",) if n % 9 else None))
        for n, row in enumerate(AT_RISK):
            for officer in range(OFFICERS):
                days = 235 + 15 * (n * OFFICERS + officer)
                visits.append((days, self._car(row, officer), ("big_service",)))
        for n, row in enumerate(LOST):
            for officer in range(OFFICERS):
                days = 372 + 7 * (n * OFFICERS + officer)
                visits.append((days, self._car(row, officer), ("oil",)))
        visits += [
            (self._days_since_maintenance(n), car, ("service",))
            for n, car in enumerate(self.second_cars)
        ]
        visits.sort(key=lambda visit: -visit[0])
        created = (
            self.env["aftersales.visit"]
            .with_user(self.supervisor)
            .sudo()
            .create(
                [
                    self._prepare_old_visit_vals(n, *visit)
                    for n, visit in enumerate(visits)
                ]
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

    def _prepare_old_visit_vals(self, n, days, car, jobs):
        arrival = self._moment(days, 8.5 + n % 5)
        return {
            **self._prepare_visit_vals(car, days, jobs or ()),
            "name": f"RO{arrival:%y%m}{n + 1:04}",
            "visit_type": "workshop" if jobs else "consultation",
            "date_arrival": arrival,
            "date_delivery": self._moment(days, 14.5 + n % 3),
            "odometer": self._odometer(car, days),
            "state": "delivered" if jobs else "closed",
        }

    def _prepare_visit_vals(self, car, days, jobs):
        owner = car.aftersales_owner_id
        return {
            "partner_id": owner.id,
            "contact_id": owner.child_ids[:1].id,
            "vehicle_id": car.id,
            "advisor_id": self.advisors[self.car_numbers[car.id] % 2].id,
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
            "service_type_id": self._ref(f"demo_service_{service}").id,
            "name": name,
            "trade": trade,
            "payer": payer,
            "amount": amount,
            "cost": cost,
            "claim_state": claim,
        }

    def _file_old_archives(self, visits):
        """File the archives of customers at risk; those of lost ones were left."""
        customers = [self._customer(row, n) for row in AT_RISK for n in range(OFFICERS)]
        for n, customer in enumerate(customers):
            visit = visits.filtered(
                lambda visit, customer=customer: visit.partner_id == customer
            )[:1]
            self._file(self._moment(40 - n), {"visit": visit}, -10 - 3 * n)

    def _note_visits(self):
        for row, plan in enumerate(VISITS):
            for officer in range(OFFICERS):
                work = self._get_work(row * OFFICERS + officer)
                self._note_visit(row, officer, plan, work)
        for officer in range(OFFICERS):
            self._note_visit(REWORKED, officer, REWORK, ("rework",))
            for row, plan in CONSULTATIONS:
                self._note_visit(row, officer, plan)
        for n in IN_WORKSHOP:
            held = {"car": self.second_cars[n], "jobs": ("service", "brakes")}
            self._at(n % 2, 8.5 + n % OFFICERS / 4, self._arrive, held)
        cancelled = {"car": self._car(len(VISITS) - 1, 0), "jobs": ()}
        self._at(10, 9, self._arrive, cancelled)
        self._at(9, 9, self._cancel, cancelled)

    def _note_visit(self, row, officer, plan, jobs=None):
        """Note a visit, its filing and its calls; without jobs it is a consultation."""
        delivered, stay, filed, contact, first, second = plan
        if delivered >= STAGGERED:
            delivered += officer
        # What happens in the visit stays in one dict, to find it again.
        held = {"car": self._car(row, officer), "jobs": jobs}
        arrived = delivered + stay
        self._at(arrived, 8.5 + row % 4 / 2, self._arrive, held)
        self._at(delivered, 15 + row % 3, self._deliver, held)
        if filed is not None:
            self._at(arrived - filed, 17.5, self._file, held, delivered - contact)
            if NEXT_SERVICE_ALONE <= contact < delivered:
                self._note_calls(
                    delivered - contact, {0: REACHED}, held, "next_service"
                )
        self._note_calls(delivered, first, held, "first")
        if REACHED in first.values():
            self._note_calls(delivered - max(first), second, held, "second")

    def _note_calls(self, anchor, outcomes, held, code):
        """Note the calls of a follow-up, ``anchor`` days ago and some days later."""
        customer = held["car"].aftersales_owner_id
        for n, (days, outcome) in enumerate(outcomes.items()):
            hour = (customer.aftersales_call_from or 9.5) + (
                self.car_numbers[held["car"].id] + n * 3
            ) % 8 / 6
            self._at(anchor - days, hour, self._call, held, code, outcome)

    def _arrive(self, moment, held):
        car, jobs = held["car"], held["jobs"]
        days = (self.today - self.company._aftersales_date(moment)).days
        vals = self._prepare_visit_vals(car, days, jobs or ())
        if jobs is None:
            vals |= {"visit_type": "consultation", "note": self._get_concern(car)}
        else:
            vals["odometer"] = self._odometer(car, days)
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
        return texts.CONCERNS[self.car_numbers[car.id] % len(texts.CONCERNS)]

    def _deliver(self, moment, held):
        visit = held["visit"]
        visit.date_delivery = moment
        if visit.visit_type == "workshop":
            visit.action_deliver()
        else:
            visit.action_close()

    def _cancel(self, moment, held):
        held["visit"].action_cancel()

    def _file(self, moment, held, contact):
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

    # ------------------------------------------------------------
    # Calls
    # ------------------------------------------------------------

    def _note_maintenance_calls(self):
        """Plan the maintenance of some cars, and note the calls made about it."""
        called = self.second_cars[CALLED[0] : CALLED[-1] + 1]
        planned = self._ref("rule_maintenance")._plan(called, self.company)
        for n, followup in enumerate(planned):
            anchor = (self.today - followup.date_earliest).days
            outcomes = {3: "no_answer", 5: REACHED} if n % 2 else {4: REACHED}
            self._note_calls(
                anchor, outcomes, {"car": followup.vehicle_id}, "maintenance"
            )

    def _plan_due(self):
        """Plan what is due by now, as the nightly scheduler does (but it commits)."""
        Rule = self.env["aftersales.followup.rule"]
        for _origin, rules in Rule._get_scheduled_rules(self.company):
            for rule in rules:
                rule._plan(rule._find_due(self.company, limit=1000), self.company)

    def _note_meetings(self):
        """Note visits to firms (走访), one done and one planned for each officer."""
        for officer in range(OFFICERS):
            held = {}
            self._at(18 + officer, 9, self._plan_meeting, held, 5, officer)
            self._at(16 + officer, 14.5, self._meet, held)
            self._at(1, 17.5, self._plan_meeting, {}, 11, officer)

    def _plan_meeting(self, moment, held, row, officer):
        customer, officer = self._customer(row, officer), self.officers[officer]
        day = self.company._aftersales_date(moment)
        held["meeting"] = (
            self.env["aftersales.followup"]
            .with_user(officer)
            .create(
                {
                    "partner_id": customer.id,
                    "user_id": officer.id,
                    "channel": "meeting",
                    "topic_ids": [Command.set(self._ref("topic_meeting").ids)],
                    "content": texts.MEETING,
                    "date_earliest": day + timedelta(days=2),
                    "date_deadline": day + timedelta(days=6),
                }
            )
        )

    def _meet(self, moment, held):
        self._register(held["meeting"], moment, "meeting")

    def _call(self, moment, held, code, outcome):
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
        self._register(followup, moment, code, outcome)

    def _register(self, followup, moment, code, outcome=REACHED):
        """Register the call of a follow-up, made by its officer at ``moment``."""
        reached = outcome == REACHED
        content, satisfaction = next(self.said[code if reached else outcome])
        vals = {
            **followup._prepare_call_vals(),
            "outcome_id": self._ref(f"outcome_{outcome}").id,
            "date": moment,
            "duration": 2 + len(content) % 7 if reached else 0,
            "content": content,
            "letter_needed": outcome == "wrong_number",
        }
        if satisfaction is not None:
            vals["satisfaction"] = satisfaction
        self._register_call(followup.acting_user_id, vals)

    def _register_call(self, officer, vals):
        call = self.env["aftersales.call"].with_user(officer).create(vals)
        # Officers note calls of the last days only; the past is noted at once here.
        call.sudo().action_register()
        call.sudo().date_registered = call.date
        return call

    def _note_inbound_calls(self):
        """Note the calls of customers and strangers, and the replies to them."""
        for n, (days, customer, kind, content, reply) in enumerate(texts.INBOUND):
            held = {}
            hour = 9 + n * 5 % 8 + n % 6 / 6
            self._at(days, hour, self._answer, held, customer, kind, content)
            if kind == "complaint" and reply:
                self.cases.note_complaint(held, days, *reply)
            elif kind == "complaint":
                self._at(days, hour, self.cases.answer, held, texts.EXPLAINED)
            if reply:
                after, text, *_cause = reply
                self._at(days - after, 16, self._reply, held, text)

    def _answer(self, moment, held, customer, kind, content):
        """Register an inbound call; ``customer`` is a number, or who was unknown."""
        vals = {
            "direction": "inbound",
            "inbound_kind": kind,
            "date": moment,
            "duration": 2 + len(content) % 7,
            "content": content,
            "outcome_id": self._ref("outcome_reached").id,
        }
        if kind == "consultation":
            vals["topic_ids"] = [Command.set(self._ref("topic_consultation").ids)]
        if isinstance(customer, int):
            partner = self.customers[customer]
            officer = partner.aftersales_officer_id
            car = partner.aftersales_vehicle_ids[:1]
            vals |= {"partner_id": partner.id, "vehicle_id": car.id}
            if kind == "complaint":
                case = {"case_type": kind, "description": content}
                vals["case_ids"] = [Command.create(case)]
        else:
            name, phone = customer
            officer = self.officers[len(content) % OFFICERS]
            vals |= {"caller_name": name, "phone": phone}
        held["call"] = self._register_call(officer, vals)
        held["case"] = held["call"].case_ids

    # ------------------------------------------------------------
    # Opt-outs, stand-ins, campaigns
    # ------------------------------------------------------------

    def _note_optouts(self):
        """Note who does not want to be contacted any more, and in which way."""
        for n, (days, scope, reason) in enumerate(texts.OPTOUTS):
            customer = self._customer(LOST[1], n)
            self._at(days, 15, self._refuse, customer, scope, reason)

    def _refuse(self, moment, customer, scope, reason):
        self._register_call(
            customer.aftersales_officer_id,
            {
                "partner_id": customer.id,
                "vehicle_id": customer.aftersales_vehicle_ids[:1].id,
                "date": moment,
                "duration": 1,
                "content": reason,
                "outcome_id": self._ref("outcome_refused").id,
                "optout_scope": scope,
                "optout_reason": reason,
            },
        )

    def _name_stand_ins(self):
        """Let the first officer stand in for the third today, and for others before."""
        first, *others = self.officers
        periods = [(others[0], 52, 48, "年休假"), (others[1], 1, -3, "厂家培训")]
        self.env["aftersales.substitution"].with_user(self.supervisor).with_context(
            mail_notify_force_send=False
        ).create(
            [
                {
                    "user_id": officer.id,
                    "substitute_id": first.id,
                    "date_from": self.today - timedelta(days=begin),
                    "date_to": self.today - timedelta(days=end),
                    "reason": reason,
                }
                for officer, begin, end, reason in periods
            ]
        )

    def _run_campaigns(self):
        """Prepare a club event, and confirm a free check that some heard of already."""
        invitation = self._ref("letter_template_invitation").id
        levels = [self._ref(f"segment_{name}").id for name in ("vip", "level_1")]
        campaigns = (
            self.env["aftersales.campaign"]
            .with_user(self.supervisor)
            .create(
                [
                    {
                        **vals,
                        "date_begin": self.today + timedelta(days=begin),
                        "date_end": self.today + timedelta(days=end),
                        "letter_template_id": invitation,
                        "segment_ids": [Command.set(levels)],
                    }
                    for begin, end, vals in texts.CAMPAIGNS
                ]
            )
        )
        campaigns[0].action_confirm()
        due = (
            campaigns[0]
            .followup_ids.sudo()
            .filtered(lambda followup: followup.date_earliest <= self.today)
        )
        for n, followup in enumerate(due[: len(texts.REPLIES)]):
            reply, content, letter_needed = texts.REPLIES[n]
            vals = {
                **followup._prepare_call_vals(),
                "date": self.now - timedelta(minutes=10 * (len(texts.REPLIES) - n)),
                "duration": 3,
                "content": content,
                "campaign_reply": reply,
                "letter_needed": letter_needed,
            }
            self._register_call(followup.acting_user_id, vals)

    def _keep_mail(self):
        """No mail leaves the demo dealership."""
        self.env["mail.mail"].search(
            [
                ("model", "in", ("aftersales.case", "aftersales.substitution")),
                ("state", "=", "outgoing"),
            ]
        ).state = "sent"

    # ------------------------------------------------------------
    # Letters
    # ------------------------------------------------------------

    def _note_letters(self):
        for officer in range(OFFICERS):
            for row in INVITED:
                self._at(9, 10, self._invite, self._customer(row, officer))
            for row in REMINDED:
                customer = self._customer(row, officer)
                send_by = "sms" if row % 2 else "post"
                self._at(27 - row % 4 * 7, 15, self._remind, customer, send_by)

    def _reply(self, moment, held, text):
        call = held["call"].sudo()
        due = self.company._aftersales_date(call.date) + timedelta(days=2)
        vals = self._prepare_letter_vals(call.partner_id, "reply", due)
        values = {
            "customer": call.partner_id.name,
            "officer": call.user_id.name,
            "company": self.company.name,
            "text": text,
        }
        vals |= {
            "call_id": call.id,
            "followup_id": call.case_ids.followup_ids[:1].id,
            "subject": texts.REPLY_SUBJECT,
            "body": texts.REPLY.format_map(values),
        }
        self._send(moment, vals)

    def _invite(self, moment, customer):
        due = self.company._aftersales_date(moment) + timedelta(days=1)
        self._send(moment, self._prepare_letter_vals(customer, "invitation", due))

    def _remind(self, moment, customer, send_by):
        due = self.company._aftersales_date(moment)
        self._send(
            moment, self._prepare_letter_vals(customer, "maintenance", due, send_by)
        )

    def _prepare_letter_vals(self, customer, template, due, send_by=None):
        template = self._ref(f"letter_template_{template}")
        car = customer.aftersales_vehicle_ids[:1]
        by_mail = customer.email and template.kind != "notification"
        return {
            "kind": template.kind,
            "template_id": template.id,
            "partner_id": customer.id,
            "vehicle_id": car.id,
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

    def _return_letters(self):
        """Let some letters come back from addresses that are not right any more."""
        posted = self.env["aftersales.letter"].search(
            [("send_by", "=", "post"), ("state", "=", "registered")],
            order="number",
            limit=RETURNED,
        )
        for letter in posted:
            letter.with_user(letter.user_id).action_return()
            letter.date_returned = letter.date_sent + timedelta(days=9)

    def _write_drafts(self):
        """Leave each officer a letter that is due tomorrow."""
        due = self.today + timedelta(days=1)
        for officer in range(OFFICERS):
            customer = self._customer(LOST[1], officer)
            self._write(self._prepare_letter_vals(customer, "maintenance", due))
