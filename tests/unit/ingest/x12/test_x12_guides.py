"""A guide is declared in one place and read by the same segments, envelope and hierarchy as every other."""

import io
from collections.abc import Mapping

import polars as pl
import pytest
from x12_samples import CLAIM_P, claim837

from beamclaim.ingest.x12 import read_x12
from beamclaim.ingest.x12.chunk import Chunk
from beamclaim.ingest.x12.guide import Guide, Guides, HierarchyLevel, Inner, Outline
from beamclaim.ingest.x12.guides import registered

OUTLINE = Outline(
    loops={"ST": "BGN", "T000": "LX", "T100": "TPA", "T200": "TLA AMT"},
    form_loops={"toy": {}},
    levels=(
        HierarchyLevel("group", "T000", "LX", holds=True),
        HierarchyLevel("entry", "T100", "TPA", tells=(2, "YES")),
    ),
    claim="entry",
    line=Inner("line", "T200", "TLA"),
)


def tables(chunk: Chunk, versions: Mapping[int, str]) -> dict[str, pl.DataFrame]:
    """A note for each entry: its second element; an amount that is none is a fault."""
    rows = chunk.fresh(chunk.hierarchy.claims)
    amounts = chunk.tokens.rows("AMT")
    chunk.amounts(chunk.tokens.element(chunk.fresh(amounts[chunk.hierarchy.line[amounts] >= 0]), 1))
    columns = {
        "claim.key": chunk.claim_key(rows),
        "line.key": chunk.line_key(rows),
        **chunk.place(rows),
        "note.kind": chunk.text(rows, 1),
        "note.code": chunk.text(rows, 2),
        "note.text": chunk.text(rows, 3),
    }
    return {"notes": chunk.frame("notes", columns)}


TOY = Guide("900", {"TOY1": "toy"}, "a toy 900 TOY1", OUTLINE, ("notes",), tables)
WITH_TOY = Guides([*registered().all, TOY])

ENTRIES = ("LX*1", "TPA*a*YES*first", "TLA*1", "AMT*12.50", "LX*2", "TPA*c*YES*second")


def toy(*body: str) -> str:
    segments = ["ST*900*0002*TOY1", "BGN*x", *body]
    return "~".join([*segments, f"SE*{len(segments) + 1}*0002"]) + "~"


def beside_a_claim(*transactions: str) -> bytes:
    """An interchange whose group holds a claim, then these transactions, then the claim once more."""
    raw = claim837(*CLAIM_P).decode()
    claim = raw[raw.index("ST*") : raw.index("GE*")]
    again = claim.replace("*0001", "*0003")
    group = claim + "".join(transactions) + again
    return (
        (raw[: raw.index("ST*")] + group + raw[raw.index("GE*") :])
        .replace("GE*1*", f"GE*{2 + len(transactions)}*")
        .encode()
    )


def read(raw: bytes, guides: Guides | None, chunk_bytes: int = 1 << 20) -> dict[str, pl.DataFrame]:
    chunks = list(read_x12(io.BytesIO(raw), file=0, guides=guides, chunk_bytes=chunk_bytes))
    return {name: pl.concat([c[name] for c in chunks if name in c]) for name in chunks[-1]}


@pytest.mark.parametrize("chunk_bytes", [60, 200, 1 << 20])
def test_a_guide_of_another_transaction_is_read_beside_claims(chunk_bytes: int) -> None:
    whole = read(beside_a_claim(toy(*ENTRIES)), WITH_TOY, chunk_bytes)
    assert whole["notes"].select("note.kind", "note.text").rows() == [("a", "first"), ("c", "second")]
    assert whole["claims"]["claim.number"].to_list() == ["C1", "C1"]
    assert whole["faults"].select("fault.kind", "fault.path").rows() == []
    assert whole["files"]["file.kind"].to_list() == ["mixed"]
    # Every segment is in one table only: the envelope once, whatever reads what is in it.
    assert whole["segments"].group_by("segment.id").len().filter(pl.col("segment.id").is_in(["GS", "GE", "IEA"]))[
        "len"
    ].to_list() == [1, 1, 1]


def test_claims_are_the_same_whoever_reads_what_stands_between_them() -> None:
    raw = beside_a_claim(toy(*ENTRIES))
    with_toy, without = read(raw, WITH_TOY), read(raw, None)
    for table in ("claims", "lines", "diagnoses"):
        assert with_toy[table].equals(without[table])
    (fault,) = without["faults"].iter_rows(named=True)
    assert fault["fault.kind"] == "not_read" and "837P" in fault["fault.expected"]


def test_a_fault_in_a_line_of_another_guide_names_its_loop() -> None:
    whole = read(beside_a_claim(toy("LX*1", "TPA*a*YES*x", "TLA*7", "AMT*1x", "NTE*no", "TPA*b*NO*x")), WITH_TOY)
    assert whole["faults"].select("fault.kind", "fault.path").rows() == [
        ("element", "T200/7 AMT01"),
        ("unknown_segment", "T200/7 NTE"),
        ("unknown_segment", "TPA"),
    ]
    assert whole["faults"]["claim.key"].to_list() == [*whole["notes"]["claim.key"]] * 2 + [None]


def test_what_no_guide_reads_is_said_with_what_all_of_them_read() -> None:
    whole = read(beside_a_claim(toy().replace("TOY1", "TOY2")), WITH_TOY)
    (expected,) = whole["faults"]["fault.expected"]
    assert expected == f"{registered().titles} or a toy 900 TOY1"


def test_a_loop_that_is_opened_and_not_declared_is_refused() -> None:
    with pytest.raises(ValueError, match=r"loops without segments: T300; declare them"):
        Outline({"T100": "TPA"}, {"toy": {}}, levels=(HierarchyLevel("entry", "T100", "TPA"),), details={"AMT": "T300"})


def test_every_guide_in_the_folder_is_found_by_its_transaction_and_version() -> None:
    assert registered().of(registered().number("837", "005010X222A1")).transaction == "837"
    assert registered().number("837", "TOY1") == registered().number("900", "TOY1") == 0
    assert WITH_TOY.of(WITH_TOY.number("900", "TOY1")) is TOY
