"""Opening a DICOM file whatever its preamble, and the bytes of every value in it."""

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest
from dicom_files import FIXTURES, SAMPLES
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian
from pydicom_reading import bytes_at, open_dataset

from beamclaim.errors import InputError
from beamclaim.ingest.dicom import dataset, walker
from beamclaim.ingest.dicom.dataset import opened
from beamclaim.ingest.dicom.item import DicomItem
from beamclaim.ingest.dicom.object import DicomObject
from beamclaim.ingest.dicom.walker import EXPLICIT, EXPLICIT_BIG, IMPLICIT, scan
from beamclaim.synthetic.dicom.records import SYNTAXES, Session, session_record, written

RECORD = written(session_record(Session()))
PREAMBLE = b"\0" * 128 + b"DICM"
SYNTAX = b"\x02\0\x10\0UI"


def element(tag: tuple[int, int], vr: bytes, value: bytes) -> bytes:
    """An element in explicit little endian."""
    head = struct.pack("<HH2s", *tag, vr)
    return head + (struct.pack("<HI", 0, len(value)) if vr == b"SQ" else struct.pack("<H", len(value))) + value


def values(holder: Dataset, path: str = "") -> Iterator[tuple[str, object]]:
    """Every element with its path and its bytes (None: a sequence)."""
    for tag in sorted(holder.keys()):
        name = f"{path}({tag.group:04X},{tag.element:04X})"
        raw = holder.get_item(tag).value
        if holder[tag].VR == "SQ":
            for index, item in enumerate(holder[tag].value):
                yield f"{name}[{index}]", None
                yield from values(item, f"{name}[{index}].")
        else:
            yield name, raw


def agree(data: bytes) -> int:
    """Every value of the dataset stands where our walk finds it; how many were compared."""
    count = 0
    for path, raw in values(open_dataset(data)):
        start, end = bytes_at(data, path)
        if isinstance(raw, bytes) and raw:
            assert data[start:end] == raw, path
            count += 1
    return count


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: "/".join(p.parts[-2:]))
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_every_value_of_a_sample_stands_where_its_path_says(path: Path) -> None:
    data = path.read_bytes()
    assert agree(data) > 15
    other = pydicom.dcmread(path, force=True)
    assert list(open_dataset(data).keys()) == list(other.keys())


@given(
    st.integers(0, 1000),
    st.integers(1, 3),
    st.integers(1, 4),
    st.booleans(),
    st.sampled_from([s for s in SYNTAXES if s != DeflatedExplicitVRLittleEndian]),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_every_value_of_a_record_stands_where_its_path_says(  # noqa: PLR0917
    seed: int, beams: int, points: int, is_ion: bool, syntax: pydicom.uid.UID, undefined: bool, meta: bool
) -> None:
    record = session_record(Session(seed, beams, points, 3, is_ion))
    assert agree(written(record, syntax, undefined_lengths=undefined, meta=meta)) > 60


def test_an_item_is_its_elements_without_its_header() -> None:
    start, end = bytes_at(RECORD, "(3008,0020)[0]")
    beam = open_dataset(element((0x0008, 0x0005), b"CS", b"ISO_IR 6") + RECORD[start:end])
    assert beam.BeamName == "F1"


@pytest.mark.parametrize(
    "path", ["(3008,0020)[1]", "(0008,9999)", "(0008,0005)[0]", "(3008,0020).(300A,00C2)", "x", ""]
)
def test_a_path_to_nothing_is_a_key_error(path: str) -> None:
    with pytest.raises(KeyError):
        bytes_at(RECORD, path)


def test_places_of_a_deflated_dataset_are_the_whole_file() -> None:
    data = written(session_record(Session()), DeflatedExplicitVRLittleEndian)
    assert bytes_at(data, "(3008,0020)[0].(300A,00C2)") == (0, len(data))
    assert open_dataset(data).TreatmentSessionBeamSequence[0].BeamName == "F1"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 131,
        PREAMBLE,
        b"Dear colleague, please find the treatment record attached. " * 10,
        RECORD[:150],
        RECORD[:332],
        RECORD[: 132 + 4],
        PREAMBLE + SYNTAX + b"\xff\xff" + b"1.2",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 300,
        b"MSH|^~\\&|" * 40,
    ],
    ids=[
        "empty",
        "131 bytes",
        "preamble",
        "text",
        "meta cut",
        "no dataset",
        "meta cut early",
        "meta length",
        "png",
        "hl7",
    ],
)
def test_what_is_no_dicom_file_is_refused_with_a_remedy(data: bytes) -> None:
    with pytest.raises(InputError, match=r"export|leave"):
        opened(data)


