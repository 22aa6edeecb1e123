"""Thresholds and session numbers → the numbers evidence is joined by; both come from above, as `courses` sees no policy.

Made by `app/facts.py`, once a run.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from beamclaim.model.thresholds import Thresholds


@dataclass(frozen=True)
class JoiningNumbers:
    """The thresholds of a site, and how far apart fractions may begin and still be one visit (None: policy does not say)."""

    thresholds: Thresholds
    same_visit: timedelta | None
    as_of: date | None = None
    """The day of asking; what is dated later was written by a clock that is wrong."""

    @cached_property
    def distinct_after(self) -> timedelta:
        """The usual interval of two sessions a day; between `same_visit` and this nobody can tell."""
        return timedelta(hours=self.thresholds.distinct_hours)

    @cached_property
    def longest_record(self) -> timedelta:
        """A record that ends later than this after its start has a wrong end, and its end is not used."""
        return timedelta(hours=self.thresholds.longest_record_hours)

    @cached_property
    def course_gap(self) -> timedelta:
        """What nothing links is one course when no more than this lies between."""
        return timedelta(days=self.thresholds.course_gap_days)
