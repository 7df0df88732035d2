"""The data that the benchmarks work on: a group of dealerships with years of work."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bulk import clone, relate, without_indexes

from odoo import api
from odoo.fields import Command, Date

GROUP = "aftersales_followup.aftersales_followup_group_"
SAID = "The customer is content, asked for the price of winter tyres and calls again."
SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰"
CARS = 1.3  # a customer
VISITS = 2
CONTACTS = 5  # follow-ups a customer, and as many calls
YEARS_ACTIVE = 3  # since when the rules plan
TABLES = (
    "res_partner",
    "fleet_vehicle",
    "fleet_vehicle_odometer",
    "mail_activity",
    "aftersales_archive",
    "aftersales_visit",
    "aftersales_visit_line",
    "aftersales_followup",
    "aftersales_call",
    "aftersales_case",
    "aftersales_case_round",
    "aftersales_optout",
    "aftersales_followup_aftersales_topic_rel",
    "aftersales_call_aftersales_topic_rel",
)


@dataclass(frozen=True)
class Size:
    """How much there is of everything; an officer has as much to do in all sizes."""

    customers: int
    companies: int
    officers: int  # a multiple of the companies
    kinds_planned: int = 1  # of five kinds of customers, so many are to be called

    @property
    def contacts(self):
        return self.customers * CONTACTS


SIZES = {
    "tiny": Size(1_000, 1, 1, 2),  # to try whether the benchmarks work
    "small": Size(10_000, 5, 5, 2),
    "middle": Size(100_000, 5, 25),
    "big": Size(1_000_000, 5, 240),
    "group": Size(1_000_000, 100, 200),  # as large, of a hundred dealerships
}


class Dealership:
    """Fills a database, set by set. Each n-th row follows from n alone."""

    def __init__(self, env, size):
        self.env = env
        self.size = size
        self.today = Date.today()

    def open(self):
        """Commit all there is."""
        self._hire()
        visit = self._receive_first_customer()
        self.env.cr.commit()
        tables = [table for table in TABLES if self._has_table(table)]
        with without_indexes(self.env, tables):
            for fill in (
                self._fill_customers,
                self._fill_cars,
                self._fill_visits,
                self._fill_followups,
                self._fill_calls,
                self._fill_cases,
                self._fill_optouts,
            ):
                fill(visit)
                self.env.cr.commit()

    def _has_table(self, table):
        self.env.cr.execute("SELECT to_regclass(%s)", [table])
        return bool(self.env.cr.fetchone()[0])

    # people

    def _hire(self):
        companies = self.env.ref("base.main_company")
        companies.name = "Yusen Motors 1"
        companies |= self.env["res.company"].create(
            [
                {"name": f"Yusen Motors {n}", "country_id": companies.country_id.id}
                for n in range(2, self.size.companies + 1)
            ]
        )
        self.companies = companies
        self.officers = self.env["res.users"].create(
            [
                self._prepare_user(
                    f"officer{n}", "officer", companies[n % len(companies)]
                )
                for n in range(self.size.officers)
            ]
        )
        self.advisor = self.env["res.users"].create(
            self._prepare_user("advisor", "advisor", companies)
        )
        self.supervisor = self.env["res.users"].create(
            self._prepare_user("supervisor", "supervisor", companies)
        )
        self.supervisor.group_ids |= self.env.ref("base.group_allow_export")
        self.env["res.users"].create({"name": "Outsider", "login": "outsider"})

    def _prepare_user(self, login, role, companies):
        return {
            "name": login.title(),
            "login": login,
            "company_id": companies[0].id,
            "company_ids": [Command.set(companies.ids)],
            "group_ids": [
                Command.link(self.env.ref(f"{GROUP}{role}").id),
                Command.link(self.env.ref("base.group_user").id),
            ],
        }

    # the records that all others are copies of

    def _receive_first_customer(self):
        """Return a filed visit whose follow-up is planned, of the first company."""
        env = self.env
        rules = env["aftersales.followup.rule"].with_context(active_test=False)
        rules.search([]).write(
            {"date_active": self.today - timedelta(days=365 * YEARS_ACTIVE)}
        )
        brand = env["fleet.vehicle.model.brand"].create({"name": "Buick"})
        model = env["fleet.vehicle.model"].create(
            {"name": "Regal", "brand_id": brand.id}
        )
        partner = env["res.partner"].create(
            {
                "name": "Zhang San",
                "phone": "138 0013 8000",
                "street": "1 Xiangzhong Avenue",
                "aftersales_officer_id": self.officers[0].id,
            }
        )
        vehicle = env["fleet.vehicle"].create(
            {
                "model_id": model.id,
                "company_id": self.companies[0].id,
                "license_plate": "湘K12345",
                "vin_sn": "LSGGA54E0FS000000",
                "aftersales_owner_id": partner.id,
            }
        )
        visit = env["aftersales.visit"].create(
            {
                "partner_id": partner.id,
                "vehicle_id": vehicle.id,
                "odometer": 10_000,
                "advisor_id": self.advisor.id,
                "wish": "Please wash it",
                "next_service_content": "Winter tyres",
                "next_contact_date": self.today + timedelta(days=90),
                "line_ids": [
                    Command.create(
                        {"name": "Oil change", "amount": 300, "trade": "maintenance"}
                    )
                ],
            }
        )
        visit.action_file_archive()
        visit.action_deliver()
        return visit

    # SQL of what follows from the number of a customer

    def _pick(self, records, place):
        """Return the SQL of one of the records, beginning anew after the last."""
        ids = ",".join(map(str, records.ids))
        return f"('{{{ids}}}'::int[])[1 + (({place}) - 1) % {len(records)}]"

    def _company(self, customer):
        return self._pick(self.companies, customer)

    def _officer(self, customer):
        return self._pick(self.officers, customer)

    def _kind(self, customer):
        """Return the SQL of a number from 0 to 4; each officer has all of them."""
        return f"({customer} / {self.size.officers} % 5)"

    def _last_visit(self, customer):
        """Three of five customers still come; the others left four years ago."""
        return (
            f"('{self.today}'::date - CASE WHEN {self._kind(customer)} < 3"
            f" THEN 20 + ({customer} * 7) % 300"
            f" ELSE 1600 + ({customer} * 7) % 700 END)"
        )

    def _customer(self):
        """Return the SQL of the number of the customer of the n-th row."""
        return f"(1 + (n - 1) % {self.size.customers})"

    def _layer(self):
        """Return the SQL of how many rows the customer has before the n-th one."""
        return f"((n - 1) / {self.size.customers})"

    # filling

    def _fill_customers(self, visit):
        customers = self.size.customers
        phone = "(13000000000 + (n::bigint * 7919) % 6999999999)::text"
        name = (
            f"substr('{SURNAMES}', 1 + n % {len(SURNAMES)}, 1)"
            f" || substr('{GIVEN}', 1 + (n / 20) % {len(GIVEN)}, 1)"
            f" || substr('{GIVEN}', 1 + (n / 520) % {len(GIVEN)}, 1)"
        )
        own = {
            "name": name,
            "complete_name": name,
            "phone": phone,
            "phone_sanitized": f"'+86' || {phone}",
            "aftersales_phone_digits": phone,
            "street": "(n % 900)::text || ' Xiangzhong Avenue'",
        }
        archive = {
            "number": "'C' || n",
            "officer_id": self._officer("n"),
            "state": "'complete'",
            "last_visit_date": self._last_visit("n"),
            "date": self._last_visit("n"),
        }
        self.partner = clone(
            self.env,
            visit.partner_id,
            customers,
            # As an earlier version kept it.
            **{f"aftersales_archive_{name}": value for name, value in archive.items()},
            aftersales_officer_id=archive["officer_id"],
            aftersales_last_visit_date=archive["last_visit_date"],
            **own,
        )
        if "aftersales.archive" in self.env:
            clone(
                self.env,
                visit.partner_id.aftersales_archive_ids[:1],
                customers,
                partner_id=f"{self.partner} + n",
                company_id=self._company("n"),
                to_plan_since="NULL",
                **archive,
            )

    def _fill_cars(self, visit):
        customer = self._customer()
        last = self._last_visit(customer)
        plate = (
            "'湘' || chr(65 + (n / 100000) % 26) || lpad((n % 100000)::text, 5, '0')"
        )
        vin = "'LSGGA54E0FS' || lpad(n::text, 7, '0')"
        ahead = f"'{self.today}'::date + 100 + (n * %s) %% 300"
        gone = f"'{self.today}'::date - 1600 - (n * 3) % 700"
        some = f"CASE WHEN n %% 10 < 7 THEN {ahead} ELSE {gone.replace('%', '%%')} END"
        self.vehicle = clone(
            self.env,
            visit.vehicle_id,
            int(self.size.customers * CARS),
            license_plate=plate,
            aftersales_plate_key=plate,
            vin_sn=vin,
            aftersales_vin_key=vin,
            name=f"'Buick/Regal/' || {plate}",
            aftersales_owner_id=f"{self.partner} + {customer}",
            company_id=self._company(customer),
            aftersales_last_maintenance_date=last,
            aftersales_next_maintenance_date=f"{last} + 365",
            aftersales_insurance_date=some % 11,
            aftersales_inspection_date=some % 17,
            aftersales_warranty_date=some % 23,
            aftersales_warranty_expiry_date=some % 23,
            aftersales_to_plan_since="NULL",
        )

    def _fill_visits(self, visit):
        count = self.size.customers * VISITS
        customer = self._customer()
        day = f"({self._last_visit(customer)} - 365 * (1 - {self._layer()}))"
        self.visit = clone(
            self.env,
            visit,
            count,
            name="'B' || n",
            company_id=self._company(customer),
            partner_id=f"{self.partner} + {customer}",
            vehicle_id=f"{self.vehicle} + {customer}",
            plate=f"'湘' || chr(65 + ({customer} / 100000) % 26)"
            f" || lpad(({customer} % 100000)::text, 5, '0')",
            officer_id=self._officer(customer),
            acting_user_id=self._officer(customer),
            date_arrival=f"{day} + interval '1 hour'",
            date_delivery=f"{day} + interval '9 hours'",
            date_end=day,
            previous_end=f"CASE WHEN {self._layer()} > 0 THEN {day} - 365 END",
            next_end=f"CASE WHEN {self._layer()} < {VISITS - 1} THEN {day} + 365 END",
            archive_deadline=f"{day} + 2",
            archive_date=f"{day} + 1",
        )
        clone(
            self.env,
            visit.line_ids,
            count,
            visit_id=f"{self.visit} + n",
            company_id=self._company(customer),
        )
        reading = self.env["fleet.vehicle.odometer"].search(
            [("vehicle_id", "=", visit.vehicle_id.id)], limit=1
        )
        clone(
            self.env,
            reading,
            count,
            vehicle_id=f"{self.vehicle} + {customer}",
            date=day,
            value=f"10000 + 12000 * {self._layer()}",
        )

    def _fill_followups(self, visit):
        """A first and second contact after each visit, and one for maintenance.

        What is planned are those for maintenance of every fifth customer.
        """
        followup = visit.followup_ids.filtered("rule_id")[:1]
        customer, layer, customers = (
            self._customer(),
            self._layer(),
            self.size.customers,
        )
        last = self._last_visit(customer)
        rule = {
            code: self.env.ref(f"aftersales_followup.rule_{code}").id
            for code in ("first", "second", "maintenance")
        }
        own = f"({self.partner} + {customer}) || ':' || {self._company(customer)}"
        kind = self._kind(customer)
        planned = self.size.kinds_planned
        self.planned = f"({layer} = 4 AND {kind} < {planned} AND {customer} % 50 != 49)"
        self.cancelled = f"({layer} = 3 AND {kind} = 1 AND {customer} % 7 = 1)"
        begin = (
            f"('{self.today}'::date - 10"
            f" + ({customer} / {5 * self.size.officers} * 13) % 50)"
        )
        self.done_on = (
            f"({last} + CASE {layer} WHEN 0 THEN -360 WHEN 1 THEN -350"
            " WHEN 2 THEN 5 WHEN 3 THEN 15 ELSE 18 END)"
        )
        # The ids of this table are not known to an expression yet, but its first is.
        self.env.cr.execute("SELECT max(id) FROM aftersales_followup")
        base = self.env.cr.fetchone()[0]
        at_visit = f"{self.visit} + {customer} + {customers} * ({layer} / 2)"
        self.followup = clone(
            self.env,
            followup,
            self.size.contacts,
            origin_key=f"""CASE
                WHEN {layer} IN (0, 2) THEN 'first:visit:' || ({at_visit})
                WHEN {layer} IN (1, 3)
                THEN 'second:followup:' || ({base} + n - {customers})
                ELSE 'maintenance:vehicle:' || ({self.vehicle} + {customer})
                END || ':' || {own} || CASE WHEN {layer} = 4
                THEN ':' || {last} ELSE '' END""",
            company_id=self._company(customer),
            partner_id=f"{self.partner} + {customer}",
            vehicle_id=f"{self.vehicle} + {customer}",
            visit_id=f"CASE WHEN {layer} < 4 THEN {at_visit} END",
            previous_id=f"""CASE WHEN {layer} IN (1, 3)
                THEN {base} + n - {customers} END""",
            rule_id=f"""CASE WHEN {layer} IN (0, 2) THEN {rule["first"]}
                WHEN {layer} IN (1, 3) THEN {rule["second"]}
                ELSE {rule["maintenance"]} END""",
            user_id=self._officer(customer),
            acting_user_id=self._officer(customer),
            date_anchor=self.done_on,
            date_earliest=f"CASE WHEN {self.planned} THEN {begin} ELSE "
            f"{self.done_on} END",
            date_deadline=f"CASE WHEN {self.planned} THEN {begin} + 11 ELSE "
            f"{self.done_on} + CASE WHEN n % 9 = 0 THEN -1 ELSE 4 END END",
            state=f"CASE WHEN {self.planned} THEN 'planned' "
            f"WHEN {self.cancelled} THEN 'cancelled' ELSE 'done' END",
            date_done=f"CASE WHEN NOT ({self.planned} OR {self.cancelled}) "
            f"THEN {self.done_on} + interval '4 hours' END",
            result=f"CASE WHEN {self.planned} THEN 'running' WHEN {self.cancelled} "
            "THEN 'void' WHEN n % 9 = 0 THEN 'late' ELSE 'on_time' END",
            attempts="1",
            content=f"'{SAID}'",
        )
        topic = self.env.ref("aftersales_followup.topic_usage").id
        relate(
            self.env,
            followup._fields["topic_ids"],
            f"{self.followup} + n",
            str(topic),
            self.size.contacts,
        )
        clone(
            self.env,
            followup.activity_ids[:1],
            self.size.contacts,
            where=f"NOT {self.cancelled}",
            res_id=f"{self.followup} + n",
            user_id=self._officer(customer),
            active=self.planned,
            date_deadline=f"CASE WHEN {self.planned} THEN {begin} + 11 "
            f"ELSE {self.done_on} + 4 END",
            date_done=f"CASE WHEN NOT {self.planned} THEN {self.done_on} END",
        )

    def _fill_calls(self, visit):
        """A call for each follow-up that is done; the others are calls by customers."""
        call = self.env["aftersales.call"].create(
            {
                "partner_id": visit.partner_id.id,
                "vehicle_id": visit.vehicle_id.id,
                "outcome_id": self.env.ref("aftersales_followup.outcome_reached").id,
                "date": datetime.combine(
                    self.today - timedelta(days=400), datetime.min.time()
                ),
                "content": SAID,
                "satisfaction": 9,
            }
        )
        call.action_register()
        customer = self._customer()
        alone = f"({self.planned} OR {self.cancelled})"
        day = (
            f"CASE WHEN {alone} THEN '{self.today}'::date - 1 - n % 300 "
            f"ELSE {self.done_on} END"
        )
        self.call = clone(
            self.env,
            call,
            self.size.contacts,
            company_id=self._company(customer),
            partner_id=f"{self.partner} + {customer}",
            vehicle_id=f"{self.vehicle} + {customer}",
            followup_id=f"CASE WHEN NOT {alone} THEN {self.followup} + n END",
            visit_id=f"CASE WHEN NOT {alone} AND {self._layer()} < 4 THEN "
            f"{self.visit} + {customer} + {self.size.customers} "
            f"* ({self._layer()} / 2) END",
            phone=f"(13000000000 + ({customer}::bigint * 7919) % 6999999999)::text",
            plate=f"'湘' || chr(65 + ({customer} / 100000) % 26)"
            f" || lpad(({customer} % 100000)::text, 5, '0')",
            direction=f"CASE WHEN {alone} THEN 'inbound' ELSE 'outbound' END",
            user_id=self._officer(customer),
            designated_user_id=self._officer(customer),
            date=f"{day} + interval '3 hours' + (n % 400) * interval '1 minute'",
            satisfaction="n % 11",
            register_year=f"extract(year FROM {day})::int",
            register_sequence="n + 1",
            number=f"extract(year FROM {day})::int::text "
            "|| '-' || lpad((n + 1)::text, 6, '0')",
        )
        relate(
            self.env,
            call._fields["topic_ids"],
            f"{self.call} + n",
            str(self.env.ref("aftersales_followup.topic_usage").id),
            self.size.contacts,
        )

    def _fill_cases(self, visit):
        """One of twenty customers complained, one of two hundred of these waits."""
        case = self.env["aftersales.case"].create(
            {
                "partner_id": visit.partner_id.id,
                "vehicle_id": visit.vehicle_id.id,
                "user_id": self.officers[0].id,
                "case_type": "complaint",
                "description": "It rattles again",
            }
        )
        count = self.size.customers // 20
        customer, waits = "(n * 19)", "(n % 199 = 0)"
        day = f"('{self.today}'::date - 1 - n % 700)"
        self.env.cr.execute("SELECT max(id) FROM aftersales_case_round")
        rounds = self.env.cr.fetchone()[0] or 0
        cases = clone(
            self.env,
            case,
            count,
            company_id=self._company(customer),
            partner_id=f"{self.partner} + {customer}",
            vehicle_id=f"{self.vehicle} + {customer}",
            user_id=self._officer(customer),
            acting_user_id=self._officer(customer),
            round_id=f"{rounds} + n",
            date_raised=day,
            date_deadline=f"CASE WHEN {waits} THEN '{self.today}'::date + 3 "
            f"ELSE {day} + 2 END",
            escalate_deadline=f"CASE WHEN {waits} THEN '{self.today}'::date + 3 "
            f"ELSE {day} + 2 END",
            state=f"CASE WHEN {waits} THEN 'open' ELSE 'closed' END",
        )
        clone(
            self.env,
            case.round_ids[:1],
            count if case.round_ids else 0,
            case_id=f"{cases} + n",
            company_id=self._company(customer),
            date_begin=day,
            escalate_deadline=f"CASE WHEN {waits} THEN '{self.today}'::date + 3 "
            f"ELSE {day} + 2 END",
            escalation_result=f"CASE WHEN {waits} THEN 'running' END",
            date_closed=f"CASE WHEN NOT {waits} THEN {day} + 3 END",
        )
        clone(
            self.env,
            case.activity_ids[:1],
            count,
            where=waits,
            res_id=f"{cases} + n",
            user_id=self._officer(customer),
        )

    def _fill_optouts(self, visit):
        """Two of a hundred customers do not want to be contacted."""
        optouts = self.env["aftersales.optout"]
        said = "note" if "note" in optouts._fields else "reason"
        optout = optouts.create(
            {
                "partner_id": self.env["res.partner"]
                .create({"name": "Li Si", "phone": "139 0013 9000"})
                .id,
                said: "No",
            }
        )
        clone(
            self.env,
            optout,
            self.size.customers // 50,
            partner_id=f"{self.partner} + n * 50 - 1",
            company_id=self._company("(n * 50 - 1)"),
        )


def open_dealership(registry, size):
    """Fill a database whose only module is ours."""
    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": True})
        Dealership(env, size).open()
