"""Values a treatment record must not have: a fault that names place and class, null in the row, never the value."""

import io

import pytest
from dicom_files import put, remove
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ImplicitVRLittleEndian
from shipped import evidence_of, read_dicom

from beamclaim.errors import InputError
from beamclaim.ingest import dicom
from beamclaim.synthetic.dicom.records import Session, session_record, written

SECRET = b"SECRET-77"


def parts(record: Dataset) -> tuple[Dataset, Dataset, Dataset]:
    """The record, its beam, its first control point."""
    beam = record.TreatmentSessionBeamSequence[0]
    return record, beam, beam.ControlPointDeliverySequence[0]


@pytest.mark.parametrize(
    ("part", "tag", "value", "column"),
    [
        (0, 0x00080018, b"../../etc/passwd", "record"),
        (0, 0x00080018, b"1." * 32 + b"1", "record"),
        (0, 0x00080018, b"1.01.2", "record"),
        (0, 0x00080018, b"1..2", "record"),
        (0, 0x00200052, SECRET, "frame"),
        (0, 0x300A0700, SECRET, "session"),
        (0, 0x00100030, b"19610230", "birth_date"),
        (0, 0x00100030, b"1961-04-02", "birth_date"),
        (0, 0x00100040, SECRET, "sex"),
        (0, 0x300C0022, b"-1", "group"),
        (0, 0x300A0078, b"99999999999", "fractions_planned"),
        (0, 0x300A0078, b"30.5", "fractions_planned"),
        (0, 0x300A00B3, SECRET, "unit"),
        (0, 0x00081070, b"A^B\\C^D", "operator"),
        (1, 0x300C0006, b"1_0", "beam"),
        (1, 0x30080022, "٣".encode(), "fraction"),
        (1, 0x300A00CE, SECRET, "kind"),
        (1, 0x3008002A, b"normal", "termination"),
        (1, 0x3008002C, SECRET, "verification"),
        (1, 0x300A00C6, SECRET, "modality"),
        (1, 0x30080032, b"NaN", "specified"),
        (1, 0x30080032, b"inf", "specified"),
        (1, 0x30080032, b"1e999", "specified"),
        (1, 0x30080032, b"1,5", "specified"),
        (1, 0x30080032, b"1\\2", "specified"),
        (1, 0x30080032, b"9" * 400, "specified"),
        (1, 0x30080036, b"-3", "delivered"),
        (1, 0x300A00C2, b"caf\xe9\xff", "beam_name"),
        (1, 0x300A00C2, b"x" * 2000, "beam_name"),
        (1, 0x300A00C2, b"a\0b", "beam_name"),
        (2, 0x300A0128, SECRET, "table_y"),
    ],
)
def test_a_bad_value_is_a_fault_and_null(part: int, tag: int, value: bytes, column: str) -> None:
    record = session_record(Session())
    put(parts(record)[part], tag, value)
    data = written(record, ImplicitVRLittleEndian)
    found = evidence_of(data, 4)
    (delivery,) = found.deliveries
    (fault,) = found.faults
    assert getattr(delivery, column) in ({"other"} if column == "kind" else {None, ""})
    assert (fault.file, fault.kind) == (4, "element")
    assert fault.path.endswith(f"({tag >> 16:04X},{tag & 0xFFFF:04X})")
    assert data[fault.start : fault.end].strip() == value
    said = value.decode("latin-1")
    assert said not in fault.found + fault.expected + fault.path or said == "normal"


def told(record: Dataset) -> list[tuple[str, str]]:
    return [(fault.kind, fault.path) for fault in evidence_of(written(record, ImplicitVRLittleEndian), 0).faults]


@pytest.mark.parametrize("value", [b"93000061", b"240000", b"0960", b"9:00", b"095960", SECRET])
def test_a_time_that_is_none_is_a_fault_and_the_treatment_time_stays(value: bytes) -> None:
    record = session_record(Session())
    put(parts(record)[2], 0x30080025, value)
    found = evidence_of(written(record, ImplicitVRLittleEndian), 0)
    assert [fault.path for fault in found.faults] == ["(3008,0020)[0].(3008,0040)[0].(3008,0025)"]
    assert str(found.deliveries[0].started_at) == "2026-01-05 09:00:00"


@pytest.mark.parametrize(
    ("value", "number"), [(b"1.234567890123456789", 1.2345678901234568), (b"100.00000000000000", 100.0)]
)
def test_an_overlong_decimal_is_a_fault_and_still_a_number(value: bytes, number: float) -> None:
    record = session_record(Session())
    put(parts(record)[1], 0x30080036, value)
    found = evidence_of(written(record, ImplicitVRLittleEndian), 0)
    assert found.deliveries[0].delivered == number
    assert [fault.found for fault in found.faults] == [f"{len(value)} characters"]