def test_a_dataset_is_found_with_and_without_preamble_and_meta() -> None:
    for syntax, encoding in zip(SYNTAXES, (EXPLICIT, IMPLICIT, EXPLICIT_BIG), strict=False):
        bare = written(session_record(Session()), syntax, meta=False)
        assert opened(bare).region.encoding == encoding
        assert not opened(bare).oddities
        for before in (b"\0" * 128, b"\0" * 128 + b"DCIM"):
            file = opened(before + bare)
            assert file.region.encoding == encoding
            assert [odd.expected for odd in file.oddities] == ["DICM after the preamble"]
    without_preamble = RECORD[132:]
    assert open_dataset(without_preamble).PatientID == "SYN0001"


def test_a_wrong_transfer_syntax_is_a_note_and_the_bytes_are_believed() -> None:
    data = RECORD.replace(ExplicitVRLittleEndian.encode(), ExplicitVRBigEndian.encode())
    assert opened(data).region.encoding == EXPLICIT
    assert [odd.expected for odd in opened(data).oddities] == ["the encoding that the transfer syntax says"]
    assert open_dataset(data).PatientID == "SYN0001"


def test_an_unknown_transfer_syntax_is_read_where_the_bytes_are_plain() -> None:
    unknown = b"1.2.840.99999.12345"
    data = RECORD.replace(ExplicitVRLittleEndian.encode(), unknown)
    assert open_dataset(data).PatientID == "SYN0001"
    with pytest.raises(InputError, match="uncompressed"):
        opened(data[: opened(data).region.start] + b"\x9c\x33\xe1\x70" * 50)


def test_a_preamble_that_is_a_program_is_a_note() -> None:
    data = b"MZ" + RECORD[2:]
    assert ["program" in odd.found for odd in opened(data).oddities] == [True]
    assert not opened(b"II*\0" + RECORD[4:]).oddities


def deflated(content: bytes) -> bytes:
    """A file of the deflated transfer syntax with this content."""
    record = written(session_record(Session()), DeflatedExplicitVRLittleEndian)
    squeeze = zlib.compressobj(9, wbits=-15)
    return record[: opened_meta(record)] + squeeze.compress(content) + squeeze.flush()


def opened_meta(data: bytes) -> int:
    return 144 + int.from_bytes(data[140:144], "little")


def test_a_dataset_that_inflates_without_end_is_refused() -> None:
    bomb = deflated(RECORD[332:] + b"\0" * (dataset.LARGEST_INFLATED + 1))
    assert len(bomb) < 200_000
    with pytest.raises(InputError, match="inflated"):
        opened(bomb)


def test_a_deflated_dataset_cut_off_is_read_as_far_as_it_goes() -> None:
    whole = written(session_record(Session()), DeflatedExplicitVRLittleEndian)
    file = opened(whole[:-200])
    assert [odd.found for odd in file.oddities] == ["the end of the file"]
    assert 0x00080060 in scan(file.data, file.region).elements


def test_a_deflated_dataset_that_is_none_is_refused() -> None:
    data = written(session_record(Session()), DeflatedExplicitVRLittleEndian)
    with pytest.raises(InputError, match="inflate"):
        opened(data[: opened_meta(data)] + b"\xff" * 400)


def nested(depth: int, *, defined: bool) -> bytes:
    """A dataset of sequences one in the other."""
    inner = b""
    for _ in range(depth):
        if defined:
            item = b"\xfe\xff\x00\xe0" + struct.pack("<I", len(inner)) + inner
            inner = element((0x300A, 0x0070), b"SQ", item)
        else:
            open_ = b"\xfe\xff\x00\xe0" + b"\xff" * 4
            close = b"\xfe\xff\x0d\xe0" + b"\0" * 4 + b"\xfe\xff\xdd\xe0" + b"\0" * 4
            inner = struct.pack("<HH2sHI", 0x300A, 0x0070, b"SQ", 0, 0xFFFFFFFF) + open_ + inner + close
    return element((0x0008, 0x0060), b"CS", b"RTRECORD") + inner


@pytest.mark.parametrize("defined", [True, False])
def test_sequences_300_deep_end_at_a_bound(defined: bool) -> None:
    data = PREAMBLE + nested(300, defined=defined)
    path = ".".join(["(300A,0070)[0]"] * 80)
    with pytest.raises(KeyError):
        bytes_at(data, path)
    shallow = ".".join(["(300A,0070)[0]"] * 20)
    start, end = bytes_at(PREAMBLE + nested(30, defined=defined), shallow)
    assert end > start


