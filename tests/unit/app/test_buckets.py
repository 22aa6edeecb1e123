"""Rows put away on disk come back whole, by patient, and leave nothing behind."""

import polars as pl

from beamclaim.app.buckets import BUCKETS, Buckets
from beamclaim.model.tables import TABLES

TABLE_NAMES = ("claims", "lines")


def claims(first: int, many: int) -> dict[str, pl.DataFrame]:
    """So many claims with two lines each; a claim's key is the number of its patient."""
    keys = list(range(first, first + many))
    lines = TABLES["lines"].empty().clear(2 * many).with_columns(
        pl.Series("claim.key", [k for k in keys for _ in range(2)], dtype=pl.UInt64),
        pl.Series("line.number", [1, 2] * many, dtype=pl.UInt32),
    )  # fmt: skip
    table = TABLES["claims"].empty().clear(many).with_columns(pl.Series("claim.key", keys, dtype=pl.UInt64))
    return {"claims": table, "lines": lines}


def patients(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    return tables["claims"].select("claim.key", pl.col("claim.key").alias("patient.key"))


def test_every_row_comes_back_once_and_no_patient_is_cut() -> None:
    buckets = Buckets(TABLE_NAMES)
    first, second = claims(0, 100), claims(100, 50)
    for tables in (first, second):
        buckets.put(tables, patients(tables))
    for size in (0, 40, 10_000):
        books = list(buckets.books(size))
        for name in TABLE_NAMES:
            back = pl.concat([book[name] for book in books])
            assert sorted(back["claim.key"]) == sorted([*first[name]["claim.key"], *second[name]["claim.key"]])
            assert dict(back.schema) == TABLES[name].schema
        keys = [set(book["claims"]["claim.key"]) for book in books]
        assert all(set(book["lines"]["claim.key"]) == k for book, k in zip(books, keys, strict=True))
        assert all(book["lines"].height >= size for book in books[:-1])
    assert len(list(buckets.books(0))) == BUCKETS
    buckets.close()


def test_the_rows_of_a_claim_keep_their_order() -> None:
    buckets = Buckets(TABLE_NAMES)
    tables = claims(0, 70)
    buckets.put(tables, patients(tables))
    for book in buckets.books(0):
        assert book["lines"]["line.number"].to_list() == [1, 2] * book["claims"].height
    buckets.close()


def test_nothing_is_left_on_the_disk_and_only_the_owner_may_look_before() -> None:
    buckets = Buckets(TABLE_NAMES)
    folder = buckets.folder
    assert folder.stat().st_mode & 0o77 == 0
    buckets.close()
    assert not folder.exists()
