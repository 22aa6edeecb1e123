"""Plans that look like one technique and may be another: unknown, never the likelier of the two."""

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from dicom_plans import said, the
from pydicom import Dataset
from pydicom.sequence import Sequence as Items
from shipped import read_plan

from beamclaim.synthetic.dicom.plan_parts import JAWS, beam, header, of, written
from beamclaim.synthetic.dicom.plans import plan
from beamclaim.synthetic.dicom.shapes import Point, arc, ellipse, jaws, segments, still, window


def _values(*beams: Dataset, **more: Any) -> dict[str, list[str | None]]:
    return said(read_plan(written(header(beams, key="doubtful", **more)), 0))


def _words(*beams: Dataset) -> list[str | None]:
    return [b.technique for b in read_plan(written(header(beams, key="doubtful")), 0).beams]


def _electrons(count: int, half: float, kind: str | None = None, **elements: Any) -> list[Dataset]:
    points = [Point(0.0, positions=jaws(half)), Point(1.0, positions=jaws(half))]
    if kind is not None:
        elements["ApplicatorSequence"] = Items([of(ApplicatorID="A", ApplicatorType=kind)])
    return [beam(n + 1, points, radiation="ELECTRON", energy=9.0, devices=JAWS, **elements) for n in range(count)]


@pytest.mark.parametrize(
    "beams",
    [
        _electrons(6, 180, "ELECTRON_OPEN"),
        _electrons(3, 150),
        _electrons(1, 130, "ELECTRON_OPEN"),
        _electrons(1, 50, "INTRAOPERATIVE"),
        _electrons(4, 50, ""),
        _electrons(1, 50, "ELECTRON_SQUARE", HighDoseTechniqueType="HDR"),
    ],
)
def test_electrons_that_may_be_more_than_a_field_are_unknown(beams: list[Dataset]) -> None:
    values = _values(*beams)
    assert values["technique"] == [None] and values["technique_family"] == ["electron"]


def test_electrons_from_a_turning_gantry_are_no_plain_field() -> None:
    points = [Point(n / 4, 10.0 * n, "CW" if n < 4 else "NONE", jaws(50)) for n in range(5)]
    assert _values(beam(1, points, radiation="ELECTRON", energy=9.0, devices=JAWS))["technique"] == [None]


@pytest.mark.parametrize("kind", ["ELECTRON_SQUARE", "ELECTRON_RECT", "ELECTRON_CIRC", "ELECTRON_SHORT"])
def test_jaws_behind_a_limiting_applicator_may_stand_wide(kind: str) -> None:
    assert _values(*_electrons(2, 150, kind))["technique"] == ["electron_field"]


def _sweep_of_one_line(rows: int = 8) -> list[Point]:
    """One bank sweeps as a straight line over an open field, the other stands."""
    inside = np.abs(np.arange(40) - 19.5) < rows
    return [Point(n / 20, 50.0, positions={**jaws(), "MLCX": window(-40.0 + 3.5 * n, 40.0, inside)}) for n in range(21)]


def test_a_wedge_made_by_leaves_is_unknown() -> None:
    assert _words(beam(1, _sweep_of_one_line()), beam(2, _sweep_of_one_line(12))) == ["unknown", "unknown"]


def test_a_gap_that_sweeps_alike_in_all_rows_is_unknown() -> None:
    inside = np.abs(np.arange(40) - 19.5) < 8
    points = [
        Point(n / 20, 0.0, positions={**jaws(), "MLCX": window(-50.0 + 4 * n, -35.0 + 4 * n, inside)})
        for n in range(21)
    ]
    assert _words(beam(1, points)) == ["unknown"]


@pytest.mark.parametrize("seed", range(5))
def test_leaves_that_tremble_stand_still(seed: int) -> None:
    random = np.random.default_rng(seed)
    shape = np.array(ellipse(40, 40))
    points = [
        Point(n / 30, 0.0, positions={**jaws(), "MLCX": [*np.round(shape + random.choice([0.0, 0.3], 80), 2)]})
        for n in range(31)
    ]
    assert _words(beam(1, points)) == ["static"]


