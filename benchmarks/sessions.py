"""So many fractions → sessions: ``python -m benchmarks.sessions 300000`` prints the CPU seconds of the view alone, its tables made before.

Thirty fractions a course, one in ten courses twice a day, one plan each: what a year of a large department records.
"""

import json
import resource
import sys
import time
from datetime import datetime, timedelta

import polars as pl

from beamclaim.model.tables import TABLES
from beamclaim.model.tables.frames import Tables

A_COURSE = 30
_FIRST = datetime(2026, 1, 5, 8, 0)
#: What every fraction says.
_OF_ALL = {
    "plan": "1", "status": "complete", "modality": "photon", "isocenters": 1, "guidance": "cbct", "motion_management": "none",
}  # fmt: skip


def tables(fractions: int) -> Tables:
    """Courses, plans and fractions; everything a row does not say is null."""
    number = pl.int_range(fractions, dtype=pl.UInt64)
    course, of_course = pl.col("course"), pl.col("of_course")
    is_second = (course % 10 == 0) & (of_course % 2 == 1)
    day = pl.when(course % 10 == 0).then(of_course // 2).otherwise(of_course)
    hours = pl.when(is_second).then(6).otherwise(0)
    started_at = pl.lit(_FIRST) + pl.duration(days=day + day // 5 * 2, hours=hours, minutes=course % 480)
    counted = pl.select((number // A_COURSE).alias("course"), (number % A_COURSE).alias("of_course"))
    rows = counted.select(
        course.alias("course.key"),
        (of_course + 1).alias("fraction.number"),
        started_at.alias("fraction.started_at"),
        started_at.dt.date().alias("fraction.day"),
        *(pl.lit(value).alias(f"fraction.{name}") for name, value in _OF_ALL.items()),
    )
    keys = rows.select("course.key").unique(maintain_order=True)
    patient = pl.format("P{}", "course.key")
    courses = keys.with_columns(
        patient.alias("course.id"), patient.alias("course.patient"), pl.lit(True).alias("course.records_complete")
    )
    plans = keys.with_columns(
        pl.lit("1").alias("plan.id"), pl.lit("vmat").alias("plan.technique"), pl.lit("photon").alias("plan.modality")
    )
    return Tables(
        {name: _typed(name, frame) for name, frame in (("courses", courses), ("plans", plans), ("fractions", rows))}
    )


def _typed(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The declared columns in their types; those that are missing are null."""
    schema = TABLES[name].empty().schema
    return frame.select(
        (pl.col(column) if column in frame.columns else pl.lit(None)).cast(kind).alias(column)
        for column, kind in schema.items()
    )


def main(fractions: int) -> None:
    """Prints what the view took, as `benchmarks.peers` does."""
    from beamclaim.views.session_facts import MotionWords
    from beamclaim.views.sessions import sessions

    made = tables(fractions)
    cpu, wall = time.process_time(), time.perf_counter()
    rows = sessions(
        made, same_visit=timedelta(minutes=60), distinct_after=timedelta(hours=4), motion=MotionWords({"none": False})
    )
    took = {"cpu_seconds": time.process_time() - cpu, "wall_seconds": time.perf_counter() - wall}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert 0 < rows.height <= fractions
    print(json.dumps({**took, "peak_mb": peak}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
