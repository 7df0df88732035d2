"""Who comes to the demo dealership when, and what becomes of it: the plan of its past.

Customers and cars are numbered as in the demo files. They stand in rows of one of each
officer: customers 1, 2 and 3 are the first row.
"""

SPAN = 430  # days that odometer readings go back: fourteen months
OFFICERS = 3
REACHED = "reached"

# One visit of each officer a row, the first customers first: delivered how many days
# ago, days in the workshop, archive filed how many days after arrival (None: not yet),
# next service how many days after delivery, and the calls of the first and second
# follow-up: {days after delivery or after the first one: outcome}.
VISITS = [
    (44, 0, 1, 28, {2: REACHED}, {8: REACHED}),  # first call too early
    (41, 1, 2, 25, {3: REACHED}, {9: "no_answer", 10: REACHED}),
    (38, 2, 2, 90, {4: "busy", 6: REACHED}, {7: REACHED}),
    (35, 0, 5, 120, {5: REACHED}, {13: "no_answer", 16: REACHED}),  # all late
    (32, 0, 2, 32, {3: REACHED}, {9: REACHED}),  # next service today
    (29, 3, 1, 5, {6: "no_answer", 7: "no_answer", 8: REACHED}, {8: REACHED}),  # late
    (26, 0, 0, 150, {4: REACHED}, {10: "call_back", 11: REACHED}),
    (23, 2, 2, 100, {5: REACHED}, {8: REACHED}),
    (20, 0, 1, 6, {4: REACHED}, {8: "no_answer", 13: "call_back"}),  # overdue
    (17, 1, 4, 160, {3: "no_answer", 4: REACHED}, {8: REACHED}),  # filed late
    (13, 0, 2, 110, {5: REACHED}, {}),
    (11, 0, 1, 5, {4: REACHED}, {}),
    (8, 1, 2, 6, {4: "no_answer", 6: "wrong_number"}, {}),  # overdue
    (6, 0, 1, 7, {4: "busy"}, {}),
    (4, 1, None, None, {}, {}),  # to file, late
    (1, 0, None, None, {}, {}),  # to file
]
NEXT_SERVICE_ALONE = 20  # an earlier one joins the first follow-up
STAGGERED = 33  # older visits of the second and third officer were a day or two earlier
REWORKED = 7  # row whose paint work had to be done again
REWORK = (12, 1, 2, 80, {4: REACHED}, {})
# Consultations likewise, with the row of the customer who came.
CONSULTATIONS = [
    (6, (28, 0, 1, 60, {4: REACHED}, {9: REACHED})),
    (9, (2, 0, None, None, {}, {})),
]
WORK = [
    ("service",),
    ("oil", "brakes"),
    ("door",),
    ("big_service",),
    ("oil", "coil"),
    ("tyres",),
    ("service", "air"),
    ("bumper", "screen"),
    ("oil", "battery"),
    ("service", "film"),
    ("damper", "air"),
    ("oil", "inspection"),
    ("big_service", "brakes"),
]

# Rows of customers who have not come for long, by what became of them.
AT_RISK, LOST = (16, 17), (18, 19)
# Second cars, by their place after everybody's first car.
DUE, CALLED, IN_WORKSHOP = range(6), range(6, 12), range(12, 15)
NEW = range(18, 20)  # sold by this dealership, and not maintained yet

INVITED = (1, 3, 5, 13)  # rows of customers who got an invitation
REMINDED = (16, 17, 18)  # rows of customers who got a letter about their maintenance
CLAIM_DAYS = 15  # that the manufacturer takes to decide upon a claim
RETURNED = 2  # how many of the first letters by post came back
