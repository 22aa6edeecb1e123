"""`data/thresholds.csv` → the numbers technique, isocenters, fractions and courses are decided by, each with its source.

They are defaults, to be estimated again on a site's own plans before anyone relies on them (`Thresholds.override`). The
use cases hand them to readers and courses, which see no policy.
"""

import csv
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from beamclaim.errors import PolicyError
from beamclaim.model.thresholds import Thresholds

FILE = Path(__file__).parent / "data/thresholds.csv"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A row of the table: the number, its unit, version and source, how sure it is, what it decides."""

    name: str
    value: float
    unit: str
    version: int
    source: str
    confidence: str
    meaning: str


@cache
def threshold_rows(path: Path = FILE) -> tuple[Threshold, ...]:
    """The rows of the table, in its order. Raises PolicyError: a cell that is no number or is blank; names file and line."""
    rows = []
    with path.open(encoding="utf-8", newline="") as file:
        for line, cells in enumerate(csv.DictReader(file), start=2):
            blank = next((name for name, cell in cells.items() if not cell), None)
            if blank is not None:
                raise PolicyError(
                    f"{path.name} line {line}: {blank} is blank. A number says what it is and who says so."
                )
            try:
                value, version = float(cells["value"]), int(cells["version"])
            except ValueError as error:
                raise PolicyError(f"{path.name} line {line}: value or version is no number ({error}).") from error
            rows.append(
                Threshold(
                    cells["name"], value, cells["unit"], version, cells["source"], cells["confidence"], cells["meaning"]
                )
            )
    return tuple(rows)


@cache
def load_thresholds(path: Path = FILE) -> Thresholds:
    """The numbers as shipped. Raises PolicyError where the table lacks one or has one too many."""
    numbers = {row.name: row.value for row in threshold_rows(path)}
    wanted = {field.name for field in fields(Thresholds)}
    if strange := sorted(numbers.keys() ^ wanted):
        what = "has no row for" if strange[0] in wanted else "has a row nobody reads:"
        raise PolicyError(f"{path.name}: it {what} {strange[0]}. One row for each of {', '.join(sorted(wanted))}.")
    return Thresholds(**numbers)
