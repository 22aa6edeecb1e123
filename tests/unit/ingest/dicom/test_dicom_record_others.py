"""Summaries, images of the day, brachytherapy, newer objects, and what no reader knows."""

import pytest
from dicom_files import put, remove
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from shipped import evidence_of

from beamclaim.model.persona import Persona
from beamclaim.model.tables.evidence import Evidence
from beamclaim.synthetic.dicom.records import Session, session_record, summary_record, written


def said(found: Evidence) -> list[tuple[str, str, str | None]]:
    return [(s.subject, s.name, s.value) for s in found.assertions]


def bare(sop_class: str, modality: str) -> Dataset:
    """An object with the common modules and nothing of its own."""
    whole = session_record(Session())
    remove(whole, 0x30080020)
    whole.SOPClassUID = sop_class
    whole.Modality = modality
    return whole


def test_a_summary_counts_fractions_and_their_ends() -> None:
    summary = summary_record(Session(), fractions=2)
    data = written(summary)
    found = evidence_of(data, 0)
    assert found.faults == []
    assert said(found) == [
        ("plan", "first_treated_on", "2026-01-05"),
        ("plan", "last_treated_on", "2026-01-06"),
        ("plan", "fractions_planned", "30"),
        ("plan", "fractions_delivered", "2"),
        ("fraction", "fraction", "1"),
        ("fraction", "started_at", "2026-01-05T09:00:00"),
        ("fraction", "termination", "normal"),
        ("fraction", "fraction", "2"),
        ("fraction", "started_at", "2026-01-06T09:00:00"),
        ("fraction", "termination", "normal"),
        ("plan", "current_treatment_status", "on_treatment"),
    ]
    plan = summary.ReferencedRTPlanSequence[0].ReferencedSOPInstanceUID
    assert {s.key for s in found.assertions} == {plan, f"{plan}/1", f"{plan}/1/1", f"{plan}/1/2"}
    assert {s.reason for s in found.assertions if s.name.startswith("fractions_")} == {"fraction group 1"}
    named = {(s.source, Persona.read(s.patient).name) for s in found.assertions if s.patient}
    assert named == {("dicom_summary", "SYN0001")}
    for assertion in found.assertions:
        raw = data[assertion.start : assertion.end].strip().decode()
        value = str(assertion.value).upper().replace("-", "")
        assert raw in {value, str(assertion.value).upper()} or value.startswith(raw)


def test_a_summary_cut_anywhere_confirms_nothing() -> None:
    whole = summary_record(Session(), fractions=2)
    whole.CurrentTreatmentStatus = "COMPLETED"
    data = written(whole)
    for end in range(len(data) // 2, len(data) - 120, 7):
        found = evidence_of(data[:end], 0)
        if found.faults:
            assert not [s for s in found.assertions if s.name == "current_treatment_status" and s.value is not None]


def test_a_summary_without_a_plan_is_of_the_course() -> None:
    summary = summary_record(Session(), fractions=1)
    summary.ReferencedRTPlanSequence = Sequence([])
    found = evidence_of(written(summary), 0)
    assert {(s.subject, s.key) for s in found.assertions if s.subject != "fraction"} == {
        ("course", summary.SOPInstanceUID)
    }


def test_a_summary_of_nothing_delivered() -> None:
    summary = summary_record(Session(), fractions=0, status="NOT_STARTED")
    assert said(evidence_of(written(summary), 0)) == [
        ("plan", "fractions_planned", "30"),
        ("plan", "fractions_delivered", "0"),
        ("plan", "current_treatment_status", "not_started"),
    ]


def test_a_brachytherapy_record_is_never_a_delivery() -> None:
    found = evidence_of(written(bare("1.2.840.10008.5.1.4.1.1.481.6", "RTRECORD")), 0)
    assert found.deliveries == []
    (only,) = found.assertions
    assert (only.subject, only.name, only.value, only.who) == ("session", "brachytherapy", "2026-01-05", None)


def test_a_brachytherapy_record_is_known_by_its_content_too() -> None:
    whole = bare("1.2.3.4", "RTRECORD")
    whole.TreatmentSessionApplicationSetupSequence = Sequence([Dataset()])
    assert [s.name for s in evidence_of(written(whole), 0).assertions] == ["brachytherapy"]


@pytest.mark.parametrize("number", range(10, 21))
def test_a_second_generation_object_is_mentioned_and_not_read(number: int) -> None:
    found = evidence_of(written(bare(f"1.2.840.10008.5.1.4.1.1.481.{number}", "RTRAD")), 0)
    assert found.deliveries == []
    assert [s.name for s in found.assertions] == ["unsupported_generation"]
    assert [fault.kind for fault in found.faults] == ["not_read"]


@pytest.mark.parametrize("modality", ["RTIMAGE", "CT", "REG"])
def test_an_image_of_the_day_is_a_hint(modality: str) -> None:
    whole = bare("1.2.840.10008.5.1.4.1.1.481.1", modality)
    data = written(whole)
    found = evidence_of(data, 0)
    assert said(found) == [
        ("session", "image", modality),
        ("session", "image_at", "2026-01-05T09:00:00"),
        ("session", "frame_of_reference", whole.FrameOfReferenceUID),
        ("session", "dicom_plan", whole.ReferencedRTPlanSequence[0].ReferencedSOPInstanceUID),
    ]
    assert data[found.assertions[0].start : found.assertions[0].end].strip().decode() == modality
    assert found.deliveries == []


def test_content_is_believed_over_class_and_modality() -> None:
    whole = session_record(Session())
    whole.SOPClassUID = "1.2.840.10008.5.1.4.1.1.481.5"
    whole.Modality = "RTPLAN"
    assert len(evidence_of(written(whole), 0).deliveries) == 1


def test_a_private_class_with_beams_is_a_record() -> None:
    whole = session_record(Session())
    whole.SOPClassUID = "1.2.246.352.70.1.71"
    put(whole, 0x00080060, b"OT")
    assert len(evidence_of(written(whole), 0).deliveries) == 1


def test_a_record_without_content_says_what_is_missing() -> None:
    found = evidence_of(written(bare("1.2.840.10008.5.1.4.1.1.481.4", "RTRECORD")), 0)
    assert [(fault.kind, fault.path) for fault in found.faults] == [("missing", "(3008,0020)")]


def test_another_object_is_not_read() -> None:
    found = evidence_of(written(bare("1.2.840.10008.5.1.4.1.1.88.11", "SR")), 0)
    assert [(fault.kind, fault.found) for fault in found.faults] == [("not_read", "another object")]


def test_a_directory_is_not_followed() -> None:
    whole = bare("1.2.840.10008.1.3.10", "OT")
    entry = Dataset()
    put(entry, 0x00041500, b"..\\..\\ETC")
    whole.DirectoryRecordSequence = Sequence([entry])
    found = evidence_of(written(whole), 0)
    assert [(fault.kind, "not followed" in fault.found) for fault in found.faults] == [("not_read", True)]
    assert found.assertions == []
