"""Technique: right or unknown on every plan, never wrong, and sure where it must be."""

from collections import Counter
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from dicom_plans import made, read, said, sample, the
from hypothesis import given, settings
from hypothesis import strategies as some
from pydicom import Dataset
from shipped import SHIPPED, read_plan

from beamclaim.ingest.dicom.plan.isocenters import isocenters
from beamclaim.ingest.dicom.plan.motion import travel
from beamclaim.synthetic.dicom.plan_parts import beam, header, written
from beamclaim.synthetic.dicom.plans import KINDS, plan
from beamclaim.synthetic.dicom.shapes import Point, arc, ellipse, jaws, segments, still, sweep

SEEDS = range(3)
SURE = {
    "step_and_shoot", "sliding_window", "vmat", "helical", "electron", "double_stack", "interleaved", "sweep_back",
    "private_class",
}  # fmt: skip
"""Kinds whose technique a plan alone tells."""
WITH_TARGETS = {
    "conformal", "field_in_field", "dynamic_wedge", "conformal_arc", "avoidance_sector", "mixed", "two_isocenters",
    "nearly_one_isocenter", "breath_hold",
}  # fmt: skip
"""Kinds that are 3D conformal once a structure set with targets and a dose are shown."""


def _technique(of: Dataset) -> str | None:
    return the(read_plan(written(of), 0), "technique").value


def _beams(*beams: Dataset, fractions: int = 25, dose: float = 50.0) -> Dataset:
    return header(beams, key="beams", fractions=fractions, dose=dose)


@pytest.mark.parametrize("kind", [kind for kind, (truth, _) in KINDS.items() if truth])
def test_the_technique_of_a_plan_is_right_or_unknown_and_an_unknown_says_who_can_settle_it(kind: str) -> None:
    truth, _ = KINDS[kind]
    confusion: Counter[str | None] = Counter()
    for seed in SEEDS:
        evidence = read(kind, seed)
        assertion = the(evidence, "technique")
        confusion[assertion.value] += 1
        if assertion.value is None:
            assert assertion.reason and assertion.who
        assert said(evidence).get("technique_if_targets", [truth]) == [truth]
        assert ("technique_if_targets" in said(evidence)) == (kind in WITH_TARGETS)
    assert set(confusion) == ({truth} if kind in SURE else {None})


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("proton_pencil_beam", "pencil_beam"),
        ("proton_scattering", "scattering"),
        ("proton_uniform", "uniform_scanning"),
    ],
)
def test_ion_plans_have_a_scan_mode_and_no_technique_of_the_form(kind: str, word: str) -> None:
    values = said(read(kind, 0))
    assert values["technique_family"] == [word]
    assert "technique" not in values


BEAM_WORDS = {
    "conformal": {"static"}, "two_dimensional": {"static"}, "field_in_field": {"field_in_field"},
    "dynamic_wedge": {"dynamic_wedge"}, "step_and_shoot": {"segmented"}, "sliding_window": {"sliding_window"},
    "conformal_arc": {"conformal_arc"}, "avoidance_sector": {"conformal_arc"}, "vmat": {"vmat"},
    "helical": {"helical"}, "electron": {"electron"}, "compensator": {"compensator"}, "mixed": {"static", "electron"},
    "double_stack": {"sliding_window"}, "interleaved": {"segmented"}, "sweep_back": {"vmat"},
}  # fmt: skip


@pytest.mark.parametrize("kind", BEAM_WORDS)
def test_each_treatment_beam_is_what_it_was_made_as(kind: str) -> None:
    evidence = read(kind, 1)
    assert {b.technique for b in evidence.beams if b.is_treatment} == BEAM_WORDS[kind]


@pytest.mark.parametrize(
    ("name", "word", "count"),
    [
        ("sliding_window", "sliding_window", 4),
        ("vmat", "vmat", 2),
        ("rectangle", "static", 1),
        ("flattening_free", "static", 1),
        ("ten_static_fields", "static", 10),
        ("static", "static", 1),
        ("truncated", "unknown", 1),
    ],
)
def test_beams_of_sample_plans_are_what_their_makers_say(name: str, word: str, count: int) -> None:
    assert [each.technique for each in read_plan(sample(name), 0).beams] == [word] * count


@pytest.mark.parametrize(
    ("kind", "families"),
    [
        ("radiosurgery", ("imrt", "vmat")),
        ("body_stereotactic", ("imrt", "vmat")),
        ("single_palliative", ("3d_or_2d", None)),
    ],
)
def test_few_fractions_of_a_high_dose_are_left_to_a_physician(kind: str, families: tuple[str, str | None]) -> None:
    evidence = read(kind, 0)
    values = said(evidence)
    assert the(evidence, "technique").who == "physician"
    assert values["technique_family"] == [families[0]]
    assert values.get("technique_if_not_stereotactic", [None]) == [families[1]]
    assert "technique_if_targets" not in values


