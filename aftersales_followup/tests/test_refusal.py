from datetime import timedelta

from odoo.exceptions import UserError

from .common import TODAY, AftersalesCase

# What each customer refused, and which contacts that withholds: channel, purpose, and
# which of the two cars it is about. The ways of letters are about care and car A.
REFUSALS = """
refused          call/care/A call/care/B call/events/A letter/care/A meeting/survey/- \
post sms email

nothing          -           -           -             -             - \
-    -   -
contact          x           x           x             x             x \
x    x   x
call             x           x           x             -             - \
-    -   -
letter           -           -           -             x             - \
x    x   x
meeting          -           -           -             -             x \
-    -   -
care             x           x           -             x             - \
x    x   x
events           -           -           x             -             - \
-    -   -
car_a            x           -           x             x             - \
x    x   x
call_events      -           -           x             -             - \
-    -   -
care_car_b       -           x           -             -             - \
-    -   -
withdrawn        -           -           -             -             - \
-    -   -
phone_blacklist  x           x           x             -             - \
-    x   -
email_blacklist  -           -           -             -             - \
-    -   x
"""


class TestDecision(AftersalesCase):
    """One decision, in SQL, whoever asks: planning, night, officers, letters."""

    def setUp(self):
        super().setUp()
        self.company.sudo().aftersales_ceiling_contacts = 0

    def _read_table(self):
        head, *rows = [line.split() for line in REFUSALS.splitlines() if line.strip()]
        for name, *cells in rows:
            yield (
                name,
                dict(zip(head[1:], (cell == "x" for cell in cells), strict=True)),
            )

    def _new_customer_with_cars(self, name, number):
        customer = self._new_customer(
            name, phone=f"138 0000 {number:04}", email=f"{name}@example.com"
        )
        self.assertTrue(customer.phone_sanitized)
        cars = {
            "A": self._new_vehicle(customer, f"湘KA{number:04}").id,
            "B": self._new_vehicle(customer, f"湘KB{number:04}").id,
            "-": False,
        }
        return customer, cars

    def _refuse(self, name, customer, cars):
        vals = {
            "contact": {},
            "withdrawn": {},
            "car_a": {"vehicle_id": cars["A"]},
            "call_events": {"channel": "call", "purpose": "events"},
            "care_car_b": {"purpose": "care", "vehicle_id": cars["B"]},
            "care": {"purpose": "care"},
            "events": {"purpose": "events"},
            "call": {"channel": "call"},
            "letter": {"channel": "letter"},
            "meeting": {"channel": "meeting"},
        }
        if name in vals:
            optout = self._new_optout(customer, **vals[name])
            if name == "withdrawn":
                optout._withdraw("Changed his mind")
        elif name == "phone_blacklist":
            self.env["phone.blacklist"].sudo()._add([customer.phone_sanitized])
        elif name == "email_blacklist":
            self.env["mail.blacklist"].sudo()._add(customer.email)

    def _get_contact_vals(self, contact, customer, cars):
        channel, purpose, car = contact.split("/")
        return {
            "partner_id": customer.id,
            "vehicle_id": cars[car],
            "channel": channel,
            "purpose": purpose,
            "user_id": self.officer.id,
            "date_earliest": TODAY,
            "date_deadline": TODAY + timedelta(days=4),
        }

    def _is_planned(self, vals, key):
        rows = [{**vals, "origin_key": key, "company_id": self.company.id}]
        return bool(self.env["aftersales.followup"]._plan(rows))

    def _can_be_entered(self, vals):
        try:
            with self.env.cr.savepoint():
                self.env["aftersales.followup"].create(vals)
        except UserError:
            return False
        return True

    def _can_be_sent(self, way, customer, cars, **vals):
        letter = self._new_letter(
            customer, send_by=way, vehicle_id=cars["A"], purpose="care", **vals
        )
        try:
            with self.env.cr.savepoint():
                letter.action_register()
        except UserError:
            return False
        return True

    def test_planning_night_officers_and_letters_agree(self):
        Followup = self.env["aftersales.followup"]
        for number, (name, expected) in enumerate(self._read_table()):
            customer, cars = self._new_customer_with_cars(name, number)
            contacts = {
                contact: self._get_contact_vals(contact, customer, cars)
                for contact in expected
                if "/" in contact
            }
            before = {
                contact: Followup.create(vals) for contact, vals in contacts.items()
            }
            self._refuse(name, customer, cars)
            at_once = {
                contact: followup.state == "cancelled"
                for contact, followup in before.items()
                if name != "withdrawn"
            }
            union = Followup.union(*before.values())
            union.sudo().write({"state": "planned", "cancel_reason": False})
            self._run_planning()
            for contact, refused in expected.items():
                with self.subTest(refused=name, contact=contact):
                    if "/" not in contact:
                        self.assertEqual(
                            self._can_be_sent(contact, customer, cars), not refused
                        )
                        continue
                    vals = contacts[contact]
                    self.assertEqual(at_once.get(contact, False), refused, "at once")
                    self.assertEqual(
                        before[contact].state,
                        "cancelled" if refused else "planned",
                        "at night",
                    )
                    self.assertEqual(
                        self._is_planned(vals, f"test:{name}:{contact}"), not refused
                    )
                    self.assertEqual(self._can_be_entered(vals), not refused)

    def test_answer_to_his_own_case_is_never_withheld(self):
        customer = self._new_customer()
        self._new_optout(customer)
        case = self._new_case(customer)
        case.solution = "New brake pads"
        case.action_solve()
        answer = customer.aftersales_followup_ids
        self.assertEqual(answer.case_id, case)
        self._run_planning()
        self.assertEqual(answer.state, "planned")

    # letters

    def test_reply_goes_to_who_opted_out_but_not_to_a_blacklisted_address(self):
        customer, cars = self._new_customer_with_cars("Zhang", 1)
        self._new_optout(customer)
        self.assertFalse(self._can_be_sent("sms", customer, cars))
        for way in ("post", "sms", "email"):
            with self.subTest(way):
                self.assertTrue(self._can_be_sent(way, customer, cars, kind="reply"))
        self.env["phone.blacklist"].sudo()._add([customer.phone_sanitized])
        self.env["mail.blacklist"].sudo()._add(customer.email)
        for way, sent in (("post", True), ("sms", False), ("email", False)):
            with self.subTest(way, blacklisted=True):
                self.assertEqual(
                    self._can_be_sent(way, customer, cars, kind="reply"), sent
                )

    def test_refused_letter_says_why_and_what_to_do(self):
        customer, _cars = self._new_customer_with_cars("Zhang", 1)
        self.env["phone.blacklist"].sudo()._add([customer.phone_sanitized])
        self.env["mail.blacklist"].sudo()._add(customer.email)
        letter = self._new_letter(customer, send_by="sms")
        with self.assertRaisesRegex(UserError, "on the phone blacklist.*letter by pos"):
            letter.action_register()
        letter.send_by = "email"
        with self.assertRaisesRegex(UserError, "e-mail blacklist.*letter by post"):
            letter.action_register()
        self._new_optout(customer)
        letter.send_by = "post"
        with self.assertRaisesRegex(UserError, "does not want this.*Asked not to be"):
            letter.action_register()
        self.assertFalse(letter.number)
        self.assertFalse(
            self.env["sms.sms"].sudo().search([("partner_id", "=", customer.id)])
        )

    def test_number_and_address_of_the_letter_count_not_those_of_the_customer(self):
        customer, cars = self._new_customer_with_cars("Zhang", 1)
        self.env["phone.blacklist"].sudo()._add(["+8613900009999"])
        self.env["mail.blacklist"].sudo()._add("wife@example.com")
        cases = [
            ("sms", {"phone": "139-0000-9999"}),
            ("email", {"email": "Wife <WIFE@example.com>"}),
            ("email", {"email": "zhang@example.com, wife@example.com"}),
            ("email", {"email": "wife@example.com, zhang@example.com"}),
        ]
        for way, vals in cases:
            with self.subTest(**vals):
                self.assertTrue(self._can_be_sent(way, customer, cars))
                self.assertFalse(self._can_be_sent(way, customer, cars, **vals))


