"""The rules of the house, written by hand over all records, one by one.

Nothing here asks the module what ought to be: it reads what was written down, and says
what does not fit.
"""

from collections import Counter
from datetime import timedelta

from .season_figures import count_figures

STOPPED = {"on_time", "early", "late", "missed"}
SHANGHAI = timedelta(hours=8)


def day_of(moment):
    """Return the day in Shanghai of a naive UTC moment."""
    return (moment + SHANGHAI).date()


class SeasonRules:
    """What has to be true of two dealerships, whatever was done there."""

    def _look(self, when, is_morning=False):
        """Note each rule that is broken, once.

        :param bool is_morning: whether the scheduler has just passed
        """
        houses = self.company.sudo() | self.branch
        self.all = self.env(
            user=1, context={"allowed_company_ids": houses.ids, "active_test": False}
        )
        self.followups = self._read("aftersales.followup")
        self.visits = self._read("aftersales.visit")
        self.cases = self._read("aftersales.case")
        rules = [
            self._rule_results_stand,
            self._rule_reminders,
            self._rule_state_and_result,
            self._rule_ends_of_visits,
            self._rule_archives,
            self._rule_register_numbers,
            self._rule_promises,
        ]
        if is_morning:
            rules += [
                self._rule_every_open_one_has_a_reminder,
                self._rule_stand_ins,
                self._rule_opt_outs,
                self._rule_figures,
                self._rule_dashboard,
                self._rule_filed_months_stand,
            ]
        for rule in rules:
            for text in rule():
                self.broken.setdefault(text, when)

    def _read(self, model):
        houses = self.company.sudo() | self.branch
        return self.all[model].search([("company_id", "in", houses.ids)])

    def _get_reminders(self, model):
        """Return the open reminders: {id of the record: [activity]}."""
        found = {}
        for activity in self.all["mail.activity"].search(
            [("res_model", "=", model), ("active", "=", True)]
        ):
            found.setdefault(activity.res_id, []).append(activity)
        return found

    # ------------------------------------------------------------
    # Results stand
    # ------------------------------------------------------------

    def _rule_results_stand(self):
        """What a clock came to is never computed again (Results stand)."""
        clocks = [(self.followups, ("result",)), (self.visits, ("archive_result",))]
        names = ("escalation_result", "solve_result", "inform_result", "answer_result")
        clocks.append((self._read("aftersales.case.round"), names))
        for records, names in clocks:
            for record in records:
                for name in names:
                    key = (record._name, record.id, name)
                    before, now = self.results.get(key), record[name]
                    self.results[key] = now
                    if before in STOPPED and now != before:
                        yield f"{name} of {record} was {before}, is {now}"

    def _rule_state_and_result(self):
        for followup in self.followups:
            state, result = followup.state, followup.result
            fits = {
                # What was missed stays missed when it is planned again.
                "planned": {"running", "missed"},
                "done": STOPPED,
                "cancelled": {"void", "missed"},
            }
            if result not in fits[state]:
                yield f"{followup} is {state}, its clock {result}"
            if state == "done" and not followup.date_done:
                yield f"{followup} is done, nobody knows when"
            if state == "cancelled" and not followup.cancel_reason:
                yield f"{followup} is cancelled without a reason"
            if followup.date_deadline < followup.date_earliest:
                yield f"{followup} ends before it begins"

    # ------------------------------------------------------------
    # Reminders
    # ------------------------------------------------------------

    def _rule_reminders(self):
        """A reminder belongs to open work, one each, and to who acts for it."""
        reminders = self._get_reminders("aftersales.followup")
        for followup in self.followups:
            found = reminders.get(followup.id, [])
            if len(found) > (followup.state == "planned"):
                yield f"{followup}, {followup.state}, has {len(found)} reminders"
            for reminder in found:
                if reminder.user_id != followup.acting_user_id:
                    yield f"{followup}: the reminder is somebody else's"
        reminders = self._get_reminders("aftersales.visit")
        for visit in self.visits:
            found = reminders.get(visit.id, [])
            if len(found) > (visit.archive_result == "running"):
                yield f"{visit}, {visit.archive_result}, has {len(found)} reminders"

    def _rule_every_open_one_has_a_reminder(self):
        reminders = {
            model: self._get_reminders(model)
            for model in ("aftersales.followup", "aftersales.visit", "aftersales.case")
        }
        open_ones = [
            *self.followups.filtered(lambda one: one.state == "planned"),
            *self.visits.filtered(lambda one: one.archive_result == "running"),
            *self.cases.filtered(lambda one: one.state in ("open", "escalated")),
        ]
        for record in open_ones:
            if record.acting_user_id and record.id not in reminders[record._name]:
                yield f"{record} is open, and nobody is reminded"

    def _rule_promises(self):
        """Who has a solution is told of it, and once it is told no more (规定 4)."""
        for case in self.cases:
            to_tell = self.followups.filtered(
                lambda one, case=case: one.case_id == case and one.state == "planned"
            )
            if case.state == "solved" and not to_tell:
                yield f"{case} is solved, and nobody tells the customer"
            if case.state in ("informed", "closed") and to_tell:
                yield f"{case} is {case.state}, and still to be told"

    # ------------------------------------------------------------
    # Visits and archives
    # ------------------------------------------------------------

    def _rule_ends_of_visits(self):
        """Each visit knows its day, and those before and after it of the customer."""
        chains = {}
        for visit in self.visits:
            is_over = visit.state in ("delivered", "closed")
            end = day_of(visit.date_delivery) if is_over else False
            if visit.date_end != end:
                yield f"{visit}, {visit.state}, ended on {visit.date_end}, not {end}"
            if end:
                key = (visit.company_id, visit.partner_id)
                chains.setdefault(key, []).append(visit)
            paid = [
                line.amount
                for line in visit.line_ids
                if line.payer in ("customer", "insurance")
            ]
            if round(visit.spend_total - sum(paid), 2):
                yield f"{visit} cost {sum(paid)}, and says {visit.spend_total}"
        for chain in chains.values():
            chain.sort(key=lambda visit: (visit.date_delivery, visit.id))
            days = [False, *(visit.date_end for visit in chain), False]
            for place, visit in enumerate(chain, start=1):
                told = (visit.previous_end, visit.next_end)
                if told != (days[place - 1], days[place + 1]):
                    yield f"{visit} is between {told} and should be between others"

    def _rule_archives(self):
        """State and last visit of an archive follow from its visits alone."""
        for archive in self._read("aftersales.archive"):
            visits = self.visits.filtered(
                lambda visit, archive=archive: (
                    visit.partner_id == archive.partner_id
                    and visit.company_id == archive.company_id
                    and visit.state != "cancelled"
                )
            )
            days = [day_of(visit.date_arrival) for visit in visits]
            if archive.last_visit_date != max(days, default=False):
                yield f"{archive}: last visit on {archive.last_visit_date}"
            runs = "running" in visits.mapped("archive_result")
            if runs != (archive.state == "open"):
                yield f"{archive} is {archive.state}, a clock runs: {runs}"

    def _rule_register_numbers(self):
        """Numbers of a company's year have no gap, and none is given twice."""
        for model in ("aftersales.call", "aftersales.letter"):
            registers = self._read(model).filtered("number")
            for entries in registers.grouped(
                lambda entry: (entry.company_id, entry.register_year)
            ).values():
                numbers = sorted(entries.mapped("register_sequence"))
                if numbers != list(range(1, len(numbers) + 1)):
                    yield f"The register of {model} has the numbers {numbers}"

    # ------------------------------------------------------------
    # Who does it, and who does not want it
    # ------------------------------------------------------------

    def _rule_stand_ins(self):
        """Today's stand-in acts, else the designated officer (四)."""
        away = {}
        for period in self._read("aftersales.substitution").filtered("active"):
            today = period.company_id._aftersales_date()
            if period.date_from <= today <= period.date_to:
                away[period.company_id, period.user_id] = period.substitute_id
        for followup in self.followups.filtered(lambda one: one.state == "planned"):
            officer = followup.user_id
            acting = away.get((followup.company_id, officer), officer)
            if followup.acting_user_id != acting:
                yield f"{followup} is done by {followup.acting_user_id.login}"

    def _rule_opt_outs(self):
        """What a customer does not want is not planned; answers to a case are."""
        optouts = self._read("aftersales.optout")
        optouts = optouts.filtered(lambda one: not one.date_withdrawn)
        for followup in self.followups.filtered(lambda one: one.state == "planned"):
            for optout in optouts:
                is_meant = (
                    optout.partner_id == followup.partner_id
                    and optout.company_id == followup.company_id
                    and not followup.case_id
                    and optout.vehicle_id
                    in (followup.vehicle_id, optout.vehicle_id[:0])
                    and optout.channel in (followup.channel, False)
                    and optout.purpose in (followup.purpose, False)
                )
                if is_meant:
                    yield f"{followup} is planned against {optout}"

    # ------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------

    def _rule_figures(self):
        """Figures are what one counts by hand, and officers add up to the house."""
        for house, *_team in self.teams:
            kpis = self.all["aftersales.kpi"].search([("code", "!=", False)])
            counted, period = count_figures(self.all, house.sudo())
            found = kpis._get_figures(
                kpis, *period, house.sudo(), by_officer=True, as_now=True
            )
            for kpi, figures in found.items():
                if kpi.code not in counted:
                    continue
                told = [round(part or 0, 2) for part in figures[False][1:]]
                if told != [round(part, 2) for part in counted[kpi.code]]:
                    yield f"{kpi.code} is {told}, by hand {counted[kpi.code]}"
                officers = Counter()
                for officer, (_value, numerator, _denominator) in figures.items():
                    officers[bool(officer)] += round(numerator or 0, 2)
                # Two officers may call the same customer.
                adds_up = officers[True] == officers[False]
                if len(figures) > 1 and not adds_up and kpi.code != "customers_called":
                    yield f"{kpi.code}: officers come to {officers[True]}"

    def _rule_dashboard(self):
        """Each piece of the supervisor's screen opens exactly what it counts."""
        for house, supervisor, *_others in self.teams:
            env = self.env(
                user=supervisor,
                context={"allowed_company_ids": house.ids, "lang": "en_US"},
            )
            board = env["aftersales.dashboard"]

            def find(piece, board=board):
                action = board.open_records(piece["opens"])
                model = board.env[action["res_model"]]
                return model.with_context(**action["context"]).search(action["domain"])

            for what, told, count in self._get_pieces(board.get_data(), find):
                if round(told - count, 2):
                    yield f"The dashboard says {told} for {what}, and opens {count}"

    def _get_pieces(self, data, find):
        """Yield (what it is, the number that is shown, what it opens)."""
        for item in data.get("today", []):
            for piece in (item, *item["parts"]):
                number = piece["text"].split()[-1]
                if number.isdigit():
                    yield item["code"], int(number), len(find(piece))
        for chart in data.get("charts", []):
            for bar in chart["bars"]:
                found = find(bar)
                is_money = chart["code"] != "cause"
                count = sum(found.mapped("amount")) if is_money else len(found)
                yield chart["code"], bar["value"], count
        for row in data.get("kept", {}).get("rows", []):
            for cell in filter(lambda cell: cell["opens"], row["cells"]):
                # "3 of 4 on time"
                yield row["code"], int(cell["title"].split()[2]), len(find(cell))
