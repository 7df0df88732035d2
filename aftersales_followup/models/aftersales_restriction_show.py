"""Looking into the vault: a supervisor, for a reason, and never without a trace."""

import re

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .personal_words import MIN_PHONE_DIGITS, MIN_PLATE


class AftersalesRestriction(models.Model):
    _inherit = "aftersales.restriction"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _look(self, reason):
        """Write down that the user looks who these customers are.

        :param str reason: why
        :return: ``aftersales.restriction.look``
        """
        self.check_access("read")
        for restriction in self.sudo():
            restriction._check_in_vault()
            if not restriction._is_known_to_user():
                raise AccessError(
                    self.env._("This customer never came to one of your companies.")
                )
        return (
            self.env["aftersales.restriction.look"]
            .sudo()
            .create(
                [
                    {"restriction_id": restriction_id, "reason": reason}
                    for restriction_id in self.ids
                ]
            )
        )

    def _is_known_to_user(self):
        """Return whether a company of the user has records of the customer."""
        companies = self._get_companies(self.partner_id) | self.partner_id.company_id
        return bool(companies & self.env.user.company_ids)

    def _get_shown_text(self):
        """Return who it is: name, numbers, address and cars, a line each.

        What was said with the customer is no part of it.
        """
        self.ensure_one()
        cars = self.env["fleet.vehicle"].sudo().with_context(active_test=False)
        cars = cars.search(cars._get_personal_domain(self.partner_id)).filtered(
            lambda car: (
                not car.company_id or car.company_id in self.env.user.company_ids
            )
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT res_model, res_id, field, value FROM (
                    SELECT DISTINCT ON (res_model, res_id, field) *
                      FROM aftersales_restriction_value
                     WHERE restriction_id = %s
                       AND ((res_model = 'res.partner' AND field = ANY(%s))
                            OR (res_model = 'fleet.vehicle'
                                AND field IN ('license_plate', 'vin_sn')))
                     ORDER BY res_model, res_id, field, id) first
                    ORDER BY res_model DESC, id""",
                self.id,
                list(self._get_shown_fields()),
            )
        )
        lines = []
        for model, res_id, name, value in rows:
            if model == "res.partner" or res_id in cars.ids:
                label = self.env[model].fields_get([name], ["string"])[name]["string"]
                lines.append(f"{label}: {value}")
        return "\n".join(lines)

    @api.model
    def _get_shown_fields(self):
        """Return the fields of the contact that tell who it is."""
        return ("name", "phone", "email", "street", "street2", "zip", "city")

    @api.model
    def _find_in_vault(self, text):
        """Return the restrictions of who has this name, number, address or plate.

        Only of those whom a company of the user knows.
        """
        partner = self.env["res.partner"]
        digits = partner._aftersales_phone_digits(text) or ""
        key = self.env["fleet.vehicle"]._aftersales_key(text) or ""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT kept.restriction_id
                  FROM aftersales_restriction_value kept,
                       LATERAL (SELECT kept.value #>> '{}' AS text) AS own
                 WHERE (kept.res_model = 'res.partner'
                        AND kept.field IN ('name', 'email')
                        AND LOWER(own.text) = LOWER(%(text)s))
                    OR (kept.res_model = 'res.partner' AND kept.field = 'phone'
                        AND LENGTH(%(digits)s) >= %(min_digits)s
                        AND RIGHT(REGEXP_REPLACE(own.text, '\\D', '', 'g'),
                                  LENGTH(%(digits)s)) = %(digits)s)
                    OR (kept.res_model = 'fleet.vehicle'
                        AND kept.field IN ('license_plate', 'vin_sn')
                        AND LENGTH(%(key)s) >= %(min_key)s
                        AND UPPER(REGEXP_REPLACE(own.text, '[\\W_]', '', 'g'))
                            = %(key)s)
                """,
                text=re.sub(r"\s+", " ", text.strip()),
                digits=digits,
                min_digits=MIN_PHONE_DIGITS,
                key=key,
                min_key=MIN_PLATE,
            )
        )
        found = self.browse(row_id for (row_id,) in rows)._filtered_access("read")
        return found.filtered(
            lambda restriction: restriction.sudo()._is_known_to_user()
        )
