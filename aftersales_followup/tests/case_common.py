from .common import AftersalesCase


class CaseCase(AftersalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supervisor.sudo().email = "supervisor@yusen.example.com"

    def _run_escalation(self):
        cron = self.env.ref("aftersales_followup.ir_cron_escalate").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _get_mails(self, case):
        return self.env["mail.mail"].sudo().search([("res_id", "in", case.ids)])

    def _solve(self, case, solution="New brake pads, free of charge"):
        case.solution = solution
        case.action_solve()
        return case

    def _new_solved_case(self, *args, **vals):
        return self._solve(self._new_case(*args, **vals))

    def _find_clocks(self, case):
        """Return the clocks of all rounds of a case, among all clocks there are."""
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["aftersales.clock"].search(
            [("res_model", "=", "aftersales.case"), ("res_id", "=", case.id)]
        )

    def _get_followup(self, case):
        return case.followup_ids.filtered(lambda record: record.state == "planned")
