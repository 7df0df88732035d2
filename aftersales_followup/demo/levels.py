"""Levels of the demo dealership: by the rules, and some for a reason of their own."""

from .part import Part

# Number of each customer whose level the supervisor fixed, at what, and why.
FIXED = {
    1: ("level_1", "店里的满意度评审员"),
    10: ("vip", "推荐了五位车主来店"),
    11: ("vip", "出租车公司车队队长"),
    12: ("vip", "老客户，介绍了单位的车"),
    16: ("vip", "单位客户，签有年度保养协议"),
    26: ("vip", "车友会会长"),
    40: ("vip", "两年内买了第二台车"),
    41: ("vip", "邻近单位后勤主任，常带车来"),
    42: ("vip", "前年大修客户，答应重点关照"),
}


class Levels(Part):
    """Fixes the levels of a few customers, then lets the rules decide on all others."""

    def give(self):
        """Calculate the levels once, as the night does, before campaigns need them."""
        history = self.history
        archives = self.env["aftersales.archive"].with_user(history.supervisor)
        for number, (level, reason) in FIXED.items():
            customer = history.customers[number - 1]
            archive = archives.search([("partner_id", "=", customer.id)])
            archive._fix_level(self.ref(f"segment_{level}"), reason)
        self.env["aftersales.segment"]._recalculate_all(history.company)
