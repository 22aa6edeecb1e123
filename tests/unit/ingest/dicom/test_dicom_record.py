"""Deliveries from treatment records: what the samples mean, every quirk a record may have, and the bytes."""

import csv
import io
from datetime import date, datetime

import pytest
from dicom_files import FIXTURES, put, remove
from dicom_judge import missing
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian
from shipped import evidence_of, read_dicom

from beamclaim.model.persona import PatientNumber, Persona
from beamclaim.model.tables.evidence import Delivery, Evidence
from beamclaim.synthetic.dicom.records import Session, session_record, summary_record, written

RECORDS = FIXTURES / "records"
EXPECTED = list(csv.DictReader((RECORDS / "EXPECTED.csv").read_text(encoding="utf-8").splitlines()))


def record(**session: object) -> tuple[Dataset, Dataset]:
    """A record of one beam, and the beam."""
    whole = session_record(Session(**session))  # type: ignore[arg-type]
    return whole, (whole.get("TreatmentSessionBeamSequence") or whole.TreatmentSessionIonBeamSequence)[0]


def read(whole: Dataset) -> Evidence:
    """The evidence of a record that must be without fault."""
    found = evidence_of(written(whole, ImplicitVRLittleEndian), 0)
    assert found.faults == []
    return found


def only(whole: Dataset) -> Delivery:
    """Its one delivery, without fault."""
    (delivery,) = read(whole).deliveries
    return delivery


def faulty(whole: Dataset) -> tuple[Delivery, list[tuple[str, str]]]:
    """Its one delivery, and its faults as kind and path."""
    found = evidence_of(written(whole, ImplicitVRLittleEndian), 0)
    (delivery,) = found.deliveries
    return delivery, [(fault.kind, fault.path) for fault in found.faults]


@pytest.mark.parametrize("row", EXPECTED, ids=lambda r: f"{r['course']}/{r['file']}")
def test_a_sample_means_what_is_expected(row: dict[str, str]) -> None:
    data = (RECORDS / row["course"] / row["file"]).read_bytes()
    (found,) = read_dicom(io.BytesIO(data), 7)
    assert found.faults == []
    beams = [part.split(":") for part in row["beam:share_of_MU:termination"].split(";")]
    began = datetime.strptime(row["treatment_date"] + row["treatment_time"], "%Y%m%d%H%M%S")
    assert len(found.deliveries) == len(beams)
    for delivery, (number, share, termination) in zip(found.deliveries, beams, strict=True):
        assert delivery.beam == int(number)
        assert delivery.specified is not None
        assert delivery.delivered == pytest.approx(float(share) * delivery.specified, abs=0.01)
        assert delivery.termination == termination.lower()
        assert delivery.fraction == int(row["fraction_number"])
        assert delivery.group == int(row["fraction_group"])
        assert delivery.day == began.date()
        assert delivery.kind == "treatment"
        assert delivery.file == 7
        assert delivery.started_at is not None
        assert delivery.ended_at is not None
        assert began <= delivery.started_at <= delivery.ended_at
    assert found.deliveries[0].started_at == began
    assert [frame.height for frame in found.frames().values()] == [0, 0, len(beams), 0]


def test_the_bytes_of_a_delivery_are_its_item() -> None:
    for path in sorted(RECORDS.glob("*/*.dcm")):
        data = path.read_bytes()
        for delivery in evidence_of(data, 0).deliveries:
            item = read_dataset(io.BytesIO(data[delivery.start : delivery.end]), False, True)
            assert item.ReferencedBeamNumber == delivery.beam
            assert item.BeamName == delivery.beam_name
            assert "ControlPointDeliverySequence" in item
            assert data[delivery.start - 8 : delivery.start - 4] == b"\xfe\xff\x00\xe0"


def test_what_the_tests_write_conforms_to_the_standard() -> None:
    assert missing(session_record(Session(beams=7))) == []
    assert missing(session_record(Session(leaf_pairs=4, control_points=9))) == []
    assert missing(session_record(Session(is_ion=True))) == []
    assert missing(summary_record(Session(), fractions=3)) == []


