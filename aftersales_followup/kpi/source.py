"""Where a figure counts: a model, the field with its day, and whose work it is."""

from dataclasses import dataclass, field

from odoo.fields import Domain


@dataclass(frozen=True)
class Source:
    """Records of one model that figures count, by one date.

    All parts of figures that count the same records of the same days are counted in
    one statement.
    """

    code: str
    model: str
    date: str  # field with the day, or a path to it
    is_datetime: bool = False
    # Fields with the officer whose figure it is: the first that is filled in.
    officer: tuple = ()
    domain: Domain = field(default=Domain.TRUE, compare=False)
    # Further fields with the company: they lead the database to an index.
    companies: tuple = ("company_id",)
    # Fields with the moments at which something was changed that a row tells.
    changed: tuple = field(default=("write_date",), compare=False)
    # A function of scope and period: a wider domain that leads to an index as well.
    hint: object = field(default=None, compare=False)

    def get_domain(self, scope, period):
        """Return the domain of the records of a dealership in a period.

        :param period: without a first day: all up to the last
        """
        domain = self.domain(scope) if callable(self.domain) else self.domain
        for name in self.companies:
            domain &= Domain(name, "=", scope.company.id)
        if self.hint:
            domain &= self.hint(scope, period)
        return domain & self.get_days_domain(scope, period)

    def get_days_domain(self, scope, period):
        """Return the domain of the records of these days, whatever else they are."""
        first, last = period
        domain = Domain.TRUE
        if not self.is_datetime:
            if first:
                domain &= Domain(self.date, ">=", first)
            return domain & Domain(self.date, "<=", last)
        start, stop = scope.company._aftersales_bounds(first or last, last)
        if first:
            domain &= Domain(self.date, ">=", start)
        return domain & Domain(self.date, "<", stop)

    def get_changed_domain(self, since):
        """Return the domain of the records that were changed after a moment."""
        return Domain.OR(Domain(name, ">", since) for name in self.changed)

    def get_officer_domain(self, user):
        """Return the domain of the records that are an officer's."""
        domain = Domain.FALSE
        empty = Domain.TRUE
        for name in self.officer:
            domain |= empty & Domain(name, "=", user.id)
            empty &= Domain(name, "=", False)
        return domain
