"""The work of a dealership that is interrupted, or done by eight at once.

``WORKS`` is the table: one class a line. Each makes something to do (``prepare``), does
it as a browser would (``do``), however often it has to begin anew, or leaves it to the
scheduled action ``cron``; and says what is wrong afterwards (``check``).
"""

import base64
import csv
import io
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Command

from odoo.addons.aftersales_followup.tests.common_import import HEADERS, ROW

MODULE = "aftersales_followup"


class Work:
    name = ""
    cron = None
    login = "aftersales_supervisor"

    def __init__(self, house):
        self.house = house
        self.number = house.next_number()

    def prepare(self, env):
        raise NotImplementedError

    def do(self, user):
        """Do it as ``user`` would; done work is left as it is."""

    def check(self, env):
        """Yield what is wrong once it is done."""
        raise NotImplementedError

    # ------------------------------------------------------------
    # Data
    # ------------------------------------------------------------

    def new_customers(self, env, count, **vals):
        return env["res.partner"].create(
            [
                {
                    "name": f"Customer {self.number}-{n}",
                    "phone": f"139{self.number:04}{n:04}",
                    "street": "1 Xiangzhong Avenue",
                    "city": "Loudi",
                    "company_id": self.house.company_id,
                    "aftersales_archive_number": f"A{self.number}-{n}",
                    "aftersales_officer_id": self.house.officer_id,
                    **vals,
                }
                for n in range(count)
            ]
        )

    def new_visits(self, env, count, **vals):
        """Return open visits, each of a customer and a car of its own."""
        customers = self.new_customers(env, count)
        cars = env["fleet.vehicle"].create(
            [
                {
                    "model_id": self.house.model_id,
                    "license_plate": f"湘K{self.number:04}{n:02}",
                    "company_id": self.house.company_id,
                    "aftersales_owner_id": customer.id,
                }
                for n, customer in enumerate(customers)
            ]
        )
        return env["aftersales.visit"].create(
            [
                {
                    "partner_id": car.aftersales_owner_id.id,
                    "vehicle_id": car.id,
                    "company_id": self.house.company_id,
                    "advisor_id": self.house.advisor_id,
                    "line_ids": [
                        Command.create({"name": "Oil", "trade": "maintenance"})
                    ],
                    **vals,
                }
                for car in cars
            ]
        )

    def check_planned_once(self, visits, rule="first"):
        for visit in visits:
            followups = visit.followup_ids.filtered(
                lambda followup: followup.rule_id.code == rule
            )
            if len(followups) != 1:
                yield f"{visit.name} has {len(followups)} follow-ups of rule {rule}"


class Registering(Work):
    """Officers register calls of their follow-ups, and letters."""

    name = "registering calls and letters"
    login = "aftersales_officer"

    def prepare(self, env):
        visits = self.new_visits(env, 4)
        visits.action_deliver()
        self.followup_ids = visits.followup_ids.ids
        self.partner_ids = visits.partner_id.ids
        self.promised = []

    def do(self, user):
        for followup_id in self.followup_ids:
            self._do_call(user, followup_id)
        for partner_id in self.partner_ids:
            vals = {"partner_id": partner_id, "subject": "x", "body": "<p>x</p>"}
            self._register(user, "aftersales.letter", vals)

    def _do_call(self, user, followup_id):
        vals = {
            "followup_id": followup_id,
            "outcome_id": self.house.reached_id,
            "content": "All is well",
        }
        self._register(user, "aftersales.call", vals)

    def _register(self, user, model, vals):
        created = user.begin(model, vals)
        if not created:
            return  # somebody else is at it
        [id_] = created
        user.press(model, "action_register", [id_])
        [row] = user.call(model, "read", [id_], ["number", "state"])
        self.promised.append((model, id_, row["number"]))

    def check(self, env):
        for model, id_, number in self.promised:
            entry = env[model].browse(id_).exists()
            if not number or entry.number != number or entry.state != "registered":
                yield f"{model} {id_} was promised as {number}, is {entry.number}"
        for followup in env["aftersales.followup"].browse(self.followup_ids):
            following = followup.search([("previous_id", "=", followup.id)])
            if followup.state != "done" or len(following) != 1:
                yield f"{followup.id} is {followup.state}, then {len(following)}"