def test_a_whole_row() -> None:
    whole, _ = record()
    delivery = only(whole)
    assert delivery._replace(start=0, end=0) == Delivery(
        file=0,
        start=0,
        end=0,
        segment=None,
        source="dicom_record",
        path="(3008,0020)[0]",
        record=whole.SOPInstanceUID,
        patient=Persona(PatientNumber("SYN0001"), (), "1961-04-02", "O").text,
        birth_date=date(1961, 4, 2),
        sex="O",
        plan=whole.ReferencedRTPlanSequence[0].ReferencedSOPInstanceUID,
        frame=whole.FrameOfReferenceUID,
        group=1,
        fractions_planned=30,
        beam=1,
        beam_name="F1",
        fraction=1,
        day=date(2026, 1, 5),
        started_at=datetime(2026, 1, 5, 9, 0),
        ended_at=datetime(2026, 1, 5, 9, 1),
        kind="treatment",
        termination="normal",
        verification="verified",
        specified=delivery.specified,
        delivered=delivery.specified,
        unit="MU",
        modality="photon",
        machine="SYNLINAC1",
        operator="SYNTHETIC^THERAPIST",
        table_x=12.25,
        table_y=-120.5,
        table_z=800.0,
    )


def test_an_ion_record_has_its_own_source_and_path() -> None:
    delivery = only(record(is_ion=True)[0])
    assert (delivery.source, delivery.path, delivery.modality) == ("dicom_ion_record", "(3008,0021)[0]", "proton")


def test_a_session_is_a_row_for_each_beam() -> None:
    deliveries = read(record(beams=7)[0]).deliveries
    assert [d.beam for d in deliveries] == [1, 2, 3, 4, 5, 6, 7]
    assert [d.path for d in deliveries] == [f"(3008,0020)[{n}]" for n in range(7)]
    assert len({(d.start, d.end) for d in deliveries}) == 7


def test_of_many_control_points_the_first_and_the_last_count() -> None:
    delivery = only(record(control_points=180, leaf_pairs=3)[0])
    assert (delivery.started_at, delivery.ended_at) == (datetime(2026, 1, 5, 9, 0), datetime(2026, 1, 5, 9, 1))


def test_absent_things_are_null() -> None:
    whole, beam = record()
    remove(whole, 0x00100030, 0x00100040, 0x00200052, 0x300C0022, 0x00081070, 0x300A0078, 0x300C0002, 0x300A00B3)
    remove(beam, 0x300C0006, 0x300A00C2, 0x30080022, 0x3008002A, 0x3008002C, 0x300A00C6)
    put(beam, 0x300A00CE, b"")
    delivery = only(whole)
    assert {name for name, value in delivery._asdict().items() if value is None} == {
        *(
            "segment",
            "birth_date",
            "sex",
            "plan",
            "frame",
            "group",
            "fractions_planned",
            "beam",
            "beam_name",
            "fraction",
        ),
        *("kind", "termination", "verification", "unit", "status", "modality", "operator", "session", "held"),
        *("motion", "guidance", "doubt"),
    }


def test_blank_things_are_null() -> None:
    whole, beam = record()
    whole.OperatorsName = ""
    whole.ReferencedRTPlanSequence = Sequence([])
    put(whole, 0x00100020, b"  ")
    put(beam, 0x30080022, b"")
    delivery = only(whole)
    assert (delivery.operator, delivery.plan, delivery.patient, delivery.fraction) == (None, None, None, None)


def test_a_continuation_is_a_kind_of_its_own() -> None:
    whole, beam = record()
    beam.TreatmentDeliveryType = "CONTINUATION"
    assert only(whole).kind == "continuation"


