"""The numbers technique, isocenters, fractions and courses are decided by: one table, versioned and sourced, that a site may override.

`thresholds.csv` holds a row a number: name, value, unit, version, source, confidence, meaning. They are
defaults, to be estimated again on a site's own plans before anyone relies on them.
"""

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from importlib.resources import files

from beamclaim.errors import SettingError


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


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The numbers by name, in the unit their name or row says."""

    leaf_motion_mm: float
    closed_gap_mm: float
    leaf_overlap_mm: float
    edge_mm: float
    grid_mm: float
    arc_degrees: float
    arc_still_share: float
    arc_uniform_cv: float
    arc_modulated_cv: float
    sliding_share: float
    jaw_sweep_share: float
    subfields_most: float
    nested_inside: float
    open_share: float
    field_in_field_mean_peak: float
    segments_fewest: float
    segments_nesting: float
    segments_mean_peak: float
    isocenter_near_mm: float
    isocenter_far_mm: float
    high_dose_fractions: float
    high_dose_gy: float
    beam_dose_agreement: float
    total_skin_fields: float
    total_skin_opening_mm: float
    total_skin_distance_mm: float
    attempt_share: float
    complete_share: float
    over_share: float
    distinct_hours: float
    longest_record_hours: float
    course_gap_days: float

    def override(self, numbers: Mapping[str, float]) -> "Thresholds":
        """These with a site's own numbers; SettingError for a name the table does not have or a number not above 0."""
        known = {field.name for field in fields(self)}
        for name, value in numbers.items():
            if name not in known:
                raise SettingError(f"no threshold is called {name!r}; take one of {', '.join(sorted(known))}")
            if not 0 < value < float("inf"):
                raise SettingError(f"the threshold {name} must be a number above 0")
        return replace(self, **{name: float(value) for name, value in numbers.items()})

    @property
    def version(self) -> str:
        """First 12 digits of a hash of the numbers: what a result was decided by, overrides included."""
        said = ";".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields(self))
        return hashlib.sha256(said.encode()).hexdigest()[:12]


def rows() -> tuple[Threshold, ...]:
    """The rows of the table as shipped."""
    text = files("beamclaim.model").joinpath("thresholds.csv").read_text(encoding="utf-8")
    return tuple(
        Threshold(
            row["name"],
            float(row["value"]),
            row["unit"],
            int(row["version"]),
            row["source"],
            row["confidence"],
            row["meaning"],
        )
        for row in csv.DictReader(text.splitlines())
    )


DEFAULT = Thresholds(**{row.name: row.value for row in rows()})
"""The numbers as shipped."""
