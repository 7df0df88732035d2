from .kpi_common import JUNE, YEAR, KpiYear

# What June and the whole of 2025 came to, counted by hand from ``kpi_common``: value,
# numerator, denominator. June had 21 working days, the year 261.
TABLE = """
kpi                     June                    year

revenue                 4180    4180    -       5480    5480    -
revenue_insurance       3000    3000    -       3000    3000    -
revenue_workshop        1180    1180    -       2480    2480    -
labour_mechanical       800     800     -       800     800     -
labour_sheet_metal      2000    2000    -       2000    2000    -
labour_paint            1000    1000    -       1000    1000    -
parts_sales             300     300     -       1600    1600    -
parts_cost              180     180     -       1130    1130    -
parts_profit            120     120     -       470     470     -
parts_margin            40      120     300     29.38   470     1600
accessories_sales       80      80      -       80      80      -
gross_profit            2360    2360    -       2710    2710    -
absorption              40      2360    5900    40      2360    5900
intake                  4       4       -       6       6       -
intake_day              0.19    4       21      0.02    6       261
visitors                5       5       -       7       7       -
ticket_workshop         590     1180    2       496     2480    5
ticket_insurance        3000    3000    1       3000    3000    1
csi                     85      34      40      85      34      40
rework                  25      1       4       16.67   1       6
claims_passed           50      1       2       50      1       2
customer_base           3       3       -       6       6       -
customers_new           1       1       -       4       4       -
customers_lost          1       1       -       3       3       -
customers_won_back      2       2       -       2       2       -
retention               66.67   2       3       56      14      25
growth                  945     4180    400     174     5480    2000
calls                   9       9       -       9       9       -
calls_in                1       1       -       1       1       -
calls_day               0.43    9       21      0.03    9       261
calls_in_day            0.05    1       21      0       1       261
customers_called        5       5       -       5       5       -
reached                 87.5    7       8       87.5    7       8
letters                 2       2       -       2       2       -
complaints              2       2       -       3       3       -
complaint_rate          50      2       4       42.86   3       7
complaint_change        100     2       1       -       3       0
archive_on_time         50      2       4       28.57   2       7
first_on_time           66.67   2       3       33.33   2       6
second_on_time          0       0       1       0       0       2
escalated_on_time       66.67   2       3       75      3       4
informed_on_time        66.67   2       3       75      3       4
complaint_answered      50      1       2       66.67   2       3
campaign_called_on_time 50      1       2       50      1       2
letter_on_time          100     1       1       100     1       1
response                50      1       2       50      1       2
response_revenue        700     700     -       700     700     -
response_unreached      50      1       2       50      1       2
parts_purchase          1500    1500    -       1500    1500    -
parts_stock             800     800     -       700     700     -
accessories_stock       300     300     -       300     300     -
fixed_cost              5900    5900    -       5900    5900    -
facility_cost           100     100     -       100     100     -
staff_management        2       2       -       2       2       -
staff_frontdesk         3       3       -       3       3       -
staff_mechanics         8       8       -       8       8       -
staff_body_paint        4       4       -       4       4       -
staff_store             2       2       -       2       2       -
lectures_customers      1       1       -       2       2       -
lectures_technical      1       1       -       1       1       -
training_frontdesk      2       2       -       2       2       -
training_basics         1       1       -       1       1       -
training_workshop       3       3       -       3       3       -
discussions             1       1       -       1       1       -
team_activities         -       -       -       1       1       -
"""
# Numerator and denominator of June for each officer.
OFFICERS = """
kpi                     officer     other

csi                     27 30       7 10
calls                   7 -         2 -
calls_in                1 -         - -
calls_day               7 21        2 21
calls_in_day            1 21        - -
customers_called        4 -         1 -
reached                 6 6         1 2
letters                 2 -         - -
archive_on_time         2 3         0 1
first_on_time           2 2         0 1
second_on_time          0 1         - -
escalated_on_time       2 2         0 1
informed_on_time        2 2         0 1
campaign_called_on_time 1 2         - -
letter_on_time          1 1         - -
response                1 2         - -
response_revenue        700 -       - -
"""


def read_rows(text):
    """Yield (code, numbers or ``None``) of the rows of a table."""
    for line in text.strip().splitlines()[2:]:
        code, *cells = line.split()
        yield code, tuple(None if cell == "-" else float(cell) for cell in cells)


def _round(figure):
    return tuple(None if n is None else round(n, 2) for n in figure)


class TestKpiYear(KpiYear):
    """Every figure of the house, against a year that was counted by hand."""

    def test_every_figure_is_what_was_counted_by_hand(self):
        june, year = self._figures(JUNE), self._figures(YEAR)
        table = dict(read_rows(TABLE))
        self.assertEqual(set(table), set(self.kpis.mapped("code")))
        for code, row in table.items():
            with self.subTest(kpi=code, period="June"):
                self.assertEqual(_round(june[code][False]), row[:3])
            with self.subTest(kpi=code, period="year"):
                self.assertEqual(_round(year[code][False]), row[3:])

    def test_a_figure_asked_for_alone_is_the_same(self):
        for code, row in read_rows(TABLE):
            with self.subTest(kpi=code):
                self.assertEqual(self._figure(code, JUNE), row[:3])

    def test_each_officers_figures_are_what_was_counted_by_hand(self):
        figures = self._figures(JUNE, by_officer=True)
        table = dict(read_rows(OFFICERS))
        told = {kpi.code for kpi in self.kpis if kpi.by_officer}
        self.assertEqual(set(table), told)
        for code, row in table.items():
            for user, expected in (
                (self.officer, row[:2]),
                (self.other_officer, row[2:]),
            ):
                with self.subTest(kpi=code, officer=user.name):
                    found = figures[code].get(user, (None, None, None))
                    self.assertEqual(_round(found[1:]), expected)

    def test_officers_parts_add_up_to_the_companys(self):
        for period in (JUNE, YEAR):
            figures = self._figures(period, by_officer=True)
            for kpi in self.kpis.filtered("by_officer"):
                found = figures[kpi.code]
                with self.subTest(kpi=kpi.code, period=period):
                    officers = [parts for user, parts in found.items() if user]
                    numerator = sum(parts[1] for parts in officers)
                    self.assertEqual(numerator, found[False][1])
                    if kpi.kind != "ratio" or kpi.code.endswith("_day"):
                        continue
                    denominator = sum(parts[2] for parts in officers)
                    self.assertEqual(denominator, found[False][2])