@pytest.mark.parametrize(
    "tail",
    [
        element((0x0010, 0x0020), b"LO", b"AB")[:-2] + b"A",
        struct.pack("<HH2sH", 0x0010, 0x0020, b"LO", 60_000) + b"A",
        struct.pack("<HH2sHI", 0x3008, 0x0020, b"SQ", 0, 0xFFFFFFFF) + b"\xfe\xff\x00\xe0\xff\xff\xff\xff",
        struct.pack("<HH2sHI", 0x3008, 0x0020, b"SQ", 0, 0xFFFFFFF0) + b"A",
        b"\xfe\xff\x0d\xe0\0\0\0\0",
        b"\x10\0",
    ],
    ids=["cut value", "length beyond", "never closed", "length beyond 4 GiB", "stray delimiter", "cut header"],
)
def test_where_a_walk_breaks_off_is_told_and_what_came_before_stands(tail: bytes) -> None:
    file = opened(PREAMBLE + element((0x0008, 0x0060), b"CS", b"RTRECORD") + tail)
    elements, damage = scan(file.data, file.region)
    assert damage is not None
    assert damage.at <= len(file.data)
    assert not elements[0x00080060].is_cut
    assert all(e.is_cut for tag, e in elements.items() if tag != 0x00080060)


def written_values(item: DicomItem, sequences: set[int]) -> Iterator[tuple[str, bytes]]:
    """Every value our walk reads in an item, with its path."""
    for tag in item.elements:
        if tag in sequences:
            for inner in item.items(tag):
                yield from written_values(inner, sequences)
        else:
            yield item.at(tag).path, item.raw(tag)


@pytest.mark.parametrize("syntax", SYNTAXES[:3])
def test_a_file_cut_off_anywhere_has_its_own_values_or_none(syntax: pydicom.uid.UID) -> None:
    data = written(session_record(Session(beams=2)), syntax)
    steps = [
        re.findall(r"([0-9A-F]{4}),([0-9A-F]{4})", path)[-1] for path, raw in values(open_dataset(data)) if raw is None
    ]
    sequences = {int(group + number, 16) for group, number in steps}
    whole = dict(written_values(DicomObject(opened(data), 0, len(data)).top, sequences))
    counts = []
    for end in range(opened(data).region.start + 40, len(data), 11):
        cut = dict(written_values(DicomObject(opened(data[:end]), 0, end).top, sequences))
        counts.append(len(cut))
        for path, value in cut.items():
            assert value in {whole[path], b""}, (end, path)
    assert max(counts) > 60


def test_a_level_of_endless_elements_ends_at_a_bound() -> None:
    many = b"".join(element((0x0008, 0x0060), b"CS", b"") for _ in range(10))
    distinct = b"".join(struct.pack("<HH2sH", 0x0009, n, b"CS", 0) for n in range(65_536))
    file = opened(PREAMBLE + many + distinct)
    elements, damage = scan(file.data, file.region)
    assert len(elements) < 65_536
    assert damage is not None


def test_sequences_without_end_are_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    record = written(session_record(Session(beams=8)), undefined_lengths=True)
    file = opened(record)
    sequence = scan(file.data, file.region).elements[0x30080020]
    monkeypatch.setattr(walker, "MOST_ITEMS", 5)
    assert [item.damage is None for item in walker.items(file.data, sequence)] == [True] * 5 + [False]
    monkeypatch.setattr(walker, "MOST_HEADERS", 50)
    _, damage = scan(file.data, file.region)
    assert damage is not None
    assert damage.expected == "fewer than 50 elements in a value"


def test_a_value_of_unknown_representation_and_undefined_length_is_implicit_inside() -> None:
    item = struct.pack("<HHI", 0x300A, 0x00C2, 2) + b"F9"
    unknown = (
        struct.pack("<HH2sHI", 0x3008, 0x0020, b"UN", 0, 0xFFFFFFFF)
        + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
        + item
        + b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0"
    )
    data = PREAMBLE + element((0x0008, 0x0060), b"CS", b"RTRECORD") + unknown + element((0x300A, 0x00B3), b"CS", b"MU")
    start, end = bytes_at(data, "(3008,0020)[0].(300A,00C2)")
    assert data[start:end] == b"F9"
    assert data[slice(*bytes_at(data, "(300A,00B3)"))] == b"MU"


def test_private_elements_have_places_too() -> None:
    record = session_record(Session())
    block = record.private_block(0x3243, "SYNTHETIC", create=True)
    block.add_new(0x01, "LO", "kept")
    data = written(record)
    assert data[slice(*bytes_at(data, "(3243,1001)"))] == b"kept"


def test_samples_are_there() -> None:
    assert len(SAMPLES) == 26
    assert FIXTURES.is_dir()
