"""Lines → the rows they stand for: a line over several days becomes a row a day, with what is known of each day.

A line of one day stays one row. Of a line over a range (`DTP*472*RD8`, `date_to`) the record or the units say which day each unit
is for: as many sessions of a complete record as units, or one unit for every day of the range. Then its rows are as sure as lines
of their own, each with its share of the units. Else it has a row for every day it may be of, all with the units of the whole line,
and `line.day_is_known` is false: the day has the service or has it not. Its first and last day are days of service.
Called by `lines`; files without ranges pay for one comparison.
"""

import polars as pl

from beamclaim.model.tables.claims import LINES
from beamclaim.policy import PolicyAnswers
from beamclaim.views.columns.course_match import no_course
from beamclaim.views.courses import courses_with_patients
from beamclaim.views.sessions import days_of_patients
from beamclaim.views.view import Frames

#: A longer range is no billing of days: only its first and last day are asked about.
LONGEST_DAYS = 366
#: Tables of codes that are billed once for a session, so that the record says which days they are of.
_PER_SESSION = ("radonc.delivery", "radonc.guidance")
_UNITS = LINES.schema["line.units"]


def with_days(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Lines with `patient.key` → a row for each day of a line, in any order.

    Adds line.first_day, line.billed_units, line.is_range, line.day_is_known (none of the last two ever null) and
    line.is_first_row: false for the further rows of a line whose days are not known. A line without a day stays as it is.
    """
    first, last = pl.col("line.date"), pl.col("line.date_to")
    lines = lines.with_columns(
        first.alias("line.first_day"),
        pl.col("line.units").alias("line.billed_units"),
        # A last day that could not be read is some day.
        (first.is_not_null() & (last.is_null() | (last != first))).alias("line.is_range"),
        pl.lit(True).alias("line.day_is_known"),
        pl.lit(True).alias("line.is_first_row"),
    )
    if not lines["line.is_range"].any():
        return lines
    ranges = lines.filter("line.is_range")
    rows = ranges.drop("line.date", "line.units", "line.day_is_known", "line.is_first_row").join(
        _rows_of_ranges(ranges, frames), on="line.key"
    )
    return pl.concat([lines.filter(~pl.col("line.is_range")), rows.select(lines.columns)])


def _rows_of_ranges(ranges: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """line.key, line.date, line.units, line.day_is_known, line.is_first_row of every day of these lines."""
    facts = ("line.first_day", "line.date_to", "line.billed_units", "line.code", "patient.key")
    days = _every_day(ranges).join(ranges.select("line.key", *facts), on="line.key", maintain_order="left")
    days = days.with_columns(_sessions(days, frames))
    units, sessions = pl.col("line.billed_units"), pl.col("_sessions")
    is_whole = pl.col("line.date_to").is_not_null()
    by_record = (is_whole & sessions.is_not_null().all() & (units == sessions.sum())).fill_null(False).over("line.key")
    calendar = (pl.col("line.date_to") - pl.col("line.first_day")).dt.total_days() + 1
    by_units = (is_whole & (units == calendar) & (pl.len() == calendar)).fill_null(False).over("line.key")
    share = pl.when(by_record).then(sessions.cast(_UNITS)).when(by_units).then(pl.lit(1).cast(_UNITS)).otherwise(units)
    rows = days.with_columns((by_record | by_units).alias("line.day_is_known"), share.alias("line.units"))
    is_first = pl.col("line.date") == pl.col("line.first_day")
    return rows.filter(~(pl.col("line.day_is_known") & (pl.col("line.units") == 0))).select(
        "line.key",
        "line.date",
        "line.units",
        "line.day_is_known",
        (pl.col("line.day_is_known") | is_first).alias("line.is_first_row"),
    )


def _every_day(ranges: pl.DataFrame) -> pl.DataFrame:
    """line.key, line.date: every day of a range, of one that is too long its first and last, of one without an end its first."""
    first, last = pl.col("line.date"), pl.col("line.date_to")
    is_short = (last > first) & ((last - first).dt.total_days() <= LONGEST_DAYS)
    end = pl.when(is_short).then(last).otherwise(first)
    ends = pl.when(is_short.fill_null(False) | (last < first)).then(pl.lit(None, pl.Date)).otherwise(last)
    every = ranges.select("line.key", pl.date_ranges(first, end).alias("line.date")).explode("line.date")
    return pl.concat([every, ranges.select("line.key", ends.alias("line.date")).drop_nulls()])


def _sessions(days: pl.DataFrame, frames: Frames) -> pl.Series:
    """Sessions of the record on each day, for codes that are billed by the session; null where they do not say."""
    if no_course(frames):
        return pl.Series("_sessions", [None], dtype=pl.Int64).new_from_index(0, days.height)
    counted = frames.once(days_of_patients).select(
        "patient.key", pl.col("session.day").alias("line.date"), "day.sessions", pl.lit(True).alias("_is_treated")
    )
    seen = days.join(counted, on=["patient.key", "line.date"], how="left", maintain_order="left")
    is_complete = pl.col("patient.key").is_in(_with_complete_records(frames).implode())
    is_per_session = _is_per_session(days, frames.policy)
    sessions = pl.when(pl.col("_is_treated")).then("day.sessions").otherwise(pl.lit(0, pl.Int64))
    return seen.select(pl.when(is_complete & is_per_session).then(sessions).alias("_sessions")).to_series()


def _with_complete_records(frames: Frames) -> pl.Series:
    """Keys of the patients all of whose courses bring a complete record, every fraction of it on a known day."""
    courses = courses_with_patients(frames.tables)
    undated = frames.tables["fractions"].filter(pl.col("fraction.day").is_null())["course.key"].unique()
    is_open = ~pl.col("course.records_complete").fill_null(False) | pl.col("course.key").is_in(undated.implode())
    return courses.filter(~is_open.any().over("patient.key"))["patient.key"].unique()


def _is_per_session(days: pl.DataFrame, policy: PolicyAnswers) -> pl.Series:
    """Whether each row's code is billed by the session on its day."""
    asked = days.select(pl.col("line.code").alias("code"), pl.col("line.date").alias("day"))
    distinct = asked.unique()
    is_listed = [policy.in_table(table, distinct).fill_null(False) for table in _PER_SESSION]
    listed = distinct.with_columns(pl.any_horizontal(is_listed).alias("is_listed"))
    return asked.join(listed, on=["code", "day"], how="left", nulls_equal=True, maintain_order="left")["is_listed"]