class Delivering(Work):
    """Cars are handed over, and the first follow-ups planned at once."""

    name = "planning with the delivery"

    def prepare(self, env):
        self.visit_ids = self.new_visits(env, 10).ids

    def do(self, user):
        user.press("aftersales.visit", "action_deliver", self.visit_ids)

    def check(self, env):
        visits = env["aftersales.visit"].browse(self.visit_ids)
        if set(visits.mapped("state")) != {"delivered"}:
            yield f"visits are {visits.mapped('state')}"
        yield from self.check_planned_once(visits)


class PlanningAtNight(Work):
    """What nobody planned when the cars were handed over, the night plans."""

    name = "planning at night"
    cron = f"{MODULE}.ir_cron_plan"

    def prepare(self, env):
        rule = env.ref(f"{MODULE}.rule_first")
        visits = self.new_visits(env, 30)
        rule.active = False
        visits.action_deliver()
        rule.active = True
        self.visit_ids = visits.ids

    def check(self, env):
        visits = env["aftersales.visit"].browse(self.visit_ids)
        yield from self.check_planned_once(visits)


class Importing(Work):
    """A file of the DMS comes in, batch by batch."""

    name = "importing a file"
    orders = 40

    def prepare(self, env):
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow(HEADERS.values())
        for n in range(self.orders):
            row = {
                **ROW,
                "number": f"F{self.number}-{n}",
                "customer": f"张{self.number}",
                "phone": f"137{self.number:04}{n // 2:04}",
                "plate": f"粤B{self.number:03}{n // 2:02}",
                "vin": None,
            }
            for service in ("换机油", "洗车"):
                row["description"] = service
                writer.writerow([row.get(name) for name in HEADERS])
        self.data = base64.b64encode(file.getvalue().encode()).decode()

    def do(self, user):
        model = "aftersales.visit.import"
        vals = {"data_file": self.data, "filename": "x.csv", "tz": "Asia/Shanghai"}
        [id_] = user.call(model, "create", [vals])
        user.press(model, "action_preview", [id_])
        done = {"done": -1, "total": 0}
        while done["done"] < done["total"]:
            done = user.insist(model, "import_batch", [id_])

    def check(self, env):
        visits = env["aftersales.visit"].search([("name", "like", f"F{self.number}-%")])
        names = sorted(visits.mapped("name"))
        if names != sorted(f"F{self.number}-{n}" for n in range(self.orders)):
            yield f"{len(names)} orders, {len(set(names))} of them once"
        halves = [visit.name for visit in visits if len(visit.line_ids) != 2]
        if halves:
            yield f"half orders: {halves}"
        for what in ("partner_id", "vehicle_id"):
            if len(visits[what]) != self.orders // 2:
                yield f"{len(visits[what])} of {what}, not {self.orders // 2}"


class Confirming(Work):
    """A campaign is confirmed, and its calls are planned batch by batch."""

    name = "confirming a campaign"
    customers = 40

    def prepare(self, env):
        customers = self.new_customers(env, self.customers)
        begin = date.today() + timedelta(days=30)
        campaign = env["aftersales.campaign"].create(
            {
                "name": f"Campaign {self.number}",
                "company_id": self.house.company_id,
                "user_id": self.house.supervisor_id,
                "description": "Winter check",
                "venue": "At the workshop",
                "date_begin": begin,
                "date_end": begin,
                "audience_domain": repr([("id", "in", customers.ids)]),
            }
        )
        self.campaign_id, self.customer_ids = campaign.id, customers.ids

    def do(self, user):
        model = "aftersales.campaign"
        user.press(model, "action_confirm_stepwise", [self.campaign_id])
        done = {"done": -1, "total": 0}
        while done["done"] < done["total"]:
            done = user.call(model, "plan_batch", [self.campaign_id])

    def check(self, env):
        campaign = env["aftersales.campaign"].browse(self.campaign_id)
        told = sorted(campaign.followup_ids.mapped("partner_id").ids)
        if not campaign.is_planned or told != sorted(self.customer_ids):
            yield f"{campaign.name} plans for {len(told)} of {self.customers}"
        if len(campaign.followup_ids) != self.customers:
            yield f"{campaign.name} has {len(campaign.followup_ids)} calls"


class Filing(Work):
    """Archives are filed, each with the next service that is planned by it."""

    name = "filing archives"

    def prepare(self, env):
        visits = self.new_visits(
            env,
            6,
            wish="A call",
            next_service_content="Winter check",
            next_contact_date=date.today() + timedelta(days=20),
        )
        visits.action_deliver()
        self.visit_ids = visits.ids

    def do(self, user):
        for visit_id in self.visit_ids:
            user.press("aftersales.visit", "action_file_archive", [visit_id])

    def check(self, env):
        for visit in env["aftersales.visit"].browse(self.visit_ids):
            next_service = visit.followup_ids.filtered(
                lambda followup: "Winter check" in (followup.content or "")
            )
            if visit.archive_result != "on_time" or len(next_service) != 1:
                yield f"{visit.name}: {visit.archive_result}, {len(next_service)} next"


