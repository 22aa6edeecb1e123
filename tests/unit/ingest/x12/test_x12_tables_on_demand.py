"""A table nobody asked for is not made, and its faults are found all the same."""

import io
import random

import polars as pl
import pytest
from x12_samples import INSTITUTIONAL, PROFESSIONAL, SAMPLES, SECONDARY, sample

from beamclaim.ingest.x12 import read_x12

WANTED = ("claims", "lines", "diagnoses", "faults", "interchanges")
LEFT_OUT = (
    "health_codes", "providers", "subscribers", "payers", "adjustments", "adjudications", "references", "dates", "notes",
    "segments",
)  # fmt: skip


def read(raw: bytes, tables: tuple[str, ...] | None) -> dict[str, pl.DataFrame]:
    chunks = list(read_x12(io.BytesIO(raw), file=1, tables=tables))
    return {name: pl.concat([c[name] for c in chunks]) for name in chunks[-1] if name != "files"}


def spoiled(name: str, rng: random.Random) -> bytes:
    raw = bytearray(sample(name))
    for _ in range(rng.choice((0, 3, 30))):
        raw[rng.randrange(min(106, len(raw) - 1), len(raw))] = rng.choice(b"~*:A0 .-")
    return bytes(raw)


@pytest.mark.parametrize("name", [*SAMPLES[::5], PROFESSIONAL, INSTITUTIONAL, SECONDARY])
def test_what_is_wanted_is_the_same_and_the_rest_is_empty(name: str) -> None:
    rng = random.Random(name)
    for _ in range(3):
        raw = spoiled(name, rng)
        whole, few = read(raw, None), read(raw, WANTED)
        assert all(few[table].equals(whole[table]) for table in WANTED)
        assert all(few[table].is_empty() and few[table].schema == whole[table].schema for table in LEFT_OUT)


@pytest.mark.parametrize("table", LEFT_OUT)
def test_each_table_is_made_where_it_is_asked_for(table: str) -> None:
    for name in (SECONDARY, INSTITUTIONAL):
        assert read(sample(name), (table,))[table].equals(read(sample(name), None)[table])
