"""A figure: its two parts, and how they make its value."""

from dataclasses import dataclass

from .part import WorkingDays

PERCENT = 100


@dataclass(frozen=True)
class Formula:
    """How a figure is counted.

    Change ``version`` with the meaning of a formula: it is stored with each value.
    """

    code: str
    kind: str  # flow, ratio or stock
    numerator: object
    denominator: object = None
    factor: int = 1
    # The value is how much more it is than the denominator.
    is_change: bool = False
    # Counted anew for each period: its months do not add up to a longer one.
    is_counted: bool = False
    # Looks back from the end of each month: a longer period adds its months up.
    is_rolling: bool = False
    is_typed: bool = False
    version: int = 1

    @property
    def parts(self):
        """The parts that are counted among records, without those that are not."""
        both = (self.numerator, self.denominator)
        return [part for part in both if part and not isinstance(part, WorkingDays)]

    @property
    def has_officers(self):
        """Whether the figure can be told for each officer."""
        return all(part.source.officer for part in self.parts)

    def get_value(self, numerator, denominator):
        """Return the value; ``None`` where there is no figure."""
        if self.kind != "ratio":
            return numerator
        if numerator is None or not denominator:
            return None
        value = numerator / denominator
        return self.factor * (value - 1 if self.is_change else value)
