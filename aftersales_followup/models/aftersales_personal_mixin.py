from odoo import api, models
from odoo.fields import Domain

from .personal_words import WORDS_KNOWN_BY


class AftersalesPersonalMixin(models.AbstractModel):
    """A record that holds what tells who a customer is, or what was said of him.

    Each model says which of its fields do, and whose they are. A customer who asked to
    be forgotten is masked in all of them (``aftersales.restriction``), also in what is
    written later.
    """

    _name = "aftersales.personal.mixin"
    _description = "Record with Data of a Customer"
    # Path to the customer.
    _personal_owner = "partner_id"
    # Names of the fields with the days on which something happened with the customer.
    _personal_dates = ()

    # ------------------------------------------------------------
    # TO DEFINE
    # ------------------------------------------------------------

    @api.model
    def _get_personal_fields(self):
        """Return what the stored fields hold: {name: kind of ``personal_words``}."""
        raise NotImplementedError

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._mask_restricted()
        return records

    def write(self, vals):
        result = super().write(vals)
        owner = self._personal_owner.partition(".")[0]
        if vals.keys() & {*self._get_personal_fields(), owner}:
            self._mask_restricted()
        return result

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_personal_domain(self, customer):
        """Return the domain of the records that are a customer's own."""
        return Domain(self._personal_owner, "=", customer.id)

    @api.model
    def _find_mentions(self, customer, words):
        """Return other people's records that may name a customer, too.

        :param words: ``PersonalWords`` of the customer
        """
        return self.browse()

    def _get_known_words(self):
        """Yield (kind, text) of the words by which these records know the customer."""
        for name, kind in self._get_personal_fields().items():
            if kind in WORDS_KNOWN_BY:
                for text in self.mapped(name):
                    yield kind, text

    def _get_personal_owner(self):
        return self.mapped(self._personal_owner)

    def _mask_restricted(self):
        """Mask what was written about customers who asked to be forgotten."""
        Restriction = self.env["aftersales.restriction"]
        restricted = Restriction._get_restricted_ids()
        if not restricted:
            return
        by_owner = self.sudo().grouped(lambda record: record._get_personal_owner())
        for owner, records in by_owner.items():
            if owner.id in restricted:
                Restriction._get_in_force(owner)._mask_anew(records)
