"""Repairs change form alone: the named bytes, nothing billed, once; everything else survives byte for byte."""

import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyx12.params import params
from pyx12.x12n_document import x12n_document

from beamclaim.app.check import Checked, CheckOptions, check
from beamclaim.errors import InputError
from beamclaim.findings.finding import Edit
from beamclaim.ingest.router import read_one
from beamclaim.ingest.sources import sources
from beamclaim.outputs.x12.patch import Patch, diff, is_harmless, patched, patches, told
from beamclaim.synthetic.claims837 import InterchangeWriter
from beamclaim.testing.cases import sample
from beamclaim.testing.findings import findings_of

FORMS = ("837P", "837I")
#: Mistakes of form: what is put in place of what.
SPOILED = {
    "segments": (rb"SE\*(\d+)", rb"SE*999"),
    "segments in words": (rb"SE\*(\d+)", rb"SE*MANY"),
    "no count": (rb"SE\*(\d+)", rb"SE*"),
    "transactions": (rb"GE\*1", rb"GE*7"),
    "groups": (rb"IEA\*1", rb"IEA*12"),
    "sender": (rb"BEAMCLINIC     \*", rb"BEAMCLINIC*"),
    "receiver": (rb"BEAMPAYER      \*", rb"BEAMPAYER  *"),
    "principal": (rb"ABK:Z510", rb"ABK:Z51.0"),
    "other": (rb"ABF:C3411", rb"ABF:c34.11"),
}
#: What every table says that is billed or identifies; places and counts may move.
PLACES = {"start", "end", "loop_start", "loop_end", "claim.start", "segment"}


def written(form: str) -> bytes:
    return InterchangeWriter(form, day="2026-02-10").write([sample(form), [{**r, "claim": "B"} for r in sample(form)]])


def asked(path: Path) -> Checked:
    return check(CheckOptions((str(path),), as_of=date(2026, 3, 1), select=("FMT",)))


def repaired(path: Path) -> bytes:
    checked = asked(path)
    found, _ = patches(checked.result, checked.excerpt)
    data = path.read_bytes()
    for patch in found:
        data = b"".join(patched(io.BytesIO(data), patch))
    return data


def tables(path: Path) -> dict[str, pl.DataFrame]:
    """All that the reader read, without places, faults, hashes and keys (a row's place)."""
    out: dict[str, list[pl.DataFrame]] = {}
    for source in sources([path]):
        for chunk in read_one(source, file=0):
            for name, frame in chunk.items():
                if name not in ("files", "faults"):
                    kept = [c for c in frame.columns if c not in PLACES and not c.endswith((".key", ".sha256"))]
                    out.setdefault(name, []).append(frame.select(kept))
    return {name: pl.concat(frames) for name, frames in out.items()}


def is_sound_to_another(data: bytes) -> bool:
    """Whether an independent validator takes the whole file: envelope, segments and elements."""
    return bool(x12n_document(params(), io.StringIO(data.decode()), io.StringIO(), None, None))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", SPOILED)
