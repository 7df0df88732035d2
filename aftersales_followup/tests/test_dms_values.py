from datetime import datetime

from odoo.tests import BaseCase, tagged

from ..dms import values


@tagged("-at_install", "post_install")
class TestDmsValues(BaseCase):
    """What the cells of real exports mean."""

    def test_dates_come_in_many_forms(self):
        day, morning = datetime(2025, 6, 2), datetime(2025, 6, 2, 6, 57)
        for cell, expected in (
            ("2025-06-02 06:57", (morning, True)),
            ("2025/6/2 6:57", (morning, True)),
            ("2025.6.2 6:57:00", (morning, True)),
            ("2025年06月02日", (day, False)),
            ("2025年6月2日 6时57分", (morning, True)),
            ("２０２５－０６－０２", (day, False)),
            ("2025-06-02T06:57:00", (morning, True)),
            ("20250602", (day, False)),
            ("20250602 065700", (morning, True)),
            ("2025/6/2 上午6:57", (morning, True)),
            ("2025/6/2 下午6:57", (datetime(2025, 6, 2, 18, 57), True)),
            ("2025-06-02 12:10 AM", (datetime(2025, 6, 2, 0, 10), True)),
            ("2025-06-02 00:00", (day, False)),
            ("45810", (day, False)),
            (45810.289583333, (morning, True)),
            (day, (day, False)),
            (morning, (morning, True)),
            (day.date(), (day, False)),
            ("", None),
            (None, None),
        ):
            with self.subTest(cell=cell):
                self.assertEqual(values.moment(cell), expected)
        for cell in ("昨天", "2026-13-45", "00:00", "06/02/2025", 12, True, "2025"):
            with self.subTest(cell=cell), self.assertRaises(ValueError):
                values.moment(cell)

    def test_amounts_and_odometers_come_with_signs_and_units(self):
        for read, cell, expected in (
            (values.amount, "¥1,204.50", 1204.5),
            (values.amount, "￥1,204.50", 1204.5),
            (values.amount, "１２０", 120),
            (values.amount, "1204.5元", 1204.5),
            (values.amount, "-30", -30),
            (values.amount, 99.9, 99.9),
            (values.amount, " ", None),
            (values.odometer, 48280, 48280),
            (values.odometer, "48280km", 48280),
            (values.odometer, "48,280 公里", 48280),
            (values.odometer, "4.83万公里", 48300),
            (values.odometer, None, None),
        ):
            with self.subTest(cell=cell):
                self.assertEqual(read(cell), expected)
        for read, cell in (
            (values.amount, "--"),
            (values.amount, "面议"),
            (values.amount, "1,20"),
            (values.amount, True),
            (values.amount, "9" * 20),
            (values.cost, "-1"),
            (values.odometer, "不详"),
            (values.odometer, "-5"),
            (values.odometer, 0),
        ):
            with self.subTest(cell=cell), self.assertRaises(ValueError):
                read(cell)

    def test_remarks_and_blanks_do_not_count(self):
        for read, cell, expected in (
            (values.phone, "17380734040（手机）", "17380734040"),
            (values.phone, "家: 0738-1234567", "0738-1234567"),
            (values.phone, "13800138000/13900139000", "13800138000"),
            (values.phone, 13800138000.0, "13800138000"),
            (values.phone, "无", ""),
            (values.plate, " 湘k DGKD9 ", "湘KDGKD9"),
            (values.plate, "粤A·32DCK", "粤A32DCK"),
            (values.name_key, "张 三", "张三"),
            (values.name_key, "ＡＢＣ Ltd", "abcltd"),
        ):
            with self.subTest(cell=cell):
                self.assertEqual(read(cell), expected)

    def test_firms_are_told_from_people(self):
        self.assertTrue(values.is_company("广州华通物流有限公司"))
        self.assertTrue(values.is_company("Yusen Co. Ltd"))
        self.assertFalse(values.is_company("张三"))
