"""What must hold, as ratios within one run: seconds move by a third with what else the machine does, ratios do not.

A ratio that fails is printed with its peer and measured again before it counts. `full` ones are true of the large sizes
alone, where the start of a process no longer shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Quantity = Literal["MB per CPU s", "CPU s", "peak MB", "render"]


@dataclass(frozen=True, slots=True)
class Ratio:
    """`line`'s quantity, divided by `peer`'s, at least or at most a limit; without a peer the quantity itself."""

    says: str
    line: str
    quantity: Quantity
    peer: str | None = None
    at_least: float | None = None
    at_most: float | None = None
    full: bool = False

    def holds(self, value: float) -> bool:
        """Whether a value keeps the limits."""
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)

    @property
    def limit(self) -> str:
        """The limit in words."""
        return f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}"


RATIOS = (
    Ratio("the reader beside pyx12's", "our reader", "MB per CPU s", "pyx12 X12Reader", at_least=8),
    Ratio("the whole check beside pyx12's reader", "clean large", "MB per CPU s", "pyx12 X12Reader", at_least=1.25, full=True),
    Ratio("much is wrong, beside pyx12's reader", "wrong", "MB per CPU s", "pyx12 X12Reader", at_least=0.6, full=True),
    Ratio("ten times the bytes", "clean large", "CPU s", "clean", at_most=11),
    Ratio("many files beside one of the same claims", "many files", "CPU s", "joined", at_most=3),
    Ratio("one claim, cold, beside its imports", "cold", "CPU s", "import polars, pyarrow", at_most=4),
    Ratio("fractions to sessions, beside the imports", "sessions", "CPU s", "import polars, pyarrow", at_most=12),
    Ratio("writing the findings, of the whole", "wrong", "render", at_most=0.3, full=True),
    Ratio("a workbook beside a table", "xlsx", "CPU s", "csv", at_most=3),
    Ratio("memory of a large file", "clean large", "peak MB", at_most=1_000),
    Ratio("memory where much is wrong", "wrong", "peak MB", at_most=1_000),
    Ratio("memory of many files", "many files", "peak MB", at_most=1_000),
)  # fmt: skip


def value(ratio: Ratio, quantities: Mapping[str, Mapping[Quantity, float]]) -> float | None:
    """What the ratio is of these lines; None where a line was not measured."""
    if ratio.line not in quantities or ratio.quantity not in quantities[ratio.line]:
        return None
    own = quantities[ratio.line][ratio.quantity]
    if ratio.peer is None:
        return own
    return own / quantities[ratio.peer][ratio.quantity] if ratio.peer in quantities else None
