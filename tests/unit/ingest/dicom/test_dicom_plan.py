"""What plans say: header, prescription, approval, setups, beams, and the bytes of each of these."""

import gzip
from collections.abc import Callable

import pydicom
import pytest
from dicom_judge import missing
from dicom_plans import SAMPLES, assert_spans_slice, read, rows, said, sample, the
from pydicom import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)
from shipped import read_plan

from beamclaim.errors import InputError
from beamclaim.model.tables.evidence import Evidence
from beamclaim.synthetic.dicom.plan_parts import PLAN, beam, header, of, written
from beamclaim.synthetic.dicom.plans import KINDS, PRIVATE_PLAN, plan
from beamclaim.synthetic.dicom.shapes import ellipse, still

PLANS = ("sliding_window", "vmat", "rectangle", "flattening_free", "ten_static_fields", "static")

SAYS: dict[str, dict[str, str | None]] = {
    "sliding_window": {
        "label": "B1", "geometry": "patient", "fractions_planned": "7", "dose_gy": "14", "dose_per_fraction_gy": "2",
        "beam_dose_gy": "2", "modality": "photon", "fields": "4", "isocenters": "1", "compensator": "false",
        "approval_status": "unapproved", "setup_technique": "isocentric", "sex": "O",
        "frame_of_reference": "2.16.840.1.113662.2.12.0.3057.1241703565.36",
        "structure_set": "1.2.246.352.71.4.320687012.3190.20090511122144", "energy_mv": None, "blocks": None,
        "technique": "imrt_dynamic", "technique_family": "imrt",
    },
    "vmat": {
        "fractions_planned": "2", "dose_gy": "1", "fields": "2", "energy_mv": "6", "isocenters": "1",
        "technique": "vmat", "prescription_description": "Plan: RxA", "model": "Monaco",
    },
    "rectangle": {"fractions_planned": "1", "dose_gy": "2", "technique": None, "technique_if_targets": "3d_conformal"},
    "flattening_free": {"fractions_planned": "1", "technique": None, "energy_mv": "6"},
    "ten_static_fields": {"fields": "10", "technique": None, "technique_family": "3d_or_2d"},
    "static": {
        "fractions_planned": "30", "dose_gy": "30.8262", "blocks": "none", "technique": None,
        "predecessor": "1.9.999.999.99.9.9999.9999.20030903145128", "technique_if_targets": "3d_conformal",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", PLANS)
def test_a_sample_plan_says_what_it_holds(name: str) -> None:
    evidence = read_plan(sample(name), 3)
    values = said(evidence)
    assert {key: values[key] for key in SAYS[name]} == {key: [value] for key, value in SAYS[name].items()}
    assert not evidence.faults
    assert {row.file for row in rows(evidence)} == {3}
    assert {row.source for row in evidence.assertions} == {"dicom_plan"}


@pytest.mark.parametrize("name", [*PLANS, "truncated", "header_big_endian", "header_little_endian"])
def test_every_span_of_a_sample_slices_to_its_value(name: str) -> None:
    assert_spans_slice(sample(name), read_plan(sample(name), 0))


@pytest.mark.parametrize("is_undefined", [False, True])
@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_a_plan_says_the_same_in_every_encoding_and_every_span_slices(syntax: UID, is_undefined: bool) -> None:
    for kind in ("breath_hold", "proton_uniform", "step_and_shoot"):
        data = written(plan(kind, 5), syntax=syntax, is_undefined=is_undefined)
        evidence = read_plan(data, 0)
        assert said(evidence) == said(read(kind, 5))
        assert_spans_slice(data, evidence)


@pytest.mark.parametrize("kind", KINDS)
def test_plans_written_for_tests_lack_no_element_their_modules_ask_for(kind: str) -> None:
    made = plan(kind, 0)
    if made.SOPClassUID == PRIVATE_PLAN:
        made.SOPClassUID = PLAN
    assert missing(made) == []


def test_the_judge_finds_what_is_missing() -> None:
    made = plan("conformal", 0)
    del made.BeamSequence[1].BeamType
    made.RTPlanLabel = ""
    assert missing(made) == ["rt-general-plan 300a0002: empty", "rt-beams 300a00b0:300a00c4: absent"]


def test_the_same_seed_writes_the_same_plan() -> None:
    assert written(plan("vmat", 1)) == written(plan("vmat", 1)) != written(plan("vmat", 2))


def test_a_truncated_plan_says_what_is_left_and_that_control_points_are_gone() -> None:
    evidence = read_plan(sample("truncated"), 0)
    assert said(evidence)["fractions_planned"] == ["30"]
    assert the(evidence, "technique").value is None
    assert ("count", "(300A,00B0)[0].(300A,0110)") in [(f.kind, f.path) for f in evidence.faults]


@pytest.mark.parametrize("name", ["header_big_endian", "header_little_endian"])
def test_a_header_without_beams_is_a_plan_of_which_little_is_known(name: str) -> None:
    evidence = read_plan(sample(name), 0)
    values = said(evidence)
    assert (values["intent"], values["is_clinical"], values["technique"]) == (["curative"], ["true"], [None])
    missing_paths = {fault.path for fault in evidence.faults if fault.kind == "missing"}
    assert {"(0010,0020)", "(300A,0070)", "(300A,00B0)"} <= missing_paths


@pytest.mark.parametrize("data", [b"", b"\0" * 131, b"not a plan, but a page of text" * 9])
def test_what_is_no_dicom_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        read_plan(data, 0)


def _changed(change: Callable[[Dataset], object], kind: str = "conformal") -> dict[str, list[str | None]]:
    made = plan(kind, 0)
    change(made)
    return said(read_plan(written(made), 0))


def test_beams_are_rows_with_their_group_meterset_and_isocenter() -> None:
    evidence = read("vmat", 0)
    assert [(b.number, b.group, b.is_treatment, b.meterset, b.technique) for b in evidence.beams] == [
        (1, 1, True, 100.0, "vmat"),
        (2, 1, True, 100.0, "vmat"),
        (9, None, False, None, "static"),
    ]
    assert {(b.isocenter_x, b.isocenter_y, b.isocenter_z, b.machine) for b in evidence.beams} == {(0, 0, 0, "LINAC1")}
    assert evidence.frames()["beams"].height == 3


def test_beams_of_no_meterset_and_imaging_beams_are_no_fields() -> None:
    assert said(read("interleaved", 0))["fields"] == ["5"]
    assert said(read("double_stack", 0))["fields"] == ["1"]


def test_approval_needs_status_reviewer_and_date() -> None:
    whole = _changed(lambda p: None)
    assert whole["approved_by"] == ["Reviewer^One"]
    assert (whole["approved_on"], whole["approved_at"]) == (["2025-01-12"], ["2025-01-12T10:15:00"])
    nameless = _changed(lambda p: setattr(p, "ReviewerName", ""))
    assert nameless["approved_by"] == nameless["approved_on"] == [None]
    dateless = _changed(lambda p: setattr(p, "ReviewDate", ""))
    assert dateless["approved_by"] == dateless["approved_on"] == [None]


@pytest.mark.parametrize("status", ["UNAPPROVED", "REJECTED"])
def test_other_statuses_prove_nothing(status: str) -> None:
    values = _changed(lambda p: setattr(p, "ApprovalStatus", status))
    assert values["approval_status"] == [status.lower()]
    assert not {"approved_by", "approved_on"} & set(values)


@pytest.mark.parametrize("intent", ["VERIFICATION", "MACHINE_QA", "RESEARCH", "SERVICE"])
def test_plans_not_to_treat_by_say_so(intent: str) -> None:
    values = _changed(lambda p: setattr(p, "PlanIntent", intent))
    assert (values["intent"], values["is_clinical"]) == ([intent.lower()], ["false"])


def test_several_fraction_groups_are_stated_one_by_one_and_never_summed() -> None:
    def split(made: Dataset) -> None:
        first = made.FractionGroupSequence[0]
        second = of(**{e.keyword: e.value for e in first})
        first.NumberOfFractionsPlanned, second.NumberOfFractionsPlanned, second.FractionGroupNumber = 26, 10, 2
        made.FractionGroupSequence.append(second)

    made = plan("conformal", 0)
    split(made)
    evidence = read_plan(written(made), 0)
    values = said(evidence)
    uid = made.SOPInstanceUID
    by_group = [(s.key, s.value) for s in evidence.assertions if s.name == "fractions_planned"]
    assert by_group == [(f"{uid}/1", "26"), (f"{uid}/2", "10")]
    assert sorted({(b.number, b.group) for b in evidence.beams}) == [(n, g) for n in (1, 2, 3, 4) for g in (1, 2)]
    assert values["fields"] == ["4", "4"]
    assert {s.key for s in evidence.assertions if s.name in ("label", "approval_status")} == {uid}


def test_a_second_target_dose_leaves_the_dose_to_a_physician() -> None:
    boost = of(
        DoseReferenceNumber=2, DoseReferenceStructureType="SITE", DoseReferenceType="TARGET", TargetPrescriptionDose=60
    )
    values = _changed(lambda p: p.DoseReferenceSequence.append(boost))
    assert values["dose_gy"] == [None]
    assert values["target_dose_gy"] == ["50", "60"]


def test_a_point_dose_does_not_outrank_the_targets() -> None:
    point = of(
        DoseReferenceNumber=2,
        DoseReferenceStructureType="COORDINATES",
        DoseReferenceType="TARGET",
        TargetPrescriptionDose=41,
    )
    assert _changed(lambda p: p.DoseReferenceSequence.append(point))["dose_gy"] == ["50"]


def test_a_prescription_that_is_one_fraction_s_dose_is_not_taken_for_the_total() -> None:
    assert _changed(lambda p: setattr(p.DoseReferenceSequence[0], "TargetPrescriptionDose", 2.0))["dose_gy"] == [None]


def test_a_pattern_of_two_digits_a_day_is_twice_daily() -> None:
    def twice(made: Dataset) -> None:
        group = made.FractionGroupSequence[0]
        group.NumberOfFractionPatternDigitsPerDay, group.RepeatFractionCycleLength = 2, 1
        group.FractionPattern = "11" * 5 + "00" * 2

    assert _changed(twice)["fractions_per_day"] == ["2"]


def test_motion_management_is_the_plan_s_intent() -> None:
    evidence = read("breath_hold", 0)
    assert the(evidence, "motion_management").value == "breath_hold"
    assert "not delivery" in str(the(evidence, "motion_management").reason)
    assert said(evidence)["motion_signal"] == ["belt"]
    assert "motion_management" not in said(read("conformal", 0))


def test_a_motion_technique_without_a_word_is_unknown() -> None:
    setup = of(RespiratoryMotionCompensationTechnique="REALTIME")
    values = _changed(lambda p: setattr(p.PatientSetupSequence[0], "MotionSynchronizationSequence", Items([setup])))
    assert values["motion_management"] == [None]


def test_plans_referred_to_are_named_by_their_relationship() -> None:
    def refer(made: Dataset) -> None:
        made.ReferencedRTPlanSequence = Items(
            of(ReferencedSOPClassUID=PLAN, ReferencedSOPInstanceUID=f"1.2.{n}", RTPlanRelationship=word)
            for n, word in enumerate(("PREDECESSOR", "CONCURRENT", "VERIFIED_PLAN"))
        )

    values = _changed(refer)
    assert (values["predecessor"], values["concurrent"], values["verified_plan"]) == (["1.2.0"], ["1.2.1"], ["1.2.2"])


def test_blocks_energies_and_a_private_class() -> None:
    values = _changed(lambda p: setattr(p.BeamSequence[0], "NumberOfBlocks", 1))
    assert values["blocks"] == [None]
    values = _changed(lambda p: setattr(p.BeamSequence[0].ControlPointSequence[0], "NominalBeamEnergy", 15))
    assert values["energy_mv"] == [None]
    assert _changed(lambda p: None, "private_class")["private_sop_class"] == [PRIVATE_PLAN]
    assert _changed(lambda p: None, "two_dimensional")["blocks"] == ["none"]


@pytest.mark.parametrize(
    ("kind", "modality"),
    [("conformal", "photon"), ("electron", "electron"), ("mixed", "mixed"), ("proton_uniform", "proton")],
)
def test_modality_is_that_of_the_beams(kind: str, modality: str) -> None:
    assert _changed(lambda p: None, kind)["modality"] == [modality]


def test_protons_have_a_machine_and_no_level() -> None:
    values = _changed(lambda p: None, "proton_pencil_beam")
    assert (values["machine_kind"], values["proton_level"]) == (["proton"], [None])


def test_photons_of_kilovolts_or_no_radiation_type_are_unknown_modalities() -> None:
    made = header([beam(1, still(ellipse(20, 20), 0.0), energy=0.12)], key="kilovolts")
    assert said(read_plan(written(made), 0))["modality"] == [None]
    made = header([beam(1, still(ellipse(20, 20), 0.0), radiation="")], key="untyped")
    assert said(read_plan(written(made), 0))["modality"] == [None]


def test_brachytherapy_is_out_of_scope_and_high_dose_technique_is_not_brachytherapy() -> None:
    def seeds(made: Dataset) -> None:
        made.FractionGroupSequence[0].NumberOfBrachyApplicationSetups = 1
        del made.BeamSequence

    values = _changed(seeds)
    assert values["out_of_scope"] == ["brachytherapy"] and "technique" not in values
    assert "out_of_scope" not in _changed(lambda p: None, "interleaved")


def test_a_beam_a_group_names_and_the_file_does_not_hold_leaves_counts_unknown() -> None:
    values = _changed(lambda p: p.BeamSequence.pop())
    assert values["fields"] == values["isocenters"] == values["technique"] == [None]
    assert "technique_if_targets" not in values


def test_nothing_a_patient_is_called_is_ever_said() -> None:
    for name in PLANS:
        evidence = read_plan(sample(name), 0)
        name_of = str(pydicom.dcmread(SAMPLES / f"{name}.dcm", force=True).PatientName)
        assert name_of and not any(name_of in str(row) for row in [*evidence.assertions, *evidence.faults])


def test_faults_never_quote_what_the_file_holds() -> None:
    made = plan("conformal", 0)
    frame = made.FrameOfReferenceUID.encode()
    data = written(made).replace(frame, b"../SECRET".ljust(len(frame), b"/")).replace(b"20250112", b"20251399")
    evidence = read_plan(data, 0)
    assert {f.path for f in evidence.faults} == {"(0020,0052)", "(300E,0004)"}
    assert not any("SECRET" in str(fault) or "1399" in str(fault) for fault in evidence.faults)
    assert "frame_of_reference" not in said(evidence)
    assert said(evidence)["approved_on"] == [None]
    unknown = read_plan(written(made).replace(b"APPROVED", b"SECRETED"), 0)
    assert [f.path for f in unknown.faults] == ["(300E,0002)"] and "SECRET" not in str(unknown.faults)


def test_a_deflated_plan_has_the_whole_file_as_its_place() -> None:
    made = plan("conformal", 0)
    data = written(made, syntax=DeflatedExplicitVRLittleEndian)
    evidence = read_plan(data, 0)
    assert said(evidence) == said(read("conformal", 0))
    assert {(row.start, row.end) for row in evidence.assertions} == {(0, len(data))}


def test_the_compressed_structure_set_fixture_is_whole() -> None:
    assert len(gzip.decompress((SAMPLES / "structure_set_breast.dcm.gz").read_bytes())) == 1_940_626


@pytest.mark.parametrize(("tag", "value"), [("RTPlanGeometry", "VERIFICATION"), ("PlanIntent", "CHECKED")])
def test_a_word_that_is_none_of_the_standard_leaves_open_whether_the_plan_treats(tag: str, value: str) -> None:
    values = _changed(lambda p: setattr(p, tag, value))
    assert None in values["is_clinical"]


@pytest.mark.parametrize("intent", ["", "CURATIVE"])
def test_a_plan_that_verifies_another_may_be_none_to_treat_by(intent: str) -> None:
    def verify(made: Dataset) -> None:
        made.PlanIntent = intent
        made.ReferencedRTPlanSequence = Items(
            [of(ReferencedSOPInstanceUID="1.2.3", RTPlanRelationship="VERIFIED_PLAN")]
        )

    assert None in _changed(verify)["is_clinical"]


def _with_a_boost(made: Dataset) -> Dataset:
    """The plan with its last beam in a fraction group of its own."""
    first = made.FractionGroupSequence[0]
    boost = of(**{e.keyword: e.value for e in first})
    boost.FractionGroupNumber, boost.NumberOfBeams = 2, 1
    first.ReferencedBeamSequence, boost.ReferencedBeamSequence = (
        first.ReferencedBeamSequence[:4],
        first.ReferencedBeamSequence[4:],
    )
    first.NumberOfBeams = 4
    made.FractionGroupSequence.append(boost)
    made.BeamSequence[4].ControlPointSequence[0].IsocenterPosition = [80.0, 0.0, 0.0]
    return made


def _of_group(evidence: Evidence, number: int) -> dict[str, str | None]:
    return {s.name: s.value for s in evidence.assertions if s.key.endswith(f"/{number}") and s.subject == "plan"}


def test_each_fraction_group_says_what_its_own_beams_are() -> None:
    evidence = read_plan(written(_with_a_boost(plan("mixed", 0))), 0)
    first, boost = _of_group(evidence, 1), _of_group(evidence, 2)
    assert (first["fields"], first["modality"], first["isocenters"]) == ("4", "photon", "1")
    assert (boost["fields"], boost["modality"], boost["isocenters"]) == ("1", "electron", "1")
    assert boost["technique"] == "electron_field"


def test_a_prescribed_dose_is_that_of_the_fraction_group_that_names_it() -> None:
    made = _with_a_boost(plan("mixed", 0))
    target = made.DoseReferenceSequence[0]
    boost = of(**{e.keyword: e.value for e in target})
    target.DoseReferenceNumber, boost.DoseReferenceNumber, boost.TargetPrescriptionDose = 1, 2, 10
    made.DoseReferenceSequence.append(boost)
    assert {_of_group(read_plan(written(made), 0), n)["dose_gy"] for n in (1, 2)} == {None}
    for group, number in zip(made.FractionGroupSequence, (1, 2), strict=True):
        group.ReferencedDoseReferenceSequence = Items([of(ReferencedDoseReferenceNumber=number)])
    evidence = read_plan(written(made), 0)
    assert [_of_group(evidence, n)["dose_gy"] for n in (1, 2)] == [f"{target.TargetPrescriptionDose:g}", "10"]
    made.FractionGroupSequence[1].ReferencedDoseReferenceSequence[0].ReferencedDoseReferenceNumber = 1
    assert {_of_group(read_plan(written(made), 0), n)["dose_gy"] for n in (1, 2)} == {None}
    made.FractionGroupSequence[1].ReferencedDoseReferenceSequence[0].TargetPrescriptionDose = 14
    assert _of_group(read_plan(written(made), 0), 2)["dose_gy"] == "14"


def test_fraction_groups_of_one_number_say_nothing_of_one_fraction() -> None:
    made = _with_a_boost(plan("mixed", 0))
    made.FractionGroupSequence[1].FractionGroupNumber = 1
    evidence = read_plan(written(made), 0)
    values = said(evidence)
    assert values["fields"] == values["modality"] == values["isocenters"] == values["fractions_planned"] == [None]
    assert "(300A,0070)" in {fault.path for fault in evidence.faults}


def test_a_brachytherapy_group_leaves_the_external_group_beside_it_alone() -> None:
    made = _with_a_boost(plan("mixed", 0))
    boost = made.FractionGroupSequence[1]
    boost.NumberOfBrachyApplicationSetups, boost.NumberOfBeams = 1, 0
    del boost.ReferencedBeamSequence
    evidence = read_plan(written(made), 0)
    assert "out_of_scope" not in _of_group(evidence, 1) and _of_group(evidence, 1)["fields"] == "4"
    assert _of_group(evidence, 2)["out_of_scope"] == "brachytherapy" and "fields" not in _of_group(evidence, 2)


def test_a_plan_in_patient_geometry_without_structure_set_and_empty_weights_are_faults() -> None:
    made = plan("conformal", 0)
    del made.ReferencedStructureSetSequence
    for point in [*made.BeamSequence[0].ControlPointSequence[1:], *made.BeamSequence[1].ControlPointSequence]:
        point.CumulativeMetersetWeight = None
    del made.BeamSequence[0].FinalCumulativeMetersetWeight
    paths = {fault.path for fault in read_plan(written(made), 0).faults}
    assert paths == {"(300C,0060)", "(300A,00B0)[0].(300A,0111)"}
