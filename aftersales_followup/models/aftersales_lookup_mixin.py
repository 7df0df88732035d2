"""One look-up for all: by name, phone, plate or VIN, whole or in part."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.modules.db import FunctionStatus
from odoo.tools import SQL

from .groups import ADVISOR


def part_index(column, where="", folded=False):
    """Return the index by which any part of a text is found.

    Without PostgreSQL's extension ``pg_trgm`` there is none: the same is found then,
    by reading the whole table.

    :param str where: which rows are indexed, as SQL; default all
    :param bool folded: whether capitals and accents do not count when it is searched
    """

    def get_definition(registry):
        if not registry.has_trigram:
            return ""
        expression = column
        if folded and registry.has_unaccent == FunctionStatus.INDEXABLE:
            expression = registry.unaccent(column)
        return f"USING gin ({expression} gin_trgm_ops) {where}".strip()

    return models.Index(get_definition)


def end_index(expression, where):
    """Return the index by which the end of a text is found."""
    return models.Index(f"(reverse({expression}) text_pattern_ops) WHERE {where}")


def ends_with(expression, text):
    """Return the SQL condition that ``end_index`` serves."""
    return SQL("reverse(%s) LIKE %s", expression, f"{text[::-1]}%")


def any_of(column, arms):
    """Return the SQL condition that a column is among what one of the arms selects.

    As an array, PostgreSQL reads the arms first and then fetches the rows by their
    index, however many or few it takes them for.
    """
    return SQL("%s = ANY(ARRAY(%s))", column, SQL(" UNION ").join(arms))


class AftersalesLookupMixin(models.AbstractModel):
    """A record that is found by what one knows of its customer or car.

    A customer says his name, reads his plate or the last digits of a phone number: all
    goes into one box. No index serves one condition over several tables, so each key
    is looked for by its own index, and what they find is united.
    """

    _name = "aftersales.lookup.mixin"
    _description = "Record Found by Name, Phone, Plate or VIN"
    # Fields with the people by whom a record is found.
    _lookup_people = ("partner_id",)
    # Texts by whose words a record is found, too, where it is chosen.
    _lookup_words = ()

    aftersales_lookup = fields.Char(
        string="Name, Phone, Plate or VIN",
        store=False,
        search="_search_aftersales_lookup",
        copy=False,
        exportable=False,
        groups=ADVISOR,
        help="Finds what has to do with a customer or car: by name, phone number, "
        "plate or VIN, whole or its last four characters.",
    )

    def _search_aftersales_lookup(self, operator, value):
        self._check_field_access(self._fields["aftersales_lookup"], "read")
        if operator == "in":
            return Domain.OR(self._get_lookup_domain(text) for text in value if text)
        if operator not in ("like", "ilike"):
            return NotImplemented
        return self._get_lookup_domain(value)

    @api.model
    def _search_display_name(self, operator, value):
        """Where a record is chosen it is found by the same keys."""
        if self._is_lookup(operator, value):
            return self._get_lookup_domain(value) | Domain.OR(
                Domain(name, operator, value) for name in self._lookup_words
            )
        return super()._search_display_name(operator, value)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _is_lookup(self, operator, value):
        """Return whether what is searched for a name is a look-up."""
        return (
            operator in ("like", "ilike")
            and isinstance(value, str)
            and bool(value.strip())
            and self.env["res.partner"]._aftersales_is_for_staff()
        )

    @api.model
    def _get_lookup_domain(self, text):
        """Return the domain of the records that a text points at."""
        text = str(text or "").replace("\0", "").strip()
        if not text:
            return Domain.TRUE
        # What the rules of access ask of companies is not all that one is.
        self.env.companies._aftersales_fetch()
        arms = self._get_lookup_arms(text)

        def to_sql(_model, alias, _query):
            return any_of(SQL.identifier(alias, "id"), arms)

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _get_lookup_arms(self, text):
        """Return the SELECTs of the ids that a text points at, one for each key.

        Rules of access hold for the customers and cars that the arms go by, and for
        what is found. Archived customers and cars have a history, too.
        """
        people = self.env["res.partner"]._get_lookup_people(text)
        conditions = [
            any_of(self._lookup_column(name), people) for name in self._lookup_people
        ]
        cars = self.env["fleet.vehicle"]._get_lookup_cars(text)
        if cars:
            car = self._lookup_column("vehicle_id")
            owners = self.env["fleet.vehicle"]._select_lookup_owners(cars)
            owner = any_of(self._lookup_column("partner_id"), [owners])
            conditions.append(any_of(car, cars))
            # About no car, or nobody chose one.
            conditions.append(SQL("%s IS NULL AND %s", car, owner))
        return [self._select_lookup(condition) for condition in conditions]

    @api.model
    def _select_lookup(self, condition, column="id"):
        """Return the SELECT of a column of this model's table."""
        return SQL(
            "SELECT %s FROM %s WHERE %s",
            self._lookup_column(column),
            SQL.identifier(self._table),
            condition,
        )

    @api.model
    def _lookup_column(self, name):
        return SQL.identifier(self._table, name, to_flush=self._fields[name])

    @api.model
    def _select_lookup_found(self, domain):
        """Return the SELECT of the ids of a domain, archived records among them."""
        return self._search(domain, active_test=False).select()

    @api.model
    def _get_lookup_end(self, name, text):
        """Return the domain of a field that ends with a text, as ``end_index``."""

        def to_sql(model, alias, query):
            return ends_with(model._field_to_sql(alias, name, query), text)

        return Domain.custom(to_sql=to_sql)
