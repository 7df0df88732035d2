"""Submitting and filing a summary, and opening it again."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, is_html_empty

from .groups import SUPERVISOR
from .locking import lock_until_done

REPORT = "aftersales_followup.aftersales_summary_report"


class AftersalesSummary(models.Model):
    _inherit = "aftersales.summary"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_submit(self):
        """Submit summaries to the meeting (五).

        :raise UserError: if the period still runs, or nothing was written of it
        """
        self._check_supervisor()
        self._check_step("draft")
        for summary in self:
            summary._check_over()
            summary._check_written()
        self.sudo().write(
            {"state": "submitted", "date_submitted": fields.Datetime.now()}
        )
        return True

    def action_withdraw(self):
        """Take submitted summaries back, to write on."""
        self._check_supervisor()
        self._check_step("submitted")
        self.sudo().write({"state": "draft", "date_submitted": False})
        return True

    def action_file(self):
        """File submitted summaries: figures and words stay, with the document (五).

        :raise UserError: if one was not submitted, or not written
        """
        self._check_supervisor()
        lock_until_done(self)
        self._check_step("submitted")
        for summary in self:
            summary._check_written()
            summary.sudo()._file()
        return True

    def action_reopen(self):
        """Ask an administrator for the reason, and open the summary again."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_followup.aftersales_summary_reopen_action"
        )
        return {**action, "context": {"default_summary_id": self.id}}

    def action_print(self):
        """Print the summary: the filed document, or what it is now."""
        self.ensure_one()
        self.check_access("read")
        if self.attachment_id:
            return {
                "type": "ir.actions.act_url",
                "url": f"/web/content/{self.attachment_id.id}?download=true",
                "target": "download",
            }
        return self.env.ref(REPORT).report_action(self, config=False)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _check_supervisor(self):
        """Raise unless a supervisor acts on what he may write."""
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(SUPERVISOR):
            raise AccessError(self.env._("Only supervisors submit and file summaries."))

    def _check_step(self, *states):
        """Raise UserError unless all are in one of these states."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for summary in self:
            if summary.state not in states:
                raise UserError(
                    self.env._(
                        "%(summary)s: this cannot be done, its state is %(state)s.",
                        summary=summary.display_name,
                        state=labels[summary.state],
                    )
                )

    def _check_over(self):
        if self.date_to >= self.company_id._aftersales_date():
            raise UserError(
                self.env._(
                    "%(summary)s: the period runs until %(day)s. Submit it after that.",
                    summary=self.display_name,
                    day=format_date(self.env, self.date_to),
                )
            )

    def _check_written(self):
        """What is missing is named in one message."""
        labels = self.fields_get(["results", "problems", "next_plan"], ["string"])
        missing = [
            label["string"]
            for name, label in labels.items()
            if is_html_empty(self[name])
        ]
        if missing:
            raise UserError(
                self.env._(
                    "%(summary)s: please write down first: %(fields)s.",
                    summary=self.display_name,
                    fields=", ".join(missing),
                )
            )

    def _file(self):
        """Let figures and words stay as they are today, and keep the document."""
        self._fill()
        values = self.env["aftersales.kpi.value"]
        values._freeze(self.company_id, self.date_from, self.date_to)
        self.write(
            {
                "state": "filed",
                "date_filed": fields.Datetime.now(),
                "filed_by_id": self.env.uid,
            }
        )
        self.attachment_id = self._make_document()
        self.activity_ids.action_feedback(feedback=self.env._("The summary was filed."))

    def _make_document(self):
        """Return the attachment with the summary on paper."""
        content, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
            REPORT, self.ids
        )
        return self.env["ir.attachment"].create(
            {
                "name": f"{self.display_name}.pdf",
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _reopen(self, reason):
        """Open a filed summary again; that it was filed, and why not, is kept.

        The document that was filed stays among its attachments. Months that another
        filed summary holds stay as they were filed.
        """
        self._check_step("filed")
        self.env["aftersales.correction"].create(
            {
                "summary_id": self.id,
                "company_id": self.company_id.id,
                "user_id": self.env.uid,
                "reason": reason,
                "field_name": "date_filed",
                "field_label": self.env._("Filed on"),
                "before": fields.Datetime.to_string(self.date_filed),
            }
        )
        self.write(
            {
                "state": "draft",
                "date_submitted": False,
                "date_filed": False,
                "filed_by_id": False,
                "attachment_id": False,
            }
        )
        self._unfreeze()

    def _unfreeze(self):
        """Let the months be counted anew that no other filed summary holds."""
        values = self.env["aftersales.kpi.value"]
        others = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "filed"),
                ("date_from", "<=", self.date_to),
                ("date_to", ">=", self.date_from),
            ]
        )
        for month in self._get_period().get_months():
            if not any(
                other.date_from <= month.first <= other.date_to for other in others
            ):
                values._unfreeze(self.company_id, month.first, month.last)
