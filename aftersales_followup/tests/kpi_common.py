"""A year of an invented dealership, small enough to be counted by hand."""

from datetime import date, datetime, time, timedelta

from odoo.fields import Command

from .common import AftersalesCase

JUNE = (date(2025, 6, 1), date(2025, 6, 30))
YEAR = (date(2025, 1, 1), date(2025, 12, 31))


def at(year, month, day, hour=10):
    """Return the naive UTC moment of an hour in Shanghai."""
    return datetime.combine(date(year, month, day), time(hour)) - timedelta(hours=8)


class KpiCase(AftersalesCase):
    """Figures, asked for by their codes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kpis = cls.env["aftersales.kpi"].search([("code", "!=", False)])
        cls.values = cls.env["aftersales.kpi.value"].sudo()

    def _kpi(self, code):
        return self.kpis.filtered(lambda kpi: kpi.code == code)

    def _figure(self, code, period, user=None, company=None):
        """Return value, numerator and denominator of a figure, rounded."""
        figure = self._kpi(code)._get_figure(*period, company or self.company, user)
        return tuple(None if n is None else round(n, 2) for n in figure)

    def _figures(self, period, by_officer=False, company=None):
        """Return {code: {officer or False: (value, numerator, denominator)}}."""
        figures = self.kpis._get_figures(
            self.kpis, *period, company or self.company, by_officer
        )
        return {kpi.code: found for kpi, found in figures.items()}

    def _type_in(self, code, day, amount, **vals):
        return self.env["aftersales.kpi.entry"].create(
            {"kpi_id": self._kpi(code).id, "date": day, "amount": amount, **vals}
        )

    def _lines(self, *lines):
        """Return lines of a visit from (trade, payer, amount, cost[, claim])."""
        return [
            Command.clear(),
            *(
                Command.create(
                    {
                        "name": "Work",
                        "trade": trade,
                        "payer": payer,
                        "amount": amount,
                        "cost": cost,
                        "claim_state": claim[0] if claim else "none",
                    }
                )
                for trade, payer, amount, cost, *claim in lines
            ),
        ]


class KpiYear(KpiCase):
    """The year 2025, lived through day by day; it is 5 January 2026."""

    def setUp(self):
        super().setUp()
        self._diary = []
        self._people()
        self._note_history()
        self._note_visits()
        self._note_calls()
        self._note_cases()
        self._note_contacts()
        self._note_entries()
        for moment, _number, happens in sorted(self._diary, key=lambda one: one[:2]):
            self.set_now(moment)
            happens()
        self.set_now(at(2026, 1, 5))
        self.env.flush_all()

    def _on(self, *day, happens):
        self._diary.append((at(*day), len(self._diary), happens))

    def _people(self):
        self.set_now(at(2025, 1, 2))
        names = "ABCDEGHIJ"
        for number, name in enumerate(names):
            officer = self.other_officer if name == "B" else self.officer
            customer = self._new_customer(
                name, phone=f"139 0000 000{number}", officer=officer
            )
            setattr(self, name, customer)
            self._new_vehicle(customer, f"湘K0000{number}")

    # ------------------------------------------------------------
    # Visits
    # ------------------------------------------------------------

    def _note_history(self):
        """2024 came from another program: A on 10 March, B on 20 May, C on 5 June."""
        for customer, day, line in (
            (self.A, (2024, 3, 10), ("mechanical", "customer", 1000, 0)),
            (self.B, (2024, 5, 20), ("mechanical", "customer", 600, 0)),
            (self.C, (2024, 6, 5), ("sheet_metal", "insurance", 400, 0)),
        ):
            self._on(
                2025,
                1,
                2,
                happens=lambda customer=customer, day=day, line=line: (
                    self._import_visit(
                        customer,
                        date_arrival=at(*day, 9),
                        date_delivery=at(*day, 16),
                        line_ids=self._lines(line),
                    )
                ),
            )

    def _note_visits(self):
        self._stay(
            "V1",
            self.A,
            (6, 2),
            (6, 3),
            ("maintenance", "customer", 500, 200),
            ("parts", "customer", 300, 180),
            ("parts", "internal", 50, 40),
            filed=(6, 4),
        )
        self._stay(
            "V2",
            self.B,
            (6, 10),
            (6, 12),
            ("sheet_metal", "insurance", 2000, 900),
            ("paint", "insurance", 1000, 300),
            filed=(6, 13),
        )
        self._stay("V3", self.D, (6, 16), (6, 16), filed=(6, 18))
        self._stay(
            "V4",
            self.A,
            (6, 20),
            (6, 21),
            ("mechanical", "warranty", 200, 150, "approved"),
            ("mechanical", "warranty", 100, 60, "rejected"),
            ("accessories", "customer", 80, 30),
            rework="V1",
        )
        self._stay("V5", self.E, (6, 30), (7, 1), ("parts", "customer", 600, 450))
        self._stay("V7", self.G, (7, 5), (7, 6), ("parts", "customer", 700, 500))
        self._stay("V8", self.H, (7, 20), (7, 21), ("other", "customer", 0, 0))

        def cancel():
            self.V6.action_cancel()

        self._on(2025, 6, 18, happens=lambda: self._arrive("V6", self.D, (), None))
        self._on(2025, 6, 19, happens=cancel)

    def _stay(self, name, customer, arrival, end, *lines, filed=None, rework=None):
        self._on(
            2025,
            *arrival,
            happens=lambda: self._arrive(name, customer, lines, rework),
        )
        self._on(2025, *end, happens=lambda: self._leave(name))
        if filed:
            self._on(2025, *filed, happens=lambda: self._file(name))

    def _arrive(self, name, customer, lines, rework):
        vals = {"line_ids": self._lines(*lines)}
        if not lines and name != "V6":
            vals["visit_type"] = "consultation"
        if rework:
            vals["rework_of_id"] = getattr(self, rework).id
        setattr(self, name, self._new_visit(customer, **vals))

    def _leave(self, name):
        visit = getattr(self, name)
        visit.date_delivery = datetime.now()
        if visit.visit_type == "workshop":
            visit.action_deliver()
        else:
            visit.action_close()

    def _file(self, name):
        visit = getattr(self, name)
        visit.write(
            {
                "wish": "A quiet car",
                "next_service_content": "Tyres",
                "next_contact_date": date(2026, 6, 1),
            }
        )
        visit.action_file_archive()

    # ------------------------------------------------------------
    # Calls, letters
    # ------------------------------------------------------------

    def _first(self, name):
        return getattr(self, name).followup_ids.filtered(
            lambda followup: followup.rule_id.code == "first"
        )

    def _register(self, user, followup=None, score=-1, **vals):
        call = self._new_call(followup, user, satisfaction=score, **vals)
        call.action_register()
        return call

    def _note_calls(self):
        officer, other = self.officer, self.other_officer
        self._on(
            2025,
            6,
            6,
            happens=lambda: self._register(officer, self._first("V1"), 9),
        )
        self._on(
            2025,
            6,
            12,
            happens=lambda: self._new_letter(self.A).action_register(),
        )
        self._on(2025, 6, 13, happens=lambda: self._new_letter(self.A))
        self._on(
            2025,
            6,
            16,
            happens=lambda: self._register(
                other, self._first("V2"), outcome_id=self.no_answer.id
            ),
        )
        self._on(
            2025,
            6,
            20,
            happens=lambda: self._first("V3")._cancel("Does not like it"),
        )

        def call_second():
            second = self.env["aftersales.followup"].search(
                [("previous_id", "=", self._first("V1").id)]
            )
            self._register(officer, second, 8)

        self._on(2025, 6, 25, happens=call_second)
        self._on(
            2025, 6, 26, happens=lambda: self._register(officer, self._first("V4"))
        )
        self._on(
            2025,
            6,
            27,
            happens=lambda: self._register(
                officer,
                partner_id=self.C.id,
                direction="inbound",
                inbound_kind="consultation",
            ),
        )
        self._on(
            2025,
            6,
            27,
            happens=lambda: self._register(officer, score=10, partner_id=self.D.id),
        )
        self._on(
            2025,
            6,
            28,
            happens=lambda: self._register(other, score=7, partner_id=self.B.id),
        )
        # A draft is no call.
        self._on(2025, 6, 28, happens=lambda: self._new_call(partner_id=self.D.id))

    # ------------------------------------------------------------
    # Cases
    # ------------------------------------------------------------

    def _note_cases(self):
        def answer(customer, **vals):
            self._new_case(customer, **vals).action_answer_on_spot()

        def raise_():
            self.X2 = self._new_case(self.B, self.other_officer)

        def escalate():
            self.X2.action_escalate()

        def solve():
            self.X2.with_user(self.supervisor).solution = "Another part"
            self.X2.with_user(self.supervisor).action_solve()

        self._on(2025, 5, 15, happens=lambda: answer(self.C))
        self._on(2025, 6, 5, happens=lambda: answer(self.A))
        self._on(2025, 6, 10, happens=raise_)
        self._on(2025, 6, 13, happens=escalate)
        self._on(2025, 6, 20, happens=solve)
        self._on(2025, 6, 24, happens=lambda: answer(self.D, case_type="request"))

    # ------------------------------------------------------------
    # Campaign, and contacts by the dates of cars
    # ------------------------------------------------------------

    def _note_contacts(self):
        def confirm():
            (self.G | self.H).sudo().aftersales_archive_number = False
            self.env["aftersales.archive"]._get_archives(
                self.G | self.H, self.company
            )._assign_numbers()
            self.campaign = self._new_campaign(
                date_begin=date(2025, 7, 10),
                audience_domain=repr([("name", "in", ["G", "H"])]),
            )
            self.campaign.action_confirm()

        def call_of_campaign():
            notice = self._notices().filtered(lambda one: one.partner_id == self.G)
            self._register(self.officer, notice, letter_needed=True)

        def write_letter():
            letter = self._notices().search(
                [("partner_id", "=", self.G.id), ("channel", "=", "letter")]
            )
            self._new_letter(self.G, followup_id=letter.id).action_register()

        self._on(2025, 6, 5, happens=confirm)
        self._on(2025, 6, 20, happens=call_of_campaign)
        self._on(2025, 6, 21, happens=write_letter)
        self._on(2025, 6, 1, happens=self._plan_by_dates)
        self._on(
            2025,
            6,
            15,
            happens=lambda: self._register(self.officer, self.insurance),
        )

    def _notices(self):
        return self.env["aftersales.followup"].search(
            [("campaign_id", "=", self.campaign.id)]
        )

    def _plan_by_dates(self):
        """J is to be called about the insurance, I about maintenance."""

        def plan(customer):
            return self._new_followup(customer, date_deadline=date(2025, 6, 30)).sudo()

        self.insurance = plan(self.J)
        self.insurance.rule_id = self.env.ref("aftersales_followup.rule_insurance")
        maintenance = plan(self.I)
        maintenance.rule_id = self.rule_maintenance

    # ------------------------------------------------------------
    # Typed in
    # ------------------------------------------------------------

    def _note_entries(self):
        june, may, july = date(2025, 6, 10), date(2025, 5, 5), date(2025, 7, 3)
        entries = [
            ("parts_purchase", june, 1000),
            ("parts_purchase", june, 500),
            ("parts_stock", may, 900),
            ("parts_stock", june, 800),
            ("parts_stock", july, 700),
            ("accessories_stock", may, 300),
            ("fixed_cost", june, 4000),
            ("fixed_cost", june, 1900),
            ("facility_cost", june, 100),
            ("staff_management", may, 2),
            ("staff_frontdesk", may, 3),
            ("staff_mechanics", may, 8),
            ("staff_body_paint", may, 4),
            ("staff_store", may, 2),
            ("lectures_customers", june, 1),
            ("lectures_customers", july, 1),
            ("lectures_technical", june, 1),
            ("training_frontdesk", june, 2),
            ("training_basics", june, 1),
            ("training_workshop", june, 3),
            ("discussions", june, 1),
            ("team_activities", july, 1),
        ]

        def type_in():
            for entry in entries:
                self._type_in(*entry)
            self._type_in("parts_purchase", june, 999).active = False

        self._on(2025, 12, 30, happens=type_in)
