"""Groups of lines as one number: rows that share every key share it, rows with an unknown key have none."""

from collections.abc import Sequence

import polars as pl

#: What hashes begin with wherever rows, patients or claim numbers become one number.
SEED = 0x4265616D


def group_key(keys: Sequence[str]) -> pl.Expr:
    """A 64-bit number of the group; null where a key is unknown, since such rows belong to no group."""
    known = pl.all_horizontal(pl.col(k).is_not_null() for k in keys)
    return pl.when(known).then(pl.struct(keys).hash(seed=SEED))
