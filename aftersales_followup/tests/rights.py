"""What each role may do, and how it is asked: through RPC, as a client does."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tools import mute_logger

from .common import NOW, TODAY, AftersalesCase

MODULE = "aftersales_followup"
DENIALS = (
    "odoo.addons.base.models.ir_model",
    "odoo.addons.base.models.ir_rule",
    "odoo.models",
)
# What each role may do: create, read, update, delete. The columns with an
# asterisk are about records of another officer or advisor.
RIGHTS = """
model                           outsider advisor advisor* officer officer* supervisor

aftersales.archive              -        r       r        r       r        r
aftersales.visit                -        cru     cr       cru     cr       crud
aftersales.visit.line           -        crud    r        crud    r        crud
aftersales.followup             -        r       -        cru     r        cru
aftersales.call                 -        r       -        crud    r        crud
aftersales.letter               -        -       -        crud    r        crud
aftersales.correction           -        r       -        r       r        r
aftersales.optout               -        r       r        cru     cru      cru
aftersales.case                 -        r       -        cru     cr       cru
aftersales.case.round           -        r       -        r       r        r
aftersales.campaign             -        -       -        r       r        crud
aftersales.substitution         -        -       -        r       r        crud
aftersales.segment.change       -        r       r        r       r        r

aftersales.kpi                  -        -       -        r       r        crud
aftersales.kpi.value            -        -       -        r       -        r
aftersales.kpi.target           -        -       -        -       -        crud
aftersales.kpi.entry            -        -       -        -       -        cru
aftersales.kpi.target.copy      -        -       -        -       -        crud
aftersales.summary              -        -       -        -       -        crud
aftersales.summary.line         -        -       -        -       -        r
aftersales.summary.cause        -        -       -        -       -        r
aftersales.summary.reopen       -        -       -        -       -        -

aftersales.restriction          -        -       -        -       -        r
aftersales.restriction.look     -        -       -        -       -        r
aftersales.restriction.value    -        -       -        -       -        -

aftersales.followup.rule        -        r       r        r       r        crud
aftersales.topic                -        r       r        r       r        crud
aftersales.tip                  -        -       -        r       r        crud
aftersales.call.outcome         -        r       r        r       r        crud
aftersales.segment              -        r       r        r       r        crud
aftersales.optout.reason        -        r       r        r       r        crud
aftersales.case.cause           -        r       r        r       r        crud
aftersales.letter.template      -        -       -        r       r        crud
aftersales.import.header        -        -       -        -       -        crud

aftersales.followup.cancel      -        -       -        crud    c        crud
aftersales.optout.withdraw      -        -       -        crud    c        crud
aftersales.call.correct         -        -       -        -       -        crud
aftersales.call.give            -        -       -        crud    c        crud
aftersales.letter.correct       -        -       -        -       -        crud
aftersales.register.print       -        -       -        crud    c        crud
aftersales.partner.hand.over    -        -       -        -       -        crud
aftersales.partner.restrict     -        -       -        -       -        crud
aftersales.restriction.lift     -        -       -        -       -        crud
aftersales.restriction.show     -        -       -        -       -        crud
aftersales.restriction.find     -        -       -        -       -        crud
aftersales.segment.fix          -        -       -        -       -        crud
aftersales.segment.preview      -        -       -        -       -        crud
aftersales.segment.preview.line -        -       -        -       -        crud
aftersales.segment.preview.move -        -       -        -       -        r
aftersales.visit.import         -        -       -        -       -        crud
aftersales.visit.import.header  -        -       -        -       -        crud
aftersales.visit.import.order   -        -       -        -       -        crud
aftersales.visit.import.content -        -       -        -       -        crud

res.partner                     r        cru     cru      cru     cru      cru
fleet.vehicle                   -        cru     cru      cru     cru      cru
fleet.vehicle.odometer          -        cr      cr       cr      cr       cr
fleet.vehicle.model             -        r       r        r       r        cru
fleet.vehicle.model.brand       -        r       r        r       r        cru
fleet.vehicle.model.category    -        r       r        r       r        cru
fleet.service.type              -        r       r        r       r        cru
fleet.vehicle.state             -        r       r        r       r        r
fleet.vehicle.tag               -        r       r        r       r        r
"""


def read_table(text):
    """Yield ``(model, {column: rights})`` of a table like ``RIGHTS``."""
    head, *rows = [line.split() for line in text.splitlines() if line.strip()]
    for model, *cells in rows:
        yield model, dict(zip(head[1:], cells, strict=True))


class AccessCase(AftersalesCase):
    """Users who ask through RPC, where no view holds anybody back."""

    def _rpc(self, user, model, method, *args, context=None, **kwargs):
        """Call a method as a client does, in the user's own environment."""
        env = self.env(user=user, su=False, context={})
        return call_kw(env[model], method, args, {**kwargs, "context": context or {}})

    def _is_allowed(self, method, *args):
        """Return whether access is granted, and undo what was done."""
        self.env.invalidate_all()
        try:
            with mute_logger(*DENIALS), self.env.cr.savepoint() as savepoint:
                method(*args)
                savepoint.rollback()
        except AccessError:
            return False
        finally:
            self.env.invalidate_all()
        return True

    def assertDenied(self, method, *args, **kwargs):
        with (
            self.assertRaises(AccessError),
            mute_logger(*DENIALS),
            self.env.cr.savepoint(),
        ):
            method(*args, **kwargs)
            self.env.flush_all()
        self.env.invalidate_all()


