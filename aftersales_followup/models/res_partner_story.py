from datetime import datetime, time

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

STORY_PAGE = 20
STORY_MAX = 200
LINE_LENGTH = 140
NEW_FORM = "aftersales_followup.res_partner_view_form_new"


class ResPartner(models.Model):
    """A customer's story at a glance: what happened, what is next, what is promised.

    Everything is read with the rights of whoever looks, so that the story tells no
    more than the lists do. A further kind of event is one more method named in
    ``_aftersales_get_story_kinds``.
    """

    _inherit = "res.partner"

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.readonly
    def get_formview_id(self, access_uid=None):
        """Open a customer who exists with the whole archive.

        The short form, which a field may name in its context, only enters new ones.
        """
        if self.env.context.get("form_view_ref") == NEW_FORM:
            return self.env.ref("base.view_partner_form").id
        return super().get_formview_id(access_uid)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.readonly
    def aftersales_get_story(self, limit=STORY_PAGE):
        """Return what the customer's page tells at a glance.

        :param int limit: how many events, the latest first
        :return: dict of ``head`` (cards, see ``_aftersales_get_story_head``),
            ``events`` (dicts of date, icon, title, text, who, badge, tone, res_model,
            res_id) and ``more``: whether there are earlier events
        :raise AccessError: if the user may not know of the department's records
        """
        self.ensure_one()
        self.check_access("read")
        self.env["aftersales.visit"].check_access("read")
        limit = max(1, min(int(limit), STORY_MAX))
        # One more than asked for tells whether there are more.
        events = [
            event
            for get_events in self._aftersales_get_story_kinds()
            for event in get_events(limit + 1)
        ]
        events.sort(
            key=lambda event: self._aftersales_get_story_moment(event["date"]),
            reverse=True,
        )
        return {
            "head": self._aftersales_get_story_head(),
            "events": events[:limit],
            "more": len(events) > limit and limit < STORY_MAX,
        }

    # what happened

    def _aftersales_get_story_kinds(self):
        """Return the methods that return the last events of each kind.

        Each takes how many at most, and searches once.
        """
        return [
            self._aftersales_get_story_visits,
            self._aftersales_get_story_calls,
            self._aftersales_get_story_letters,
            self._aftersales_get_story_cases,
        ]

    def _aftersales_get_story_visits(self, limit):
        visits = self.env["aftersales.visit"].search(
            [("partner_id", "=", self.id)],
            order="date_arrival desc, id desc",
            limit=limit,
        )
        tones = {"open": "warning", "delivered": "success", "closed": "success"}
        return [
            self._aftersales_prepare_story_event(
                visit,
                visit.date_arrival,
                icon="fa-wrench" if visit.visit_type == "workshop" else "fa-comments-o",
                title=[visit._get_label("visit_type"), visit.plate],
                text=visit._last_service_text() or visit.wish or visit.note,
                who=visit.advisor_name,
                badge=visit._get_label("state"),
                tone=tones.get(visit.state, "secondary"),
            )
            for visit in visits
        ]

    def _aftersales_get_story_calls(self, limit):
        calls = self.env["aftersales.call"].search(
            [("partner_id", "=", self.id)], order="date desc, id desc", limit=limit
        )
        concerns = self._aftersales_get_story_labels("aftersales.call", "inbound_kind")
        events = []
        for call in calls:
            outcome = call.outcome_id
            if call.mode == "in_person":
                icon, title = "fa-handshake-o", self.env._("Talk in Person")
            elif call.direction == "inbound":
                icon, title = "fa-volume-control-phone", self.env._("Inbound Call")
            else:
                icon, title = "fa-phone", self.env._("Call to the Customer")
            if call.state == "draft":
                badge, tone = self.env._("Draft"), "secondary"
            else:
                badge = outcome.name
                tone = "success" if outcome.effect == "complete" else "warning"
            events.append(
                self._aftersales_prepare_story_event(
                    call,
                    call.date,
                    icon=icon,
                    title=[title, concerns.get(call.inbound_kind)],
                    text=call.content or "、".join(call.topic_ids.mapped("name")),
                    # As a list shows a name: whoever may read the call may read it.
                    who=call.user_id.sudo().name,
                    badge=badge,
                    tone=tone,
                )
            )
        return events

    def _aftersales_get_story_letters(self, limit):
        Letter = self.env["aftersales.letter"]
        if not Letter.has_access("read"):
            return []
        domain = Domain("partner_id", "=", self.id)
        drafts = Letter.search(
            domain & Domain("date_sent", "=", False),
            order="create_date desc, id desc",
            limit=limit,
        )
        sent = Letter.search(
            domain & Domain("date_sent", "!=", False),
            order="date_sent desc, id desc",
            limit=limit,
        )
        kinds = self._aftersales_get_story_labels("aftersales.letter", "kind")
        ways = self._aftersales_get_story_labels("aftersales.letter", "send_by")
        states = self._aftersales_get_story_labels("aftersales.letter", "state")
        tones = {"returned": "danger", "registered": "success"}
        return [
            self._aftersales_prepare_story_event(
                letter,
                letter.date_sent or letter.create_date,
                icon="fa-envelope-o",
                title=[kinds[letter.kind], ways[letter.send_by]],
                text=letter.subject,
                who=letter.user_id.sudo().name,
                badge=states[letter.state],
                tone=tones.get(letter.state, "secondary"),
            )
            for letter in drafts + sent
        ]

    def _aftersales_get_story_cases(self, limit):
        Case = self.env["aftersales.case"]
        if not Case.has_access("read"):
            return []
        cases = Case.search(
            [("partner_id", "=", self.id)],
            order="date_raised desc, id desc",
            limit=limit,
        )
        types = self._aftersales_get_story_labels("aftersales.case", "case_type")
        states = self._aftersales_get_story_labels("aftersales.case", "state")
        waits = self._aftersales_get_story_labels("aftersales.case", "waiting_for")
        open_cases = cases.filtered_domain(Case._get_open_domain())
        events = []
        for case in cases:
            badge, tone = states[case.state], "success"
            if case.is_overdue:
                badge, tone = f"{badge} · {self.env._('Overdue')}", "danger"
            elif case in open_cases:
                tone = "warning"
            is_complaint = case.case_type == "complaint"
            events.append(
                self._aftersales_prepare_story_event(
                    case,
                    case.date_raised,
                    icon="fa-exclamation" if is_complaint else "fa-comment-o",
                    title=[
                        types[case.case_type],
                        case.waiting_for
                        and self.env._("Waits for: %s", waits[case.waiting_for]),
                    ],
                    text=case.description,
                    who=case.user_id.sudo().name,
                    badge=badge,
                    tone=tone,
                )
            )
        return events

    def _aftersales_prepare_story_event(self, record, when, title, text, **vals):
        """Return the dict of an event.

        :param when: date, or naive UTC datetime
        :param title: list of texts, of which empty ones are left out
        :param text: what it was, of any length
        """
        return {
            "date": when,
            "title": " · ".join(filter(None, title)),
            "text": self._aftersales_shorten_story_text(text),
            "who": vals.pop("who") or "",
            "badge": vals.pop("badge") or "",
            "res_model": record._name,
            "res_id": record.id,
            **vals,
        }

    def _aftersales_get_story_moment(self, when):
        """Return when something happened (naive UTC).

        What has only a day, as a letter, comes after all else of that day.
        """
        if isinstance(when, datetime):
            return when
        company = self.company_id or self.env.company
        return company._aftersales_moment(when, time.max)

    @api.model
    def _aftersales_shorten_story_text(self, text):
        """Return a text on one line that is not too long."""
        line = " ".join((text or "").split())
        if len(line) > LINE_LENGTH:
            line = line[: LINE_LENGTH - 1].rstrip() + "…"
        return line

    @api.model
    def _aftersales_get_story_labels(self, model, name):
        """Return the labels of a selection (value -> label)."""
        return dict(self.env[model]._fields[name]._description_selection(self.env))

    # what is next, and promised

    def _aftersales_get_story_head(self):
        """Return the cards above the story, each a dict.

        ``label``, ``value`` (in large letters), ``text``, ``tone``, and what a click
        opens: ``res_model`` and ``res_id``, or ``action``, a method of the customer.
        Cards without either open nothing.
        """
        return [
            self._aftersales_get_story_next_contact(),
            *self._aftersales_get_story_promises(),
            self._aftersales_get_story_last_visit(),
        ]

    def _aftersales_get_story_next_contact(self):
        """Return the card of the open follow-up that is due first."""
        followup = self.env["aftersales.followup"].search(
            [("partner_id", "=", self.id), ("state", "=", "planned")],
            order="date_deadline, date_earliest, id",
            limit=1,
        )
        card = {"key": "next", "label": self.env._("Next Contact")}
        if not followup:
            return {**card, "value": self.env._("None planned"), "tone": "secondary"}
        earliest, deadline = followup.date_earliest, followup.date_deadline
        window = [format_date(self.env, earliest)]
        if earliest != deadline:
            window.append(format_date(self.env, deadline))
        details = [followup.occasion, followup.acting_user_id.sudo().name]
        if followup.is_overdue:
            details.insert(0, self.env._("Overdue"))
        return {
            **card,
            "value": " – ".join(window),
            "text": " · ".join(filter(None, details)),
            "tone": "danger" if followup.is_overdue else "primary",
            "res_model": followup._name,
            "res_id": followup.id,
        }

    def _aftersales_get_story_promises(self):
        """Return the cards of what is still owed to the customer."""
        return [
            self._aftersales_get_story_followups(),
            self._aftersales_get_story_archive(),
            *self._aftersales_get_story_open_cases(),
        ]

    def _aftersales_get_story_followups(self):
        """Return the card of the open follow-ups."""
        count = self.env["aftersales.followup"].search_count(
            [("partner_id", "=", self.id), ("state", "=", "planned")]
        )
        return {
            "key": "followups",
            "label": self.env._("Open Follow-ups"),
            "value": str(count),
            "tone": "primary" if count else "secondary",
            "action": "action_aftersales_open_followups",
        }

    def _aftersales_get_story_archive(self):
        """Return the card of the archive that is to be filed first (规定 2)."""
        Visit = self.env["aftersales.visit"]
        visit = Visit.search(
            [("partner_id", "=", self.id), *Visit._get_reminder_domain()],
            order="archive_deadline, id",
            limit=1,
        )
        card = {"key": "archive", "label": self.env._("Archive")}
        if not visit:
            states = self._aftersales_get_story_labels(
                "res.partner", "aftersales_archive_state"
            )
            return {
                **card,
                "value": states[self.aftersales_archive_state or "none"],
                "tone": "secondary",
            }
        deadline = visit.archive_deadline
        late = deadline < visit.company_id._aftersales_date()
        day = format_date(self.env, deadline)
        return {
            **card,
            "value": self.env._("To file by %(day)s", day=day),
            "text": self.env._("Overdue") if late else visit.name,
            "tone": "danger" if late else "warning",
            "res_model": visit._name,
            "res_id": visit.id,
        }

    def _aftersales_get_story_open_cases(self):
        """Return the card of what the customer waits for an answer to, if any."""
        Case = self.env["aftersales.case"]
        if not Case.has_access("read"):
            return []
        domain = Domain("partner_id", "=", self.id) & Domain(Case._get_open_domain())
        count = Case.search_count(domain)
        if not count:
            return []
        overdue = Case.search_count(domain & Domain("is_overdue", "=", True), limit=1)
        return [
            {
                "key": "cases",
                "label": self.env._("Open Cases"),
                "value": str(count),
                "text": self.env._("Overdue") if overdue else "",
                "tone": "danger" if overdue else "warning",
                "action": "action_aftersales_open_cases",
            }
        ]

    def _aftersales_get_story_last_visit(self):
        """Return the card of the last visit that took place."""
        visit = self.env["aftersales.call"]._get_last_visit(self, None)
        card = {"key": "last_visit", "label": self.env._("Last Visit")}
        if not visit:
            return {**card, "value": self.env._("No visit yet"), "tone": "secondary"}
        day = visit.company_id._aftersales_date(visit.date_arrival)
        return {
            **card,
            "value": format_date(self.env, day),
            "text": self._aftersales_shorten_story_text(visit._last_service_text())
            or visit.name,
            "tone": "primary",
            "res_model": visit._name,
            "res_id": visit.id,
        }
