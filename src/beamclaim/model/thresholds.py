"""The numbers technique, isocenters, fractions and courses are decided by, as one value that readers and courses are handed.

The numbers themselves stand in a table of policy (`policy/thresholds.py`), which neither readers nor courses see.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from beamclaim.errors import SettingError


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The numbers by name, in the unit their name or row says."""

    leaf_motion_mm: float
    leaf_return_mm: float
    closed_gap_mm: float
    leaf_overlap_mm: float
    edge_mm: float
    grid_mm: float
    arc_degrees: float
    arc_still_share: float
    arc_uniform_cv: float
    arc_modulated_cv: float
    arc_pieces_most: float
    sliding_share: float
    one_way_share: float
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
    unit_factor: float
    most_dose_gy: float
    beam_dose_agreement: float
    total_skin_fields: float
    electron_field_mm: float
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
        numbers = ";".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields(self))
        return hashlib.sha256(numbers.encode()).hexdigest()[:12]
