"""Columns of text → one 64-bit number: groups of rows, and patients. Keys are never shown, and hold within a run alone."""

from collections.abc import Sequence

import polars as pl

#: What hashes begin with wherever rows, patients or claim numbers become one number.
SEED = 0x4265616D


def group_key(keys: Sequence[str]) -> pl.Expr:
    """The number of a row's group; null where a key is unknown, since such rows belong to no group."""
    known = pl.all_horizontal(pl.col(k).is_not_null() for k in keys)
    return pl.when(known).then(pl.struct(keys).hash(seed=SEED))


def patient_key(
    *, patient: pl.Expr, member: pl.Expr, birth: pl.Expr, sex: pl.Expr, first: pl.Expr, alone: pl.Expr | None = None
) -> pl.Expr:
    """Medical record number, else member id with birth date, sex and first name, else the row alone (`alone`: its own key).

    Without any identity and without `alone` null: nobody can say whose it is, nor that it is nobody else's.
    """
    number = pl.when(patient != "").then(pl.concat_str(pl.lit("number:"), patient))
    named = pl.concat_str(member, birth.cast(pl.String), sex, first.str.to_uppercase(), separator="|")
    person = pl.when(member != "").then(pl.concat_str(pl.lit("member:"), named))
    words: list[pl.Expr] = [number, person]
    if alone is not None:
        words.append(pl.concat_str(pl.lit("alone:"), alone.cast(pl.String)))
    word = pl.coalesce(words)
    # The hash of an unknown word is a number like any other.
    return pl.when(word.is_not_null()).then(word.hash(seed=SEED))
