"""What a payer authorized, beside the lines that name the authorization.

A line is joined by its patient and the number it carries. Under one number several codes may be
authorized; where the line's own is not among them, only a single other code can be meant.
"""

from typing import Any

import polars as pl

from beamclaim.model.tables.frames import Tables

SCHEMA: dict[str, Any] = {
    "authorization.codes": pl.String, "authorization.code": pl.String, "authorization.units": pl.Decimal(15, 3),
    "authorization.first_day": pl.Date, "authorization.last_day": pl.Date,
}  # fmt: skip
_BY = ["patient.key", "line.authorization"]


def _whole(column: str, total: pl.Expr) -> pl.Expr:
    """A total over the entries of a code; null where one of them does not say it."""
    return pl.when(~pl.col(column).is_null().any()).then(total).alias(column)


def authorized(lines: pl.DataFrame, book: Tables, patients: pl.DataFrame) -> pl.DataFrame:
    """Adds the columns of `SCHEMA` to the lines; null where nothing was given under the line's number.

    `patients` maps course.key to patient.key. Entries of one code under one number add up; the same entry in two
    course forms of a patient is one.
    """
    units, first, last = (pl.col(f"authorization.{n}") for n in ("units", "first_day", "last_day"))
    given = (
        book["authorizations"]
        .join(patients, on="course.key")
        .rename({"authorization.number": "line.authorization"})
        .filter(pl.col("line.authorization") != "", pl.col("authorization.code").is_not_null())
        .select(*_BY, "authorization.code", units, first, last)
        .unique()
    )
    entries = given.group_by(*_BY, "authorization.code").agg(
        _whole("authorization.units", units.sum()),
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
        .with_columns(pl.col(n).cast(t) for n, t in SCHEMA.items())
    )
