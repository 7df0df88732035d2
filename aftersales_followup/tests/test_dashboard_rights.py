from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command

from .common import TODAY
from .dashboard_common import DashboardCase


class TestDashboardRights(DashboardCase):
    """Only supervisors see it, and only of their companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env(user=1)["res.company"].create({"name": "Branch"})

    def setUp(self):
        super().setUp()
        self.visit = self._new_visit()

    def test_nobody_but_a_supervisor_sees_the_dashboard(self):
        opens = {"what": "figure", "code": "intake", "part": "numerator"}
        for user in (self.officer, self.advisor, self.outsider):
            with self.subTest(user.name):
                board = self._get_board(user)
                with self.assertRaises(AccessError):
                    board.get_data(None, self.company.id)
                with self.assertRaises(AccessError):
                    board.open_records(opens, None, self.company.id)

    def test_no_supervisor_sees_another_company(self):
        board = self._get_board()
        for company_id in (self.branch.id, 987654321, "x"):
            with self.subTest(company_id):
                with self.assertRaises(AccessError):
                    board.get_data(None, company_id)
                with self.assertRaises(AccessError):
                    board.open_records({"what": "tell"}, None, company_id)

    def test_who_supervises_two_chooses_and_sees_each_alone(self):
        self.supervisor.sudo().company_ids = [Command.link(self.branch.id)]
        branch = self.env(
            user=self.supervisor, context={"allowed_company_ids": self.branch.ids}
        )
        customer = branch["res.partner"].create(
            {"name": "Li Si", "company_id": self.branch.id}
        )
        branch["aftersales.visit"].create(
            [
                {"partner_id": customer.id, "visit_type": "consultation"}
                for _n in range(2)
            ]
        )
        branch.flush_all()
        data = self._get_data(company=self.branch)
        self.assertEqual(data["company"]["name"], "Branch")
        names = {company["name"] for company in data["companies"]}
        self.assertEqual(names, {"Yusen Motors", "Branch"})
        tiles = self._by_code(data["tiles"])
        self.assertEqual(tiles["intake"]["text"], "0", "they were consultations")
        own = self._by_code(self._get_data()["tiles"])
        self.assertEqual(own["intake"]["text"], "1")
        opens = own["intake"]["opens"]
        self.assertEqual(self._open(opens), self.visit)
        # Whichever company is active in the browser, the window shows the right one.
        action = self._get_board().open_records(opens, None, self.branch.id)
        self.assertEqual(action["context"]["allowed_company_ids"], self.branch.ids)

    def test_supervisors_land_on_the_dashboard_officers_on_their_calls(self):
        menus = {
            "supervisor": "aftersales_dashboard_action",
            "officer": "aftersales_followup_action_today",
        }
        for name, action in menus.items():
            with self.subTest(name):
                user = getattr(self, name)
                menu = self.env["ir.ui.menu"].with_user(user).load_web_menus(False)
                root = self.env.ref("aftersales_followup.aftersales_followup_menu_root")
                action = self.env.ref(f"aftersales_followup.{action}")
                self.assertEqual(menu[root.id]["actionID"], action.id)


class TestDashboardQueries(DashboardCase):
    """It costs the same whatever the number of officers and months."""

    def _count_queries(self):
        self._get_data()  # what Odoo keeps for all requests
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._get_data()
        return self.env.cr.sql_log_count - before

    def _work(self, name):
        """Let an officer be late with a customer, who complains."""
        user = self._new_user(name, "officer")
        customer = self._new_customer(name, officer=user)
        visit = self._new_delivered_visit(customer)
        visit.followup_ids.sudo().date_earliest = TODAY - timedelta(days=3)
        visit.followup_ids.sudo().date_deadline = TODAY - timedelta(days=1)
        case = self._new_case(customer, user)
        cause = self.env["aftersales.case.cause"].create({"name": name})
        case.sudo().cause_id = cause

    def test_queries_do_not_grow_with_officers_and_months(self):
        self.env["aftersales.kpi.target"]._take_proposed(self.company, 2026)
        values = self.env["aftersales.kpi.value"].sudo()
        self._work("first")
        values._compute_month(self.company, TODAY.replace(day=1))
        few = self._count_queries()
        for n in range(6):
            self._work(f"next {n}")
        for month in range(1, 13):
            values._compute_month(self.company, date(2025, month, 1))
        values._compute_month(self.company, TODAY.replace(day=1))
        many = self._count_queries()
        self.assertEqual(len(self._get_data()["kept"]["officers"]), 7)
        self.assertLessEqual(many, few)
        self.assertLess(few, 90)