@pytest.mark.parametrize(
    ("value", "number"), [(b" 12.5 ", 12.5), (b"1.25E+1", 12.5), (b"+12.5", 12.5), (b".5", 0.5), (b"12.", 12.0)]
)
def test_decimals_in_every_form(value: bytes, number: float) -> None:
    record = session_record(Session())
    put(parts(record)[1], 0x30080036, value)
    found = evidence_of(written(record, ImplicitVRLittleEndian), 0)
    assert (found.deliveries[0].delivered, found.faults) == (number, [])


def test_an_unknown_character_set_is_a_fault_and_ascii_stays_readable() -> None:
    record = session_record(Session())
    put(parts(record)[1], 0x300A00C2, b"\xe9t\xe9")
    data = written(record, ImplicitVRLittleEndian)
    found = evidence_of(data.replace(b"ISO_IR 192", b"KLINGON   "), 0)
    assert [fault.path for fault in found.faults] == ["(0008,0005)", "(3008,0020)[0].(300A,00C2)"]
    assert (found.deliveries[0].machine, found.deliveries[0].beam_name) == ("SYNLINAC1", None)


def test_two_plans_are_no_plan() -> None:
    record = session_record(Session())
    plan = Dataset()
    plan.ReferencedSOPInstanceUID = "1.2.3"
    record.ReferencedRTPlanSequence.append(plan)
    assert told(record) == [("count", "(300C,0002)")]
    assert evidence_of(written(record, ImplicitVRLittleEndian), 0).deliveries[0].plan is None


def test_control_points_other_than_said_are_a_fault() -> None:
    record = session_record(Session(control_points=4))
    parts(record)[1].NumberOfControlPoints = 5
    assert told(record) == [("count", "(3008,0020)[0].(3008,0040)")]


def test_a_last_control_point_before_the_first_ends_nothing() -> None:
    record = session_record(Session())
    put(parts(record)[2], 0x30080025, b"235900")
    found = evidence_of(written(record, ImplicitVRLittleEndian), 0)
    assert (found.deliveries[0].ended_at, len(found.faults)) == (None, 1)


def test_control_points_of_another_day_are_a_fault() -> None:
    record = session_record(Session())
    put(record, 0x30080250, b"20250105")
    assert told(record) == [("element", "(3008,0020)[0].(3008,0040)")]


def test_a_record_without_its_own_uid_or_beams_says_so() -> None:
    record = session_record(Session())
    remove(record, 0x00080018)
    record.TreatmentSessionBeamSequence = Sequence([])
    assert told(record) == [("missing", "(0008,0018)"), ("missing", "(3008,0020)")]


def test_a_bad_offset_from_utc_is_a_fault() -> None:
    record = session_record(Session())
    put(record, 0x00080201, SECRET)
    assert told(record) == [("element", "(0008,0201)")]


def test_a_file_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dicom, "LARGEST", 1000)
    with pytest.raises(InputError, match="1000 bytes"):
        list(read_dicom(io.BytesIO(written(session_record(Session()))), 0))


class TestCut:
    """A record cut off: what stands whole is read, what the cut may have changed is null."""

    DATA = written(session_record(Session(beams=3)))

    WHOLE = evidence_of(DATA, 0).deliveries

    def test_in_the_second_beam(self) -> None:
        found = evidence_of(self.DATA[: self.WHOLE[1].end - 60], 0)
        assert [fault.kind for fault in found.faults].count("envelope") == 1
        first, second = found.deliveries
        assert (first.beam, first.delivered, first.ended_at) == (1, self.WHOLE[0].delivered, self.WHOLE[0].ended_at)
        assert (second.beam, second.termination, second.delivered) == (None, "normal", self.WHOLE[1].delivered)

    def test_at_any_byte_nothing_is_said_that_the_whole_does_not_say(self) -> None:
        for end in range(self.WHOLE[0].start, len(self.DATA), 5):
            found = evidence_of(self.DATA[:end], 0)
            assert found.faults or end >= self.WHOLE[-1].end
            for delivery, truth in zip(found.deliveries, self.WHOLE, strict=False):
                for name, value in delivery._asdict().items():
                    # A cut before its kind leaves the kind open, and is never *treatment*.
                    unsaid = {None, "other"} if name == "kind" else {None}
                    assert value in {*unsaid, getattr(truth, name)} or name in {"end", "started_at", "doubt"}, (
                        end,
                        name,
                    )
            assert all(d.doubt for d in found.deliveries) or end >= self.WHOLE[-1].end
