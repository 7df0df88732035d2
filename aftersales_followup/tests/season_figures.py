"""Figures of the running month, counted by hand: loops over records, no SQL."""

from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta

SHANGHAI = timedelta(hours=8)
DUE = {"on_time", "early", "late", "missed"}
CLOCKS = {
    "archive_on_time": ("aftersales.visit", "archive_deadline", "archive_result"),
    "first_on_time": ("aftersales.followup", "date_deadline", "result"),
    "second_on_time": ("aftersales.followup", "date_deadline", "result"),
    "campaign_called_on_time": ("aftersales.followup", "date_deadline", "result"),
    "letter_on_time": ("aftersales.followup", "date_deadline", "result"),
    "escalated_on_time": (
        "aftersales.case.round",
        "escalate_deadline",
        "escalation_result",
    ),
    "informed_on_time": ("aftersales.case.round", "inform_deadline", "inform_result"),
    "complaint_answered": (
        "aftersales.case.round",
        "answer_deadline",
        "answer_result",
    ),
}
RULES = {
    "first_on_time": "first",
    "second_on_time": "second",
    "campaign_called_on_time": "campaign_call",
    "letter_on_time": "campaign_letter",
}
ANSWERING = ("maintenance", "lost", "insurance", "inspection", "campaign_call")


class Month:
    """The records of a house, and which of them fall into the running month."""

    def __init__(self, env, house):
        self.env, self.house = env, house
        self.today = house._aftersales_date()
        self.first = self.today + relativedelta(day=1)
        self.last = self.today + relativedelta(day=31)
        self.visits = self.find("aftersales.visit")
        self.ended = [visit for visit in self.visits if visit.date_end]

    def find(self, model):
        return self.env[model].search([("company_id", "=", self.house.id)])

    def has(self, day):
        if isinstance(day, datetime):
            day = (day + SHANGHAI).date()
        return bool(day) and self.first <= day <= self.last


def count_figures(env, house):
    """Return ({code: (numerator, denominator)}, (first day, last day))."""
    month = Month(env, house)
    figures = {
        **{code: count_clock(month, code) for code in CLOCKS},
        **count_money(month),
        **count_visits(month),
        **count_customers(month),
        **count_calls(month),
        **count_responses(month),
    }
    return figures, (month.first, month.last)


def count_clock(month, code):
    """What was due in the month, and what of it was done in its window."""
    model, deadline, result = CLOCKS[code]
    due = [
        record[result]
        for record in month.find(model)
        if month.has(record[deadline])
        and (code not in RULES or record.rule_id.code == RULES[code])
        and (
            record[result] in DUE
            or (record[result] == "running" and record[deadline] < month.today)
        )
    ]
    return due.count("on_time"), len(due)


def count_money(month):
    lines = [
        line
        for visit in month.ended
        if visit.state == "delivered" and month.has(visit.date_end)
        for line in visit.line_ids
    ]
    paid = [line for line in lines if line.payer != "internal"]
    workshop = [line for line in lines if line.payer in ("customer", "warranty")]
    return {
        "revenue": (sum(line.amount for line in paid), 0),
        "gross_profit": (sum(line.amount - line.cost for line in paid), 0),
        "ticket_workshop": (
            sum(line.amount for line in workshop),
            len({line.visit_id for line in workshop}),
        ),
    }


def count_visits(month):
    arrived = [
        visit
        for visit in month.visits
        if visit.state != "cancelled" and month.has(visit.date_arrival)
    ]
    workshop = [visit for visit in arrived if visit.visit_type == "workshop"]
    rework = [visit for visit in workshop if visit.rework_of_id]
    complaints = [
        case
        for case in month.find("aftersales.case")
        if case.case_type == "complaint" and month.has(case.date_raised)
    ]
    ended = [visit for visit in month.ended if month.has(visit.date_end)]
    return {
        "intake": (len(workshop), 0),
        "visitors": (len(arrived), 0),
        "rework": (len(rework), len(workshop)),
        "complaints": (len(complaints), 0),
        "complaint_rate": (len(complaints), len(ended)),
    }


def count_customers(month):
    """New, lost, won back, and who still is a customer: day by day."""
    away = relativedelta(months=month.house.aftersales_lost_months)
    days = {}
    for visit in month.ended:
        days.setdefault(visit.partner_id, []).append(visit.date_end)

    def is_lost(ends, day):
        known = [end for end in ends if end <= day]
        return bool(known) and max(known) + away <= day

    yesterday = timedelta(days=1)
    passed = [
        month.first + timedelta(days=number)
        for number in range((min(month.last, month.today) - month.first).days + 1)
    ]
    new = lost = back = base = 0
    for ends in days.values():
        new += month.has(min(ends))
        lost += sum(
            is_lost(ends, day) and not is_lost(ends, day - yesterday) for day in passed
        )
        back += any(month.has(end) and is_lost(ends, end - yesterday) for end in ends)
        known = [end for end in ends if end <= passed[-1]]
        base += bool(known) and not is_lost(ends, passed[-1])
    return {
        "customers_new": (new, 0),
        "customers_lost": (lost, 0),
        "customers_won_back": (back, 0),
        "customer_base": (base, 0),
    }


def count_calls(month):
    calls = [
        call
        for call in month.find("aftersales.call")
        if call.state == "registered" and month.has(call.date)
    ]
    outbound = [call for call in calls if call.direction == "outbound"]
    reached = [call for call in outbound if call.outcome_id.effect == "complete"]
    answers = [call.satisfaction for call in calls if call.satisfaction >= 0]
    letters = [
        letter
        for letter in month.find("aftersales.letter")
        if letter.state != "draft" and month.has(letter.date_sent)
    ]
    return {
        "calls": (len(calls), 0),
        "calls_in": (len(calls) - len(outbound), 0),
        "reached": (len(reached), len(outbound)),
        "customers_called": (
            len({call.partner_id for call in reached if call.partner_id}),
            0,
        ),
        "csi": (sum(answers), 10 * len(answers)),
        "letters": (len(letters), 0),
    }


def count_responses(month):
    """Of those reached, and of those whom nobody reached, who came in 30 days."""
    firsts = {}
    for followup in month.find("aftersales.followup"):
        if followup.rule_id.code not in ANSWERING:
            continue
        is_overdue = followup.date_deadline < month.today
        if not (
            followup.state == "done"
            or followup.result == "missed"
            or (followup.result == "running" and is_overdue)
        ):
            continue
        sent = any(letter.state != "draft" for letter in followup.letter_ids)
        is_reached = followup.state == "done" and not sent
        moment = followup.date_done if is_reached else datetime.max
        day = (moment + SHANGHAI).date() if is_reached else followup.date_deadline
        key = (followup.partner_id, day.year, day.month)
        contact = (not is_reached, day, moment, followup.id)
        firsts[key] = min(firsts.get(key, contact), contact)
    counts = {True: [0, 0], False: [0, 0]}
    for (partner, _year, _month), (missed, day, moment, _id) in firsts.items():
        if not month.has(day):
            continue
        next_day = datetime.combine(day + timedelta(days=1), time.min) - SHANGHAI
        until = next_day + timedelta(days=30)
        came = any(
            visit.partner_id == partner
            and visit.state != "cancelled"
            and (
                visit.date_arrival >= next_day
                if missed
                else visit.date_arrival > moment
            )
            and visit.date_arrival < until
            for visit in month.visits
        )
        counts[not missed][0] += came
        counts[not missed][1] += 1
    return {
        "response": tuple(counts[True]),
        "response_unreached": tuple(counts[False]),
    }
