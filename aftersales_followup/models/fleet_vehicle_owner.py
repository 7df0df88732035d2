"""A car that changes hands: its new owner begins anew."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .groups import ADVISOR


class FleetVehicle(models.Model):
    _inherit = "fleet.vehicle"

    aftersales_owner_since = fields.Date(
        string="Changed Hands on",
        readonly=True,
        copy=False,
        groups=ADVISOR,
        help="What was over by then is not told to the new owner.",
    )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _aftersales_date_owners(self, old_owners):
        """Note when cars that had an owner got another one.

        :param dict old_owners: vehicle -> partner, before the change
        """
        sold = self.browse(vehicle.id for vehicle, owner in old_owners.items() if owner)
        for company, cars in sold.sudo().grouped("company_id").items():
            company = company or self.env.company
            cars.aftersales_owner_since = company._aftersales_date()

    @api.model
    def _aftersales_known_domain(self, rule):
        """A new owner gets no windows that were over before the car was his."""
        field = self._aftersales_origin_columns(rule).date
        return super()._aftersales_known_domain(rule) & Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "(%(since)s IS NULL OR %(closed)s >= %(since)s)",
                since=SQL.identifier(alias, "aftersales_owner_since"),
                closed=rule._get_closing_sql(SQL.identifier(alias, field)),
            )
        )