def test_five_fractions_of_unknown_dose_cannot_exclude_stereotactic_treatment() -> None:
    plan_made = plan("vmat", 0)
    plan_made.FractionGroupSequence[0].NumberOfFractionsPlanned = 5
    del plan_made.DoseReferenceSequence
    assert _technique(plan_made) is None
    plan_made.FractionGroupSequence[0].NumberOfFractionsPlanned = 6
    assert _technique(plan_made) == "vmat"


def test_five_fractions_of_a_low_dose_exclude_it() -> None:
    plan_made = plan("vmat", 0)
    plan_made.FractionGroupSequence[0].NumberOfFractionsPlanned = 5
    plan_made.DoseReferenceSequence[0].TargetPrescriptionDose = 20.0
    for reference in plan_made.FractionGroupSequence[0].ReferencedBeamSequence:
        reference.BeamDose = 2.0
    assert _technique(plan_made) == "vmat"


def test_total_body_setup_has_no_word() -> None:
    plan_made = plan("conformal", 0)
    plan_made.PatientSetupSequence[0].SetupTechnique = "TBI"
    values = said(read_plan(written(plan_made), 0))
    assert values["technique"] == [None] and "technique_if_targets" not in values


def test_modulated_arcs_between_the_limits_are_left_to_a_physicist() -> None:
    count = 121
    points = arc(Random(1), -170.0, 170.0, count, 0.0)
    rates = 1 + 0.05 * np.sin(np.arange(count - 1))  # a variation of 0.035
    weights = np.concatenate([[0.0], np.cumsum(rates) / rates.sum()])
    plan_made = _beams(beam(1, [replace(p, weight=float(w)) for p, w in zip(points, weights, strict=True)]))
    assertion = the(read_plan(written(plan_made), 0), "technique")
    assert (assertion.value, assertion.who) == (None, "physicist")


def test_few_segments_are_left_to_a_physicist() -> None:
    apertures = [ellipse(40, 40), ellipse(20, 40, x=15), ellipse(25, 30, x=-10)]
    plan_made = _beams(*(beam(n + 1, segments(apertures, [0.4, 0.3, 0.3], 72.0 * n)) for n in range(4)))
    evidence = read_plan(written(plan_made), 0)
    assert {each.technique for each in evidence.beams} == {"segmented"}
    assert the(evidence, "technique").value is None


def test_an_arc_and_a_sliding_window_in_one_plan_are_imrt_of_no_single_word() -> None:
    plan_made = _beams(beam(1, arc(Random(2), -170.0, 170.0, 60, 0.7)), beam(2, sweep(Random(3), 0.0, 60)))
    values = said(read_plan(written(plan_made), 0))
    assert (values["technique"], values["technique_family"]) == ([None], ["imrt"])


def test_leaves_that_move_behind_closed_jaws_or_parked_together_do_not_count() -> None:
    hidden = [
        Point(n / 10, 0.0, positions={"ASYMX": [-20.0, 20.0], "ASYMY": [-20.0, 20.0], "MLCX": ellipse(90 - n, 95)})
        for n in range(11)
    ]
    evidence = read_plan(written(_beams(beam(1, hidden))), 0)
    assert [each.technique for each in evidence.beams] == ["static"]


def test_jaws_alone_never_make_imrt() -> None:
    shape = ellipse(45, 45)
    points = [
        Point(n / 10, 0.0, positions={"ASYMX": [-50.0 + 6 * n, 50.0], "ASYMY": [-50.0, 50.0], "MLCX": shape})
        for n in range(11)
    ]
    assert [each.technique for each in read_plan(written(_beams(beam(1, points))), 0).beams] == ["dynamic_wedge"]


def test_jaws_that_move_as_no_wedge_s_do_leave_the_beam_unknown() -> None:
    shape = ellipse(45, 45)
    to_and_fro = [-50.0, -20.0, 10.0, -20.0, -50.0, -20.0]
    points = [
        Point(n / 5, 0.0, positions={"ASYMX": [left, 50.0], "ASYMY": [-50.0, 50.0], "MLCX": shape})
        for n, left in enumerate(to_and_fro)
    ]
    turning = [replace(point, gantry=30.0 * n, turn="CW" if n < 5 else "NONE") for n, point in enumerate(points)]
    evidence = read_plan(written(_beams(beam(1, points), beam(2, turning))), 0)
    assert [each.technique for each in evidence.beams] == ["unknown", "unknown"]