class TestMeterset:
    """Where specified and delivered come from when the beam does not say them."""

    def without_primary(self) -> tuple[Dataset, Dataset]:
        whole, beam = record()
        remove(beam, 0x30080032, 0x30080036)
        return whole, beam

    def test_control_points(self) -> None:
        whole, beam = self.without_primary()
        beam.ControlPointDeliverySequence[0].DeliveredMeterset = "10.5"
        beam.ControlPointDeliverySequence[0].SpecifiedMeterset = "10"
        beam.ControlPointDeliverySequence[1].DeliveredMeterset = "50.75"
        beam.ControlPointDeliverySequence[1].SpecifiedMeterset = "110"
        found = read(whole)
        assert (found.deliveries[0].specified, found.deliveries[0].delivered) == (100.0, 40.25)
        (said,) = found.assertions
        assert (said.subject, said.key, said.name, said.value) == (
            "session",
            whole.SOPInstanceUID,
            "delivered_from",
            "control_points",
        )
        assert (said.start, said.end) == (found.deliveries[0].start, found.deliveries[0].end)

    def test_secondary_meterset_without_a_unit(self) -> None:
        whole, beam = self.without_primary()
        for point in beam.ControlPointDeliverySequence:
            remove(point, 0x30080044)
        beam.SpecifiedSecondaryMeterset = "80"
        beam.DeliveredSecondaryMeterset = "79.5"
        found = read(whole)
        assert (found.deliveries[0].specified, found.deliveries[0].delivered, found.deliveries[0].unit) == (
            80.0,
            79.5,
            "SECONDARY",
        )
        assert [said.value for said in found.assertions] == ["secondary_meterset"]

    def test_time_in_minutes(self) -> None:
        whole, beam = self.without_primary()
        for point in beam.ControlPointDeliverySequence:
            remove(point, 0x30080044)
        beam.SpecifiedTreatmentTime = "90"
        beam.DeliveredTreatmentTime = "45"
        found = read(whole)
        assert (found.deliveries[0].specified, found.deliveries[0].delivered, found.deliveries[0].unit) == (
            1.5,
            0.75,
            "MINUTE",
        )
        assert [said.value for said in found.assertions] == ["treatment_time"]

    def test_nothing(self) -> None:
        whole, beam = self.without_primary()
        for point in beam.ControlPointDeliverySequence:
            remove(point, 0x30080044)
        found = read(whole)
        assert (found.deliveries[0].specified, found.deliveries[0].delivered) == (None, None)
        assert found.assertions == []

    def test_one_control_point_alone_gives_neither_end_nor_meterset(self) -> None:
        whole, beam = self.without_primary()
        del beam.ControlPointDeliverySequence[1]
        beam.NumberOfControlPoints = 1
        delivery = only(whole)
        assert (delivery.ended_at, delivery.delivered) == (None, None)
        assert delivery.started_at == datetime(2026, 1, 5, 9, 0)

    def test_zero_is_zero(self) -> None:
        whole, beam = record()
        beam.DeliveredPrimaryMeterset = "0"
        assert only(whole).delivered == 0.0

    def test_a_falling_meterset_is_a_fault(self) -> None:
        whole, beam = self.without_primary()
        beam.ControlPointDeliverySequence[0].DeliveredMeterset = "60"
        beam.ControlPointDeliverySequence[1].DeliveredMeterset = "50"
        delivery, faults = faulty(whole)
        assert delivery.delivered is None
        assert faults == [("element", "(3008,0020)[0].(3008,0040)[1].(3008,0044)")]


def test_a_session_over_midnight_is_one_day() -> None:
    whole, _ = record(beams=3, began=datetime(2026, 3, 1, 23, 57))
    deliveries = read(whole).deliveries
    assert [d.day for d in deliveries] == [date(2026, 3, 1)] * 3
    assert deliveries[1].ended_at == datetime(2026, 3, 2, 0, 0)
    assert deliveries[2].started_at == datetime(2026, 3, 2, 0, 1)


def test_without_a_treatment_date_the_first_control_point_gives_the_day() -> None:
    whole, _ = record()
    remove(whole, 0x30080250, 0x30080251)
    assert only(whole).day == date(2026, 1, 5)


def test_without_control_point_times_the_treatment_time_is_the_start() -> None:
    whole, beam = record()
    for point in beam.ControlPointDeliverySequence:
        remove(point, 0x30080024, 0x30080025)
    delivery = only(whole)
    assert (delivery.started_at, delivery.ended_at) == (datetime(2026, 1, 5, 9, 0), None)


