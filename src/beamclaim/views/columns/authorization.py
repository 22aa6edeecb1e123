"""What a payer authorized, beside the lines that name the authorization.

A line is joined by its patient and the number it carries. Under one number several codes may be
authorized; where the line's own is not among them, only a single other code can be meant.
"""

import polars as pl

from beamclaim.views.column import ColumnGroup, ViewColumn
from beamclaim.views.columns.course_match import days_of_courses, no_course
from beamclaim.views.view import Frames

AUTHORIZATION = ColumnGroup(is_absent=no_course)
_BY = ["patient.key", "line.authorization"]


def _whole(column: str, total: pl.Expr) -> pl.Expr:
    """A total over the entries of a code; null where one of them does not say it."""
    return pl.when(~pl.col(column).is_null().any()).then(total).alias(column)


@AUTHORIZATION.columns(
    ViewColumn(
        "authorization.codes",
        pl.String,
        "codes authorized under that number, joined with `;`; null where none was given",
        is_list=True,
    ),
    ViewColumn("authorization.code", pl.String, "the line's code where it is one of them, else their only one"),
    ViewColumn("authorization.units", pl.Decimal(15, 3), "units authorized of that code"),
    ViewColumn("authorization.first_day", pl.Date, "first day authorized of that code"),
    ViewColumn("authorization.last_day", pl.Date, "last day authorized of that code"),
    reads=("patient.key", "line.authorization", "line.code"),
)
def with_authorization(lines: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Null where nothing was given under the line's number.

    Entries of one code under one number add up; the same entry in two course forms of a patient is one.
    """
    units, first, last = (pl.col(f"authorization.{n}") for n in ("units", "first_day", "last_day"))
    given = (
        frames.tables["authorizations"]
        .join(frames.once(days_of_courses).select("course.key", "patient.key"), on="course.key")
        .rename({"authorization.number": "line.authorization"})
        .filter(pl.col("line.authorization") != "", pl.col("authorization.code").is_not_null())
        .select(*_BY, "authorization.code", units, first, last)
        .unique()
    )
    entries = given.group_by(*_BY, "authorization.code").agg(
        _whole("authorization.units", units.sum().cast(pl.Decimal(15, 3))),
        _whole("authorization.first_day", first.min()),
        _whole("authorization.last_day", last.max()),
    )
    codes = entries.group_by(_BY).agg(
        pl.col("authorization.code").sort().str.join(";").alias("authorization.codes"),
        pl.when(pl.len() == 1).then(pl.col("authorization.code").first()).alias("_only"),
    )
    own = entries.select(*_BY, pl.col("authorization.code").alias("line.code"), pl.lit(True).alias("_own"))
    return (
        lines.join(codes, on=_BY, how="left")
        .join(own, on=[*_BY, "line.code"], how="left")
        .with_columns(pl.when(pl.col("_own")).then("line.code").otherwise("_only").alias("authorization.code"))
        .join(entries, on=[*_BY, "authorization.code"], how="left")
        .drop("_only", "_own")
    )
