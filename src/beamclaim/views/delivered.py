"""What was delivered on a day: isocentres, modality, technique, motion, over all fractions of each of the patient's sessions.

Where the sessions of a day differ in such a fact, the day has none: it would be true of neither.
A fact a fraction does not state is taken from its plan and counts as *planned*: enough for technique and
modality, never enough for isocentres or motion, which a higher delivery level rests on (`interfaces.md`, "Course").
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import polars as pl

from beamclaim.model.tables.frames import Tables
from beamclaim.model.value_sets import DELIVERED
from beamclaim.views.sessions import Fractions, twice_daily, visits

SCHEMA = {
    "patient.key": pl.UInt64, "day": pl.Date, "day.isocenters": pl.Int64, "day.modality": pl.String,
    "day.technique": pl.String, "day.motion_managed": pl.Boolean, "day.gap_hours": pl.Float64, "day.physicians": pl.Int64,
    "day.partial_delivery": pl.Boolean,
}  # fmt: skip
#: Motion management that acts while the beam is on, and the evidence that shows it does.
ACTIVE, SHOWN = ("breath_hold", "gating", "tracking"), {"system", "beam_control"}


def _agreed(values: list[str | None]) -> str | None:
    """The one value all share; None where one is unknown or they differ."""
    return values[0] if values and len(set(values)) == 1 else None


def _shared(day: list[Fractions], fact: Callable[[Fractions], Any]) -> Any:
    """The fact that every session of the day has; None where they differ."""
    found = [fact(session) for session in day]
    return found[0] if all(f == found[0] for f in found) else None


def _technique(rows: Fractions) -> str | None:
    """Technique of the plans of a session, where they share one."""
    found = _agreed([r["plan.technique"] for r in rows])
    return None if found == "unknown" else found


def _modality(rows: list[dict[str, Any]]) -> str | None:
    """photon, electron, … of the day, `mixed` where a session holds photons and electrons."""
    found = [r["fraction.modality"] or r["plan.modality"] for r in rows]
    if {"photon", "electron"} <= set(found):
        return "mixed"
    return _agreed(found)


def _isocenters(rows: list[dict[str, Any]]) -> int | None:
    """Isocentres treated: what each plan's fraction states, added over the plans of the visit."""
    plans = {(r["course.key"], r["fraction.plan"]): r["fraction.isocenters"] for r in rows}
    return None if None in plans.values() else sum(plans.values())


def _managed(row: dict[str, Any]) -> bool | None:
    """Whether motion was actively managed while the beam was on; None where the record does not show it."""
    kind = row["fraction.motion_management"]
    if kind in ("none", "abdominal_compression"):
        return False
    if kind in ACTIVE:
        evidence = row["fraction.motion_evidence"]
        evidence = row["plan.motion_evidence"] if evidence is None else evidence
        return True if evidence is not None and SHOWN & set(evidence.split(";")) else None
    return None


def _any(values: list[bool | None]) -> bool | None:
    """Kleene any."""
    if True in values:
        return True
    return None if None in values else False


def _gap(rows: list[dict[str, Any]]) -> float | None:
    """Hours between the closest two fractions that are more than a visit apart; None with fewer than two."""
    times = sorted(t for r in rows if (t := r["fraction.started_at"]) is not None)
    gaps = [(after - before) / timedelta(hours=1) for before, after in pairwise(times)]
    return min((g for g in gaps if g >= 1), default=None)


def delivered(book: Tables, patients: pl.DataFrame, apart: timedelta) -> pl.DataFrame:
    """One row per patient and day with a delivered fraction; columns of `SCHEMA`.

    `patients` maps course.key to patient.key; `apart` is the interval of `sessions`.
    """
    plans = book["plans"].select(
        "course.key",
        pl.col("plan.id").alias("fraction.plan"),
        "plan.modality",
        "plan.technique",
        "plan.motion_evidence",
    )
    given = (
        book["fractions"]
        .filter(pl.col("fraction.status").is_in(DELIVERED) & pl.col("fraction.day").is_not_null())
        .join(patients, on="course.key")
        .join(plans, on=["course.key", "fraction.plan"], how="left")
    )
    ordered = twice_daily(book, patients)
    out = []
    for (patient, day), group in given.group_by("patient.key", "fraction.day", maintain_order=True):
        rows = group.to_dicts()
        # Sessions nobody can tell apart: only what holds of all together and of each alone is known.
        apiece = visits(rows, patient in ordered, apart) or [rows, *([r] for r in rows)]
        physicians = {r["fraction.physician"] for r in rows}
        out.append(
            {
                "patient.key": patient, "day": day, "day.isocenters": _shared(apiece, _isocenters),
                "day.modality": _shared(apiece, _modality), "day.technique": _shared(apiece, _technique),
                "day.motion_managed": _shared(apiece, lambda s: _any([_managed(r) for r in s])), "day.gap_hours": _gap(rows),
                "day.physicians": None if None in physicians else len(physicians),
                "day.partial_delivery": any(r["fraction.status"] == "partial" for r in rows),
            }
        )  # fmt: skip
    return pl.DataFrame(out, schema=SCHEMA)
