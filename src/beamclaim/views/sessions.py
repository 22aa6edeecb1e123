"""Sessions: one visit at the machine, across plans and courses, without a distinct break.

Fractions with the same ``session`` value were one visit. Otherwise fractions under
`TOGETHER` apart are one visit and fractions at least the usual interval apart are distinct; in
between, or with times unknown, only a twice-daily order decides. See `interfaces.md`, "Course".
"""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import polars as pl

from beamclaim.courses.visits import TOGETHER
from beamclaim.model.tables.frames import Tables
from beamclaim.model.value_sets import DELIVERED

Fractions = list[dict[str, Any]]


def visits(rows: Fractions, ordered: bool, apart: timedelta) -> list[Fractions] | None:
    """The delivered fractions of one day, visit by visit; None when times do not tell."""
    named: dict[str, Fractions] = {}
    for row in rows:
        if row["fraction.session"] is not None:
            named.setdefault(row["fraction.session"], []).append(row)
    loose = [r for r in rows if r["fraction.session"] is None]
    if len(loose) <= 1:
        return [*named.values(), *([loose] if loose else [])]
    if any(r["fraction.started_at"] is None for r in loose):
        return None
    loose.sort(key=lambda r: r["fraction.started_at"])
    apiece = [[loose[0]]]
    for before, after in pairwise(loose):
        gap = after["fraction.started_at"] - before["fraction.started_at"]
        if gap < TOGETHER:
            apiece[-1].append(after)
        elif gap < apart and not ordered:
            return None
        else:
            apiece.append([after])
    return [*named.values(), *apiece]


def _partial(day: list[Fractions] | None, rows: Fractions) -> int | None:
    """Visits that ended early: a visit of which any fraction was complete is none of them."""
    if not any(r["fraction.status"] == "partial" for r in rows):
        return 0
    return None if day is None else sum(all(r["fraction.status"] == "partial" for r in visit) for visit in day)


def twice_daily(book: Tables, patients: pl.DataFrame) -> set[int]:
    """The patients whose record holds an order for two sessions a day."""
    orders = book["documents"].filter(pl.col("document.item") == "twice_daily_order")
    return set(orders.join(patients, on="course.key")["patient.key"].to_list())


def sessions(book: Tables, patients: pl.DataFrame, apart: timedelta) -> pl.DataFrame:
    """One row per patient and day with a delivered fraction: patient.key, day, sessions (null unknown), partial.

    `patients` maps course.key to patient.key; `apart` is the interval from which two fractions of a
    day are distinct sessions without more evidence.
    """
    empty = pl.DataFrame(
        schema={"patient.key": pl.UInt64, "day": pl.Date, "day.sessions": pl.Int64, "day.partial": pl.Int64}
    )
    given = book["fractions"].filter(pl.col("fraction.status").is_in(DELIVERED)).join(patients, on="course.key")
    if given.is_empty():
        return empty
    ordered = twice_daily(book, patients)
    out = []
    for (patient, day), rows in given.group_by("patient.key", "fraction.day", maintain_order=True):
        if day is None:
            continue
        fractions = rows.to_dicts()
        apiece = visits(fractions, patient in ordered, apart)
        number = None if apiece is None else len(apiece)
        partial = _partial(apiece, fractions)
        out.append({"patient.key": patient, "day": day, "day.sessions": number, "day.partial": partial})
    return pl.DataFrame(out, schema=empty.schema) if out else empty
