from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from odoo.fields import Command

from .common import NOW, TODAY
from .upgrade_common import UpgradeCase

YESTERDAY = TODAY - timedelta(days=1)


class TestUpgradeFollowups(UpgradeCase):
    """What was planned, done and called off in version 19.0.1.0.0 stays so."""

    # results

    def _new_followups(self, count, **vals):
        customer = self._new_customer()
        return [self._new_followup(customer, **vals) for _n in range(count)]

    def test_what_was_done_keeps_its_result(self):
        """Days are the company's: in Shanghai it is Tuesday at 17 o'clock of London."""
        running, on_time, early, late, again = self._new_followups(
            5, date_earliest=TODAY, date_deadline=TODAY
        )
        night = datetime(2026, 3, 1, 17)
        self._go_back()
        self._set_old(on_time, state="done", on_time=True, date_done=night)
        self._set_old(
            early, state="done", on_time=False, date_done=night - timedelta(hours=2)
        )
        self._set_old(
            late, state="done", on_time=False, date_done=night + timedelta(days=1)
        )
        # On time or not was written by another window.
        self._set_old(again, state="done", on_time=False, date_done=night)
        self._upgrade()
        self.assertEqual(running.result, "running")
        self.assertEqual(on_time.result, "on_time")
        self.assertEqual(early.result, "early")
        self.assertEqual(late.result, "late")
        self.assertEqual(again.result, "late")

    def test_a_notice_of_a_campaign_is_never_too_early(self):
        campaign = self._new_campaign()
        notice, letter = self._new_followups(
            2, date_earliest=TODAY, date_deadline=TODAY
        )
        done = NOW - timedelta(days=2)
        self._go_back()
        self._set_old(
            notice | letter,
            campaign_id=campaign.id,
            state="done",
            on_time=False,
            date_done=done,
        )
        self._set_old(letter, previous_id=notice.id)
        self._upgrade()
        self.assertEqual(notice.result, "late")
        self.assertEqual(letter.result, "early")

    def test_what_was_called_off_after_its_deadline_was_missed(self):
        in_time, too_late, noted = self._new_followups(
            3, date_earliest=YESTERDAY, date_deadline=TODAY
        )
        evening = datetime(2026, 3, 2, 15, 59)
        self._note_cancelled(noted, evening)
        self._go_back()
        called_off = {"state": "cancelled", "cancel_reason": "Not needed"}
        self._set_old(in_time, **called_off, write_date=evening)
        midnight = evening + timedelta(minutes=1)
        self._set_old(too_late, **called_off, write_date=midnight)
        # The chatter knows better than the last change of whatever it was.
        self._set_old(noted, **called_off, write_date=NOW + timedelta(days=9))
        self._upgrade()
        self.assertEqual(in_time.result, "void")
        self.assertEqual(too_late.result, "missed")
        self.assertEqual(noted.result, "void")

    def _note_cancelled(self, followup, moment):
        """Note in the chatter when the follow-up was cancelled."""
        field = self.env["ir.model.fields"]._get("aftersales.followup", "state")
        message = self.env["mail.message"].create(
            {
                "model": followup._name,
                "res_id": followup.id,
                "date": moment,
                "tracking_value_ids": [
                    Command.create(
                        {
                            "field_id": field.id,
                            "old_value_char": "Planned",
                            "new_value_char": "Cancelled",
                        }
                    )
                ],
            }
        )
        message.flush_recordset()

    def test_nobody_is_to_blame_for_what_others_called_off(self):
        reasons = [
            "Opted out: All contact",
            "拒绝联系：所有联系",
            "The customer opted out.",
            "Refused on the phone: Leave me alone",
            "電話中拒絕。",
            "The number is on the phone blacklist.",
            "The car has a new owner.",
            "车辆已更换车主。",
            "The visit was cancelled.",
            "進廠已重新開啟。",
        ]
        followups = self._new_followups(
            len(reasons) + 1, date_earliest=YESTERDAY, date_deadline=YESTERDAY
        )
        self._go_back()
        for followup, reason in zip(followups, [*reasons, None], strict=True):
            self._set_old(
                followup,
                state="cancelled",
                cancel_reason=reason,
                write_date=NOW + timedelta(days=9),
            )
        self._upgrade()
        self.assertEqual(
            [followup.result for followup in followups],
            ["void"] * len(reasons) + ["missed"],
        )

    def test_a_letter_keeps_its_result(self):
        customer = self._new_customer()
        draft, on_time, late, without = [
            self._new_letter(customer, date_due=due)
            for due in (TODAY, TODAY, TODAY, False)
        ]
        self._go_back()
        sent = {"state": "registered", "date_sent": TODAY}
        self._set_old(on_time, **sent, on_time=True)
        self._set_old(late, **{**sent, "state": "returned"}, on_time=False)
        self._set_old(without, **sent, on_time=False)
        self._upgrade()
        self.assertEqual(draft.result, "running")
        self.assertEqual(on_time.result, "on_time")
        self.assertEqual(late.result, "late")
        self.assertFalse(without.result)

    # purposes and rules

    def test_everything_gets_the_purpose_of_its_rule(self):
        own = self.rule_second.sudo().copy(
            {"code": "own", "previous_rule_id": self.rule_maintenance.id}
        )
        ref = self.env.ref
        purposes = {
            self.rule_first: "care",
            self.rule_second: "care",
            self.rule_maintenance: "maintenance",
            own: "maintenance",
            ref("aftersales_followup.rule_insurance"): "maintenance",
            ref("aftersales_followup.rule_inspection"): "maintenance",
            ref("aftersales_followup.rule_lost"): "care",
            ref("aftersales_followup.rule_campaign_call"): "events",
            ref("aftersales_followup.rule_campaign_letter"): "events",
        }
        customer = self._new_customer()
        planned = {rule: self._new_followup(customer) for rule in purposes}
        letters = {
            rule: self._new_letter(customer, followup_id=followup.id)
            for rule, followup in planned.items()
        }
        self._go_back()
        for rule, followup in planned.items():
            self._set_old(followup, rule_id=rule.id)
        self._upgrade()
        for rule, purpose in purposes.items():
            with self.subTest(rule=rule.code):
                self.assertEqual(rule.purpose, purpose)
                self.assertEqual(planned[rule].purpose, purpose)
                self.assertEqual(letters[rule].purpose, purpose)

    def test_what_no_rule_planned_gets_the_purpose_of_what_it_is_about(self):
        customer = self._new_customer()
        by_hand, next_service, promise, notice = [
            self._new_followup(customer) for _n in range(4)
        ]
        visit, case = self._new_visit(customer), self._new_case(customer)
        campaign = self._new_campaign()
        invitation, reply = (
            self._new_letter(customer, kind=kind) for kind in ("invitation", "reply")
        )
        self._go_back()
        self._set_old(next_service, visit_id=visit.id)
        self._set_old(promise, visit_id=visit.id, case_id=case.id)
        self._set_old(notice, campaign_id=campaign.id)
        self._upgrade()
        self.assertEqual(by_hand.purpose, "care")
        self.assertEqual(next_service.purpose, "maintenance")
        self.assertEqual(promise.purpose, "care")
        self.assertEqual(notice.purpose, "events")
        self.assertEqual(invitation.purpose, "events")
        self.assertEqual(reply.purpose, "care")

    def test_lost_customers_are_counted_in_months_unless_the_rule_was_changed(self):
        rule = self.env.ref("aftersales_followup.rule_lost")
        changed = rule.sudo().copy({"code": "own_lost"})
        self._go_back()
        self._set_old(rule, earliest_days=365, latest_days=395)
        self._set_old(changed, earliest_days=365, latest_days=400)
        self._upgrade()
        names = ("earliest_months", "latest_months", "earliest_days", "latest_days")
        self.assertEqual([rule[name] for name in names], [12, 13, 0, 0])
        self.assertEqual([changed[name] for name in names], [0, 0, 365, 400])

    # keys

    def test_keys_name_whom_and_where_as_well(self):
        visit = self._new_delivered_visit()
        first, customer, car = visit.followup_ids, visit.partner_id, visit.vehicle_id
        ids = {
            "visit": visit.id,
            "first": first.id,
            "car": car.id,
            "customer": customer.id,
            "company": self.company.id,
            "campaign": self._new_campaign().id,
            "case": self._new_case(customer).id,
        }
        keys = {
            "own:rule:visit:{visit}": "own:rule:visit:{visit}:{customer}:{company}",
            "second:followup:{first}": "second:followup:{first}:{customer}:{company}",
            "maintenance:vehicle:{car}:2026-01-01": (
                "maintenance:vehicle:{car}:{customer}:{company}:2026-01-01"
            ),
            "maintenance:vehicle:{car}:": (
                "maintenance:vehicle:{car}:{customer}:{company}:"
            ),
            "campaign_call:campaign:{campaign}:{customer}": (
                "campaign_call:campaign:{campaign}:{customer}:{company}"
            ),
            "next_service:visit:{visit}:2026-05-01": (
                "next_service:visit:{visit}:{customer}:{company}"
            ),
            "inform:case:{case}:1": "inform:case:{case}:1",
            "other_module:thing:9": "other_module:thing:9",
        }
        planned = {old: self._new_followup(customer) for old in keys}
        self._go_back()
        for old, followup in planned.items():
            self._set_old(followup, origin_key=old.format(**ids))
        self._upgrade()
        for old, new in keys.items():
            with self.subTest(key=old):
                self.assertEqual(planned[old].origin_key, new.format(**ids))

    def test_the_key_of_a_lost_customer_names_the_archive(self):
        """Of the last visit by its day there; of an earlier one as it was."""
        customer = self._new_customer()
        self._new_visit(customer, date_arrival=datetime(2025, 2, 28, 17))
        last, earlier = self._new_followup(customer), self._new_followup(customer)
        self._go_back()
        # As the old version counted it, in the days of another company.
        self._set_old(customer, aftersales_last_visit_date=datetime(2025, 2, 28).date())
        self._set_old(last, origin_key=f"lost:partner:{customer.id}:2025-02-28")
        self._set_old(earlier, origin_key=f"lost:partner:{customer.id}:2024-01-31")
        self._upgrade()
        archive = self._get_archive(customer)
        prefix = f"lost:archive:{archive.id}:{customer.id}:{self.company.id}"
        self.assertEqual(last.origin_key, f"{prefix}:2025-03-01")
        self.assertEqual(earlier.origin_key, f"{prefix}:2024-01-31")

    def test_a_new_owner_is_called_about_what_is_due_not_about_long_ago(self):
        car = self._new_vehicle(self._new_customer("New owner"))
        seller = self._new_customer("Old owner")
        due, over = self._new_followup(seller), self._new_followup(seller)
        self._go_back()
        for followup, cycle in ((due, "2026-03-20"), (over, "2025-03-20")):
            self._set_old(
                followup,
                vehicle_id=car.id,
                origin_key=f"insurance:vehicle:{car.id}:{cycle}",
                rule_id=self.env.ref("aftersales_followup.rule_insurance").id,
            )
        self._set_old(over, date_deadline=datetime(2025, 3, 10).date())
        self._upgrade()
        prefix = f"insurance:vehicle:{car.id}"
        owner = car.aftersales_owner_id
        self.assertEqual(
            due.origin_key, f"{prefix}:{seller.id}:{self.company.id}:2026-03-20"
        )
        self.assertEqual(
            over.origin_key, f"{prefix}:{owner.id}:{self.company.id}:2025-03-20"
        )

    def test_keys_that_were_taken_back_stay_empty(self):
        followup = self._new_followup()
        self._go_back()
        self._set_old(followup, state="cancelled", origin_key=None)
        self._upgrade()
        self.assertFalse(followup.origin_key)

    def test_of_two_next_services_of_a_visit_the_open_one_keeps_the_key(self):
        visits = [self._new_delivered_visit() for _n in range(2)]
        planned, cancelled, done, later = [
            self._new_followup(visit.partner_id) for visit in visits for _n in range(2)
        ]
        self._go_back()
        for visit, pair in zip(
            visits, (planned | cancelled, done | later), strict=True
        ):
            for followup, day in zip(pair, ("2026-05-01", "2026-06-01"), strict=True):
                self._set_old(
                    followup, origin_key=f"next_service:visit:{visit.id}:{day}"
                )
        self._set_old(cancelled | later, state="cancelled")
        self._set_old(done, state="done", on_time=True, date_done=NOW)
        self._upgrade()
        for visit, kept, other in zip(
            visits, (planned, done), (cancelled, later), strict=True
        ):
            customer, company = visit.partner_id, self.company
            self.assertEqual(
                kept.origin_key,
                f"next_service:visit:{visit.id}:{customer.id}:{company.id}",
            )
            self.assertFalse(other.origin_key)

    # the first night

    def test_the_first_night_plans_nothing_again(self):
        followups = self._plan_everything()
        self._go_back()
        for followup, key in followups.items():
            self._set_old(followup, origin_key=key)
        lost = [key for key in followups.values() if key.startswith("lost:")]
        self.assertEqual(len(lost), 1)
        before = self.env["aftersales.followup"].search_count([])
        self._upgrade()
        self.env["aftersales.followup"].flush_model()
        self._run_planning()
        self.assertEqual(self.env["aftersales.followup"].search_count([]), before)

    def test_the_first_night_plans_what_the_last_one_had_not_seen(self):
        visit = self._new_delivered_visit()
        withdrawn = visit.followup_ids
        self._go_back()
        self._set_old(withdrawn, origin_key=None, state="cancelled")
        self._upgrade()
        self.assertTrue(visit.to_plan_since)
        self._run_planning()
        planned = visit.followup_ids - withdrawn
        self.assertEqual(planned.rule_id, self.rule_first)
        self.assertFalse(visit.to_plan_since)

    def _plan_everything(self):
        """Plan by each rule that a night sees to: {follow-up: its old key}."""
        self.company.sudo().aftersales_ceiling_contacts = 0
        old, new = self._new_customer("Old"), self._new_customer("New")
        due = TODAY + timedelta(days=14)
        cars = [
            self._new_vehicle(old, "湘K00001", aftersales_interval_months=12),
            self._new_vehicle(
                new,
                "湘K00002",
                aftersales_insurance_date=due,
                aftersales_inspection_date=due,
            ),
        ]
        long_ago = NOW - relativedelta(months=12)
        self._new_delivered_visit(
            old, cars[0], date_arrival=long_ago, date_delivery=long_ago
        )
        visit = self._new_delivered_visit(new, cars[1])
        first = visit.followup_ids
        self.pass_days(4)
        self._new_call(first).action_register()
        self._run_planning()
        followups = self.env["aftersales.followup"].search(
            [("partner_id", "in", (old | new).ids)]
        )
        self.assertGreaterEqual(
            set(followups.rule_id.mapped("code")),
            {"first", "second", "maintenance", "insurance", "inspection", "lost"},
        )
        return {followup: self._get_old_key(followup) for followup in followups}

    def _get_old_key(self, followup):
        """Return the key by which the old version had planned the follow-up."""
        code, kind, record_id, *cycle = followup.origin_key.split(":")
        cycle = cycle[2:]
        if kind == "archive":
            kind, record_id = "partner", followup.partner_id.id
        return ":".join(map(str, [code, kind, record_id, *cycle]))
