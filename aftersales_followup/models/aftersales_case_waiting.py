"""Waiting for parts or for the maker: shown and timed, but the customer waits too."""

from odoo import api, fields, models
from odoo.exceptions import UserError

# Where the days are summed up that were waited for what.
DAYS = {"parts": "parts_days", "maker": "maker_days"}


class AftersalesCase(models.Model):
    _inherit = "aftersales.case"

    waiting_for = fields.Selection(
        [("parts", "Parts"), ("maker", "The Maker")],
        readonly=True,
        copy=False,
        tracking=True,
        help="What the dealership waits for. No clock of the customer's stops for it.",
    )
    waiting_since = fields.Date(readonly=True, copy=False)
    parts_days = fields.Integer(
        string="Days Waited for Parts",
        readonly=True,
        copy=False,
        help="Calendar days of all the times that are over.",
    )
    maker_days = fields.Integer(
        string="Days Waited for the Maker",
        readonly=True,
        copy=False,
        help="Calendar days of all the times that are over.",
    )
    waiting_days = fields.Integer(
        string="Days Waited",
        compute="_compute_waiting_days",
        help="For parts and the maker in all, until today where it still waits.",
    )

    @api.depends("waiting_since", *DAYS.values())
    def _compute_waiting_days(self):
        for case in self:
            over = sum(case[name] for name in DAYS.values())
            case.waiting_days = over + case._count_waiting_days()

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_wait_for_parts(self):
        """Note that cases wait for parts from today on.

        :raise UserError: if a case is closed
        """
        self._check_waitable()
        self._wait("parts")

    def action_wait_for_maker(self):
        """Note that cases wait for the maker's word from today on.

        :raise UserError: if a case is closed
        """
        self._check_waitable()
        self._wait("maker")

    def action_stop_waiting(self):
        """Note that what cases waited for has come."""
        self._check_waitable()
        self._stop_waiting()

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _check_waitable(self):
        self.check_access("write")
        for case in self:
            if case.state == "closed":
                raise UserError(
                    self.env._(
                        "%(case)s is closed and waits for nothing any more. Reopen it "
                        "first.",
                        case=case.display_name,
                    )
                )

    def _wait(self, what):
        """Wait from today on; what was waited for before is over then.

        :param str what: a key of ``waiting_for``
        """
        starting = self.sudo().filtered(lambda case: case.waiting_for != what)
        starting._stop_waiting()
        for company, cases in starting.grouped("company_id").items():
            cases.write(
                {"waiting_for": what, "waiting_since": company._aftersales_date()}
            )

    def _stop_waiting(self):
        """Add the days up that were waited."""
        waiting = self.sudo().filtered("waiting_for")
        for (name, days), cases in waiting.grouped(
            lambda case: (
                DAYS[case.waiting_for],
                case[DAYS[case.waiting_for]] + case._count_waiting_days(),
            )
        ).items():
            cases.write({name: days, "waiting_for": False, "waiting_since": False})

    def _count_waiting_days(self):
        """Return the calendar days from the first one until today."""
        if not self.waiting_since:
            return 0
        return (self.company_id._aftersales_date() - self.waiting_since).days
