from odoo import api, models
from odoo.fields import Domain

from .register_layout import Column


class AftersalesRegisterContact(models.AbstractModel):
    """A form of the month's contacts (月访客户计划表、月访客户统计表), by officer.

    On paper each officer has sheets of his or her own, to sign; a workbook names the
    officer in each row.
    """

    _name = "aftersales.register.contact"
    _description = "Form of the Month's Contacts"
    _inherit = ["aftersales.register"]
    _entry_model = "aftersales.followup"
    _date_field = "date_deadline"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_own_columns(self):
        """Return the columns of the form, as they are on paper."""
        raise NotImplementedError

    @api.model
    def _get_rows_by_officer(self, company, date_from, date_to, officers):
        """Return the rows of the form by officer.

        :param officers: whose; none means all
        :return: list of (name of the officer, number of contacts, rows)
        """
        raise NotImplementedError

    @api.model
    def _get_columns(self):
        return [Column("officer", self.env._("Officer"), 100), *self._get_own_columns()]

    @api.model
    def _get_entry_domain(self, company, date_from, date_to, officers):
        """Return the domain of the contacts that are due in the month.

        They are whoever's who acts, as in all figures. What was called off in time, or
        through nobody's fault, is no work of the month.
        """
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("result", "!=", "void")
            & self._get_period_domain(company, date_from, date_to)
        )
        if officers:
            domain &= Domain("acting_user_id", "in", officers.ids)
        return domain

    @api.model
    def _prepare_period_sheets(self, company, date_from, date_to, officers):
        """Return a register for each officer, each with pages of its own."""
        parts = self._get_rows_by_officer(company, date_from, date_to, officers)
        names = self._get_separator().join(officers.mapped("name"))
        nobody = (names or self.env._("all"), 0, [])
        return [
            self._lay_out(
                rows,
                self._get_own_columns(),
                company=company,
                period=self._format_period(date_from, date_to),
                officers=name,
                count=count,
            )
            for name, count, rows in parts or [nobody]
        ]

    @api.model
    def _write_period_workbook(self, file, company, date_from, date_to, officers):
        parts = self._get_rows_by_officer(company, date_from, date_to, officers)
        rows = [(name, *row) for name, _count, rows in parts for row in rows]
        self._write_sheet(file, rows, len(rows))
