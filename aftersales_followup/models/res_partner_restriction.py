"""A customer who asked to be forgotten: see ``aftersales.restriction``."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .groups import ADVISOR
from .personal_words import (
    ADDRESS,
    CLEARED,
    EMAIL,
    HIDDEN,
    NAME,
    PHONE,
    TEXT,
    WORDS_KNOWN_BY,
)


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "aftersales.personal.mixin"]
    _personal_owner = "id"

    aftersales_is_restricted = fields.Boolean(
        string="Restricted",
        compute="_compute_aftersales_is_restricted",
        search="_search_aftersales_is_restricted",
        groups=ADVISOR,
        help="The customer asked to be forgotten: masked everywhere, not contacted.",
    )

    def _compute_aftersales_is_restricted(self):
        restricted = self.env["aftersales.restriction"]._get_restricted_ids()
        for partner in self:
            partner.aftersales_is_restricted = partner._origin.id in restricted

    def _search_aftersales_is_restricted(self, operator, value):
        if operator != "in":
            return NotImplemented
        self._check_field_access(self._fields["aftersales_is_restricted"], "read")
        restricted = Domain(
            "id", "in", list(self.env["aftersales.restriction"]._get_restricted_ids())
        )
        return Domain.OR(restricted if flag else ~restricted for flag in value)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """Refuse to write a name or number where a mask stands."""
        kept = {*WORDS_KNOWN_BY, HIDDEN}
        personal = {
            name for name, kind in self._get_personal_fields().items() if kind in kept
        }
        if personal & vals.keys():
            restricted = self.env["aftersales.restriction"]._get_restricted_ids()
            for partner in self:
                if partner.id in restricted:
                    raise UserError(
                        self.env._(
                            "%(customer)s asked to be forgotten: name, numbers and "
                            "address are not written any more. If the customer came "
                            "again, ask a supervisor to lift the restriction, or note "
                            "down a new customer.",
                            customer=partner.display_name,
                        )
                    )
        return super().write(vals)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_personal_fields(self):
        return {
            "name": NAME,
            "phone": PHONE,
            "email": EMAIL,
            "street": ADDRESS,
            "street2": ADDRESS,
            "zip": HIDDEN,
            "city": HIDDEN,
            "state_id": CLEARED,
            "partner_latitude": CLEARED,
            "partner_longitude": CLEARED,
            "vat": CLEARED,
            "company_registry": CLEARED,
            "company_name": CLEARED,
            "ref": CLEARED,
            "barcode": CLEARED,
            "website": CLEARED,
            "function": CLEARED,
            "comment": TEXT,
        }

    @api.model
    def _get_personal_domain(self, customer):
        """The customer and his addresses; contacts are people of their own."""
        address = Domain("id", "child_of", customer.id) & Domain(
            "type", "!=", "contact"
        )
        return Domain("id", "=", customer.id) | address

    @api.model
    def _find_mentions(self, customer, words):
        """A contact below the customer has his address."""
        return self.search(
            Domain("id", "child_of", customer.id)
            & Domain("id", "!=", customer.id)
            & Domain("type", "=", "contact")
        )

    def _aftersales_filter_kept(self):
        """Return those with an archive that must be kept, who can be restricted."""
        Restriction = self.env["aftersales.restriction"]
        kept = self.browse()
        for model, field in self._aftersales_history_fields():
            records = self.env[model].sudo().with_context(active_test=False)
            kept |= records.search([(field, "in", (self - kept).ids)])[field] & self
        return kept.filtered(
            lambda partner: partner.id not in Restriction._get_restricted_ids()
        )

    def _mask_restricted(self):
        """Nothing is masked anew here: ``write`` refuses what would have to be."""
