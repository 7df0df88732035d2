"""What people do at a dealership, each with whatever there is to do it with."""

from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.fields import Command

OUTCOMES = {
    "reached": 10,
    "no_answer": 4,
    "busy": 2,
    "call_back": 3,
    "wrong_number": 1,
    "refused": 1,
}
WINDOW = (
    "earliest_days",
    "latest_days",
    "earliest_months",
    "latest_months",
    "catch_up_days",
)
CASE_STEPS = (
    "answer_on_spot",
    "escalate",
    "solve",
    "inform",
    "close",
    "reopen",
    "wait_for_parts",
    "stop_waiting",
)


class Nobody(UserError):
    """There is nothing yet with which an act could be done."""


class SeasonActs:
    """Acts of whoever ``_become`` made, in the house whose turn it is."""

    # ------------------------------------------------------------
    # Choosing
    # ------------------------------------------------------------

    def _any(self, model, *domain):
        """Return any such record of the house, whoever may see it."""
        own = [("company_id", "=", self.house.id), *domain]
        found = self.as_user[model].sudo().search(own)
        if not found:
            raise Nobody(model)
        return self.rnd.choice(found).sudo(False)

    def _any_customer(self):
        known = self._any("aftersales.archive").partner_id
        new = self.as_user["res.partner"].search(
            [("name", "=like", "Customer %"), ("phone", "!=", False)]
        )
        return self.rnd.choice(
            [known, known, *self.rnd.sample([*new], min(len(new), 1))]
        )

    def _any_car(self):
        cars = self.as_user["fleet.vehicle"].search(
            [
                ("company_id", "in", [False, self.house.id]),
                ("aftersales_owner_id", "!=", False),
            ]
        )
        if not cars:
            raise Nobody("fleet.vehicle")
        return self.rnd.choice(cars)

    def _any_reminder(self):
        """Return an open reminder of an officer of the house, as that officer."""
        reminders = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=like", "aftersales.%"),
                    ("user_id", "in", self.officers.ids),
                ]
            )
        )
        if not reminders:
            raise Nobody("mail.activity")
        reminder = self.rnd.choice(reminders)
        self._become(reminder.user_id)
        return reminder.with_env(self.as_user)

    def _maybe(self, share):
        return self.rnd.random() < share

    def _in_days(self, first, last):
        return self.today + timedelta(days=self.rnd.randint(first, last))

    # ------------------------------------------------------------
    # Customers and cars
    # ------------------------------------------------------------

    def _act_receive_customer(self):
        number = self.rnd.randint(0, 10**8)
        customer = self.as_user["res.partner"].create(
            {
                "name": f"Customer {number}",
                "phone": f"13{number:09}",
                "street": f"{number} Xiangzhong Avenue",
                "company_id": self.house.id if self._maybe(0.6) else False,
            }
        )
        car = self._note_car(customer)
        if self._maybe(0.4):
            come = datetime.now() - timedelta(days=self.rnd.randint(40, 420))
            self.as_user["aftersales.visit"].with_context(import_file=True).create(
                {
                    "partner_id": customer.id,
                    "vehicle_id": car.id,
                    "date_arrival": come,
                    "date_delivery": come + timedelta(hours=5),
                    "line_ids": self._prepare_lines(1),
                }
            )

    def _note_car(self, owner):
        return self.as_user["fleet.vehicle"].create(
            {
                "model_id": self.model.id,
                "license_plate": f"湘K{self.rnd.randint(10000, 99999)}",
                "company_id": self.house.id if self._maybe(0.7) else False,
                "aftersales_owner_id": owner.id,
            }
        )

    def _act_note_car(self):
        self._note_car(self._any_customer())

    def _act_note_car_dates(self):
        name = self.rnd.choice(["insurance", "inspection", "warranty"])
        self._any_car()[f"aftersales_{name}_date"] = self._in_days(-20, 80)

    def _act_sell_car(self):
        self._any_car().aftersales_owner_id = self._any_customer()

    def _act_hand_over(self):
        self._become(self.boss)
        self.as_user["aftersales.partner.hand.over"].create(
            {
                "partner_ids": self._any("aftersales.archive").partner_id.ids,
                "officer_id": self.rnd.choice(self.officers).id,
            }
        ).action_hand_over()

    def _act_restrict(self):
        self._become(self.boss)
        self.as_user["aftersales.partner.restrict"].create(
            {"partner_ids": self._any_customer().ids, "reason": "Asked for it"}
        ).action_restrict()

    def _act_merge(self):
        both = self._any_customer() | self._any_customer()
        wizard = self.env(user=1)["base.partner.merge.automatic.wizard"]
        wizard._merge(both.ids, both[:1].sudo())

    def _act_archive_customer(self):
        self._any_customer().sudo().action_archive()

    # ------------------------------------------------------------
    # Visits
    # ------------------------------------------------------------

    def _prepare_lines(self, count):
        return [
            Command.create(
                {
                    "name": "Work",
                    "trade": self.rnd.choice(["maintenance", "paint", "parts"]),
                    "payer": self.rnd.choice(["customer", "insurance", "internal"]),
                    "amount": self.rnd.randint(0, 3000),
                    "cost": self.rnd.randint(0, 900),
                }
            )
            for _line in range(count)
        ]

    def _act_receive_visit(self):
        customer = self._any_customer()
        cars = customer.aftersales_vehicle_ids
        vals = {
            "partner_id": customer.id,
            "vehicle_id": self.rnd.choice(cars).id if cars else False,
            "visit_type": "consultation" if self._maybe(0.2) else "workshop",
            "date_arrival": datetime.now()
            - timedelta(hours=self.rnd.choice([0, 0, 1, 5, 30, 100])),
            "line_ids": self._prepare_lines(self.rnd.randint(0, 3)),
        }
        if self._maybe(0.7):
            vals["wish"] = "Please wash it"
            vals["next_service_content"] = "Tyres"
            vals["next_contact_date"] = self._in_days(1, 60)
        self.as_user["aftersales.visit"].create(vals)

    def _act_change_visit(self):
        visit = self._any("aftersales.visit")
        customer = self._any_customer()
        visit.write(
            self.rnd.choice(
                [
                    {"date_arrival": visit.date_arrival - timedelta(days=1)},
                    {"officer_id": self.rnd.choice(self.officers).id},
                    {"next_contact_date": self._in_days(0, 40)},
                    {"date_delivery": datetime.now() - timedelta(hours=3)},
                    {
                        "partner_id": customer.id,
                        "vehicle_id": customer.aftersales_vehicle_ids[:1].id,
                    },
                ]
            )
        )

    def _act_change_lines(self):
        visit = self._any("aftersales.visit")
        visit.line_ids = self._prepare_lines(1)
        self.rnd.choice(visit.line_ids).amount = self.rnd.randint(0, 2000)

    def _act_file_archive(self):
        self._any(
            "aftersales.visit", ("archive_result", "=", "running")
        ).action_file_archive()

    def _act_end_visit(self):
        visit = self._any("aftersales.visit", ("state", "=", "open"))
        is_workshop = visit.visit_type == "workshop"
        (visit.action_deliver if is_workshop else visit.action_close)()

    def _act_cancel_visit(self):
        self._any("aftersales.visit").action_cancel()

    def _act_reopen_visit(self):
        self._any("aftersales.visit", ("state", "!=", "open")).action_reopen()

    # ------------------------------------------------------------
    # Calls and letters
    # ------------------------------------------------------------

    def _act_call(self):
        planned = [("state", "=", "planned"), ("channel", "!=", "letter")]
        followup = self._any("aftersales.followup", *planned)
        self._become(followup.acting_user_id)
        call = followup.with_env(self.as_user)._open_draft()
        vals = self._prepare_outcome()
        if call.near_ids and self._maybe(0.5):
            vals["together_ids"] = [Command.set(self.rnd.choice(call.near_ids).ids)]
        if self._maybe(0.15):
            vals["case_ids"] = [Command.create(self._prepare_case())]
        call.write(vals)
        self.rnd.choice([call.action_register, call.action_register_and_next])()

    def _prepare_outcome(self):
        [code] = self.rnd.choices([*OUTCOMES], [*OUTCOMES.values()])
        vals = {"outcome_id": self._get_outcome(code).id, "content": "As was said"}
        if code == "reached":
            vals["satisfaction"] = self.rnd.choice([10, 9, 9, 8, 5, 3, -1])
            vals["letter_needed"] = self._maybe(0.15)
        elif code == "call_back":
            hours = self.rnd.randint(1, 80)
            vals["date_call_back"] = datetime.now() + timedelta(hours=hours)
        elif code == "wrong_number" and self._maybe(0.5):
            vals["right_number"] = f"139{self.rnd.randint(0, 10**8 - 1):08}"
        elif code == "refused":
            vals["optout_scope"] = self.rnd.choice(
                ["once", "all", "channel", "vehicle"]
            )
            vals["optout_reason_id"] = self._get_optout_reason()
        if self._maybe(0.1):
            hours = self.rnd.randint(1, 60)
            vals["date"] = datetime.now() - timedelta(hours=hours)
        return vals

    def _act_be_called(self):
        outcomes = self.as_user["aftersales.call.outcome"].search(
            [("direction", "!=", "outbound")]
        )
        vals = {"direction": "inbound", "outcome_id": self.rnd.choice(outcomes).id}
        if self._maybe(0.7):
            vals["partner_id"] = self._any_customer().id
        else:
            vals["phone"] = f"137{self.rnd.randint(0, 10**8 - 1):08}"
        call = self.as_user["aftersales.call"].create({**vals, "content": "Asks"})
        call.action_register()

    def _act_give_call(self):
        call = self._any(
            "aftersales.call", ("partner_id", "=", False), ("state", "=", "registered")
        )
        action = call.action_give_to_customer()
        self.as_user["aftersales.call.give"].with_context(**action["context"]).create(
            {"partner_id": self._any_customer().id}
        ).action_give()

    def _act_correct_call(self):
        self._become(self.boss)
        call = self._any("aftersales.call", ("state", "=", "registered"))
        call.with_context(correction_reason="Misheard").write(
            self.rnd.choice(
                [
                    {"satisfaction": self.rnd.randint(-1, 10)},
                    {"outcome_id": self._get_outcome("no_answer").id},
                    {"partner_id": self._any_customer().id},
                ]
            )
        )

    def _act_write_letter(self):
        if self._maybe(0.5):
            followup = self._any("aftersales.followup", ("state", "=", "planned"))
            followup.action_write_letters()
        draft = self._any("aftersales.letter", ("state", "=", "draft"))
        draft.action_register()
        if self._maybe(0.2):
            draft.action_return()

    # ------------------------------------------------------------
    # Cases
    # ------------------------------------------------------------

    def _prepare_case(self):
        return {
            "case_type": self.rnd.choice(["wish", "request", "complaint"]),
            "description": "The brakes squeak",
        }

    def _act_note_case(self):
        customer = self._any_customer()
        self.as_user["aftersales.case"].create(
            {**self._prepare_case(), "partner_id": customer.id}
        )

    def _act_step_case(self):
        case = self._any("aftersales.case")
        if self._maybe(0.5):
            case.solution = "We mend it"
        getattr(case, f"action_{self.rnd.choice(CASE_STEPS)}")()

    # ------------------------------------------------------------
    # Opt-outs
    # ------------------------------------------------------------

    def _get_optout_reason(self):
        return self.as_user["aftersales.optout.reason"].search([], limit=1).id

    def _act_opt_out(self):
        customer = self._any_customer()
        vals = {"partner_id": customer.id, "reason_id": self._get_optout_reason()}
        vals |= self.rnd.choice(
            [
                {},
                {"channel": "call"},
                {"purpose": "care"},
                {"purpose": "maintenance"},
                {"vehicle_id": customer.aftersales_vehicle_ids[:1].id},
            ]
        )
        self.as_user["aftersales.optout"].create(vals)

    def _act_withdraw_opt_out(self):
        optout = self._any("aftersales.optout", ("date_withdrawn", "=", False))
        self.as_user["aftersales.optout.withdraw"].create(
            {"optout_ids": optout.ids, "reason": "Asks to be called again"}
        ).action_withdraw()

    # ------------------------------------------------------------
    # Planning, and who does it
    # ------------------------------------------------------------

    def _act_name_stand_in(self):
        self._become(self.boss)
        away, stand_in = self.rnd.sample([*self.officers, self.boss], 2)
        first = self._in_days(-1, 6)
        self.as_user["aftersales.substitution"].create(
            {
                "user_id": away.id,
                "substitute_id": stand_in.id,
                "date_from": first,
                "date_to": first + timedelta(days=self.rnd.randint(0, 8)),
            }
        )

    def _act_end_stand_in(self):
        self._become(self.boss)
        self._any("aftersales.substitution").action_end()

    def _act_designate(self):
        self._become(self.boss)
        followup = self._any("aftersales.followup", ("state", "=", "planned"))
        officer = self.rnd.choice(self.officers)
        later = followup.date_deadline + timedelta(days=self.rnd.randint(-2, 5))
        followup.write(
            self.rnd.choice([{"user_id": officer.id}, {"date_deadline": later}])
        )

    def _act_plan_by_hand(self):
        self.as_user["aftersales.followup"].create(
            {
                "partner_id": self._any_customer().id,
                "user_id": self.rnd.choice(self.officers).id,
                "date_earliest": self._in_days(0, 3),
                "date_deadline": self._in_days(3, 9),
                "content": "Ask how it goes",
            }
        )

    def _act_cancel_followup(self):
        followup = self._any("aftersales.followup", ("state", "=", "planned"))
        self.as_user["aftersales.followup.cancel"].create(
            {"followup_ids": followup.ids, "reason": "By mistake"}
        ).action_cancel()

    def _act_reopen_followup(self):
        self._any("aftersales.followup", ("state", "=", "cancelled")).action_reopen()

    def _act_finish_reminder(self):
        self._any_reminder().action_feedback(
            feedback="It was done" if self._maybe(0.8) else False
        )

    def _act_delete_reminder(self):
        self._any_reminder().unlink()

    def _act_begin_campaign(self):
        self._become(self.boss)
        begin = self._in_days(5, 40)
        self.as_user["aftersales.campaign"].create(
            {
                "name": "Free Check Week",
                "kind": "offer",
                "date_begin": begin,
                "date_end": begin + timedelta(days=2),
                "venue": "Workshop 2",
                "description": "We check brakes and tyres for nothing.",
            }
        ).action_confirm()

    def _act_step_campaign(self):
        self._become(self.boss)
        campaign = self._any("aftersales.campaign")
        step = self.rnd.choice(["cancel", "done", "draft", "confirm"])
        getattr(campaign, f"action_{step}")()

    def _act_change_setting(self):
        """Any number or switch of the dealership's settings."""
        house = self.house.sudo()
        name = self.rnd.choice(
            [
                name
                for name, field in sorted(house._fields.items())
                if name.startswith("aftersales_")
                and field.type in ("integer", "boolean")
                and not field.compute
            ]
        )
        if house._fields[name].type == "boolean":
            house[name] = not house[name]
        else:
            house[name] = self.rnd.choice([0, 1, 2, 3, 4, 5, 8, 12, 30])

    def _act_change_rule(self):
        """The administrator opens or shuts a window, or switches a rule."""
        rules = self.env(user=1)["aftersales.followup.rule"]
        rule = self.rnd.choice(rules.with_context(active_test=False).search([]))
        if self._maybe(0.3):
            rule.active = not rule.active
        elif self._maybe(0.3):
            rule.channel = self.rnd.choice(["call", "meeting", "letter"])
        else:
            rule[self.rnd.choice(WINDOW)] += self.rnd.choice([-3, -1, 1, 3])

    def _act_change_outcome(self):
        """The administrator says how often and when it is tried again."""
        outcomes = self._get_outcome("no_answer") | self._get_outcome("busy")
        outcome = self.rnd.choice(outcomes)
        outcome.retry_days = self.rnd.randint(0, 5)
        outcome.max_attempts = self.rnd.randint(0, 5)
