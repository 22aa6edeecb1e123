"""Sessions: one visit at the machine, across plans and courses, without a distinct break.

Fractions with the same ``session`` value were one visit. Otherwise fractions under
`TOGETHER` apart are one visit and fractions at least the usual interval apart are distinct; in
between, or with times unknown, only a twice-daily order decides. See `interfaces.md`, "Course".
"""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import polars as pl

from beamclaim.model.book import Book

TOGETHER = timedelta(minutes=60)
DELIVERED = ("complete", "partial", "interrupted_resumed")


def _count(rows: list[dict[str, Any]], ordered: bool, apart: timedelta) -> int | None:
    """Sessions among the delivered fractions of one day; null when times do not tell."""
    named = {r["fraction.session"] for r in rows if r["fraction.session"] is not None}
    loose = [r for r in rows if r["fraction.session"] is None]
    if len(loose) <= 1:
        return len(named) + len(loose)
    times = sorted(t for r in loose if (t := r["fraction.started_at"]) is not None)
    if len(times) < len(loose):
        return None
    sessions = 1
    for before, after in pairwise(times):
        gap = after - before
        if gap < TOGETHER:
            continue
        if gap < apart and not ordered:
            return None
        sessions += 1
    return sessions + len(named)


def sessions(book: Book, patients: pl.DataFrame, apart: timedelta) -> pl.DataFrame:
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
    ordered = set(
        book["documents"]
        .filter(pl.col("document.item") == "twice_daily_order")
        .join(patients, on="course.key")["patient.key"]
        .to_list()
    )
    out = []
    for (patient, day), rows in given.group_by("patient.key", "fraction.day", maintain_order=True):
        if day is None:
            continue
        number = _count(rows.to_dicts(), patient in ordered, apart)
        # a visit of which any fraction was complete is not a partial one
        partial = number if (rows["fraction.status"] == "partial").all() else 0
        out.append({"patient.key": patient, "day": day, "day.sessions": number, "day.partial": partial})
    return pl.DataFrame(out, schema=empty.schema) if out else empty