def test_a_collimator_that_leaves_nothing_open_tells_nothing() -> None:
    evidence = read_plan(written(_beams(beam(1, still([0.0] * 80, 0.0)))), 0)
    assert [each.technique for each in evidence.beams] == ["unknown"]


def test_an_arc_that_gives_part_of_its_meterset_at_rest_is_unknown() -> None:
    points = arc(Random(4), -90.0, 90.0, 41, 0.0, fixed=True)
    halted = [*(replace(p, weight=(p.weight or 0) * 0.8) for p in points), replace(points[-1], weight=1.0)]
    evidence = read_plan(written(_beams(beam(1, halted))), 0)
    assert [each.technique for each in evidence.beams] == ["unknown"]


def test_part_of_the_meterset_with_moving_leaves_is_neither_still_nor_a_sliding_window() -> None:
    moving = sweep(Random(5), 0.0, 20)
    partly = [replace(p, weight=(p.weight or 0) * 0.3) for p in moving]
    evidence = read_plan(written(_beams(beam(1, [*partly, replace(partly[-1], weight=1.0)]))), 0)
    assert [each.technique for each in evidence.beams] == ["unknown"]


def _everything_written(plan_made: Dataset) -> Dataset:
    """The same plan with every control point repeating what it could leave out."""
    for each in plan_made.BeamSequence:
        state: dict[str, object] = {}
        for point in each.ControlPointSequence:
            for keyword in ("GantryAngle", "GantryRotationDirection", "IsocenterPosition"):
                state[keyword] = point.get(keyword, state.get(keyword))
                setattr(point, keyword, state[keyword])
            devices = {str(d.RTBeamLimitingDeviceType): d for d in state.get("devices", [])}  # type: ignore[attr-defined]
            devices |= {str(d.RTBeamLimitingDeviceType): d for d in point.get("BeamLimitingDevicePositionSequence", [])}
            state["devices"] = [*devices.values()]
            point.BeamLimitingDevicePositionSequence = [*devices.values()]
    return plan_made


@settings(max_examples=5, deadline=None)
@given(
    some.sampled_from(["vmat", "step_and_shoot", "conformal_arc", "dynamic_wedge", "sweep_back"]), some.integers(0, 99)
)
def test_what_a_control_point_leaves_out_is_as_it_was_before(kind: str, seed: int) -> None:
    full = _everything_written(plan(kind, seed))
    assert said(read(kind, seed)) == said(read_plan(written(full), 0))


def _weighted(plan_made: Dataset, factor: float) -> Dataset:
    for each in plan_made.BeamSequence:
        for point in each.ControlPointSequence:
            point.CumulativeMetersetWeight = round(point.CumulativeMetersetWeight * factor, 8)
        each.FinalCumulativeMetersetWeight = each.ControlPointSequence[-1].CumulativeMetersetWeight
    return plan_made


@pytest.mark.parametrize("kind", ["vmat", "step_and_shoot", "sliding_window", "field_in_field"])
@pytest.mark.parametrize("final", [100.0, 237.5])
def test_the_final_weight_may_be_anything(kind: str, final: float) -> None:
    other = _weighted(plan(kind, 0), final)
    assert said(read(kind, 0)) == said(read_plan(written(other), 0))


def test_a_missing_final_weight_is_that_of_the_last_point() -> None:
    plan_made = plan("vmat", 0)
    for each in plan_made.BeamSequence:
        del each.FinalCumulativeMetersetWeight
    assert _technique(plan_made) == "vmat"


@pytest.mark.parametrize("kind", ["vmat", "step_and_shoot", "sliding_window", "field_in_field", "conformal_arc"])
def test_empty_weights_tell_nothing_of_beams_that_change(kind: str) -> None:
    plan_made = plan(kind, 0)
    for each in plan_made.BeamSequence:
        for point in each.ControlPointSequence:
            point.CumulativeMetersetWeight = None
    evidence = read_plan(written(plan_made), 0)
    assert {each.technique for each in evidence.beams if each.is_treatment} == {"unknown"}
    assert the(evidence, "technique").value is None


def test_empty_weights_of_a_still_beam_leave_it_static() -> None:
    points = [replace(point, weight=None) for point in still(ellipse(30, 30), 0.0)]
    assert [each.technique for each in read_plan(written(_beams(beam(1, points))), 0).beams] == ["static"]


