"""Summaries of the demo dealership: the last month's to be written, one submitted."""

from ..kpi.period import add_months, month_start
from .part import Part

WORDS = {
    "results": (
        "<p>本月进厂和产值均高于上月，客户满意度保持稳定，全部投诉在时限内答复。</p>"
    ),
    "problems": (
        "<p>配件到货慢，两位客户等待超过三天；第二次跟踪有漏打，"
        "原因是业务员培训期间没有及时安排代理。</p>"
    ),
    "next_plan": (
        "<p>1. 常用配件增加安全库存，配件主管负责，下月十五日前完成。<br>"
        "2. 培训前一天落实代理人，业务主管负责。</p>"
    ),
}


class Summaries(Part):
    """Drafts what is over, and submits the summary of the month before."""

    def draft(self):
        """Draft as the scheduler does on the first of the month."""
        summaries = self.env["aftersales.summary"]
        summaries.sudo()._draft_due(self.company)
        month = add_months(month_start(self.today), -2)
        before = summaries.with_user(self.history.supervisor).create(
            {
                "company_id": self.company.id,
                "date_from": month,
                "date_meeting": add_months(month, 1).replace(day=5),
                "attendance": "刘建国、王丽、孙强、赵敏；前台、车间、配件各一人",
                **WORDS,
            }
        )
        before.action_submit()