@pytest.mark.parametrize(
    ("written_as", "read_as"),
    [
        (b"0915", datetime(2026, 1, 5, 9, 15)),
        (b"09", datetime(2026, 1, 5, 9, 0)),
        (b"091530", datetime(2026, 1, 5, 9, 15, 30)),
        (b"091530.5", datetime(2026, 1, 5, 9, 15, 30, 500_000)),
        (b"091530.123456", datetime(2026, 1, 5, 9, 15, 30, 123_456)),
        (b"09:15:30", datetime(2026, 1, 5, 9, 15, 30)),
        (b" 0915 ", datetime(2026, 1, 5, 9, 15)),
    ],
)
def test_times_in_every_form(written_as: bytes, read_as: datetime) -> None:
    whole, beam = record()
    put(beam.ControlPointDeliverySequence[0], 0x30080025, written_as)
    put(beam.ControlPointDeliverySequence[1], 0x30080025, b"2359")
    assert only(whole).started_at == read_as


def test_beam_holds_are_held_and_their_absence_is_not_said() -> None:
    whole, beam = record()
    beam.GatingBeamHoldTransitionSequence = Sequence([Dataset()])
    beam.GatingBeamHoldTransitionSequence[0].BeamHoldTransition = "BEAM_HOLD"
    assert only(whole).held is True
    beam.GatingBeamHoldTransitionSequence = Sequence([])
    assert only(whole).held is False
    remove(beam, 0x300C0125)
    assert only(whole).held is None


def test_a_treatment_session_uid_is_the_session() -> None:
    whole, _ = record()
    whole.TreatmentSessionUID = "1.2.840.99.7"
    assert only(whole).session == "1.2.840.99.7"


def test_an_offset_from_utc_is_stated_and_times_stay_as_written() -> None:
    whole, _ = record()
    whole.TimezoneOffsetFromUTC = "-0500"
    data = written(whole)
    found = evidence_of(data, 0)
    (said,) = found.assertions
    assert (said.name, said.value, data[said.start : said.end].strip()) == ("timezone_offset", "-0500", b"-0500")
    assert found.deliveries[0].started_at == datetime(2026, 1, 5, 9, 0)


def test_verification_images_are_stated_with_their_bytes() -> None:
    whole, beam = record()
    images = []
    for number in range(2):
        image = Dataset()
        image.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.481.1"
        image.ReferencedSOPInstanceUID = f"1.2.840.99.{number}"
        images.append(image)
    beam.ReferencedVerificationImageSequence = Sequence(images)
    data = written(whole)
    (said,) = evidence_of(data, 0).assertions
    assert (said.name, said.value, said.path) == ("verification_images", "2", "(3008,0020)[0].(300C,0040)")
    assert data[said.start : said.end].count(b"1.2.840.99.") == 2


def test_a_re_export_differs_in_nothing_but_its_own_uid_and_bytes() -> None:
    first, _ = record()
    again, _ = record()
    again.SOPInstanceUID = "1.2.840.99.1"
    one, other = only(first), only(again)
    assert one.record != other.record
    assert one._replace(record="", start=0, end=0) == other._replace(record="", start=0, end=0)


def test_names_stay_data_whatever_they_hold() -> None:
    whole, beam = record()
    put(beam, 0x300A00C2, "=HYPERLINK(1)<b>\u202etfel".encode())
    assert only(whole).beam_name == "=HYPERLINK(1)<b>\u202etfel"


@pytest.mark.parametrize(
    ("charset", "name"),
    [
        ("ISO_IR 100", "Größe"),
        ("ISO_IR 192", "Größe 測"),
        ("ISO_IR 144", "Поле"),
        ("GB18030", "射野"),
        (["", "ISO 2022 IR 87"], "山田"),
    ],
)
def test_names_in_the_character_set_of_the_file(charset: str | list[str], name: str) -> None:
    whole, beam = record()
    whole.SpecificCharacterSet = charset
    beam.BeamName = name
    assert only(whole).beam_name == name


def test_a_deflated_record_has_the_whole_file_as_its_place() -> None:
    data = written(record()[0], DeflatedExplicitVRLittleEndian)
    found = evidence_of(data, 0)
    assert [(d.start, d.end, d.beam) for d in found.deliveries] == [(0, len(data), 1)]
