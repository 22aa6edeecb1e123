"""What a finding is about and rests on → its id, its cause, its place among the others.

`id` is stable across runs: it changes when the subject's facts change. `cause` groups findings that one fix settles.
"""

import hashlib
from collections.abc import Sequence

import polars as pl

#: Between the parts of what is hashed: no value holds it.
APART = "\x1f"


def ids(code: str, subject: pl.DataFrame, facts: Sequence[pl.Series], names: Sequence[str]) -> pl.Series:
    """The id of each row: rule, claim, line (0 is none), patient, element, and every fact that is known."""
    number = pl.when(pl.col("line") != 0).then(pl.col("line").cast(pl.String)).fill_null("")
    patient = pl.when(pl.col("patient") != 0).then(pl.col("patient").cast(pl.String)).fill_null("")
    parts = [pl.lit(code), pl.col("claim").fill_null(""), number, patient, pl.col("path").fill_null("")]
    said = [pl.lit(f"{name}=") + pl.col(f"fact:{k}") for k, name in enumerate(names)]
    frame = subject.hstack([fact.alias(f"fact:{k}") for k, fact in enumerate(facts)])
    texts = frame.select(pl.concat_str(*parts, *said, separator=APART, ignore_nulls=True)).to_series()
    return pl.Series("id", [digest(text) for text in texts], dtype=pl.String)


def digest(text: str) -> str:
    """Sixteen hex digits of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def cause(code: str, parts: Sequence[str]) -> str:
    """The cause of findings of one rule that have these in common: severity, what to do, element, policy rows."""
    return f"{code}-{digest(APART.join([code, *parts]))[:8]}"


def in_order(spine: pl.DataFrame) -> pl.DataFrame:
    """By place, so that the order in which files and rows came never shows: file, byte, claim, line, rule, id.

    A finding without a place comes first.
    """
    keys = [
        pl.col("file").cast(pl.Int64).fill_null(-1), pl.col("start").fill_null(-1), pl.col("claim").fill_null(""),
        pl.col("line").fill_null(0), pl.col("rule").cast(pl.String), pl.col("id"),
    ]  # fmt: skip
    return spine.sort(keys, maintain_order=True)


def with_numbered_twins(spine: pl.DataFrame) -> pl.DataFrame:
    """Findings that look alike in every fact get ids of their own: the second ends in ``-2``."""
    number = pl.col("id").cum_count().over("id")
    return spine.with_columns(
        pl.when(number > 1).then(pl.concat_str("id", pl.lit("-"), number)).otherwise("id").alias("id")
    )
