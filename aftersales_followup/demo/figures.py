"""What the demo dealership typed in, its targets, and the figures of its months."""

from datetime import date

from ..kpi.period import add_months, month_end
from .part import Part

# Each month, in the course of a year: purchase, stock of parts, of accessories, fixed
# cost of the house, upkeep.
MONTHS = [
    (66_000, 182_000, 98_000, 24_600, 2_100),
    (52_000, 176_000, 96_000, 24_200, 1_800),
    (71_000, 185_000, 99_500, 24_900, 2_600),
    (68_000, 188_000, 101_000, 24_700, 2_200),
    (70_000, 187_000, 103_000, 25_100, 3_400),
    (67_000, 184_000, 102_500, 25_300, 2_900),
    (72_000, 189_000, 101_800, 25_800, 3_100),
    (74_000, 192_000, 104_000, 25_900, 2_700),
    (69_000, 190_000, 105_500, 25_200, 2_300),
    (65_000, 187_500, 104_200, 24_800, 2_000),
    (70_500, 189_300, 106_000, 24_900, 2_500),
    (73_000, 191_000, 107_500, 25_400, 2_800),
]
MONTHLY = (
    ("parts_purchase", "当月入库合计"),
    ("parts_stock", "月末盘点"),
    ("accessories_stock", "月末盘点"),
    ("fixed_cost", "房租、工资、水电、折旧"),
    ("facility_cost", "举升机保养、烤房维护"),
)
# Heads in January and July.
STAFF = (
    ("staff_management", 3, 3),
    ("staff_frontdesk", 4, 5),
    ("staff_mechanics", 9, 10),
    ("staff_body_paint", 6, 6),
    ("staff_store", 3, 3),
)
# What was held in which month.
EVENTS = (
    ("lectures_customers", 3, "春季用车与空调清洁"),
    ("lectures_customers", 5, "自驾游出行检查"),
    ("lectures_customers", 8, "雨季行车与电瓶养护"),
    ("lectures_customers", 11, "冬季防冻与轮胎知识"),
    ("lectures_technical", 4, "自动变速箱换油要点"),
    ("lectures_technical", 10, "车载网络诊断"),
    ("training_frontdesk", 2, "接车环检六步法"),
    ("training_frontdesk", 5, "与客户沟通报价"),
    ("training_frontdesk", 8, "疑难问题接待"),
    ("training_frontdesk", 10, "交车说明演练"),
    ("training_basics", 3, "发动机基础"),
    ("training_basics", 9, "底盘基础"),
    ("training_workshop", 1, "制动系统"),
    ("training_workshop", 3, "空调系统"),
    ("training_workshop", 5, "电控诊断"),
    ("training_workshop", 7, "钣金整形"),
    ("training_workshop", 9, "油漆调色"),
    ("training_workshop", 11, "混动车型安全操作"),
    ("discussions", 4, "间歇性熄火案例"),
    ("discussions", 8, "变速箱顿挫案例"),
    ("discussions", 11, "异响案例"),
    ("team_activities", 2, "开年聚餐"),
    ("team_activities", 6, "羽毛球赛"),
    ("team_activities", 10, "秋游"),
)


class Figures(Part):
    """Types in what no record knows, sets the targets, and counts the months."""

    def __init__(self, history):
        super().__init__(history)
        self.first = date(self.today.year - 1, 1, 1)

    def type_in(self):
        """Type in last year and what has passed of this one."""
        entries = []
        month = self.first
        while month <= self.today:
            day = min(month_end(month), self.today)
            for (code, note), amount in zip(
                MONTHLY, MONTHS[month.month - 1], strict=True
            ):
                entries.append((code, day, amount, note))
            month = add_months(month, 1)
        for year in (self.first.year, self.today.year):
            for code, january, july in STAFF:
                entries.append((code, date(year, 1, 1), january, "年初在册"))
                entries.append((code, date(year, 7, 1), july, "年中在册"))
            for code, number, note in EVENTS:
                entries.append((code, date(year, number, 18), 1, note))
        self.env["aftersales.kpi.entry"].with_user(self.history.supervisor).create(
            [
                {
                    "kpi_id": self.ref(f"kpi_{code}").id,
                    "company_id": self.company.id,
                    "date": day,
                    "amount": amount,
                    "note": note,
                }
                for code, day, amount, note in entries
                if day <= self.today
            ]
        )

    def set_targets(self):
        """Take the targets of the plan, for last year and this one."""
        targets = self.env["aftersales.kpi.target"].with_user(self.history.supervisor)
        for year in (self.first.year, self.today.year):
            targets._take_proposed(self.company, year)

    def count(self):
        """Count all months, as the night does."""
        values = self.env["aftersales.kpi.value"].sudo()
        month = self.first
        while month <= self.today:
            values._compute_month(self.company, month)
            month = add_months(month, 1)