def test_a_mistake_of_form_is_put_right_to_the_byte(tmp_path: Path, form: str, kind: str) -> None:
    sound = written(form)
    spoiled, number = re.subn(*SPOILED[kind], sound, count=1)
    assert number == 1 and spoiled != sound
    path = tmp_path / "a.837"
    path.write_bytes(spoiled)
    assert repaired(path) == sound


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=st.sampled_from(FORMS),
    kinds=st.sets(st.sampled_from(sorted(SPOILED)), min_size=0, max_size=5),
    noise=st.lists(
        st.tuples(st.floats(0, 1), st.sampled_from([b"", b"X", b"9", b"*", b"~", b":", b".", b" "])), max_size=3
    ),
)
def test_a_patch_changes_nothing_that_is_read_and_settles_in_one_pass(
    tmp_path: Path, form: str, kinds: set[str], noise: list[tuple[float, bytes]]
) -> None:
    data = written(form)
    for kind in sorted(kinds):
        data = re.sub(*SPOILED[kind], data, count=1)
    for where, byte in noise:
        at = int(where * len(data))
        data = data[:at] + byte + data[at + 1 :]
    path, again = tmp_path / "a.837", tmp_path / "b.837"
    path.write_bytes(data)
    once = repaired(path)
    again.write_bytes(once)
    assert repaired(again) == once
    before, after = tables(path), tables(again)
    assert before.keys() == after.keys()
    for name in before:
        assert before[name].equals(after[name], null_equal=True), name


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("form", FORMS)
def test_an_independent_validator_takes_the_result(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a.837"
    data = written(form)
    for kind in ("segments", "transactions", "groups", "principal", "other"):
        data = re.sub(*SPOILED[kind], data, count=1)
    path.write_bytes(data)
    assert not is_sound_to_another(data)
    assert is_sound_to_another(repaired(path))


def test_a_file_without_a_mistake_has_no_patch(tmp_path: Path) -> None:
    path = tmp_path / "a.837"
    path.write_bytes(written("837P"))
    checked = asked(path)
    assert patches(checked.result, checked.excerpt) == ([], [])
    assert b"".join(patched(io.BytesIO(path.read_bytes()), Patch("a", ()))) == path.read_bytes()


SEGMENT = b"SV1*HC:77386:59*1450.00*UN*1***1:2"


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("2400/1 SV101-2", b"77386", b"77407"), ("2400/1 SV102", b"1450.00", b"1500"), ("2400/1 SV104", b"1", b"2"),
        ("2400/1 SV101-3", b"59", b"76"), ("SE01", b"1450.00", b"33"), ("2300 HI01-2", b"77386", b"77407"),
    ],
)  # fmt: skip
def test_g42_nothing_billed_is_ever_harmless(path: str, old: bytes, new: bytes) -> None:
    start = SEGMENT.index(old)
    assert not is_harmless(path, SEGMENT, start, start + len(old), new)


@pytest.mark.parametrize(
    ("path", "segment", "new"),
    [
        ("SE01", b"SE", b"30"),  # no element to write the count into
        ("ISA", b"ISA*00*          *00", b"ISA*00*          *00*X"),
        ("2300 HI01-2", b"Z510", b"C3411"),
    ],
)
def test_a_repair_that_would_replace_a_whole_segment_is_none(path: str, segment: bytes, new: bytes) -> None:
    assert not is_harmless(path, segment, 0, len(segment), new)


def test_g42_an_edit_of_something_billed_is_left_for_a_person(tmp_path: Path) -> None:
    path = tmp_path / "a.837"
    path.write_bytes(written("837P").replace(b"SE*", b"SE*9", 1))
    checked = asked(path)
    safe = next(f for f in checked.result.findings if f.fix.grade == "safe" and f.fix.edit)
    data = path.read_bytes()
    at = data.index(b"394.05")
    billed = replace(safe.fix.edit.where, start=at, end=at + 6, path="2400/1 SV102")  # type: ignore[union-attr]
    checked.result.findings = findings_of(
        [replace(safe, where=billed, fix=replace(safe.fix, edit=Edit(billed, "999.99")))]
    )
    found, left = patches(checked.result, checked.excerpt)
    assert (found, left) == ([], list(checked.result.findings))


def test_a_file_that_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.837"
    path.write_bytes(re.sub(*SPOILED["segments"], written("837P"), count=1))
    checked = asked(path)
    found, _ = patches(checked.result, checked.excerpt)
    with pytest.raises(InputError, match="changed while"):
        b"".join(patched(io.BytesIO(path.read_bytes().replace(b"SE*999", b"SE*998")), found[0]))


def test_the_diff_shows_each_segment_once_before_and_after(tmp_path: Path) -> None:
    path = tmp_path / "a.837"
    data = written("837P").replace(b"ABK:Z510*ABF:C3411", b"ABK:Z51.0*ABF:C34.11", 1)
    path.write_bytes(data)
    checked = asked(path)
    found, _ = patches(checked.result, checked.excerpt)
    at = data.index(b"HI*ABK:Z51.0")
    number = data[:at].count(b"~") + 1
    assert "".join(diff(found)) == (
        f"--- {path}\n+++ {path} (repaired)\n"
        f"@@ segment {number}, byte {at}: FMT003 2300 HI01-2, FMT003 2300 HI02-2 @@\n"
        "-HI*ABK:Z51.0*ABF:C34.11\n+HI*ABK:Z510*ABF:C3411\n"
    )
    said = "".join(told(checked.result, found, {}))
    assert "Can be repaired: 2 places in 1 file; nothing that is billed changes" in said
    assert "Left for a person: 0 findings" in said