class Escalating(Work):
    """Complaints that nobody reported in time go to the supervisor at night."""

    name = "escalating cases"
    cron = f"{MODULE}.ir_cron_escalate"

    def prepare(self, env):
        customers = self.new_customers(env, 8)
        cases = env["aftersales.case"].create(
            [
                {
                    "partner_id": customer.id,
                    "company_id": self.house.company_id,
                    "description": "The brakes squeak",
                    "date_raised": fields.Datetime.now() - timedelta(days=10),
                }
                for customer in customers
            ]
        )
        self.case_ids = cases.ids

    def check(self, env):
        mails = env["mail.mail"].search([("model", "=", "aftersales.case")])
        for case in env["aftersales.case"].browse(self.case_ids):
            told = mails.mapped("res_id").count(case.id)
            if not case.escalated_by_system or told != 1:
                yield f"case {case.id} is {case.state}, reported {told} times"


class StandingIn(Work):
    """Somebody stands in for an officer, over days that are taken only once."""

    name = "naming a stand-in"

    def prepare(self, env):
        # Nobody else's days: each of these works has a month of its own.
        self.first = date(2100, 1, 1) + timedelta(days=31 * self.number)

    def do(self, user):
        user.try_to(
            "aftersales.substitution",
            "create",
            [
                {
                    "company_id": self.house.company_id,
                    "user_id": self.house.officer_id,
                    "substitute_id": self.house.other_officer_id,
                    "date_from": str(self.first),
                    "date_to": str(self.first + timedelta(days=20)),
                }
            ],
        )

    def check(self, env):
        count = env["aftersales.substitution"].search_count(
            [("date_from", "=", self.first)]
        )
        if count != 1:
            yield f"{count} stand-ins from {self.first}"


class FilingSummary(Work):
    """A month's summary is submitted and filed: its figures stay, with the document."""

    name = "filing a summary"

    def prepare(self, env):
        # Each of these works has a month of its own, long over.
        month = date(1990, 1, 1) + relativedelta(months=self.number)
        summary = env["aftersales.summary"].create(
            {
                "company_id": self.house.company_id,
                "date_from": month,
                **dict.fromkeys(("results", "problems", "next_plan"), "<p>Well.</p>"),
            }
        )
        self.summary_id = summary.id

    def do(self, user):
        for button in ("action_submit", "action_file"):
            user.press("aftersales.summary", button, [self.summary_id])

    def check(self, env):
        summary = env["aftersales.summary"].browse(self.summary_id)
        documents = env["ir.attachment"].search_count(
            [("res_model", "=", summary._name), ("res_id", "=", summary.id)]
        )
        if summary.state != "filed" or documents != 1 or not summary.line_ids:
            yield f"{summary.display_name} is {summary.state}, {documents} documents"


class CountingFigures(Work):
    """The figures of the open months are counted anew at night."""

    name = "counting figures"
    cron = f"{MODULE}.ir_cron_kpi"

    def prepare(self, env):
        self.new_visits(env, 3)

    def check(self, env):
        company = env["res.company"].browse(self.house.company_id)
        today = company._aftersales_date()
        start, stop = company._aftersales_bounds(today.replace(day=1), today)
        came = env["aftersales.visit"].search_count(
            [
                ("company_id", "=", company.id),
                ("visit_type", "=", "workshop"),
                ("date_arrival", ">=", start),
                ("date_arrival", "<", stop),
            ]
        )
        values = env["aftersales.kpi.value"].search(
            [
                ("company_id", "=", company.id),
                ("kpi_id.code", "=", "intake"),
                ("user_id", "=", False),
                ("date", "=", today.replace(day=1)),
            ]
        )
        if values.mapped("numerator") != [came]:
            yield f"{came} cars came, counted {values.mapped('numerator')}"


# A line here is interrupted, and done by eight at once.
WORKS = [
    PlanningAtNight,
    Registering,
    Importing,
    Delivering,
    Confirming,
    Filing,
    Escalating,
    StandingIn,
    FilingSummary,
    CountingFigures,
]