class RightsCase(AccessCase):
    """Records of every model, each belonging to the users of a column of ``RIGHTS``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_advisor = cls._new_user("other_advisor", "advisor")
        cls.customer = cls._new_customer()
        cls.car = cls._new_vehicle(cls.customer)

    def _users_of(self, column):
        """Return the user of a column, and whose visit and follow-up it is about."""
        other = column.endswith("*")
        user = getattr(self, column.rstrip("*"))
        advisor = user if user == self.advisor and not other else self.other_advisor
        officer = user if user == self.officer and not other else self.other_officer
        return user, advisor, officer

    def _prepare_all_vals(self, advisor, officer):
        """Return {model: vals of a record that belongs to these users}."""
        customer, car = self.customer.id, self.car.id
        visit_vals = {
            "partner_id": customer,
            "vehicle_id": car,
            "advisor_id": advisor.id,
            "officer_id": officer.id,
        }
        visit = self.env["aftersales.visit"].sudo().create({**visit_vals})
        followup_vals = {
            "partner_id": customer,
            "visit_id": visit.id,
            "user_id": officer.id,
        }
        followup = self.env["aftersales.followup"].sudo().create(followup_vals)
        call_vals = {"followup_id": followup.id, "user_id": officer.id}
        call = self.env["aftersales.call"].sudo().create(call_vals)

        def prepare_call_vals():
            """Of a follow-up without a draft: it never has two."""
            other = followup.create(followup_vals)
            return {**call_vals, "followup_id": other.id}

        letter_vals = {"partner_id": customer, "subject": "x", "user_id": officer.id}
        letter = self.env["aftersales.letter"].sudo().create(letter_vals)
        case_vals = {
            "partner_id": customer,
            "visit_id": visit.id,
            "user_id": officer.id,
            "description": "x",
        }
        case = self.env["aftersales.case"].sudo().create(case_vals)
        round_vals = {
            "case_id": case.id,
            "number": 2,
            "date_begin": NOW,
            "date_end": NOW,
        }
        data_import = {"import_id": self._new_import().id}
        content = self.env["aftersales.visit.import.content"].sudo().create(data_import)
        own = {"name": "x", "company_id": self.company.id}
        newcomer = self.env["res.partner"].sudo().create({"name": "x"})
        return {
            "aftersales.archive": {"partner_id": newcomer.id},
            "aftersales.visit": visit_vals,
            "aftersales.visit.line": {"visit_id": visit.id, "name": "Oil"},
            "aftersales.followup": followup_vals,
            "aftersales.call": prepare_call_vals,
            "aftersales.letter": letter_vals,
            "aftersales.optout": {"partner_id": customer, "reason": "x"},
            "aftersales.optout.withdraw": {
                "optout_ids": [Command.set([])],
                "reason": "x",
            },
            "aftersales.case": case_vals,
            "aftersales.case.round": round_vals,
            "aftersales.campaign": {
                "name": "x",
                "date_begin": TODAY,
                "date_end": TODAY,
                "user_id": officer.id,
            },
            "aftersales.substitution": {
                "user_id": self.officer.id,
                "substitute_id": self.other_officer.id,
                "date_from": TODAY + timedelta(days=1),
                "date_to": TODAY + timedelta(days=1),
            },
            "aftersales.followup.rule": {**own, "code": "x"},
            "aftersales.topic": own,
            "aftersales.tip": {**own, "text": "x"},
            "aftersales.call.outcome": {**own, "code": "x"},
            "aftersales.segment": own,
            "aftersales.optout.reason": own,
            "aftersales.case.cause": own,
            "aftersales.letter.template": {**own, "subject": "x", "body": "x"},
            "aftersales.followup.cancel": {
                "followup_ids": [Command.link(followup.id)],
                "reason": "x",
            },
            "aftersales.call.correct": {
                "call_id": call.id,
                "reason": "x",
                "date": NOW,
                "outcome_id": self.reached.id,
            },
            "aftersales.correction": {
                "company_id": self.company.id,
                "call_id": call.id,
                "user_id": officer.id,
                "reason": "x",
                "field_name": "content",
                "field_label": "x",
            },
            "aftersales.call.give": {"call_id": call.id, "partner_id": customer},
            "aftersales.letter.correct": {
                "letter_id": letter.id,
                "reason": "x",
                "date_sent": TODAY,
                "subject": "x",
            },
            "aftersales.partner.hand.over": {
                "partner_ids": [Command.link(customer)],
                "officer_id": officer.id,
            },
            "aftersales.register.print": {},
            **self._prepare_level_vals(visit),
            **self._prepare_restriction_vals(),
            **self._prepare_kpi_vals(officer),
            "aftersales.visit.import": {},
            "aftersales.visit.import.header": data_import,
            "aftersales.visit.import.order": {
                **data_import,
                "content_id": content.id,
                "state": "ready",
            },
            "aftersales.visit.import.content": data_import,
            "fleet.vehicle": {"model_id": self.model.id},
            "fleet.vehicle.odometer": {"vehicle_id": car, "value": 1},
            "fleet.vehicle.model": {"name": "x", "brand_id": self.brand.id},
            "fleet.service.type": {"name": "x", "category": "service"},
        }

    def _prepare_level_vals(self, visit):
        archive = (
            self.env["aftersales.archive"]
            .sudo()
            ._get_archives(visit.partner_id, self.company)
        )
        level = self.env.ref(f"{MODULE}.segment_vip")
        preview = self.env["aftersales.segment.preview"].sudo().create({})
        return {
            "aftersales.segment.change": {
                "archive_id": archive.id,
                "company_id": self.company.id,
                "date": TODAY,
                "cause": "hand",
            },
            "aftersales.segment.fix": {
                "partner_ids": [Command.set([])],
                "reason": "x",
            },
            "aftersales.segment.preview": {},
            "aftersales.segment.preview.line": {
                "preview_id": preview.id,
                "segment_id": level.id,
            },
            "aftersales.segment.preview.move": {
                "preview_id": preview.id,
                "archive_id": archive.id,
            },
        }

    def _prepare_restriction_vals(self):
        def new_restriction_vals():
            customer = self._new_customer("Wang Wu")
            vals = {"partner_id": customer.id, "company_id": self.company.id}
            return {**vals, "reason": "x"}

        restriction = self.env["aftersales.restriction"].sudo()
        restriction = restriction.create(new_restriction_vals())
        of_restriction = {"restriction_id": restriction.id}
        dialog = {"restriction_ids": [Command.set([])], "reason": "x"}
        return {
            "aftersales.restriction": new_restriction_vals(),
            "aftersales.restriction.look": {**of_restriction, "reason": "x"},
            "aftersales.restriction.value": {
                **of_restriction,
                "res_model": "res.partner",
                "res_id": 1,
                "field": "name",
            },
            "aftersales.partner.restrict": {
                "partner_ids": [Command.set([])],
                "reason": "x",
            },
            "aftersales.restriction.lift": dialog,
            "aftersales.restriction.show": {**of_restriction, "reason": "x"},
            "aftersales.restriction.find": {"text": "x", "reason": "x"},
        }

    def _prepare_summary_vals(self):
        summary = self.env["aftersales.summary"].search([], limit=1)
        summary = summary or self.env["aftersales.summary"].create({})
        kpi = self.env.ref("aftersales_followup.kpi_calls")
        return {
            "aftersales.summary": {"date_from": TODAY},
            "aftersales.summary.line": {"summary_id": summary.id, "kpi_id": kpi.id},
            "aftersales.summary.cause": {"summary_id": summary.id},
            "aftersales.summary.reopen": {"summary_id": summary.id, "reason": "Late"},
        }

    def _prepare_kpi_vals(self, officer):
        def get_kpi(code):
            return {"kpi_id": self.env.ref(f"aftersales_followup.kpi_{code}").id}

        return {
            "aftersales.kpi": {
                "name": "x",
                "is_typed": True,
                "company_id": self.company.id,
            },
            "aftersales.kpi.value": {
                **get_kpi("calls"),
                "company_id": self.company.id,
                "user_id": officer.id,
                "date": TODAY,
            },
            "aftersales.kpi.target": {**get_kpi("intake"), "target": 12},
            "aftersales.kpi.entry": {**get_kpi("fixed_cost"), "amount": 1},
            "aftersales.kpi.target.copy": {},
            **self._prepare_summary_vals(),
        }

    def _new_import(self):
        return self.env["aftersales.visit.import"].sudo().create({})
