"""How fast delivered fractions become sessions: a clinic's courses, some twice a day, some with a boost in the same visit.

``python -m benchmarks.sessions [FRACTIONS]`` prints CPU seconds of `sessions` and of `session_days`, and peak memory.
"""

import resource
import sys
import time
from datetime import datetime, timedelta

import polars as pl

from beamclaim.model.tables import COURSES, FRACTIONS, PLANS
from beamclaim.model.tables.frames import Tables
from beamclaim.views.sessions import MotionWords, session_days, sessions

FRACTIONS_A_COURSE = 30
_FIRST = datetime(2026, 1, 5, 8)
_NUMBERS = {"same_visit": timedelta(minutes=60), "distinct_after": timedelta(hours=6)}
_MOTION = MotionWords({"none": False, "gating": True}, ("system",))


def tables(fractions: int) -> Tables:
    """Courses of 30 fractions on weekdays; every tenth course is given twice a day, every fifth with a boost 15 minutes later."""
    number = pl.int_range(fractions, dtype=pl.Int64, eager=True).alias("n").to_frame()
    course, of_course = pl.col("n") // FRACTIONS_A_COURSE, pl.col("n") % FRACTIONS_A_COURSE
    is_twice, is_boosted = course % 10 == 0, course % 5 == 1
    visit = pl.when(is_twice | is_boosted).then(of_course // 2).otherwise(of_course)
    second = (of_course % 2).cast(pl.Int64)
    minutes = pl.when(is_twice).then(second * 400).when(is_boosted).then(second * 15).otherwise(0)
    start = pl.lit(_FIRST) + pl.duration(days=visit + visit // 5 * 2, minutes=minutes + course % 500)
    rows = number.select(
        course.cast(pl.UInt64).alias("course.key"),
        pl.when(is_boosted & (second == 1)).then(pl.lit("2")).otherwise(pl.lit("1")).alias("fraction.plan"),
        start.cast(pl.Datetime("us")).alias("fraction.started_at"),
        start.dt.date().alias("fraction.day"),
        pl.when(pl.col("n") % 97 == 0).then(pl.lit("partial")).otherwise(pl.lit("complete")).alias("fraction.status"),
        pl.lit(1, pl.UInt16).alias("fraction.isocenters"),
        pl.when(course % 7 == 0).then(pl.lit("gating")).otherwise(pl.lit("none")).alias("fraction.motion_management"),
        pl.lit("system").alias("fraction.motion_evidence"),
        pl.lit("cbct").alias("fraction.guidance"),
        (pl.lit("100000000") + (course % 9).cast(pl.String)).alias("fraction.physician"),
    )
    courses = rows.select("course.key").unique(maintain_order=True).with_columns(
        pl.lit("P").add(pl.col("course.key").cast(pl.String)).alias("course.patient"), pl.lit(True).alias("course.records_complete")
    )  # fmt: skip
    plans = courses.select("course.key").join(
        pl.DataFrame({"plan.id": ["1", "2"], "plan.modality": ["photon", "electron"], "plan.technique": ["vmat", "electron_field"]}),
        how="cross",
    )  # fmt: skip
    given = {"fractions": (rows, FRACTIONS), "courses": (courses, COURSES), "plans": (plans, PLANS)}
    return Tables(
        {
            name: frame.with_columns(
                pl.lit(None, dtype).alias(column)
                for column, dtype in table.schema.items()
                if column not in frame.columns
            ).select(*table.schema)
            for name, (frame, table) in given.items()
        }
    )


def workload(fractions: int) -> tuple[int, int]:
    """Sessions and days of so many fractions."""
    given = tables(fractions)
    return (
        sessions(given, **_NUMBERS, motion=_MOTION).height,
        session_days(given, **_NUMBERS, motion=_MOTION).height,
    )


def main() -> None:
    fractions = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    given = tables(fractions)
    for name, make in (("sessions", sessions), ("session_days", session_days)):
        began = time.process_time()
        height = make(given, **_NUMBERS, motion=_MOTION).height
        print(f"{name}: {fractions:,} fractions, {height:,} rows, {time.process_time() - began:.2f} s of CPU")
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB")


if __name__ == "__main__":
    main()