class TestBlacklist(AftersalesCase):
    """Odoo's own blacklists bind; what they withheld comes back with the number."""

    def setUp(self):
        super().setUp()
        self.customer = self._new_customer(email="zhang@example.com")
        self.blacklist = self.env["phone.blacklist"].sudo()
        self.entry = self.blacklist._add([self.customer.phone_sanitized])
        self.visit = self._new_delivered_visit(self.customer)
        self.assertFalse(self.visit.followup_ids)

    def assertComesBack(self):
        self._run_planning()
        self.assertEqual(self.visit.followup_ids.state, "planned")

    def test_number_that_stays_on_the_list_is_not_called(self):
        self._run_planning()
        self.assertFalse(self.visit.followup_ids)

    def test_entry_that_is_archived_lets_calls_be_planned(self):
        self.entry.action_archive()
        self.assertComesBack()

    def test_entry_that_is_deleted_lets_calls_be_planned(self):
        self.entry.unlink()
        self.assertComesBack()

    def test_entry_that_is_corrected_frees_one_number_and_binds_another(self):
        other = self._new_followup(self._new_customer("Li", phone="139 0013 9000"))
        self.entry.number = "+8613900139000"
        self.assertEqual(other.state, "cancelled")
        self.assertEqual(other.cancel_reason, "The number is on the phone blacklist.")
        self.assertComesBack()

    def test_customer_with_a_new_number_is_called(self):
        self.customer.phone = "139 0000 0001"
        self.assertComesBack()

    def test_customer_with_a_new_number_that_is_listed_is_not_called(self):
        self.blacklist._add(["+8613900000001"])
        self.customer.phone = "139 0000 0001"
        self._run_planning()
        self.assertFalse(self.visit.followup_ids)

    def test_number_on_the_list_that_a_customer_gets_is_not_called(self):
        other = self._new_customer("Li", phone="139 0013 9000")
        followup = self._new_followup(other)
        other.phone = self.customer.phone
        self._run_planning()
        self.assertEqual(followup.state, "cancelled")

    def test_e_mail_blacklist_plans_and_cancels_nothing(self):
        """No follow-up goes by e-mail as such: its letter can go by post."""
        customer = self._new_customer("Li", phone="139 0013 9000", email="li@a.cn")
        car = self._new_vehicle(
            customer, "湘K77777", aftersales_insurance_date=TODAY + timedelta(days=20)
        )
        letter = self._new_followup(customer, channel="letter")
        self._new_visit(customer, car)
        entry = self.env["mail.blacklist"].sudo()._add("li@a.cn")
        self.assertEqual(letter.state, "planned")
        # The scheduler was off, and the window of the insurance closed on day 10.
        self.pass_days(60)
        entry.action_archive()
        self._run_planning()
        insurance = car.aftersales_followup_ids
        self.assertEqual(insurance.rule_id.code, "insurance")
        # Friday 1 May and three working days more.
        self.assertEqual(insurance.date_deadline, TODAY + timedelta(days=65))
