"""Structure sets and doses: targets drawn or not, a dose grid there or not, and the bytes of it."""

import gzip

import pytest
from dicom_plans import SAMPLES, assert_spans_slice, said, sample
from pydicom import Dataset

from beamclaim.errors import InputError
from beamclaim.ingest.dicom.dose import read_dose
from beamclaim.ingest.dicom.structure_set import read_structure_set
from beamclaim.synthetic.dicom.plan_parts import STRUCTURE_SET, of, written


def _breast() -> bytes:
    return gzip.decompress((SAMPLES / "structure_set_breast.dcm.gz").read_bytes())


def _regions(*regions: tuple[str, str, bool]) -> Dataset:
    """A structure set of regions: name, interpreted type, whether it has a contour."""
    contour = of(ContourGeometricType="POINT", NumberOfContourPoints=1, ContourData=[0.0, 0.0, 0.0])
    return of(
        SOPClassUID=STRUCTURE_SET,
        SOPInstanceUID="1.2.3",
        Modality="RTSTRUCT",
        PatientID="P1",
        StructureSetLabel="SET",
        StructureSetROISequence=[
            of(ROINumber=n, ReferencedFrameOfReferenceUID="1.2.9", ROIName=name)
            for n, (name, _, _) in enumerate(regions)
        ],
        ROIContourSequence=[
            of(ReferencedROINumber=n, **({"ContourSequence": [contour]} if drawn else {}))
            for n, (_, _, drawn) in enumerate(regions)
        ],
        RTROIObservationsSequence=[
            of(ObservationNumber=n, ReferencedROINumber=n, RTROIInterpretedType=kind, ROIInterpreter="")
            for n, (_, kind, _) in enumerate(regions)
        ],
    )


@pytest.mark.parametrize(
    ("regions", "has_targets", "targets"),
    [
        ([("PTV_50", "PTV", True), ("Lung", "ORGAN", True)], "true", "PTV"),
        ([("a", "CTV", True), ("b", "GTV", True), ("c", "PTV", False)], "true", "CTV;GTV"),
        ([("PTV_50", "PTV", False)], None, None),
        ([("zPTV 50", "", True)], None, None),
        ([("Lung", "ORGAN", True), ("External", "EXTERNAL", True)], "false", None),
    ],
)
def test_targets_are_regions_interpreted_as_such_with_contours(
    regions: list[tuple[str, str, bool]], has_targets: str | None, targets: str | None
) -> None:
    data = written(_regions(*regions))
    evidence = read_structure_set(data, 0)
    values = said(evidence)
    assert values["has_targets"] == [has_targets]
    assert values.get("targets", [None]) == [targets]
    assert values["frame_of_reference"] == ["1.2.9"]
    assert_spans_slice(data, evidence)


def test_a_sample_structure_set_has_targets_and_its_reviewer() -> None:
    evidence = read_structure_set(_breast(), 0)
    values = said(evidence)
    assert (values["has_targets"], values["targets"]) == (["true"], ["CTV;GTV"])
    assert (values["approved_by"], values["approved_on"]) == (["anonymous"], ["1901-01-01"])
    assert values["frame_of_reference"] == ["2.16.840.1.113662.2.12.0.3057.1241703565.36"]
    assert {row.subject for row in evidence.assertions} == {"structure_set", "patient"}
    assert_spans_slice(_breast(), evidence)


def test_a_sample_structure_set_without_targets() -> None:
    values = said(read_structure_set(sample("structure_set"), 0))
    assert (values["has_targets"], values["birth_date"], values["sex"]) == (["false"], ["1969-12-31"], ["M"])


@pytest.mark.parametrize(
    ("name", "grid"),
    [("dose", "true"), ("dose_expb", "true"), ("dose_rle", "true"), ("dose_1frame", None), ("dose_bad_vr", None)],
)
def test_sample_doses_are_of_a_plan_and_have_a_grid_or_not(name: str, grid: str | None) -> None:
    evidence = read_dose(sample(name), 0)
    values = said(evidence)
    assert values["has_dose_grid"] == [grid]
    assert values["dicom_plan"] == ["1.2.123.456.78.9.0123.4567.89012345678901"]
    assert (values["dose_kind"], values["dose_summation"]) == (["physical"], ["beam"])
    assert_spans_slice(sample(name), evidence)


def test_a_dose_cut_before_its_grid_does_not_say_that_it_has_one() -> None:
    assert said(read_dose(sample("dose")[:1520], 0))["has_dose_grid"] == [None]


@pytest.mark.parametrize("read", [read_structure_set, read_dose])
def test_what_is_no_dicom_is_refused(read: object) -> None:
    with pytest.raises(InputError):
        read(b"plain text, nothing else" * 20, 0)  # type: ignore[operator]