@settings(max_examples=100, deadline=None)
@given(some.floats(0, 359.9), some.floats(20, 340), some.sampled_from([1, -1]), some.integers(2, 40))
def test_travel_is_counted_in_the_direction_given_through_zero_too(
    start: float, degrees: float, turn: int, steps: int
) -> None:
    gantry = (start + turn * np.linspace(0, degrees, steps + 1)) % 360
    found = travel(gantry, np.array([*[turn] * steps, 0.0]), np.ones(steps, dtype=bool))
    assert found.sum() == pytest.approx(degrees, abs=1e-6)


@pytest.mark.parametrize(
    ("angles", "turns", "expected"),
    [
        ([5.0, 5.0], [1, 0], 360.0),  # a full turn
        ([181.0, 179.0], [1, 0], 358.0),
        ([179.0, 181.0], [-1, 0], 358.0),
        ([10.0, 30.0, 30.0], [1, 1, 0], 20.0),  # a rest, not a turn
        ([30.0, 29.99, 60.0], [1, 1, 0], 30.01),  # an angle rounded backwards
        ([350.0, 10.0], [0, 0], 20.0),  # no direction: the short way
        ([40.0, 40.0], [0, 0], 0.0),
    ],
)
def test_travel_of_single_steps(angles: list[float], turns: list[int], expected: float) -> None:
    flowing = np.ones(len(angles) - 1, dtype=bool)
    found = travel(np.array(angles), np.array(turns, dtype=float), flowing)
    assert found.sum() == pytest.approx(expected, abs=0.011)


@pytest.mark.parametrize("seed", SEEDS)
def test_leaves_written_pair_by_pair_are_put_right_and_said_to_be(seed: int) -> None:
    one, other = read("step_and_shoot", seed), read("interleaved", seed)
    assert the(one, "technique").value == the(other, "technique").value == "imrt_static"
    assert said(other)["leaf_order"] == ["pairwise"] * 5
    assert "leaf_order" not in said(one)


def test_leaves_that_overlap_in_any_order_leave_the_technique_unknown() -> None:
    crossed = [30.0, -30.0] + [0.0] * 38 + [-30.0] + [0.0] * 39
    plan_made = _beams(beam(1, still(crossed, 0.0)))
    evidence = read_plan(written(plan_made), 0)
    assert [each.technique for each in evidence.beams] == ["unknown"]
    assert the(evidence, "technique").value is None


@pytest.mark.parametrize(
    ("positions", "count"),
    [
        ([(0, 0, 0)] * 3, 1),
        ([(0, 0, 0), (0, 0, 1.9)], 1),
        ([(0, 0, 0), (0, 0, 5.0)], None),
        ([(0, 0, 0), (0, 0, 10.5)], 2),
        ([(0, 0, 0), (60, 0, 0), (0, 90, 0), (1, 0, 0)], 3),
        ([(0, 0, 0), None], None),
        ([None], None),
        ([], None),
    ],
)
def test_isocenters_are_counted_where_both_distances_agree(
    positions: list[tuple[float, float, float] | None], count: int | None
) -> None:
    assert isocenters(positions, SHIPPED)[0] == count


@settings(max_examples=60, deadline=None)
@given(some.lists(some.tuples(*[some.floats(-300, 300)] * 3), min_size=1, max_size=12), some.randoms())
def test_the_count_of_isocenters_does_not_depend_on_the_order_of_beams(
    positions: list[tuple[float, float, float]], random: Random
) -> None:
    mixed = list(positions)
    random.shuffle(mixed)
    assert isocenters(positions, SHIPPED)[0] == isocenters(mixed, SHIPPED)[0]


@pytest.mark.parametrize(("kind", "count"), [("two_isocenters", "2"), ("nearly_one_isocenter", None), ("helical", "1")])
def test_isocenters_of_plans(kind: str, count: str | None) -> None:
    assert said(read(kind, 2))["isocenters"] == [count]


def test_a_site_s_own_threshold_decides() -> None:
    data = made("vmat", 0)
    strict = SHIPPED.override({"arc_modulated_cv": 5.0, "arc_uniform_cv": 4.0})
    assert the(read_plan(data, 0), "technique").value == "vmat"
    assert the(read_plan(data, 0, strict), "technique").value is None


@pytest.mark.parametrize("half", [100.0])
def test_wide_open_jaws_without_applicator_never_prove_electron_fields(half: float) -> None:
    points = [Point(0.0, positions=jaws(200.0)), Point(1.0, positions=jaws(200.0))]
    devices = (("ASYMX", 1, None), ("ASYMY", 1, None))
    wide = _beams(beam(1, points, radiation="ELECTRON", devices=devices))
    assert _technique(wide) is None
    points = [replace(point, positions=jaws(half)) for point in points]
    assert _technique(_beams(beam(1, points, radiation="ELECTRON", devices=devices))) == "electron_field"