def test_segments_that_tremble_are_no_sliding_window() -> None:
    steady = segments([ellipse(40, 40), ellipse(20, 40, x=15), ellipse(25, 30, x=-10)], [0.4, 0.3, 0.3], 0.0)
    points = []
    for place, point in enumerate(steady):
        shape = np.array(point.positions["MLCX"]) + 0.3 * (place % 2)
        points.append(replace(point, positions={**point.positions, "MLCX": [*np.round(shape, 2)]}))
    assert _words(beam(1, points)) == ["segmented"]


@pytest.mark.parametrize("pieces", [2, 4])
def test_an_arc_of_few_even_pieces_may_be_a_weighted_conformal_one(pieces: int) -> None:
    points = arc(Random(1), -170.0, 170.0, 121, 0.0)
    rates = 1 + 0.4 * (np.arange(120) * pieces // 120 % 2)
    weights = np.concatenate([[0.0], np.cumsum(rates) / rates.sum()])
    weighted = [replace(p, weight=float(w)) for p, w in zip(points, weights, strict=True)]
    assert _words(beam(1, weighted, kind="DYNAMIC")) == ["unknown"]


def _moved(number: int, **elements: Any) -> Dataset:
    points = [replace(p, isocenter=(0.0, 0.0, 90.0)) for p in still(ellipse(30, 30), 0.0)]
    return beam(number, points, **elements)


def _without_type_and_meterset(made: Dataset, number: int) -> Dataset:
    del made.BeamSequence[number - 1].TreatmentDeliveryType
    del made.FractionGroupSequence[0].ReferencedBeamSequence[number - 1].BeamMeterset
    return made


def test_a_beam_without_type_and_meterset_may_be_an_image() -> None:
    made = header([*(beam(n, still(ellipse(30, 30), 90.0 * n)) for n in (1, 2)), _moved(3)], key="untyped")
    evidence = read_plan(written(_without_type_and_meterset(made, 3)), 0)
    values = said(evidence)
    assert values["fields"] == values["isocenters"] == [None]
    assert [b.is_treatment for b in evidence.beams] == [True, True, None]


def test_a_plan_without_any_type_and_meterset_keeps_what_all_its_beams_share() -> None:
    made = plan("vmat", 0)
    for number in range(1, len(made.BeamSequence)):
        if number <= len(made.FractionGroupSequence[0].ReferencedBeamSequence):
            _without_type_and_meterset(made, number)
    values = said(read_plan(written(made), 0))
    assert (values["technique"], values["isocenters"], values["fields"]) == (["vmat"], ["1"], [None])


def test_kilovolts_beside_megavolts_may_be_an_image() -> None:
    image = _moved(3, energy=0.12)
    made = header([*(beam(n, still(ellipse(30, 30), 90.0 * n)) for n in (1, 2)), image], key="kilovolt")
    values = said(read_plan(written(made), 0))
    assert values["fields"] == values["isocenters"] == values["modality"] == [None]


def test_a_doubtful_beam_that_alone_is_modulated_leaves_the_technique_unknown() -> None:
    made = header([beam(1, still(ellipse(30, 30), 0.0)), *plan("vmat", 0).BeamSequence[1:2]], key="alone")
    read = the(read_plan(written(_without_type_and_meterset(made, 2)), 0), "technique")
    assert read.value is None and "image" in str(read.reason)


@pytest.mark.parametrize(
    ("dose", "beam_dose", "fractions"), [(1000.0, 2.0, 5), (5000.0, 2.0, 25), (180.0, 180.0, 100), (50.0, 200.0, 25)]
)
def test_a_dose_that_cannot_be_in_gray_is_unknown(dose: float, beam_dose: float, fractions: int) -> None:
    made = header([beam(1, still(ellipse(30, 30), 0.0))], key="cgy", dose=dose, fractions=fractions)
    made.FractionGroupSequence[0].ReferencedBeamSequence[0].BeamDose = beam_dose
    values = said(read_plan(written(made), 0))
    assert values["dose_gy"] == [None] and "dose_per_fraction_gy" not in values
