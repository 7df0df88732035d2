from datetime import timedelta

from odoo.fields import Command

from .common import NOW
from .test_multicompany import TwoCompanies

SHIPPED = ("vip", "level_1", "level_2", "other")


class LevelsCase(TwoCompanies):
    """A dealership whose customers spent and came so much within twelve months."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in SHIPPED:
            level = cls.env.ref(f"aftersales_followup.segment_{code}")
            setattr(cls, code, level)

    # ------------------------------------------------------------
    # Factories
    # ------------------------------------------------------------

    def _serve(self, customer, *amounts, payer="customer", ended=None, **vals):
        """Let a customer come once, ended some days ago, and pay these amounts."""
        ended = ended or NOW - timedelta(days=20)
        return self._import_visit(
            customer,
            date_arrival=ended - timedelta(hours=2),
            date_delivery=ended,
            line_ids=[
                Command.create(
                    {"name": "Work", "trade": "paint", "payer": payer, "amount": amount}
                )
                for amount in amounts
            ],
            **vals,
        )

    def _new_served(self, spend, visits=1, **vals):
        """A customer who spent so much, all at the last of so many visits."""
        self.number = getattr(self, "number", 0) + 1
        customer = self._new_customer(f"Customer {self.number}")
        self._new_vehicle(customer, f"湘K{self.number:05}")
        for n in range(visits):
            self._serve(customer, spend if n == 0 else 0, **vals)
        return customer

    def _new_level(self, name, **vals):
        return self.env["aftersales.segment"].create(
            {"name": name, "by_rule": True, **vals}
        )

    def _fix(self, customers, level, reason="Brings his friends", user=None):
        dialog = self.env["aftersales.segment.fix"].with_user(user or self.supervisor)
        dialog = dialog.create(
            {
                "partner_ids": [Command.set(customers.ids)],
                "segment_id": level.id,
                "reason": reason,
            }
        )
        dialog.action_fix()

    def _recalculate(self, company=None):
        Segment = self.env["aftersales.segment"].sudo()
        moved = Segment._recalculate_all(company or self.company)
        self.env.invalidate_all()
        return moved

    def _run_night(self):
        cron = self.env.ref("aftersales_followup.ir_cron_levels").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _get_history(self, customer):
        archive = customer.aftersales_archive_id
        return [
            (
                change.date,
                change.old_segment_id,
                change.segment_id,
                change.spend,
                change.visits,
                change.cause,
            )
            for change in archive.segment_change_ids.sorted("id")
        ]
