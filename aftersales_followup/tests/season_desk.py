"""What is done at a desk: files come in, costs are typed in, months are filed."""

import base64

from .common_import import HEADERS, ROW, as_xlsx


class SeasonDesk:
    """Acts at a desk, and what has to be true of a month that was filed."""

    def _act_import_orders(self):
        """A file of another program, some orders for the second time."""
        rows = []
        for _order in range(self.rnd.randint(1, 5)):
            car = self.rnd.randint(1, 40)
            day = self._in_days(-300, 0)
            order = {
                "number": f"RO{self.rnd.randint(1, 60)}",
                "visit_type": self.rnd.choice(["维修", "咨询"]),
                "date_arrival": f"{day} 09:00",
                "date_delivery": f"{day} 17:00",
                "customer": f"张{car % 12}",
                "phone": f"1380013{1000 + self.rnd.randint(0, 40)}",
                "plate": f"湘K{10000 + car}",
                "vin": f"LSVAA4187C2{car:06}",
                "odometer": str(self.rnd.randint(1000, 90000)),
                "amount": str(self.rnd.randint(0, 5000)),
            }
            rows.append({**ROW, **order})
        cells = [[row.get(name, "") for name in HEADERS] for row in rows]
        file = as_xlsx([list(HEADERS.values()), *cells])
        wizard = self.as_user["aftersales.visit.import"].create(
            {"data_file": base64.b64encode(file), "filename": "orders.xlsx"}
        )
        wizard.action_preview()
        wizard.action_import()

    def _act_type_in(self):
        """A cost or a stock of the last weeks, or another word on one of them."""
        self._become(self.boss)
        kpis = self.as_user["aftersales.kpi"].search([("is_typed", "=", True)])
        entries = self.as_user["aftersales.kpi.entry"]
        entries.create(
            {
                "kpi_id": self.rnd.choice(kpis).id,
                "amount": self.rnd.randint(-50, 9000),
                "date": self._in_days(-50, 0),
            }
        )
        self._any("aftersales.kpi.entry").write(
            self.rnd.choice([{"amount": 5}, {"active": False}])
        )

    def _act_file_summary(self):
        """The month is told and filed, or the administrator opens it again."""
        self._become(self.boss)
        summary = self._any("aftersales.summary")
        if summary.state == "filed":
            self.env(user=1)["aftersales.summary.reopen"].create(
                {"summary_id": summary.id, "reason": "A bill was missing"}
            ).action_reopen()
            return
        words = dict.fromkeys(("results", "problems", "next_plan"), "<p>Told</p>")
        summary.write(words)
        summary.action_submit()
        summary.action_file()

    def _rule_filed_months_stand(self):
        """Figures of a filed summary do not move until it is opened again."""
        for summary in self._read("aftersales.summary"):
            if summary.state != "filed":
                continue
            values = self.all["aftersales.kpi.value"].search(
                [
                    ("company_id", "=", summary.company_id.id),
                    ("date", ">=", summary.date_from),
                    ("date", "<=", summary.date_to),
                    ("is_frozen", "=", True),
                ]
            )
            told = [
                (value.numerator, value.denominator) for value in values.sorted("id")
            ]
            told += [
                (line.value, line.target) for line in summary.line_ids.sorted("id")
            ]
            key = (summary.id, summary.date_filed)
            if self.filed.setdefault(key, told) != told:
                yield f"{summary.display_name} was filed, and has moved"
