"""What the beams of a fraction are due to deliver, and records of it → the share each delivered.

A meterset is divided by what the plan says only where both are in one unit; else by what records specify in their own unit.
Made by `prescribed.py`, asked by `treated_fractions.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from beamclaim.model.tables.evidence import Delivery
from beamclaim.model.value_sets import SECONDARY_UNIT

BeamKey = int | str

_AGREES = 0.02
"""Two shares of a row that differ by no more are one: the least that `complete_share` tells apart."""


def beam_key(row: Delivery) -> BeamKey | None:
    """How a delivered beam is told from others of its plan: by number, else by name."""
    return row.beam if row.beam is not None else row.beam_name


@dataclass(frozen=True, slots=True)
class DueBeam:
    """A beam's meterset in its unit (None: not said), and the most that any record of the plan specifies, by unit."""

    meterset: float
    unit: str | None
    specified: Mapping[str | None, float]
    is_planned: bool

    def share(self, row: Delivery) -> float | None:
        """Delivered over due, uncapped; None where it is unknown, or where two ways to tell it contradict each other."""
        if row.delivered is None or row.delivered < 0:
            return None
        by_plan = _ratio(row.delivered, self.meterset) if self.is_planned else None
        by_record = _ratio(row.delivered, self.specified.get(row.unit))
        if by_plan is not None and row.unit == self.unit and row.unit is not None:
            return by_plan
        is_other_unit = row.unit == SECONDARY_UNIT or None not in (row.unit, self.unit)
        if by_plan is None or is_other_unit:
            return by_record
        # A unit is not said: what was delivered is told only where both ways to tell it agree.
        return by_plan if by_record is not None and abs(by_plan - by_record) <= _AGREES * max(1.0, by_plan) else None


@dataclass(frozen=True, slots=True)
class DueMetersets:
    """The beams due; `is_planned` False where they are only what the records show."""

    beams: Mapping[BeamKey, DueBeam]
    is_planned: bool

    def shares(self, rows: Iterable[Delivery]) -> dict[BeamKey, float] | None:
        """Delivered over due of each beam, uncapped, 0 where it has no record; None where one of them is unknown."""
        out = dict.fromkeys(self.beams, 0.0)
        for row in rows:
            key = beam_key(row)
            if key not in out:
                if row.delivered is None or row.delivered > 0:
                    return None
                continue
            share = self.beams[key].share(row)
            if share is None:
                return None
            out[key] += share
        return out

    def whole_share(self, shares: Mapping[BeamKey, float]) -> float | None:
        """The share of the fraction, 0 to 1: each beam counted up to what it was due, by its part of the meterset."""
        return self._weighted({key: min(share, 1.0) for key, share in shares.items()})

    def given(self, shares: Mapping[BeamKey, float]) -> float | None:
        """All that was delivered over all that was due; above 1 where a beam gave more."""
        return self._weighted(shares)

    def _weighted(self, shares: Mapping[BeamKey, float]) -> float | None:
        total = sum(beam.meterset for beam in self.beams.values())
        if not 0 < total < float("inf") or min(beam.meterset for beam in self.beams.values()) < 0:
            return None
        if len({beam.unit for beam in self.beams.values()}) == 1:
            return sum(shares[key] * beam.meterset for key, beam in self.beams.items()) / total
        # Metersets of several units have no sum, but where all beams gave the same share that is the share of the whole.
        known = {round(shares[key], 4) for key, beam in self.beams.items() if beam.meterset}
        return known.pop() if len(known) == 1 else None


def _ratio(delivered: float, due: float | None) -> float | None:
    if due is None or due < 0:
        return None
    return delivered / due if due else 1.0 if delivered == 0 else None
